/* DY13 (b), (d): linear regression from every start, with pairs that are tau steps late.
 *
 * delta = W - W_ls, W_ls the least-squares solution that backprop has from W_0, moves by
 *   delta+ = (I - mu S_x) delta - mu E[x^T e],
 *   |delta+| <= (rho + mu l eps) |delta| + mu sqrt(l) sqrt(N*) eps,   eps = rms(e) / sqrt(N),
 * l = lambda_max(S_x), N* = E|z|^2 at W_ls, rho = max |1 - mu lambda_i| over lambda_i > 0, since
 * |E[x^T e]| <= sqrt(l) rms(e) and sqrt(N) <= sqrt(N*) + sqrt(l) |delta|. */
#include <math.h>
#include <string.h>

#include "claim/dy13/parts.h"

/* Starts a replicate: MANY followed for SHORT steps at least, the first WHOLE of each share of mu
 * until they have arrived.  The shares are multiples of the case's mu. */
enum { SHARES = 4, MANY = 400, WHOLE = 4, SHORT = 60, DRAWN_STEPS = 400, STEPS_A_UNIT = 40000 };
static const double share_of[SHARES] = {0.05 / 0.999, 0.5 / 0.999, 0.95 / 0.999, 1};
/* Arrived: E[x^T s] and rms(e) are down to this share of their sizes at W_ls. */
static const double ARRIVED = 1e-10, LEFT = 1e150, EXACT = 1e-3;

struct ring {                         /* of the last tau + 1 steps */
    size_t size;
    double *p;                        /* [size] n x m */
    double *late;                     /* [size] rms(z_t Psi_t) / sqrt(N_t) */
    double *moved;                    /* [size] sums of |Psi+ - Psi| up to t */
    double *w;                        /* [size] |W| */
};

struct regression {
    struct sg_lab *lab;
    struct sg_shallow *s;
    struct sg_dy13_place *place, *present;       /* the pair's, and that of now */
    struct ring ring;
    double n_star, trace;             /* E|z*|^2; tr S_x */
    double *start, *limit, *delta, *w;
    struct sg_dy13_bound step, late;
};

/* One start on its way. */
struct way {
    struct regression *r;
    size_t tau, index;
    double mu, rho;
    struct sg_dy13_track track;
    double distance;                  /* |delta| now */
    double error, move;               /* rms(e) now, and |E[x^T s]| of the last step */
    double path;                      /* what rounding may have moved W off its rows */
    double moved;                     /* sum of the bounds on |Psi+ - Psi| */
    uint64_t t;
};

/* ---- starts ---------------------------------------------------------------------------------- */

/* Phi is learned from late pairs: for tau steps the weights may grow by 1 + mu l |Phi| each, with
 * mu l < 2.  A size of Phi for which that stays below 1e60, whose squares doubles still hold. */
static double most_phi(size_t tau)
{
    return tau == 0 ? 100 : fmin(100, (pow(1e60, 1 / (double)tau) - 1) / 4);
}

/* c = -3: where V has to fall, mu is of order V (DY5.5). */
static void stall_start(double *start, const struct sg_shallow *s, double most, struct sg_rng *rng)
{
    const size_t m = s->fit->m;
    for (size_t i = 0; i < s->n_w; i++)
        start[i] = s->fit->w[i] + 1e-2 * s->w_norm * sg_base_rng_gaussian(rng);
    for (size_t i = 0; i < s->n_phi; i++)
        start[s->n_w + i] = -fmin(2, most) * s->exact_sg[i];
    for (size_t i = 2 * m * m; i < s->n_phi; i++)
        start[s->n_w + i] = 0;
}

/* W = 0, Phi = 0 and c = -3 first; then W and Phi each of a scale from 1e-2 to 1e2.  By (a) the
 * steps with eps above a size may be as many as |Psi_0|^2 over its square.  So a start that is
 * followed to the end has Phi of a scale up to what the step budget affords: 10 for 4,000,000 steps
 * and one output. */
static void draw_start(double *start, const struct sg_shallow *s, size_t index, bool whole,
                       struct sg_rng *rng)
{
    const size_t turn = index / SHARES;
    const double afforded =
                     sqrt(3 * (double)s->c->train.steps / (STEPS_A_UNIT * (double)s->n_phi)),
                 most = fmin(most_phi((size_t)s->timing.sg_w), whole ? fmax(afforded, 0.1) : 100);
    const double w = pow(10, 4 * sg_base_rng_uniform(rng) - 2),
                 phi = 1e-2 * pow(100 * most, sg_base_rng_uniform(rng));
    sg_base_rng_gaussians(start, s->size, rng);
    for (size_t i = 0; i < s->size; i++)
        start[i] *= turn == 0 ? 0 : i < s->n_w ? w : phi;
    if (turn == 1 && s->n_phi == s->fit->q * s->fit->m)
        stall_start(start, s, most, rng);
}

/* ---- a step ---------------------------------------------------------------------------------- */

static double *slot(const struct ring *ring, double *of, uint64_t t, size_t width)
{
    return of + t % ring->size * width;
}

static void predict(double *p, const struct sg_shallow *s)
{
    const double *w = sg_sim_w(s->sim);
    const size_t n = s->rows.n, d = s->rows.d, m = s->rows.m;
    memset(p, 0, n * m * sizeof *p);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t o = 0; o < m; o++)
                p[i * m + o] += s->rows.x[i * d + j] * w[j * m + o];
}

static double distance_to(const struct regression *r)
{
    const double *w = sg_sim_w(r->s->sim);
    double square = 0;
    for (size_t i = 0; i < r->s->n_w; i++)
        square += (w[i] - r->limit[i]) * (w[i] - r->limit[i]);
    return sqrt(square);
}

/* (d): rms(z_t Psi_t) / sqrt(N_t) is at most eps of the step that learns from that pair, and all
 * that Psi has moved by in between. */
static void check_late(struct way *y, double now)
{
    struct ring *ring = &y->r->ring;
    if (y->t >= y->tau && y->tau > 0) {
        const uint64_t then = y->t - y->tau;
        const double bound =
            y->track.eps + y->moved - y->track.moved - *slot(ring, ring->moved, then, 1);
        const double rounding = 20 * (double)(y->r->s->rows.n + y->tau) * SG_UNIT_ROUNDOFF *
                                (y->track.psi0 + bound);
        if (bound > 0 && rounding <= 0.01 * bound)
            sg_dy13_keep_bound(&y->r->late, *slot(ring, ring->late, then, 1) / y->track.psi0,
                               bound / y->track.psi0, rounding / y->track.psi0);
    }
    *slot(ring, ring->late, y->t, 1) = now;
    *slot(ring, ring->moved, y->t, 1) = y->moved - y->track.moved;
}

/* The recursion of (b), where its rounding is below a hundredth of it.  W moves by mu E[x^T s], a
 * sum over n rows of p Phi: off by (n + 2q + d) u mu sqrt(l) |z| |Phi|, and u |W|. */
static void check_step(struct way *y, const struct sg_dy13_look *now, double before, double phi)
{
    const struct sg_shallow *s = y->r->s;
    const double l = s->rate_x.largest, eps = sqrt(now->error / now->z2);
    const double bound = (y->rho + y->mu * l * eps) * before +
                         y->mu * sqrt(l * y->r->n_star) * eps;
    const double w = sg_base_norm(sg_sim_w(s->sim), s->n_w),
                 count = (double)(s->rows.n + 2 * s->fit->q + s->fit->d + 10);
    const double off =
        count * SG_UNIT_ROUNDOFF * (w + y->mu * sqrt(y->r->trace * now->z2) * phi);
    y->path += off;
    const double all = s->rate_x.zeros ? y->path : off;      /* nothing pulls W back to its rows */
    if (bound > 0 && all <= 0.01 * bound)
        sg_dy13_keep_bound(&y->r->step, y->distance / bound, 1, all / bound);
}

static void step(struct way *y)
{
    struct regression *r = y->r;
    struct sg_shallow *s = r->s;
    const size_t n = s->rows.n, m = s->rows.m;
    const bool search = s->sg_step == SG_STEP_LINE_SEARCH;
    const double *phi = sg_sim_phi(s->sim), before = y->distance;
    double *p = slot(&r->ring, r->ring.p, y->t, n * m), square = 0;
    predict(p, s);
    const double size = sg_base_norm(phi, s->n_phi);
    const double *late = y->t >= y->tau ? slot(&r->ring, r->ring.p, y->t - y->tau, n * m)
                                        : r->ring.p;
    const struct sg_dy13_pair now = {n, p, s->rows.y, s->rows.one},
                              pair = {n, late, s->rows.y, s->rows.one};
    const struct sg_dy13_look at_pair = sg_dy13_look(r->place, &pair, phi, search),
                              at_now = y->tau ? sg_dy13_look(r->present, &now, phi, false)
                                              : at_pair;
    memcpy(r->w, sg_sim_w(s->sim), s->n_w * sizeof *r->w);
    *slot(&r->ring, r->ring.w, y->t, 1) = sg_base_norm(r->w, s->n_w);
    const double w = *slot(&r->ring, r->ring.w, y->t >= y->tau ? y->t - y->tau : 0, 1);
    sg_sim_step(s->sim, &s->batch);
    const double cancels = 1 + sqrt(r->trace / at_pair.z2) * w;
    sg_dy13_follow(&y->track, r->place, &at_pair, sg_sim_phi(s->sim), r->place->exact,
                   (double)(n + 2 * s->fit->q + s->fit->d + 10) * cancels);
    for (size_t i = 0; i < s->n_w; i++) {
        const double by = ((const double *)sg_sim_w(s->sim))[i] - r->w[i];
        square += by * by;
    }
    y->moved += y->track.moved;
    check_late(y, sqrt(at_now.error / at_now.z2));
    y->distance = distance_to(r);
    y->error = sqrt(at_now.error);
    y->move = sqrt(square) / y->mu;
    check_step(y, &at_now, before, size);
    y->t++;
}

/* ---- a start --------------------------------------------------------------------------------- */

static bool has_arrived(const struct way *y)
{
    const double root = sqrt(y->r->n_star);
    return y->error <= ARRIVED * root && y->move <= ARRIVED * root * sqrt(y->r->s->rate_x.largest);
}

/* W_0 and what dgelsd adds to it on the samples: min |Y - X W| nearest to W_0. */
static void dgelsd_from(struct sg_lab *lab, double *w, const double *w_0)
{
    const struct sg_data *data = lab->trial->data;
    const size_t n = data->n, d = data->d, m = data->m;
    double *rest = SG_TAKE(lab, n * m, double);
    sg_base_mul(rest, data->x, w_0, n, d, m);
    for (size_t i = 0; i < n * m; i++)
        rest[i] = data->y[i] - rest[i];
    sg_lab_try(lab, sg_base_solve_least_squares(w, NULL, NULL, data->x, rest, n, d, m));
    for (size_t i = 0; i < d * m; i++)
        w[i] += w_0[i];
}

/* S_x delta = E[x^T s] - E[x^T e] at the end, both known to be small. */
static void check_end(struct sg_lab *lab, const struct way *y)
{
    const struct sg_shallow *s = y->r->s;
    const struct sg_rates *x = &s->rate_x;
    double *w = SG_TAKE(lab, s->n_w, double);
    const double start = sg_base_norm(y->r->start, s->n_w), cond = sqrt(x->largest / x->smallest);
    dgelsd_from(lab, w, y->r->start);
    const double scale = sg_base_norm(w, s->n_w);
    for (size_t i = 0; i < s->n_w; i++)
        w[i] -= ((const double *)sg_sim_w(s->sim))[i];
    const double arrived = 2 * ARRIVED * sqrt(x->largest * y->r->n_star) / x->smallest,
                 solved = 10 * (double)(s->fit->d + s->fit->n) * SG_UNIT_ROUNDOFF * cond *
                          (s->w_norm + start) * (1 + cond),
                 drift = x->zeros && y->distance < LEFT ? y->path : 0;
    sg_lab_zero(lab, SG_SIMULATED, "weights",
                "final |W - W_ls|, W_ls by dgelsd on the samples and W_0 off the rows of X",
                sg_base_norm(w, s->n_w),
                (struct sg_tol){arrived + solved + drift,
                                "(|E[x^T s]| + sqrt(l) rms(e)) / lambda_min at the end; dgelsd; "
                                "rounding off the rows of X", fmax(scale, s->w_norm)});
}

/* Until it has arrived, or the weights have left with an SG that is all but exact.  Weights that
 * are as far while eps is not small are on their way by (1): doubles do not hold it. */
static void follow_whole(struct sg_lab *lab, struct way *y, bool draw)
{
    const uint64_t most = (uint64_t)lab->trial->c->train.steps;
    while (y->t < most && !has_arrived(y) && y->distance < LEFT) {
        if (draw && (y->t < DRAWN_STEPS || y->t % 16 == 0))
            sg_lab_point(lab, (const double[]){(double)y->tau, (double)y->index, (double)y->t,
                                               y->track.psi / y->track.psi0, y->distance,
                                               y->track.sum});
        step(y);
    }
    if (!has_arrived(y) && !(y->distance < LEFT) && !(y->track.eps <= EXACT))
        sg_lab_stop(lab, SG_BUDGET, "the weights went to %.2g before the SG was learned, which "
                    "doubles do not hold; take theta nearer to 1", y->distance);
    else if (!has_arrived(y) && y->distance < LEFT)
        sg_lab_stop(lab, SG_BUDGET,
                    "after %llu steps the weights are %.2g from least squares; raise train.steps",
                    (unsigned long long)most, y->distance);
    check_end(lab, y);
}

struct ask { struct regression *r; size_t tau, index, whole; struct sg_rng *rng; };

static void from_one_start(struct sg_lab *lab, void *context)
{
    const struct ask *ask = context;
    struct regression *r = ask->r;
    struct sg_shallow *s = r->s;
    const double mu = s->mu * share_of[ask->index % SHARES];
    const bool whole = ask->index < ask->whole,
               draw = lab->trial->figure && whole;
    draw_start(r->start, s, ask->index, whole, ask->rng);
    sg_sim_restart(s->sim, r->start, r->start + s->n_w, mu, s->nu);
    sg_closed_backprop_limit(r->limit, s->fit, r->start);
    struct way y = {.r = r, .tau = ask->tau, .index = ask->index, .mu = mu};
    y.track = sg_dy13_start(r->place, s->sg_step, s->nu, r->start + s->n_w);
    for (size_t i = 0; i < s->fit->rank; i++)
        y.rho = fmax(y.rho, fabs(1 - mu * s->fit->lambda_x[i]));
    y.distance = distance_to(r);
    y.error = HUGE_VAL;
    for (uint64_t least = SHORT + 2 * ask->tau; y.t < least && !has_arrived(&y);)
        step(&y);
    sg_dy13_say(lab, &y.track);
    if (whole && !sg_dy13_is_broken(&y.track)) {
        y.t = 0;
        sg_sim_restart(s->sim, r->start, r->start + s->n_w, mu, s->nu);
        y.track = sg_dy13_start(r->place, s->sg_step, s->nu, r->start + s->n_w);
        y.path = y.moved = 0;
        y.distance = distance_to(r);
        y.error = HUGE_VAL;
        follow_whole(lab, &y, draw);
        sg_dy13_say(lab, &y.track);
    }
}

static void say_bounds(struct sg_lab *lab, const struct regression *r, bool late)
{
    if (r->step.some)
        sg_lab_below(lab, SG_SIMULATED, "step",
                     "|delta+| over (rho + mu l eps) |delta| + mu sqrt(l N*) eps, at most 1",
                     r->step.measured, 1,
                     (struct sg_tol){r->step.tolerance, "rounding of a step of W", 1});
    if (late && r->late.some)
        sg_lab_below(lab, SG_SIMULATED, "late",
                     "eps of now, over |Psi_0|: at most that of its pair and what Psi moved by",
                     r->late.measured, r->late.bound,
                     (struct sg_tol){r->late.tolerance, "20 (n + tau) u of them", 1});
}

static void with_delay(struct sg_lab *lab, struct regression *r, size_t tau, size_t parts,
                       struct sg_rng *rng)
{
    struct sg_shallow *s = r->s;
    const size_t n = s->rows.n, m = s->rows.m, size = tau + 1;
    sg_shallow_set_timing(s, (struct sg_timing){.sg_w = (int)tau});
    r->ring = (struct ring){size, SG_TAKE(lab, size * n * m, double), SG_TAKE(lab, size, double),
                            SG_TAKE(lab, size, double), SG_TAKE(lab, size, double)};
    r->step = r->late = (struct sg_dy13_bound){0};
    struct ask ask = {r, tau, 0, SHARES * (WHOLE > parts ? WHOLE : 2), rng};
    const size_t many = MANY / parts;
    for (; ask.index < many && lab->status == SG_OK; ask.index++)
        sg_lab_part(lab, from_one_start, &ask);
    say_bounds(lab, r, tau > 0);
}

void sg_dy13_regression(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_shallow *s = sg_shallow_make(lab, (struct sg_timing){0});
    if (!s)
        return;
    const size_t n = s->rows.n, m = s->rows.m;
    const unsigned terms = s->arch.arch.modules[0].terms;
    struct regression r = {.lab = lab, .s = s,
                           .place = sg_dy13_place(lab, m, m, terms, n),
                           .present = sg_dy13_place(lab, m, m, terms, n),
                           .start = SG_TAKE(lab, s->size, double),
                           .limit = SG_TAKE(lab, s->n_w, double),
                           .w = SG_TAKE(lab, s->n_w, double)};
    sg_dy13_exact(r.place);
    sg_dy13_exact(r.present);
    for (size_t i = 0; i < s->fit->d; i++)
        r.trace += s->fit->lambda_x[i];
    r.n_star = sg_base_dot(s->fit->z, s->fit->z, n * s->fit->q) / (double)n;
    struct sg_rng *rng = sg_lab_rng(lab, "starts");
    const bool delayed = c->train.delay == SG_DELAY_PAIRS;
    if (lab->trial->figure)
        sg_lab_series(lab, "ways", "tau start step psi distance sum");
    for (size_t i = 0; i < (delayed ? c->train.tau.n : 1) && lab->status == SG_OK; i++)
        with_delay(lab, &r, delayed ? (size_t)c->train.tau.value[i] : 0,
                   delayed ? c->train.tau.n : 1, rng);
    sg_dy13_certify(lab, s);
}
