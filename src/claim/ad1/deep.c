/* AD1's deep rows: ten linear hidden layers of the inputs' width, one linear SG in their middle.
 *
 * What lies above the SG is trained by the true gradient.  p = X U v with U (d x d) the product
 * below the SG and v that above, v = A q with A the first layer above it: grad_A L = U^T E[x^T g]
 * q^T.  So where U is nonsingular and q != 0, a point at which the upper part rests is critical for
 * the whole net, whatever the SG does, and for a convex loss of p it is optimal: |E[x^T g]| <=
 * |grad_A L| / (sigma_min(U) |q|). */
#include <math.h>
#include <string.h>

#include "claim/ad1/parts.h"
#include "lab/own.h"

enum { HIDDEN = 10, BELOW = 5 };
enum { LOOK = 50, LOOK_GROWING = 4, STEPS_SMALL = 6000, STEPS_LARGE = 1500 };
/* Left open by the residual; a loss on separable data, which goes to 0 without end. */
static const double ENOUGH = 1e-8, LOW = 3e-3;

struct rates { double mu, nu; };
struct deep {
    struct sg_lab *lab;
    struct sg_data *rows;                 /* compressed, under MSE */
    struct sg_case_arch arch;
    struct sg_net *net;
    struct sg_field field;
    struct sg_batch batch;
    size_t d;
    double *w, *phi, *dw, *dphi, *u, *v, *scratch;
    double *map, *sigma, *look;           /* d, d, d (d + 3) */
};

/* Hidden layers orthogonal, the last one a unit vector: h keeps the conditioning of x. */
static void start(struct deep *s, struct sg_rng *rng)
{
    const size_t d = s->d;
    for (size_t layer = 0; layer < HIDDEN; layer++) {
        sg_base_rng_gaussians(s->scratch, d * d, rng);
        sg_lab_try(s->lab, sg_base_qr_q(s->w + layer * d * d, s->scratch, d, d));
    }
    sg_base_rng_direction(s->w + HIDDEN * d * d, d, rng);
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

/* The true direction is U^-T grad_A q / |q|^2; lambda^2 <= left^2 / lambda_min(H). */
static double open_under_log_loss(struct deep *s, const struct sg_data *data, const double *w,
                                  double q_norm)
{
    const size_t d = s->d;
    double *aq = s->look, *tail = s->look + d, *gradient = s->look + 2 * d;
    double *transposed = s->look + 3 * d, bound;
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
    return sg_base_solve(gradient, transposed, aq, d, 1) == SG_OK &&
                   sg_closed_log_excess(&bound, data, w, gradient) == SG_OK
               ? bound : SG_NAN;
}

/* A bound on the gap from grad_A L; x_min: smallest eigenvalue of S_x. */
static double open_by_residual(struct deep *s, const struct sg_data *data, double x_min,
                               bool squares)
{
    const size_t d = s->d;
    double *w = s->map, *sigma = s->sigma, q_norm = 0;
    products(s, w, &q_norm);
    if (sg_base_singular_values(sigma, s->u, d, d) != SG_OK)
        return SG_NAN;
    const double left = sg_base_norm(s->dw + BELOW * d * d, d * d) / (sigma[d - 1] * q_norm);
    return squares ? left * left / 2 / x_min : open_under_log_loss(s, data, w, q_norm);
}

/* Rates for the next steps.  A change of the map spreads over 11 layers, each of which it meets
 * through the product of the others, about |w| when that has grown; l'' <= 1/4, and E[l''] <= L.  h
 * has x's spectrum times |U|^2, y and 1 add at most 2. */
static struct rates rates_now(double x_max, double w_norm, double u_max, double loss, bool squares)
{
    const double curvature = squares ? 1 : fmin(0.25, loss), grown = fmax(1, w_norm * w_norm);
    return (struct rates){0.4 / ((HIDDEN + 1) * x_max * curvature * grown),
                          1 / (x_max * u_max * u_max + 2)};
}

struct end { double loss, open; };

/* Until the residual leaves open ENOUGH; on separable data under the log loss, where there is no
 * end, until the loss is LOW. */
static struct end train(struct deep *s, const struct sg_data *data, bool squares, bool separable)
{
    const size_t d = s->d;
    const double n = (double)data->n;
    const uint64_t most = d > 3 ? STEPS_LARGE : STEPS_SMALL, look = separable ? LOOK_GROWING : LOOK;
    const struct sg_sim_spec spec = {.field = &s->field};
    struct sg_metrics metrics = {1, SG_NAN};
    struct end end = {.open = SG_NAN};
    double q_norm;
    sg_lab_try(s->lab, sg_base_singular_values(s->sigma, data->x, data->n, d));
    const double x_max = s->sigma[0] * s->sigma[0] / n;
    const double x_min = s->sigma[d - 1] * s->sigma[d - 1] / n;
    struct sg_sim *sim = sg_lab_own_sim(s->lab, sg_sim_alloc(&spec, s->w, s->phi));
    void *work = s->field.work_alloc(&s->field);
    for (uint64_t steps = 0; s->lab->status == SG_OK && steps < most && !(end.open <= ENOUGH) &&
                             !(separable && metrics.loss <= LOW); steps += look) {
        products(s, s->map, &q_norm);
        sg_lab_try(s->lab, sg_base_singular_values(s->sigma, s->u, d, d));
        const struct rates rate =
            rates_now(x_max, sg_base_norm(s->map, d), s->sigma[0], metrics.loss, squares);
        sg_sim_restart(sim, s->w, s->phi, rate.mu, rate.nu);
        sg_lab_try(s->lab, sg_sim_advance(sim, &s->batch, look));
        memcpy(s->w, sg_sim_w(sim), s->field.sizes.w * sizeof *s->w);
        memcpy(s->phi, sg_sim_phi(sim), s->field.sizes.phi * sizeof *s->phi);
        s->field.eval(s->dw, s->dphi, &metrics, &s->field, s->w, s->phi, &s->batch,
                      SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, work);
        if (!separable)
            end.open = open_by_residual(s, data, x_min, squares);
    }
    end.loss = metrics.loss;
    s->field.work_free(work);
    return end;
}

static struct end run(const struct sg_ad1_task *task, bool squares, bool separable,
                      struct sg_rng *rng)
{
    struct sg_case *c = sg_ad1_case(task);
    const size_t d = task->data->d;
    struct deep s = {.lab = task->lab, .d = d};
    struct sg_error err;
    struct end end = {SG_NAN, SG_NAN};
    c->net.loss = squares ? SG_MSE : SG_LOGISTIC;
    c->net.layers.n = HIDDEN;
    for (size_t k = 0; k < HIDDEN; k++)
        c->net.layers.value[k] = (int)d;
    c->module[0].at = BELOW;
    s.rows = sg_lab_own_rows(s.lab, SG_TAKE(s.lab, 1, struct sg_data));
    if (squares)
        sg_lab_try(s.lab, sg_data_compress(s.rows, task->data));
    if (sg_lab_try(s.lab, sg_case_make_arch(&s.arch, c, d, task->data->m, &err))) {
        const struct sg_data *data = squares ? s.rows : task->data;
        s.net = sg_lab_own_net(s.lab, sg_net_alloc(&s.arch.arch));
        s.field = sg_sim_net_field(s.net, data->n);
        s.batch = sg_sim_batch(data);
        const struct sg_sizes sizes = s.field.sizes;
        double **owned[] = {&s.w, &s.phi, &s.dw, &s.dphi, &s.u,
                            &s.v, &s.scratch, &s.map, &s.sigma, &s.look};
        const size_t size[] = {sizes.w, sizes.phi, sizes.w, sizes.phi, d * d,
                               d, d * d, d, d, d * (d + 3)};
        for (size_t k = 0; k < sizeof size / sizeof *size; k++)
            *owned[k] = SG_TAKE(s.lab, size[k], double);
        start(&s, rng);
        end = train(&s, task->data, squares, separable);
    }
    return end;
}

void sg_ad1_deep(struct sg_ad1_seed *out, const struct sg_ad1_task *task)
{
    struct sg_rng *rng = sg_ad1_rng(task, "deep");
    for (int log = 0; log <= 1 && task->lab->status == SG_OK; log++) {
        const double infimum = log ? out->theory.infimum : sg_ad1_least_squares(task);
        const struct end end = run(task, log == 0, log == 1 && out->theory.separable, rng);
        out->deep[log] = end.loss - infimum;
        out->deep_tolerance[log] = end.open + 100 * (double)task->data->n * SG_UNIT_ROUNDOFF;
    }
    out->has_deep = task->lab->status == SG_OK;
}
