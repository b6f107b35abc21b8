/* Dense layer: h_{i+1} = h_i W + 1 b.  W (in x out), then b (out) if any; h rows of samples.
 *
 *   arriving = delta W^T (or delta F^T),   dW = weight h_i^T delta,   db = weight 1^T delta. */
#include "net/kernel/real.h"

static size_t n_params(const struct sg_layer *layer, size_t in)
{
    return (in + (layer->bias ? 1 : 0)) * layer->width;
}

static void init(void *wv, void *aux, const struct sg_layer *layer, size_t in, double sd,
                 struct sg_rng *rng)
{
    (void)aux;
    sg_real *w = wv;
    for (size_t i = 0; i < in * layer->width; i++)
        w[i] = (sg_real)(sd * sg_base_rng_gaussian(rng));
    for (size_t j = 0; layer->bias && j < layer->width; j++)
        w[in * layer->width + j] = 0;
}

static void forward(const struct sg_layer_pass *pass)
{
    const size_t n = pass->block->n;
    const sg_real *w = pass->w;
    if (pass->bias)
        sg_net_multiply_start(pass->h_out, pass->h_in, w, pass->block->one,
                              w + pass->in * pass->out, n, pass->in, pass->out);
    else
        sg_net_multiply_here(pass->h_out, pass->h_in, w, SG_NN, n, pass->in, pass->out, 1.0, false);
}

static void backward(const struct sg_layer_pass *pass)
{
    const size_t n = pass->block->n;
    const bool add = !pass->block->first;
    sg_real *dw = pass->dw;
    if (pass->arriving)
        sg_net_multiply_here(pass->arriving, pass->delta, pass->feedback ? pass->feedback : pass->w,
                             SG_NT, n, pass->out, pass->in, 1.0, false);
    if (dw)
        sg_net_multiply_here(dw, pass->h_in, pass->delta, SG_TN, pass->in, n, pass->out,
                             pass->block->weight, add);
    if (dw && pass->bias)
        sg_net_multiply(dw + pass->in * pass->out, pass->block->one, pass->delta, SG_TN, 1, n,
                        pass->out, pass->block->weight, add);
}

const struct sg_layer_ops SG_KERNEL(sg_net_dense) = {
    .name = "dense",
    .linear = true,
    .matrix = true,
    .n_params = n_params,
    .init = init,
    .forward = forward,
    .backward = backward,
};
