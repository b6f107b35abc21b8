/* The (1+1)-CMA-ES with Cholesky factors: Igel, Suttorp, Hansen, "A computational
 * efficient covariance matrix update and a (1+1)-CMA for evolution strategies" (GECCO
 * 2006), with their constants.
 *
 * A trial is theta + sigma A z, z ~ N(0, I).  sigma follows the success rate p towards 2/11; a
 * success that sigma did not merely stumble on (p < 0.44) turns A towards the step taken:
 * A A^T <- (1 - c) A A^T + c path path^T, by a rank-one change of A and of its inverse. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search/search.h"

static const double TARGET = 2.0 / 11, RATE = 1.0 / 12, STUMBLED = 0.44, STOP = 1e-9;

struct state { size_t n; double *A, *inverse, *path, *along, *row, *z, *step, *next; };

static struct state state_alloc(size_t n)
{
    struct state s = {n,
                      SG_NEW(n * n, double),
                      SG_NEW(n * n, double),
                      SG_NEW(n, double),
                      SG_NEW(n, double),
                      SG_NEW(n, double),
                      SG_NEW(n, double),
                      SG_NEW(n, double),
                      SG_NEW(n, double)};
    for (size_t i = 0; i < n; i++)
        s.A[i * n + i] = s.inverse[i * n + i] = 1;
    return s;
}

static void state_free(struct state *s)
{
    double *owned[] = {s->A, s->inverse, s->path, s->along, s->row, s->z, s->step, s->next};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
}

/* A A^T <- alpha A A^T + beta path path^T, with along = A^-1 path:  A <- sqrt(alpha)
 * (A + g path along^T), g = (sqrt(1 + (beta/alpha) |along|^2) - 1) / |along|^2; the
 * inverse by Sherman and Morrison. */
static void turn(struct state *s, double alpha, double beta)
{
    const size_t n = s->n;
    sg_base_mul(s->along, s->inverse, s->path, n, n, 1);
    sg_base_mul(s->row, s->along, s->inverse, 1, n, n);
    const double square = sg_base_dot(s->along, s->along, n),
                 root = sqrt(1 + beta / alpha * square), a = sqrt(alpha);
    if (!(square > 0) || !isfinite(root))
        return;
    const double g = (root - 1) / square, h = (1 - 1 / root) / square;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            s->A[i * n + j] = a * (s->A[i * n + j] + g * s->path[i] * s->along[j]);
            s->inverse[i * n + j] = (s->inverse[i * n + j] - h * s->along[i] * s->row[j]) / a;
        }
}

static void learn(struct state *s, double success)
{
    const double n = (double)s->n, c_path = 2 / (n + 2), c = 2 / (n * n + 6),
                 fresh = sqrt(c_path * (2 - c_path));
    const bool stumbled = success >= STUMBLED;
    for (size_t i = 0; i < s->n; i++)
        s->path[i] = (1 - c_path) * s->path[i] + (stumbled ? 0 : fresh * s->step[i]);
    turn(s, 1 - c + (stumbled ? c * c_path * (2 - c_path) : 0), c);
}

enum sg_status sg_search_maximise(double *theta, double *best, const struct sg_climber *climber,
                                  struct sg_rng *rng)
{
    const size_t n = climber->n;
    struct state s = state_alloc(n);
    double sigma = climber->sigma, success = TARGET;
    for (size_t t = 0; t < climber->steps && sigma > STOP && !sg_base_interrupted(); t++) {
        sg_base_rng_gaussians(s.z, n, rng);
        sg_base_mul(s.step, s.A, s.z, n, n, 1);
        for (size_t i = 0; i < n; i++)
            s.next[i] = theta[i] + sigma * s.step[i];
        const double value = climber->f(s.next, climber->context);
        const bool better = value > *best;
        success = (1 - RATE) * success + RATE * better;
        sigma *= exp((success - TARGET) / (1 - TARGET) / (1 + (double)n / 2));
        if (better) {
            *best = value;
            memcpy(theta, s.next, n * sizeof *theta);
            learn(&s, success);
        }
    }
    state_free(&s);
    return sg_base_interrupted() ? SG_INTERRUPTED : SG_OK;
}
