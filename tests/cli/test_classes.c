/* The analysis under the log loss, held to the definitions: at the coefficients it reports, in file
 * units and long double, E[x^T g] = 0 or E[x^T P g] = 0. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/classes.h"
#include "support.h"

static const struct sg_analysis_options standard = {.standardise = true, .intercept = true};
static const struct sg_analysis_options file_units = {.intercept = true};
static const double U = SG_UNIT_ROUNDOFF;

/* ---- tables ---------------------------------------------------------------------------- */

static char *names[] = {"x0", "x1", "x2", "x3", "x4", "x5"};

/* The last column is the target, "y"; cells stay the caller's. */
static struct sg_table table_of(double *cells, size_t rows, size_t columns)
{
    static char *with_y[COUNT(names) + 1];
    SG_REQUIRE(columns <= COUNT(names) + 1);
    memcpy(with_y, names, (columns - 1) * sizeof *names);
    with_y[columns - 1] = "y";
    return (struct sg_table){.rows = rows, .columns = columns, .names = with_y, .cells = cells};
}

static struct sg_class_analysis analyzed(double *cells, size_t rows, size_t columns,
                                         const struct sg_analysis_options *options)
{
    const struct sg_table table = table_of(cells, rows, columns);
    struct sg_class_analysis a;
    struct sg_error err = {""};
    CHECK_STATUS(sg_analyze_classes(&a, &table, "file.csv", "y", options, &err), SG_OK);
    return a;
}

static void check_refused(double *cells, size_t rows, size_t columns,
                          const struct sg_analysis_options *options, const char *part)
{
    const struct sg_table table = table_of(cells, rows, columns);
    struct sg_class_analysis a;
    struct sg_error err = {""};
    context("%s", part);
    CHECK_STATUS(sg_analyze_classes(&a, &table, "file.csv", "y", options, &err), SG_BAD_INPUT);
    CHECK(strstr(err.text, part) != NULL);
    CHECK(strchr(err.text, '\n') == NULL);
    CHECK(a.class_value == NULL && a.sg.coefficients == NULL);
}

/* n rows, d features of unlike means and scales, classes 0..k-1 by the largest of k noisy linear
 * functions; none is empty. */
static double *drawn(size_t n, size_t d, size_t k, double noise, struct sg_rng *rng)
{
    double *cells = random_vector(n * (d + 1), 1, rng), *truth = random_vector(d * k, 1, rng);
    for (size_t i = 0; i < n; i++) {
        double *row = cells + i * (d + 1), best = -HUGE_VAL;
        size_t label = 0;
        for (size_t c = 0; c < k; c++) {
            double score = noise * sg_base_rng_gaussian(rng);
            for (size_t j = 0; j < d; j++)
                score += row[j] * truth[j * k + c];
            if (score > best) {
                best = score;
                label = c;
            }
        }
        row[d] = (double)(i < k ? i : label);
        for (size_t j = 0; j < d; j++)
            row[j] = 0.7 * (double)(j + 1) * row[j] + 2.385 * (double)j;
    }
    free(truth);
    return cells;
}

/* ---- the definitions, in long double --------------------------------------------------- */

enum { MOST_ROWS = 200, MOST_CLASSES = 5 };

struct state {
    size_t n, d, k, m;
    long double p[MOST_ROWS][MOST_CLASSES], q[MOST_ROWS][MOST_CLASSES];
    double p_max, phi_max;
    long double loss;
};

static size_t class_of(const struct sg_class_analysis *a, double y)
{
    size_t k = 0;
    while (a->class_value[k] != y)
        k++;
    return k;
}

/* Scores, probabilities and loss at coefficients in file units. */
static struct state at(const struct sg_class_analysis *a, const struct sg_class_fit *fit,
                       const double *cells, size_t columns)
{
    struct state s = {.n = a->n, .d = columns - 1, .k = a->classes, .m = a->m};
    SG_REQUIRE(a->n <= MOST_ROWS && a->classes <= MOST_CLASSES &&
               a->design.features == columns - 1);
    for (size_t i = 0; i < s.n; i++) {
        long double sum = 0, own = 0, score[MOST_CLASSES] = {0};
        for (size_t c = 0; c < s.m; c++) {
            s.p[i][c] = (long double)fit->intercept[c];
            for (size_t j = 0; j < s.d; j++)
                s.p[i][c] += (long double)cells[i * columns + j] *
                             (long double)fit->coefficients[j * s.m + c];
            score[s.m > 1 ? c : 1] = s.p[i][c];
            s.p_max = fmax(s.p_max, fabs((double)s.p[i][c]));
        }
        for (size_t c = 0; c < s.k; c++) {
            s.q[i][c] = expl(score[c]);
            sum += s.q[i][c];
        }
        own = score[class_of(a, cells[i * columns + s.d])];
        for (size_t c = 0; c < s.k; c++)
            s.q[i][c] /= sum;
        s.loss += (logl(sum) - own) / (long double)s.n;
    }
    return s;
}

/* max over features (standardised, and ones) of |E[x g]| or, projected, |E[x P g]|, P onto span{p,
 * y, 1} by Gram-Schmidt, twice. */
static double update(const struct state *s, const struct sg_class_analysis *a, const double *cells,
                     size_t columns, bool projected)
{
    static long double basis[2 * MOST_CLASSES + 1][MOST_ROWS];
    size_t rank = 0;
    const size_t n = s->n, m = s->m;
    for (size_t column = 0; column < 2 * m + 1; column++) {
        long double *v = basis[rank], before = 0, after = 0;
        for (size_t i = 0; i < n; i++) {
            const size_t own = class_of(a, cells[i * columns + s->d]);
            v[i] = column == 0   ? 1
                   : column <= m ? (m == 1 ? (long double)own : own == column - 1)
                                 : s->p[i][column - m - 1];
            before += v[i] * v[i];
        }
        for (size_t twice = 0; twice < 2; twice++)
            for (size_t k = 0; k < rank; k++) {
                long double dot = 0;
                for (size_t i = 0; i < n; i++)
                    dot += basis[k][i] * v[i];
                for (size_t i = 0; i < n; i++)
                    v[i] -= dot * basis[k][i];
            }
        for (size_t i = 0; i < n; i++)
            after += v[i] * v[i];
        /* p's rows sum to 0, y's to 1: to rounding, 1e-16 of p */
        if (after <= 1e-20L * before)
            continue;
        for (size_t i = 0; i < n; i++)
            v[i] /= sqrtl(after);
        rank++;
    }
    double worst = 0;
    for (size_t c = 0; c < m; c++) {
        long double g[MOST_ROWS], s_[MOST_ROWS] = {0};
        for (size_t i = 0; i < n; i++) {
            const size_t own = class_of(a, cells[i * columns + s->d]);
            g[i] = s->q[i][m > 1 ? c : 1] - (long double)(own == (m > 1 ? c : 1));
            s_[i] = projected ? 0 : g[i];
        }
        for (size_t k = 0; projected && k < rank; k++) {
            long double dot = 0;
            for (size_t i = 0; i < n; i++)
                dot += basis[k][i] * g[i];
            for (size_t i = 0; i < n; i++)
                s_[i] += dot * basis[k][i];
        }
        for (size_t j = 0; j <= s->d; j++) {
            long double sum = 0, mean = 0, spread = 0;
            for (size_t i = 0; i < n && j < s->d; i++)
                mean += (long double)cells[i * columns + j] / (long double)n;
            for (size_t i = 0; i < n && j < s->d; i++)
                spread += ((long double)cells[i * columns + j] - mean) *
                          ((long double)cells[i * columns + j] - mean) / (long double)n;
            for (size_t i = 0; i < n; i++)
                sum +=
                    s_[i] *
                    (j < s->d ? ((long double)cells[i * columns + j] - mean) / sqrtl(spread) : 1) /
                    (long double)n;
            worst = fmax(worst, fabs((double)sum));
        }
    }
    return worst;
}

/* Coefficients are known to 10 sqrt(n) u cond |w|, which moves p by as much of |p|, g by at
 * most half of that, and P by its share of the smallest direction of p, which is p's own
 * spread: cond and |p| cover it. */
static double rounding(const struct sg_class_analysis *a, const struct state *s)
{
    return 10 * sqrt((double)a->n) * U * a->condition_number * (1 + s->p_max);
}

static void check_definitions(const struct sg_class_analysis *a, const double *cells,
                              size_t columns)
{
    long double gap = 0;
    if (a->sg.finite) {
        const struct state s = at(a, &a->sg, cells, columns);
        CHECK_BOUND(update(&s, a, cells, columns, true), rounding(a, &s));
        CHECK_CLOSE(a->sg.loss, (double)s.loss, rounding(a, &s));
        gap = s.loss;
    }
    if (a->optimum.finite) {
        const struct state s = at(a, &a->optimum, cells, columns);
        CHECK_BOUND(update(&s, a, cells, columns, false), rounding(a, &s));
        CHECK_CLOSE(a->optimum.loss, (double)s.loss, rounding(a, &s));
        CHECK(a->optimum.lower <= a->optimum.loss + rounding(a, &s) &&
              a->optimum.lower >= a->optimum.loss - rounding(a, &s));
        gap -= s.loss;
        CHECK_CLOSE(a->gap, (double)gap, 2 * rounding(a, &s));
    } else if (a->sg.finite) {
        CHECK_CLOSE(a->gap, (double)gap, 10 * (double)a->n * U);
    }
    CHECK(a->check != SG_CHECK_FAILS);
}

/* Two classes and more, standardised or not: whatever is found is critical by definition,
 * and most runs say so too. */
static void test_definitions(void **state)
{
    size_t holds = 0, finite = 0, negative = 0;
    (void)state;
    for (uint64_t replicate = 0; replicate < 12; replicate++) {
        struct sg_rng *rng = test_rng("definitions", replicate);
        const size_t k = replicate % 3 == 2 ? random_size(3, 5, rng) : 2,
                     d = random_size(k == 2 ? 2 : k, 6, rng), n = random_size(80, 150, rng);
        double *cells = drawn(n, d, k, 1.5, rng);
        context("replicate %llu: n %zu, d %zu, %zu classes", (unsigned long long)replicate, n, d,
                k);
        struct sg_class_analysis a =
            analyzed(cells, n, d + 1, replicate % 4 == 3 ? &file_units : &standard);
        CHECK(a.classes == k && a.n == n && a.rank == d + 1);
        check_definitions(&a, cells, d + 1);
        finite += a.sg.finite && a.optimum.finite;
        negative += !(a.gap >= 0);
        holds += a.check == SG_CHECK_HOLDS;
        sg_class_analysis_free(&a);
        free(cells);
        sg_base_rng_free(rng);
    }
    CHECK(finite >= 9 && negative == 0);
    /* tightness: "inconclusive" is no way out */
    CHECK(holds >= 8);
}

/* Labels by a hyperplane: infimum 0; the SG stops above it or the score separates too. */
static void test_separable(void **state)
{
    size_t stopped = 0;
    (void)state;
    for (uint64_t replicate = 0; replicate < 6; replicate++) {
        struct sg_rng *rng = test_rng("separable", replicate);
        double *cells = drawn(60, 3, 2, 0, rng), truth[3];
        sg_base_rng_gaussians(truth, 3, rng);
        for (size_t i = 0; i < 60; i++)
            cells[i * 4 + 3] = cells[i * 4] * truth[0] + (cells[i * 4 + 1] - 2.385) * truth[1] +
                                           (cells[i * 4 + 2] - 4.77) * truth[2] >
                                       0
                                   ? 7
                                   : -0.5;
        context("replicate %llu", (unsigned long long)replicate);
        struct sg_class_analysis a = analyzed(cells, 60, 4, &standard);
        CHECK(a.optimum.decided && !a.optimum.finite && a.optimum.loss == 0 &&
              a.optimum.accuracy == 1 && !a.optimum.coefficients);
        CHECK(a.verdict == (a.sg.finite ? SG_CLASS_HARMFUL : SG_CLASS_HARMLESS));
        CHECK((a.reason == SG_CLASS_BOTH_SEPARATE) == !a.sg.finite);
        check_definitions(&a, cells, 4);
        if (a.sg.finite) {
            const struct state s = at(&a, &a.sg, cells, 4);
            /* CP6(b): such a point never separates */
            bool wrong = false;
            for (size_t i = 0; i < 60; i++)
                wrong = wrong || (s.p[i][0] > 0) != (cells[i * 4 + 3] > 0);
            CHECK(wrong || a.sg.accuracy == 1);
            stopped++;
        }
        sg_class_analysis_free(&a);
        free(cells);
        sg_base_rng_free(rng);
    }
    CHECK(stopped > 0);
}

/* Seven classes in a row, where scores grow so fast that an SG of fixed rate leaves. */
static void test_slices(void **state)
{
    double cells[] = {0.22, 0, -0.17, 0, 1.14, 1, 1.34, 1, 1.36, 1, 1.74, 2, 2.19, 2, 1.76,
                      2,    2.6, 3,    2.99, 3, 3.36, 3, 3.75, 4, 3.81, 4, 3.98, 4, 4.34, 4,
                      5,    5,   5.88, 6,    6.18, 6, 6.03, 6, 5.9, 6};
    (void)state;
    struct sg_class_analysis a = analyzed(cells, COUNT(cells) / 2, 2, &standard);
    CHECK(a.reason == SG_CLASS_BOTH_SEPARATE && a.verdict == SG_CLASS_HARMLESS);
    CHECK(a.check == SG_CHECK_HOLDS);
    sg_class_analysis_free(&a);
}

/* Two groups told apart by one feature: log odds are those of the shares, 3 of 10 and 14 of 20, and
 * the SG finds them too; whatever the values are called. */
static void test_groups(void **state)
{
    static const double classes[][2] = {{0, 1}, {-3.5, 12.25}, {100, 101}};
    double cells[60];
    (void)state;
    for (size_t k = 0; k < COUNT(classes); k++) {
        for (size_t i = 0; i < 30; i++) {
            cells[2 * i] = i < 10 ? 2 : 5;
            cells[2 * i + 1] = classes[k][i < 10 ? i < 3 : i < 24];
        }
        struct sg_class_analysis a = analyzed(cells, 30, 2, &standard);
        const double low = log(3.0 / 7), high = log(14.0 / 6), scale = 3 * sqrt(10.0 * 20) / 30;
        /* least curvature: 0.21 a row on a design of orthonormal columns */
        const double tolerance = 10 * sqrt(30.0) * U / 0.21;
        CHECK(a.verdict == SG_CLASS_HARMLESS && a.reason == SG_CLASS_NO_ROOM && a.gap == 0);
        CHECK(a.class_count[0] == 13 && a.class_count[1] == 17 &&
              a.class_value[1] == classes[k][1]);
        CHECK_CLOSE(a.optimum.coefficients[0], (high - low) / 3, tolerance / scale);
        CHECK_CLOSE(a.optimum.intercept[0], low - 2 * (high - low) / 3,
                    tolerance * (1 + 4 / scale));
        CHECK_CLOSE(a.sg.coefficients[0], (high - low) / 3, tolerance / scale);
        CHECK_CLOSE(a.optimum.loss,
                    -(3 * log(0.3) + 7 * log(0.7) + 14 * log(0.7) + 6 * log(0.3)) / 30,
                    10 * sqrt(30.0) * U);
        CHECK_CLOSE(a.optimum.accuracy, 21.0 / 30, 2 * U);
        CHECK(a.check == SG_CHECK_HOLDS);
        sg_class_analysis_free(&a);
    }
}

/* Fewer features than classes: no gap, by theorem; the definitions agree. */
static void test_no_room(void **state)
{
    (void)state;
    for (size_t k = 2; k <= 5; k++)
        for (size_t d = 1; d < k; d++) {
            struct sg_rng *rng = test_rng("no room", 10 * k + d);
            double *cells = drawn(120, d, k, 3, rng);
            context("%zu classes, %zu features", k, d);
            struct sg_class_analysis a = analyzed(cells, 120, d + 1, &standard);
            CHECK(a.optimum.finite && a.reason == SG_CLASS_NO_ROOM && a.gap == 0);
            CHECK(a.verdict ==
                  (a.local.known && !a.local.attracts ? SG_CLASS_HARMFUL : SG_CLASS_HARMLESS));
            check_definitions(&a, cells, d + 1);
            sg_class_analysis_free(&a);
            free(cells);
            sg_base_rng_free(rng);
        }
}

/* Two-class data on which the SG costs at least 1e-3 nats a sample, 60 rows of two features. */
static double *with_a_gap(double *gap)
{
    for (uint64_t replicate = 0;; replicate++) {
        struct sg_rng *rng = test_rng("evidence", replicate);
        double *cells = drawn(60, 2, 2, 0.7, rng);
        struct sg_class_analysis a = analyzed(cells, 60, 3, &standard);
        *gap = a.optimum.finite && a.sg.finite ? a.gap : 0;
        sg_class_analysis_free(&a);
        sg_base_rng_free(rng);
        if (*gap > 1e-3 && *gap < 0.02)
            return cells;
        free(cells);
    }
}

/* Every row twice: the same fits, and twice the evidence.  So a gap that is negligible becomes
 * harmful, exactly where 2 n gap passes the degrees of freedom. */
static void test_verdict_knows_the_sample_size(void **state)
{
    double first, *cells = with_a_gap(&first);
    bool seen[2] = {false, false};
    (void)state;
    for (size_t times = 1; times <= 32; times *= 2) {
        double *many = SG_NEW(60 * 3 * times, double);
        for (size_t t = 0; t < times; t++)
            memcpy(many + t * 180, cells, 180 * sizeof *cells);
        struct sg_class_analysis a = analyzed(many, 60 * times, 3, &standard);
        context("%zu times", times);
        /* the point moves by 10 sqrt(n) u over the curvature, 0.1 or so, down a
         * slope of about sqrt(gap) */
        CHECK_CLOSE(a.gap, first, 10 * sqrt(60.0 * (double)times) * U * 10 * sqrt(first));
        CHECK(a.freedom == 3);
        CHECK(a.verdict ==
              (120 * (double)times * a.gap <= 3 ? SG_CLASS_NEGLIGIBLE : SG_CLASS_HARMFUL));
        seen[a.verdict == SG_CLASS_HARMFUL] = true;
        sg_class_analysis_free(&a);
        free(many);
    }
    CHECK(seen[0] && seen[1]);
    free(cells);
}

/* Labels that are coins: the gap is tiny, and the check does not ask of the sigmoid
 * SG to tell it from none. */
static void test_coins(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 4; i++) {
        struct sg_rng *rng = test_rng("coins", i);
        double cells[150 * 4];
        for (size_t k = 0; k < COUNT(cells); k++)
            cells[k] = k % 4 < 3 ? sg_base_rng_uniform(rng) : sg_base_rng_uniform(rng) < 0.5;
        struct sg_class_analysis a = analyzed(cells, 150, 4, &standard);
        context("table %d: %s", (int)i, a.check_reason);
        CHECK(a.gap > 0 && a.verdict == SG_CLASS_NEGLIGIBLE && a.check == SG_CHECK_HOLDS);
        sg_class_analysis_free(&a);
        sg_base_rng_free(rng);
    }
}

/* Same rows, same bits; a unit that is a power of two changes nothing but the coefficient. */
static void test_bits(void **state)
{
    struct sg_rng *rng = test_rng("bits", 0);
    double *cells = drawn(70, 3, 2, 1, rng), *other = sg_base_copy(cells, 70 * 4, sizeof *cells);
    (void)state;
    for (size_t i = 0; i < 70; i++)
        other[4 * i + 1] *= 1024;
    struct sg_class_analysis a = analyzed(cells, 70, 4, &standard),
                             b = analyzed(cells, 70, 4, &standard),
                             c = analyzed(other, 70, 4, &standard);
    CHECK_SAME(a.sg.coefficients, b.sg.coefficients, 3);
    CHECK_SAME(&a.gap, &b.gap, 1);
    CHECK_SAME(&a.gap, &c.gap, 1);
    CHECK(a.sg.coefficients[1] == 1024 * c.sg.coefficients[1]);
    for (size_t i = 0; i < a.rows; i++)
        CHECK_SAME(&a.row[i].measured, &b.row[i].measured, 1);
    sg_class_analysis_free(&a);
    sg_class_analysis_free(&b);
    sg_class_analysis_free(&c);
    free(cells);
    free(other);
    sg_base_rng_free(rng);
}

/* Equal class means, data separated in part, dependent columns, and columns alone. */
static void test_degenerate(void **state)
{
    double exclusive[] = {0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0},
           part[] = {0, 1.5, 0, 0, 2, 1, 0, 3, 0, 1, 1, 1, 1, 2.5, 1, 1, 3, 1, 0, 4, 1};
    double meeting[] = {-0.3, 0, -0.1, 0, 0.1, 0, 0.1, 1, 0.7, 1, 1.3, 1};
    double alone[] = {3, 3, 4, 3, 4, 4, 4};
    (void)state;
    struct sg_class_analysis a = analyzed(exclusive, 4, 3, &standard);
    CHECK(a.reason == SG_CLASS_FLAT && a.verdict == SG_CLASS_HARMLESS && a.gap == 0);
    CHECK_CLOSE(a.sg.loss, log(2), 4 * U);
    CHECK_CLOSE(a.sg.accuracy, 0.5, U);
    CHECK(a.check == SG_CHECK_HOLDS);
    sg_class_analysis_free(&a);
    a = analyzed(part, 7, 3, &standard);
    CHECK(a.sg.finite && a.verdict == SG_CLASS_UNDECIDED && isnan(a.gap));
    CHECK(a.separation == SG_SEPARATION_UNKNOWN ||
          (a.separation == SG_SEPARATION_PART && a.optimum.decided && !a.optimum.finite));
    CHECK(a.separation != SG_SEPARATION_UNKNOWN || !a.optimum.decided);
    sg_class_analysis_free(&a);
    /* classes that meet in one point: no optimum, and the SG, who would rest there, has none */
    a = analyzed(meeting, 6, 2, &standard);
    CHECK(a.verdict == SG_CLASS_UNDECIDED && !a.sg.finite && !a.optimum.coefficients);
    CHECK(a.separation == SG_SEPARATION_UNKNOWN ||
          (a.separation == SG_SEPARATION_PART && a.optimum.decided && !a.optimum.finite));
    sg_class_analysis_free(&a);
    a = analyzed(alone, 7, 1, &standard);
    CHECK_CLOSE(a.optimum.intercept[0], log(4.0 / 3), 10 * U);
    CHECK(a.verdict == SG_CLASS_HARMLESS && a.check == SG_CHECK_HOLDS);
    sg_class_analysis_free(&a);
    struct sg_rng *rng = test_rng("twins", 0);
    double *cells = drawn(90, 2, 2, 1.5, rng), twins[90 * 4];
    for (size_t i = 0; i < 90; i++) {
        twins[4 * i] = cells[3 * i];
        twins[4 * i + 1] = 8 * cells[3 * i];
        twins[4 * i + 2] = cells[3 * i + 1];
        twins[4 * i + 3] = cells[3 * i + 2];
    }
    a = analyzed(cells, 90, 3, &standard);
    struct sg_class_analysis b = analyzed(twins, 90, 4, &standard);
    const double tolerance = 10 * sqrt(90.0) * U * 10;
    CHECK(b.rank == 3 && b.columns == 4 && isinf(b.condition_number) && b.freedom == a.freedom);
    CHECK_CLOSE(b.gap, a.gap, tolerance);
    CHECK_CLOSE(b.sg.coefficients[0], 8 * b.sg.coefficients[1], tolerance);
    CHECK_CLOSE(b.sg.coefficients[0] + 8 * b.sg.coefficients[1], a.sg.coefficients[0], tolerance);
    CHECK(b.check == SG_CHECK_HOLDS);
    sg_class_analysis_free(&a);
    sg_class_analysis_free(&b);
    free(cells);
    sg_base_rng_free(rng);
}

static void test_refusals(void **state)
{
    double constant[] = {1, 5, 2, 5, 3, 5}, continuous[] = {1, 0.5, 2, 1.5, 3, 2.25}, many[2 * 120],
           fine[] = {1, 0, 2, 1, 3, 0};
    const struct sg_analysis_options delayed = {.standardise = true,
                                                .intercept = true,
                                                .with_delay = true},
                                     bare = {.standardise = true};
    (void)state;
    for (size_t i = 0; i < 120; i++) {
        many[2 * i] = (double)(i * i % 7);
        many[2 * i + 1] = (double)i;
    }
    check_refused(constant, 3, 2, &standard, "two classes or more");
    check_refused(continuous, 3, 2, &standard, "has 0.5 among its values; use --loss mse");
    check_refused(many, 120, 2, &standard, "at most 100 of them");
    check_refused(fine, 3, 2, &delayed, "leave --delay away");
    check_refused(fine, 3, 2, &bare, "leave --no-intercept away");
}

/* EMNIST's letters: 26 classes.  More columns than classes: the point is a regression on the
 * scores; fewer: it is the optimum.  The system of the first is too large to look at its
 * eigenvalues. */
static void test_many_classes(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("letters", 0);
    double *cells = drawn(400, 2, 26, 0.3, rng);
    struct sg_class_analysis a = analyzed(cells, 400, 3, &standard);
    CHECK(a.classes == 26 && a.m == 26 && a.reason == SG_CLASS_NO_ROOM);
    CHECK(a.check != SG_CHECK_FAILS && a.gap == 0);
    sg_class_analysis_free(&a);
    for (size_t i = 0; i < 400; i++)
        cells[i * 3 + 2] = (double)(i % 60);
    a = analyzed(cells, 400, 3, &standard);
    CHECK(a.classes == 60 && a.local.large && !a.local.known && a.check != SG_CHECK_FAILS);
    sg_class_analysis_free(&a);
    free(cells);
    sg_base_rng_free(rng);
}

/* ---- rates: the real step's Jacobian by differences ------------------------------------ */

static double step_radius(const struct sg_data *data, const struct sg_log_point *sg, double mu,
                          double nu)
{
    const struct sg_layer layer = {.kind = SG_DENSE, .width = data->m};
    const struct sg_module module = {.at = 1,
                                     .family = SG_LINEAR,
                                     .terms = SG_H | SG_Y | SG_ONE,
                                     .mix = 1};
    const struct sg_arch arch = {.loss = data->m > 1 ? SG_SOFTMAX_XENT : SG_LOGISTIC,
                                 .inputs = data->d,
                                 .labels = data->m,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_field field = sg_sim_net_field(net, data->n);
    const struct sg_batch batch = sg_sim_batch(data);
    const struct sg_sim_spec spec = {.field = &field,
                                     .net_opt = {.rate = mu},
                                     .sg_opt = {.rate = nu}};
    struct sg_sim *sim = sg_sim_alloc(&spec, sg->w, sg->phi);
    const size_t size = sg_sim_state_size(sim);
    double *state = SG_NEW(size, double), *jacobian = SG_NEW(size * size, double), bound;
    double complex *lambda = SG_NEW(size, double complex);
    sg_sim_get_state(state, sim);
    sg_approx_step_jacobian(jacobian, &bound, sim, state, &batch);
    CHECK_STATUS(sg_base_eigen_general(lambda, NULL, jacobian, size), SG_OK);
    const double radius = cabs(lambda[0]);
    free(state);
    free(jacobian);
    free(lambda);
    sg_sim_free(sim);
    sg_net_free(net);
    return radius;
}

/* What the analysis says of a table, with the data and points to look into. */
struct opened { struct sg_class_analysis a; struct sg_class_tables t; struct sg_class_subject s; };

static void open_table(struct opened *o, double *cells, size_t rows, size_t columns)
{
    const struct sg_table table = table_of(cells, rows, columns);
    struct sg_class_analysis unused = {.options = standard};
    struct sg_error err;
    *o = (struct opened){.a = analyzed(cells, rows, columns, &standard)};
    CHECK_STATUS(sg_class_read(&unused, &o->t, &table, "f", "y", &err), SG_OK);
    sg_class_analysis_free(&unused);
    o->s.run = o->t.standard;
    CHECK_STATUS(sg_closed_log_optimum_alloc(&o->s.optimum, &o->s.run, NULL), SG_OK);
    CHECK_STATUS(sg_closed_log_point_alloc(&o->s.sg, &o->s.run, NULL), SG_OK);
}

static void close_table(struct opened *o)
{
    sg_closed_log_point_free(o->s.optimum);
    sg_closed_log_point_free(o->s.sg);
    sg_class_tables_free(&o->t);
    sg_class_analysis_free(&o->a);
}

/* The radius at the best multiple of the fastest rates is as said, and larger beside it.  1e-8: J
 * by central differences is known to u^(2/3), 4e-11, and its eigenvalues to 250 times that, as it
 * is not normal.  m > 1: conserved directions hide it. */
static void check_fastest(const struct opened *o, const struct sg_class_local *l, bool visible)
{
    const double mu = l->joint_scale * l->mu_optimal, nu = l->joint_scale * l->nu_optimal;
    CHECK(l->joint_scale > 0 && l->joint_deficit > 0);
    CHECK(l->mu_optimal < l->mu_critical && l->nu_optimal < l->nu_critical);
    CHECK(l->mu_deficit > 0 && l->nu_deficit > 0);
    if (!visible)
        return;
    const double least = step_radius(&o->s.run, o->s.sg, mu, nu);
    CHECK_CLOSE(1 - least, l->joint_deficit, 1e-8);
    CHECK(step_radius(&o->s.run, o->s.sg, 0.9 * mu, 0.9 * nu) > least - 1e-8);
    CHECK(step_radius(&o->s.run, o->s.sg, 1.1 * mu, 1.1 * nu) > least - 1e-8);
}

/* One per cent below the limit the real step contracts, above it does not.  m > 1: conserved
 * directions stay at 1, known to sqrt(u) as J is not normal. */
static void test_rates(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 3; replicate++) {
        struct sg_rng *rng = test_rng("rates", replicate);
        const size_t k = replicate < 2 ? 2 : 3;
        double *cells = drawn(80, 3, k, 1.5, rng);
        struct opened o;
        open_table(&o, cells, 80, 4);
        const struct sg_class_local *l = &o.a.local;
        context("replicate %llu", (unsigned long long)replicate);
        CHECK(l->known);
        if (l->attracts) {
            const double below = 0.99 * l->together, above = 1.01 * l->together;
            CHECK(step_radius(&o.s.run, o.s.sg, below * l->mu_critical, below * l->nu_critical) <
                  (k == 2 ? 1 : 1 + 1e-5));
            CHECK(step_radius(&o.s.run, o.s.sg, above * l->mu_critical, above * l->nu_critical) >
                  1 + 1e-3);
            /* an SG at its optimum is the limit of a fast one; the weights at rest
             * are the limit of slow ones */
            CHECK(step_radius(&o.s.run, o.s.sg, 0, 0.99 * l->nu_critical) < 1 + 1e-5);
            CHECK(step_radius(&o.s.run, o.s.sg, 0, 1.01 * l->nu_critical) > 1.01);
            check_fastest(&o, l, k == 2);
        }
        close_table(&o);
        free(cells);
        sg_base_rng_free(rng);
    }
}

/* Negative controls: the nearest wrong prediction is contradicted in its own row. */
static void test_wrong_predictions_fail(void **state)
{
    struct sg_rng *rng = test_rng("wrong", 0);
    double *cells = drawn(80, 3, 2, 1.5, rng);
    struct opened o;
    (void)state;
    open_table(&o, cells, 80, 4);
    CHECK(o.a.check == SG_CHECK_HOLDS && o.a.rows == 4);
    for (size_t which = 0; which < 4; which++) {
        double *const number[] = {&o.s.sg->w[0], &o.a.gap, &o.s.optimum->loss, &o.s.sg->phi[1]},
                      saved = *number[which];
        const size_t fails_in[] = {1, 2, 3, 0};
        context("number %zu", which);
        *number[which] *= 1 + 1e-6;
        o.a.rows = 0;
        CHECK_STATUS(sg_class_check(&o.a, &o.s), SG_OK);
        CHECK(o.a.check == SG_CHECK_FAILS && o.a.row[fails_in[which]].verdict == SG_CHECK_FAILS);
        *number[which] = saved;
    }
    close_table(&o);
    free(cells);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_definitions),
        TEST(test_separable),
        TEST(test_slices),
        TEST(test_groups),
        TEST(test_no_room),
        TEST(test_verdict_knows_the_sample_size),
        TEST(test_coins),
        TEST(test_bits),
        TEST(test_degenerate),
        TEST(test_refusals),
        TEST(test_many_classes),
        TEST(test_rates),
        TEST(test_wrong_predictions_fail),
    };
    return RUN(tests);
}
