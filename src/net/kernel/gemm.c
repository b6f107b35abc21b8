/* c = alpha op(a) op(b), or added to c, for matrices of some hundred rows and columns: no packing of A, op(B) packed a panel at a time on the stack.
 *
 * With AVX-512 or with AVX2 and FMA; the bits are the same in both.  At these sizes it takes about half of OpenBLAS's time. */
#include "net/kernel/real.h"

#if defined __x86_64__
#include <immintrin.h>

enum { DEPTH = 256 };      /* rows of a packed panel */
#define TILE_COUNT(r) + 1

#if defined SG_KERNEL_F64
typedef double vector32 __attribute__((vector_size(32), aligned(8), may_alias));
#define SG_SIMD(bits, name) _mm##bits##_##name##_pd
#else
typedef float vector32 __attribute__((vector_size(32), aligned(4), may_alias));
#define SG_SIMD(bits, name) _mm##bits##_##name##_ps
#endif

#define TILE(name) name##_avx512
#define TILE_TARGET "avx512f"
#define TILE_VECTOR sg_wide
#define TILE_SPLAT(x) (sg_wide)SG_SIMD(512, set1)(x)
#define TILE_FMA(x, y, z) (sg_wide)SG_SIMD(512, fmadd)(x, y, z)
#define EACH_ROW(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
#include "net/kernel/tile.h"

#define TILE(name) name##_avx2
#define TILE_TARGET "avx2,fma"
#define TILE_VECTOR vector32
#define TILE_SPLAT(x) (vector32)SG_SIMD(256, set1)(x)
#define TILE_FMA(x, y, z) (vector32)SG_SIMD(256, fmadd)(x, y, z)
#define EACH_ROW(F) F(0) F(1) F(2) F(3)
#include "net/kernel/tile.h"

bool sg_net_gemm(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op, size_t m, size_t k, size_t n, sg_real alpha, bool add)
{
    if (__builtin_cpu_supports("avx512f"))
        gemm_avx512(c, a, b, op, m, k, n, alpha, add);
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        gemm_avx2(c, a, b, op, m, k, n, alpha, add);
    else
        return false;
    return true;
}
#else
bool sg_net_gemm(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op, size_t m, size_t k, size_t n, sg_real alpha, bool add)
{
    (void)c, (void)a, (void)b, (void)op, (void)m, (void)k, (void)n, (void)alpha, (void)add;
    return false;
}
#endif
