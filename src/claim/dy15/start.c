/* DY15: a case's net, what is predicted for it, balanced starts, and the hypotheses. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "claim/dy15/parts.h"
#include "lab/shallow.h"

/* A start over sigma^(1/N), mode by mode alike; and how far its outer frames are turned. */
static const double SIZE = 0.7, TURN = 0.3;

static void end_factor(void *factor)
{
    sg_closed_factor_free(factor);
}

/* ---- predictions ---------------------------------------------------------------------------- */

static void read_moments(struct sg_lab *lab, struct sg_dy15 *s)
{
    const size_t d = s->d, m = s->m, q = d + m + 1;
    double *yy = SG_TAKE(lab, m * m, double);
    s->moments = SG_TAKE(lab, q * q, double);
    s->S = SG_TAKE(lab, d * d, double);
    s->centred = SG_TAKE(lab, d * d, double);
    sg_closed_deep_moments(s->moments, &s->t->rows);
    const double *M = s->moments, *mean = M + (q - 1) * q;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++) {
            s->S[i * d + j] = M[i * q + j];
            s->centred[i * d + j] = M[i * q + j] - mean[i] * mean[j];
        }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            yy[i * m + j] = M[(d + i) * q + d + j] - mean[d + i] * mean[d + j];
    s->labels = sg_base_norm(yy, m * m);
}

static void read_cuts(struct sg_dy15 *s)
{
    const struct sg_arch *arch = &s->t->arch.arch;
    s->n_at = arch->n_modules;
    for (size_t j = 0; j < s->n_at; j++) {
        s->at[j] = arch->modules[j].at;
        if (s->at[j] < s->N)
            s->pull[s->at[j] - 1] = 2 / s->kappa;
    }
}

/* Eigenvalues of S_z for z = (x U, y, 1): h spans x U after every layer. */
static void look_at_z(struct sg_lab *lab, struct sg_dy15 *s)
{
    const size_t d = s->d, r = s->r, m = s->m, q = d + m + 1, z = r + m + 1;
    double *map = SG_TAKE(lab, q * z, double), *half = SG_TAKE(lab, q * z, double);
    double *S_z = SG_TAKE(lab, z * z, double), *lambda = SG_TAKE(lab, z, double);
    s->least_z = HUGE_VAL;
    for (size_t j = 0; j < s->n_at && lab->status == SG_OK; j++) {
        double *root = SG_TAKE(lab, r, double);
        sg_closed_factor_kernel(root, s->factor[SG_DY15_SG], s->at[j]);
        for (size_t i = 0; i < d; i++)
            for (size_t a = 0; a < r; a++)
                map[i * z + a] = s->factor[SG_DY15_SG]->u[i * r + a] * sqrt(root[a]);
        for (size_t i = 0; i <= m; i++)
            map[(d + i) * z + r + i] = 1;
        sg_base_mul(half, s->moments, map, q, q, z);
        sg_base_mul_tn(S_z, map, half, z, q, z);
        sg_lab_try(lab, sg_base_eigen_symmetric(lambda, NULL, S_z, z));
        s->least_z = fmin(s->least_z, lambda[z - 1]);
        s->most_z = fmax(s->most_z, lambda[0]);
    }
}

/* Modes below a thousandth of the largest would take the steps of a thousand. */
static bool has_all_modes(const struct sg_dy15 *s)
{
    const double *sigma = s->factor[0]->sigma;
    return sigma[s->r - 1] > 1e-3 * sigma[0];
}

static void predict(struct sg_lab *lab, struct sg_dy15 *s)
{
    const double none[SG_DEEP_LAYERS_MAX] = {0};
    double lambda = SG_NAN;
    for (int rule = 0; rule < SG_DY15_RULES; rule++) {
        sg_lab_try(lab, sg_closed_factor_alloc(&s->factor[rule], s->t->fit->w, s->d, s->m,
                                               rule == SG_DY15_SG ? s->pull : none, s->N));
        sg_lab_own(lab, s->factor[rule], end_factor);
    }
    if (lab->status != SG_OK || !has_all_modes(s))
        return;                          /* a hypothesis says so */
    s->chosen = SG_TAKE(lab, s->t->n_w, double);
    sg_lab_try(lab, sg_closed_factor_weights(s->chosen, s->factor[SG_DY15_SG], &s->deep,
                                             sg_lab_rng(lab, "chosen")));
    sg_lab_try(lab, sg_closed_deep_attraction(&s->fate, &s->deep, s->at, s->n_at, s->chosen,
                                              s->moments, s->kappa));
    s->rate[SG_DY15_SG] = s->fate.limit;
    sg_lab_try(lab, sg_closed_factor_sharpness(&lambda, s->factor[SG_DY15_BACKPROP], s->S));
    s->rate[SG_DY15_BACKPROP] = 2 / lambda;
    look_at_z(lab, s);
}

/* ---- starts --------------------------------------------------------------------------------- */

/* Orthonormal columns near `near`'s, or anywhere for near NULL. */
static double *draw_frame(struct sg_lab *lab, size_t rows, size_t columns, const double *near,
                          double turn, struct sg_rng *rng)
{
    double *g = SG_TAKE(lab, rows * columns, double), *q = SG_TAKE(lab, rows * columns, double);
    sg_base_rng_gaussians(g, rows * columns, rng);
    for (size_t i = 0; i < rows * columns && near; i++)
        g[i] = near[i] + turn * g[i] / sqrt((double)rows);
    sg_lab_try(lab, sg_base_qr_q(q, g, rows, columns));
    for (size_t c = 0; c < columns && near; c++) {
        double dot = 0;
        for (size_t i = 0; i < rows; i++)
            dot += q[i * columns + c] * near[i * columns + c];
        for (size_t i = 0; i < rows && dot < 0; i++)
            q[i * columns + c] = -q[i * columns + c];
    }
    return q;
}

/* W_i = size Q_{i-1} Q_i^T: all have the same singular values, so W_i^T W_i = W_{i+1} W_{i+1}^T.
 * With skew > 0 layer i is scaled by 1 + skew cos(2 i), and no longer orthogonal. */
void sg_dy15_start(double *w, struct sg_lab *lab, const struct sg_dy15 *s, double size,
                   double skew)
{
    struct sg_rng *rng = sg_lab_rng(lab, "start");
    double *first = draw_frame(lab, s->d, s->r, s->frame[0], TURN, rng);
    double *last = draw_frame(lab, s->m, s->r, s->frame[s->N], TURN, rng);
    for (size_t i = 0; i < s->N; i++) {
        const size_t rows = s->deep.width[i], columns = s->deep.width[i + 1], r = s->r;
        const double *left = i == 0 ? first : s->frame[i];
        const double *right = i + 1 == s->N ? last : s->frame[i + 1];
        double *middle = SG_TAKE(lab, r * r, double), *half = SG_TAKE(lab, rows * r, double);
        sg_base_rng_gaussians(middle, r * r, rng);
        for (size_t j = 0; j < r * r; j++)
            middle[j] = size * ((j % (r + 1) == 0 ? 1 + skew * cos(2 * (double)(i + 1)) : 0) +
                                0.3 * skew * middle[j] / sqrt((double)r));
        sg_base_mul(half, left, middle, rows, r, r);
        sg_base_mul_nt(w + sg_closed_deep_offset(&s->deep, i), half, right, rows, r, columns);
    }
}

double sg_dy15_mean_size(const struct sg_dy15 *s)
{
    double sum = 0;
    for (size_t a = 0; a < s->r; a++)
        sum += log(s->factor[0]->sigma[a]) / (double)s->r;
    return exp(sum / (double)s->N);
}

/* train.radius moves the start off balance, and A off 0. */
static void make_start(struct sg_lab *lab, struct sg_dy15 *s)
{
    const double radius = lab->trial->c->train.radius;
    struct sg_rng *rng = sg_lab_rng(lab, "moved");
    double *way = SG_TAKE(lab, s->t->n_w + s->t->n_phi, double);
    s->frame[0] = s->factor[0]->u;
    s->frame[s->N] = s->factor[0]->y;
    for (size_t i = 1; i < s->N; i++)
        s->frame[i] = draw_frame(lab, s->deep.width[i], s->r, NULL, 0, rng);
    s->w_0 = SG_TAKE(lab, s->t->n_w, double);
    s->phi_0 = SG_TAKE(lab, s->t->n_phi, double);
    sg_dy15_start(s->w_0, lab, s, SIZE * sg_dy15_mean_size(s), 0);
    const double size = radius * sg_base_norm(s->w_0, s->t->n_w);
    sg_base_rng_direction(way, s->t->n_w + s->t->n_phi, rng);
    for (size_t i = 0; i < s->t->n_w; i++)
        s->w_0[i] += size * way[i];
    for (size_t i = 0; i < s->t->n_phi; i++)
        s->phi_0[i] = size * way[s->t->n_w + i];
}

struct sg_dy15 *sg_dy15_make_for(struct sg_lab *lab, const struct sg_case *c)
{
    struct sg_dy15 *s = SG_TAKE(lab, 1, struct sg_dy15);
    s->t = sg_twin_make(lab, c, lab->trial->data);
    if (!s->t)
        return NULL;
    s->N = s->t->chain.n_layers;
    s->d = s->t->rows.d;
    s->m = s->t->rows.m;
    s->r = s->d < s->m ? s->d : s->m;
    s->deep = (struct sg_deep){.n_layers = s->N, .at = s->t->chained[0].at};
    for (size_t i = 0; i <= s->N; i++)
        s->deep.width[i] = s->t->width[i];
    s->mu = c->train.mu;
    s->kappa = c->train.nu / c->train.mu;
    read_moments(lab, s);
    read_cuts(s);
    for (size_t i = 1; i < s->N; i++)
        if (s->deep.width[i] < s->r)
            return s;                    /* a hypothesis says so */
    predict(lab, s);
    if (s->chosen && lab->status == SG_OK)
        make_start(lab, s);
    return s;
}

void *sg_dy15_make(struct sg_lab *lab)
{
    return sg_dy15_make_for(lab, lab->trial->c);
}

/* ---- hypotheses ----------------------------------------------------------------------------- */

static bool is_wide(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                    const struct sg_trial *trial)
{
    const struct sg_dy15 *s = on;
    return sg_lab_layers_are_wide(value, trial, s->r);
}

static bool has_full_rank(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_dy15 *s = on;
    const double *sigma = s->factor[0]->sigma;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "they go from %.3g to %.3g", sigma[0],
             sigma[s->r - 1]);
    return has_all_modes(s);
}

static bool is_nonsingular(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                           const struct sg_trial *trial)
{
    const struct sg_dy15 *s = on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "it has rank %zu of %zu (n = %zu)", s->t->fit->rank,
             s->d, trial->data->n);
    return s->t->fit->rank == s->d;
}

static bool is_noisy(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                     const struct sg_trial *trial)
{
    const struct sg_dy15 *s = on;
    const double zero = 1e3 * (double)(s->r + s->m + 1) * SG_UNIT_ROUNDOFF * s->most_z;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "its eigenvalues go from %.2g to %.2g", s->least_z,
             s->most_z);
    return s->least_z > zero;
}

/* At the SG's minimum alone, which is what the experiment asks about. */
static bool looks_beside(const struct sg_case *c)
{
    return c->experiment == SG_EXPERIMENT_FLIGHT || c->experiment == SG_EXPERIMENT_RETURN;
}

static bool attracts(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                     const struct sg_trial *trial)
{
    const struct sg_dy15 *s = on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "the eigenvalue furthest to the right is %.3g, known to %.2g", creal(s->fate.top),
             s->fate.error);
    return sg_closed_deep_attracts(&s->fate) || looks_beside(trial->c);
}

static bool is_stable(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    const struct sg_dy15 *s = on;
    const double rate = looks_beside(trial->c) ? fmin(s->fate.follows, 2 / s->fate.lambda)
                                               : fmin(s->rate[0], s->rate[1]);
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "mu is %.2g of it", s->mu / rate);
    /* A flight that is none is not simulated. */
    return s->mu <= 0.5 * rate ||
           (trial->c->experiment == SG_EXPERIMENT_FLIGHT && sg_closed_deep_attracts(&s->fate));
}

const struct sg_hypothesis sg_dy15_wide = {
    .id = "wide",
    .words = "no hidden layer is narrower than min(d, outputs)",
    .met = is_wide,
    .mend = "take wider layers (net.layers)"};
const struct sg_hypothesis sg_dy15_full_rank = {
    .id = "full-rank-map",
    .words = "the least-squares map has no singular value below 1e-3 of its largest",
    .met = has_full_rank,
    .mend = "take other targets; a vanishing mode is learnt in no finite time"};
const struct sg_hypothesis sg_dy15_nonsingular = {
    .id = "S_x-nonsingular",
    .words = SG_X_NONSINGULAR_WORDS,
    .met = is_nonsingular,
    .mend = SG_X_NONSINGULAR_MEND};
const struct sg_hypothesis sg_dy15_noisy = {
    .id = "S_z-nonsingular",
    .words = "S_z is nonsingular on the range of h, so that s = g fixes A",
    .met = is_noisy,
    .mend = "take noise (data.noise), more samples, or no ones column (data.bias) where h spans "
            "it"};
const struct sg_hypothesis sg_dy15_attracts = {
    .id = "attracts",
    .words = "the minimum attracts at this kappa = nu / mu, beyond rounding",
    .met = attracts,
    .mend = "take a larger kappa (train.nu)"};
const struct sg_hypothesis sg_dy15_stable = {
    .id = "small-step",
    .words = "mu is at most half the largest that is stable at either minimum (beside one that "
             "repels: for the modes that come back)",
    .met = is_stable,
    .mend = "lower train.mu, and train.nu with it"};
