/* An SG's own step: each module's rate by its definition in long double, in both types, and what
 * has no such rate. */
#include <stdlib.h>
#include <string.h>

#include "net/linear_net.h"

/* Row i of z for a module, from the views; returns its length. */
static size_t regressors(long double *z, const struct linear_net *in, const struct sg_module *m,
                         size_t i)
{
    const enum sg_dtype dtype = in->arch.dtype;
    const size_t k = in->layers[m->at - 1].width, labels = in->arch.labels;
    const void *h = sg_net_view(in->work, SG_VIEW_H, m->at);
    size_t q = 0;
    for (size_t l = 0; (m->terms & SG_H) && l < k; l++)
        z[q++] = (long double)number(h, i * k + l, dtype);
    for (size_t l = 0; (m->terms & SG_Y) && l < labels; l++)
        z[q++] = (long double)number(in->y, i * labels + l, dtype);
    if (m->terms & SG_ONE)
        z[q++] = (long double)number(in->one, i, dtype);
    return q;
}

/* N, |G|^2 and E|z G|^2 of module j; off: by how much, relative, E|z G|^2 may be off where z G is
 * known to `digits` |z| |G| a sample. */
struct rates { long double N, slope, along; double off; };

static struct rates naive_rates(const struct linear_net *in, size_t j)
{
    enum { MOST = 16 };
    const struct sg_module *m = &in->modules[j];
    const size_t k = in->layers[m->at - 1].width, at = sg_net_module_offset(in->net, j);
    struct rates r = {0};
    long double z[MOST], magnitude = 0;
    size_t q = 0;
    for (size_t i = 0; i < in->n; i++) {
        q = regressors(z, in, m, i);
        for (size_t l = 0; l < q; l++)
            r.N += z[l] * z[l] / (long double)in->n;
        for (size_t o = 0; o < k; o++) {
            long double s = 0, size = 0;
            for (size_t l = 0; l < q; l++) {
                const long double term =
                    z[l] * (long double)number(in->dphi, at + l * k + o, in->arch.dtype);
                s += term;
                size += fabsl(term);
            }
            r.along += s * s / (long double)in->n;
            magnitude += size * size / (long double)in->n;
        }
    }
    for (size_t l = 0; l < q * k; l++) {
        const long double G = (long double)number(in->dphi, at + l, in->arch.dtype);
        r.slope += G * G;
    }
    r.off = (double)(magnitude / r.along);
    return r;
}

/* z G passes q roundings in the net's type, its square and the sums are in double: the rate is off
 * by gamma of them, times what cancels in z G. */
static void rates_by_definition(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 60; t++) {
        struct sg_rng *rng = test_rng("rates", t);
        const enum sg_dtype dtype = t % 2 ? SG_F32 : SG_F64;
        const double u = dtype == SG_F32 ? ldexp(1, -24) : SG_UNIT_ROUNDOFF;
        struct linear_net in;
        linear_net_make(&in, dtype, rng);
        for (size_t j = 0; j < in.arch.n_modules; j++) {
            const struct rates r = naive_rates(&in, j);
            const double gamma = gamma_of(in.n * 6 + 50, SG_UNIT_ROUNDOFF);
            context("replicate %llu, module %zu of %zu, %zu rows", (unsigned long long)t, j,
                    in.arch.n_modules, in.n);
            double got = sg_net_step_rate(in.net, j, SG_STEP_NORMALISED, in.dphi, &in.batch,
                                          in.work, NULL);
            CHECK_CLOSE(got, (double)(1 / r.N), gamma * got);
            got = sg_net_step_rate(in.net, j, SG_STEP_LINE_SEARCH, in.dphi, &in.batch, in.work,
                                   in.scratch);
            CHECK_CLOSE(got, (double)(r.slope / r.along),
                        (gamma + 3 * gamma_of(16, u) * r.off) * got);
            CHECK(sg_net_step_rate(in.net, j, SG_STEP_FIXED, in.dphi, &in.batch, in.work, NULL) ==
                  1);
        }
        linear_net_end(&in);
        sg_base_rng_free(rng);
    }
}

/* Each module's part by its own rate, and no other number. */
static void every_module_by_itself(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 40; t++) {
        struct sg_rng *rng = test_rng("scale", t);
        struct linear_net in;
        linear_net_make(&in, SG_F64, rng);
        const size_t size = sg_net_sizes(in.net).phi;
        for (int rule = SG_STEP_FIXED; rule < SG_STEP_RULES; rule++) {
            double *scaled = sg_base_copy(in.dphi, size, sizeof(double));
            sg_net_step_scale(scaled, in.net, (enum sg_step_rule)rule, &in.batch, in.work,
                              in.scratch);
            for (size_t j = 0, i = 0; j < in.arch.n_modules; j++) {
                const double rate =
                    sg_net_step_rate(in.net, j, (enum sg_step_rule)rule, in.dphi, &in.batch,
                                     in.work, in.scratch);
                const size_t to = j + 1 < in.arch.n_modules ? sg_net_module_offset(in.net, j + 1)
                                                            : size;
                for (; i < to; i++)
                    CHECK(scaled[i] == ((double *)in.dphi)[i] * rate);
            }
            free(scaled);
        }
        CHECK(sg_net_step_scratch(in.net, SG_STEP_NORMALISED) == 0);
        linear_net_end(&in);
        sg_base_rng_free(rng);
    }
}

static void nothing_to_step_along(void **state)
{
    (void)state;
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const double x[2] = {1, -2}, zero[2] = {0, 0}, phi[5] = {1, 1, 1, 1, 1}, w = 0;
    double dphi[5] = {0}, s[2];
    for (int family = 0; family < SG_FAMILIES; family++) {
        const struct sg_module module = {
            1, (enum sg_family)family, SG_H, SG_TARGET_TRUE, 1.0, 1};
        const struct sg_arch arch = {.loss = SG_MSE, .inputs = 1, .labels = 1, .n_layers = 1,
                                     .layers = &layer, .n_modules = 1, .modules = &module};
        const struct sg_batch batch = {2, x, zero, x};
        struct sg_net *net = sg_net_alloc(&arch);
        struct sg_net_work *work = sg_net_work_alloc(net, 2);
        for (int rule = SG_STEP_NORMALISED; rule < SG_STEP_RULES; rule++) {
            sg_net_eval(NULL, dphi, NULL, net, &w, phi, &batch, SG_WANT_PHI, work);
            if (family == SG_LINEAR)             /* p = 0 and no other term: z = 0, G = 0 */
                CHECK(sg_net_step_rate(net, 0, (enum sg_step_rule)rule, dphi, &batch, work, s) ==
                      0);
            else                                 /* L_SG is no parabola there */
                CHECK_ABORTS((void)sg_net_step_rate(net, 0, (enum sg_step_rule)rule, dphi, &batch,
                                                    work, s));
        }
        sg_net_work_free(work);
        sg_net_free(net);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(rates_by_definition), TEST(every_module_by_itself),
                                       TEST(nothing_to_step_along)};
    return RUN(tests);
}
