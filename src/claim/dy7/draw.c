/* DY7: nets of a given depth, their widths, the SG's place and the start drawn. */
#include <math.h>

#include "claim/dy7/parts.h"

enum { WIDEST = 8 };

struct sg_dy7_shape sg_dy7_draw_shape(size_t depth, size_t outputs, struct sg_rng *rng)
{
    struct sg_dy7_shape s = {.depth = depth};
    for (size_t i = 0; i + 1 < s.depth; i++)
        s.layer[i] = (struct sg_layer){SG_DENSE, 1 + sg_base_rng_index(rng, WIDEST), false};
    s.layer[s.depth - 1] = (struct sg_layer){SG_DENSE, outputs, false};
    s.at = 1 + sg_base_rng_index(rng, s.depth - 1);          /* a hidden boundary */
    s.module = (struct sg_module){s.at, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    return s;
}

/* Rectangular identities plus noise: a product of many small random matrices would start in the
 * saddle at 0. */
void sg_dy7_draw_start(double *w, double *phi, const struct sg_net *net, struct sg_rng *rng)
{
    const struct sg_sizes sizes = sg_net_sizes(net);
    for (size_t i = 0; i < sg_net_arch(net)->n_layers; i++) {
        const size_t in = sg_net_width(net, i), out = sg_net_width(net, i + 1);
        double *layer = w + sg_net_layer_offset(net, i);
        for (size_t j = 0; j < in * out; j++)
            layer[j] = (j / out == j % out ? 1.0 : 0.0) +
                       0.3 / sqrt((double)in) * sg_base_rng_gaussian(rng);
    }
    for (size_t i = 0; i < sizes.phi; i++)
        phi[i] = 3 * sg_base_rng_gaussian(rng);               /* far off: relative error above 1 */
}
