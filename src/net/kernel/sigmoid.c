/* h' = 1 / (1 + e^-h) for a whole layer.
 *
 * Float: sixteen lanes at a time, the same operations on every machine.
 * max(-|h|, -87) = n ln 2 + r, so that e^-|h| = 2^n e^r with |r| <= ln 2 / 2, and e^r by the
 * polynomial of Cephes' expf (Moshier 1989): e^-|h| to two ulps.  sigma is 1 / (1 + e) or, for
 * h < 0, e / (1 + e): no digit is lost in either tail, down to e^-87.  Double: number by number. */
#include <string.h>

#include "net/kernel/sigma.h"

#if defined SG_KERNEL_F32

typedef uint32_t bits __attribute__((vector_size(64)));
enum { LANES = 16 };
/* Per lane: a where the mask is set, else b. */
#define SELECT(mask, a, b) ((sg_wide)(((bits)(mask) & (bits)(a)) | (~(bits)(mask) & (bits)(b))))

/* In place on LANES numbers; a pointer, because how a wide vector is passed
 * differs between the clones. */
static inline __attribute__((always_inline)) void sigmoid(float *out, const float *in)
{
    const sg_wide x = *(const sg_wide *)in, zero = {0}, one = zero + 1, floor = zero - 87;
    const sg_wide negative = SELECT(x < zero, x, -x), z = SELECT(negative < floor, floor, negative);
    /* 1.5 * 2^23: the integer nearest to z / ln 2 ends in the last bits */
    const sg_wide shifted = z * 1.44269504f + 12582912.0f;
    const sg_wide n = shifted - 12582912.0f, r = (z - n * 0.693359375f) - n * -2.12194440e-4f;
    sg_wide p = zero + 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = (p * (r * r) + r) + one;
    /* times 2^n: n goes to the exponent, the shift's own bits fall out */
    const sg_wide e = (sg_wide)((bits)p + ((bits)shifted << 23));
    const sg_wide s = SELECT(x < zero, e, one) / (one + e);
    *(sg_wide *)out = SELECT(x == x, s, x);                        /* a NaN stays one */
}

#define sg_net_sigmoid_lanes SG_KERNEL(sg_net_sigmoid_lanes)
SG_WIDE static void sg_net_sigmoid_lanes(float *out, const float *in, size_t n)
{
    float last[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        sigmoid(out + i, in + i);
    if (i < n) {
        memcpy(last, in + i, (n - i) * sizeof *last);
        sigmoid(last, last);
        memcpy(out + i, last, (n - i) * sizeof *last);
    }
}

void sg_net_sigmoid_forward(const struct sg_layer_pass *pass)
{
    sg_net_sigmoid_lanes(pass->h_out, pass->h_in, pass->block->n * pass->in);
}

#else

void sg_net_sigmoid_forward(const struct sg_layer_pass *pass)
{
    const sg_real *in = pass->h_in;
    sg_real *out = pass->h_out;
    for (size_t i = 0; i < pass->block->n * pass->in; i++)
        out[i] = sg_net_sigma(in[i]);
}

#endif
