/* c = alpha op(a) op(b), or added to c: no packing of A, of which a block stays in the second
 * cache, op(B) packed a panel at a time on the stack.
 *
 * With AVX-512 or with AVX2 and FMA; the bits are the same in both. */
#include "net/kernel/real.h"

#if defined __x86_64__
#include <immintrin.h>

/* rows of a packed panel; of the block of op(A) beside it */
enum { DEPTH = 256, BLOCK = (1 << 19) / (DEPTH * (int)sizeof(sg_real)) };
/* multiplications from which on threads are worth calling: some ten microseconds */
enum { LARGE = 1 << 21 };
#define TILE_COUNT(r) + 1

/* left (m), right (n) or NULL: what C starts from, left_i right_j, unless it is added to. */
struct product {
    sg_real *c;
    const sg_real *a, *b, *left, *right;
    enum sg_transpose op;
    size_t m, k, n;
    sg_real alpha;
    bool add;
};
struct part { size_t i0, i1, j0, j1; };

#if defined SG_KERNEL_F64
typedef double vector32 __attribute__((vector_size(32), aligned(8), may_alias));
typedef __mmask8 lanes512;
static const int64_t lanes256[] = {-1, -1, -1, -1, 0, 0, 0, 0};
#define SG_SIMD(bits, name) _mm##bits##_##name##_pd
#else
typedef float vector32 __attribute__((vector_size(32), aligned(4), may_alias));
typedef __mmask16 lanes512;
static const int32_t lanes256[] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
#define SG_SIMD(bits, name) _mm##bits##_##name##_ps
#endif

/* Two vectors' lanes in turns, x0 y0 x1 y1 ...: the first half of that, and the second. */
#define LOW4(x, y) __builtin_shufflevector(x, y, 0, 4, 1, 5)
#define HIGH4(x, y) __builtin_shufflevector(x, y, 2, 6, 3, 7)
#define LOW8(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH8(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define LOW16(x, y) \
    __builtin_shufflevector(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH16(x, y) \
    __builtin_shufflevector(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#if defined SG_KERNEL_F64
#define LOW_OF_512 LOW8
#define HIGH_OF_512 HIGH8
#define LOW_OF_256 LOW4
#define HIGH_OF_256 HIGH4
#else
#define LOW_OF_512 LOW16
#define HIGH_OF_512 HIGH16
#define LOW_OF_256 LOW8
#define HIGH_OF_256 HIGH8
#endif

#define TILE(name) name##_avx512
#define TILE_LOW LOW_OF_512
#define TILE_HIGH HIGH_OF_512
#define TILE_TARGET "avx512f"
#define TILE_VECTOR sg_wide
#define TILE_SPLAT(x) (sg_wide)SG_SIMD(512, set1)(x)
#define TILE_FMA(x, y, z) (sg_wide)SG_SIMD(512, fmadd)(x, y, z)
#define TILE_MASK lanes512
#define TILE_FIRST(n) (lanes512)((1u << (n)) - 1)
#define TILE_TAKE(p, first) (sg_wide)SG_SIMD(512, maskz_loadu)(first, p)
#define TILE_PUT(p, x, first) SG_SIMD(512, mask_storeu)(p, first, x)
#define EACH_ROW(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
#include "net/kernel/tile.h"

#define TILE(name) name##_avx2
#define TILE_LOW LOW_OF_256
#define TILE_HIGH HIGH_OF_256
#define TILE_TARGET "avx2,fma"
#define TILE_VECTOR vector32
#define TILE_SPLAT(x) (vector32)SG_SIMD(256, set1)(x)
#define TILE_FMA(x, y, z) (vector32)SG_SIMD(256, fmadd)(x, y, z)
#define TILE_MASK __m256i
#define TILE_FIRST(n) _mm256_loadu_si256((const __m256i *)(lanes256 + LANES - (n)))
#define TILE_TAKE(p, first) (vector32)SG_SIMD(256, maskload)(p, first)
#define TILE_PUT(p, x, first) SG_SIMD(256, maskstore)(p, first, x)
#define EACH_ROW(F) F(0) F(1) F(2) F(3)
#include "net/kernel/tile.h"

static void multiply(const struct product *p, struct part part)
{
    if (__builtin_cpu_supports("avx512f"))
        gemm_avx512(p, part);
    else
        gemm_avx2(p, part);
}

/* All of C, by the widest vectors that its columns fit in at once. */
static void multiply_whole(const struct product *p)
{
    const size_t lanes = __builtin_cpu_supports("avx512f") ? 64 / sizeof(sg_real)
                                                           : 32 / sizeof(sg_real);
    if (p->n > lanes || p->k > DEPTH)
        multiply(p, (struct part){0, p->m, 0, p->n});
    else if (__builtin_cpu_supports("avx512f"))
        small_avx512(p);
    else
        small_avx2(p);
}

/* Rows or columns of C, whichever there are more of: every entry is one thread's. */
static void multiply_part(size_t part, size_t parts, void *product)
{
    const struct product *p = product;
    struct part mine = {0, p->m, 0, p->n};
    if (p->n >= p->m)
        sg_base_share(&mine.j0, &mine.j1, p->n, 128 / sizeof(sg_real), part, parts);
    else
        sg_base_share(&mine.i0, &mine.i1, p->m, 16, part, parts);
    multiply(p, mine);
}

bool sg_net_tiles(sg_real *c, const sg_real *a, const sg_real *b, const sg_real *left,
                  const sg_real *right, enum sg_transpose op, size_t m, size_t k, size_t n,
                  sg_real alpha, bool add)
{
    struct product p = {c, a, b, left, right, op, m, k, n, alpha, add};
    if (!__builtin_cpu_supports("avx512f") &&
        !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")))
        return false;
    if (m * k * n < LARGE)
        multiply_whole(&p);
    else
        sg_base_split((m > n ? m : n) / 32, multiply_part, &p);
    return true;
}
#else
bool sg_net_tiles(sg_real *c, const sg_real *a, const sg_real *b, const sg_real *left,
                  const sg_real *right, enum sg_transpose op, size_t m, size_t k, size_t n,
                  sg_real alpha, bool add)
{
    (void)c, (void)a, (void)b, (void)left, (void)right, (void)op, (void)m, (void)k, (void)n,
        (void)alpha, (void)add;
    return false;
}
#endif

bool sg_net_gemm(sg_real *c, const sg_real *a, const sg_real *b, const sg_real *left,
                 const sg_real *right, enum sg_transpose op, size_t m, size_t k, size_t n,
                 sg_real alpha, bool add)
{
#if SG_NET_HAS_LIBRARY
    if (sg_net_library(c, a, b, left, right, op, m, k, n, alpha, add))
        return true;
#endif
    return sg_net_tiles(c, a, b, left, right, op, m, k, n, alpha, add);
}
