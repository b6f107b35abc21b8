/* DY13 (e): minibatches.  Every batch has the same Phi*, so |Psi| never grows by (a), each batch
 * with its own N, and Psi = 0 is absorbing.  From there on the weights are SGD's: a run with the SG
 * and one of plain SGD, from another start, on the same draws, come together and stay so; so do the
 * covariances of their weights. */
#include <math.h>
#include <string.h>

#include "claim/dy13/parts.h"
#include "synthgrad/images.h"

enum { WINDOW = 4000, DRAWN_STEPS = 1500 };
/* Both arrive where they are this share of their size at the start. */
static const double ARRIVED = 1e-12;

struct minibatches {
    struct sg_shallow *s;
    struct sg_net *plain;
    struct sg_field field;
    struct sg_sim *backprop;
    struct sg_batches *order;
    struct sg_rows rows;
    struct sg_dy13_place *place;
    double *p, *start, *mean, *other_mean, *covariance, *other;
    double trace, z_max;              /* max |z|^2 at W_ls */
};

static void end_minibatches(void *context)
{
    struct minibatches *b = context;
    sg_sim_free(b->backprop);
    sg_net_free(b->plain);
    sg_data_batches_free(b->order);
    sg_data_rows_free(&b->rows);
}

struct course { struct sg_dy13_track track; double apart, first; uint64_t t; };

static double distance(const struct minibatches *b)
{
    const double *w = sg_sim_w(b->s->sim), *v = sg_sim_w(b->backprop);
    double square = 0;
    for (size_t i = 0; i < b->s->n_w; i++)
        square += (w[i] - v[i]) * (w[i] - v[i]);
    return sqrt(square);
}

static void step(struct minibatches *b, struct course *c)
{
    struct sg_shallow *s = b->s;
    const size_t size = (size_t)s->c->train.batch, d = s->fit->d, m = s->fit->m;
    const struct sg_batch batch =
        sg_data_gather(&b->rows, &s->rows, sg_data_batches_at(b->order, c->t), size);
    const double *w = sg_sim_w(s->sim);
    sg_base_mul(b->p, batch.x, w, size, d, m);
    const struct sg_dy13_pair pair = {size, b->p, batch.y, batch.one};
    const struct sg_dy13_look look =
        sg_dy13_look(b->place, &pair, sg_sim_phi(s->sim), s->sg_step == SG_STEP_LINE_SEARCH);
    const double x = sg_base_norm(batch.x, size * d) / sqrt((double)size),
                 cancels = 1 + x * sg_base_norm(w, s->n_w) / sqrt(look.z2);
    sg_sim_step(s->sim, &batch);
    sg_sim_step(b->backprop, &batch);
    sg_dy13_follow(&c->track, b->place, &look, sg_sim_phi(s->sim), b->place->exact,
                   (double)(size + 2 * s->fit->q + d + 10) * cancels);
    c->apart = distance(b);
    c->t++;
}

/* Until Psi and the distance of the two runs are rounding. */
static void burn_in(struct sg_lab *lab, struct minibatches *b, struct course *c)
{
    const uint64_t most = (uint64_t)lab->trial->c->train.steps;
    while (c->t < most && !sg_dy13_is_broken(&c->track) && isfinite(c->apart) &&
           !(c->track.psi <= ARRIVED * c->track.psi0 && c->apart <= ARRIVED * c->first)) {
        step(b, c);
        if (lab->trial->figure && (c->t <= DRAWN_STEPS || c->t % 50 == 0))
            sg_lab_point(lab, (const double[]){(double)c->t, c->track.psi / c->track.psi0,
                                               c->apart / c->first});
    }
    if (c->t == most && !sg_dy13_is_broken(&c->track))
        sg_lab_stop(lab, SG_BUDGET, "after %llu steps |Psi| is %.2g of its start and the two runs "
                    "are %.2g apart; raise train.steps", (unsigned long long)most,
                    c->track.psi / c->track.psi0, c->apart);
}

/* Sums over the window of w - W_ls and of its products; then means and covariances. */
static void gather(double *mean, double *covariance, const double *w, const double *centre,
                   size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mean[i] += (w[i] - centre[i]) / WINDOW;
        for (size_t j = 0; j < n; j++)
            covariance[i * n + j] += (w[i] - centre[i]) * (w[j] - centre[j]) / WINDOW;
    }
}

static void centre(double *covariance, const double *mean, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            covariance[i * n + j] -= mean[i] * mean[j];
}

/* Where mu lambda_max of no batch is above 2 no step enlarges the distance of two runs on the same
 * draws, so it is that at the window's start and what the steps add: mu |x| |e|, e = z Psi, and the
 * rounding of both.  Two covariances then differ by 2 sd times the distance. */
static void compare(struct sg_lab *lab, struct minibatches *b, struct course *c)
{
    const struct sg_shallow *s = b->s;
    const size_t n = s->n_w, size = (size_t)s->c->train.batch;
    const double before = c->apart;
    double most = 0, added = 0, spread = 0;
    for (size_t t = 0; t < WINDOW; t++) {
        step(b, c);
        most = sg_base_max(most, c->apart);
        const double w = sg_base_norm(sg_sim_w(s->sim), n), z = sqrt(b->z_max) + sqrt(b->trace) * w;
        const double count = (double)(size + 2 * s->fit->q + s->fit->d + 10) * SG_UNIT_ROUNDOFF;
        added += s->mu * sqrt(b->trace) * z * (c->track.psi + count * (2 + c->track.psi)) +
                 count * w;
        gather(b->mean, b->covariance, sg_sim_w(s->sim), s->fit->w, n);
        gather(b->other_mean, b->other, sg_sim_w(b->backprop), s->fit->w, n);
    }
    centre(b->covariance, b->mean, n);
    centre(b->other, b->other_mean, n);
    for (size_t i = 0; i < n; i++)
        spread += b->other[i * n + i];
    const struct sg_tol near = {before + added, "the distance before, and rounding of each step",
                                sqrt(spread)};
    sg_lab_zero(lab, SG_SIMULATED, "trajectories",
                "once Psi is rounding: W under the SG against SGD's on the same draws, largest",
                most, near);
    sg_lab_same(lab, SG_SIMULATED, "covariances",
                "covariance of the weights over 4,000 steps: with the SG, and by SGD",
                b->covariance, b->other, n * n,
                (struct sg_tol){2 * near.value * (sqrt(spread) + near.value) +
                                    10 * WINDOW * SG_UNIT_ROUNDOFF * spread,
                                "2 sd times that distance, and rounding of the means", 0});
}

/* mu lambda_max(S_x of a batch) <= mu times its largest row, |x|^2. */
static bool every_batch_is_stable(struct sg_lab *lab, struct minibatches *b)
{
    const struct sg_shallow *s = b->s;
    double largest = 0;
    b->z_max = 0;
    for (size_t i = 0; i < s->rows.n; i++) {
        const double *x = s->rows.x + i * s->fit->d, *z = s->fit->z + i * s->fit->q;
        largest = fmax(largest, sg_base_dot(x, x, s->fit->d));
        b->z_max = fmax(b->z_max, sg_base_dot(z, z, s->fit->q));
    }
    b->trace = largest;
    if (s->mu * largest <= 2)
        return true;
    sg_lab_stop(lab, SG_HYPOTHESIS, "the statement supposes mu |x|^2 <= 2 on every sample, and it "
                "is up to %.3g; take a smaller train.mu", s->mu * largest);
    return false;
}

static bool make(struct sg_lab *lab, struct minibatches *b)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_shallow *s = b->s = sg_shallow_make(lab, (struct sg_timing){0});
    if (!s || !every_batch_is_stable(lab, b))
        return false;
    const size_t batch = (size_t)c->train.batch, n = s->n_w, m = s->fit->m;
    const unsigned terms = s->arch.arch.modules[0].terms;
    struct sg_arch plain = s->arch.arch;
    plain.n_modules = 0;
    b->plain = sg_net_alloc(&plain);
    b->field = sg_sim_net_field(b->plain, batch);
    b->start = SG_TAKE(lab, s->size, double);
    const struct sg_sim_spec spec = {.field = &b->field, .net_opt = {.rate = s->mu}};
    b->backprop = sg_sim_alloc(&spec, b->start, NULL);
    b->order = sg_data_batches_alloc(s->rows.n, batch, lab->trial->seed, c->name,
                                     lab->trial->replicate);
    sg_data_rows_alloc(&b->rows, SG_F64, batch, s->fit->d, m);
    b->place = sg_dy13_place(lab, m, m, terms, batch);
    sg_dy13_exact(b->place);
    b->p = SG_TAKE(lab, batch * m, double);
    b->mean = SG_TAKE(lab, n, double);
    b->other_mean = SG_TAKE(lab, n, double);
    b->covariance = SG_TAKE(lab, n * n, double);
    b->other = SG_TAKE(lab, n * n, double);
    return true;
}

void sg_dy13_minibatches(struct sg_lab *lab)
{
    struct minibatches *b = SG_TAKE(lab, 1, struct minibatches);
    sg_lab_own(lab, b, end_minibatches);
    if (!make(lab, b))
        return;
    struct sg_shallow *s = b->s;
    struct sg_rng *rng = sg_lab_rng(lab, "starts");
    sg_base_rng_gaussians(b->start, s->size, rng);
    sg_sim_restart(s->sim, b->start, b->start + s->n_w, s->mu, s->nu);
    struct course c = {.track = sg_dy13_start(b->place, s->sg_step, s->nu, b->start + s->n_w)};
    c.apart = c.first = distance(b);         /* plain SGD starts at W = 0 */
    if (lab->trial->figure)
        sg_lab_series(lab, "minibatches", "step psi apart");
    burn_in(lab, b, &c);
    sg_dy13_say(lab, &c.track);
    if (!sg_dy13_is_broken(&c.track) && lab->status == SG_OK)
        compare(lab, b, &c);
}
