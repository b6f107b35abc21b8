/* AD1's deep rows: ten linear hidden layers of the inputs' width, one linear SG in their middle.
 *
 * What lies above the SG is trained by the true gradient.  p = X U v with U (d x d) the product below the SG and v that above, v = A q with A the first
 * layer above it: grad_A L = U^T E[x^T g] q^T.  So where U is nonsingular and q != 0, a point at which the upper part rests is critical for the whole
 * net, whatever the SG does, and for a convex loss of p it is optimal: |E[x^T g]| <= |grad_A L| / (sigma_min(U) |q|). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/ad1/parts.h"

enum { HIDDEN = 10, BELOW = 5, LOOK = 50, LOOK_GROWING = 4, STEPS_SMALL = 6000, STEPS_LARGE = 1500 };
static const double ENOUGH = 1e-8, LOW = 3e-3;           /* left open by the residual; a loss on separable data, which goes to 0 without end */

struct rates { double mu, nu; };
struct deep {
    struct sg_data rows;                  /* samples, or compressed rows under MSE */
    struct sg_case_arch arch;
    struct sg_net *net;
    struct sg_field field;
    struct sg_batch batch;
    size_t d;
    double *w, *phi, *dw, *dphi, *u, *v, *scratch;
};

/* Hidden layers orthogonal, the last one a unit vector: h keeps the conditioning of x. */
static enum sg_status start(struct deep *s, struct sg_rng *rng)
{
    const size_t d = s->d;
    enum sg_status status = SG_OK;
    for (size_t layer = 0; layer < HIDDEN && status == SG_OK; layer++) {
        sg_base_rng_gaussians(s->scratch, d * d, rng);
        status = sg_base_qr_q(s->w + layer * d * d, s->scratch, d, d);
    }
    sg_base_rng_direction(s->w + HIDDEN * d * d, d, rng);
    return status;
}

/* U; q = the product above A; v = A q and the net's w = U v. */
static void products(struct deep *s, double *w, double *q_norm)
{
    const size_t d = s->d, square = d * d;
    memcpy(s->u, s->w, square * sizeof *s->u);
    for (size_t layer = 1; layer < BELOW; layer++) {
        sg_base_mul(s->scratch, s->u, s->w + layer * square, d, d, d);
        memcpy(s->u, s->scratch, square * sizeof *s->u);
    }
    memcpy(s->v, s->w + HIDDEN * square, d * sizeof *s->v);
    for (size_t layer = HIDDEN; layer-- > BELOW;) {
        *q_norm = sg_base_norm(s->v, d);
        sg_base_mul(s->scratch, s->w + layer * square, s->v, d, d, 1);
        memcpy(s->v, s->scratch, d * sizeof *s->v);
    }
    sg_base_mul(w, s->u, s->v, d, d, 1);
}

/* A bound on the gap from grad_A L; x_min: smallest eigenvalue of S_x. */
static double open_by_residual(struct deep *s, const struct sg_data *data, double x_min, bool squares)
{
    const size_t d = s->d;
    double *w = SG_NEW(d, double), *sigma = SG_NEW(d, double), *gradient = SG_NEW(d, double), q_norm = 0, bound = SG_NAN;
    products(s, w, &q_norm);
    enum sg_status status = sg_base_singular_values(sigma, s->u, d, d);
    const double left = sg_base_norm(s->dw + BELOW * d * d, d * d) / (sigma[d - 1] * q_norm);
    if (squares) {
        bound = left * left / 2 / x_min;
    } else if (status == SG_OK) {                        /* lambda^2 <= left^2 / lambda_min(H): the true direction is U^-T grad_A q / |q|^2 */
        double *aq = SG_NEW(d, double), *tail = SG_NEW(d, double), *transposed = SG_NEW(d * d, double);
        memcpy(tail, s->w + HIDDEN * d * d, d * sizeof *tail);
        for (size_t layer = HIDDEN; layer-- > BELOW + 1;) {
            sg_base_mul(s->scratch, s->w + layer * d * d, tail, d, d, 1);
            memcpy(tail, s->scratch, d * sizeof *tail);
        }
        sg_base_mul(aq, s->dw + BELOW * d * d, tail, d, d, 1);
        for (size_t k = 0; k < d; k++)
            aq[k] /= q_norm * q_norm;
        for (size_t k = 0; k < d * d; k++)
            transposed[k] = s->u[(k % d) * d + k / d];
        if (sg_base_solve(gradient, transposed, aq, d, 1) != SG_OK || sg_closed_log_excess(&bound, data, w, gradient) != SG_OK)
            bound = SG_NAN;
        free(aq);
        free(tail);
        free(transposed);
    }
    free(w);
    free(sigma);
    free(gradient);
    return bound;
}

/* Rates for the next steps.  A change of the map spreads over 11 layers, each of which it meets through the product of the others, about |w| when that has grown;
 * l'' <= 1/4, and E[l''] <= L.  h has x's spectrum times |U|^2, y and 1 add at most 2. */
static struct rates rates_now(double x_max, double w_norm, double u_max, double loss, bool squares)
{
    const double curvature = squares ? 1 : fmin(0.25, loss);
    return (struct rates){0.4 / ((HIDDEN + 1) * x_max * curvature * fmax(1, w_norm * w_norm)), 1 / (x_max * u_max * u_max + 2)};
}

/* Until the residual leaves open ENOUGH; on separable data under the log loss, where there is no end, until the loss is LOW. */
static enum sg_status train(double *loss, double *open, struct deep *s, const struct sg_data *data, const double *sigma, bool squares, bool separable)
{
    const size_t d = s->d;
    const double x_max = sigma[0] * sigma[0] / (double)data->n, x_min = sigma[d - 1] * sigma[d - 1] / (double)data->n;
    const uint64_t most = d > 3 ? STEPS_LARGE : STEPS_SMALL, look = separable ? LOOK_GROWING : LOOK;
    const struct sg_sim_spec spec = {.field = &s->field};
    struct sg_sim *sim = sg_sim_alloc(&spec, s->w, s->phi);
    void *work = s->field.work_alloc(&s->field);
    double *u_sigma = SG_NEW(d, double), *w = SG_NEW(d, double), q_norm;
    enum sg_status status = SG_OK;
    struct sg_metrics metrics = {1, SG_NAN};
    *open = SG_NAN;
    for (uint64_t steps = 0; status == SG_OK && steps < most && !(*open <= ENOUGH) && !(separable && metrics.loss <= LOW); steps += look) {
        products(s, w, &q_norm);
        status = sg_base_singular_values(u_sigma, s->u, d, d);
        const struct rates rate = rates_now(x_max, sg_base_norm(w, d), u_sigma[0], metrics.loss, squares);
        sg_sim_restart(sim, s->w, s->phi, rate.mu, rate.nu);
        if (status == SG_OK)
            status = sg_sim_advance(sim, &s->batch, look);
        memcpy(s->w, sg_sim_w(sim), s->field.sizes.w * sizeof *s->w);
        memcpy(s->phi, sg_sim_phi(sim), s->field.sizes.phi * sizeof *s->phi);
        s->field.eval(s->dw, s->dphi, &metrics, &s->field, s->w, s->phi, &s->batch, SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, work);
        if (status == SG_OK && !separable)
            *open = open_by_residual(s, data, x_min, squares);
    }
    *loss = metrics.loss;
    s->field.work_free(work);
    sg_sim_free(sim);
    free(u_sigma);
    free(w);
    return status;
}

static enum sg_status run(double *loss, double *open, struct sg_case *c, const struct sg_data *data, bool squares, bool separable, struct sg_rng *rng)
{
    struct deep s = {.d = data->d};
    struct sg_error err;
    double *sigma = SG_NEW(data->d, double);
    const size_t square = data->d * data->d;
    c->net.loss = squares ? SG_MSE : SG_LOGISTIC;
    c->net.layers.n = HIDDEN;
    for (size_t k = 0; k < HIDDEN; k++)
        c->net.layers.value[k] = (int)data->d;
    c->module[0].at = BELOW;
    enum sg_status status = sg_base_singular_values(sigma, data->x, data->n, data->d);
    if (status == SG_OK && squares)
        status = sg_data_compress(&s.rows, data);
    if (status == SG_OK)
        status = sg_case_make_arch(&s.arch, c, data->d, data->m, &err);
    if (status == SG_OK) {
        s.net = sg_net_alloc(&s.arch.arch);
        s.field = sg_sim_net_field(s.net, squares ? s.rows.n : data->n);
        s.batch = sg_sim_batch(squares ? &s.rows : data);
        const struct sg_sizes sizes = s.field.sizes;
        double **owned[] = {&s.w, &s.phi, &s.dw, &s.dphi, &s.u, &s.v, &s.scratch};
        const size_t size[] = {sizes.w, sizes.phi, sizes.w, sizes.phi, square, data->d, square};
        for (size_t k = 0; k < sizeof size / sizeof *size; k++)
            *owned[k] = SG_NEW(size[k], double);
        status = start(&s, rng);
        if (status == SG_OK)
            status = train(loss, open, &s, data, sigma, squares, separable);
        for (size_t k = 0; k < sizeof size / sizeof *size; k++)
            free(*owned[k]);
    }
    sg_net_free(s.net);
    sg_data_free(&s.rows);
    free(sigma);
    return status;
}

/* After sg_ad1_shallow, whose infimum it takes, and sg_ad1_squares. */
void sg_ad1_deep(struct sg_ad1_seed *out, const struct sg_trial *trial, size_t set, size_t seed)
{
    struct sg_case *c = SG_NEW(1, struct sg_case);
    struct sg_data data = {0};
    struct sg_rng *rng = sg_base_rng_alloc(trial->seed, sg_ad1_sets[set].name, seed, "deep");
    struct sg_fit *fit = NULL;
    out->status = sg_ad1_make(c, &data, trial, set, seed);
    if (out->status == SG_OK)
        out->status = sg_closed_fit_alloc(&fit, &data);
    for (int log = 0; log <= 1 && out->status == SG_OK; log++) {
        const double infimum = log ? out->theory.infimum : sg_base_dot(fit->residual, fit->residual, data.n) / 2 / (double)data.n;
        out->status = run(&out->deep[log], &out->deep_tolerance[log], c, &data, log == 0, log == 1 && out->theory.separable, rng);
        out->deep[log] -= infimum;
        out->deep_tolerance[log] += 100 * (double)data.n * SG_UNIT_ROUNDOFF;
    }
    out->has_deep = out->status == SG_OK;
    sg_closed_fit_free(fit);
    sg_base_rng_free(rng);
    sg_data_free(&data);
    free(c);
}
