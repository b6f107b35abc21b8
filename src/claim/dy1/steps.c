/* DY1: a run from a random start, every mode of every step against its closed form.
 *
 * Symbols: u unit roundoff, tr = trace S_x, W_oo the limit, e_t = W_t - W*, f_t = W_t - W_oo the
 * part that moves, |.| Frobenius, rms(r) = |r| / sqrt(n), noise = sqrt(tr) rms(r*).
 *
 * Rounding in one step, as mode i sees it:
 *   p = X W errs by d u sqrt(tr) |W| a sample (rms), and X^T takes reach_i = |X v_i| / sqrt(n) =
 *     sqrt(lambda_i) of it to mode i;
 *   E[x^T r] errs by (n + 1) u sqrt(tr) rms(r), where rms(r) <= rms(r*) + sqrt(tr) |f|;
 *   subtraction and scaling err by 2 u of the same, the update by u |W'|.
 * So n + d + 3 times u (noise + tr |f| + sqrt(tr) reach_i |W|), and u |W|.
 *
 * The formula is rounded too, and its errors act like errors of a step.  LAPACK's backward errors
 * are taken as P u, P = n + 10 d: sums over the rows and C = 10 for the iteration on d columns. V^T
 * S_x V = Lambda + E, |E| <= P u tr, pushes by mu E V^T f; a null vector v_j that is not quite one,
 * by mu reach_i reach_j times the part that rests; the gradient at dgelsd's W* is not 0 but dX^T r*
 * + X^T dX W*, |dX| <= P u |X|; 1 - mu lambda errs by 3 u. Together, with K = (n + d + 3) + P,
 *
 *     step_{t,i} = u (|W_t| + 3 |f_t| + mu K (noise + tr |f_t| + sqrt(tr) reach_i |W_t|))
 *                  + mu reach_i reach_null |W_oo - W*|,
 *     bound_{t+1,i} = |1 - mu lambda_i| bound_{t,i} + step_{t,i},
 *     bound_{0,i} = d u (|W_0| + |e_0|)   (into the eigenbasis),
 *
 * that is sum_k |1 - mu lambda_i|^k times the step's error.  The spectral form keeps moments,
 * Lambda and V^T E[x^T y], instead of rows, and both err by K u without the help of an X^T: 2
 * sqrt(tr) for reach_i.  The comparison itself, three products with V, adds d u (|W_t| + 3 |e_t|)
 * at its own step only. */
#include <math.h>

#include "claim/dy1/parts.h"
#include "lab/own.h"

/* Beyond the critical rate a run ends when the distance to the limit has grown this much: it will
 * not come back. */
static const double GONE = 1e6;

/* One run at one rate. */
struct run {
    struct sg_lab *lab;
    struct sg_shallow *s;
    double mu, trace, noise, size; /* size: K above */
    double *reach, null_reach;     /* d: above; of all null vectors together */
    uint64_t steps;
    double *w_0, *limit, *closed;   /* d x m: start, W_oo, closed form */
    double *mode, *scratch, *bound; /* d x m; d x m; d: above */
    double start, *first;           /* |W_0 - W*|; its modes, d x m */
    char *id[2], *what[2];          /* of the rows for modes that move and that rest */
};

/* P above. */
static double backward_error(size_t n, size_t d)
{
    return (double)(n + 10 * d);
}

static double distance(struct run *r, const double *a, const double *b)
{
    for (size_t i = 0; i < r->s->n_w; i++)
        r->scratch[i] = a[i] - b[i];
    return sg_base_norm(r->scratch, r->s->n_w);
}

/* -ln|1 - x|, with all its digits for a small x. */
static double decay(double x)
{
    return x < 1 ? -log1p(-x) : -log(x - 1);
}

/* Until rho^t < u: what is left of the start is below rounding.  0: never. */
static double steps_to_rest(const struct sg_shallow *s, double mu)
{
    const struct sg_rates *x = &s->rate_x;
    const double slowest = fmin(decay(mu * x->largest), decay(mu * x->smallest));
    return slowest > 0 ? ceil(-log(SG_UNIT_ROUNDOFF) / slowest) + 1 : 0;
}

/* here: what the comparison itself adds. */
static void compare_modes(struct run *r, double here)
{
    const struct sg_fit *fit = r->s->fit;
    const size_t moving = fit->d - r->s->rate_x.zeros;
    sg_shallow_modes(r->mode, r->s, r->closed);
    for (size_t i = 0; i < fit->d; i++)
        sg_lab_zero(r->lab, SG_SIMULATED, r->id[i >= moving], r->what[i >= moving],
                    sg_base_norm(r->mode + i * fit->m, fit->m),
                    (struct sg_tol){r->bound[i] + here,
                                    "rounding of a step, summed over the steps with |1 - mu "
                                    "lambda|^k",
                                    r->start});
}

/* One line for each mode that is due: its length in the simulation, by the formula, and the bound,
 * all relative to its start.  Every other of the first 40 steps; about 30 points on the way down to
 * rounding; about 30 over the whole run. */
static void draw(struct run *r, uint64_t t)
{
    const struct sg_fit *fit = r->s->fit;
    const size_t m = fit->m;
    distance(r, r->w_0, fit->w);
    double *start = r->first;
    sg_base_mul_tn(start, fit->v_x, r->scratch, fit->d, fit->d, m);
    sg_shallow_modes(r->mode, r->s, fit->w);
    for (size_t i = 0; i < fit->d; i++) {
        const double lambda = fit->lambda_x[i], factor = fabs(1 - r->mu * lambda);
        const double from = sg_base_norm(start + i * m, m);
        const double down = factor < 1 && factor > 0 ? log(SG_UNIT_ROUNDOFF) / log(factor) : 1;
        const uint64_t stride = (uint64_t)(fmin(down, (double)r->steps) / 30) + 1;
        const uint64_t slow = r->steps / 30 + 1;
        if ((t <= 40 && t % 2 == 0) || ((double)t <= down && t % stride == 0) || t % slow == 0)
            sg_lab_point(r->lab, (const double[]){(double)i, (double)t, lambda / fit->lambda_x[0],
                                                  1 - r->mu * lambda,
                                                  sg_base_norm(r->mode + i * m, m) / from,
                                                  pow(factor, (double)t), r->bound[i] / from});
    }
}

/* step_{t,i} above, from |W_t|, |f_t| and |W_oo - W*|. */
static double step_error(const struct run *r, size_t i, double w, double f, double rest)
{
    const double reach = r->s->spectral ? 2 * sqrt(r->trace) : r->reach[i];
    const double sums = r->noise + r->trace * f + sqrt(r->trace) * reach * w;
    return SG_UNIT_ROUNDOFF * (w + 3 * f + r->mu * r->size * sums) +
           r->mu * r->reach[i] * r->null_reach * rest;
}

/* Steps through the run; every mode of every step against the closed form. */
static void follow(struct run *r, bool figure)
{
    const struct sg_fit *fit = r->s->fit;
    const double du = (double)fit->d * SG_UNIT_ROUNDOFF, rest = distance(r, r->limit, fit->w);
    const double f_0 = distance(r, r->w_0, r->limit);
    for (uint64_t t = 0;; t++) {
        sg_closed_backprop(r->closed, fit, r->w_0, r->mu, t);
        const double w = sg_base_norm(r->closed, r->s->n_w), e = distance(r, r->closed, fit->w);
        const double f = distance(r, r->closed, r->limit);
        for (size_t i = 0; t == 0 && i < fit->d; i++)
            r->bound[i] = du * (w + e);
        compare_modes(r, du * (w + 3 * e));
        if (figure)
            draw(r, t);
        if (t == r->steps || !(f <= GONE * f_0))
            break;
        for (size_t i = 0; i < fit->d; i++)
            r->bound[i] =
                fabs(1 - r->mu * fit->lambda_x[i]) * r->bound[i] + step_error(r, i, w, f, rest);
        sg_sim_step(r->s->sim, &r->s->batch);
    }
}

/* W at the run's end against dgelsd of the samples.  By mode:
 *   the bound above; what is left of the start, u |e_0|;
 *   where the rows are not the samples, a QR and another dgelsd, together X + dX, |dX| <= 2 P u
 * |X|: the gradient of the one at the other's limit, as for W* above, over lambda_i; in the null
 * space the angle between the two null spaces, 2 P u sqrt(tr / smallest nonzero lambda), times
 * |e_0|. */
static void check_limit(struct run *r, struct sg_dy1_rate rate)
{
    const struct sg_data *samples = r->lab->trial->data;
    struct sg_fit *fit = NULL;
    const bool fitted = sg_lab_try(r->lab, sg_closed_fit_alloc(&fit, samples));
    sg_lab_own_fit(r->lab, fit);
    if (!fitted)
        return;
    const size_t moving = fit->d - r->s->rate_x.zeros;
    const double e_0 = distance(r, r->w_0, fit->w), w = sg_base_norm(fit->w, r->s->n_w);
    const bool same = r->s->c->train.form == SG_FORM_SAMPLE;
    const double size = same ? 0 : 2 * backward_error(samples->n, fit->d);
    double sum = 0;
    for (size_t i = 0; i < fit->d; i++) {
        const double gradient = r->noise + sqrt(r->trace) * r->reach[i] * (w + e_0);
        const double rows =
            i < moving ? gradient / fit->lambda_x[i] : sqrt(r->trace / r->s->rate_x.smallest) * e_0;
        const double mode = r->bound[i] + SG_UNIT_ROUNDOFF * (e_0 + size * rows);
        sum += mode * mode;
    }
    sg_closed_backprop_limit(r->closed, fit, r->w_0);
    sg_shallow_weights(r->mode, r->s);
    sg_lab_zero(
        r->lab, SG_SIMULATED, sg_lab_format(r->lab, "rest-%s", rate.id),
        sg_lab_format(r->lab, "W at rest at %s, against dgelsd plus W_0's null-space part",
                      rate.words),
        distance(r, r->mode, r->closed),
        (struct sg_tol){sqrt(sum), "sum over modes of rounding / (1 - |1 - mu lambda|)", r->start});
}

/* reach_i = |X v_i| / sqrt(n).  Of a null vector it is measured, with the product's own rounding,
 * and held below what P u allows: turned by P u tr / lambda_i towards every v_i, P u tr /
 * sqrt(smallest nonzero lambda). */
static void find_reach(struct run *r)
{
    const struct sg_shallow *s = r->s;
    const size_t n = s->rows.n, d = s->fit->d, moving = d - s->rate_x.zeros;
    const double u = SG_UNIT_ROUNDOFF, root = sqrt(s->rate_x.smallest);
    const double allowed = backward_error(n, d) * u * r->trace / root;
    double *along = SG_TAKE(r->lab, n * d, double);
    sg_base_mul(along, s->rows.x, s->fit->v_x, n, d, d);
    for (size_t i = 0; i < d; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += along[k * d + i] * along[k * d + i];
        r->reach[i] = fmin(sqrt(sum / (double)n) + (double)d * u * sqrt(r->trace),
                           i < moving ? HUGE_VAL : allowed);
        r->null_reach = i < moving ? 0 : hypot(r->null_reach, r->reach[i]);
    }
}

static struct run begin(struct sg_lab *lab, struct sg_shallow *s, struct sg_dy1_rate rate,
                        struct sg_rng *rng)
{
    const size_t n = s->rows.n, d = s->fit->d, n_w = s->n_w;
    struct run r = {.lab = lab,
                    .s = s,
                    .mu = rate.mu,
                    .w_0 = SG_TAKE(lab, n_w, double),
                    .limit = SG_TAKE(lab, n_w, double),
                    .closed = SG_TAKE(lab, n_w, double),
                    .mode = SG_TAKE(lab, n_w, double),
                    .first = SG_TAKE(lab, n_w, double),
                    .scratch = SG_TAKE(lab, n_w, double),
                    .reach = SG_TAKE(lab, d, double),
                    .bound = SG_TAKE(lab, d, double),
                    .size = (double)(n + d + 3) + backward_error(n, d)};
    for (size_t i = 0; i < d; i++)
        r.trace += s->fit->s_x[i * d + i];
    r.noise = sqrt(r.trace / (double)n) * sg_base_norm(s->fit->residual, n * s->fit->m);
    r.id[0] = sg_lab_format(lab, "steps-%s", rate.id);
    r.id[1] = sg_lab_format(lab, "null-space-%s", rate.id);
    r.what[0] =
        sg_lab_format(lab, "every mode of every step at %s, against (1 - mu lambda)^t", rate.words);
    r.what[1] = sg_lab_format(lab, "null-space part of W_t at %s, against W_0's", rate.words);
    find_reach(&r);
    double *offset = SG_TAKE(lab, s->size, double);
    sg_shallow_offset(offset, s, s->w_norm, rng);
    sg_shallow_start(s, offset, rate.mu, s->nu);
    sg_shallow_weights(r.w_0, s);
    sg_closed_backprop_limit(r.limit, s->fit, r.w_0);
    r.start = distance(&r, r.w_0, s->fit->w);
    return r;
}

void sg_dy1_check_rate(struct sg_lab *lab, struct sg_shallow *s, struct sg_dy1_rate rate,
                       struct sg_rng *rng, bool figure)
{
    const double rest = steps_to_rest(s, rate.mu), budget = (double)s->c->train.steps;
    if (!sg_lab_afford(lab, rest, budget, "come to rest", "raise train.steps"))
        return;
    struct run r = begin(lab, s, rate, rng);
    r.steps = (uint64_t)(rest > 0 ? rest : budget); /* no rest beyond the critical rate */
    if (figure)
        sg_lab_series(lab, "modes",
                      "mode step lambda_over_largest factor measured predicted bound");
    follow(&r, figure);
    check_limit(&r, rate);
}
