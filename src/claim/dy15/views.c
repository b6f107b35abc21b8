/* DY15: what the layers' sizes imply: kernels, sharpness, and the largest stable mu. */
#include <math.h>
#include <string.h>

#include "claim/dy15/parts.h"

/* ---- representations ------------------------------------------------------------------------ */

/* A layer's h: E = L^T S L (K x K) with L = W_1 ... W_i, of centred x. */
struct view {
    double *L, *SL;                /* d x K */
    size_t K;
    double norm, trace;            /* |E|, tr E */
    double off;                    /* relative error of E that the bound allows */
};

/* |L - L'| <= |W - W'| sqrt(i) max_j prod_{l != j} |W_l|, and E moves by 2 |S^(1/2) L| |S^(1/2)|
 * times that; |S^(1/2) L|^2 <= |E|.  10 % above for the second order. */
static struct view look(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                        const struct sg_dy15_end *end, const struct sg_dy15_bound *bound, size_t i)
{
    const size_t d = s->d, K = s->deep.width[i];
    const double *l = s->factor[rule]->layer;
    struct view v = {.K = K, .L = SG_TAKE(lab, d * K, double), .SL = SG_TAKE(lab, d * K, double)};
    double *E = SG_TAKE(lab, K * K, double), all = 1, least = HUGE_VAL, S = SG_NAN;
    sg_closed_deep_product(v.L, &s->deep, end->w, 0, i);
    sg_base_mul(v.SL, s->centred, v.L, d, d, K);
    sg_base_mul_tn(E, v.L, v.SL, K, d, K);
    v.norm = sg_base_norm(E, K * K);
    for (size_t j = 0; j < K; j++)
        v.trace += E[j * K + j];
    for (size_t j = 0; j < i; j++) {
        all *= l[j * s->r];
        least = fmin(least, l[j * s->r]);
    }
    sg_lab_try(lab, sg_base_norm2(&S, s->centred, d, d));
    v.off = 2.2 * sqrt(S / v.norm) * bound->weights * sqrt((double)i) * all / least;
    return v;
}

static double cka(struct sg_lab *lab, const struct sg_dy15 *s, const struct view *a,
                  const struct view *b)
{
    double *E = SG_TAKE(lab, a->K * b->K, double);
    sg_base_mul_tn(E, a->L, b->SL, a->K, s->d, b->K);
    const double common = sg_base_norm(E, a->K * b->K);
    return common * common / (a->norm * b->norm);
}

/* |E[h^T y]|^2 / (|E[h^T h]| |E[y^T y]|) with E[x^T y] = S P*. */
static double alignment(struct sg_lab *lab, const struct sg_dy15 *s, const struct view *v)
{
    double *E = SG_TAKE(lab, v->K * s->m, double);
    sg_base_mul_tn(E, v->SL, s->t->fit->w, v->K, s->d, s->m);
    const double common = sg_base_norm(E, v->K * s->m);
    return common * common / (v->norm * s->labels);
}

/* CKA is the cosine of an angle that moves by at most the two shares. */
static void check_layer(struct sg_lab *lab, const struct sg_dy15 *s,
                        const struct sg_dy15_end end[], const struct sg_dy15_bound bound[],
                        size_t i, const double *C, struct sg_worst worst[3], double *between)
{
    const size_t r = s->r;
    double *q[SG_DY15_RULES];
    struct view v[SG_DY15_RULES];
    for (int rule = 0; rule < SG_DY15_RULES; rule++) {
        q[rule] = SG_TAKE(lab, r, double);
        sg_closed_factor_kernel(q[rule], s->factor[rule], i);
        v[rule] = look(lab, s, (enum sg_dy15_rule)rule, &end[rule], &bound[rule], i);
        const double rank = sg_closed_factor_rank(q[rule], C, r);
        const double flat = v[rule].trace / v[rule].norm;
        sg_lab_keep_worst(&worst[1], fabs(flat * flat - rank), 4 * rank * v[rule].off);
        sg_lab_keep_worst(&worst[2], fabs(alignment(lab, s, &v[rule]) -
                                          sg_closed_factor_alignment(q[rule], s->factor[rule], C,
                                                                     s->labels)),
                          (1 + sqrt((double)r)) * v[rule].off);
    }
    const double predicted = sg_closed_factor_cka(q[0], q[1], C, r), off = v[0].off + v[1].off;
    const double sine = sqrt(fmax(0, 1 - predicted * predicted));
    sg_lab_keep_worst(&worst[0], fabs(cka(lab, s, &v[0], &v[1]) - predicted),
                      off * (sine + off) + 100 * (double)s->d * SG_UNIT_ROUNDOFF);
    *between = fmax(*between, 1 - predicted);
}

static void check_kernels(struct sg_lab *lab, const struct sg_dy15 *s,
                          const struct sg_dy15_end end[], const struct sg_dy15_bound bound[])
{
    static const char basis[] = "what the ledger's bound on the weights does to the kernels";
    struct sg_worst worst[3] = {{0}};
    /* One mode has one kernel. */
    double between = 0, *C = SG_TAKE(lab, s->r * s->r, double);
    sg_closed_factor_overlaps(C, s->factor[0], s->centred);
    for (size_t i = 1; i <= s->N; i++)
        check_layer(lab, s, end, bound, i, C, worst, &between);
    /* Where the SGs change no kernel, as one under the last layer, CKA's own size counts. */
    if (between < 1e-3)
        between = 1;
    if (s->r > 1) {
        sg_lab_zero(lab, SG_SIMULATED, "cka", "linear CKA of a layer under the SGs and under "
                    "backprop, trained against predicted, all layers", worst[0].error,
                    (struct sg_tol){worst[0].tolerance, basis, between});
        sg_lab_zero(lab, SG_SIMULATED, "rank", "effective rank of the representations, trained "
                    "against predicted", worst[1].error,
                    (struct sg_tol){worst[1].tolerance, basis, 1});
        sg_lab_zero(lab, SG_SIMULATED, "alignment", "alignment of the representations with the "
                    "labels, trained against predicted", worst[2].error,
                    (struct sg_tol){worst[2].tolerance, basis, 1});
    }
}

/* ---- sharpness ------------------------------------------------------------------------------ */

/* sqrt(lambda_max(H)) = |S^(1/2) dP| moves by |S^(1/2)| |P''| |W - W'|, |P''| <= (N - 1) times the
 * largest product of N - 2 layers. */
void sg_dy15_sharpness(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                       const struct sg_dy15_end *end, const struct sg_dy15_bound *bound,
                       const char *id)
{
    const size_t n = s->t->n_w;
    const double *l = s->factor[rule]->layer;
    double *H = SG_TAKE(lab, n * n, double), *lambda = SG_TAKE(lab, n, double);
    double predicted = SG_NAN, S = SG_NAN, rest = s->factor[rule]->sigma[0];
    sg_closed_deep_hessian(H, &s->deep, end->w, s->moments);
    sg_lab_try(lab, sg_base_eigen_symmetric(lambda, NULL, H, n));
    sg_lab_try(lab, sg_closed_factor_sharpness(&predicted, s->factor[rule], s->S));
    sg_lab_try(lab, sg_base_norm2(&S, s->S, s->d, s->d));
    /* l_1 >= ... >= l_N: the two smallest are left out. */
    rest /= l[(s->N - 1) * s->r] * l[(s->N - 2) * s->r];
    const double slope = sqrt(S) * (double)(s->N - 1) * rest;
    sg_lab_equal(lab, SG_SIMULATED, id,
                 rule == SG_DY15_SG ? "sharpness lambda_max(H) of the net trained with SGs"
                                    : "sharpness lambda_max(H) of the net trained by backprop",
                 lambda[0], predicted,
                 (struct sg_tol){2.2 * sqrt(predicted) * slope * bound->weights +
                                     10 * (double)n * SG_UNIT_ROUNDOFF * predicted,
                                 "what the ledger's bound on the weights does to the Hessian", 0});
}

void sg_dy15_views(struct sg_lab *lab, const struct sg_dy15 *s, const struct sg_dy15_end end[],
                   const struct sg_dy15_bound bound[])
{
    check_kernels(lab, s, end, bound);
    sg_dy15_sharpness(lab, s, SG_DY15_SG, &end[0], &bound[0], "sharpness-sg");
    sg_dy15_sharpness(lab, s, SG_DY15_BACKPROP, &end[1], &bound[1], "sharpness-backprop");
}

/* ---- the largest stable mu ------------------------------------------------------------------ */

/* A displacement along the mode that decides, and whether it grows in T steps. */
struct limit {
    const struct sg_dy15 *s;
    struct sg_sim *sim;
    struct sg_net *net;
    struct sg_net_work *work;
    bool sg;
    double *start, *directions;    /* (w, phi); scratch */
    uint64_t steps;
    double from;                   /* |directions| at the start */
};

static double moves(const struct limit *k)
{
    const struct sg_twin *t = k->s->t;
    double *dphi = k->directions + t->n_w;
    sg_net_eval(k->directions, k->sg ? dphi : NULL, NULL, k->net, sg_sim_w(k->sim),
                sg_sim_phi(k->sim), &t->batch, SG_WANT_W | (k->sg ? SG_WANT_PHI : 0), k->work);
    return sg_base_norm(k->directions, t->n_w + (k->sg ? t->n_phi : 0));
}

/* What has grown thirtyfold has left: it may come to rest in another minimum. */
static enum sg_side side(double mu, void *context)
{
    const struct limit *k = context;
    double now = k->from;
    sg_sim_restart(k->sim, k->start, k->start + k->s->t->n_w, mu, k->s->kappa * mu);
    for (uint64_t step = 0; step < k->steps; step += 16) {
        if (sg_sim_advance(k->sim, &k->s->t->batch, 16) != SG_OK)
            return SG_SIDE_HIGH;
        now = moves(k);
        if (!(now < 30 * k->from))
            return SG_SIDE_HIGH;
    }
    return now < k->from ? SG_SIDE_LOW : SG_SIDE_HIGH;
}

/* From a random displacement at 2 % beyond the limit, until the growing mode has grown a thousand
 * times. */
static void aim(struct sg_lab *lab, struct limit *k, const struct sg_dy15_end *end, double limit)
{
    const struct sg_twin *t = k->s->t;
    const size_t n = t->n_w + (k->sg ? t->n_phi : 0);
    const double size = 1e-8 * sg_base_norm(end->w, t->n_w), mu = 1.02 * limit;
    double first = 0;
    memcpy(k->start, end->w, n * sizeof *k->start);
    sg_base_rng_direction(k->directions, n, sg_lab_rng(lab, k->sg ? "sg-mode" : "mode"));
    for (size_t i = 0; i < n; i++)
        k->start[i] += size * k->directions[i];
    sg_sim_restart(k->sim, k->start, k->start + t->n_w, mu, k->s->kappa * mu);
    first = moves(k);
    for (int i = 0; i < 4000 && moves(k) < 1e3 * first; i++)
        if (sg_sim_advance(k->sim, &t->batch, 16) != SG_OK)
            break;
    memcpy(k->start, sg_sim_w(k->sim), t->n_w * sizeof *k->start);
    if (k->sg)
        memcpy(k->start + t->n_w, sg_sim_phi(k->sim), t->n_phi * sizeof *k->start);
    k->from = moves(k);
}

/* ln|1 + mu lambda| rises by gain = |mu Re lambda| per relative excess at the limit.  After T steps
 * an excess x has made the mode exp(gain T x): a factor 100, for what a turning pair and modes
 * nearby can hide, takes x = ln 100 / (gain T). */
static void bisect(struct sg_lab *lab, struct limit *k, const struct sg_dy15_end *end,
                   double predicted, double gain, double off, const char *id, const char *what)
{
    static const double width = 1e-4, aimed = 2e-3;
    k->steps = (uint64_t)fmin(4e4, ceil(log(100) / (gain * aimed)));
    aim(lab, k, end, predicted);
    const double found = sg_lab_bisect_between(side, k, 0.9 * predicted, 1.1 * predicted, width);
    const double open = log(100) / (gain * (double)k->steps) + width + off;
    sg_lab_equal(lab, SG_SIMULATED, id, what, found, predicted,
                 (struct sg_tol){open * predicted, "a factor 100 in the steps of a run, the last "
                                 "interval, and the ledger's bound", 0});
}

static void end_sim(void *sim)
{
    sg_sim_free(sim);
}

void sg_dy15_limits(struct sg_lab *lab, struct sg_dy15 *s, const struct sg_dy15_end *end,
                    const struct sg_dy15_bound *bound)
{
    struct sg_twin *t = s->t;
    double lambda = SG_NAN;
    const double off = 10 * bound->weights / sg_dy15_least(s->factor[SG_DY15_SG]);
    struct sg_field plain = sg_sim_net_field(t->plain, t->rows.n);
    struct limit k = {.s = s};
    k.start = SG_TAKE(lab, t->n_w + t->n_phi, double);
    k.directions = SG_TAKE(lab, t->n_w + t->n_phi, double);
    sg_lab_try(lab, sg_closed_factor_sharpness(&lambda, s->factor[SG_DY15_SG], s->S));
    k.sim = sg_sim_alloc(&(struct sg_sim_spec){.field = &plain}, end->w, NULL);
    sg_lab_own(lab, k.sim, end_sim);
    k.net = t->plain;
    k.work = t->plain_work;
    bisect(lab, &k, end, 2 / lambda, 2, off, "limit-backprop",
           "largest mu at which backprop stays in the SG's minimum, bisected: 2/lambda_max(H)");
    k.sim = sg_sim_alloc(&(struct sg_sim_spec){.field = &t->field}, end->w, end->phi);
    sg_lab_own(lab, k.sim, end_sim);
    k.net = t->net;
    k.work = t->work;
    k.sg = true;
    bisect(lab, &k, end, s->fate.limit, fabs(creal(s->fate.at)) * s->fate.limit, off, "limit-sg",
           "largest stable mu of the joint step, nu = kappa mu, bisected in the trained net");
}
