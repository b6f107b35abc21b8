/* The exact line search: its formula by triple loops, its minimum by evaluating L_SG beside
 * it, and a gradient of zero. */
#include <stdlib.h>
#include <string.h>

#include "net/linear_net.h"
#include "net/naive.h"
#include "synthgrad/sim.h"

static double sg_loss(struct linear_net *in, const double *phi)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, in->dphi, &metrics, in->net, in->w, phi, &in->batch,
                SG_WANT_PHI | SG_WANT_METRICS, in->work);
    return metrics.sg_loss;
}

/* E|Z G|^2 over all modules, with its magnitude; Z from the views. */
static struct wide curvature(const struct linear_net *in)
{
    struct wide sum = {0};
    const size_t n = in->n, m = in->arch.labels;
    const double *y = in->y, *one = in->one;
    for (size_t j = 0; j < in->arch.n_modules; j++) {
        const struct sg_module *module = &in->modules[j];
        const size_t k = in->layers[module->at - 1].width;
        const double *h = sg_net_view(in->work, SG_VIEW_H, module->at),
                     *g = (double *)in->dphi + sg_net_module_offset(in->net, j);
        for (size_t i = 0; i < n; i++)
            for (size_t o = 0; o < k; o++) {
                struct wide s = {0};
                size_t row = 0;
                for (size_t l = 0; (module->terms & SG_H) && l < k; l++, row++)
                    s = wide_add(s, wide_mul(wide_of(h[i * k + l]), wide_of(g[row * k + o])));
                for (size_t l = 0; (module->terms & SG_Y) && l < m; l++, row++)
                    s = wide_add(s,
                                 wide_mul(wide_of(y[i * m + l]), wide_of(g[row * k + o])));
                if (module->terms & SG_ONE)
                    s = wide_add(s, wide_mul(wide_of(one[i]), wide_of(g[row * k + o])));
                sum = wide_add(sum, wide_scale(wide_mul(s, s), 1 / (long double)n));
            }
    }
    return sum;
}

/* nu = slope / curvature: the slope, |G|^2, is a sum of squares; the curvature passes K roundings,
 * so nu is off by gamma_K (magnitude / value) of itself. */
static void formula(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 80; t++) {
        struct sg_rng *rng = test_rng("formula", t);
        struct linear_net in;
        linear_net_make(&in, SG_F64, rng);
        (void)sg_loss(&in, in.phi);
        const struct wide c = curvature(&in);
        const size_t size = sg_net_sizes(in.net).phi,
                     widest = sg_net_step_scratch(in.net, SG_STEP_LINE_SEARCH),
                     k = size + in.n * widest + 2 * (widest + in.arch.labels + 6);
        const double *G = in.dphi;
        long double slope = 0;
        for (size_t i = 0; i < size; i++)
            slope += (long double)G[i] * (long double)G[i];
        const double nu = sg_sim_line_search(in.net, in.dphi, &in.batch, in.work, in.scratch),
                     want = (double)(slope / c.v);
        CHECK_CLOSE(nu, want, gamma_of(k, SG_UNIT_ROUNDOFF) * want * (double)(c.m / c.v));
        linear_net_end(&in);
        sg_base_rng_free(rng);
    }
}

/* L(nu (1 + e)) - L(nu) = e^2 nu |G|^2 / 2 exactly, on both sides: a parabola with its
 * bottom at nu.  Each L is rounded by gamma_K times its magnitude (naive.h), two of them
 * and the right-hand side. */
static void bottom_of_the_parabola(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 80; t++) {
        struct sg_rng *rng = test_rng("bottom", t);
        struct linear_net in;
        linear_net_make(&in, SG_F64, rng);
        const size_t size = sg_net_sizes(in.net).phi;
        const double start = sg_loss(&in, in.phi),
                     gamma = gamma_of(naive_roundings(&in.arch, in.n), SG_UNIT_ROUNDOFF);
        double *gradient = sg_base_copy(in.dphi, size, sizeof(double)), *phi = SG_NEW(size, double),
               slope = 0, at[3], magnitude = 0;
        const double nu = sg_sim_line_search(in.net, gradient, &in.batch, in.work, in.scratch),
                     factor[4] = {1, 0.75, 1.25, 0};
        for (size_t i = 0; i < size; i++)
            slope += gradient[i] * gradient[i];
        for (int side = 0; side < 4; side++) {
            for (size_t i = 0; i < size; i++)
                phi[i] = ((double *)in.phi)[i] - factor[side] * nu * gradient[i];
            if (side < 3)
                at[side] = sg_loss(&in, phi);
            struct naive v =
                naive_eval(&in.arch, in.w, phi, in.x, in.y, in.one, in.n);
            magnitude = sg_base_max(magnitude, (double)v.sg_loss.m);
            naive_free(&v);
        }
        CHECK(nu > 0 && at[0] <= at[1] && at[0] <= at[2] && at[0] < start);
        CHECK_CLOSE(at[1] - at[0], 0.0625 * nu * slope / 2, 3 * gamma * magnitude);
        CHECK_CLOSE(at[2] - at[0], 0.0625 * nu * slope / 2, 3 * gamma * magnitude);
        CHECK_CLOSE(start - at[0], nu * slope / 2, 3 * gamma * magnitude);
        free(gradient);
        free(phi);
        linear_net_end(&in);
        sg_base_rng_free(rng);
    }
}

static void nothing_to_search(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("zero", 0);
    struct linear_net in;
    linear_net_make(&in, SG_F64, rng);
    (void)sg_loss(&in, in.phi);
    struct sg_arch single = in.arch;
    single.dtype = SG_F32;
    struct sg_net *net = sg_net_alloc(&single);
    CHECK_ABORTS((void)sg_sim_line_search(net, in.dphi, &in.batch, in.work, in.scratch));
    sg_net_free(net);
    /* L_SG is no parabola there */
    for (int family = SG_SIGMOID_LINEAR; family < SG_FAMILIES; family++) {
        const double x[2] = {1, -2}, phi[5] = {1, 1, 1, 1, 1}, w = 1;
        const struct sg_batch batch = {2, x, x, x};
        double dphi[5], s[2];
        struct sg_net *other =
            scalar_net(SG_MSE, false, (enum sg_family)family, SG_H | SG_Y | SG_ONE);
        struct sg_net_work *work = sg_net_work_alloc(other, 2);
        sg_net_eval(NULL, dphi, NULL, other, &w, phi, &batch, SG_WANT_PHI, work);
        CHECK_ABORTS((void)sg_sim_line_search(other, dphi, &batch, work, s));
        sg_net_work_free(work);
        sg_net_free(other);
    }
    memset(in.dphi, 0, sg_net_sizes(in.net).phi * sizeof(double));
    CHECK(sg_sim_line_search(in.net, in.dphi, &in.batch, in.work, in.scratch) == 0);
    linear_net_end(&in);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(formula), TEST(bottom_of_the_parabola),
                                       TEST(nothing_to_search)};
    return RUN(tests);
}
