/* tile.h - private: the inner product of gemm.c for one instruction set.  Included once for each, with
 *
 *   TILE(name)      the function's name in this instruction set      TILE_TARGET   its name for the compiler
 *   TILE_VECTOR     the widest vector      TILE_SPLAT, TILE_FMA      a number in all lanes; x y + z, rounded once
 *   EACH_ROW(F)     F(0) F(1) ... for the rows of a tile
 *
 * Every entry of C is one chain of fma over l, whatever the tile: the bits are the same in all of them. */

#define TILE_LOAD(p) (*(const TILE_VECTOR *)(p))
#define TILE_OPEN(r) const sg_real *const a##r = row[r]; TILE_VECTOR left##r = {0}, right##r = {0};
#define TILE_STEP(r)                                                                        \
    {                                                                                       \
        const TILE_VECTOR x = TILE_SPLAT(a##r[at]);                                         \
        left##r = TILE_FMA(x, b_left, left##r);                                             \
        if (both)                                                                           \
            right##r = TILE_FMA(x, b_right, right##r);                                      \
    }
#define TILE_CLOSE(r)                                                                       \
    *(TILE_VECTOR *)(out + (r) * 2 * lanes) = left##r;                                      \
    if (both)                                                                               \
        *(TILE_VECTOR *)(out + (r) * 2 * lanes + lanes) = right##r;

/* out (rows x two vectors) = A's rows times a packed panel of k rows of two vectors; `both` false: the right one is not wanted. */
static inline __attribute__((always_inline, target(TILE_TARGET))) void TILE(sums)(sg_real *out, const sg_real *const row[], size_t a_step,
                                                                               const sg_real *panel, size_t k, bool both)
{
    const size_t lanes = sizeof(TILE_VECTOR) / sizeof(sg_real);
    EACH_ROW(TILE_OPEN)
    for (size_t l = 0, at = 0; l < k; l++, at += a_step) {
        const TILE_VECTOR b_left = TILE_LOAD(panel + l * 2 * lanes), b_right = TILE_LOAD(panel + l * 2 * lanes + lanes);
        EACH_ROW(TILE_STEP)
    }
    EACH_ROW(TILE_CLOSE)
}

/* op(B)'s columns j0.. (at most two vectors of them, zeros behind) for its rows l0..l0 + k, packed side by side. */
static inline __attribute__((always_inline, target(TILE_TARGET))) void TILE(pack)(sg_real *panel, const sg_real *b, size_t row_step, size_t column_step,
                                                                               size_t k, size_t columns)
{
    const size_t lanes = sizeof(TILE_VECTOR) / sizeof(sg_real);
    if (column_step == 1 && columns == 2 * lanes) {
        for (size_t l = 0; l < k; l++, panel += 2 * lanes, b += row_step) {
            *(TILE_VECTOR *)panel = TILE_LOAD(b);
            *(TILE_VECTOR *)(panel + lanes) = TILE_LOAD(b + lanes);
        }
        return;
    }
    for (size_t l = 0; l < k; l++)
        for (size_t j = 0; j < 2 * lanes; j++)
            panel[l * 2 * lanes + j] = j < columns ? b[l * row_step + j * column_step] : 0;
}

static __attribute__((target(TILE_TARGET), noinline)) void TILE(gemm)(sg_real *c, const sg_real *a, const sg_real *b, enum sg_transpose op, size_t m,
                                                                   size_t k, size_t n, sg_real alpha, bool add)
{
    enum { ROWS = 0 EACH_ROW(TILE_COUNT), LANES = sizeof(TILE_VECTOR) / sizeof(sg_real), COLUMNS = 2 * LANES };
    const size_t a_row = op == SG_TN ? 1 : k, a_step = op == SG_TN ? m : 1, b_row = op == SG_NT ? 1 : n, b_step = op == SG_NT ? k : 1;
    sg_real panel[DEPTH * COLUMNS] __attribute__((aligned(64))), out[ROWS * COLUMNS] __attribute__((aligned(64)));
    for (size_t l0 = 0; l0 < k; l0 += DEPTH)
        for (size_t j0 = 0; j0 < n; j0 += COLUMNS) {
            const size_t depth = k - l0 < DEPTH ? k - l0 : DEPTH, columns = n - j0 < COLUMNS ? n - j0 : COLUMNS;
            TILE(pack)(panel, b + l0 * b_row + j0 * b_step, b_row, b_step, depth, columns);
            for (size_t i0 = 0; i0 < m; i0 += ROWS) {
                const size_t rows = m - i0 < ROWS ? m - i0 : ROWS;
                const sg_real *row[ROWS];
                for (size_t r = 0; r < ROWS; r++)         /* short of ROWS, the last one again: its sums are not used */
                    row[r] = a + (i0 + (r < rows ? r : rows - 1)) * a_row + l0 * a_step;
                if (columns > LANES)
                    TILE(sums)(out, row, a_step, panel, depth, true);
                else
                    TILE(sums)(out, row, a_step, panel, depth, false);
                for (size_t r = 0; r < rows; r++) {
                    sg_real *to = c + (i0 + r) * n + j0;
                    size_t j = 0;
                    for (; j + LANES <= columns; j += LANES)
                        if (add || l0)
                            *(TILE_VECTOR *)(to + j) += alpha * TILE_LOAD(out + r * COLUMNS + j);
                        else
                            *(TILE_VECTOR *)(to + j) = alpha * TILE_LOAD(out + r * COLUMNS + j);
                    for (; j < columns; j++)
                        to[j] = (add || l0 ? to[j] : 0) + alpha * out[r * COLUMNS + j];
                }
            }
        }
}

#undef TILE
#undef TILE_TARGET
#undef TILE_VECTOR
#undef TILE_SPLAT
#undef TILE_FMA
#undef EACH_ROW
#undef TILE_LOAD
#undef TILE_OPEN
#undef TILE_STEP
#undef TILE_CLOSE
