/* A seeded order of minibatches: which samples step t sees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/images.h"

struct sg_order {
    size_t n, batch;
    uint64_t seed, replicate;
    char *name;
    uint64_t epoch;               /* the one `index` is of */
    size_t *index;                /* n: a permutation of 0 .. n - 1 */
    struct sg_rng *rng;
};

/* From the identity, so that the order does not depend on the epochs before. */
static void shuffle(struct sg_order *order, uint64_t epoch)
{
    char purpose[40];
    snprintf(purpose, sizeof purpose, "order of epoch %llu", (unsigned long long)epoch);
    sg_base_rng_restart(order->rng, order->seed, order->name, order->replicate, purpose);
    for (size_t i = 0; i < order->n; i++)
        order->index[i] = i;
    for (size_t i = order->n - 1; i > 0; i--) {
        const size_t j = sg_base_rng_index(order->rng, i + 1), held = order->index[i];
        order->index[i] = order->index[j];
        order->index[j] = held;
    }
    order->epoch = epoch;
}

struct sg_order *sg_data_order_alloc(size_t n, size_t batch, uint64_t seed, const char *name, uint64_t replicate)
{
    SG_REQUIRE(name && batch >= 1 && batch <= n);
    struct sg_order *order = SG_NEW(1, struct sg_order);
    *order = (struct sg_order){.n = n, .batch = batch, .seed = seed, .replicate = replicate, .name = sg_base_copy(name, strlen(name) + 1, 1),
                               .index = SG_NEW(n, size_t), .rng = sg_base_rng_alloc(seed, name, replicate, "order")};
    shuffle(order, 0);
    return order;
}

void sg_data_order_free(struct sg_order *order)
{
    if (!order)
        return;
    sg_base_rng_free(order->rng);
    free(order->index);
    free(order->name);
    free(order);
}

size_t sg_data_order_steps(const struct sg_order *order)
{
    return order->n / order->batch;
}

const size_t *sg_data_order_at(struct sg_order *order, uint64_t step)
{
    const size_t steps = sg_data_order_steps(order);
    if (step / steps != order->epoch)
        shuffle(order, step / steps);
    return order->index + step % steps * order->batch;
}
