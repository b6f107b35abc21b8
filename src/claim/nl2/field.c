/* What is proved of a linear SG's field: when it has a potential, which potential is the nearest,
 * and where the nearest is the true loss. */
#include <math.h>
#include <string.h>

#include "claim/nl2/parts.h"
#include "lab/own.h"
#include "lab/tolerance.h"

enum { K = 4, M = 2, POINTS = 60, LOOPS = 20, WIDTH = 2 };
static const char *const rounding = "10 u times the terms' absolute values";

/* A chain of dense layers under MSE with one SG of all terms after the first, and room for n rows.
 */
struct chain {
    struct sg_net *net;
    struct sg_net_work *work;
    double *w, *phi, *dphi;
    struct sg_sizes sizes;
};

static struct chain make_chain(struct sg_lab *lab, size_t n, size_t inputs, const size_t *width,
                               size_t layers, double mix)
{
    struct sg_layer *layer = SG_TAKE(lab, layers, struct sg_layer);
    for (size_t i = 0; i < layers; i++)
        layer[i] = (struct sg_layer){SG_DENSE, width[i], false};
    const struct sg_module module = {
        .at = 1, .family = SG_LINEAR, .terms = SG_H | SG_Y | SG_ONE, .mix = mix};
    const struct sg_arch arch = {.loss = SG_MSE,
                                 .inputs = inputs,
                                 .labels = width[layers - 1],
                                 .n_layers = layers,
                                 .layers = layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct chain c = {.net = sg_lab_own_net(lab, sg_net_alloc(&arch))};
    c.work = sg_lab_own_work(lab, sg_net_work_alloc(c.net, n));
    c.sizes = sg_net_sizes(c.net);
    c.w = SG_TAKE(lab, c.sizes.w, double);
    c.phi = SG_TAKE(lab, c.sizes.phi, double);
    c.dphi = SG_TAKE(lab, c.sizes.phi, double);
    return c;
}

/* The SG as a net has it: x -> h = x by the identity -> p, an SG with the parameters phi on h; s (n
 * x K) at n points. */
static void real_field(struct sg_lab *lab, double *s, const double *points, const double *label,
                       size_t n, const double *phi)
{
    const struct chain c = make_chain(lab, n, K, (const size_t[]){K, M}, 2, 1);
    double *y = SG_TAKE(lab, n * M, double), *one = SG_TAKE(lab, n, double);
    for (size_t i = 0; i < K; i++)
        c.w[i * K + i] = 1;
    for (size_t i = 0; i < n; i++) {
        memcpy(y + i * M, label, M * sizeof *label);
        one[i] = 1;
    }
    const struct sg_batch batch = {.n = n, .x = points, .y = y, .one = one};
    sg_net_eval(NULL, c.dphi, NULL, c.net, c.w, phi, &batch, SG_WANT_PHI, c.work);
    memcpy(s, sg_net_view(c.work, SG_VIEW_S, 1), n * K * sizeof *s);
}

/* The integral of s . dh around h, h + u, h + u + v, h + v: the value in the middle of each side is
 * exact for an affine field.  tol: of the sum, whose terms are of the size `scale`. */
static double round_trip(struct sg_lab *lab, struct sg_tol *tol, const double *phi,
                         const double *label, const double *h, const double *u, const double *v)
{
    double middle[4 * K], s[4 * K], sum = 0, scale = 0;
    for (size_t j = 0; j < K; j++) {
        middle[j] = h[j] + u[j] / 2;
        middle[K + j] = h[j] + u[j] + v[j] / 2;
        middle[2 * K + j] = h[j] + u[j] / 2 + v[j];
        middle[3 * K + j] = h[j] + v[j] / 2;
    }
    real_field(lab, s, middle, label, 4, phi);
    for (size_t side = 0; side < 4; side++)
        for (size_t j = 0; j < K; j++) {
            const double step = side % 2 == 0 ? u[j] : v[j];
            const double all =
                sg_base_norm(phi, (K + M + 1) * K) * (sg_base_norm(middle + side * K, K) + 2);
            sum += (side < 2 ? 1 : -1) * step * s[side * K + j];
            scale += fabs(step) * all;
        }
    *tol = sg_tol_rounding(10, scale, rounding);
    return sum;
}

/* A random SG, or the same with the symmetric part of its A. */
static void draw_phi(double *phi, struct sg_rng *rng)
{
    sg_base_rng_gaussians(phi, (K + M + 1) * K, rng);
}

static void symmetrise(double *phi)
{
    for (size_t i = 0; i < K; i++)
        for (size_t j = 0; j < i; j++)
            phi[i * K + j] = phi[j * K + i] = (phi[i * K + j] + phi[j * K + i]) / 2;
}

static void check_loops(struct sg_lab *lab, struct sg_rng *rng)
{
    const double label[M] = {0, 1};
    double phi[(K + M + 1) * K], h[K], u[K], v[K];
    struct sg_tol tol;
    for (size_t loop = 0; loop < LOOPS; loop++) {
        draw_phi(phi, rng);
        sg_base_rng_gaussians(h, K, rng);
        sg_base_rng_gaussians(u, K, rng);
        sg_base_rng_gaussians(v, K, rng);
        const double trip = round_trip(lab, &tol, phi, label, h, u, v);
        sg_lab_equal(lab, SG_CLOSED_FORM, "circulation",
                     "the net's SG around a parallelogram u, v: its integral is u (A - A^T) v^T",
                     trip, sg_closed_circulation(phi, u, v, K), tol);
        symmetrise(phi);
        const double none = round_trip(lab, &tol, phi, label, h, u, v);
        sg_lab_zero(lab, SG_CLOSED_FORM, "symmetric",
                    "the same, A symmetric: 0, so there is a potential", none, tol);
    }
}

/* Central differences of a quadratic have no truncation error: (V(h + e) - V(h - e)) / 2, rounding
 * alone, over e = 1. */
static void check_gradient(struct sg_lab *lab, struct sg_rng *rng)
{
    const double label[M] = {1, 0}, zero[K] = {0};
    double phi[(K + M + 1) * K], plain[(K + M + 1) * K], h[K], s[K], slope[K], difference[K];
    draw_phi(phi, rng);
    sg_base_rng_gaussians(h, K, rng);
    memcpy(plain, phi, sizeof phi);
    symmetrise(plain);
    real_field(lab, s, h, label, 1, plain);
    real_field(lab, slope, zero, label, 1, phi); /* y B + C */
    const double reach = sg_base_norm(h, K) + 1, size = sg_base_norm(phi, (K + M + 1) * K);
    for (size_t j = 0; j < K; j++) {
        double ahead[K], behind[K];
        memcpy(ahead, h, sizeof h);
        memcpy(behind, h, sizeof h);
        ahead[j] += 1;
        behind[j] -= 1;
        difference[j] = (sg_closed_potential_value(phi, slope, ahead, zero, K) -
                         sg_closed_potential_value(phi, slope, behind, zero, K)) /
                        2;
    }
    sg_lab_same(
        lab, SG_CLOSED_FORM, "gradient",
        "1/2 h A h^T + y B h^T + h C^T: its gradient is the SG's field with (A + A^T)/2 for A",
        difference, s, K, sg_tol_rounding(10, size * reach * (reach + 2), rounding));
}

/* Least squares over the K (K + 1) / 2 entries of a symmetric S: h S next to the field h A at all
 * points. Fills entry by entry of S; returns what is left, a mean square. */
static double fit_symmetric(struct sg_lab *lab, double *best, double *condition, const double *h,
                            const double *field)
{
    enum { ENTRIES = K * (K + 1) / 2 };
    double *design = SG_TAKE(lab, POINTS * K * ENTRIES, double), entry_of[ENTRIES], values[ENTRIES],
           square = 0;
    size_t rank;
    for (size_t i = 0, entry = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++, entry++)
            for (size_t p = 0; p < POINTS; p++) {
                design[(p * K + j) * ENTRIES + entry] = h[p * K + i];
                design[(p * K + i) * ENTRIES + entry] = h[p * K + j];
            }
    if (!sg_lab_try(lab, sg_base_solve_least_squares(entry_of, &rank, values, design, field,
                                                     POINTS * K, ENTRIES, 1)))
        return SG_NAN;
    for (size_t row = 0; row < POINTS * K; row++)
        square +=
            pow(field[row] - sg_base_dot(design + row * ENTRIES, entry_of, ENTRIES), 2) / POINTS;
    for (size_t i = 0, entry = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++, entry++)
            best[i * K + j] = best[j * K + i] = entry_of[entry];
    *condition = values[0] / values[ENTRIES - 1];
    return square;
}

/* What no symmetric S reaches of h A, by least squares, against the formula. */
static void check_nearest(struct sg_lab *lab, struct sg_rng *rng)
{
    double *h = SG_TAKE(lab, POINTS * K, double), *field = SG_TAKE(lab, POINTS * K, double);
    double a[K * K], mixing[K * K], sigma[K * K], s[K * K], best[K * K], left, condition = 0;
    sg_base_rng_gaussians(a, K * K, rng);
    sg_base_rng_gaussians(mixing, K * K, rng);
    sg_base_rng_gaussians(field, POINTS * K, rng);
    /* A covariance that is not a multiple of I, of a modest condition. */
    for (size_t i = 0; i < K * K; i++) {
        const size_t row = i / K;
        mixing[i] = mixing[i] / 8 + (i % (K + 1) == 0 ? 1 + (double)row / 2 : 0);
    }
    sg_base_mul(h, field, mixing, POINTS, K, K);
    sg_base_mul(field, h, a, POINTS, K, K);
    sg_base_mul_tn(sigma, h, h, K, POINTS, K);
    for (size_t i = 0; i < K * K; i++)
        sigma[i] /= POINTS;
    const double square = fit_symmetric(lab, best, &condition, h, field);
    if (!sg_lab_try(lab, sg_closed_potential_nearest(s, &left, a, sigma, K)))
        return;
    const double size = pow(sg_base_norm(field, POINTS * K), 2) / POINTS,
                 a_norm = sg_base_norm(a, K * K);
    sg_lab_equal(lab, SG_CLOSED_FORM, "left",
                 "left by least squares: sum over pairs of sigma_i sigma_j/(sigma_i + sigma_j) "
                 "(A_ij - A_ji)^2",
                 square, left,
                 (struct sg_tol){10 * K * SG_UNIT_ROUNDOFF * size,
                                 "10 k u E|s|^2: both are of second order in what they solve for",
                                 size});
    sg_lab_same(
        lab, SG_CLOSED_FORM, "nearest",
        "the nearest symmetric S, Sigma S + S Sigma = Sigma A + A^T Sigma: that of least squares",
        s, best, K * K,
        (struct sg_tol){10 * K * SG_UNIT_ROUNDOFF * condition * condition * a_norm,
                        "10 k u cond(Sigma) |A|", a_norm});
}

/* Inside a linear chain the best SG has A = V V^T, V the product of the weights above: symmetric,
 * whatever the weights.  With B = -V^T and C = 0 it is one that is exact, so the one of least norm
 * is no larger. */
static void check_chain(struct sg_lab *lab, const struct sg_data *data, unsigned terms,
                        struct sg_rng *rng)
{
    const size_t m = data->m, q = WIDTH + m + 1;
    const struct chain c = make_chain(lab, data->n, data->d, (const size_t[]){WIDTH, 3, m}, 3, 0);
    double *phi = SG_TAKE(lab, q * WIDTH, double), *above = SG_TAKE(lab, WIDTH * m, double);
    double exact[WIDTH * WIDTH], label[SG_NL2_LABELS];
    size_t *class_of = SG_TAKE(lab, data->n, size_t);
    sg_base_rng_gaussians(c.w, c.sizes.w, rng);
    const struct sg_batch batch = sg_sim_batch(data);
    sg_net_eval(NULL, c.dphi, NULL, c.net, c.w, c.phi, &batch, SG_WANT_PHI, c.work);
    sg_nl2_classes(label, class_of, data);
    const struct sg_nl2_surface surface = {.n = data->n,
                                           .k = WIDTH,
                                           .m = m,
                                           .classes = SG_NL2_CLASSES,
                                           .terms = terms,
                                           .h = sg_net_view(c.work, SG_VIEW_H, 1),
                                           .g = sg_net_view(c.work, SG_VIEW_G, 1),
                                           .label = label,
                                           .class_of = class_of};
    const struct sg_nl2_fit fit = sg_nl2_fit(lab, phi, &surface);
    sg_base_mul(above, c.w + sg_net_layer_offset(c.net, 1), c.w + sg_net_layer_offset(c.net, 2),
                WIDTH, 3, m);
    sg_base_mul_nt(exact, above, above, WIDTH, m, WIDTH);
    const double norm = hypot(sg_base_norm(exact, WIDTH * WIDTH), sg_base_norm(above, WIDTH * m));
    sg_lab_same(lab, SG_SIMULATED, "chain",
                "inside a linear chain under MSE the best SG has A = V V^T, symmetric", phi, exact,
                WIDTH * WIDTH,
                (struct sg_tol){10 * (double)q * SG_UNIT_ROUNDOFF * fit.condition * norm,
                                "10 q u cond(Z) |phi|", 0});
}

void sg_nl2_fields(struct sg_lab *lab)
{
    struct sg_rng *rng = sg_lab_rng(lab, "fields");
    const struct sg_data *data = sg_lab_data(lab, lab->trial->c, lab->trial->replicate);
    if (lab->status != SG_OK)
        return;
    check_loops(lab, rng);
    check_gradient(lab, rng);
    check_nearest(lab, rng);
    check_chain(lab, data, lab->trial->c->module[0].terms, rng);
}
