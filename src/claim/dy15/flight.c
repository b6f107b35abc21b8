/* DY15: what becomes of a start beside the predicted minimum.  It leaves where an eigenvalue of the
 * joint flow lies right of 0, and comes back where none does; backprop stays in both.
 *
 * By item 6 what makes such a minimum repel is a pair lambda.  It is read off the simulated steps:
 * of updates v_0, v_1, v_2 that are K steps apart, once all other modes are small beside the pair,
 *     v_2 = a v_1 - b v_0,   z^2 - a z + b = 0,   z = (1 + mu lambda)^K.
 * Updates do not see the family of fixed points, along which nothing moves. */
#include <math.h>
#include <string.h>

#include "claim/dy15/parts.h"

enum { POINTS = 600 };
/* A displacement over |w*| for the eigenvalue: second order is that much, rounding u over it. */
static const double NEAR = 1e-7;
/* e-foldings of the pair after which other modes count for nothing. */
static const double FOLDS = 25;

struct flight {
    struct sg_lab *lab;
    struct sg_dy15 *s;
    size_t n, n_w;                 /* of the state (w, phi) */
    double *fixed, *state, *v[3];
    struct sg_sim *sim, *backprop;
    struct sg_field plain;
    double w_size, least;          /* |w*|, min L */
};

static void end_sim(void *sim)
{
    sg_sim_free(sim);
}

/* ---- states ---------------------------------------------------------------------------------- */

/* The weights chosen, with the SGs that are exact there. */
static struct flight *begin(struct sg_lab *lab, struct sg_dy15 *s)
{
    struct flight *f = SG_TAKE(lab, 1, struct flight);
    struct sg_twin *t = s->t;
    *f = (struct flight){.lab = lab, .s = s, .n = t->n_w + t->n_phi, .n_w = t->n_w};
    f->fixed = SG_TAKE(lab, f->n, double);
    f->state = SG_TAKE(lab, f->n, double);
    for (size_t k = 0; k < 3; k++)
        f->v[k] = SG_TAKE(lab, f->n, double);
    memcpy(f->fixed, s->chosen, t->n_w * sizeof *f->fixed);
    for (size_t k = 0; k < s->n_at; k++) {
        struct sg_deep deep = s->deep;
        deep.at = s->at[k];
        sg_closed_deep_exact_sg(f->fixed + t->n_w + sg_net_module_offset(t->net, k), &deep,
                                s->chosen, NULL);
    }
    f->w_size = sg_base_norm(f->fixed, t->n_w);
    f->plain = sg_sim_net_field(t->plain, t->rows.n);
    f->sim = sg_sim_alloc(&(struct sg_sim_spec){.field = &t->field}, f->fixed,
                          f->fixed + t->n_w);
    sg_lab_own(lab, f->sim, end_sim);
    f->backprop = sg_sim_alloc(&(struct sg_sim_spec){.field = &f->plain}, f->fixed, NULL);
    sg_lab_own(lab, f->backprop, end_sim);
    return f;
}

/* Starts the steps from fixed + size * direction, |direction| = 1; the direction is state's. */
static void start(struct flight *f, double size)
{
    const double norm = sg_base_norm(f->state, f->n);
    for (size_t i = 0; i < f->n; i++)
        f->state[i] = f->fixed[i] + size / norm * f->state[i];
    sg_sim_restart(f->sim, f->state, f->state + f->n_w, f->s->mu, f->s->kappa * f->s->mu);
    sg_sim_restart(f->backprop, f->state, NULL, f->s->mu, 0);
}

/* state = where the steps are, less fixed. */
static double displacement(struct flight *f)
{
    memcpy(f->state, sg_sim_w(f->sim), f->n_w * sizeof *f->state);
    memcpy(f->state + f->n_w, sg_sim_phi(f->sim), (f->n - f->n_w) * sizeof *f->state);
    for (size_t i = 0; i < f->n; i++)
        f->state[i] -= f->fixed[i];
    return sg_base_norm(f->state, f->n);
}

static double distance(const struct flight *f, const struct sg_sim *sim)
{
    const double *w = sg_sim_w(sim);
    double square = 0;
    for (size_t i = 0; i < f->n_w; i++)
        square += (w[i] - f->fixed[i]) * (w[i] - f->fixed[i]);
    return sqrt(square);
}

/* The joint update where the steps are.  Returns its size. */
static double update(double *v, struct flight *f)
{
    struct sg_twin *t = f->s->t;
    sg_net_eval(v, v + f->n_w, NULL, t->net, sg_sim_w(f->sim), sg_sim_phi(f->sim), &t->batch,
                SG_WANT_W | SG_WANT_PHI, t->work);
    return sg_base_norm(v, f->n);
}

static double loss(const struct flight *f, const double *w)
{
    struct sg_twin *t = f->s->t;
    struct sg_metrics metrics = {0, 0};
    sg_net_eval(NULL, NULL, &metrics, t->plain, w, NULL, &t->batch, SG_WANT_METRICS,
                t->plain_work);
    return metrics.loss;
}

/* ---- the eigenvalue -------------------------------------------------------------------------- */

/* ln|1 + mu lambda|, what a step adds to the log of the pair. */
static double growth(const struct sg_dy15 *s)
{
    const double re = creal(s->fate.top), im = cimag(s->fate.top), mu = s->mu;
    return 0.5 * log1p(mu * (2 * re + mu * (re * re + im * im)));
}

struct pair { double complex lambda; double error; };

/* From three updates K steps apart.  rest: what the first two leave of the third.  It moves (a, b)
 * by at most rest / sigma_min(v_1, v_0) if it has no larger part along them than across, taken ten
 * times; z by (|z| + 1) / |z - conj z| as much, lambda by 1 / (K mu |z|) as much as z. */
static struct pair read_pair(const struct flight *f, double K)
{
    const double p = sg_base_dot(f->v[1], f->v[1], f->n), q = sg_base_dot(f->v[0], f->v[0], f->n),
                 c = sg_base_dot(f->v[1], f->v[0], f->n),
                 g = sg_base_dot(f->v[2], f->v[1], f->n), h = sg_base_dot(f->v[2], f->v[0], f->n);
    const double det = p * q - c * c, a = (g * q - h * c) / det, b = -(h * p - g * c) / det;
    const double complex z = a / 2 + csqrt(a * a / 4 - b);
    double rest = 0;
    for (size_t i = 0; i < f->n; i++) {
        const double e = f->v[2][i] - a * f->v[1][i] + b * f->v[0][i];
        rest += e * e;
    }
    const double sigma = sqrt(det / (p + q));             /* at most the smallest singular value */
    const double moved = 10 * sqrt(rest) / sigma * (cabs(z) + 1) / (2 * fabs(cimag(z)));
    return (struct pair){(cpow(z, 1 / K) - 1) / f->s->mu, moved / (K * f->s->mu * cabs(z))};
}

/* Steps, drawn back to NEAR after each three updates, until the pair has grown by e^FOLDS. */
static void check_pair(struct flight *f)
{
    const struct sg_dy15 *s = f->s;
    const double predicted = creal(s->fate.top), fast = cabs(s->fate.top) * s->mu;
    const uint64_t K = (uint64_t)fmax(1, floor(0.7 / fast));
    const double folds = growth(s) * 2 * (double)K, rounds = ceil(FOLDS / folds);
    if (!sg_lab_afford(f->lab, rounds * 2 * (double)K, f->lab->trial->c->train.steps,
                       "tell the pair from the other modes", "raise train.steps"))
        return;
    sg_base_rng_direction(f->state, f->n, sg_lab_rng(f->lab, "flight"));
    for (double round = 0; round < rounds && f->lab->status == SG_OK; round++) {
        start(f, NEAR * f->w_size);
        for (size_t k = 0; k < 3; k++) {
            update(f->v[k], f);
            if (k < 2)
                sg_lab_try(f->lab, sg_sim_advance(f->sim, &s->t->batch, K));
        }
        displacement(f);
    }
    if (f->lab->status != SG_OK)
        return;
    const struct pair found = read_pair(f, (double)K);
    const struct sg_tol tol = {found.error, "ten times what two updates leave of a third, over "
                               "their smallest singular value", 0};
    sg_lab_equal(f->lab, SG_SIMULATED, "pair-growth", "growth rate of the pair that leaves, from "
                 "the simulated steps against the joint spectrum", creal(found.lambda), predicted,
                 tol);
    sg_lab_equal(f->lab, SG_SIMULATED, "pair-turn", "its frequency", cimag(found.lambda),
                 fabs(cimag(s->fate.top)), tol);
}

/* ---- the flight ------------------------------------------------------------------------------ */

struct way { double sg, backprop, first; bool finite; };

/* `steps` steps of both nets from f->state's direction; figure: POINTS of them kept. */
static struct way fly(struct flight *f, double steps, bool figure)
{
    const struct sg_dy15 *s = f->s;
    const uint64_t every = (uint64_t)fmax(1, ceil(steps / POINTS));
    struct way way = {.finite = true};
    start(f, f->lab->trial->c->train.radius * f->w_size);
    way.first = distance(f, f->sim);
    const double update_first = update(f->v[2], f);
    if (figure)
        sg_lab_series(f->lab, "flight", "time distance backprop excess predicted update");
    for (size_t k = 0; k <= POINTS && way.finite; k++) {
        const double sg = distance(f, f->sim), backprop = distance(f, f->backprop);
        way.sg = fmax(way.sg, sg);
        way.backprop = sg_base_max(way.backprop, backprop);
        if (figure)
            sg_lab_point(f->lab, (const double[]){
                (double)(k * every) * s->mu, sg / f->w_size, backprop / f->w_size,
                loss(f, sg_sim_w(f->sim)) - f->least,
                way.first / f->w_size * exp(growth(s) * (double)(k * every)),
                update(f->v[2], f) / update_first});
        way.finite = sg_sim_advance(f->sim, &s->t->batch, every) == SG_OK;
        sg_lab_try(f->lab, sg_sim_advance(f->backprop, &s->t->batch, every));
    }
    return way;
}

static void check_backprop(struct flight *f, const struct way *way)
{
    sg_lab_below(f->lab, SG_SIMULATED, "backprop", "backprop from the same start: largest distance "
                 "over the first", way->backprop / way->first, 2,
                 (struct sg_tol){1e3 * SG_UNIT_ROUNDOFF * f->w_size / way->first,
                                 "H is semidefinite, so that its linear part does not grow; "
                                 "twice, for second order", 0});
}

void sg_dy15_flight(struct sg_lab *lab, struct sg_dy15 *s)
{
    const struct sg_deep_attraction *fate = &s->fate;
    const bool repels = creal(fate->top) > 10 * fate->error;
    sg_lab_fact(lab, SG_CLOSED_FORM, "repels", "an eigenvalue of the joint flow lies right of 0, "
                "beyond its error", repels, "ten times 10 size u |J| times its condition number");
    sg_lab_note(lab, "kappa %.4g, eigenvalue %.4g%+.4g i", s->kappa, creal(fate->top),
                cimag(fate->top));
    if (!repels)
        return;
    sg_dy15_certify(lab, s, SG_REFUTED);
    const double steps = lab->trial->c->train.steps, radius = lab->trial->c->train.radius;
    if (!sg_lab_afford(lab, log(1 / radius) / growth(s), steps, "see it leave",
                       "raise train.steps"))
        return;
    struct flight *f = begin(lab, s);
    f->least = loss(f, s->chosen);
    if (cimag(fate->top) != 0)
        check_pair(f);
    else
        sg_lab_note(lab, "it is real, which item 6 excludes");
    if (lab->status != SG_OK)
        return;
    const struct way way = fly(f, steps, lab->trial->figure);
    sg_lab_fact(lab, SG_SIMULATED, "leaves", "the weights leave to a hundred times the start's "
                "distance or more", !way.finite || way.sg > 100 * way.first,
                "distance of the weights");
    check_backprop(f, &way);
}

/* ---- the return ------------------------------------------------------------------------------ */

/* In the time that takes the slowest mode to 1e-5 of itself the update falls a thousandfold: a
 * factor 100 is left for modes that stand in each other's way. */
void sg_dy15_return(struct sg_lab *lab, struct sg_dy15 *s)
{
    const double steps = lab->trial->c->train.steps, needed = ceil(log(1e5) / -growth(s));
    const bool attracts = sg_closed_deep_attracts(&s->fate);
    sg_lab_fact(lab, SG_CLOSED_FORM, "attracts", "all eigenvalues of the joint flow lie left of 0, "
                "beyond their error", attracts, "ten times 10 size u |J| times its condition "
                "number");
    sg_lab_note(lab, "kappa %.4g, eigenvalue %.4g%+.4g i", s->kappa, creal(s->fate.top),
                cimag(s->fate.top));
    if (attracts)
        sg_dy15_certify(lab, s, SG_OK);
    if (!attracts || !sg_lab_afford(lab, needed, steps, "see it come back", "raise train.steps"))
        return;
    struct flight *f = begin(lab, s);
    f->least = loss(f, s->chosen);
    sg_base_rng_direction(f->state, f->n, sg_lab_rng(lab, "return"));
    start(f, lab->trial->c->train.radius * f->w_size);
    const double first = update(f->v[0], f);
    for (size_t i = 0; i < f->n; i++)
        f->state[i] -= f->fixed[i];
    const struct way way = fly(f, needed, lab->trial->figure);
    sg_lab_fact(lab, SG_SIMULATED, "returns", "the joint update falls a thousandfold while the "
                "slowest mode falls by 1e5", way.finite && update(f->v[1], f) < 1e-3 * first,
                "a factor 100 for modes that are not orthogonal");
    check_backprop(f, &way);
}
