/* Are classes separated by a linear score: all of them, some, none?  A linear program proposes,
 * exact arithmetic decides.
 *
 * With x_i the columns of sample i (ones among them) and a_ik(B) = x_i (B_label - B_k), B_0 = 0:
 *   all    some B has every a_ik(B) > 0
 *   part   some B has every a_ik(B) >= 0 and not every one 0, and none has all of them positive:
 *          the log loss has an infimum that is not attained (Albert and Anderson 1984)
 *   none   weights lambda_ik > 0 with sum lambda_ik a_ik = 0 (Stiemke): it has a minimiser
 * The program is max sum a_ik(B), 0 <= a_ik(B) <= 1 or so, again with the sum over the rows that
 * are not yet positive until there are no more: sums of such B are such B.  At a vertex as many
 * rows as unknowns are at a bound, S.  Solved exactly for the rows in S they give B; and the dual,
 * 1 for the other rows and A_S^T lambda_S = -(their sum), gives lambda.  Every sign is then that of
 * whole numbers: doubles are whole numbers times a power of two, each column its own. */
#include "synthgrad/cert.h"

#if defined SG_HAVE_FLINT && defined SG_HAVE_GLPK
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <glpk.h>

#include "cert/exact.h"

/* Unknowns of an exact solve, and entries of the program, of which there may be fewer where there
 * are many unknowns: either takes seconds. */
enum { UNKNOWNS = 160, FEW = 60, ENTRIES = 2000000, FEW_ENTRIES = 100000 };
enum { CANDIDATES = 100, ATTEMPTS = 3 };

struct classes {
    const double *x;                    /* n x f */
    const size_t *label;
    size_t n, f, c, rows, unknowns;     /* rows = n c, unknowns = f c */
    double *shift, *unit;               /* f: the program's columns are (x - shift) / unit */
    fmpz_mat_t whole;                   /* n x f: x - shift, each column times a power of two */
};

/* Row r is sample r / c against the (r mod c)-th of the other classes. */
static size_t other_class(const struct classes *s, size_t r)
{
    const size_t label = s->label[r / s->c], k = r % s->c;
    return k < label ? k : k + 1;
}

/* The sign with which unknown (j, k) stands in row r: 1 for the label, -1 for the other class. */
static int sign_in(const struct classes *s, size_t r, size_t k)
{
    return k + 1 == s->label[r / s->c] ? 1 : k + 1 == other_class(s, r) ? -1 : 0;
}

/* Columns less their means, which the constant term makes no matter, by their largest entry. */
static void column_units(struct classes *s)
{
    for (size_t j = 0; j < s->f; j++) {
        for (size_t i = 0; i < s->n && j + 1 < s->f; i++)
            s->shift[j] += s->x[i * s->f + j] / (double)s->n;
        for (size_t i = 0; i < s->n; i++)
            s->unit[j] = fmax(s->unit[j], fabs(s->x[i * s->f + j] - s->shift[j]));
        s->unit[j] = s->unit[j] > 0 ? s->unit[j] : 1;
    }
}

/* ---- whole numbers --------------------------------------------------------------------- */

/* v 2^-exponent is whole. */
static int whole_exponent(double v)
{
    int e;
    (void)frexp(v, &e);
    return v == 0 ? INT_MAX : e - 53;
}

static void set_whole(fmpz_t out, double v, int exponent)
{
    int e;
    sg_exact_parts(out, &e, v);
    if (v != 0)
        fmpz_mul_2exp(out, out, (ulong)(e - exponent));
}

static void fill_whole(struct classes *s)
{
    fmpz_t shift;
    fmpz_init(shift);
    fmpz_mat_init(s->whole, (slong)s->n, (slong)s->f);
    for (size_t j = 0; j < s->f; j++) {
        int exponent = whole_exponent(s->shift[j]);
        for (size_t i = 0; i < s->n; i++) {
            const int e = whole_exponent(s->x[i * s->f + j]);
            exponent = e < exponent ? e : exponent;
        }
        set_whole(shift, s->shift[j], exponent);
        for (size_t i = 0; i < s->n; i++) {
            fmpz *x = fmpz_mat_entry(s->whole, (slong)i, (slong)j);
            set_whole(x, s->x[i * s->f + j], exponent);
            fmpz_sub(x, x, shift);
        }
    }
    fmpz_clear(shift);
}

/* out = row r times v (unknowns). */
static void times_row(fmpz_t out, const struct classes *s, size_t r, const fmpz_mat_t v)
{
    fmpz_zero(out);
    for (size_t j = 0; j < s->f; j++)
        for (size_t k = 0; k < s->c; k++) {
            const int sign = sign_in(s, r, k);
            const fmpz *x = fmpz_mat_entry(s->whole, (slong)(r / s->c), (slong)j),
                       *b = fmpz_mat_entry(v, (slong)(j * s->c + k), 0);
            if (sign > 0)
                fmpz_addmul(out, x, b);
            else if (sign < 0)
                fmpz_submul(out, x, b);
        }
}

/* ---- the linear program ---------------------------------------------------------------- */

static glp_prob *make_program(const struct classes *s)
{
    glp_prob *lp = glp_create_prob();
    const int size = (int)s->unknowns;
    double *value = SG_NEW(s->unknowns + 1, double);
    int *index = SG_NEW(s->unknowns + 1, int);
    glp_set_obj_dir(lp, GLP_MAX);
    glp_add_rows(lp, (int)s->rows);
    glp_add_cols(lp, size);
    for (size_t r = 0; r < s->rows; r++) {
        int used = 0;
        for (size_t j = 0; j < s->f; j++)
            for (size_t k = 0; k < s->c; k++) {
                const double x = s->x[r / s->c * s->f + j] - s->shift[j],
                             v = x / s->unit[j] * sign_in(s, r, k);
                if (v == 0)
                    continue;
                index[++used] = (int)(j * s->c + k) + 1;
                value[used] = v;
            }
        glp_set_mat_row(lp, (int)r + 1, used, index, value);
    }
    for (int u = 1; u <= size; u++)
        glp_set_col_bnds(lp, u, GLP_FR, 0, 0);
    free(value);
    free(index);
    return lp;
}

/* The upper bound of row r in 16ths: 1, or between 1 and 2.  Equal ones may put a vertex where some
 * other row is 0 to rounding, a little below in truth; these put it elsewhere. */
static unsigned upper_of(size_t r, unsigned attempt)
{
    return attempt ? 16 + (unsigned)((r + 1) * 2654435761u * attempt >> 20) % 16 : 16;
}

static void set_bounds(glp_prob *lp, const struct classes *s, unsigned attempt)
{
    for (size_t r = 0; r < s->rows; r++)
        glp_set_row_bnds(lp, (int)r + 1, GLP_DB, 0, upper_of(r, attempt) / 16.0);
}

/* The mean of the rows that are not positive yet. */
static void set_objective(glp_prob *lp, const struct classes *s, const bool *positive)
{
    double *value = SG_NEW(s->unknowns + 1, double), *sum = SG_NEW(s->unknowns + 1, double);
    int *index = SG_NEW(s->unknowns + 1, int);
    for (size_t r = 0; r < s->rows; r++) {
        const int used = positive[r] ? 0 : glp_get_mat_row(lp, (int)r + 1, index, value);
        for (int k = 1; k <= used; k++)
            sum[index[k]] += value[k] / (double)s->rows;
    }
    for (size_t u = 1; u <= s->unknowns; u++)
        glp_set_obj_coef(lp, (int)u, sum[u]);
    free(value);
    free(sum);
    free(index);
}

static bool solve_program(glp_prob *lp)
{
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.tm_lim = 20000;
    return glp_simplex(lp, &how) == 0 && glp_get_status(lp) == GLP_OPT;
}

/* ---- certificates ---------------------------------------------------------------------- */

/* The vertex: rows at a bound, and the unknowns that are not at 0. */
struct vertex { size_t *row, *unknown, rows, unknowns; unsigned *bound; bool *in; };

static struct vertex vertex_of(glp_prob *lp, const struct classes *s, unsigned attempt)
{
    struct vertex v = {.row = SG_NEW(s->rows, size_t), .unknown = SG_NEW(s->unknowns, size_t),
                       .bound = SG_NEW(s->rows, unsigned), .in = SG_NEW(s->rows, bool)};
    for (size_t r = 0; r < s->rows; r++) {
        const int status = glp_get_row_stat(lp, (int)r + 1);
        if (status == GLP_BS)
            continue;
        v.bound[v.rows] = status == GLP_NU ? upper_of(r, attempt) : 0;
        v.in[r] = true;
        v.row[v.rows++] = r;
    }
    for (size_t u = 0; u < s->unknowns; u++)
        if (glp_get_col_stat(lp, (int)u + 1) == GLP_BS)
            v.unknown[v.unknowns++] = u;
    return v;
}

/* Entry of the program's matrix. */
static void entry(fmpz_t out, const struct classes *s, size_t r, size_t u)
{
    fmpz_mul_si(out, fmpz_mat_entry(s->whole, (slong)(r / s->c), (slong)(u / s->c)),
                sign_in(s, r, u % s->c));
}

/* A_S, transposed or not. */
static void vertex_matrix(fmpz_mat_t a, const struct classes *s, const struct vertex *v,
                          bool transposed)
{
    for (size_t r = 0; r < v->rows; r++)
        for (size_t u = 0; u < v->unknowns; u++)
            entry(fmpz_mat_entry(a, (slong)(transposed ? u : r), (slong)(transposed ? r : u)), s,
                  v->row[r], v->unknown[u]);
}

/* B at the vertex, times a positive number: if no row is negative, marks the positive ones and
 * returns how many of them are new. */
static size_t separates(bool *positive, const struct classes *s, const struct vertex *v)
{
    const slong size = (slong)v->rows;
    size_t fresh = 0, negative = 0;
    bool *now = SG_NEW(s->rows, bool);
    fmpz_mat_t a, bound, solved, b;
    fmpz_t den, margin;
    fmpz_mat_init(a, size, size);
    fmpz_mat_init(bound, size, 1);
    fmpz_mat_init(solved, size, 1);
    fmpz_mat_init(b, (slong)s->unknowns, 1);
    fmpz_init(den);
    fmpz_init(margin);
    vertex_matrix(a, s, v, false);
    for (size_t r = 0; r < v->rows; r++)
        fmpz_set_ui(fmpz_mat_entry(bound, (slong)r, 0), v->bound[r]);
    if (fmpz_mat_solve(solved, den, a, bound)) {
        for (size_t u = 0; u < v->unknowns; u++)
            fmpz_mul_si(fmpz_mat_entry(b, (slong)v->unknown[u], 0),
                        fmpz_mat_entry(solved, (slong)u, 0), fmpz_sgn(den));
        for (size_t r = 0; r < s->rows; r++) {
            times_row(margin, s, r, b);
            now[r] = fmpz_sgn(margin) > 0;
            negative += fmpz_sgn(margin) < 0;
        }
        for (size_t r = 0; r < s->rows && !negative; r++) {
            fresh += now[r] && !positive[r];
            positive[r] = positive[r] || now[r];
        }
    }
    free(now);
    fmpz_mat_clear(a);
    fmpz_mat_clear(bound);
    fmpz_mat_clear(solved);
    fmpz_mat_clear(b);
    fmpz_clear(den);
    fmpz_clear(margin);
    return fresh;
}

/* The sum of `weight` times row over the rows in S, or of the rows outside S (weight NULL). */
static void sum_rows(fmpz_mat_t sum, const struct classes *s, const struct vertex *v,
                     const fmpz_mat_t weight)
{
    fmpz_t x;
    fmpz_init(x);
    size_t place = 0;
    for (size_t r = 0; r < s->rows; r++) {
        if (v->in[r] == (weight == NULL))
            continue;
        for (size_t u = 0; u < s->unknowns; u++) {
            entry(x, s, r, u);
            fmpz *total = fmpz_mat_entry(sum, (slong)u, 0);
            if (weight)
                fmpz_addmul(total, x, fmpz_mat_entry(weight, (slong)place, 0));
            else
                fmpz_add(total, total, x);
        }
        place++;
    }
    fmpz_clear(x);
}

/* The pivots' columns of a in its echelon form, at most `most`. */
static size_t pivots(size_t *column, const fmpz_mat_t a, size_t most)
{
    fmpz_mat_t echelon;
    fmpz_t den;
    fmpz_mat_init(echelon, fmpz_mat_nrows(a), fmpz_mat_ncols(a));
    fmpz_init(den);
    const size_t rank = (size_t)fmpz_mat_rref(echelon, den, a);
    for (size_t r = 0; r < rank && r < most; r++) {
        slong k = 0;
        while (fmpz_is_zero(fmpz_mat_entry(echelon, (slong)r, k)))
            k++;
        column[r] = (size_t)k;
    }
    fmpz_mat_clear(echelon);
    fmpz_clear(den);
    return rank < most ? rank : most;
}

/* A vertex for the dual: rows of v that are independent, completed by others to as many as there
 * are independent unknowns.  Their weights are solved for; for the completion's they are near 1. */
static struct vertex completed(const struct classes *s, const struct vertex *v)
{
    struct vertex w = {.row = SG_NEW(s->rows, size_t), .unknown = SG_NEW(s->unknowns, size_t),
                       .bound = SG_NEW(s->rows, unsigned), .in = SG_NEW(s->rows, bool)};
    const size_t most = v->rows + CANDIDATES + s->unknowns, step = 1 + s->rows / most;
    struct vertex all = {.row = SG_NEW(v->rows + s->rows, size_t), .unknown = w.unknown,
                         .unknowns = s->unknowns};
    size_t *pivot = SG_NEW(s->unknowns, size_t);
    fmpz_mat_t a;
    memcpy(all.row, v->row, v->rows * sizeof *all.row);
    all.rows = v->rows;
    for (size_t r = 0; r < s->rows; r += step)
        if (!v->in[r])
            all.row[all.rows++] = r;
    for (size_t u = 0; u < s->unknowns; u++)
        w.unknown[u] = u;
    fmpz_mat_init(a, (slong)s->unknowns, (slong)all.rows);
    vertex_matrix(a, s, &all, true);
    w.rows = pivots(pivot, a, s->unknowns);
    for (size_t r = 0; r < w.rows; r++) {
        w.row[r] = all.row[pivot[r]];
        w.in[w.row[r]] = true;
    }
    fmpz_mat_clear(a);
    w.unknowns = s->unknowns;
    fmpz_mat_init(a, (slong)w.rows, (slong)s->unknowns);
    vertex_matrix(a, s, &w, false);
    w.unknowns = pivots(w.unknown, a, s->unknowns);
    fmpz_mat_clear(a);
    free(all.row);
    free(pivot);
    /* rows in the order of the table, as sum_rows takes them */
    w.rows = 0;
    for (size_t r = 0; r < s->rows; r++)
        if (w.in[r])
            w.row[w.rows++] = r;
    return w;
}

/* lambda > 0 with sum lambda a = 0. */
static bool balances(const struct classes *s, const struct vertex *v)
{
    const slong size = (slong)v->rows, all = (slong)s->unknowns;
    fmpz_mat_t a, rest, right, lambda, total;
    fmpz_t den;
    fmpz_mat_init(a, size, size);
    fmpz_mat_init(rest, all, 1);
    fmpz_mat_init(right, size, 1);
    fmpz_mat_init(lambda, size, 1);
    fmpz_mat_init(total, all, 1);
    fmpz_init(den);
    vertex_matrix(a, s, v, true);
    sum_rows(rest, s, v, NULL);
    for (size_t u = 0; u < v->unknowns; u++)
        fmpz_neg(fmpz_mat_entry(right, (slong)u, 0),
                 fmpz_mat_entry(rest, (slong)v->unknown[u], 0));
    bool found = fmpz_mat_solve(lambda, den, a, right);
    for (slong r = 0; r < size && found; r++)
        found = fmpz_sgn(fmpz_mat_entry(lambda, r, 0)) * fmpz_sgn(den) > 0;
    if (found) {
        sum_rows(total, s, v, lambda);
        fmpz_mat_scalar_addmul_fmpz(total, rest, den);
        found = fmpz_mat_is_zero(total);
    }
    fmpz_mat_clear(a);
    fmpz_mat_clear(rest);
    fmpz_mat_clear(right);
    fmpz_mat_clear(lambda);
    fmpz_mat_clear(total);
    fmpz_clear(den);
    return found;
}

static void vertex_free(struct vertex *v)
{
    free(v->row);
    free(v->unknown);
    free(v->bound);
    free(v->in);
}

static enum sg_separation decide(glp_prob *lp, const struct classes *s)
{
    bool *positive = SG_NEW(s->rows, bool), balanced = false;
    size_t count = 0;
    for (unsigned attempt = 0; attempt < ATTEMPTS && count < s->rows && !balanced;) {
        set_bounds(lp, s, attempt);
        set_objective(lp, s, positive);
        if (!solve_program(lp))
            break;
        struct vertex v = vertex_of(lp, s, attempt);
        const size_t fresh = v.rows == v.unknowns && v.rows > 0 ? separates(positive, s, &v) : 0;
        if (count == 0 && fresh == 0) {
            struct vertex w = completed(s, &v);
            balanced = w.rows > 0 && balances(s, &w);
            vertex_free(&w);
        }
        count += fresh;
        attempt += fresh == 0;
        vertex_free(&v);
    }
    free(positive);
    return count == s->rows ? SG_SEPARATION_ALL
           : count > 0      ? SG_SEPARATION_PART
           : balanced       ? SG_SEPARATION_NONE
                            : SG_SEPARATION_UNKNOWN;
}

enum sg_separation sg_cert_separation(const double *x, const size_t *label, size_t n, size_t f,
                                      size_t c)
{
    SG_REQUIRE(n >= 1 && f >= 1 && c >= 1);
    struct classes s = {.x = x, .label = label, .n = n, .f = f, .c = c, .rows = n * c,
                        .unknowns = f * c, .shift = SG_NEW(f, double),
                        .unit = SG_NEW(f, double)};
    enum sg_separation found = SG_SEPARATION_UNKNOWN;
    if (sg_base_all_finite(x, n * f) && s.unknowns <= UNKNOWNS &&
        s.rows * s.unknowns <= (s.unknowns <= FEW ? ENTRIES : FEW_ENTRIES)) {
        glp_term_out(GLP_OFF);
        column_units(&s);
        glp_prob *lp = make_program(&s);
        fill_whole(&s);
        found = decide(lp, &s);
        fmpz_mat_clear(s.whole);
        glp_delete_prob(lp);
        glp_free_env();
        flint_cleanup();
    }
    free(s.shift);
    free(s.unit);
    return found;
}
#else
enum sg_separation sg_cert_separation(const double *x, const size_t *label, size_t n, size_t f,
                                      size_t c)
{
    (void)x, (void)label, (void)n, (void)f, (void)c;
    return SG_SEPARATION_UNKNOWN;
}
#endif
