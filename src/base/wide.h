/* wide.h - private: 64-byte vectors for the few loops that a BLAS does not have.
 *
 * Lanes are fixed by the type and nothing is contracted, so a function compiled for several
 * instruction sets (SG_WIDE) gives the same bits on all of them. */
#ifndef SG_BASE_WIDE_H
#define SG_BASE_WIDE_H

/* Loads and stores need only the element's alignment. */
typedef double sg_wide_double __attribute__((vector_size(64), aligned(8), may_alias));
typedef float sg_wide_float __attribute__((vector_size(64), aligned(4), may_alias));
typedef double sg_half_double __attribute__((vector_size(32))),
    sg_quarter_double __attribute__((vector_size(16)));
typedef float sg_half_float __attribute__((vector_size(32))),
    sg_quarter_float __attribute__((vector_size(16)));
union sg_lanes_double { sg_wide_double wide; double lane[8]; };

#if defined __x86_64__ && !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__ && \
    !defined __clang__
#define SG_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
/* the loader resolves clones before the sanitizer's shadow exists; clang 14 exports
 * a static clone's resolver */
#define SG_WIDE
#endif

#endif
