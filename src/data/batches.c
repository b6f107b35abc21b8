/* A seeded order of minibatches: which samples step t sees. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/images.h"

struct sg_batches {
    size_t n, batch;
    uint64_t seed, replicate;
    char *name;
    uint64_t epoch;               /* the one `index` is of */
    size_t *index;                /* n: a permutation of 0 .. n - 1 */
    struct sg_rng *rng;
};

/* From the identity, so that the order does not depend on the epochs before. */
static void shuffle(struct sg_batches *batches, uint64_t epoch)
{
    char purpose[40];
    snprintf(purpose, sizeof purpose, "order of epoch %llu", (unsigned long long)epoch);
    sg_base_rng_restart(batches->rng, batches->seed, batches->name, batches->replicate, purpose);
    for (size_t i = 0; i < batches->n; i++)
        batches->index[i] = i;
    for (size_t i = batches->n - 1; i > 0; i--) {
        const size_t j = sg_base_rng_index(batches->rng, i + 1), held = batches->index[i];
        batches->index[i] = batches->index[j];
        batches->index[j] = held;
    }
    batches->epoch = epoch;
}

struct sg_batches *sg_data_batches_alloc(size_t n, size_t batch, uint64_t seed, const char *name,
                                         uint64_t replicate)
{
    SG_REQUIRE(name && batch >= 1 && batch <= n);
    struct sg_batches *batches = SG_NEW(1, struct sg_batches);
    *batches = (struct sg_batches){.n = n,
                                   .batch = batch,
                                   .seed = seed,
                                   .replicate = replicate,
                                   .name = sg_base_copy(name, strlen(name) + 1, 1),
                                   .index = SG_NEW(n, size_t),
                                   .rng = sg_base_rng_alloc(seed, name, replicate, "order")};
    shuffle(batches, 0);
    return batches;
}

void sg_data_batches_free(struct sg_batches *batches)
{
    if (!batches)
        return;
    sg_base_rng_free(batches->rng);
    free(batches->index);
    free(batches->name);
    free(batches);
}

size_t sg_data_batches_steps(const struct sg_batches *batches)
{
    SG_REQUIRE(batches);
    return batches->n / batches->batch;
}

const size_t *sg_data_batches_at(struct sg_batches *batches, uint64_t step)
{
    SG_REQUIRE(batches);
    const size_t steps = sg_data_batches_steps(batches);
    if (step / steps != batches->epoch)
        shuffle(batches, step / steps);
    return batches->index + step % steps * batches->batch;
}
