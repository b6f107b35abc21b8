/* c += alpha op(a) op(b) for the shapes that small nets have: plain loops where a BLAS call
 * costs more than the arithmetic, GEMM where both sides are matrices, and our own
 * matrix-vector products, which for the short rows of a regression or a compressed data set
 * take about half of OpenBLAS's time. */
#include <string.h>

#include "net/kernel/real.h"

enum { SMALL = SG_NET_SMALL, NARROW = SG_NET_NARROW, LANES = 64 / (int)sizeof(sg_real), ROWS = 4 };

static void multiply_small(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op,
                           size_t m, size_t k, size_t n, sg_real alpha)
{
    const size_t a_row = op == SG_TN ? 1 : k, a_col = op == SG_TN ? m : 1;
    const size_t b_row = op == SG_NT ? 1 : n, b_col = op == SG_NT ? k : 1;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            sg_real sum = 0;
            for (size_t l = 0; l < k; l++)
                sum += a[i * a_row + l * a_col] * b[l * b_row + j * b_col];
            c[i * n + j] += alpha * sum;
        }
}

/* Macros: a function would take or return a wide vector, and how that is passed
 * differs between the clones. */
#define LOAD(p) (*(const sg_wide *)(p))

/* The lanes' sum, halved pairwise: a fixed order on every machine. */
union lanes { sg_wide wide; sg_half half[2]; sg_quarter quarter[4]; sg_real lane[LANES]; };
#define LANE_SUM(sum, v) \
    do { \
        union lanes all = {.wide = (v)}; \
        all.half[0] += all.half[1]; \
        all.quarter[0] += all.quarter[1]; \
        (sum) = LANES == 8 ? all.lane[0] + all.lane[1] \
                           : (all.lane[0] + all.lane[2]) + (all.lane[1] + all.lane[3]); \
    } while (0)

/* The m rows of length k start where?  Short of four, the first row
 * again: its result is not used. */
#define FOUR_ROWS(a, i, rows, k) \
    *r0 = (a) + (i) * (k), *r1 = r0 + ((rows) > 1 ? (k) : 0), \
    *r2 = r0 + ((rows) > 2 ? 2 * (k) : 0), *r3 = r0 + ((rows) > 3 ? 3 * (k) : 0)

/* c_i += alpha a_i . b for the m rows a_i of length k, four at a time so that b
 * is loaded once for four. */
SG_WIDE static void sg_net_dot_rows(sg_real *c, const sg_real *a, const sg_real *b, size_t m,
                                    size_t k, sg_real alpha)
{
    for (size_t i = 0; i < m; i += ROWS) {
        const size_t rows = m - i < ROWS ? m - i : ROWS;
        const sg_real FOUR_ROWS(a, i, rows, k);
        sg_wide v0 = {0}, v1 = {0}, v2 = {0}, v3 = {0};
        sg_real s[ROWS], t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        size_t l = 0;
        for (; l + LANES <= k; l += LANES) {
            const sg_wide bl = LOAD(b + l);
            v0 += LOAD(r0 + l) * bl;
            v1 += LOAD(r1 + l) * bl;
            v2 += LOAD(r2 + l) * bl;
            v3 += LOAD(r3 + l) * bl;
        }
        for (; l < k; l++) {
            t0 += r0[l] * b[l];
            t1 += r1[l] * b[l];
            t2 += r2[l] * b[l];
            t3 += r3[l] * b[l];
        }
        LANE_SUM(s[0], v0);
        LANE_SUM(s[1], v1);
        LANE_SUM(s[2], v2);
        LANE_SUM(s[3], v3);
        s[0] += t0;
        s[1] += t1;
        s[2] += t2;
        s[3] += t3;
        for (size_t j = 0; j < rows; j++)
            c[i + j] += alpha * s[j];
    }
}

/* c += alpha sum_l b_l a_l for the k rows a_l of length m, four at a time so that c
 * is stored once for four. */
SG_WIDE static void sg_net_add_rows(sg_real *c, const sg_real *a, const sg_real *b, size_t m,
                                    size_t k, sg_real alpha)
{
    for (size_t l = 0; l < k; l += ROWS) {
        const size_t rows = k - l < ROWS ? k - l : ROWS;
        const sg_real FOUR_ROWS(a, l, rows, m);
        const sg_real s0 = alpha * b[l], s1 = rows > 1 ? alpha * b[l + 1] : 0,
                      s2 = rows > 2 ? alpha * b[l + 2] : 0, s3 = rows > 3 ? alpha * b[l + 3] : 0;
        size_t i = 0;
        for (; i + LANES <= m; i += LANES)
            *(sg_wide *)(c + i) += (s0 * LOAD(r0 + i) + s1 * LOAD(r1 + i)) +
                                   (s2 * LOAD(r2 + i) + s3 * LOAD(r3 + i));
        for (; i < m; i++)
            c[i] += (s0 * r0[i] + s1 * r1[i]) + (s2 * r2[i] + s3 * r3[i]);
    }
}

/* c += scale a, elementwise: one column times a number. */
SG_WIDE static void sg_net_add_scaled(sg_real *c, const sg_real *a, sg_real scale, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        *(sg_wide *)(c + i) += scale * LOAD(a + i);
    for (; i < n; i++)
        c[i] += scale * a[i];
}

/* Two columns at once.  What one product stores as a pair the next one loads as a pair or as a
 * number: a load wider than the store it waits for would stall. */
typedef sg_real sg_pair
    __attribute__((vector_size(2 * sizeof(sg_real)), aligned(sizeof(sg_real)), may_alias));
#define PAIR(p) (*(sg_pair *)(p))
#define CONST_PAIR(p) (*(const sg_pair *)(p))

/* A loop of at most NARROW turns, known to the compiler: unrolled, so that what
 * it indexes is registers. */
#define EACH(i, from, n) _Pragma("GCC unroll 4") for (size_t i = (from); i < (n); i++)

/* Two rows of two at once: the numbers of the first column, doubled, and of the second. */
typedef sg_real sg_four
    __attribute__((vector_size(4 * sizeof(sg_real)), aligned(sizeof(sg_real)), may_alias));
#define FOUR(p) (*(sg_four *)(p))
#define CONST_FOUR(p) (*(const sg_four *)(p))
#define FIRST(v) __builtin_shufflevector(v, v, 0, 0, 2, 2)
#define SECOND(v) __builtin_shufflevector(v, v, 1, 1, 3, 3)

/* c = A op(b) for an even number of rows, everything two wide. */
static inline __attribute__((always_inline)) void two_by_two_rows(sg_real *c, const sg_real *a,
                                                                  sg_pair b0, sg_pair b1, size_t m)
{
    const sg_four first = {b0[0], b0[1], b0[0], b0[1]}, second = {b1[0], b1[1], b1[0], b1[1]};
    for (size_t i = 0; i < m; i += 2, a += 4, c += 4) {
        const sg_four rows = CONST_FOUR(a);
        FOUR(c) = FIRST(rows) * first + SECOND(rows) * second;
    }
}

/* a^T b over an even number of rows, everything two wide: its rows in sum, even rows and odd rows
 * of A added apart and then together. */
static inline __attribute__((always_inline)) void two_by_two_columns(
    sg_pair sum[NARROW][NARROW / 2], const sg_real *a, const sg_real *b, size_t k)
{
    sg_four first = {0}, second = {0};
    for (size_t l = 0; l < k; l += 2, a += 4, b += 4) {
        const sg_four rows = CONST_FOUR(a), by = CONST_FOUR(b);
        first += FIRST(rows) * by;
        second += SECOND(rows) * by;
    }
    sum[0][0] = (sg_pair){first[0] + first[2], first[1] + first[3]};
    sum[1][0] = (sg_pair){second[0] + second[2], second[1] + second[3]};
}

/* c = op(b)'s k rows weighted by A's, or added to c; k and n known to the compiler:
 * op(B) stays in registers. */
static inline __attribute__((always_inline)) void narrow_rows(sg_real *c, const sg_real *a,
                                                              const sg_real *b, bool b_transposed,
                                                              size_t m, size_t k, size_t n,
                                                              sg_real alpha, bool add)
{
    sg_pair two[NARROW][NARROW / 2];
    sg_real one[NARROW];
    EACH(l, 0, k) {
        EACH(j, 0, n / 2)
        two[l][j] = b_transposed ? (sg_pair){b[2 * j * k + l], b[(2 * j + 1) * k + l]}
                                 : CONST_PAIR(b + l * n + 2 * j);
        one[l] = b_transposed ? b[(n - 1) * k + l] : b[l * n + n - 1];
    }
    if (k == 2 && n == 2 && !add) {
        const size_t even = m & ~(size_t)1;
        two_by_two_rows(c, a, two[0][0], two[1][0], even);
        a += 2 * even;
        c += 2 * even;
        m -= even;
    }
#pragma GCC unroll 2
    for (size_t i = 0; i < m; i++, a += k, c += n) {
        EACH(j, 0, n / 2) {
            sg_pair sum = a[0] * two[0][j];
            EACH(l, 1, k)
                sum += a[l] * two[l][j];
            if (add)
                sum = alpha * sum + PAIR(c + 2 * j);
            PAIR(c + 2 * j) = sum;
        }
        if (n % 2) {
            sg_real sum = a[0] * one[0];
            EACH(l, 1, k)
                sum += a[l] * one[l];
            c[n - 1] = add ? c[n - 1] + alpha * sum : sum;
        }
    }
}

/* c = alpha a^T b from k rows of A and B, or added to c; m and n known:
 * the sums stay in registers. */
static inline __attribute__((always_inline)) void narrow_columns(sg_real *c, const sg_real *a,
                                                                 const sg_real *b, size_t m,
                                                                 size_t k, size_t n, sg_real alpha,
                                                                 bool add)
{
    sg_pair two[NARROW][NARROW / 2];
    sg_real one[NARROW];
    EACH(i, 0, m) {
        EACH(j, 0, n / 2)
            two[i][j] = (sg_pair){0};
        one[i] = 0;
    }
    if (m == 2 && n == 2) {
        const size_t even = k & ~(size_t)1;
        two_by_two_columns(two, a, b, even);
        a += 2 * even;
        b += 2 * even;
        k -= even;
    }
#pragma GCC unroll 2
    for (size_t l = 0; l < k; l++, a += m, b += n)
        EACH(i, 0, m) {
            EACH(j, 0, n / 2)
                two[i][j] += a[i] * CONST_PAIR(b + 2 * j);
            if (n % 2)
                one[i] += a[i] * b[n - 1];
        }
    EACH(i, 0, m) {
        EACH(j, 0, n / 2) {
            sg_pair sum = alpha * two[i][j];
            if (add)
                sum += PAIR(c + i * n + 2 * j);
            PAIR(c + i * n + 2 * j) = sum;
        }
        if (n % 2)
            c[i * n + n - 1] = alpha * one[i] + (add ? c[i * n + n - 1] : 0);
    }
}

#define NARROW_CASES(F) \
    F(1, 1) \
    F(1, 2) F(1, 3) F(1, 4) F(2, 1) F(2, 2) F(2, 3) F(2, 4) F(3, 1) F(3, 2) F(3, 3) F(3, 4) \
        F(4, 1) F(4, 2) F(4, 3) F(4, 4)
#define NARROW_SWITCH(a, b) ((NARROW + 1) * (a) + (b))

/* Two of the three sizes are at most NARROW: those of op(B), and those of C where it
 * is A that is transposed. */
SG_WIDE void sg_net_narrow_set(sg_real *c, const sg_real *a, const sg_real *b, bool b_transposed,
                               size_t m, size_t k, size_t n)
{
#define ROWS_SET(K, N) \
    case NARROW_SWITCH(K, N): narrow_rows(c, a, b, b_transposed, m, K, N, 1, false); return;
    switch (NARROW_SWITCH(k, n)) { NARROW_CASES(ROWS_SET) }
}

SG_WIDE void sg_net_narrow_add(sg_real *c, const sg_real *a, const sg_real *b, bool b_transposed,
                               size_t m, size_t k, size_t n, sg_real alpha)
{
#define ROWS_ADD(K, N) \
    case NARROW_SWITCH(K, N): narrow_rows(c, a, b, b_transposed, m, K, N, alpha, true); return;
    switch (NARROW_SWITCH(k, n)) { NARROW_CASES(ROWS_ADD) }
}

SG_WIDE void sg_net_narrow_set_columns(sg_real *c, const sg_real *a, const sg_real *b, size_t m,
                                       size_t k, size_t n, sg_real alpha)
{
#define COLUMNS_SET(M, N) \
    case NARROW_SWITCH(M, N): narrow_columns(c, a, b, M, k, N, alpha, false); return;
    switch (NARROW_SWITCH(m, n)) { NARROW_CASES(COLUMNS_SET) }
}

SG_WIDE void sg_net_narrow_add_columns(sg_real *c, const sg_real *a, const sg_real *b, size_t m,
                                       size_t k, size_t n, sg_real alpha)
{
#define COLUMNS_ADD(M, N) \
    case NARROW_SWITCH(M, N): narrow_columns(c, a, b, M, k, N, alpha, true); return;
    switch (NARROW_SWITCH(m, n)) { NARROW_CASES(COLUMNS_ADD) }
}

void sg_net_multiply_wide(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op,
                          size_t m, size_t k, size_t n, sg_real alpha, bool add)
{
    const int mi = (int)m, ki = (int)k, ni = (int)n;
    if (m > 1 && k > 1 && n > 1 && m * k * n > SMALL) {
        if (sg_net_gemm(c, a, b, NULL, NULL, op, m, k, n, alpha, add))
            return;
        SG_BLAS(gemm)(CblasRowMajor, op == SG_TN ? CblasTrans : CblasNoTrans,
                      op == SG_NT ? CblasTrans : CblasNoTrans, mi, ni, ki, alpha, a,
                      op == SG_TN ? mi : ki, b, op == SG_NT ? ki : ni, add ? 1 : 0, c, ni);
        return;
    }
    if (!add)
        memset(c, 0, m * n * sizeof *c);
    if (m == 0 || k == 0 || n == 0)
        return;
    if (k == 1 && n == 1)
        sg_net_add_scaled(c, a, alpha * b[0], m);
    else if (m * k * n <= SMALL && !(m == 1 && n == 1))
        multiply_small(c, a, b, op, m, k, n, alpha);
    else if (n == 1 && op == SG_TN && m > 1)
        sg_net_add_rows(c, a, b, m, k, alpha);
    else if (n == 1)
        sg_net_dot_rows(c, a, b, m, k, alpha);       /* m = 1: a^T is a row too */
    else if (m == 1 && op == SG_NT)
        sg_net_dot_rows(c, b, a, n, k, alpha);
    else if (m == 1)
        sg_net_add_rows(c, b, a, n, k, alpha);
    else
        SG_BLAS(ger)(CblasRowMajor, mi, ni, alpha, a, 1, b, 1, c, ni);
}

void sg_net_multiply(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op, size_t m,
                     size_t k, size_t n, double alpha, bool add)
{
    sg_net_multiply_here(c, a, b, op, m, k, n, alpha, add);
}

void sg_net_multiply_start(sg_real *c, const sg_real *a, const sg_real *b, const sg_real *left,
                           const sg_real *right, size_t m, size_t k, size_t n)
{
    if (m > 1 && k > NARROW && n > NARROW && m * k * n > SMALL &&
        sg_net_gemm(c, a, b, left, right, SG_NN, m, k, n, 1, false))
        return;
    sg_net_multiply_here(c, a, b, SG_NN, m, k, n, 1.0, false);
    sg_net_multiply(c, left, right, SG_NN, m, 1, n, 1.0, true);
}

void sg_net_multiply_add(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op,
                         size_t m, size_t k, size_t n, double alpha)
{
    sg_net_multiply(c, a, b, op, m, k, n, alpha, true);
}
