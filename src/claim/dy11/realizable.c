/* DY11 on realizable data: y = X w*, S_x = I, ones in col X, one output.  (w*, phi* + c (1, -1, 0)) is fixed for every c; with delayed pairs
 * each positive eigenvalue a of (1/n) Z Z^T gives the roots of
 *
 *     (lambda - 1 + mu (1 + c)) (lambda - 1 + nu a) lambda^tau = mu nu a c.
 *
 * With mu (1 + c) <= 1 and nu a <= 1 all are inside the unit circle for every tau if c >= -1/2, and not for large tau if c < -1/2.  A root on
 * the circle has its c, as the equation is linear in c: the largest negative one is the limit, and the simulation has to find it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "claim/dy11/parts.h"

enum { DEGREE_MOST = 130, MODES = 2, CURVES = 3 };     /* S_z has rank 2: span{y, 1} */
static const double HALF = -0.5, CEILING = 1e-2;

struct pair { double mu, beta; size_t tau; };          /* beta = nu a */
struct crossing { double c, theta; };                  /* lambda = e^{i theta} */

/* The c for which e^{i theta} is a root: complex, unless there is one. */
static double complex c_of(double theta, const struct pair *p)
{
    const double complex lambda = cexp(SG_COMPLEX(0, theta)), turn = cexp(SG_COMPLEX(0, theta * (double)p->tau)), b = (lambda - 1 + p->beta) * turn;
    return (lambda - 1 + p->mu) * b / (p->mu * (p->beta - b));
}

/* The largest negative c with a root on the circle, from all sign changes of Im c on a grid that resolves lambda^tau and small theta. */
static struct crossing c_limit(const struct pair *p)
{
    enum { PER_TURN = 128, BISECTIONS = 60 };
    const size_t n = PER_TURN * (p->tau + 2);
    struct crossing best = {-HUGE_VAL, SG_NAN};
    for (size_t i = 1; i < n; i++) {
        double low = M_PI * pow((double)i / (double)n, 2), high = M_PI * pow((double)(i + 1) / (double)n, 2);
        const bool above = cimag(c_of(low, p)) > 0;
        if (above == (cimag(c_of(high, p)) > 0))
            continue;
        for (int k = 0; k < BISECTIONS; k++) {
            const double middle = (low + high) / 2;
            if ((cimag(c_of(middle, p)) > 0) == above)
                low = middle;
            else
                high = middle;
        }
        const double c = creal(c_of(low, p));
        if (c < 0 && c > best.c)
            best = (struct crossing){c, low};
    }
    return best;
}

static enum sg_status pair_roots(double *modulus, double *error, const struct pair *p, double c)
{
    double coefficient[DEGREE_MOST] = {0};
    const double alpha = p->mu * (1 + c);
    coefficient[0] = alpha + p->beta - 2;
    coefficient[1] = (1 - alpha) * (1 - p->beta);
    coefficient[p->tau + 1] -= p->mu * p->beta * c;
    return sg_delay_roots(modulus, error, coefficient, p->tau + 2);
}

/* At a root on the circle: d ln|lambda| / dc, and how much of a disturbance of one step goes into the mode, from
 * F = (lambda - 1 + alpha) (lambda - 1 + beta) lambda^tau - mu beta c. */
static void sensitivity(double *gain, double *residue, const struct pair *p, struct crossing at)
{
    const double complex l = cexp(SG_COMPLEX(0, at.theta)), turn = cexp(SG_COMPLEX(0, at.theta * (double)p->tau));
    const double complex x = l - 1 + p->mu * (1 + at.c), y = l - 1 + p->beta;
    const double complex slope = turn * (x + y + (double)p->tau * x * y / l);
    *gain = fabs(creal(p->mu * (y * turn - p->beta) / (slope * l)));
    *residue = (cabs(y) + p->mu) / cabs(slope);
}

/* ---- simulation -------------------------------------------------------------------------------------------------------- */

struct line_scan { struct sg_shallow *s; const double *l, *offset; struct sg_window window; double mu, nu; };

/* Growth near the fixed point that lies c along the line; the line's direction is the null vector of S_z. */
static struct sg_growth growth_at_c(double c, void *context)
{
    const struct line_scan *scan = context;
    double *phi = scan->s->fixed + scan->s->n_w;
    phi[0] = 1 + c;
    phi[1] = -1 - c;
    phi[2] = 0;
    return sg_delay_growth(scan->s, scan->l, scan->offset, scan->mu, scan->nu, &scan->window);
}

/* Windows of one predicted period.  Left out: what the next largest root needs to decay to u. */
static struct sg_window window_at(const struct pair *p, struct crossing at, double next)
{
    const size_t width = (size_t)ceil(2 * M_PI / at.theta), tau = p->tau, least = 20 * tau * (2 * tau + 1) / width;
    return (struct sg_window){.width = width, .skip = 2 + (size_t)(log(SG_UNIT_ROUNDOFF) / log(next)) / width, .fit = least > 40 ? least : 40};
}

/* The mode of eigenvalue j in the weights: E[x^T z] v_j, normalised. */
static double *mode_row(const struct sg_shallow *s, size_t j)
{
    const struct sg_fit *f = s->fit;
    double *row = SG_NEW(s->size, double);
    for (size_t i = 0; i < f->d; i++)
        for (size_t k = 0; k < f->q; k++)
            row[i] += f->x_z[i * f->q + k] * f->v_z[k * f->q + j];
    const double norm = sg_base_norm(row, f->d);
    for (size_t i = 0; i < f->d; i++)
        row[i] /= norm;
    return row;
}

static double bisected(struct sg_evidence *ev, struct sg_shallow *s, size_t mode, const struct pair *p, struct crossing at, double next)
{
    double *l = mode_row(s, mode), *offset = SG_NEW(s->size, double), gain, residue, low = HALF, step = 1.0 / 64;
    const double radius = s->c->train.radius * s->w_norm;
    for (size_t i = 0; i < s->size; i++)
        offset[i] = radius * l[i];
    sg_shallow_form_row(l, s);
    sensitivity(&gain, &residue, p, at);
    struct line_scan scan = {s, l, offset, window_at(p, at, next), s->mu, s->nu};
    sg_claim_fact(ev, SG_SIMULATED, "realizable, c = -1/2: the mode decays, every tau", growth_at_c(HALF, &scan).rate < 0, "fitted growth");
    while (step < 8 && growth_at_c(HALF - step, &scan).rate < 0) {
        low = HALF - step;
        step *= 2;
    }
    /* A window that is no whole number of half periods ripples by 1/(width sin theta); over K windows that turns the slope by 3/K of it at most. */
    const struct sg_window *window = &scan.window;
    const double z = sqrt(s->rate_z.largest), ripple = 3 / (sin(at.theta) * (double)(window->fit * window->width * window->width));
    const double e = residue * (sg_delay_rounding(s, true, s->mu) + z * sg_delay_rounding(s, false, s->nu)), resolution = 2 * e / radius;
    struct sg_growth found;
    const double c = sg_delay_root(&found, growth_at_c, &scan, HALF - step, low, resolution);
    const double second = residue * (sg_delay_second_order(s, true, s->mu) +
                                     z * (sg_delay_second_order(s, false, s->nu) + s->nu * s->rate_x.largest * fabs(at.c)));
    const double tolerance = fmin(CEILING, (resolution + ripple + 2 * (e + second * found.most * found.most) / found.least) / gain);
    char what[120];
    snprintf(what, sizeof what, "realizable, tau = %zu: bisected c, the limit of stability on the line", p->tau);
    sg_claim_compare(ev, SG_SIMULATED, what, c, at.c, tolerance,
                     "fitted growth: resolution, ripple, rounding and second order per step, over d(growth)/dc");
    free(l);
    free(offset);
    return c;
}

/* The mode whose limit is met first, from above. */
static enum sg_status check_tau(struct sg_evidence *ev, struct sg_shallow *s, int tau, double *found, double *predicted)
{
    double modulus[DEGREE_MOST], error, inside = 0;
    struct crossing best = {-HUGE_VAL, SG_NAN};
    struct pair binding = {0};
    size_t mode = 0;
    enum sg_status status = SG_OK;
    for (size_t j = 0; j < MODES && status == SG_OK; j++) {
        const struct pair p = {s->mu, s->nu * s->fit->lambda_z[j], (size_t)tau};
        const struct crossing at = c_limit(&p);
        status = pair_roots(modulus, &error, &p, HALF);
        inside = sg_base_max(inside, modulus[0]);
        if (at.c > best.c) {
            best = at;
            binding = p;
            mode = j;
        }
    }
    if (status == SG_OK)
        status = pair_roots(modulus, &error, &binding, best.c);
    if (status != SG_OK)
        return status;
    sg_claim_fact(ev, SG_CLOSED_FORM, "realizable, c = -1/2: all roots inside the unit circle, every tau", inside < 1, "dgeev of the companion matrix");
    sg_claim_compare(ev, SG_CLOSED_FORM, "realizable: largest root modulus at the predicted limit, worst tau", modulus[0], 1.0, error,
                     "dgeev of the companion matrix C: 10 size u |C| times the root's condition number");
    sg_shallow_set_timing(s, sg_case_timing(s->c, tau));
    *predicted = best.c;
    *found = bisected(ev, s, mode, &binding, best, tau > 0 ? modulus[2] : 0);
    return SG_OK;
}

/* The limit against tau at the case's steps and at ones 4 and 16 times smaller. */
static void draw(struct sg_evidence *ev, const struct sg_shallow *s)
{
    sg_claim_series(ev, "c_limit", "tau c c_4th c_16th");
    for (size_t tau = 0; tau <= DEGREE_MOST - 2; tau += 1 + tau / 8) {
        double row[CURVES + 1] = {(double)tau};
        for (int k = 0; k < CURVES; k++) {
            row[k + 1] = -HUGE_VAL;
            for (size_t j = 0; j < MODES; j++)
                row[k + 1] = fmax(row[k + 1], c_limit(&(struct pair){ldexp(s->mu, -2 * k), ldexp(s->nu * s->fit->lambda_z[j], -2 * k), tau}).c);
        }
        sg_claim_point(ev, row);
    }
}

enum sg_status sg_dy11_realizable(struct sg_evidence *ev, struct sg_shallow *s, const struct sg_trial *trial)
{
    const struct sg_fit *f = s->fit;
    const struct sg_int_list *tau = &trial->c->train.tau;
    double found[SG_CASE_LIST_MAX], predicted[SG_CASE_LIST_MAX];
    /* col X = span{y, 1}: nothing but the pairs can be unstable. */
    if (f->m != 1 || f->d != MODES || !sg_base_within(f->lambda_x[0] - f->lambda_x[1], 100 * SG_UNIT_ROUNDOFF) ||
        s->nu * f->lambda_z[0] > 1 || s->mu > 2) {
        snprintf(ev->note, sizeof ev->note, "realizable data: one output, d = 2, condition = 1.0, bias = true; mu at most 2 and nu lambda_max(S_z) "
                                            "at most 1 in absolute units");
        return SG_HYPOTHESIS;
    }
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < tau->n && status == SG_OK; i++)
        status = tau->value[i] > DEGREE_MOST - 2 ? SG_HYPOTHESIS : check_tau(ev, s, tau->value[i], &found[i], &predicted[i]);
    if (!trial->figure || status != SG_OK)
        return status;
    sg_claim_series(ev, "c_bisected", "tau predicted bisected");
    for (size_t i = 0; i < tau->n; i++)
        sg_claim_point(ev, (const double[]){tau->value[i], predicted[i], found[i]});
    draw(ev, s);
    return SG_OK;
}
