/* The growth of one mode under a delay, and the rate at which it neither grows nor decays.
 *
 * A mode on its own is x_t = 2 Re(C lambda^t).  Its energy over windows of `width` steps is
 * proportional to |lambda|^{2t} but for a ripple that vanishes when a window is a whole number of
 * half periods; the least-squares slope of half its logarithm is the growth ln|lambda| per step.  A
 * slope over K windows is a weighted mean of the K - 1 increments: with an error of at most e in
 * every step's growth it is off by at most e. */
#include <math.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>

#include "lab/delay.h"

/* The amplitude has left when it is this many times, or this fraction of, the start's.  Not more:
 * above the nu limit the step's second-order terms drive the slowest mode of S_z, and a start that
 * grows far enough may end bounded, or come back. */
static const double LEAVES = 100;

struct sg_window sg_delay_window(size_t tau)
{
    /* At the limit the period is 2 (2 tau + 1), and all other roots of lambda^{tau+1} - lambda^tau
     * + a are below exp(-1.2 / (tau + 1/2)) in modulus (checked in DY11): the 10 windows left out
     * are 48 of their e-foldings, ln(1/u) is 37. */
    return (struct sg_window){
        .width = 2 * (2 * tau + 1), .skip = 10, .fit = tau > 4 ? 10 * tau : 40};
}

/* Sums for a least-squares slope against the window's index. */
struct slope {
    double n, k, kk, y, ky;
};

static void slope_add(struct slope *s, double k, double y)
{
    s->n += 1;
    s->k += k;
    s->kk += k * k;
    s->y += y;
    s->ky += k * y;
}

struct sg_growth sg_delay_growth(struct sg_shallow *s, const double *l, const double *offset,
                                 double mu, double nu, const struct sg_window *window)
{
    const size_t width = window->width;
    struct sg_growth g = {.least = HUGE_VAL};
    struct slope sums = {0};
    sg_shallow_start(s, offset, mu, nu);
    const double start = fabs(sg_shallow_coordinate(s, l));
    for (size_t k = 0; k < window->skip + window->fit; k++) {
        double energy = 0;
        for (size_t i = 0; i < width; i++) {
            sg_sim_step(s->sim, &s->batch);
            const double x = sg_shallow_coordinate(s, l);
            energy += x * x;
            if (!(fabs(x) <=
                  LEAVES * start)) { /* far from the limit: the sign and the size will do */
                g.rate = log(fabs(x) / start) / (double)sg_sim_time(s->sim);
                return g;
            }
        }
        const double rms = sqrt(energy / (double)width);
        if (!(rms >= start / LEAVES)) {
            g.rate = log(fmax(rms / start, DBL_MIN)) /
                     (double)sg_sim_time(s->sim); /* lambda = 0 leaves nothing at all */
            return g;
        }
        if (k < window->skip)
            continue;
        slope_add(&sums, (double)k, log(rms));
        g.least = fmin(g.least, rms);
        g.most = fmax(g.most, sg_shallow_distance(s));
    }
    g.whole = true;
    g.rate =
        (sums.n * sums.ky - sums.k * sums.y) / (sums.n * sums.kk - sums.k * sums.k) / (double)width;
    return g;
}

/* GSL looks for a root of a function of one number; this remembers the best one it has tried. */
struct search {
    struct sg_growth (*growth)(double x, void *context);
    void *context;
    double best;
    struct sg_growth at_best;
};

static double search_growth(double x, void *params)
{
    struct search *search = params;
    const struct sg_growth g = search->growth(x, search->context);
    if (!(fabs(g.rate) >= fabs(search->at_best.rate))) {
        search->best = x;
        search->at_best = g;
    }
    return g.rate;
}

double sg_delay_root(struct sg_growth *at_root, struct sg_growth (*growth)(double x, void *context),
                     void *context, double low, double high, double resolution)
{
    enum { MOST = 100 };
    struct search search = {.growth = growth, .context = context, .at_best = {.rate = HUGE_VAL}};
    gsl_function f = {.function = search_growth, .params = &search};
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (!solver)
        sg_base_exhausted(1, sizeof *solver);
    int status = gsl_root_fsolver_set(solver, &f, low, high);
    for (int i = 0; i < MOST && status == GSL_SUCCESS && !(fabs(search.at_best.rate) <= resolution);
         i++)
        status = gsl_root_fsolver_iterate(solver);
    gsl_root_fsolver_free(solver);
    *at_root = search.at_best;
    return search.at_best.whole && sg_base_within(fabs(search.at_best.rate), resolution)
               ? search.best
               : SG_NAN;
}

/* The mode whose growth is asked for, as a function of one rate. */
struct rate_scan {
    struct sg_shallow *s;
    const double *l, *offset;
    bool vary_mu;
    double other;
    const struct sg_window *window;
};

static struct sg_growth growth_at_rate(double rate, void *context)
{
    const struct rate_scan *c = context;
    return sg_delay_growth(c->s, c->l, c->offset, c->vary_mu ? rate : c->other,
                           c->vary_mu ? c->other : rate, c->window);
}

double sg_delay_limit(struct sg_growth *at_limit, struct sg_shallow *s, const double *l,
                      const double *offset, bool vary_mu, double other, double from,
                      const struct sg_window *window, double resolution)
{
    enum { MOST = 60 };
    struct rate_scan scan = {s, l, offset, vary_mu, other, window};
    const bool grows = growth_at_rate(from, &scan).rate > 0;
    double high = from, low = from;
    *at_limit = (struct sg_growth){.rate = SG_NAN, .least = SG_NAN, .most = SG_NAN};
    for (int i = 0; i < MOST; i++) { /* doubling, or halving, until the growth changes sign */
        low = grows ? high / 2 : high;
        high = 2 * low;
        if ((growth_at_rate(grows ? low : high, &scan).rate > 0) != grows)
            return sg_delay_root(at_limit, growth_at_rate, &scan, low, high, resolution);
        high = grows ? low : high;
    }
    return SG_NAN;
}

/* At the limit lambda = e^{i theta}: dln(lambda) (tau + lambda / (lambda - 1)) = dln(a), and lambda
 * / (lambda - 1) = 1/2 - (i/2) cot(theta / 2). */
double sg_delay_gain(size_t tau)
{
    const double half = M_PI / (2 * (2 * (double)tau + 1)), t = (double)tau + 0.5,
                 cot = cos(half) / sin(half);
    return t / (t * t + cot * cot / 4);
}

/* |C| = sqrt(|C|_1 |C|_inf) bounds the companion matrix C.  Its left eigenvector l and right one
 * r = (lambda^{n-1}, ..., 1) give the condition number |l||r| / |l r| of the eigenvalue, and
 * dgeev's backward error is of order n u |C|. */
double sg_delay_roots(struct sg_lab *lab, double *modulus, const double *coefficient, size_t degree)
{
    double *companion = SG_TAKE(lab, degree * degree, double), row = 0, column = 1, right = 0;
    double complex *lambda = SG_TAKE(lab, degree, double complex);
    double complex *left = SG_TAKE(lab, degree * degree, double complex), product = 0, power = 1;
    for (size_t i = 0; i < degree; i++) {
        companion[i] = -coefficient[i];
        row += fabs(coefficient[i]);
        column = fmax(column, 1 + fabs(coefficient[i]));
        if (i > 0)
            companion[i * degree + i - 1] = 1;
    }
    sg_lab_try(lab, sg_base_eigen_general(lambda, left, companion, degree));
    for (size_t i = degree; i-- > 0; power *= lambda[0]) {
        product += left[i] * power;
        right += cabs(power) * cabs(power);
    }
    for (size_t i = 0; i < degree; i++)
        modulus[i] = cabs(lambda[i]);
    const double norm = sqrt(fmax(row, 1) * column), condition = sqrt(right) / cabs(product);
    return 10 * (double)degree * SG_UNIT_ROUNDOFF * norm * condition;
}

bool sg_delay_affords(struct sg_lab *lab, int tau)
{
    const struct sg_window window = sg_delay_window((size_t)tau);
    const double needed = (double)(window.skip + window.fit) * (double)window.width;
    return sg_lab_afford(
        lab, needed, SG_DELAY_STEPS_MOST,
        sg_lab_format(lab, "fit the growth of a mode under a delay of %d steps", tau),
        "take shorter delays (train.tau)");
}

double sg_delay_rounding(const struct sg_shallow *s, bool of_mu, double rate)
{
    const struct sg_fit *f = s->fit;
    double trace_x = 0, trace_z = 0;
    for (size_t i = 0; i < f->d; i++)
        trace_x += f->lambda_x[i];
    for (size_t i = 0; i < f->q; i++)
        trace_z += f->lambda_z[i];
    /* s and s - g, rms over the rows: (d + rows + 4) u (|x||w| + |z|).  Cauchy-Schwarz takes them
     * through E[x^T .] or E[z^T .]. */
    const double rms = (double)(f->d + s->rows.n + 4) * (sqrt(trace_x) * s->w_norm + sqrt(trace_z));
    const double stored = of_mu ? s->w_norm : sg_base_norm(s->fixed + s->n_w, s->n_phi);
    return SG_UNIT_ROUNDOFF *
           (stored + rate * sqrt(of_mu ? s->rate_x.largest : s->rate_z.largest) * rms);
}

double sg_delay_second_order(const struct sg_shallow *s, bool of_mu, double rate)
{
    const double x = s->rate_x.largest, z = s->rate_z.largest;
    return s->n_phi == 0 ? 0 : rate * (of_mu ? x / 2 : sqrt(x * z));
}
