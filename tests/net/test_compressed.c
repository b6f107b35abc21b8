/* Compressed rows give the directions that the samples give, for linear nets of any depth
 * with linear SGs under MSE.
 *
 * In a linear net every boundary is linear in the row xi = (x, y, 1): h_i = xi P_i, delta_i = xi
 * D_i, and every direction is P^T M D with M = E[xi^T xi].  P and D are read off the net's own
 * definition (naive.h) on the unit rows of xi. */
#include "naive.h"

#include <math.h>
#include <string.h>

/* P_i and D_i with their magnitudes: rows of the identity as a data set. */
static struct naive unit_rows(const struct sg_arch *arch, const struct food *f)
{
    const size_t d = arch->inputs, m = arch->labels, q = d + m + 1;
    double *x = SG_NEW(q * d, double), *y = SG_NEW(q * m, double), *one = SG_NEW(q, double);
    for (size_t i = 0; i < d; i++)
        x[i * d + i] = 1;
    for (size_t i = 0; i < m; i++)
        y[(d + i) * m + i] = 1;
    one[q - 1] = 1;
    struct naive v = naive_eval(arch, f->w, f->phi, x, y, one, q);
    free(x);
    free(y);
    free(one);
    return v;
}

static double magnitude_norm(const struct wide *a, size_t n)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i].m * a[i].m;
    return (double)sqrtl(sum);
}

/* M differs by |dM| <= 2 (n + q) u |M| (Householder QR, Higham 19.4, and the sum over the samples),
 * so directions by at most |P| |dM| |D|; the evaluations' own roundings are K u of the same
 * product.  C = 1 with both in one factor. */
static void check_directions(const struct sg_arch *arch, struct food *f, struct sg_rng *rng)
{
    const size_t d = arch->inputs, m = arch->labels, q = d + m + 1;
    struct sg_net *net = sg_net_alloc(arch);
    const struct sg_sizes sizes = sg_net_sizes(net);
    struct sg_data data = random_data(f->n, d, m, rng), compressed;
    CHECK(sg_net_is_linear(net));
    CHECK_STATUS(sg_data_compress(&compressed, &data), SG_OK);
    double *moments = SG_NEW(q * q, double), *dw[2], *dphi[2];
    struct sg_metrics metrics[2];
    for (int form = 0; form < 2; form++) {
        const struct sg_data *rows = form ? &compressed : &data;
        const struct sg_batch batch = {.n = rows->n, .x = rows->x, .y = rows->y, .one = rows->one};
        struct sg_net_work *work = sg_net_work_alloc(net, rows->n);
        dw[form] = SG_NEW(sizes.w, double);
        dphi[form] = SG_NEW(sizes.phi, double);
        sg_net_eval(dw[form], dphi[form], &metrics[form], net, f->w, f->phi, &batch,
                    SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS, work);
        sg_net_work_free(work);
    }
    naive_moments(moments, &data);
    struct naive v = unit_rows(arch, f);
    const double u = (double)(2 * (f->n + q) + naive_roundings(arch, q)) * SG_UNIT_ROUNDOFF *
                     frobenius(moments, q * q);
    for (size_t i = 0, at = 0; i < arch->n_layers; i++) {
        const size_t in = v.width[i] + (arch->layers[i].bias ? 1 : 0), out = v.width[i + 1];
        /* with the bias's column */
        const double p = hypot(magnitude_norm(v.h[i], q * v.width[i]), 1);
        CHECK_ALL(dw[0] + at, dw[1] + at, u * p * magnitude_norm(v.delta[i + 1], q * out),
                  in * out);
        at += in * out;
    }
    double tol_loss = magnitude_norm(v.g[arch->n_layers], q * m), tol_sg = 0;
    for (size_t j = 0, at = 0; j < arch->n_modules; j++) {
        const size_t i = arch->modules[j].at, k = v.width[i],
                     rows = naive_rows(arch->modules[j].terms, k, m);
        const double p = hypot(magnitude_norm(v.h[i], q * k), sqrt((double)m + 1));
        const struct wide *target = arch->modules[j].target == SG_TARGET_TRUE ? v.g[i]
                                                                              : v.arriving[i];
        const double e = magnitude_norm(v.s[i], q * k) + magnitude_norm(target, q * k);
        CHECK_ALL(dphi[0] + at, dphi[1] + at, u * p * e, rows * k);
        tol_sg += u * e * e;
        at += rows * k;
    }
    CHECK_CLOSE(metrics[0].loss, metrics[1].loss, u * tol_loss * tol_loss);
    CHECK_CLOSE(metrics[0].sg_loss, metrics[1].sg_loss, tol_sg);
    for (int form = 0; form < 2; form++) {
        free(dw[form]);
        free(dphi[form]);
    }
    free(moments);
    naive_free(&v);
    sg_data_free(&data);
    sg_data_free(&compressed);
    sg_net_free(net);
}

static void same_directions(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 120; t++) {
        struct sg_rng *rng = test_rng("compressed", t);
        struct random_arch r;
        random_arch(&r, 6, true, t % 3 == 0, rng);
        struct sg_net *net = sg_net_alloc(&r.arch);
        struct food f = random_food(net, random_size(1, t % 4 ? 60 : 400, rng), rng);
        context("seed %llu, replicate %llu: %zu samples, %zu inputs, %zu layers, %zu modules",
                (unsigned long long)test_seed(), (unsigned long long)t, f.n, r.arch.inputs,
                r.arch.n_layers, r.arch.n_modules);
        check_directions(&r.arch, &f, rng);
        free_food(&f);
        sg_net_free(net);
        sg_base_rng_free(rng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(same_directions)};
    return RUN(tests);
}
