/* Random streams: xoshiro256** as a GSL generator, one independent stream per
 * (seed, name, replicate, purpose).
 *
 * GSL's own generators take 32-bit seeds, so among the tens of thousands of streams of a sweep two
 * would collide.  Here 256 bits of state are filled by SplitMix64 from a 64-bit hash.
 * D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021);
 * G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/base.h"

struct xoshiro { uint64_t s[4]; };
struct sg_rng { gsl_rng gsl; struct xoshiro state; };

static uint64_t splitmix64(uint64_t *x)
{
    uint64_t z = (*x += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static unsigned long xoshiro_get(void *self)
{
    uint64_t *s = ((struct xoshiro *)self)->s;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

static double xoshiro_get_double(void *self)
{
    return (double)(xoshiro_get(self) >> 11) * 0x1p-53;
}

static void xoshiro_set(void *self, unsigned long seed)
{
    uint64_t x = seed;
    for (int i = 0; i < 4; i++)
        ((struct xoshiro *)self)->s[i] = splitmix64(&x);
}

static const gsl_rng_type xoshiro_type = {
    "xoshiro256**", UINT64_MAX,         0, sizeof(struct xoshiro), xoshiro_set,
    xoshiro_get,    xoshiro_get_double,
};

/* Over the bytes of a text, its end included so that ("ab","c") and ("a","bc") differ. */
static uint64_t hash_text(uint64_t h, const char *text)
{
    return sg_base_digest(h, text, strlen(text) + 1);
}

struct sg_rng *sg_base_rng_alloc(uint64_t seed, const char *name, uint64_t replicate,
                                 const char *purpose)
{
    SG_REQUIRE(name && purpose);
    struct sg_rng *rng = SG_NEW(1, struct sg_rng);
    sg_base_rng_restart(rng, seed, name, replicate, purpose);
    return rng;
}

void sg_base_rng_restart(struct sg_rng *rng, uint64_t seed, const char *name, uint64_t replicate,
                         const char *purpose)
{
    SG_REQUIRE(name && purpose && rng);
    uint64_t mix = seed, h = splitmix64(&mix);
    mix += replicate;
    h ^= splitmix64(&mix);
    h = hash_text(hash_text(h ^ SG_BASE_DIGEST, name), purpose);
    rng->gsl.type = &xoshiro_type;
    rng->gsl.state = &rng->state;
    gsl_rng_set(&rng->gsl, h);
}

void sg_base_rng_free(struct sg_rng *rng)
{
    free(rng);
}

double sg_base_rng_uniform(struct sg_rng *rng)
{
    SG_REQUIRE(rng);
    return gsl_rng_uniform(&rng->gsl);
}

double sg_base_rng_gaussian(struct sg_rng *rng)
{
    SG_REQUIRE(rng);
    return gsl_ran_gaussian_ziggurat(&rng->gsl, 1.0);
}

void sg_base_rng_gaussians(double *out, size_t n, struct sg_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        out[i] = sg_base_rng_gaussian(rng);
}

size_t sg_base_rng_index(struct sg_rng *rng, size_t n)
{
    SG_REQUIRE(rng && n >= 1);
    return gsl_rng_uniform_int(&rng->gsl, n);
}

void sg_base_rng_direction(double *out, size_t n, struct sg_rng *rng)
{
    SG_REQUIRE(rng);
    gsl_ran_dir_nd(&rng->gsl, n, out);
}
