/* CP3 to the bit: integer x, W and phi, y = x W_1 ... W_N.  Every sum is exact, in any order, and
 * p = y. */
#include <math.h>
#include <string.h>

#include "claim/cp3/parts.h"

enum { STEPS = 100, X_MOST = 3, W_MOST = 2 };

static void integers(double *out, size_t n, size_t most, struct sg_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (double)sg_base_rng_index(rng, 2 * most + 1) - (double)most;
}

/* A = V C, B = -C, 0: s = (h V - y) C, exactly 0; with fewer terms than h and y, phi = 0. */
static void integer_null(double *phi, const struct sg_twin *t, const double *w, struct sg_rng *rng)
{
    for (size_t j = 0; j < t->chain.n_modules; j++) {
        const struct sg_chain_module *module = &t->chained[j];
        const size_t k = t->width[module->at], m = t->rows.m;
        double *v = SG_TAKE(t->lab, k * m, double), *map = SG_TAKE(t->lab, m * k, double);
        double *at = phi + sg_net_module_offset(t->net, j);
        if (!module->h || !module->y)
            continue;
        sg_closed_chain_product(v, &t->chain, w, module->at, t->chain.n_layers);
        integers(map, m * k, W_MOST, rng);
        sg_base_mul(at, v, map, k, m, k);
        for (size_t i = 0; i < m * k; i++)
            at[k * k + i] = -map[i];
    }
}

/* Does a run from (w, phi) leave every bit where it was? */
static bool keeps_bits(const struct sg_twin *t, const double *state)
{
    const struct sg_sim_spec spec = {
        .field = &t->field, .net_opt = {.rate = 0.3}, .sg_opt = {.rate = 0.7}};
    struct sg_sim *sim = sg_sim_alloc(&spec, state, state + t->n_w);
    const bool finite = sg_sim_advance(sim, &t->batch, STEPS) == SG_OK;
    const bool same = finite && memcmp(sg_sim_w(sim), state, t->n_w * sizeof *state) == 0 &&
                      memcmp(sg_sim_phi(sim), state + t->n_w, t->n_phi * sizeof *state) == 0;
    sg_sim_free(sim);
    return same;
}

/* A bound on every partial sum: |p| <= P = X_MOST prod (W_MOST width), |V| <= P, s = h V C - y
 * C. */
static double largest_sum(const struct sg_twin *t)
{
    double p = X_MOST, widest = 0;
    for (size_t l = 0; l <= t->chain.n_layers; l++) {
        p *= l < t->chain.n_layers ? W_MOST * (double)t->width[l] : 1;
        widest = fmax(widest, (double)t->width[l]);
    }
    return 2 * p * p * W_MOST * widest * widest;
}

void sg_cp3_exact(struct sg_lab *lab, unsigned terms, struct sg_rng *rng)
{
    const struct sg_data *like = lab->trial->data;
    struct sg_case *c = sg_cp3_with_terms(lab, terms);
    const size_t n = like->n, d = like->d, m = like->m;
    double *x = SG_TAKE(lab, n * d, double), *y = SG_TAKE(lab, n * m, double);
    const struct sg_data data = {.n = n, .d = d, .m = m, .x = x, .y = y, .one = like->one};
    integers(x, n * d, X_MOST, rng);
    integers(y, n * m, X_MOST, rng); /* any y will do to learn the shapes */
    c->train.form = SG_FORM_SAMPLE;
    struct sg_twin *t = sg_twin_make(lab, c, &data);
    if (!t)
        return;
    if (largest_sum(t) > 0x1p53) {
        sg_lab_note(lab, "no run on integer data: sums might pass 2^53");
        return;
    }
    double *state = SG_TAKE(lab, t->n_w + t->n_phi, double), *product = SG_TAKE(lab, d * m, double);
    integers(state, t->n_w, W_MOST, rng);
    sg_closed_chain_product(product, &t->chain, state, 0, t->chain.n_layers);
    sg_base_mul(t->rows.y, x, product, n, d, m);
    bool same = keeps_bits(t, state);
    integer_null(state + t->n_w, t, state, rng);
    same = same && keeps_bits(t, state);
    sg_lab_fact(lab, SG_SIMULATED, "integers",
                "integer data, every family: a run of 100 steps leaves every bit", same,
                "all sums are exact");
}
