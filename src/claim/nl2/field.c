/* What is proved of a linear SG's field: when it has a potential, which potential is the nearest, and where the nearest is the true loss. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/nl2/parts.h"

enum { K = 4, M = 2, POINTS = 60, LOOPS = 20, WIDTH = 2 };
static const char *const rounding = "C u times the terms' absolute values";

/* The SG as a net has it: x -> h = x by the identity -> p, an SG with the parameters phi on h; s (n x K) at n points. */
static void real_field(double *s, const double *points, const double *label, size_t n, const double *phi)
{
    const struct sg_layer layers[] = {{SG_DENSE, K, false}, {SG_DENSE, M, false}};
    const struct sg_module module = {.at = 1, .family = SG_LINEAR, .terms = SG_H | SG_Y | SG_ONE, .mix = 1};
    const struct sg_arch arch = {.loss = SG_MSE, .inputs = K, .labels = M, .n_layers = 2, .layers = layers, .n_modules = 1, .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, n);
    const struct sg_sizes sizes = sg_net_sizes(net);
    double *w = SG_NEW(sizes.w, double), *dphi = SG_NEW(sizes.phi, double);
    for (size_t i = 0; i < K; i++)
        w[i * K + i] = 1;
    struct sg_data data;
    sg_data_alloc(&data, n, K, M);
    memcpy(data.x, points, n * K * sizeof *points);
    for (size_t i = 0; i < n; i++)
        memcpy(data.y + i * M, label, M * sizeof *label);
    const struct sg_batch batch = sg_sim_batch(&data);
    sg_net_eval(NULL, dphi, NULL, net, w, phi, &batch, SG_WANT_PHI, work);
    memcpy(s, sg_net_view(work, SG_VIEW_S, 1), n * K * sizeof *s);
    sg_data_free(&data);
    sg_net_work_free(work);
    sg_net_free(net);
    free(w);
    free(dphi);
}

/* The integral of s . dh around h, h + u, h + u + v, h + v: the value in the middle of each side is exact for an affine field. */
static double round_trip(double *scale, const double *phi, const double *label, const double *h, const double *u, const double *v)
{
    double middle[4 * K], s[4 * K], sum = 0;
    for (size_t j = 0; j < K; j++) {
        middle[j] = h[j] + u[j] / 2;
        middle[K + j] = h[j] + u[j] + v[j] / 2;
        middle[2 * K + j] = h[j] + u[j] / 2 + v[j];
        middle[3 * K + j] = h[j] + v[j] / 2;
    }
    real_field(s, middle, label, 4, phi);
    *scale = 0;
    for (size_t side = 0; side < 4; side++)
        for (size_t j = 0; j < K; j++) {
            const double step = side % 2 == 0 ? u[j] : v[j], all = sg_base_norm(phi, (K + M + 1) * K) * (sg_base_norm(middle + side * K, K) + 2);
            sum += (side < 2 ? 1 : -1) * step * s[side * K + j];
            *scale += fabs(step) * all;
        }
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

static void check_loops(struct sg_evidence *ev, struct sg_rng *rng)
{
    const double label[M] = {0, 1};
    double phi[(K + M + 1) * K], h[K], u[K], v[K], scale;
    for (size_t loop = 0; loop < LOOPS; loop++) {
        draw_phi(phi, rng);
        sg_base_rng_gaussians(h, K, rng);
        sg_base_rng_gaussians(u, K, rng);
        sg_base_rng_gaussians(v, K, rng);
        const double trip = round_trip(&scale, phi, label, h, u, v), tolerance = 10 * SG_UNIT_ROUNDOFF * scale;
        sg_claim_compare(ev, SG_CLOSED_FORM, "the net's SG around a parallelogram u, v: its integral is u (A - A^T) v^T", trip,
                         sg_closed_circulation(phi, u, v, K), tolerance, rounding);
        symmetrise(phi);
        sg_claim_compare(ev, SG_CLOSED_FORM, "the same, A symmetric: 0, so there is a potential", round_trip(&scale, phi, label, h, u, v), 0,
                         tolerance, rounding);
    }
}

/* Central differences of a quadratic have no truncation error: (V(h + e) - V(h - e)) / 2, rounding alone, over e = 1. */
static void check_gradient(struct sg_evidence *ev, struct sg_rng *rng)
{
    const double label[M] = {1, 0}, zero[K] = {0};
    double phi[(K + M + 1) * K], plain[(K + M + 1) * K], h[K], s[K], slope[K];
    draw_phi(phi, rng);
    sg_base_rng_gaussians(h, K, rng);
    memcpy(plain, phi, sizeof phi);
    symmetrise(plain);
    real_field(s, h, label, 1, plain);
    real_field(slope, zero, label, 1, phi);                   /* y B + C */
    const double reach = sg_base_norm(h, K) + 1, size = sg_base_norm(phi, (K + M + 1) * K);
    for (size_t j = 0; j < K; j++) {
        double ahead[K], behind[K];
        memcpy(ahead, h, sizeof h);
        memcpy(behind, h, sizeof h);
        ahead[j] += 1;
        behind[j] -= 1;
        const double slope_j = (sg_closed_potential_value(phi, slope, ahead, zero, K) - sg_closed_potential_value(phi, slope, behind, zero, K)) / 2;
        sg_claim_compare(ev, SG_CLOSED_FORM, "1/2 h A h^T + y B h^T + h C^T: its gradient is the SG's field with (A + A^T)/2 for A", slope_j, s[j],
                         10 * SG_UNIT_ROUNDOFF * size * reach * (reach + 2), rounding);
    }
}

/* What no symmetric S reaches of h A, by least squares over the K (K + 1) / 2 entries of S and all points, against the formula. */
static enum sg_status check_nearest(struct sg_evidence *ev, struct sg_rng *rng)
{
    enum { ENTRIES = K * (K + 1) / 2 };
    double *h = SG_NEW(POINTS * K, double), *design = SG_NEW(POINTS * K * ENTRIES, double), *field = SG_NEW(POINTS * K, double);
    double a[K * K], skew[K * K], sigma[K * K], s[K * K], best[ENTRIES], values[ENTRIES], left, square = 0;
    sg_base_rng_gaussians(a, K * K, rng);
    sg_base_rng_gaussians(skew, K * K, rng);
    sg_base_rng_gaussians(field, POINTS * K, rng);
    for (size_t i = 0; i < K * K; i++)                        /* a covariance that is not a multiple of I, of a modest condition */
        skew[i] /= 8;
    for (size_t i = 0; i < K; i++)
        skew[i * K + i] += 1 + (double)i / 2;
    sg_base_mul(h, field, skew, POINTS, K, K);
    sg_base_mul(field, h, a, POINTS, K, K);
    sg_base_mul_tn(sigma, h, h, K, POINTS, K);
    for (size_t i = 0; i < K * K; i++)
        sigma[i] /= POINTS;
    for (size_t i = 0, entry = 0; i < K; i++)
        for (size_t j = 0; j <= i; j++, entry++)
            for (size_t p = 0; p < POINTS; p++) {
                design[(p * K + j) * ENTRIES + entry] = h[p * K + i];
                design[(p * K + i) * ENTRIES + entry] = h[p * K + j];
            }
    size_t rank;
    enum sg_status status = sg_base_solve_least_squares(best, &rank, values, design, field, POINTS * K, ENTRIES, 1);
    if (status == SG_OK)
        status = sg_closed_potential_nearest(s, &left, a, sigma, K);
    if (status == SG_OK) {
        const double size = sg_base_norm(field, POINTS * K) * sg_base_norm(field, POINTS * K) / POINTS, condition = values[0] / values[ENTRIES - 1];
        for (size_t row = 0; row < POINTS * K; row++) {
            const double off = field[row] - sg_base_dot(design + row * ENTRIES, best, ENTRIES);
            square += off * off / POINTS;
        }
        sg_claim_compare(ev, SG_CLOSED_FORM, "left by least squares: sum over pairs of sigma_i sigma_j/(sigma_i + sigma_j) (A_ij - A_ji)^2",
                         square, left, 10 * K * SG_UNIT_ROUNDOFF * size,
                         "10 k u E|s|^2: both are of second order in what they solve for");
        for (size_t i = 0, entry = 0; i < K; i++)
            for (size_t j = 0; j <= i; j++, entry++)
                sg_claim_compare(ev, SG_CLOSED_FORM, "the nearest symmetric S, Sigma S + S Sigma = Sigma A + A^T Sigma: that of least squares",
                                 s[i * K + j], best[entry], 10 * K * SG_UNIT_ROUNDOFF * condition * condition * sg_base_norm(a, K * K),
                                 "10 k u cond(Sigma) |A|");
    }
    free(h);
    free(design);
    free(field);
    return status;
}

/* Inside a linear chain the best SG has A = V V^T, V the product of the weights above: symmetric, whatever the weights. */
static enum sg_status check_chain(struct sg_evidence *ev, const struct sg_data *data, unsigned terms, struct sg_rng *rng)
{
    const struct sg_layer layers[] = {{SG_DENSE, WIDTH, false}, {SG_DENSE, 3, false}, {SG_DENSE, data->m, false}};
    const struct sg_module module = {.at = 1, .family = SG_LINEAR, .terms = SG_H | SG_Y | SG_ONE};
    const struct sg_arch arch = {.loss = SG_MSE, .inputs = data->d, .labels = data->m, .n_layers = 3, .layers = layers,
                                 .n_modules = 1, .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    struct sg_net_work *work = sg_net_work_alloc(net, data->n);
    const struct sg_sizes sizes = sg_net_sizes(net);
    const size_t q = WIDTH + data->m + 1;
    double *w = SG_NEW(sizes.w, double), *zero = SG_NEW(sizes.phi, double), *dphi = SG_NEW(sizes.phi, double), *phi = SG_NEW(q * WIDTH, double);
    double *above = SG_NEW(WIDTH * data->m, double), exact[WIDTH * WIDTH], label[4];
    size_t *class_of = SG_NEW(data->n, size_t);
    sg_base_rng_gaussians(w, sizes.w, rng);
    const struct sg_batch batch = sg_sim_batch(data);
    sg_net_eval(NULL, dphi, NULL, net, w, zero, &batch, SG_WANT_PHI, work);
    sg_nl2_classes(label, class_of, data);
    const struct sg_nl2_surface surface = {.n = data->n, .k = WIDTH, .m = data->m, .classes = SG_NL2_CLASSES, .terms = terms,
                                           .h = sg_net_view(work, SG_VIEW_H, 1), .g = sg_net_view(work, SG_VIEW_G, 1),
                                           .label = label, .class_of = class_of};
    struct sg_nl2_fit fit;
    const enum sg_status status = sg_nl2_fit(phi, &fit, &surface);
    sg_base_mul(above, w + sg_net_layer_offset(net, 1), w + sg_net_layer_offset(net, 2), WIDTH, 3, data->m);
    sg_base_mul_nt(exact, above, above, WIDTH, data->m, WIDTH);
    for (size_t i = 0; i < WIDTH * WIDTH && status == SG_OK; i++)
        sg_claim_compare(ev, SG_SIMULATED, "inside a linear chain under MSE the best SG has A = V V^T, symmetric", phi[i], exact[i],
                         10 * (double)q * SG_UNIT_ROUNDOFF * fit.condition * sg_base_norm(phi, q * WIDTH), "10 q u cond(Z) |phi|");
    sg_net_work_free(work);
    sg_net_free(net);
    free(w);
    free(zero);
    free(dphi);
    free(phi);
    free(above);
    free(class_of);
    return status;
}

enum sg_status sg_nl2_fields(struct sg_evidence *ev, const struct sg_trial *trial)
{
    struct sg_rng *rng = sg_claim_rng(trial, "fields");
    struct sg_data data;
    check_loops(ev, rng);
    check_gradient(ev, rng);
    enum sg_status status = check_nearest(ev, rng);
    if (status == SG_OK)
        status = sg_claim_make_data(&data, ev, trial->c, trial->seed, trial->replicate);
    if (status == SG_OK) {
        status = check_chain(ev, &data, trial->c->module[0].terms, rng);
        sg_data_free(&data);
    }
    sg_base_rng_free(rng);
    return status;
}
