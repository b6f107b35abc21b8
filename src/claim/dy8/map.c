/* DY8 in the plane of the two learning rates: where a global minimum attracts, how far an error may grow first, and what the simulated step does.
 *
 * Across the family of fixed points (the gauge divided out) the step is I + mu J(kappa): on a ray nu = kappa mu it attracts up to the closed limit, so
 * the boundary is a curve around 0, and where the flow repels a wedge of rays is missing.  Any depth. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy8/map.h"

static const double SIDE = 1.3;                /* the map goes up to this multiple of 2/lambda_max(H) and of 2/lambda_max(G) */
static const double AIM = 5e-3, WIDTH = 1e-3;  /* bisected limits: what undecided fates leave open, and the last interval; relative */
static const double GROWTH_MOST = 1e3;         /* a transient beyond this is too near to LEAVES */
enum { GRID = 12, DRAWN_GRID = 24, FULL_GRID = 72, HEAT_GRID = 36, RAYS = 9, CURVE = 721, RAY_STEPS = 40000 };

/* What linear theory says of one point: the radius, the largest transient, and whether the start must show its fate within the case's steps: it has
 * shrunk to half of RETURNS whatever its direction, or its part on the leading mode alone, never below twice RETURNS, has grown to ten times LEAVES. */
struct forecast { double rho, growth; size_t k_max; bool due; };

static enum sg_status make_forecast(struct forecast *f, const struct sg_dy8_map *m, double mu, double nu)
{
    const size_t n = m->n;
    const uint64_t steps = m->steps;
    double *J = SG_NEW(n * n, double), *square = SG_NEW(n * n, double), norm = SG_NAN;
    double complex *lambda = SG_NEW(n, double complex), *left = SG_NEW(n * n, double complex), share = 0;
    *f = (struct forecast){.growth = SG_NAN};
    sg_dy8_map_step(J, m, mu, nu);
    enum sg_status status = sg_base_eigen_general(lambda, left, J, n);
    f->rho = cabs(lambda[0]);
    if (status == SG_OK && f->rho < 1)
        status = sg_approx_transient_growth(&f->growth, &f->k_max, J, n, f->rho, HUGE_VAL, steps);
    if (status == SG_OK && f->rho < 1) {
        for (uint64_t k = 1; 2 * k <= steps; k *= 2) {
            sg_base_mul(square, J, J, n, n, n);
            memcpy(J, square, n * n * sizeof *J);
        }
        status = sg_base_norm2(&norm, J, n, n);
        f->due = norm <= SG_MAP_RETURNS / 2 && f->growth <= GROWTH_MOST;
    } else if (status == SG_OK) {
        for (size_t i = 0; i < n; i++)
            share += left[i] * m->x[i] / sg_base_norm(m->x, n);
        f->due = cabs(share) >= 2 * SG_MAP_RETURNS && (double)steps * log(f->rho) + log(cabs(share)) >= log(10 * SG_MAP_LEAVES);
    }
    free(J);
    free(square);
    free(lambda);
    free(left);
    return status;
}

/* ---- the plane -------------------------------------------------------------------------------------------------------------- */

struct tally { size_t points, due, wrong, rectangle_wrong; double mu, nu, growth; };      /* where the largest transient of a due point is */

/* Due points: does the simulated fate agree?  And would it with mu < 2/lambda_max(H), nu < 2/lambda_max(G), the rule of one layer (DY3)? */
static enum sg_status scan(struct tally *tally, struct sg_evidence *ev, struct sg_dy8_map *m, const struct sg_trial *trial)
{
    const size_t grid = trial->full ? FULL_GRID : trial->figure ? DRAWN_GRID : GRID;
    enum sg_status status = SG_OK;
    *tally = (struct tally){0};
    if (trial->figure)
        sg_claim_series(ev, "map", "mu nu radius due fate");
    for (size_t i = 0; i < grid && status == SG_OK; i++)
        for (size_t j = 0; j < grid && status == SG_OK; j++) {
            const double a = SIDE * ((double)i + 0.5) / (double)grid, b = SIDE * ((double)j + 0.5) / (double)grid;
            const double mu = a * m->mu_unit, nu = b * m->nu_unit;
            struct forecast f;
            status = make_forecast(&f, m, mu, nu);
            if (status != SG_OK)
                break;
            const bool left_it = sg_dy8_map_fate(m, mu, nu, m->steps) == SG_LEAVES;
            tally->points++;
            tally->due += f.due;
            tally->wrong += f.due && left_it == (f.rho < 1);
            tally->rectangle_wrong += f.due && left_it == (a < 1 && b < 1);
            if (f.due && f.growth > tally->growth) {
                tally->growth = f.growth;
                tally->mu = mu;
                tally->nu = nu;
            }
            if (trial->figure) {
                const int fate = left_it ? sg_dy8_map_after(m, m->steps) : 0;
                sg_claim_point(ev, (const double[]){a, b, f.rho, f.due, fate});
            }
        }
    if (status == SG_OK) {
        sg_claim_compare(ev, SG_SIMULATED, "map: points whose simulated fate is not that of the spectral radius, of those that must show it",
                         (double)tally->wrong, 0.0, 0.0, "count; due: |J^T| <= RETURNS/2, or the leading mode's part beyond 10 LEAVES after T steps");
        if (2 * tally->due < tally->points) {
            snprintf(ev->note, sizeof ev->note, "only %zu of the map's %zu points must show their fate within %llu steps; take more of them (train.steps)",
                     tally->due, tally->points, (unsigned long long)m->steps);
            status = SG_HYPOTHESIS;
        }
    }
    return status;
}

/* The largest transient where the minimum attracts. */
static enum sg_status draw_growth(struct sg_evidence *ev, const struct sg_dy8_map *m, size_t grid)
{
    double *J = SG_NEW(m->n * m->n, double), growth;
    double complex *lambda = SG_NEW(m->n, double complex);
    enum sg_status status = SG_OK;
    size_t k_max;
    sg_claim_series(ev, "growth", "mu nu growth");
    for (size_t i = 0; i < grid && status == SG_OK; i++)
        for (size_t j = 0; j < grid && status == SG_OK; j++) {
            const double a = SIDE * ((double)i + 0.5) / (double)grid, b = SIDE * ((double)j + 0.5) / (double)grid;
            sg_dy8_map_step(J, m, a * m->mu_unit, b * m->nu_unit);
            status = sg_base_eigen_general(lambda, NULL, J, m->n);
            growth = SG_NAN;
            if (status == SG_OK && cabs(lambda[0]) < 1)
                status = sg_approx_transient_growth(&growth, &k_max, J, m->n, cabs(lambda[0]), HUGE_VAL, m->steps);
            sg_claim_point(ev, (const double[]){a, b, growth});
        }
    free(J);
    free(lambda);
    return status;
}

/* ---- rays --------------------------------------------------------------------------------------------------------------------- */

/* The rate at which the start begins to leave, without the forecast: doubled until it leaves, then bisected. */
static double bisected(struct sg_dy8_map *m, double kappa, uint64_t steps)
{
    double low = 0, high = m->mu_unit / 64;
    while (sg_dy8_map_fate(m, high, kappa * high, steps) != SG_LEAVES) {
        low = high;
        high *= 2;
    }
    while (high - low > WIDTH * high) {
        const double middle = (low + high) / 2;
        if (sg_dy8_map_fate(m, middle, kappa * middle, steps) == SG_LEAVES)
            high = middle;
        else
            low = middle;
    }
    return (low + high) / 2;
}

/* From a start along the mode that decides.  Beyond the limit ln rho rises by gain = -mu Re lambda per relative excess: after `steps` an excess of AIM has
 * taken the start's part on that mode to LEAVES, and what is found lies above the limit by at most that. */
static enum sg_status check_ray(struct sg_evidence *ev, struct sg_dy8_map *m, double kappa, size_t *looked_at)
{
    const size_t n = m->n;
    double limit, *J = SG_NEW(n * n, double);
    double complex at, *lambda = SG_NEW(n, double complex), *left = SG_NEW(n * n, double complex), share = 0;
    enum sg_status status = sg_closed_deep_normal_limit(&limit, &at, m->normal, kappa);
    if (status == SG_OK && limit > 0) {
        sg_dy8_map_step(J, m, limit, kappa * limit);
        status = sg_base_eigen_general(lambda, left, J, n);
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (cabs(lambda[i] - 1 - limit * at) < cabs(lambda[best] - 1 - limit * at))
                best = i;
        for (size_t i = 0; i < n; i++)
            m->x[i] = m->start * creal(left[best * n + i]);
        for (size_t i = 0; i < n; i++)
            share += left[best * n + i] * m->x[i] / m->start;
        const double steps = log(SG_MAP_LEAVES / cabs(share)) / (AIM * -limit * creal(at));
        if (status == SG_OK && steps <= RAY_STEPS) {
            ++*looked_at;
            sg_claim_compare(ev, SG_SIMULATED, "rays: bisected largest mu that returns, over -2 Re lambda / |lambda|^2, worst ray",
                             bisected(m, kappa, (uint64_t)steps + 1) / limit, 1.0, AIM + WIDTH,
                             "growth to LEAVES within the steps, ln(LEAVES/share) / (steps gain), and the last interval");
        }
    }
    free(J);
    free(lambda);
    free(left);
    return status;
}

static enum sg_status check_rays(struct sg_evidence *ev, struct sg_dy8_map *m, const struct sg_trial *trial)
{
    size_t looked_at = 0;
    enum sg_status status = SG_OK;
    for (size_t k = 0; k < RAYS && status == SG_OK; k++)
        status = check_ray(ev, m, tan(M_PI / 2 * ((double)k + 0.5) / RAYS) * m->nu_unit / m->mu_unit, &looked_at);
    if (status == SG_OK && looked_at < 4) {
        snprintf(ev->note, sizeof ev->note, "only %zu of %d rays have a limit that %d steps can bisect: this minimum attracts too slowly for a map", looked_at, RAYS,
                 RAY_STEPS);
        status = SG_HYPOTHESIS;
    }
    if (trial->figure)
        sg_claim_series(ev, "boundary", "kappa mu nu");
    for (size_t k = 0; trial->figure && k < CURVE && status == SG_OK; k++) {
        const double slope = tan(M_PI / 2 * ((double)k + 0.5) / CURVE), kappa = slope * m->nu_unit / m->mu_unit;
        double complex at;
        double limit;
        status = sg_closed_deep_normal_limit(&limit, &at, m->normal, kappa);
        if (status == SG_OK)
            sg_claim_point(ev, (const double[]){kappa, limit / m->mu_unit, slope * limit / m->mu_unit});
    }
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------------------------------------------ */

enum sg_status sg_dy8_map(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_dy8_map m = {0};
    struct tally tally;
    enum sg_status status = sg_dy8_map_alloc(&m, trial, ev);
    if (status == SG_OK) {
        sg_claim_compare(ev, SG_CLOSED_FORM, "rank of the Hessian, less r (d + m - r): what the gauge leaves", (double)m.sizes.w, (double)m.rank, 0.0,
                         "integer");
        double *J = SG_NEW(m.n * m.n, double);
        sg_dy8_map_step(J, &m, m.mu_unit / 2, m.nu_unit / 2);
        sg_dy8_map_check_step(ev, &m, "step across the family: closed form against finite differences of the step, worst entry", J, m.mu_unit / 2,
                              m.nu_unit / 2);
        free(J);
        status = scan(&tally, ev, &m, trial);
    }
    if (status == SG_OK && trial->figure)
        status = draw_growth(ev, &m, trial->full ? FULL_GRID : HEAT_GRID);
    if (status == SG_OK)
        status = check_rays(ev, &m, trial);
    if (status == SG_OK) {
        double growth, *J = SG_NEW(m.n * m.n, double);
        sg_dy8_map_step(J, &m, tally.mu, tally.nu);
        status = sg_dy8_map_check_transient(ev, &m, "largest transient of the map: simulated growth along the worst direction, over max_k |J^k|", J,
                                            tally.mu, tally.nu, &growth);
        free(J);
    }
    if (status == SG_OK)
        snprintf(ev->note, sizeof ev->note, "%zu points, %zu must show their fate, %zu do not; DY3's rectangle is wrong at %zu; largest transient %.3g",
                 tally.points, tally.due, tally.wrong, tally.rectangle_wrong, tally.growth);
    sg_dy8_map_free(&m);
    return status;
}
