/* Dense layer: h_{i+1} = h_i W + 1 b.  W (in x out), then b (out) if any; h rows of samples.
 *
 *   arriving = delta W^T,   dW += weight h_i^T delta,   db += weight 1^T delta. */
#include <string.h>

#include "net/kernel/real.h"

static size_t n_params(const struct sg_layer *layer, size_t in)
{
    return (in + (layer->bias ? 1 : 0)) * layer->width;
}

static void forward(const struct sg_layer_pass *pass)
{
    const size_t n = pass->block->n;
    const sg_real *w = pass->w;
    memset(pass->h_out, 0, n * pass->out * sizeof(sg_real));
    sg_net_multiply_add(pass->h_out, pass->h_in, w, SG_NN, n, pass->in, pass->out, 1.0);
    if (pass->bias)
        sg_net_multiply_add(pass->h_out, pass->block->one, w + pass->in * pass->out, SG_NN, n, 1, pass->out, 1.0);
}

static void backward(const struct sg_layer_pass *pass)
{
    const size_t n = pass->block->n;
    sg_real *dw = pass->dw;
    if (pass->arriving) {
        memset(pass->arriving, 0, n * pass->in * sizeof(sg_real));
        sg_net_multiply_add(pass->arriving, pass->delta, pass->w, SG_NT, n, pass->out, pass->in, 1.0);
    }
    if (dw)
        sg_net_multiply_add(dw, pass->h_in, pass->delta, SG_TN, pass->in, n, pass->out, pass->block->weight);
    if (dw && pass->bias)
        sg_net_multiply_add(dw + pass->in * pass->out, pass->block->one, pass->delta, SG_TN, 1, n, pass->out, pass->block->weight);
}

const struct sg_layer_ops SG_KERNEL(sg_net_dense) = {
    .name = "dense", .linear = true, .n_params = n_params, .forward = forward, .backward = backward,
};
