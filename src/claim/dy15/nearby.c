/* DY15: how near a trained net must be to an exactly balanced one, from the ledger alone.
 *
 * The constraints c(W) = (W_1 ... W_N - P*, F_1, ..., F_{N-1}) with
 *   F_k = W_k^T W_k - W_{k+1} W_{k+1}^T - pull_k V_k V_k^T
 * vanish on the balanced factorisations.  The ledger says what F_k is at the end of a training:
 * what it was at the start, what steps of that size move it by, and (2/kappa) times the SG's last
 * error.  Neither is read off the trained net.
 * Newton's first step to c = 0 is J^+ c.  The second one is J^+ of what is of second order along
 * the first.  While it is at most half as long, the whole way is at most twice the first.
 *
 * In frames: W_i = Q_{i-1} w_i Q_i^T with w_i (r x r), which a balanced start never leaves but for
 * Q_0 and Q_N.  What does not fit those yet is added, up to a ten thousandth. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy15/parts.h"

struct nearby {
    const struct sg_dy15 *s;
    double pull[SG_DEEP_LAYERS_MAX];
    size_t N, r, unknowns, equations;
    double *w, *moved, *scratch[2];
};

/* c(w), the upper triangles of F_k. */
static void constraints(double *c, const struct nearby *n, const double *w)
{
    const size_t r = n->r, block = r * r;
    double *V = n->scratch[0], *next = n->scratch[1];
    double *at = c + n->equations;
    memcpy(V, w + (n->N - 1) * block, block * sizeof *V);
    for (size_t k = n->N - 1; k >= 1; k--) {
        const double *own = w + (k - 1) * block, *above = w + k * block;
        at -= r * (r + 1) / 2;
        size_t i = 0;
        for (size_t a = 0; a < r; a++)
            for (size_t b = a; b < r; b++) {
                double sum = 0;
                for (size_t j = 0; j < r; j++)
                    sum += own[j * r + a] * own[j * r + b] - above[a * r + j] * above[b * r + j] -
                           n->pull[k - 1] * V[a * r + j] * V[b * r + j];
                at[i++] = (a == b ? 1 : M_SQRT2) * sum;
            }
        sg_base_mul(next, own, V, r, r, r);
        memcpy(V, next, block * sizeof *V);
    }
    for (size_t a = 0; a < r; a++)
        for (size_t b = 0; b < r; b++)
            c[a * r + b] = V[a * r + b] - (a == b ? n->s->factor[0]->sigma[a] : 0);
}

/* Differences of a polynomial: exact to 1e-9, which is enough for a bound. */
static void jacobian(double *J, const struct nearby *n)
{
    const double h = 1e-5;
    double *c = SG_NEW(2 * n->equations, double);
    memcpy(n->moved, n->w, n->unknowns * sizeof *n->w);
    for (size_t j = 0; j < n->unknowns; j++) {
        for (int side = 0; side < 2; side++) {
            n->moved[j] = n->w[j] + (side ? -h : h);
            constraints(c + (size_t)side * n->equations, n, n->moved);
        }
        n->moved[j] = n->w[j];
        for (size_t i = 0; i < n->equations; i++)
            J[i * n->unknowns + j] = (c[i] - c[n->equations + i]) / (2 * h);
    }
    free(c);
}

/* The trained layers in frames.  Returns the norm of what does not fit. */
static double into_frames(struct sg_lab *lab, struct nearby *n, const double *w)
{
    const struct sg_dy15 *s = n->s;
    double off = 0;
    for (size_t i = 0; i < n->N; i++) {
        const size_t rows = s->deep.width[i], columns = s->deep.width[i + 1], r = n->r;
        const double *W = w + sg_closed_deep_offset(&s->deep, i);
        double *half = SG_TAKE(lab, rows * r, double), *own = n->w + i * r * r;
        double *back = SG_TAKE(lab, rows * columns, double);
        sg_base_mul(half, W, s->frame[i + 1], rows, columns, r);
        sg_base_mul_tn(own, s->frame[i], half, r, rows, r);
        sg_base_mul(half, s->frame[i], own, rows, r, r);
        sg_base_mul_nt(back, half, s->frame[i + 1], rows, r, columns);
        for (size_t j = 0; j < rows * columns; j++)
            back[j] -= W[j];
        off = hypot(off, sg_base_norm(back, rows * columns));
    }
    return off;
}

/* The ledger's F_k in frames, behind P - P*. */
static void known_constraints(struct sg_lab *lab, double *c, const struct nearby *n,
                              const struct sg_dy15_end *end, bool whole)
{
    const struct sg_dy15 *s = n->s;
    size_t i = n->r * n->r, from = 0;
    constraints(c, n, n->w);
    for (size_t k = 1; k < n->N; k++) {
        const size_t K = s->deep.width[k], r = n->r;
        double *half = SG_TAKE(lab, K * r, double), *own = SG_TAKE(lab, r * r, double);
        double *ledger = SG_TAKE(lab, K * K, double);
        for (size_t j = 0; j < K * K; j++)
            ledger[j] = end->drift[from + j] + (whole ? end->before[from + j] : 0);
        sg_base_mul(half, ledger, s->frame[k], K, K, r);
        sg_base_mul_tn(own, s->frame[k], half, r, K, r);
        for (size_t a = 0; a < r; a++)
            for (size_t b = a; b < r; b++)
                c[i++] = (a == b ? 1 : M_SQRT2) * own[a * r + b];
        from += K * K;
    }
}

static double newton(struct sg_lab *lab, double *step, double *least, const struct nearby *n,
                     const double *J, const double *c)
{
    double *singular = SG_TAKE(lab, n->unknowns + n->equations, double);
    size_t rank = 0;
    if (!sg_lab_try(lab, sg_base_solve_least_squares(step, &rank, singular, J, c, n->equations,
                                                     n->unknowns, 1)))
        return SG_NAN;
    *least = singular[n->equations - 1];
    return rank == n->equations ? sg_base_norm(step, n->unknowns) : SG_NAN;
}

struct sg_dy15_bound sg_dy15_nearby(struct sg_lab *lab, const struct sg_dy15 *s,
                                    enum sg_dy15_rule rule, const struct sg_dy15_end *end,
                                    double allowed)
{
    struct nearby n = {.s = s, .N = s->N, .r = s->r};
    if (rule == SG_DY15_SG)
        memcpy(n.pull, s->pull, sizeof n.pull);
    n.unknowns = s->N * s->r * s->r;
    n.equations = s->r * s->r + (s->N - 1) * s->r * (s->r + 1) / 2;
    n.w = SG_TAKE(lab, n.unknowns, double);
    n.moved = SG_TAKE(lab, n.unknowns, double);
    for (int i = 0; i < 2; i++)
        n.scratch[i] = SG_TAKE(lab, s->r * s->r, double);
    double *J = SG_TAKE(lab, n.equations * n.unknowns, double), least = SG_NAN;
    double *c = SG_TAKE(lab, n.equations, double), *there = SG_TAKE(lab, n.equations, double);
    double *here = SG_TAKE(lab, n.equations, double), *step = SG_TAKE(lab, n.unknowns, double);
    double *second = SG_TAKE(lab, n.unknowns, double);
    const double off = fmin(into_frames(lab, &n, end->w),
                            1e-4 * sg_base_norm(end->w, s->t->n_w));
    known_constraints(lab, c, &n, end, isinf(allowed));
    jacobian(J, &n);
    const double first = newton(lab, step, &least, &n, J, c);
    constraints(here, &n, n.w);
    for (size_t i = 0; i < n.unknowns; i++)
        n.moved[i] = n.w[i] - step[i];
    constraints(there, &n, n.moved);
    for (size_t i = 0; i < n.equations; i++)
        there[i] += c[i] - here[i];
    const double curvature = first > 0 ? newton(lab, second, &least, &n, J, there) / first : 0;
    const double start = isinf(allowed) ? 0 : fmin(end->start, allowed);
    const double unseen = (start + 2 * end->inexact / s->kappa) / least;
    /* Rounding of the sums over a training is far below u times its number of steps. */
    const double rounding = SG_UNIT_ROUNDOFF * (double)(end->steps + 100) *
                            sg_base_norm(end->w, s->t->n_w);
    return (struct sg_dy15_bound){
        .weights = curvature <= 0.5 ? 2 * (first + unseen) + off + rounding : HUGE_VAL,
        .curvature = curvature};
}

double sg_dy15_least(const struct sg_factorisation *f)
{
    double least = HUGE_VAL;
    for (size_t i = 0; i < f->n_layers * f->modes; i++)
        least = fmin(least, f->layer[i]);
    return least;
}

/* By Mirsky the differences of all singular values are together at most |W - W'|. */
double sg_dy15_error(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                     const double *w)
{
    double all = 0;
    for (size_t i = 0; i < s->N; i++) {
        const size_t rows = s->deep.width[i], columns = s->deep.width[i + 1];
        const double *l = s->factor[rule]->layer + i * s->r;
        double *sigma = SG_TAKE(lab, rows < columns ? rows : columns, double);
        sg_lab_try(lab, sg_base_singular_values(
                            sigma, w + sg_closed_deep_offset(&s->deep, i), rows, columns));
        for (size_t a = 0; a < s->r; a++)
            all = hypot(all, sigma[a] - l[a]);
    }
    return all;
}
