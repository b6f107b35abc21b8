/* A deep linear net with one SG beside plain backprop, stepped together. */
#include <math.h>
#include <stdio.h>

#include "lab/deep_pair.h"
#include "lab/own.h"

static void end_fast(void *fast)
{
    sg_closed_fast_free(fast);
}

struct sg_deep_pair *sg_deep_pair_make(struct sg_lab *lab, const struct sg_case *c)
{
    struct sg_deep_pair *p = SG_TAKE(lab, 1, struct sg_deep_pair);
    p->twin = sg_twin_make(lab, c, lab->trial->data);
    if (!p->twin)
        return NULL;
    const struct sg_twin *t = p->twin;
    p->deep = (struct sg_deep){.n_layers = t->chain.n_layers, .at = t->chained[0].at};
    for (size_t i = 0; i <= t->chain.n_layers; i++)
        p->deep.width[i] = t->width[i];
    p->n_w = t->n_w;
    p->n_phi = t->n_phi;
    p->first = sg_closed_fast_alloc(&p->deep, &t->rows);
    p->plain_field = sg_sim_net_field(t->plain, t->rows.n);
    const double *zero = SG_TAKE(lab, p->n_w + p->n_phi, double);
    const struct sg_sim_spec sg = {.field = &t->field}, plain = {.field = &p->plain_field};
    p->sg = sg_lab_own_sim(lab, sg_sim_alloc(&sg, zero, zero));
    p->plain = sg_lab_own_sim(lab, sg_sim_alloc(&plain, zero, NULL));
    sg_lab_own(lab, p->first, end_fast);
    return p;
}

struct sg_deep_spread sg_deep_pair_s_z(struct sg_lab *lab, struct sg_deep_pair *p, const double *w)
{
    const size_t z = p->deep.width[p->deep.at] + p->twin->rows.m + 1;
    double *lambda = SG_TAKE(lab, z, double);
    const double *S_z = sg_closed_fast_s_z(p->first, w);
    if (!sg_lab_try(lab, sg_base_eigen_symmetric(lambda, NULL, S_z, z)))
        return (struct sg_deep_spread){SG_NAN, SG_NAN};
    return (struct sg_deep_spread){lambda[z - 1], lambda[0]};
}

bool sg_deep_pair_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const struct sg_deep_pair *p,
                              const struct sg_deep_spread s_z[2], size_t n)
{
    const size_t q = p->deep.width[p->deep.at] + p->twin->rows.m + 1;
    bool is = true;
    for (int k = 0; k < 2 && is; k++) {
        is = s_z[k].least > (double)q * SG_UNIT_ROUNDOFF * s_z[k].most;
        snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
                 "its eigenvalues go from %.2g to %.2g (%zu columns, n = %zu)", s_z[k].least,
                 s_z[k].most, q, n);
    }
    return is;
}

bool sg_deep_pair_is_fast(char value[SG_HYPOTHESIS_VALUE_MAX], const struct sg_deep_spread s_z[2],
                          double kappa, double moves)
{
    static const double times = 3;
    const double slowest = kappa * fmin(s_z[0].least, s_z[1].least);
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "at kappa = %.3g its slowest mode is %.2g times as fast", kappa, slowest / moves);
    return slowest >= times * moves;
}

void sg_deep_pair_exact_sg(double *phi, const struct sg_deep_pair *p, const double *w)
{
    sg_closed_chain_exact_sg(phi, &p->twin->chain, w);
}

double sg_deep_distance(const double *a, const double *b, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(squares);
}

static double spread(double *mean, const double *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - *mean) * (x[i] - *mean);
    return squares;
}

double sg_fit_slope(const double *x, const double *y, size_t n)
{
    double mean, sum = 0;
    const double squares = spread(&mean, x, n);
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * y[i];
    return sum / squares;
}

double sg_fit_slope_error(const double *x, const double *off, size_t n)
{
    double mean, sum = 0;
    const double squares = spread(&mean, x, n);
    for (size_t i = 0; i < n; i++)
        sum += x[i] == mean ? 0 : fabs(x[i] - mean) * off[i]; /* off may be infinite */
    return sum / squares;
}
