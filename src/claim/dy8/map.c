/* DY8 in the plane of the two learning rates: where a global minimum attracts, how far an error may
 * grow first, and what the simulated step does.
 *
 * Across the family of fixed points (the gauge divided out) the step is I + mu J(kappa).  On a ray
 * nu = kappa mu it attracts up to the closed limit, so the boundary is a curve around 0, and where
 * the flow repels a wedge of rays is missing.  Any depth. */
#include <math.h>
#include <string.h>

#include "claim/dy8/parts.h"
#include "synthgrad/closed.h"

/* The map goes up to this multiple of 2/lambda_max(H) and of 2/lambda_max(G). */
static const double SIDE = 1.3;
/* Bisected limits: what undecided fates leave open, and the last interval; relative. */
static const double AIM = 5e-3, WIDTH = 1e-3;
static const double GROWTH_MOST = 1e3;         /* a transient beyond this is too near to LEAVES */
enum { GRID = 12, DRAWN_GRID = 24, FULL_GRID = 72, HEAT_GRID = 36, RAYS = 9, CURVE = 721 };
enum { RAY_STEPS = 40000, RAYS_LEAST = 4 };

/* ---- the plane -------------------------------------------------------------------------- */

/* What linear theory says of one point: the radius, the largest transient, and whether the start
 * must show its fate within the case's steps.  It must where it has shrunk to half of RETURNS
 * whatever its direction, or where its part on the leading mode alone, never below twice RETURNS,
 * has grown to ten times LEAVES. */
struct forecast { double rho, growth; bool due; };

static double transient(struct sg_lab *lab, const struct sg_deep_step *m, const double *J,
                        double rho)
{
    double growth = SG_NAN;
    size_t k_max;
    if (rho < 1)
        sg_lab_try(lab, sg_approx_transient_growth(&growth, &k_max, J, m->n, rho, HUGE_VAL,
                                                   m->steps));
    return growth;
}

/* |J^T| for the largest power of two T <= steps; J is lost. */
static double late_norm(struct sg_lab *lab, double *J, double *square, size_t n, uint64_t steps)
{
    double norm = SG_NAN;
    for (uint64_t k = 1; 2 * k <= steps; k *= 2) {
        sg_base_mul(square, J, J, n, n, n);
        memcpy(J, square, n * n * sizeof *J);
    }
    sg_lab_try(lab, sg_base_norm2(&norm, J, n, n));
    return norm;
}

static struct forecast make_forecast(struct sg_lab *lab, const struct sg_deep_step *m, double mu,
                                     double nu)
{
    const size_t n = m->n;
    double *J = SG_TAKE(lab, n * n, double), *square = SG_TAKE(lab, n * n, double);
    double complex *lambda = SG_TAKE(lab, n, double complex), share = 0;
    double complex *left = SG_TAKE(lab, n * n, double complex);
    sg_deep_step_closed(J, m, mu, nu);
    sg_lab_try(lab, sg_base_eigen_general(lambda, left, J, n));
    struct forecast f = {.rho = cabs(lambda[0])};
    f.growth = transient(lab, m, J, f.rho);
    for (size_t i = 0; i < n; i++)
        share += left[i] * m->x[i] / m->start;
    if (f.rho < 1)
        f.due = late_norm(lab, J, square, n, m->steps) <= SG_DEEP_RETURNS / 2 &&
                f.growth <= GROWTH_MOST;
    else
        f.due = cabs(share) >= 2 * SG_DEEP_RETURNS &&
                (double)m->steps * log(f.rho) + log(cabs(share)) >= log(10 * SG_DEEP_LEAVES);
    return f;
}

/* largest: the transient of a due point, and where it is. */
struct tally { size_t points, due, wrong, rectangle_wrong; double mu, nu, largest; };

/* Due points: does the simulated fate agree?  And would it with mu < 2/lambda_max(H) and nu <
 * 2/lambda_max(G), the rule of one layer (DY3)? */
static void look(struct sg_lab *lab, struct tally *tally, struct sg_deep_step *m, double a,
                 double b)
{
    const double mu = a * m->mu_unit, nu = b * m->nu_unit;
    struct sg_lab own = sg_lab_begin(lab->ev, lab->trial);       /* gives back what a point took */
    const struct forecast f = make_forecast(&own, m, mu, nu);
    if (!sg_lab_try(lab, sg_lab_end(&own)))
        return;
    const bool left_it = sg_deep_step_fate(m, mu, nu, m->steps) == SG_LEAVES;
    tally->points++;
    tally->due += f.due;
    tally->wrong += f.due && left_it == (f.rho < 1);
    tally->rectangle_wrong += f.due && left_it == (a < 1 && b < 1);
    if (f.due && f.growth > tally->largest) {
        tally->largest = f.growth;
        tally->mu = mu;
        tally->nu = nu;
    }
    if (lab->trial->figure)
        sg_lab_point(lab, (const double[]){a, b, f.rho, f.due,
                                           left_it ? sg_deep_step_after(m, m->steps) : 0});
}

static double coordinate(size_t i, size_t grid)
{
    return SIDE * ((double)i + 0.5) / (double)grid;
}

static struct tally scan(struct sg_lab *lab, struct sg_deep_step *m)
{
    const struct sg_trial *trial = lab->trial;
    const size_t grid = trial->full ? FULL_GRID : trial->figure ? DRAWN_GRID : GRID;
    struct tally tally = {0};
    if (trial->figure)
        sg_lab_series(lab, "map", "mu nu radius due fate");
    for (size_t i = 0; i < grid * grid && lab->status == SG_OK; i++)
        look(lab, &tally, m, coordinate(i / grid, grid), coordinate(i % grid, grid));
    sg_lab_count(lab, SG_SIMULATED, "map", "points whose simulated fate is not that of the "
                 "spectral radius, of those that must show it", tally.wrong, 0, "due: |J^T| <= "
                 "RETURNS/2, or the leading mode's part beyond 10 LEAVES after T steps");
    if (2 * tally.due < tally.points)
        sg_lab_stop(lab, SG_BUDGET, "only %zu of the map's %zu points must show their fate within "
                    "the step budget of %llu; raise train.steps", tally.due, tally.points,
                    (unsigned long long)m->steps);
    return tally;
}

/* The largest transient where the minimum attracts. */
static void draw_growth(struct sg_lab *lab, const struct sg_deep_step *m)
{
    const size_t grid = lab->trial->full ? FULL_GRID : HEAT_GRID;
    double *J = SG_TAKE(lab, m->n * m->n, double);
    double complex *lambda = SG_TAKE(lab, m->n, double complex);
    sg_lab_series(lab, "growth", "mu nu growth");
    for (size_t i = 0; i < grid * grid && lab->status == SG_OK; i++) {
        const double a = coordinate(i / grid, grid), b = coordinate(i % grid, grid);
        sg_deep_step_closed(J, m, a * m->mu_unit, b * m->nu_unit);
        sg_lab_try(lab, sg_base_eigen_general(lambda, NULL, J, m->n));
        sg_lab_point(lab, (const double[]){a, b, transient(lab, m, J, cabs(lambda[0]))});
    }
}

/* ---- rays ------------------------------------------------------------------------------- */

struct ray { struct sg_deep_step *m; double kappa; uint64_t steps; };

static enum sg_side side_of(double mu, void *context)
{
    const struct ray *r = context;
    const bool leaves = sg_deep_step_fate(r->m, mu, r->kappa * mu, r->steps) == SG_LEAVES;
    return leaves ? SG_SIDE_HIGH : SG_SIDE_LOW;
}

/* The start becomes that along the mode that decides at the limit; its share on it. */
static double aim(struct sg_lab *lab, struct sg_deep_step *m, double limit, double kappa,
                  double complex at)
{
    const size_t n = m->n;
    double *J = SG_TAKE(lab, n * n, double);
    double complex *lambda = SG_TAKE(lab, n, double complex), share = 0;
    double complex *left = SG_TAKE(lab, n * n, double complex);
    size_t best = 0;
    sg_deep_step_closed(J, m, limit, kappa * limit);
    sg_lab_try(lab, sg_base_eigen_general(lambda, left, J, n));
    for (size_t i = 1; i < n; i++)
        if (cabs(lambda[i] - 1 - limit * at) < cabs(lambda[best] - 1 - limit * at))
            best = i;
    for (size_t i = 0; i < n; i++) {
        m->x[i] = m->start * creal(left[best * n + i]);
        share += left[best * n + i] * m->x[i] / m->start;
    }
    return cabs(share);
}

/* Beyond the limit ln rho rises by gain = -mu Re lambda per relative excess.  After `steps` an
 * excess of AIM has taken the start's part on the mode that decides to LEAVES, and what is found
 * lies above the limit by at most that.  True where so many steps can be afforded. */
static bool check_ray(struct sg_lab *lab, struct sg_deep_step *m, double kappa)
{
    double limit = SG_NAN;
    double complex at = 0;
    sg_lab_try(lab, sg_closed_deep_normal_limit(&limit, &at, m->normal, kappa));
    if (lab->status != SG_OK || !(limit > 0))
        return false;
    const double share = aim(lab, m, limit, kappa, at);
    const double steps = log(SG_DEEP_LEAVES / share) / (AIM * -limit * creal(at));
    if (!(steps <= RAY_STEPS))
        return false;
    struct ray ray = {m, kappa, (uint64_t)steps + 1};
    const double found = sg_lab_bisect(side_of, &ray, m->mu_unit / 64, WIDTH);
    sg_lab_equal(lab, SG_SIMULATED, "rays", "rays: bisected largest mu that returns, over -2 Re "
                 "lambda / |lambda|^2, worst ray", found / limit, 1,
                 (struct sg_tol){AIM + WIDTH, "growth to LEAVES within the steps, ln(LEAVES/share) "
                                 "/ (steps gain), and the last interval", 1});
    return true;
}

/* The k-th of `count` rays, by angle; its slope in the units of the map. */
static double slope_of(size_t k, size_t count)
{
    return tan(acos(0.0) * ((double)k + 0.5) / (double)count);
}

static void check_rays(struct sg_lab *lab, struct sg_deep_step *m)
{
    size_t looked_at = 0;
    for (size_t k = 0; k < RAYS && lab->status == SG_OK; k++)
        looked_at += check_ray(lab, m, slope_of(k, RAYS) * m->nu_unit / m->mu_unit);
    if (looked_at < RAYS_LEAST)
        sg_lab_stop(lab, SG_BUDGET, "only %zu of %d rays have a limit that %d steps can bisect: "
                    "this minimum attracts too slowly for a map; take another one", looked_at, RAYS,
                    RAY_STEPS);
    if (lab->trial->figure)
        sg_lab_series(lab, "boundary", "kappa mu nu");
    for (size_t k = 0; lab->trial->figure && k < CURVE && lab->status == SG_OK; k++) {
        const double slope = slope_of(k, CURVE), kappa = slope * m->nu_unit / m->mu_unit;
        double complex at;
        double limit;
        sg_lab_try(lab, sg_closed_deep_normal_limit(&limit, &at, m->normal, kappa));
        sg_lab_point(lab, (const double[]){kappa, limit / m->mu_unit, slope * limit / m->mu_unit});
    }
}

void sg_dy8_map(struct sg_lab *lab, struct sg_deep_step *m)
{
    double *J = SG_TAKE(lab, m->n * m->n, double);
    const double mu = m->mu_unit / 2, nu = m->nu_unit / 2;
    sg_lab_count(lab, SG_CLOSED_FORM, "rank", "rank of the Hessian: r (d + m - r), what the gauge "
                 "leaves", m->sizes.w, m->rank, "eigenvalues above 1e-11 of the largest");
    sg_deep_step_closed(J, m, mu, nu);
    sg_deep_step_check(lab, m, "step", "step across the family: closed form against finite "
                       "differences of the step, worst entry", J, mu, nu);
    const struct tally tally = scan(lab, m);
    if (lab->trial->figure)
        draw_growth(lab, m);
    check_rays(lab, m);
    sg_deep_step_closed(J, m, tally.mu, tally.nu);
    sg_deep_step_check_transient(lab, m, "transient", "largest transient of the map: simulated "
                                 "growth along the worst direction, over max_k |J^k|", J, tally.mu,
                                 tally.nu);
    sg_lab_note(lab, "%zu points, %zu must show their fate, %zu do not; DY3's rectangle is wrong "
                "at %zu; largest transient %.3g", tally.points, tally.due, tally.wrong,
                tally.rectangle_wrong, tally.largest);
    const struct sg_case *c = lab->trial->c;
    if (c->data.kind == SG_DATA_MOMENTS) {
        const struct sg_cert_minimum minimum = sg_dy8_given_minimum(&m->run->deep, c);
        sg_dy8_line_rays(lab, m, &minimum);
    }
}
