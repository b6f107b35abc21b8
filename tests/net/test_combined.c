/* Every loss with every activation, batch norm or not, and every SG family: gradients are
 * gradients, against difference quotients in float64. */
#include <stdlib.h>

#include "support.h"
#include "synthgrad/net.h"

enum { N = 13, D = 4, WIDTH = 5, CLASSES = 3, AUX_MOST = 4 * WIDTH, H_STEPS = 3 };

struct combination {
    enum sg_loss_kind loss;
    enum sg_layer_kind activation;
    bool batch_norm;
    enum sg_family family;
};

struct instance {
    struct sg_net *net;
    struct sg_net_work *work;
    struct sg_batch batch;
    struct sg_data data;
    double *w, *phi, *dw, *dphi, *target, aux[AUX_MOST];
    size_t k;                        /* roundings on the longest path, a crude bound */
    size_t at;                       /* the module's boundary */
};

static void make_labels(struct sg_data *data, enum sg_loss_kind loss, struct sg_rng *rng)
{
    if (loss == SG_MSE)
        return;
    for (size_t i = 0; i < N; i++) {
        const size_t label = sg_base_rng_index(rng, data->m == 1 ? 2 : data->m);
        for (size_t j = 0; j < data->m; j++)
            data->y[i * data->m + j] = data->m == 1 ? (double)label : j == label;
    }
}

/* dense (bn) act dense (bn) act dense; the SG observes after the first activation, so that dw is
 * the loss's own gradient. */
static void make_instance(struct instance *in, const struct combination *c, struct sg_rng *rng)
{
    const size_t m = c->loss == SG_LOGISTIC ? 1 : CLASSES;
    struct sg_layer layer[7];
    size_t n_layers = 0;
    for (size_t block = 0; block < 2; block++) {
        layer[n_layers++] = (struct sg_layer){SG_DENSE, WIDTH, !c->batch_norm};
        if (c->batch_norm)
            layer[n_layers++] = (struct sg_layer){SG_BATCHNORM, WIDTH, false};
        layer[n_layers++] = (struct sg_layer){c->activation, WIDTH, false};
        in->at = block == 0 ? n_layers : in->at;
    }
    layer[n_layers++] = (struct sg_layer){SG_DENSE, m, true};
    const struct sg_module module = {in->at,         c->family, SG_H | SG_Y | SG_ONE,
                                     SG_TARGET_TRUE, 0.0,       c->family == SG_MLP ? 4 : 0};
    const struct sg_arch arch = {.dtype = SG_F64,
                                 .loss = c->loss,
                                 .inputs = D,
                                 .labels = m,
                                 .n_layers = n_layers,
                                 .layers = layer,
                                 .n_modules = 1,
                                 .modules = &module};
    in->net = sg_net_alloc(&arch);
    in->work = sg_net_work_alloc(in->net, N);
    in->data = random_data(N, D, m, rng);
    make_labels(&in->data, c->loss, rng);
    in->batch = (struct sg_batch){N, in->data.x, in->data.y, in->data.one};
    const struct sg_sizes sizes = sg_net_sizes(in->net);
    SG_REQUIRE(sizes.aux <= AUX_MOST);
    in->w = random_vector(sizes.w, 0.7, rng);
    in->phi = random_vector(sizes.phi, 0.3, rng);
    in->dw = SG_NEW(sizes.w, double);
    in->dphi = SG_NEW(sizes.phi, double);
    in->k = 40 * (N + D + WIDTH + CLASSES);
    const struct sg_state state = {in->w, in->phi, in->aux};
    sg_net_eval_state(in->dw, in->dphi, NULL, in->net, &state, &in->batch,
                      SG_WANT_W | SG_WANT_PHI | SG_TRAIN, in->work);
    in->target = sg_base_copy(sg_net_view(in->work, SG_VIEW_G, in->at), N * WIDTH, sizeof(double));
}

static void free_instance(struct instance *in)
{
    sg_net_free(in->net);
    sg_net_work_free(in->work);
    sg_data_free(&in->data);
    free(in->w);
    free(in->phi);
    free(in->dw);
    free(in->dphi);
    free(in->target);
}

/* L, or 1/2 E|s - target|^2 with the target of the start; *size: what its
 * rounding is relative to. */
static double value(double *size, const struct instance *in, bool of_sg)
{
    struct sg_metrics metrics;
    double aux[AUX_MOST] = {0}, sum = 0;
    const struct sg_state state = {in->w, in->phi, aux};
    sg_net_eval_state(NULL, NULL, &metrics, in->net, &state, &in->batch, SG_WANT_METRICS | SG_TRAIN,
                      in->work);
    *size = fabs(metrics.loss) + 1;
    if (!of_sg)
        return metrics.loss;
    const double *s = sg_net_view(in->work, SG_VIEW_S, in->at);
    for (size_t i = 0; i < N * WIDTH; i++) {
        sum += (s[i] - in->target[i]) * (s[i] - in->target[i]) / (2 * N);
        *size += (s[i] * s[i] + in->target[i] * in->target[i]) / N;
    }
    return sum;
}

/* Central quotients at h, 2h, 4h and Richardson's R from them, as in test_smooth.c: R(h) is off by
 * less than |R(2h) - R(h)| / 3 where the next order is small, and by 4 k u |F| / 2h of rounding.  A
 * kink of relu between the points breaks the first: such an entry is left out, and counted. */
static bool check_entry(const struct instance *in, double *theta, double gradient, bool of_sg)
{
    double d[H_STEPS], noise = 0, size;
    const double kept = *theta, h = ldexp(1, -12);
    for (int k = 0; k < H_STEPS; k++) {
        double f[2], at[2];
        for (int side = 0; side < 2; side++) {
            at[side] = *theta = kept + (side ? 1 : -1) * h * ldexp(1, k);
            f[side] = value(&size, in, of_sg);
            noise = sg_base_max(noise, 4 * (double)in->k * SG_UNIT_ROUNDOFF * size / (2 * h));
        }
        d[k] = (f[1] - f[0]) / (at[1] - at[0]);
    }
    *theta = kept;
    const double fine = d[0] - (d[1] - d[0]) / 3, coarse = d[1] - (d[2] - d[1]) / 3,
                 truncation = fabs(fine - coarse) / 3;
    if (truncation > 1e-5 * (fabs(fine) + 1))
        return false;
    CHECK_CLOSE(gradient, fine, truncation + noise);
    return true;
}

static void all_combinations(void **state)
{
    (void)state;
    static const enum sg_loss_kind losses[] = {SG_MSE, SG_SOFTMAX_XENT, SG_LOGISTIC};
    static const enum sg_layer_kind activations[] = {SG_RELU, SG_SIGMOID};
    static const enum sg_family families[] = {SG_LINEAR, SG_SIGMOID_LINEAR, SG_MLP};
    size_t checked = 0, left_out = 0;
    for (size_t t = 0; t < COUNT(losses) * COUNT(activations) * 2 * COUNT(families); t++) {
        const struct combination c = {losses[t % 3], activations[t / 3 % 2], t / 6 % 2 == 1,
                                      families[t / 12]};
        struct sg_rng *rng = test_rng("combined", t);
        struct instance in;
        context("loss %d, activation %d, batch norm %d, family %d", (int)c.loss, (int)c.activation,
                c.batch_norm, (int)c.family);
        make_instance(&in, &c, rng);
        const struct sg_sizes sizes = sg_net_sizes(in.net);
        for (size_t i = 0; i < sizes.w; i += 2, checked++)
            left_out += !check_entry(&in, &in.w[i], in.dw[i], false);
        for (size_t i = 0; i < sizes.phi; i += 2, checked++)
            left_out += !check_entry(&in, &in.phi[i], in.dphi[i], true);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
    /* 130 relus and 2^-9 between the outermost points: a kink in a few of a hundred entries. */
    CHECK(checked > 1000 && left_out < checked / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(all_combinations)};
    return RUN(tests);
}
