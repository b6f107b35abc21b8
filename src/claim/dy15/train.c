/* DY15: training to the end, by steps or along the flow, with the ledger of each boundary.
 *
 * W_k^T W_k - W_{k+1} W_{k+1}^T - [k is cut] (A_k + A_k^T) / kappa is constant along the flow
 * (DY14).  A simultaneous step of size mu moves it by exactly
 *   mu^2 (dW_k^T dW_k - dW_{k+1} dW_{k+1}^T),
 * which is summed.  Runge-Kutta's steps move it by O(h^4): those of h/2 by a fifteenth of the
 * difference between steps of h and of h/2.  Three times as much is allowed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/dy15/parts.h"

/* Nothing moves: |(dw, dphi)| is this share of what it was at the start.  Looked at so often. */
static const double STILL = 1e-10;
enum { OFTEN = 64 };

static size_t ledger_size(const struct sg_dy15 *s)
{
    size_t size = 0;
    for (size_t i = 1; i < s->N; i++)
        size += s->deep.width[i] * s->deep.width[i];
    return size;
}

/* W_i^T W_i - W_{i+1} W_{i+1}^T of every boundary. */
static void balance(double *out, const struct sg_dy15 *s, const double *w)
{
    for (size_t i = 1; i < s->N; i++) {
        const size_t K = s->deep.width[i], rows = s->deep.width[i - 1];
        const size_t columns = s->deep.width[i + 1];
        const double *own = w + sg_closed_deep_offset(&s->deep, i - 1);
        const double *next = w + sg_closed_deep_offset(&s->deep, i);
        for (size_t a = 0; a < K; a++)
            for (size_t b = 0; b < K; b++) {
                double sum = -sg_base_dot(next + a * columns, next + b * columns, columns);
                for (size_t j = 0; j < rows; j++)
                    sum += own[j * K + a] * own[j * K + b];
                out[a * K + b] = sum;
            }
        out += K * K;
    }
}

/* phi NULL: of backprop. */
static void read_ledger(double *ledger, const struct sg_dy15 *s, const double *w,
                        const double *phi)
{
    size_t from = 0;
    balance(ledger, s, w);
    for (size_t i = 1; i < s->N; i++) {
        const size_t K = s->deep.width[i];
        for (size_t k = 0; k < s->n_at && phi; k++) {
            const double *A = phi + sg_net_module_offset(s->t->net, k);
            for (size_t j = 0; j < K * K && s->at[k] == i; j++)
                ledger[from + j] -= (A[j] + A[j % K * K + j / K]) / s->kappa;
        }
        from += K * K;
    }
}

/* ---- directions ----------------------------------------------------------------------------- */

struct walk {
    const struct sg_dy15 *s;
    enum sg_dy15_rule rule;
    size_t n, n_w;                 /* of the state (w, phi) */
    double *x, *stage, *slope[4];
    double *drift, *square;        /* of the ledger; scratch */
};

/* (w', phi') of the flow.  Returns sqrt(2 L_SG) = sqrt(sum E|s - target|^2). */
static double direction(double *out, const struct walk *k, const double *x)
{
    struct sg_twin *t = k->s->t;
    struct sg_metrics metrics = {0, 0};
    const bool sg = k->rule == SG_DY15_SG;
    sg_net_eval(out, sg ? out + k->n_w : NULL, &metrics, sg ? t->net : t->plain, x,
                sg ? x + k->n_w : NULL, &t->batch,
                SG_WANT_W | SG_WANT_METRICS | (sg ? SG_WANT_PHI : 0), sg ? t->work : t->plain_work);
    for (size_t i = 0; i < k->n; i++)
        out[i] *= i < k->n_w ? -1 : -k->s->kappa;
    return sqrt(2 * metrics.sg_loss);
}

static void euler(struct walk *k, double mu)
{
    direction(k->slope[0], k, k->x);
    for (size_t i = 0; i < k->n; i++)
        k->x[i] += mu * k->slope[0][i];
    balance(k->square, k->s, k->slope[0]);
    for (size_t i = 0; i < ledger_size(k->s); i++)
        k->drift[i] += mu * mu * k->square[i];
}

static void runge_kutta(struct walk *k, double h)
{
    static const double at[] = {0, 0.5, 0.5, 1};
    for (int stage = 0; stage < 4; stage++) {
        for (size_t i = 0; i < k->n; i++)
            k->stage[i] = k->x[i] + (stage ? h * at[stage] * k->slope[stage - 1][i] : 0);
        direction(k->slope[stage], k, k->stage);
    }
    for (size_t i = 0; i < k->n; i++)
        k->x[i] += h / 6 * (k->slope[0][i] + 2 * k->slope[1][i] + 2 * k->slope[2][i] +
                            k->slope[3][i]);
}

/* ---- a training ----------------------------------------------------------------------------- */

/* s_j - g_j = sum_{l >= j} (s_l - arriving_l) W_{l'} ... , so |s_j - g_j| <= e n max(1, |W_a ...
 * W_b|), and |psi_j| is at most that over sqrt(lambda_min(S_z)). */
static double inexact(const struct sg_dy15 *s, double error)
{
    double most = 1;
    for (size_t i = 0; i < s->N; i++) {
        double product = 1;
        for (size_t j = i; j < s->N; j++) {
            product *= s->factor[SG_DY15_SG]->layer[j * s->r];
            most = fmax(most, product);
        }
    }
    return error * (double)s->n_at * most / sqrt(s->least_z);
}

static struct sg_dy15_end train(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                                const double *w_0, const double *phi_0, double mu, uint64_t most,
                                void (*step)(struct walk *k, double mu))
{
    const size_t n_w = s->t->n_w, n = n_w + (rule == SG_DY15_SG ? s->t->n_phi : 0);
    const size_t size = ledger_size(s);
    struct walk k = {.s = s, .rule = rule, .n = n, .n_w = n_w};
    k.x = SG_TAKE(lab, n, double);
    k.stage = SG_TAKE(lab, n, double);
    for (int i = 0; i < 4; i++)
        k.slope[i] = SG_TAKE(lab, n, double);
    memcpy(k.x, w_0, n_w * sizeof *w_0);
    if (rule == SG_DY15_SG && phi_0)
        memcpy(k.x + n_w, phi_0, (n - n_w) * sizeof *phi_0);
    struct sg_dy15_end end = {.w = k.x, .phi = rule == SG_DY15_SG ? k.x + n_w : NULL, .mu = mu};
    end.before = SG_TAKE(lab, size, double);
    end.drift = k.drift = SG_TAKE(lab, size, double);
    k.square = SG_TAKE(lab, size, double);
    read_ledger(end.before, s, k.x, end.phi);
    end.start = sg_base_norm(end.before, size);
    direction(k.slope[0], &k, k.x);
    const double first = sg_base_norm(k.slope[0], n);
    double error = 0, moves = first;
    while (end.steps < most && !end.converged && isfinite(moves) && !sg_base_interrupted()) {
        for (int i = 0; i < OFTEN; i++)
            step(&k, mu);
        end.steps += OFTEN;
        error = direction(k.slope[0], &k, k.x);
        moves = sg_base_norm(k.slope[0], n);
        end.converged = moves <= STILL * first;
    }
    end.inexact = rule == SG_DY15_SG ? inexact(s, error) : 0;
    return end;
}

struct sg_dy15_end sg_dy15_step(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                                const double *w_0, const double *phi_0, double mu, uint64_t most)
{
    return train(lab, s, rule, w_0, phi_0, mu, most, euler);
}

struct sg_dy15_end sg_dy15_glance(struct sg_lab *lab, const struct sg_dy15 *s,
                                  enum sg_dy15_rule rule, uint64_t most)
{
    return train(lab, s, rule, s->w_0, s->phi_0, 0.5 * s->rate[rule], most, runge_kutta);
}

/* Runge-Kutta is stable to 2.78 / |lambda| and a step of 1/|lambda| at most is taken. */
struct sg_dy15_end sg_dy15_flow(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_dy15_rule rule,
                                const double *w_0, const double *phi_0, uint64_t most)
{
    const double h = 0.5 * s->rate[rule];
    const size_t size = ledger_size(s);
    const struct sg_dy15_end coarse = train(lab, s, rule, w_0, phi_0, h, most, runge_kutta);
    struct sg_dy15_end end = train(lab, s, rule, w_0, phi_0, h / 2, 2 * most, runge_kutta);
    double *at_coarse = SG_TAKE(lab, size, double);
    read_ledger(at_coarse, s, coarse.w, coarse.phi);
    read_ledger(end.drift, s, end.w, end.phi);
    for (size_t i = 0; i < size; i++)
        end.drift[i] = (end.drift[i] - at_coarse[i]) / 5;
    end.converged = end.converged && coarse.converged;
    return end;
}
