/* DY2: a run from a random start, every mode of every step against powers of I - mu lambda_i A.
 *
 * Symbols: u unit roundoff, tr = trace S_x, e_t = W_t - W_inf, |.| Frobenius; y rms over the
 * samples; K the condition number of A's eigenvectors (known: A is built from them); rho_i = max_j
 * |1 - mu lambda_i a_j|, so |M_i^k| <= K rho_i^k; N = n + d + 2m + 4; S_t = sqrt(tr) |W_t| |A| + y
 * |B| + |C|, a bound on s and on its terms, rms.
 *
 * One step errs in mode i by at most
 *
 *     step_{t,i} = u (|W_t| + 3 |e_t| + 3 mu N sqrt(tr) (S_t + sqrt(tr) |A| |e_t|)
 *                     + 3 (m + 3) K E_{t,i}):
 *
 * storing W; the sums of p, s and E[x^T s]; the formula's own S_x = V Lambda V^T, an error of N u
 * tr in mu S_x e_t A, and its limit, an error of N u sqrt(tr) S in the gradient there; its power of
 * M_i, m u of E_{t,i} = K rho_i^t |e_0| a step.  Errors travel with M_i^k:
 *
 *     bound_{t+1,i} = rho_i bound_{t,i} + K step_{t,i},
 *     bound_{0,i} = d u (|W_0| + |e_0|)   (into the eigenbasis). */
#include <math.h>
#include <string.h>

#include "claim/dy2/parts.h"

/* Beyond the limit a run ends when |e_t| has grown this much: it will not come back. */
static const double GONE = 1e6;

struct run {
    struct sg_lab *lab;
    const struct sg_frozen *f;
    double mu, trace, y, size; /* size: N */
    uint64_t steps;
    double *w_0, *closed, *mode, *scratch; /* d x m */
    double *bound;                         /* d */
    double start;                          /* |e_0| */
};

/* S_t for weights of this length. */
static double signal(const struct run *r, double w)
{
    const size_t m = r->f->s->fit->m;
    const double *phi = r->f->phi;
    return sqrt(r->trace) * w * sg_base_norm(phi, m * m) + r->y * sg_base_norm(phi + m * m, m * m) +
           sg_base_norm(phi + 2 * m * m, m);
}

static void follow(struct run *r, const char *id, const char *what)
{
    const struct sg_frozen *f = r->f;
    const struct sg_shallow *s = f->s;
    const struct sg_fit *fit = s->fit;
    const size_t m = fit->m;
    const double u = SG_UNIT_ROUNDOFF, d = (double)fit->d, a = sg_base_norm(f->phi, m * m);
    for (uint64_t t = 0; r->lab->status == SG_OK; t++) {
        sg_lab_try(r->lab, sg_closed_frozen(r->closed, fit, r->w_0, f->phi, r->mu, t));
        for (size_t i = 0; i < s->n_w; i++)
            r->scratch[i] = r->closed[i] - f->limit[i];
        const double w = sg_base_norm(r->closed, s->n_w), e = sg_base_norm(r->scratch, s->n_w);
        r->start = t == 0 ? e : r->start;
        for (size_t i = 0; t == 0 && i < fit->d; i++)
            r->bound[i] = d * u * (w + e);
        sg_shallow_modes(r->mode, s, r->closed);
        for (size_t i = 0; i < fit->d; i++)
            sg_lab_zero(r->lab, SG_SIMULATED, id, what, sg_base_norm(r->mode + i * m, m),
                        (struct sg_tol){r->bound[i] + d * u * (w + 3 * e),
                                        "rounding of a step, summed over the steps with K rho^k",
                                        r->start});
        if (t == r->steps || !(e <= GONE * r->start))
            return;
        for (size_t i = 0; i < fit->d; i++) {
            const double rho = i < fit->rank ? sg_frozen_radius(f, r->mu, fit->lambda_x[i]) : 1;
            const double sums =
                3 * r->mu * r->size * sqrt(r->trace) * (signal(r, w) + sqrt(r->trace) * a * e);
            const double power =
                3 * (double)(m + 3) * f->K * fmin(e, f->K * pow(rho, (double)t) * r->start);
            r->bound[i] = rho * r->bound[i] + f->K * u * (w + 3 * e + sums + power);
        }
        sg_sim_step(s->sim, &s->batch);
    }
}

/* -(W* B + w_1 C) A^{-1}, w_1 the least-squares fit of 1 by X (d x m); *w_1 and its residual. */
static double *least_squares(struct run *r, double *w_1, double *residual_1)
{
    struct sg_lab *lab = r->lab;
    const struct sg_frozen *f = r->f;
    const struct sg_fit *fit = f->s->fit;
    const struct sg_data *rows = &f->s->rows;
    const size_t d = fit->d, m = fit->m, n = rows->n;
    const double *b = f->phi + m * m, *c = b + m * m;
    double *push_t = SG_TAKE(lab, d * m, double), *rest_t = SG_TAKE(lab, d * m, double);
    double *a_t = SG_TAKE(lab, m * m, double), *rest = SG_TAKE(lab, d * m, double);
    sg_lab_try(lab, sg_base_solve_least_squares(w_1, NULL, NULL, rows->x, rows->one, n, d, 1));
    sg_base_mul(residual_1, rows->x, w_1, n, d, 1);
    for (size_t i = 0; i < n; i++)
        residual_1[i] -= rows->one[i];
    sg_base_mul(rest, fit->w, b, d, m, m);
    for (size_t i = 0; i < d * m; i++)
        push_t[(i % m) * d + i / m] = -rest[i] - w_1[i / m] * c[i % m];
    for (size_t i = 0; i < m * m; i++)
        a_t[(i % m) * m + i / m] = f->phi[i];
    sg_lab_try(lab, sg_base_solve(rest_t, a_t, push_t, m, d));
    for (size_t i = 0; i < d * m; i++)
        rest[i] = rest_t[(i % m) * d + i / m];
    return rest;
}

/* The run's end against least squares plus the start's null-space part.  By mode:
 *   the bound; K u |e_0|, what is left of the start;
 *   what dgelsd leaves of the two gradients, dX^T r + X^T dX W with |dX| <= N u |X|, over lambda_i
 *     and times |A^{-1}| <= K / min |a_j|;
 *   in the null space the angle between it and that of X + dX. */
static void check_limit(struct run *r, const char *id, const char *what)
{
    const struct sg_frozen *f = r->f;
    const struct sg_fit *fit = f->s->fit;
    const size_t d = fit->d, m = fit->m, n = f->s->rows.n;
    const double *b = f->phi + m * m, *c = b + m * m, u = SG_UNIT_ROUNDOFF, root = sqrt((double)n);
    double *w_1 = SG_TAKE(r->lab, d, double), *residual_1 = SG_TAKE(r->lab, n, double),
           least = HUGE_VAL;
    double *rest = least_squares(r, w_1, residual_1);
    const double solved = sg_base_norm(rest, d * m);
    sg_base_mul_tn(r->mode, fit->v_x, r->w_0, d, d, m);
    memset(r->mode, 0, fit->rank * m * sizeof *r->mode);
    sg_base_mul(r->scratch, fit->v_x, r->mode, d, d, m);
    for (size_t i = 0; i < d * m; i++)
        rest[i] += r->scratch[i];
    for (size_t i = 0; i < d * m; i++)
        r->scratch[i] = r->w_0[i] - rest[i];
    for (size_t j = 0; j < m; j++)
        least = fmin(least, cabs(f->a[j]));
    const double e_0 = sg_base_norm(r->scratch, d * m);
    sg_shallow_modes(r->mode, f->s, rest);
    for (size_t i = 0; i < d; i++) {
        const double reach = sqrt(fit->lambda_x[i]);
        const double of_y =
            (sg_base_norm(fit->residual, n * m) / root + reach * sg_base_norm(fit->w, d * m)) *
            sg_base_norm(b, m * m);
        const double of_1 = (sg_base_norm(residual_1, n) / root + reach * sg_base_norm(w_1, d)) *
                            sg_base_norm(c, m);
        const double angle = sqrt(r->trace / f->s->rate_x.smallest) * (e_0 + solved);
        const double least_squares =
            i < fit->rank ? f->K / least * sqrt(r->trace) * (of_y + of_1) / fit->lambda_x[i]
                          : angle;
        sg_lab_zero(
            r->lab, SG_SIMULATED, id, what, sg_base_norm(r->mode + i * m, m),
            (struct sg_tol){
                r->bound[i] + u * (f->K * e_0 + r->size * least_squares),
                "mode by mode: rounding over 1 - rho_i, and dgelsd's backward error over lambda_i",
                r->start});
    }
}

/* Inside the limit until at rest, K rho^t < u.  Beyond it until the top mode has grown a
 * hundredfold, or as long as the budget lasts. */
static bool plan(struct run *r, bool rests)
{
    const struct sg_frozen *f = r->f;
    const struct sg_shallow *s = f->s;
    const double budget = (double)s->c->train.steps;
    double growth = -HUGE_VAL; /* ln rho, the largest */
    for (size_t i = 0; i < s->fit->rank; i++)
        growth = fmax(growth, sg_frozen_log_radius(f, r->mu, s->fit->lambda_x[i]));
    const double wanted = rests && growth < 0 ? log(f->K / SG_UNIT_ROUNDOFF) / -growth
                          : rests             ? budget
                                              : fmin(budget, log(100 * f->K) / growth);
    r->steps = (uint64_t)fmin(wanted, budget - 1) + 1;
    return sg_lab_afford(r->lab, wanted, budget, "come to rest",
                         "raise train.steps, or take data of a smaller condition number");
}

/* From a random start as far from W_inf as |w*|. */
void sg_dy2_check_rate(struct sg_lab *lab, const struct sg_frozen *f, struct sg_dy2_rate rate,
                       struct sg_rng *rng)
{
    struct sg_shallow *s = f->s;
    const struct sg_fit *fit = s->fit;
    const size_t n_w = s->n_w, n = s->rows.n;
    struct run r = {.lab = lab,
                    .f = f,
                    .mu = rate.mu,
                    .w_0 = SG_TAKE(lab, n_w, double),
                    .closed = SG_TAKE(lab, n_w, double),
                    .mode = SG_TAKE(lab, n_w, double),
                    .scratch = SG_TAKE(lab, n_w, double),
                    .bound = SG_TAKE(lab, fit->d, double),
                    .size = (double)(n + fit->d + 2 * fit->m + 4),
                    .y = sg_base_norm(s->rows.y, n * fit->m) / sqrt((double)n)};
    for (size_t i = 0; i < fit->d; i++)
        r.trace += fit->lambda_x[i];
    if (!plan(&r, rate.rests))
        return;
    double *offset = SG_TAKE(lab, s->size, double);
    sg_base_rng_direction(offset, n_w, rng);
    for (size_t i = 0; i < n_w; i++)
        offset[i] *= s->w_norm;
    sg_shallow_start(s, offset, rate.mu, s->nu);
    sg_shallow_weights(r.w_0, s);
    follow(&r, sg_lab_format(lab, "steps-%s", rate.id),
           sg_lab_format(lab, "every mode of every step at %s, against powers of I - mu lambda_i A",
                         rate.words));
    if (rate.rests)
        check_limit(&r, sg_lab_format(lab, "rest-%s", rate.id),
                    sg_lab_format(lab,
                                  "W at rest at %s, against -(W* B + w_1 C) A^{-1} from dgelsd",
                                  rate.words));
}
