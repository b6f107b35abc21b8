/* A deep linear net at a critical point, ready to step, and the eigenvalues there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lab/deep_run.h"

static struct sg_net *make_net(struct sg_deep_run *s, double mix)
{
    s->module = (struct sg_module){s->deep.at, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, mix,
                                   0};
    const struct sg_arch arch = {.loss = SG_MSE, .inputs = s->data.d, .labels = s->data.m,
                                 .n_layers = s->deep.n_layers, .layers = s->layer,
                                 .n_modules = 1, .modules = &s->module};
    return sg_net_alloc(&arch);
}

void sg_deep_read(struct sg_deep *deep, const struct sg_case *c, size_t d, size_t m)
{
    const size_t N = c->net.layers.n + 1;
    SG_REQUIRE(N <= SG_DEEP_LAYERS_MAX);
    *deep = (struct sg_deep){.n_layers = N,
                             .at = c->module[0].at < 0 ? N : (size_t)c->module[0].at};
    for (size_t i = 0; i <= N; i++)
        deep->width[i] = i == 0 ? d : i == N ? m : (size_t)c->net.layers.value[i - 1];
}

static void end(void *run)
{
    struct sg_deep_run *s = run;
    sg_sim_free(s->sim);
    sg_sim_free(s->backprop);
    sg_net_work_free(s->work);
    sg_net_free(s->net);
    sg_net_free(s->truth);
    sg_data_free(&s->data);
    free(s);
}

struct sg_deep_run *sg_deep_run_make(struct sg_lab *lab, struct sg_data *data,
                                     const struct sg_deep *deep, const double *w, double mu,
                                     double nu, double mix)
{
    struct sg_deep_run *s = SG_NEW(1, struct sg_deep_run);
    *s = (struct sg_deep_run){.data = *data, .deep = *deep, .mu = mu, .nu = nu};
    *data = (struct sg_data){0};
    const size_t q = s->data.d + s->data.m + 1;
    for (size_t i = 0; i < deep->n_layers; i++)
        s->layer[i] = (struct sg_layer){SG_DENSE, deep->width[i + 1], false};
    s->truth = make_net(s, 0.0);
    s->net = make_net(s, mix);
    s->field = sg_sim_net_field(s->net, s->data.n);
    s->truth_field = sg_sim_net_field(s->truth, s->data.n);
    s->work = sg_net_work_alloc(s->net, s->data.n);
    s->batch = sg_sim_batch(&s->data);
    s->n_w = sg_closed_deep_n_w(deep);
    s->n_phi = sg_closed_deep_n_phi(deep);
    s->size = s->n_w + s->n_phi;
    s->moments = SG_TAKE(lab, q * q, double);
    s->fixed = SG_TAKE(lab, s->size, double);
    s->now = SG_TAKE(lab, s->size, double);
    sg_closed_deep_moments(s->moments, &s->data);
    memcpy(s->fixed, w, s->n_w * sizeof *w);
    sg_closed_deep_exact_sg(s->fixed + s->n_w, deep, w, NULL);
    const struct sg_sim_spec truth = {.field = &s->truth_field, .net_opt = {.rate = mu},
                                      .sg_opt = {.rate = nu}};
    s->backprop = sg_sim_alloc(&truth, s->fixed, s->fixed + s->n_w);
    sg_deep_run_set_timing(s, (struct sg_timing){0});
    sg_lab_own(lab, s, end);
    return s;
}

void sg_deep_run_set_timing(struct sg_deep_run *s, struct sg_timing timing)
{
    const struct sg_sim_spec spec = {.field = &s->field, .net_opt = {.rate = s->mu},
                                     .sg_opt = {.rate = s->nu}, .timing = timing};
    sg_sim_free(s->sim);
    s->sim = sg_sim_alloc(&spec, s->fixed, s->fixed + s->n_w);
}

void sg_deep_run_start(struct sg_deep_run *s, const double *offset)
{
    for (size_t i = 0; i < s->size; i++)
        s->now[i] = s->fixed[i] + offset[i];
    sg_sim_restart(s->sim, s->now, s->now + s->n_w, s->mu, s->nu);
    sg_sim_restart(s->backprop, s->now, s->now + s->n_w, s->mu, s->nu);
}

double sg_deep_run_distance(const struct sg_sim *sim, const struct sg_deep_run *s)
{
    const double *w = sg_sim_w(sim);
    double square = 0;
    for (size_t i = 0; i < s->n_w; i++)
        square += (w[i] - s->fixed[i]) * (w[i] - s->fixed[i]);
    return sqrt(square);
}

double complex sg_deep_run_coordinate(struct sg_deep_run *s, const double complex *l)
{
    double complex sum = 0;
    sg_sim_get_state(s->now, s->sim);
    for (size_t i = 0; i < s->size; i++)
        sum += l[i] * (s->now[i] - s->fixed[i]);
    return sum;
}

double sg_deep_run_excess(const struct sg_deep_run *s, const double *w)
{
    const size_t d = s->data.d, m = s->data.m, q = d + m + 1;
    double *P = SG_NEW(d * m, double), *at = SG_NEW(d * m, double), sum = 0;
    sg_closed_deep_product(P, &s->deep, w, 0, s->deep.n_layers);
    sg_closed_deep_product(at, &s->deep, s->fixed, 0, s->deep.n_layers);
    for (size_t i = 0; i < d * m; i++)
        P[i] -= at[i];
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            sum += s->moments[i * q + j] * sg_base_dot(P + i * m, P + j * m, m) / 2;
    free(P);
    free(at);
    return sum;
}

struct sg_metrics sg_deep_run_metrics(const struct sg_deep_run *s)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, s->net, sg_sim_w(s->sim), sg_sim_phi(s->sim), &s->batch,
                SG_WANT_METRICS, s->work);
    return metrics;
}

bool sg_deep_is_resolved(struct sg_deep_normal_sizes sizes)
{
    static const double ROUNDING = 1e-13;      /* size u, sizes up to some hundreds */
    return sizes.dropped <= ROUNDING;
}

/* ---- eigenvalues ---------------------------------------------------------------------------- */

/* The eigenvalue of `mu` nearest to lambda that is not yet taken. */
static size_t take_nearest(bool *taken, const double complex *mu, double complex lambda,
                           size_t size)
{
    size_t best = size;
    for (size_t j = 0; j < size; j++)
        if (!taken[j] && (best == size || cabs(mu[j] - lambda) < cabs(mu[best] - lambda)))
            best = j;
    taken[best] = true;
    return best;
}

/* The right vectors are the left ones of J^T. */
void sg_deep_modes(struct sg_lab *lab, struct sg_deep_mode *mode, double complex *left,
                   double complex *right, const double *J, size_t size)
{
    double *transposed = SG_NEW(size * size, double), norm = SG_NAN;
    double complex *lambda = SG_NEW(size, double complex), *mu = SG_NEW(size, double complex);
    double complex *l = SG_NEW(size * size, double complex);
    double complex *r = SG_NEW(size * size, double complex);
    bool *taken = SG_NEW(size, bool);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            transposed[i * size + j] = J[j * size + i];
    sg_lab_try(lab, sg_base_eigen_general(lambda, l, J, size));
    sg_lab_try(lab, sg_base_eigen_general(mu, r, transposed, size));
    sg_lab_try(lab, sg_base_norm2(&norm, J, size, size));
    for (size_t i = 0; i < size; i++) {
        const double complex *own = r + take_nearest(taken, mu, lambda[i], size) * size;
        double complex dot = 0;
        for (size_t k = 0; k < size; k++)
            dot += l[i * size + k] * own[k];
        const double condition = 1 / cabs(dot);
        mode[i] = (struct sg_deep_mode){
            lambda[i], condition, 10 * (double)size * SG_UNIT_ROUNDOFF * norm * condition};
        if (right)
            memcpy(right + i * size, own, size * sizeof *right);
    }
    if (left)
        memcpy(left, l, size * size * sizeof *left);
    void *scratch[] = {transposed, lambda, mu, l, r, taken};
    for (size_t k = 0; k < sizeof scratch / sizeof *scratch; k++)
        free(scratch[k]);
}

/* An error of first order says little where it is not small beside the eigenvalue. */
static const double CLEARLY = 10;

int sg_deep_mode_side(const struct sg_deep_mode *mode)
{
    const double error = CLEARLY * mode->error;
    return (creal(mode->lambda) > error) - (creal(mode->lambda) < -error);
}

bool sg_deep_mode_off_zero(const struct sg_deep_mode *mode)
{
    return cabs(mode->lambda) > CLEARLY * mode->error;
}

struct sg_tol sg_deep_mode_tol(const struct sg_deep_mode *a, const struct sg_deep_mode *b)
{
    return (struct sg_tol){a->error + b->error, "10 size u |J| times the eigenvalue's condition "
                           "number, both: what the worst backward error does", 0};
}
