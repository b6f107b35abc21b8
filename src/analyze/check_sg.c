/* The SG's part of the check: psi = phi - phi* = eps v, v an eigenvector of S_z, w at w*.
 *
 * v is a left eigenvector of the joint Jacobian, so v psi shrinks by 1 - nu lambda whatever w does,
 * but for S_z(w) - S_z: w answers to psi at first order, which comes back at second order.  eps
 * balances that against rounding: phi is kept to u, and psi is eps.
 *
 * A small deficit has a trap.  At the optimal rate the fastest mode's factor is -(1 - deficit),
 * and psi along v shifts it by up to 4 eps (|v_a| + sqrt(lambda / lambda_max)) a step, times
 * what the weights' fastest mode, near -1 too, makes of an alternating push: at most
 * min(steps, 1 / its deficit).  Where eps exceeds the deficit it grows from rounding.  So the
 * run ends before that shows. */
#include <math.h>
#include <string.h>

#include "analyze/check.h"

static const double WORK = 1e9;        /* flops of a run: below a second */
enum { STEPS_MOST = 1000000 };

static const double exact_sg[3] = {1, -1, 0};

/* One displacement: mode, rates, and w's answer to it.  The rms of dp is at most
 * gain eps sqrt(lambda), since mode i of w adds up a push g_i a step, and
 * sum_i g_i^2 / lambda_i <= lambda:
 *   slowest mode, factor a      gain 2: sum_k a^k b^(t-1-k) <= 1 / (1 - min(a, b)) for b in [0, 1),
 *                               and <= 1 for b in (-1, 0]
 *   fastest mode at its limit   gain 2 steps: at most one push a step, mu lambda_i < 2
 * That changes v S_z v relatively by 2 |v_a| gain eps.  Through the other modes of psi it changes
 * it by feedback (gain eps)^2 too.  These modes follow within a step (2), or add up over 4 steps of
 * the run where v is the fastest. */
struct push {
    size_t mode;
    double mu, nu, gain, feedback;
    uint64_t steps;
};

struct displacement { double v[3], eps, bound; };

/* The bound's parts, relative to nu lambda:
 *   - w's answer
 *   - rounding of phi, u (|v_a| + |v_b|) / eps + u |v_c|, on what has shrunk to 1/e
 *   - rounding of s - g, 5 u (|p| + |y|) on eps sqrt(lambda), on the same
 *   - z, from sums and products of size |v_a| p_size + |v_b y| + |v_c|, twice
 *   - p* where the design's own fit is another than the best one: a dp that stays, of rms `apart`,
 *     with the same two terms as w's answer
 *   - the eigenvalue by SVD of Z
 *   - v off by 10 u lambda_max / lambda, which counts squared */
static struct displacement displace(const struct sg_subject *s, const struct push *p)
{
    const struct sg_fit *z = s->z;
    const double u = SG_UNIT_ROUNDOFF, lambda = z->lambda_z[p->mode],
                 spread = z->lambda_z[0] / lambda, step = p->nu * lambda;
    struct displacement at;
    for (size_t k = 0; k < 3; k++)
        at.v[k] = z->v_z[k * 3 + p->mode];
    const double a = fabs(at.v[0]), b = fabs(at.v[1]), c = fabs(at.v[2]), linear = 2 * a * p->gain;
    const double coarse = M_E * u *
                          ((a + b) / step + 5 * (sqrt(z->s_z[0]) + s->y_size) / sqrt(lambda));
    const double most = sqrt(SG_CONCLUSIVE / (20 * p->feedback)) / p->gain;
    at.eps = coarse < linear * most * most ? sqrt(coarse / linear) : most;
    const double answer = linear * at.eps + p->feedback * (p->gain * at.eps) * (p->gain * at.eps);
    const double size = a * (s->p_size + s->y_size) + b * s->y_size + c;
    const double off = s->form * size + a * s->apart, apart = s->apart / sqrt(lambda);
    at.bound = answer + coarse / at.eps + M_E * u * c / step + 2 * off / sqrt(lambda) +
               p->feedback * apart * apart + 60 * u * sqrt(spread) + 100 * u * u * spread * spread;
    return at;
}

/* v psi before and after, by the net's own code on compressed rows. */
static double run(const struct sg_subject *s, const struct push *p, const struct displacement *at)
{
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F64,
                                 .loss = SG_MSE,
                                 .inputs = s->x->d,
                                 .labels = 1,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_field field = sg_sim_net_field(net, s->rows.n);
    const struct sg_batch batch = sg_sim_batch(&s->rows);
    const struct sg_sim_spec spec = {.field = &field,
                                     .net_opt = {.rate = p->mu},
                                     .sg_opt = {.rate = p->nu}};
    double phi[3], before = 0, after = 0;
    for (size_t k = 0; k < 3; k++) {
        phi[k] = exact_sg[k] + at->eps * at->v[k];
        before += at->v[k] * (phi[k] - exact_sg[k]);
    }
    struct sg_sim *sim = sg_sim_alloc(&spec, s->x->w, phi);
    const bool finite = sg_sim_advance(sim, &batch, p->steps) == SG_OK;
    memcpy(phi, sg_sim_phi(sim), sizeof phi);
    for (size_t k = 0; k < 3; k++)
        after += at->v[k] * (phi[k] - exact_sg[k]);
    sg_sim_free(sim);
    sg_net_free(net);
    return finite ? sg_analysis_deficit(before, after, p->steps) : SG_NAN;
}

static uint64_t fewer(uint64_t a, double b)
{
    return (double)a < b ? a : b < 1 ? 1 : (uint64_t)b;
}

struct sg_factor sg_sg_slowest(const struct sg_subject *s)
{
    const struct sg_rates *x = &s->a->rate_x, *z = &s->a->rate_z;
    struct push p = {.mode = 2 - z->zeros,
                     .mu = x->optimal,
                     .nu = z->optimal,
                     .gain = 2,
                     .feedback = 2};
    const struct displacement at = displace(s, &p);
    if (!sg_base_within(at.bound, 1))
        return (struct sg_factor){SG_NAN, at.bound, 0};
    /* steps * min(steps, 1 / deficit) * shift <= 1/2 */
    const double quiet = 1 / (8 * at.eps * (fabs(at.v[0]) + sqrt(z->smallest / z->largest)));
    p.steps = sg_analysis_steps(z->deficit,
                                fewer(STEPS_MOST, WORK / (4 * (double)(s->rows.n * s->x->d))));
    p.steps = fewer(p.steps, fmax(sqrt(quiet), quiet * x->deficit));
    return (struct sg_factor){run(s, &p, &at), at.bound, p.steps};
}

struct sg_factor sg_sg_fastest(const struct sg_subject *s)
{
    const struct push p = {.mode = 0,
                           .mu = s->a->rate_x.optimal,
                           .nu = s->a->rate_z.critical,
                           .gain = 2 * SG_LIMIT_STEPS,
                           .feedback = 8 * SG_LIMIT_STEPS,
                           .steps = SG_LIMIT_STEPS};
    const struct displacement at = displace(s, &p);
    if (!sg_base_within(at.bound, 1))
        return (struct sg_factor){SG_NAN, at.bound, 0};
    return (struct sg_factor){run(s, &p, &at), at.bound, p.steps};
}
