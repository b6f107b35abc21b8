/* DY11 on realizable data: y = X w*, S_x = I, ones in col X, one output.  (w*, phi* + c (1, -1, 0))
 * is fixed for every c.  With delayed pairs each positive eigenvalue a of (1/n) Z Z^T gives the
 * roots of
 *
 *     (lambda - 1 + mu (1 + c)) (lambda - 1 + nu a) lambda^tau = mu nu a c.
 *
 * With mu (1 + c) <= 1 and nu a <= 1 all are inside the unit circle for every tau if c >= -1/2, and
 * not for large tau if c < -1/2.  A root on the circle has its c, as the equation is linear in c:
 * the largest negative one is the limit, and the simulation has to find it. */
#include <math.h>

#include "claim/dy11/parts.h"

enum { MODES = 2, CURVES = 3, DRAWN_TAU_MOST = 128 }; /* S_z has rank 2: span{y, 1} */
static const double HALF = -0.5;

struct pair {
    double mu, beta;
    size_t tau;
}; /* beta = nu a */
struct crossing {
    double c, theta;
}; /* lambda = e^{i theta} */

/* ---- the equation --------------------------------------------------------------------------- */

/* The c for which e^{i theta} is a root: complex, unless there is one. */
static double complex c_of(double theta, const struct pair *p)
{
    const double complex lambda = cexp(SG_COMPLEX(0, theta));
    const double complex turn = cexp(SG_COMPLEX(0, theta * (double)p->tau)),
                         b = (lambda - 1 + p->beta) * turn;
    return (lambda - 1 + p->mu) * b / (p->mu * (p->beta - b));
}

static enum sg_side side_of_c(double theta, void *pair)
{
    return cimag(c_of(theta, pair)) > 0 ? SG_SIDE_HIGH : SG_SIDE_LOW;
}

/* The largest negative c with a root on the circle, from all sign changes of Im c on a grid that
 * resolves lambda^tau and small theta. */
static struct crossing c_limit(struct pair p)
{
    enum { PER_TURN = 128 };
    const size_t n = PER_TURN * (p.tau + 2);
    struct crossing best = {-HUGE_VAL, SG_NAN};
    for (size_t i = 1; i < n; i++) {
        const double left = M_PI * pow((double)i / (double)n, 2),
                     right = M_PI * pow((double)(i + 1) / (double)n, 2);
        const enum sg_side at_left = side_of_c(left, &p);
        if (at_left == side_of_c(right, &p))
            continue;
        const bool rises = at_left == SG_SIDE_LOW;
        const double theta = sg_lab_bisect_between(side_of_c, &p, rises ? left : right,
                                                   rises ? right : left, SG_UNIT_ROUNDOFF);
        const double c = creal(c_of(theta, &p));
        if (c < 0 && c > best.c)
            best = (struct crossing){c, theta};
    }
    return best;
}

static double pair_roots(struct sg_lab *lab, double *modulus, const struct pair *p, double c)
{
    double *coefficient = SG_TAKE(lab, p->tau + 2, double);
    const double alpha = p->mu * (1 + c);
    coefficient[0] = alpha + p->beta - 2;
    coefficient[1] = (1 - alpha) * (1 - p->beta);
    coefficient[p->tau + 1] -= p->mu * p->beta * c;
    return sg_delay_roots(lab, modulus, coefficient, p->tau + 2);
}

/* At a root on the circle: d ln|lambda| / dc, and how much of a disturbance of one step goes into
 * the mode, from F = (lambda - 1 + alpha) (lambda - 1 + beta) lambda^tau - mu beta c. */
static void sensitivity(double *gain, double *residue, const struct pair *p, struct crossing at)
{
    const double complex l = cexp(SG_COMPLEX(0, at.theta)),
                         turn = cexp(SG_COMPLEX(0, at.theta * (double)p->tau));
    const double complex x = l - 1 + p->mu * (1 + at.c), y = l - 1 + p->beta;
    const double complex slope = turn * (x + y + (double)p->tau * x * y / l);
    *gain = fabs(creal(p->mu * (y * turn - p->beta) / (slope * l)));
    *residue = (cabs(y) + p->mu) / cabs(slope);
}

/* ---- simulation ----------------------------------------------------------------------------- */

struct line_scan {
    struct sg_shallow *s;
    const double *l, *offset;
    struct sg_window window;
};

/* Growth near the fixed point that lies c along the line, the null vector of S_z. */
static struct sg_growth growth_at_c(double c, void *context)
{
    const struct line_scan *scan = context;
    double *phi = scan->s->fixed + scan->s->n_w;
    phi[0] = 1 + c;
    phi[1] = -1 - c;
    phi[2] = 0;
    return sg_delay_growth(scan->s, scan->l, scan->offset, scan->s->mu, scan->s->nu, &scan->window);
}

/* Windows of one predicted period.  Left out: what the next largest root needs to decay to u. */
static struct sg_window window_at(const struct pair *p, struct crossing at, double next)
{
    const size_t width = (size_t)ceil(2 * M_PI / at.theta), tau = p->tau,
                 least = 20 * tau * (2 * tau + 1) / width;
    const size_t decay = next > 0 ? (size_t)(log(SG_UNIT_ROUNDOFF) / log(next)) : 0;
    return (struct sg_window){
        .width = width, .skip = 2 + decay / width, .fit = least > 40 ? least : 40};
}

/* The mode of eigenvalue j in the weights: E[x^T z] v_j, normalised. */
static double *mode_row(struct sg_lab *lab, const struct sg_shallow *s, size_t j)
{
    const struct sg_fit *f = s->fit;
    double *row = SG_TAKE(lab, s->size, double);
    for (size_t i = 0; i < f->d; i++)
        for (size_t k = 0; k < f->q; k++)
            row[i] += f->x_z[i * f->q + k] * f->v_z[k * f->q + j];
    const double norm = sg_base_norm(row, f->d);
    for (size_t i = 0; i < f->d; i++)
        row[i] /= norm;
    return row;
}

/* A window that is no whole number of half periods ripples by 1/(width sin theta).  Over K windows
 * that turns the slope by 3/K of it at most. */
static double find_limit(struct sg_lab *lab, struct sg_shallow *s, size_t mode,
                         const struct pair *p, struct crossing at, double next)
{
    double *l = mode_row(lab, s, mode), *offset = SG_TAKE(lab, s->size, double), gain, residue;
    const double radius = s->c->train.radius * s->w_norm;
    for (size_t i = 0; i < s->size; i++)
        offset[i] = radius * l[i];
    sg_shallow_form_row(l, s);
    sensitivity(&gain, &residue, p, at);
    struct line_scan scan = {s, l, offset, window_at(p, at, next)};
    const struct sg_window *window = &scan.window;
    if (!sg_lab_afford(lab, (double)(window->skip + window->fit) * (double)window->width,
                       SG_DELAY_STEPS_MOST, "fit the growth of a mode",
                       "take larger rates or shorter delays"))
        return SG_NAN;
    sg_lab_fact(lab, SG_SIMULATED, "c-decays", "realizable, c = -1/2: the mode decays, every tau",
                growth_at_c(HALF, &scan).rate < 0, "fitted growth");
    double low = HALF, step = 1.0 / 64;
    while (step < 8 && growth_at_c(HALF - step, &scan).rate < 0) {
        low = HALF - step;
        step *= 2;
    }
    const double width = (double)window->width,
                 ripple = 3 / (sin(at.theta) * (double)window->fit * width * width);
    const double z = sqrt(s->rate_z.largest);
    const double e =
        residue * (sg_delay_rounding(s, true, s->mu) + z * sg_delay_rounding(s, false, s->nu));
    const double resolution = 2 * e / radius;
    struct sg_growth found;
    const double c = sg_delay_root(&found, growth_at_c, &scan, HALF - step, low, resolution);
    const double phi =
        sg_delay_second_order(s, false, s->nu) + s->nu * s->rate_x.largest * fabs(at.c);
    const double second = residue * (sg_delay_second_order(s, true, s->mu) + z * phi);
    const double noise = 2 * (e + second * found.most * found.most) / found.least;
    sg_lab_equal(
        lab, SG_SIMULATED, sg_lab_format(lab, "c-limit-%zu", p->tau),
        sg_lab_format(lab, "realizable, tau = %zu: bisected c, the limit of stability on the line",
                      p->tau),
        c, at.c,
        (struct sg_tol){(resolution + ripple + noise) / gain,
                        "fitted growth: resolution, ripple, "
                        "rounding and second order per step, over d(growth)/dc",
                        0});
    return c;
}

/* ---- rows ----------------------------------------------------------------------------------- */

/* The mode whose limit is met first, from above.  predicted, found: c. */
static void check_tau(struct sg_lab *lab, struct sg_shallow *s, int tau, double *predicted,
                      double *found)
{
    double *modulus = SG_TAKE(lab, (size_t)tau + 2, double), inside = 0;
    struct crossing best = {-HUGE_VAL, SG_NAN};
    struct pair binding = {0};
    size_t mode = 0;
    for (size_t j = 0; j < MODES; j++) {
        const struct pair p = {s->mu, s->nu * s->fit->lambda_z[j], (size_t)tau};
        const struct crossing at = c_limit(p);
        pair_roots(lab, modulus, &p, HALF);
        inside = sg_base_max(inside, modulus[0]);
        if (at.c > best.c) {
            best = at;
            binding = p;
            mode = j;
        }
    }
    const double error = pair_roots(lab, modulus, &binding, best.c);
    sg_lab_fact(lab, SG_CLOSED_FORM, "c-inside",
                "realizable, c = -1/2: all roots inside the unit circle, every tau", inside < 1,
                "dgeev of the companion matrix");
    sg_lab_equal(lab, SG_CLOSED_FORM, "c-root",
                 "realizable: largest root modulus at the predicted limit, worst tau", modulus[0],
                 1.0,
                 (struct sg_tol){error,
                                 "dgeev of the companion matrix C: 10 size u |C| times the "
                                 "root's condition number",
                                 0});
    sg_dy11_certify_line(lab, s, (size_t)tau, HALF, best.c);
    sg_shallow_set_timing(s, sg_case_timing(s->c, tau));
    *predicted = best.c;
    *found = find_limit(lab, s, mode, &binding, best, tau > 0 ? modulus[2] : 0);
}

/* The limit against tau at the case's steps and at ones 4 and 16 times smaller. */
static void draw(struct sg_lab *lab, const struct sg_shallow *s)
{
    sg_lab_series(lab, "c_limit", "tau c c_4th c_16th");
    for (size_t tau = 0; tau <= DRAWN_TAU_MOST; tau += 1 + tau / 8) {
        double row[CURVES + 1] = {(double)tau};
        for (int k = 0; k < CURVES; k++) {
            row[k + 1] = -HUGE_VAL;
            for (size_t j = 0; j < MODES; j++) {
                const double beta = s->nu * s->fit->lambda_z[j];
                row[k + 1] =
                    fmax(row[k + 1],
                         c_limit((struct pair){ldexp(s->mu, -2 * k), ldexp(beta, -2 * k), tau}).c);
            }
        }
        sg_lab_point(lab, row);
    }
}

void sg_dy11_realizable(struct sg_lab *lab, struct sg_shallow *s)
{
    const struct sg_int_list *tau = &lab->trial->c->train.tau;
    double *found = SG_TAKE(lab, tau->n, double), *predicted = SG_TAKE(lab, tau->n, double);
    for (size_t i = 0; i < tau->n && lab->status == SG_OK; i++)
        check_tau(lab, s, tau->value[i], &predicted[i], &found[i]);
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    sg_lab_series(lab, "c_bisected", "tau predicted bisected");
    for (size_t i = 0; i < tau->n; i++)
        sg_lab_point(lab, (const double[]){tau->value[i], predicted[i], found[i]});
    draw(lab, s);
}
