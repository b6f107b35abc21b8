/* Layers that act on each number alone; backward needs their output only.
 *
 *   relu: h' = max(h, 0), slope 0 at 0;   sigmoid: h' = 1 / (1 + e^-h), slope h' (1 - h').
 *
 * A NaN stays one in both directions: divergence must not end in a rectifier. */
#include "net/kernel/real.h"

#define sg_net_relu_forward SG_KERNEL(sg_net_relu_forward)
#define sg_net_relu_backward SG_KERNEL(sg_net_relu_backward)
#define sg_net_sigmoid_backward SG_KERNEL(sg_net_sigmoid_backward)
#define LANES (sizeof(sg_wide) / sizeof(sg_real))
#define LOAD(p) (*(const sg_wide *)(p))
/* The lanes of v where `mask` (a comparison's lanes: 0 or all bits) is not set, 0 elsewhere. */
#define CLEAR(v, mask) ((sg_wide)(~(mask) & (__typeof__(mask))(v)))

/* of what a thread takes: whole lines, so that no two write the same one */
enum { UNIT = 1024 };

static size_t no_params(const struct sg_layer *layer, size_t in)
{
    (void)layer; (void)in;
    return 0;
}

SG_WIDE static void sg_net_relu_forward(sg_real *out, const sg_real *in, size_t size)
{
    const sg_wide zero = {0};
    size_t i = 0;
    for (; i + LANES <= size; i += LANES) {
        const sg_wide v = LOAD(in + i);
        *(sg_wide *)(out + i) = CLEAR(v, v <= zero);
    }
    for (; i < size; i++)
        out[i] = in[i] <= 0 ? 0 : in[i];
}

SG_WIDE static void sg_net_relu_backward(sg_real *arriving, const sg_real *delta,
                                         const sg_real *out, size_t size)
{
    const sg_wide zero = {0};
    size_t i = 0;
    for (; i + LANES <= size; i += LANES)
        *(sg_wide *)(arriving + i) = CLEAR(LOAD(delta + i), LOAD(out + i) <= zero);
    for (; i < size; i++)
        arriving[i] = out[i] <= 0 ? 0 : delta[i];
}

static void relu_up(size_t part, size_t parts, void *passv)
{
    const struct sg_layer_pass *pass = passv;
    size_t from, to;
    sg_base_share(&from, &to, pass->block->n * pass->in, UNIT, part, parts);
    sg_net_relu_forward((sg_real *)pass->h_out + from, (const sg_real *)pass->h_in + from,
                        to - from);
}

static void relu_down(size_t part, size_t parts, void *passv)
{
    const struct sg_layer_pass *pass = passv;
    size_t from, to;
    sg_base_share(&from, &to, pass->block->n * pass->in, UNIT, part, parts);
    sg_net_relu_backward((sg_real *)pass->arriving + from, (const sg_real *)pass->delta + from,
                         (const sg_real *)pass->h_out + from, to - from);
}

static void relu_forward(const struct sg_layer_pass *pass)
{
    struct sg_layer_pass mine = *pass;
    if (pass->block->n * pass->in < SG_NET_SHARED)
        relu_up(0, 1, &mine);
    else
        sg_base_split(SIZE_MAX, relu_up, &mine);
}

static void relu_backward(const struct sg_layer_pass *pass)
{
    struct sg_layer_pass mine = *pass;
    if (!pass->arriving)
        return;
    if (pass->block->n * pass->in < SG_NET_SHARED)
        relu_down(0, 1, &mine);
    else
        sg_base_split(SIZE_MAX, relu_down, &mine);
}

SG_WIDE static void sg_net_sigmoid_backward(const struct sg_layer_pass *pass)
{
    const sg_real *out = pass->h_out, *delta = pass->delta;
    sg_real *arriving = pass->arriving;
    const size_t size = arriving ? pass->block->n * pass->in : 0;
    size_t i = 0;
    for (; i + LANES <= size; i += LANES)
        *(sg_wide *)(arriving + i) = LOAD(delta + i) * (LOAD(out + i) * (1 - LOAD(out + i)));
    for (; i < size; i++)
        arriving[i] = delta[i] * (out[i] * (1 - out[i]));
}

const struct sg_layer_ops SG_KERNEL(sg_net_relu) = {
    .name = "relu", .n_params = no_params, .forward = relu_forward, .backward = relu_backward,
};
const struct sg_layer_ops SG_KERNEL(sg_net_sigmoid) = {
    .name = "sigmoid",
    .n_params = no_params,
    .forward = sg_net_sigmoid_forward,
    .backward = sg_net_sigmoid_backward,
};
