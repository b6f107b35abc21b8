/* DY7: what a step did, from the weights before and after it. */
#include <math.h>
#include <string.h>

#include "claim/dy7/parts.h"
#include "synthgrad/deep.h"

/* Every view begins at w. */
static struct sg_dy7_view take_view(struct sg_lab *lab, const struct sg_dy7_truth *t,
                                    const double *w)
{
    struct sg_dy7_view v = {0};
    size_t widest = 0;
    for (size_t i = 0; i <= t->n_layers; i++) {
        const size_t k = sg_net_width(t->net, i);
        widest = k > widest ? k : widest;
        v.left[i] = SG_TAKE(lab, t->d * k, double);
        v.right[i] = SG_TAKE(lab, k * t->m, double);
    }
    v.w = SG_TAKE(lab, t->n_w, double);
    memcpy(v.w, w, t->n_w * sizeof *w);
    v.gradient = SG_TAKE(lab, t->n_w, double);
    v.slope = SG_TAKE(lab, t->d * t->m, double);
    v.half = SG_TAKE(lab, widest * t->m, double);
    for (size_t i = 0; i < t->d; i++)
        v.left[0][i * t->d + i] = 1;
    for (size_t o = 0; o < t->m; o++)
        v.right[t->n_layers][o * t->m + o] = 1;
    return v;
}

static void look(struct sg_dy7_view *v, const struct sg_dy7_truth *t, const double *moments)
{
    const size_t d = t->d, m = t->m, N = t->n_layers;
    for (size_t i = 0; i < N; i++) {
        const size_t down = N - 1 - i;
        sg_base_mul(v->left[i + 1], v->left[i], v->w + sg_net_layer_offset(t->net, i), d,
                    sg_net_width(t->net, i), sg_net_width(t->net, i + 1));
        sg_base_mul(v->right[down], v->w + sg_net_layer_offset(t->net, down), v->right[down + 1],
                    sg_net_width(t->net, down), sg_net_width(t->net, down + 1), m);
    }
    for (size_t i = 0; i < d; i++)
        for (size_t o = 0; o < m; o++) {
            v->slope[i * m + o] = -moments[i * t->q + d + o];
            for (size_t j = 0; j < d; j++)
                v->slope[i * m + o] += moments[i * t->q + j] * v->left[N][j * m + o];
        }
    for (size_t i = 0; i < N; i++) {
        const size_t in = sg_net_width(t->net, i), out = sg_net_width(t->net, i + 1);
        sg_base_mul_tn(v->half, v->left[i], v->slope, in, d, m);
        sg_base_mul_nt(v->gradient + sg_net_layer_offset(t->net, i), v->half, v->right[i + 1], in,
                       m, out);
    }
    v->norm = sg_base_norm(v->gradient, t->n_w);
}

/* M, and what bounds its terms: E[(|x|, |y|, 1)^T (|x|, |y|, 1)], with -E[|x|^T |y|] so that the
 * slope E[x^T x] P - E[x^T y] of positive weights is a sum without cancellation. */
static void make_moments(struct sg_dy7_truth *t, const struct sg_data *data)
{
    struct sg_data positive;
    sg_data_alloc(&positive, data->n, data->d, data->m);
    for (size_t i = 0; i < data->n * data->d; i++)
        positive.x[i] = fabs(data->x[i]);
    for (size_t i = 0; i < data->n * data->m; i++)
        positive.y[i] = -fabs(data->y[i]);
    sg_closed_deep_moments(t->moments, data);
    sg_closed_deep_moments(t->most, &positive);
    sg_data_free(&positive);
}

struct sg_dy7_truth *sg_dy7_truth(struct sg_lab *lab, const struct sg_net *net, const double *w)
{
    const struct sg_data *data = lab->trial->data;
    struct sg_dy7_truth *t = SG_TAKE(lab, 1, struct sg_dy7_truth);
    *t = (struct sg_dy7_truth){.net = net,
                               .d = data->d,
                               .m = data->m,
                               .n_layers = sg_net_arch(net)->n_layers,
                               .n_w = sg_net_sizes(net).w,
                               .q = data->d + data->m + 1};
    t->moments = SG_TAKE(lab, t->q * t->q, double);
    t->most = SG_TAKE(lab, t->q * t->q, double);
    make_moments(t, data);
    /* sums of n, of q, and of a width in each of the products on the way to a gradient */
    t->u = SG_UNIT_ROUNDOFF * (double)(data->n + t->q);
    for (size_t i = 0; i <= t->n_layers; i++)
        t->u += 2 * SG_UNIT_ROUNDOFF * (double)sg_net_width(net, i);
    t->now = take_view(lab, t, w);
    t->next = take_view(lab, t, w);
    t->bound = take_view(lab, t, w);
    look(&t->now, t, t->moments);
    return t;
}

/* Errors are at most u of the same expressions with every input and every term made positive. */
double sg_dy7_rounding(struct sg_dy7_truth *t)
{
    for (size_t i = 0; i < t->n_w; i++)
        t->bound.w[i] = fabs(t->now.w[i]);
    look(&t->bound, t, t->most);
    return t->u * t->bound.norm;
}

/* |(w - w') / mu - grad L| <= rho |grad L|.  Rounding: of the stored weights over mu, of grad L. */
static void check_condition(struct sg_lab *lab, struct sg_dy7_truth *t, double mu)
{
    double square = 0;
    for (size_t i = 0; i < t->n_w; i++) {
        const double off = (t->now.w[i] - t->next.w[i]) / mu - t->now.gradient[i];
        square += off * off;
    }
    const double rounding =
        sg_dy7_rounding(t) + 2 * SG_UNIT_ROUNDOFF * sg_base_norm(t->now.w, t->n_w) / mu;
    sg_lab_below(lab, SG_SIMULATED, "condition",
                 "relative error |dw - grad L| / |grad L| of a step taken, largest",
                 sqrt(square) / t->now.norm, SG_DY7_RHO,
                 (struct sg_tol){rounding / t->now.norm,
                                 "rounding of w over mu and of grad L, over |grad L|", 0});
}

/* E(|x| |W_1| ... |W_N| + |y|)^2: the terms of a loss. */
static double loss_terms(const struct sg_dy7_truth *t)
{
    double sum = 0;
    for (size_t i = 0; i < t->d; i++)
        for (size_t o = 0; o < t->m; o++)
            sum += t->bound.left[t->n_layers][i * t->m + o] *
                   (t->bound.slope[i * t->m + o] - t->most[i * t->q + t->d + o]);
    for (size_t o = 0; o < t->m; o++)
        sum += t->most[(t->d + o) * t->q + t->d + o];
    return sum;
}

/* L - L' = 1/2 <P - P', E[x^T (p - y)] + E[x^T (p' - y)]>, exact for a quadratic and without the
 * cancellation of two losses.  The search compares two losses: steps whose decrease is not 20 times
 * the rounding of either are passed over. */
static void check_decrease(struct sg_lab *lab, const struct sg_dy7_truth *t, double mu)
{
    const size_t N = t->n_layers;
    double fall = 0, rounding = 2 * t->u * loss_terms(t);
    for (size_t i = 0; i < t->d * t->m; i++) {
        const double step = t->now.left[N][i] - t->next.left[N][i];
        const double slope = (t->now.slope[i] + t->next.slope[i]) / 2;
        fall += step * slope;
        rounding += 2 * t->u * (t->bound.left[N][i] * fabs(slope) + t->bound.slope[i] * fabs(step));
    }
    const double asked = (1 - SG_DY7_RHO) / 2 * mu * t->now.norm * t->now.norm;
    if (asked >= 20 * rounding)
        sg_lab_below(lab, SG_SIMULATED, "decrease",
                     "(1 - rho)/2 mu |grad L|^2 over what a step lowered L by, largest",
                     asked / fall, 1,
                     (struct sg_tol){rounding / asked,
                                     "rounding of losses and of products of matrices, "
                                     "over the decrease",
                                     0});
}

void sg_dy7_check_step(struct sg_lab *lab, struct sg_dy7_truth *t, const double *w, double mu)
{
    memcpy(t->next.w, w, t->n_w * sizeof *w);
    look(&t->next, t, t->moments);
    check_condition(lab, t, mu);
    check_decrease(lab, t, mu);
    const struct sg_dy7_view before = t->now;
    t->now = t->next;
    t->next = before;
}
