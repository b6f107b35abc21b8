/* A deep linear net at a critical point, ready to step, and the eigenvalues there: what the parts of DY8 share. */
#include <stdlib.h>
#include <string.h>

#include "claim/dy8/parts.h"

static struct sg_net *make_net(struct sg_dy8 *s, double mix)
{
    s->module = (struct sg_module){s->deep.at, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, mix, 0};
    const struct sg_arch arch = {.loss = SG_MSE, .inputs = s->data.d, .labels = s->data.m, .n_layers = s->deep.n_layers, .layers = s->layer,
                                 .n_modules = 1, .modules = &s->module};
    return sg_net_alloc(&arch);
}

void sg_dy8_read_deep(struct sg_deep *deep, const struct sg_case *c, size_t d, size_t m)
{
    const size_t N = c->net.layers.n + 1;
    SG_REQUIRE(N <= SG_DEEP_LAYERS_MAX);
    *deep = (struct sg_deep){.n_layers = N, .at = c->module[0].at < 0 ? N : (size_t)c->module[0].at};
    for (size_t i = 0; i <= N; i++)
        deep->width[i] = i == 0 ? d : i == N ? m : (size_t)c->net.layers.value[i - 1];
}

struct sg_dy8 *sg_dy8_alloc(struct sg_data *data, const struct sg_deep *deep, const double *w, double mu, double nu, double mix)
{
    struct sg_dy8 *s = SG_NEW(1, struct sg_dy8);
    *s = (struct sg_dy8){.data = *data, .deep = *deep, .mu = mu, .nu = nu};
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
    s->moments = SG_NEW(q * q, double);
    s->fixed = SG_NEW(s->size, double);
    s->now = SG_NEW(s->size, double);
    sg_closed_deep_moments(s->moments, &s->data);
    memcpy(s->fixed, w, s->n_w * sizeof *w);
    sg_closed_deep_exact_sg(s->fixed + s->n_w, deep, w, NULL);
    const struct sg_sim_spec spec = {.field = &s->field, .net_opt = {.rate = mu}, .sg_opt = {.rate = nu}};
    const struct sg_sim_spec truth = {.field = &s->truth_field, .net_opt = {.rate = mu}, .sg_opt = {.rate = nu}};
    s->sim = sg_sim_alloc(&spec, s->fixed, s->fixed + s->n_w);
    s->backprop = sg_sim_alloc(&truth, s->fixed, s->fixed + s->n_w);
    return s;
}

void sg_dy8_set_timing(struct sg_dy8 *s, struct sg_timing timing)
{
    const struct sg_sim_spec spec = {.field = &s->field, .net_opt = {.rate = s->mu}, .sg_opt = {.rate = s->nu}, .timing = timing};
    sg_sim_free(s->sim);
    s->sim = sg_sim_alloc(&spec, s->fixed, s->fixed + s->n_w);
}

void sg_dy8_free(struct sg_dy8 *s)
{
    if (!s)
        return;
    sg_sim_free(s->sim);
    sg_sim_free(s->backprop);
    sg_net_work_free(s->work);
    sg_net_free(s->net);
    sg_net_free(s->truth);
    sg_data_free(&s->data);
    free(s->moments);
    free(s->fixed);
    free(s->now);
    free(s);
}

void sg_dy8_start(struct sg_dy8 *s, const double *offset)
{
    for (size_t i = 0; i < s->size; i++)
        s->now[i] = s->fixed[i] + offset[i];
    sg_sim_restart(s->sim, s->now, s->now + s->n_w, s->mu, s->nu);
    sg_sim_restart(s->backprop, s->now, s->now + s->n_w, s->mu, s->nu);
}

double sg_dy8_weight_distance(const struct sg_sim *sim, const struct sg_dy8 *s)
{
    const double *w = sg_sim_w(sim);
    double square = 0;
    for (size_t i = 0; i < s->n_w; i++)
        square += (w[i] - s->fixed[i]) * (w[i] - s->fixed[i]);
    return sqrt(square);
}

double complex sg_dy8_coordinate(struct sg_dy8 *s, const double complex *l)
{
    double complex sum = 0;
    sg_sim_get_state(s->now, s->sim);
    for (size_t i = 0; i < s->size; i++)
        sum += l[i] * (s->now[i] - s->fixed[i]);
    return sum;
}

struct sg_metrics sg_dy8_metrics(const struct sg_dy8 *s)
{
    struct sg_metrics metrics;
    sg_net_eval(NULL, NULL, &metrics, s->net, sg_sim_w(s->sim), sg_sim_phi(s->sim), &s->batch, SG_WANT_METRICS, s->work);
    metrics.sg_loss *= 2;
    return metrics;
}

/* The right vectors are the left ones of J^T; each goes to the nearest eigenvalue not yet taken. */
enum sg_status sg_dy8_modes(struct sg_dy8_mode *mode, double complex *left, double complex *right, const double *J, size_t size)
{
    double *transposed = SG_NEW(size * size, double);
    double complex *lambda = SG_NEW(size, double complex), *mu = SG_NEW(size, double complex);
    double complex *l = SG_NEW(size * size, double complex), *r = SG_NEW(size * size, double complex);
    bool *taken = SG_NEW(size, bool);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++)
            transposed[i * size + j] = J[j * size + i];
    enum sg_status status = sg_base_eigen_general(lambda, l, J, size);
    if (status == SG_OK)
        status = sg_base_eigen_general(mu, r, transposed, size);
    for (size_t i = 0; i < size && status == SG_OK; i++) {
        size_t best = size;
        for (size_t j = 0; j < size; j++)
            if (!taken[j] && (best == size || cabs(mu[j] - lambda[i]) < cabs(mu[best] - lambda[i])))
                best = j;
        taken[best] = true;
        double complex dot = 0;
        for (size_t k = 0; k < size; k++)
            dot += l[i * size + k] * r[best * size + k];
        mode[i] = (struct sg_dy8_mode){lambda[i], 1 / cabs(dot)};
        for (size_t k = 0; k < size; k++) {
            if (left)
                left[i * size + k] = l[i * size + k];
            if (right)
                right[i * size + k] = r[best * size + k];
        }
    }
    void *owned[] = {transposed, lambda, mu, l, r, taken};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        free(owned[k]);
    return status;
}

enum sg_status sg_dy8_abscissa(double *abscissa, double complex *at, const double *J, size_t size)
{
    double complex *lambda = SG_NEW(size, double complex);
    const enum sg_status status = sg_base_eigen_general(lambda, NULL, J, size);
    *abscissa = status == SG_OK ? -HUGE_VAL : SG_NAN;
    *at = 0;
    for (size_t i = 0; i < size && status == SG_OK; i++)
        if (cabs(lambda[i]) > SG_DY8_ZERO * cabs(lambda[0]) && creal(lambda[i]) / cabs(lambda[0]) > *abscissa) {
            *abscissa = creal(lambda[i]) / cabs(lambda[0]);
            *at = lambda[i];
        }
    free(lambda);
    return status;
}

enum sg_status sg_dy8_reduced_abscissa(double *abscissa, double complex *at, const struct sg_deep *deep, const double *w, const double *phi,
                                       const double *moments, double kappa)
{
    const size_t size = sg_closed_deep_reduced_size(deep);
    double *J = SG_NEW(size * size, double);
    enum sg_status status = sg_closed_deep_reduced(J, deep, w, phi, moments, kappa);
    if (status == SG_OK)
        status = sg_dy8_abscissa(abscissa, at, J, size);
    free(J);
    return status;
}

double sg_dy8_excess(const struct sg_dy8 *s, const double *w)
{
    const size_t d = s->data.d, m = s->data.m, q = d + m + 1;
    double *P = SG_NEW(d * m, double), *at = SG_NEW(d * m, double), sum = 0;
    sg_closed_deep_product(P, &s->deep, w, 0, s->deep.n_layers);
    sg_closed_deep_product(at, &s->deep, s->fixed, 0, s->deep.n_layers);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t k = 0; k < m; k++)
                sum += (P[i * m + k] - at[i * m + k]) * s->moments[i * q + j] * (P[j * m + k] - at[j * m + k]) / 2;
    free(P);
    free(at);
    return sum;
}

void sg_dy8_plane(double *a, double *b, const struct sg_dy8 *s, const double *end, const double *w_rows, size_t stride, size_t rows)
{
    const size_t n = s->n_w;
    double *w = SG_NEW(n, double), most = 0;
    for (size_t i = 0; i < n; i++)
        a[i] = end[i] - s->fixed[i];
    const double norm = sg_base_norm(a, n);
    for (size_t i = 0; i < n; i++)
        a[i] /= norm;
    memset(b, 0, n * sizeof *b);
    for (size_t k = 0; k < rows; k++) {
        for (size_t i = 0; i < n; i++)
            w[i] = w_rows[k * stride + i] - s->fixed[i];
        const double along = sg_base_dot(a, w, n);
        for (size_t i = 0; i < n; i++)
            w[i] -= along * a[i];
        if (sg_base_norm(w, n) > most) {
            most = sg_base_norm(w, n);
            for (size_t i = 0; i < n; i++)
                b[i] = w[i] / most;
        }
    }
    free(w);
}
