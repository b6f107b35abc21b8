/* CP4: the algebra in integers, and the net on the same grid. */
#include <math.h>

#include "claim/cp4/parts.h"

/* Grid points (i, j), i, j = -GRID..GRID; c = k / C_STEPS, k = -C_STEPS..C_STEPS. */
enum { GRID = 12, C_STEPS = 8 };

static const char integers[] = "exact integers";
static const char dyadic[] = "dyadic numbers: exact in floating point";

static void check_integers(struct sg_lab *lab, int64_t scale)
{
    size_t set = 0, slope = 0, minimum = 0, loss = 0;
    for (int64_t i = -GRID; i <= GRID; i++)
        for (int64_t j = -GRID; j <= GRID; j++) {
            const struct sg_spurious at = sg_closed_spurious(i * scale, j * scale);
            const bool wedge = sg_closed_spurious_wedge(i * scale, j * scale),
                       origin = i == 0 && j == 0;
            const int64_t sign = (i > 0) - (i < 0);
            set += (at.slope_b == 0) != wedge;
            slope += wedge && at.slope_a != 6 * sign;
            minimum += (at.slope_a == 0 && at.slope_b == 0) != origin || (at.loss == 0) != origin;
            loss += at.loss != sg_closed_spurious_loss(i * scale, j * scale);
        }
    sg_lab_count(lab, SG_CLOSED_FORM, "set",
                 "grid points where sum sign f = 0 and the wedge or the origin disagree", set, 0,
                 integers);
    sg_lab_count(lab, SG_CLOSED_FORM, "slope",
                 "points of the wedge where the slope along a is not 6 sign a", slope, 0, integers);
    sg_lab_count(lab, SG_CLOSED_FORM, "minimum",
                 "grid points other than the origin that are critical or have loss 0", minimum, 0,
                 integers);
    sg_lab_count(lab, SG_CLOSED_FORM, "loss",
                 "grid points where the loss is not the largest of its three linear pieces", loss,
                 0, integers);
}

/* Does the net rest at (a, b) when the SG is fitted there?  phi minimises the SG loss (dgelsd), so
 * that only dw is left.  It is a multiple of 1/4 up to rounding: below half of that it is zero. */
static bool rests_when_fitted(struct sg_lab *lab, const struct sg_cp4 *l, double a, double b)
{
    const unsigned terms = l->c->module[0].terms;
    double z[SG_CP4_SAMPLES * 3], g[SG_CP4_SAMPLES], phi[3] = {0};
    for (size_t i = 0; i < SG_CP4_SAMPLES; i++) {
        const double f = a * l->data.x[i] + b;
        size_t k = i * l->n_phi;
        g[i] = (f > 0) - (f < 0);
        if (terms & SG_H)
            z[k++] = f;
        if (terms & SG_Y)
            z[k++] = 0;
        z[k] = 1;
    }
    sg_lab_try(lab,
               sg_base_solve_least_squares(phi, NULL, NULL, z, g, SG_CP4_SAMPLES, l->n_phi, 1));
    const struct sg_cp4_directions d = sg_cp4_evaluate(l, SG_CP4_WITH, a, b, phi);
    return fabs(d.w[0]) < 0.125 && fabs(d.w[1]) < 0.125;
}

/* Every c of the grid at one point: the largest difference from the integers, and how often "all
 * directions vanish" is wrong. */
static double compare_directions(size_t *wrong, const struct sg_cp4 *l, double a, double b,
                                 struct sg_spurious at, bool wedge)
{
    const struct sg_cp4_directions plain = sg_cp4_evaluate(l, SG_CP4_WITHOUT, a, b, NULL);
    double worst = sg_base_max(fabs(plain.w[0] - (double)at.slope_a / 4),
                               fabs(plain.w[1] - (double)at.slope_b / 4));
    for (int k = -C_STEPS; k <= C_STEPS; k++) {
        double phi[3] = {0};
        const double c = (double)k / C_STEPS;
        phi[l->n_phi - 1] = c;
        const struct sg_cp4_directions d = sg_cp4_evaluate(l, SG_CP4_WITH, a, b, phi);
        worst = sg_base_max(worst, sg_base_max(fabs(d.w[0]), fabs(d.w[1] - c)));
        worst = sg_base_max(worst, fabs(d.phi[l->n_phi - 1] - (c - (double)at.slope_b / 4)));
        const bool critical = d.w[0] == 0 && d.w[1] == 0 && sg_base_max_abs(d.phi, l->n_phi) == 0;
        *wrong += critical != (k == 0 && wedge);
    }
    return worst;
}

static void check_net(struct sg_lab *lab, const struct sg_cp4 *l, int64_t scale)
{
    size_t fitted = 0, wrong = 0;
    double worst = 0, loss = 0;
    for (int64_t i = -GRID; i <= GRID; i++)
        for (int64_t j = -GRID; j <= GRID; j++) {
            const double a = ldexp((double)(i * scale), -16), b = ldexp((double)(j * scale), -16);
            const struct sg_spurious at = sg_closed_spurious(i * scale, j * scale);
            const bool wedge = sg_closed_spurious_wedge(i * scale, j * scale);
            fitted += rests_when_fitted(lab, l, a, b) != wedge;
            worst = sg_base_max(worst, compare_directions(&wrong, l, a, b, at, wedge));
            loss = sg_base_max(loss, fabs(sg_cp4_evaluate(l, SG_CP4_WITHOUT, a, b, NULL).loss -
                                          ldexp((double)at.loss, -18)));
        }
    sg_lab_count(lab, SG_SIMULATED, "fitted",
                 "grid points where the net rests under its fitted SG and the wedge disagree",
                 fitted, 0, "directions are multiples of 1/4");
    sg_lab_zero(lab, SG_SIMULATED, "directions",
                "update directions, with and without SG, against the integers: largest difference",
                worst, (struct sg_tol){0, dyadic, 1});
    sg_lab_count(lab, SG_SIMULATED, "critical",
                 "(a, b, c) where all directions vanish and (c = 0 and the wedge) disagree", wrong,
                 0, dyadic);
    sg_lab_zero(lab, SG_SIMULATED, "net-loss", "loss against the integers: largest difference",
                loss, (struct sg_tol){0, dyadic, 1});
}

void sg_cp4_grid(struct sg_lab *lab, const struct sg_cp4 *l, struct sg_rng *rng)
{
    /* The grid's unit, scale / 2^16: odd, so that all bits are in use. */
    const int64_t scale = 1 + 2 * (int64_t)sg_base_rng_index(rng, 1 << 15);
    check_integers(lab, scale);
    check_net(lab, l, scale);
}
