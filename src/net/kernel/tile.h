/* tile.h - private: the inner product of gemm.c for one instruction set.  Included once for each,
 * with
 *
 *   TILE(name)              the function's name in this instruction set
 *   TILE_TARGET             its name for the compiler
 *   TILE_VECTOR             the widest vector
 *   TILE_SPLAT, TILE_FMA    a number in all lanes; x y + z, rounded once
 *   TILE_LOW, TILE_HIGH     the lanes of two vectors in turns: the first half, the second
 *   TILE_MASK, TILE_FIRST   a choice of lanes; the first n
 *   TILE_TAKE, TILE_PUT     those lanes from memory, zeros in the rest; to memory
 *   EACH_ROW(F)             F(0) F(1) ... for the rows of a tile
 *
 * Every entry of C is one chain of fma over l, whatever the tile: the bits are
 * the same in all of them. */

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

/* out (rows x two vectors) = A's rows times a packed panel of k rows of two vectors; `both` false:
 * the right one is not wanted. */
static inline __attribute__((always_inline, target(TILE_TARGET))) void TILE(sums)(
    sg_real *out, const sg_real *const row[], size_t a_step, const sg_real *panel, size_t k,
    bool both)
{
    const size_t lanes = sizeof(TILE_VECTOR) / sizeof(sg_real);
    EACH_ROW(TILE_OPEN)
    for (size_t l = 0, at = 0; l < k; l++, at += a_step) {
        const TILE_VECTOR b_left = TILE_LOAD(panel + l * 2 * lanes),
                          b_right = TILE_LOAD(panel + l * 2 * lanes + lanes);
        EACH_ROW(TILE_STEP)
    }
    EACH_ROW(TILE_CLOSE)
}

/* lanes x lanes numbers, transposed: rows i and i + lanes / 2 shuffled into each other, log2 lanes
 * times, as a deck of cards is. */
static inline __attribute__((always_inline, target(TILE_TARGET))) void TILE(transpose)(
    sg_real *out, size_t out_step, const sg_real *in, size_t in_step)
{
    enum { LANES = sizeof(TILE_VECTOR) / sizeof(sg_real) };
    TILE_VECTOR v[LANES], w[LANES];
    _Pragma("GCC unroll 16") for (size_t i = 0; i < LANES; i++)
        v[i] = TILE_LOAD(in + i * in_step);
    _Pragma("GCC unroll 4") for (size_t turn = 1; turn < LANES; turn *= 2) {
        _Pragma("GCC unroll 8") for (size_t i = 0; i < LANES / 2; i++) {
            w[2 * i] = TILE_LOW(v[i], v[i + LANES / 2]);
            w[2 * i + 1] = TILE_HIGH(v[i], v[i + LANES / 2]);
        }
        _Pragma("GCC unroll 16") for (size_t i = 0; i < LANES; i++)
            v[i] = w[i];
    }
    _Pragma("GCC unroll 16") for (size_t i = 0; i < LANES; i++)
        *(TILE_VECTOR *)(out + i * out_step) = v[i];
}

/* op(B)'s columns j0.. (at most two vectors of them, zeros behind) for its rows
 * l0..l0 + k, packed side by side. */
static inline __attribute__((always_inline, target(TILE_TARGET))) void TILE(pack)(
    sg_real *panel, const sg_real *b, size_t row_step, size_t column_step, size_t k, size_t columns)
{
    const size_t lanes = sizeof(TILE_VECTOR) / sizeof(sg_real);
    if (column_step == 1 && columns == 2 * lanes) {
        for (size_t l = 0; l < k; l++, panel += 2 * lanes, b += row_step) {
            *(TILE_VECTOR *)panel = TILE_LOAD(b);
            *(TILE_VECTOR *)(panel + lanes) = TILE_LOAD(b + lanes);
        }
        return;
    }
    size_t done = 0;
    for (; row_step == 1 && columns == 2 * lanes && done + lanes <= k; done += lanes)
        for (size_t j = 0; j < columns; j += lanes)
            TILE(transpose)
            (panel + done * 2 * lanes + j, 2 * lanes, b + done + j * column_step, column_step);
    for (size_t l = done; l < k; l++)
        for (size_t j = 0; j < 2 * lanes; j++)
            panel[l * 2 * lanes + j] = j < columns ? b[l * row_step + j * column_step] : 0;
}

/* Asks for the lines of op(B) that the next panel is packed from, `share` of its shares: else a
 * product would wait for its weights, which no cache holds. */
static inline __attribute__((always_inline, target(TILE_TARGET))) void TILE(ask)(
    const sg_real *b, size_t row_step, size_t column_step, size_t k, size_t columns, size_t share,
    size_t shares)
{
    const size_t line = 64 / sizeof(sg_real), rows = row_step == 1 ? columns : k,
                 length = row_step == 1 ? k : columns;
    const size_t step = row_step == 1 ? column_step : row_step;
    for (size_t r = rows * share / shares; r < rows * (share + 1) / shares; r++)
        for (size_t l = 0; l < length; l += line)
            __builtin_prefetch(b + r * step + l, 0, 2);
}

/* Rows of sums to where they belong in C: added to what is there, or to the start. */
static inline __attribute__((always_inline, target(TILE_TARGET))) void TILE(store)(
    const struct product *p, const sg_real *out, size_t i0, size_t rows, size_t j0, size_t columns,
    bool add)
{
    enum { LANES = sizeof(TILE_VECTOR) / sizeof(sg_real) };
    const sg_real alpha = p->alpha;
    for (size_t r = 0; r < rows; r++, out += 2 * LANES) {
        sg_real *to = p->c + (i0 + r) * p->n + j0;
        const sg_real *right = p->right ? p->right + j0 : NULL, left = right ? p->left[i0 + r] : 0;
        size_t j = 0;
        for (; j + LANES <= columns; j += LANES)
            if (add)
                *(TILE_VECTOR *)(to + j) += alpha * TILE_LOAD(out + j);
            else if (right)
                *(TILE_VECTOR *)(to + j) = left * TILE_LOAD(right + j) + alpha * TILE_LOAD(out + j);
            else
                *(TILE_VECTOR *)(to + j) = alpha * TILE_LOAD(out + j);
        for (; j < columns; j++)
            to[j] = (add ? to[j] : right ? left * right[j] : 0) + alpha * out[j];
    }
}

/* C's rows i0.. and columns j0.. of `part`. */
static __attribute__((target(TILE_TARGET), noinline)) void TILE(gemm)(const struct product *p,
                                                                      struct part part)
{
    enum {
        ROWS = 0 EACH_ROW(TILE_COUNT),
        LANES = sizeof(TILE_VECTOR) / sizeof(sg_real),
        COLUMNS = 2 * LANES
    };
    const size_t k = p->k, a_row = p->op == SG_TN ? 1 : k, a_step = p->op == SG_TN ? p->m : 1;
    const size_t b_row = p->op == SG_NT ? 1 : p->n, b_step = p->op == SG_NT ? k : 1;
    sg_real panel[DEPTH * COLUMNS] __attribute__((aligned(64))),
        out[ROWS * COLUMNS] __attribute__((aligned(64)));
    for (size_t first = part.i0; first < part.i1; first += BLOCK)
        for (size_t l0 = 0; l0 < k; l0 += DEPTH)
            for (size_t j0 = part.j0; j0 < part.j1; j0 += COLUMNS) {
                const size_t depth = k - l0 < DEPTH ? k - l0 : DEPTH,
                             columns = part.j1 - j0 < COLUMNS ? part.j1 - j0 : COLUMNS;
                const size_t end = part.i1 - first < BLOCK ? part.i1 : first + BLOCK;
                TILE(pack)(panel, p->b + l0 * b_row + j0 * b_step, b_row, b_step, depth, columns);
                for (size_t i0 = first; i0 < end; i0 += ROWS) {
                    const size_t rows = end - i0 < ROWS ? end - i0 : ROWS;
                    const sg_real *row[ROWS];
                    if (j0 + COLUMNS < part.j1)
                        TILE(ask)
                        (p->b + l0 * b_row + (j0 + COLUMNS) * b_step, b_row, b_step, depth, COLUMNS,
                         (i0 - first) / ROWS, (end - first) / ROWS + 1);
                    for (size_t r = 0; r < rows; r++) {
                        __builtin_prefetch(p->c + (i0 + r) * p->n + j0, 1, 3);
                        __builtin_prefetch(p->c + (i0 + r) * p->n + j0 + LANES, 1, 3);
                    }
                    /* short of ROWS, the last one again: its sums are not used */
                    for (size_t r = 0; r < ROWS; r++)
                        row[r] = p->a + (i0 + (r < rows ? r : rows - 1)) * a_row + l0 * a_step;
                    if (columns > LANES)
                        TILE(sums)(out, row, a_step, panel, depth, true);
                    else
                        TILE(sums)(out, row, a_step, panel, depth, false);
                    TILE(store)(p, out, i0, rows, j0, columns, p->add || l0);
                }
            }
}

#define TILE_BEGIN(r) const sg_real *const a##r = row[r]; TILE_VECTOR sum##r = {0};
#define TILE_NEXT(r) sum##r = TILE_FMA(TILE_SPLAT(a##r[at]), by, sum##r);
#define TILE_KEEP(r)                                                                        \
    if (r < rows) {                                                                         \
        sg_real *to = p->c + (i0 + r) * n;                                                  \
        TILE_VECTOR all = alpha * sum##r;                                                   \
        if (p->add)                                                                         \
            all = TILE_TAKE(to, first) + all;                                               \
        else if (p->right)                                                                  \
            all = TILE_SPLAT(p->left[i0 + r]) * right + all;                                \
        TILE_PUT(to, all, first);                                                           \
    }

/* All of a C of at most one vector's columns, k <= DEPTH: op(B)'s rows are loaded where they lie
 * and the sums go from registers to C.  The same chains as in `gemm`, so the same bits; for the
 * layers of small nets it takes a third of the time. */
static __attribute__((target(TILE_TARGET), noinline)) void TILE(small)(const struct product *p)
{
    enum { ROWS = 0 EACH_ROW(TILE_COUNT), LANES = sizeof(TILE_VECTOR) / sizeof(sg_real) };
    const size_t m = p->m, k = p->k, n = p->n;
    const size_t a_row = p->op == SG_TN ? 1 : k, a_step = p->op == SG_TN ? m : 1;
    const size_t b_row = p->op == SG_NT ? LANES : n;
    const TILE_MASK first = TILE_FIRST(n);
    const TILE_VECTOR alpha = TILE_SPLAT(p->alpha);
    const TILE_VECTOR right = p->right ? TILE_TAKE(p->right, first) : (TILE_VECTOR){0};
    sg_real panel[DEPTH * LANES] __attribute__((aligned(64)));
    const sg_real *b = p->b;
    if (p->op == SG_NT) {
        for (size_t j = 0; j < n; j++)
            for (size_t l = 0; l < k; l++)
                panel[l * LANES + j] = p->b[j * k + l];
        b = panel;
    }
    for (size_t i0 = 0; i0 < m; i0 += ROWS) {
        const size_t rows = m - i0 < ROWS ? m - i0 : ROWS;
        const sg_real *row[ROWS];
        /* short of ROWS, the last one again: its sums are not used */
        for (size_t r = 0; r < ROWS; r++)
            row[r] = p->a + (i0 + (r < rows ? r : rows - 1)) * a_row;
        EACH_ROW(TILE_BEGIN)
        for (size_t l = 0, at = 0; l < k; l++, at += a_step) {
            const TILE_VECTOR by = TILE_TAKE(b + l * b_row, first);
            EACH_ROW(TILE_NEXT)
        }
        EACH_ROW(TILE_KEEP)
    }
}

#undef TILE
#undef TILE_TARGET
#undef TILE_MASK
#undef TILE_FIRST
#undef TILE_TAKE
#undef TILE_PUT
#undef TILE_LOW
#undef TILE_HIGH
#undef TILE_VECTOR
#undef TILE_SPLAT
#undef TILE_FMA
#undef EACH_ROW
#undef TILE_LOAD
#undef TILE_OPEN
#undef TILE_STEP
#undef TILE_CLOSE
#undef TILE_BEGIN
#undef TILE_NEXT
#undef TILE_KEEP
