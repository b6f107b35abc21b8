/* The analysis of a table: certified coefficients, spectra known in closed form, honest verdicts,
 * and checks that can fail. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/check.h"
#include "support.h"

static const struct sg_analysis_options standard = {.standardise = true, .intercept = true};
static const struct sg_analysis_options file_units = {.intercept = true};
static const struct sg_analysis_options no_intercept = {.standardise = true};
static const struct sg_analysis_options raw = {.intercept = false};

/* ---- tables ---------------------------------------------------------------------------- */

static char *names[] = {"x0", "x1", "x2", "x3",  "x4",  "x5", "x6",
                        "x7", "x8", "x9", "x10", "x11", "x12"};

/* The last column is the target, "y"; cells stay the caller's. */
static struct sg_table table_of(double *cells, size_t rows, size_t columns)
{
    static char *with_y[COUNT(names) + 1];
    SG_REQUIRE(columns <= COUNT(names) + 1);
    memcpy(with_y, names, (columns - 1) * sizeof *names);
    with_y[columns - 1] = "y";
    return (struct sg_table){.rows = rows, .columns = columns, .names = with_y, .cells = cells};
}

static struct sg_analysis analyzed(const struct sg_table *table, const char *target,
                                   const struct sg_analysis_options *options)
{
    struct sg_analysis a;
    struct sg_error err = {""};
    CHECK_STATUS(sg_analyze_table(&a, table, "file.csv", target, options, &err), SG_OK);
    return a;
}

static struct sg_analysis analyzed_cells(double *cells, size_t rows, size_t columns,
                                         const struct sg_analysis_options *options)
{
    const struct sg_table table = table_of(cells, rows, columns);
    return analyzed(&table, "y", options);
}

static void check_refused(double *cells, size_t rows, size_t columns,
                          const struct sg_analysis_options *options, const char *part)
{
    const struct sg_table table = table_of(cells, rows, columns);
    struct sg_analysis a;
    struct sg_error err = {""};
    context("%s", part);
    CHECK_STATUS(sg_analyze_table(&a, &table, "file.csv", "y", options, &err), SG_BAD_INPUT);
    CHECK(strncmp(err.text, "file.csv:1: ", 12) == 0);
    CHECK(strstr(err.text, part) != NULL);
    CHECK(strchr(err.text, '\n') == NULL);
    CHECK(a.coefficients == NULL && a.lambda_x == NULL);
}

/* ---- Longley: NIST StRD, public domain ------------------------------------------------- */

static char *longley_names[] = {"gnp_deflator", "gnp",  "unemployed", "armed_forces",
                                "population",   "year", "employed"};
static double longley_cells[16 * 7] = {
    83,    234289, 2356, 1590, 107608, 1947, 60323, 88.5,  259426, 2325, 1456, 108632, 1948, 61122,
    88.2,  258054, 3682, 1616, 109773, 1949, 60171, 89.5,  284599, 3351, 1650, 110929, 1950, 61187,
    96.2,  328975, 2099, 3099, 112075, 1951, 63221, 98.1,  346999, 1932, 3594, 113270, 1952, 63639,
    99,    365385, 1870, 3547, 115094, 1953, 64989, 100,   363112, 3578, 3350, 116219, 1954, 63761,
    101.2, 397469, 2904, 3048, 117388, 1955, 66019, 104.6, 419180, 2822, 2857, 118734, 1956, 67857,
    108.4, 442769, 2936, 2798, 120445, 1957, 68169, 110.8, 444546, 4681, 2637, 121950, 1958, 66513,
    112.6, 482704, 3813, 2552, 123366, 1959, 68655, 114.2, 502601, 3931, 2514, 125368, 1960, 69564,
    115.7, 518173, 4806, 2572, 127852, 1961, 69331, 116.9, 554894, 4007, 2827, 130081, 1962, 70551,
};
static const struct sg_table longley = {.rows = 16,
                                        .columns = 7,
                                        .names = longley_names,
                                        .cells = longley_cells};
static const double longley_certified[] = {15.0618722713733,    -0.0358191792925910,
                                           -2.02022980381683,   -1.03322686717359,
                                           -0.0511041056535807, 1829.15146461355};

/* Standardised, |dw| <= 10 n u cond |w_features| in each coefficient (rounding of a backward stable
 * fit, the ones column being orthogonal to the rest), and at least the ten digits asked for; in
 * file units divided by the scale.  Whatever the design's coordinates. */
static void test_longley_coefficients(void **state)
{
    const struct sg_analysis_options *options[] = {&standard, &file_units};
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct sg_analysis a = analyzed(&longley, "employed", options[k]),
                           s = analyzed(&longley, "employed", &standard);
        context("standardise %d", options[k]->standardise);
        double norm = 0;
        for (size_t j = 0; j < 6; j++)
            norm = hypot(norm, longley_certified[j] * s.design.scale[j]);
        const double error = 10 * 16 * SG_UNIT_ROUNDOFF * s.condition_number * norm;
        for (size_t j = 0; j < 6; j++) {
            const double bound = error / s.design.scale[j],
                         digits = 5e-11 * fabs(longley_certified[j]);
            CHECK_CLOSE(a.coefficients[j], longley_certified[j], fmin(bound, digits));
        }
        CHECK(a.options.intercept);
        CHECK_CLOSE(a.intercept, -3482258.63459582, 5e-9 + error * 1954.5 / s.design.scale[5]);
        CHECK_CLOSE(a.rss, 836424.055505915,
                    (5e-16 + 10 * 16 * SG_UNIT_ROUNDOFF) * 836424.055505915);
        CHECK(a.rank == 7 && !a.realizable);
        sg_analysis_free(&a);
        sg_analysis_free(&s);
    }
}

/* The contraction is 1 - 6.3e-13, set by the SG's block: the deficit itself is met to 1 %. */
static void test_longley_deficit(void **state)
{
    (void)state;
    struct sg_analysis a = analyzed(&longley, "employed", &standard);
    CHECK(a.check.verdict == SG_CHECK_HOLDS);
    CHECK(a.speed.sg_is_slower);
    CHECK(a.speed.deficit > 6e-13 && a.speed.deficit < 6.6e-13);
    CHECK_CLOSE(a.check.deficit, a.speed.deficit, a.check.row[SG_ROW_SG].tolerance);
    CHECK(a.check.row[SG_ROW_SG].tolerance <= 0.01 * a.speed.deficit);
    CHECK(a.check.converged);
    CHECK_CLOSE(a.speed.steps_to_1e6, log(1e6) / a.speed.deficit, 1 + 1e-12 * a.speed.steps_to_1e6);
    sg_analysis_free(&a);
    /* In file units directions of the weights are flat to what float64 can show. */
    a = analyzed(&longley, "employed", &file_units);
    CHECK(a.check.verdict == SG_CHECK_INCONCLUSIVE);
    CHECK(strstr(a.check.reason, "nearly collinear") != NULL);
    sg_analysis_free(&a);
}

/* ---- digits that are known ------------------------------------------------------------- */

/* As printed with the digits that are claimed, at most `most`, a number is within one unit of the
 * last of them of the truth; and it claims `least` of them. */
static void check_digits(double value, double error, double truth, int least, int most)
{
    char text[40];
    const int known = sg_analysis_digits(value, error), digits = known < most ? known : most;
    CHECK(known >= least);
    if (digits == 0)
        return;
    snprintf(text, sizeof text, "%.*e", digits - 1, value);
    const double unit = pow(10, floor(log10(fabs(strtod(text, NULL)))) - digits + 1);
    CHECK_CLOSE(strtod(text, NULL), truth, unit * (1 + 1e-10));
}

/* NIST StRD, Wampler 1 to 5: a polynomial of degree 5 on 0..20, y = sum_k c^k x^k + size delta.
 * The certified coefficients are c^k, and the RSS is size^2 83554268: whole numbers. */
static void test_wampler(void **state)
{
    static const double delta[] = {759,  -2048, 2048, -2048, 2523, -2048, 2048,
                                   -2048, 1838, -2048, 2048, -2048, 1838, -2048,
                                   2048, -2048, 2523, -2048, 2048, -2048, 759};
    static const struct { double base, size; } set[] = {
        {1, 0}, {0.1, 0}, {1, 1}, {1, 100}, {1, 10000}};
    const struct sg_analysis_options *options[] = {&standard, &file_units};
    double cells[21 * 6];
    (void)state;
    for (size_t t = 0; t < 2 * COUNT(set); t++) {
        const double base = set[t / 2].base, size = set[t / 2].size;
        context("Wampler %zu, standardise %d", t / 2 + 1, options[t % 2]->standardise);
        for (size_t i = 0; i < 21; i++) {
            double sum = 0;
            for (size_t k = 5; k > 0; k--) {
                cells[i * 6 + k - 1] = pow((double)i, (double)k);
                sum = (sum + 1) * (double)i * base;
            }
            /* five decimals, as in the file */
            cells[i * 6 + 5] = round((sum + 1) * 1e5) / 1e5 + size * delta[i];
        }
        struct sg_analysis a = analyzed_cells(cells, 21, 6, options[t % 2]);
        check_digits(a.intercept, a.intercept_error, 1, 12, 15);
        for (size_t k = 0; k < 5; k++)
            check_digits(a.coefficients[k], a.coefficient_error[k], pow(base, (double)k + 1),
                         12, 15);
        if (size > 0)
            check_digits(a.rss, a.rss_error, size * size * 83554268, 14, 15);
        else
            CHECK(a.rss <= a.rss_error);
        sg_analysis_free(&a);
    }
}

/* Longley's certified values have 15 digits. */
static void test_longley_digits(void **state)
{
    (void)state;
    struct sg_analysis a = analyzed(&longley, "employed", &standard);
    check_digits(a.intercept, a.intercept_error, -3482258.63459582, 10, 15);
    for (size_t j = 0; j < 6; j++)
        check_digits(a.coefficients[j], a.coefficient_error[j], longley_certified[j], 10, 14);
    check_digits(a.rss, a.rss_error, 836424.055505915, 12, 15);
    sg_analysis_free(&a);
}

/* NIST StRD, NoInt1 and NoInt2: through the origin, so nothing is centred. */
static void test_through_the_origin(void **state)
{
    double first[22], second[] = {4, 3, 5, 4, 6, 4};
    (void)state;
    for (size_t i = 0; i < 11; i++) {
        first[2 * i] = 60 + (double)i;
        first[2 * i + 1] = 130 + (double)i;
    }
    for (size_t standardise = 0; standardise < 2; standardise++) {
        const struct sg_analysis_options *options = standardise ? &no_intercept : &raw;
        struct sg_analysis a = analyzed_cells(first, 11, 2, options);
        check_digits(a.coefficients[0], a.coefficient_error[0], 2.07438016528926, 14, 15);
        check_digits(a.rss, a.rss_error, 1400.0 / 11, 14, 15);
        CHECK(a.check.verdict == SG_CHECK_HOLDS);
        sg_analysis_free(&a);
        a = analyzed_cells(second, 3, 2, options);
        check_digits(a.coefficients[0], a.coefficient_error[0], 8.0 / 11, 14, 15);
        check_digits(a.rss, a.rss_error, 3.0 / 11, 14, 15);
        sg_analysis_free(&a);
    }
}

/* Offsets of 1e8 and more: as the columns are, float64 cannot train to the fit, and the verdict is
 * inconclusive; standardised it holds.  y = 2 x - z + e exactly in the doubles that were read
 * (e alternates and is normal to neither), so both give the same coefficients. */
static void test_offsets(void **state)
{
    (void)state;
    for (int k = 6; k <= 15; k++) {
        double cells[40 * 3];
        struct sg_rng *rng = sg_base_rng_alloc(1, "analyze", (uint64_t)k, "offset");
        for (size_t i = 0; i < 40; i++) {
            const double x = round(100 * sg_base_rng_gaussian(rng)),
                         z = round(100 * sg_base_rng_gaussian(rng));
            cells[i * 3] = pow(10, k) + x;
            cells[i * 3 + 1] = z - pow(10, k);
            cells[i * 3 + 2] = 2 * x - z + round(30 * sg_base_rng_gaussian(rng));
        }
        sg_base_rng_free(rng);
        context("offset 1e%d", k);
        struct sg_analysis s = analyzed_cells(cells, 40, 3, &standard),
                           f = analyzed_cells(cells, 40, 3, &file_units);
        CHECK(s.check.verdict == SG_CHECK_HOLDS);
        CHECK(f.check.verdict != SG_CHECK_FAILS);
        CHECK(k < 8 || f.check.verdict == SG_CHECK_INCONCLUSIVE);
        CHECK(s.rank == 3 && f.rank == 3);
        for (size_t j = 0; j < 2; j++) {
            CHECK(sg_analysis_digits(s.coefficients[j], s.coefficient_error[j]) >= 10);
            CHECK_CLOSE(s.coefficients[j], f.coefficients[j],
                        s.coefficient_error[j] + f.coefficient_error[j]);
        }
        sg_analysis_free(&s);
        sg_analysis_free(&f);
    }
}

/* ---- spectra in closed form ------------------------------------------------------------ */

/* Two features of correlation r, standardised, from orthogonal contrasts a, b, e;
 * y = 3 + 2 f1 + s e.  Then
 *   lambda_x = 1 + |r|, 1, 1 - |r|;   det S_z = E r*^2 Var p*,   trace S_z = E p*^2 + E y^2 + 1. */
static void fill_contrasts(double *cells, double r, double s)
{
    for (size_t i = 0; i < 8; i++) {
        const double a = i & 1 ? 1 : -1, b = i & 2 ? 1 : -1, e = i & 4 ? 1 : -1;
        cells[i * 3] = 5 + 0.25 * a;
        cells[i * 3 + 1] = -100 + 7 * (r * a + sqrt(1 - r * r) * b);
        cells[i * 3 + 2] = 3 + 2 * a + s * e;
    }
}

/* The SG from phi = 0 with the weights at rest, simulated by its definition on the samples: E z psi
 * shrinks by the steps that are promised, and not before. */
static void test_from_zero(void **state)
{
    (void)state;
    for (size_t t = 0; t < 4; t++) {
        double cells[24];
        fill_contrasts(cells, 0.5, 1);
        for (size_t i = 0; i < 8; i++)
            cells[i * 3 + 2] = t < 2 ? cells[i * 3 + 2] : 20 + 3 * cells[i * 3 + 2];
        struct sg_analysis_options options = standard;
        options.standardise_target = t % 2;
        struct sg_analysis a = analyzed_cells(cells, 8, 3, &options);
        context("table %zu", t);
        CHECK(a.start.known && a.start.has_scaled == (t % 2 == 0));
        const double scale = t % 2 ? a.design.y_scale[0] : 1, mean = t % 2 ? a.design.y_mean[0] : 0;
        double phi[3] = {0}, nu = 1 / a.lambda_z[0], before = 0, after = 0, g2 = 0;
        for (size_t step = 0; step <= (size_t)a.start.steps; step++) {
            double gradient[3] = {0};
            before = after;
            after = g2 = 0;
            for (size_t i = 0; i < 8; i++) {
                const double y = (cells[i * 3 + 2] - mean) / scale, g = a.residual[i],
                             z[3] = {y + g, y, 1},
                             e = z[0] * phi[0] + z[1] * phi[1] + phi[2] - g;
                after += e * e;
                g2 += g * g;
                for (size_t k = 0; k < 3; k++)
                    gradient[k] += z[k] * e / 8;
            }
            for (size_t k = 0; k < 3; k++)
                phi[k] -= nu * gradient[k];
        }
        CHECK(sqrt(after / g2) <= SG_ANALYSIS_ERROR * (1 + 1e-6));
        CHECK(sqrt(before / g2) > SG_ANALYSIS_ERROR * (1 - 1e-6));
        sg_analysis_free(&a);
    }
}

/* Singular values to 10 n u of the largest each; squared, relative to a small one,
 * with the root of the spread. */
static double eigenvalue_error(double largest, double lambda)
{
    return 2 * 10 * 8 * SG_UNIT_ROUNDOFF * sqrt(largest * lambda);
}

static void test_known_spectra(void **state)
{
    static const double correlations[] = {0, 0.3, 0.9, -0.999, 0.999999}, noises[] = {0.5, 1e-3};
    double cells[24];
    (void)state;
    for (size_t k = 0; k < COUNT(correlations); k++)
        for (size_t l = 0; l < COUNT(noises); l++) {
            const double r = fabs(correlations[k]), s = noises[l], expected[3] = {1 + r, 1, 1 - r};
            fill_contrasts(cells, correlations[k], s);
            context("correlation %g, noise %g", correlations[k], s);
            struct sg_analysis a = analyzed_cells(cells, 8, 3, &standard);
            /* the cells' own rounding: means of 100 on a spread of 7 */
            const double units = 50 * SG_UNIT_ROUNDOFF * 100 / 7;
            for (size_t i = 0; i < 3; i++)
                CHECK_CLOSE(a.lambda_x[i], expected[i],
                            eigenvalue_error(2, expected[i]) + 2 * units * sqrt(2 * expected[i]));
            const double *z = a.lambda_z;
            CHECK_CLOSE(z[0] + z[1] + z[2], 9 + 4 + 9 + 4 + s * s + 1,
                        3 * eigenvalue_error(z[0], z[0]));
            const double product = s * s * 4;
            CHECK_CLOSE(z[0] * z[1] * z[2], product,
                        product * (3 * eigenvalue_error(z[0], z[2]) / z[2] + 10 * units / s));
            CHECK_CLOSE(a.rate_x.critical, 2 / a.lambda_x[0],
                        2 * SG_UNIT_ROUNDOFF * a.rate_x.critical);
            CHECK_CLOSE(a.rate_x.optimal, 2 / (a.lambda_x[0] + a.lambda_x[2]),
                        4 * SG_UNIT_ROUNDOFF);
            CHECK(a.check.verdict == SG_CHECK_HOLDS);
            sg_analysis_free(&a);
        }
}

/* Centred and scaled, y and p* have S_z = [[q, q, 0], [q, 1, 0], [0, 0, 1]],
 * q = R^2 = 4 / (4 + s^2). */
static void test_scaled_target(void **state)
{
    double cells[24];
    (void)state;
    fill_contrasts(cells, 0.5, 0.7);
    struct sg_analysis a = analyzed_cells(cells, 8, 3, &standard);
    const double q = 4 / (4 + 0.49), root = sqrt((1 + q) * (1 + q) - 4 * q * (1 - q)),
                 top = (1 + q + root) / 2, low = q * (1 - q) / top;
    CHECK(a.has_scaled);
    CHECK_CLOSE(a.y_scale, sqrt(4.49), 20 * SG_UNIT_ROUNDOFF * 3);
    CHECK_CLOSE(a.scaled_z.largest, top, eigenvalue_error(top, top));
    CHECK_CLOSE(a.scaled_z.smallest, low, eigenvalue_error(top, low));
    sg_analysis_free(&a);
}

/* R^2 alone: q = 4 / (4 + s^2), and the smallest eigenvalue tends to (1 - q)/2 with an error of
 * (1 - q)^2/8 and higher.  It is the one that scaling the target gives, and steps are those of the
 * SG's block at its fastest rate, 2/(1 + q). */
static void test_explained(void **state)
{
    static const double noises[] = {30, 3, 0.7, 0.1, 1e-3, 1e-5};
    double cells[24];
    (void)state;
    for (size_t k = 0; k < COUNT(noises); k++) {
        const double s = noises[k], u = s * s / (4 + s * s);
        fill_contrasts(cells, 0.5, s);
        struct sg_analysis a = analyzed_cells(cells, 8, 3, &standard);
        const struct sg_analysis_explained *e = &a.explained;
        /* residuals are known to 10 n u |y|, squared relative to s */
        const double tol = 4 * 10 * 8 * SG_UNIT_ROUNDOFF * (5 + s) / s;
        context("noise %g", s);
        CHECK(e->known);
        CHECK_CLOSE(e->unexplained, u, tol * u);
        CHECK_CLOSE(e->r_squared, 1 - u, tol * u + SG_UNIT_ROUNDOFF);
        CHECK_CLOSE(e->smallest, a.scaled_z.smallest,
                    eigenvalue_error(2, e->smallest) + 2 * tol * e->smallest);
        CHECK_CLOSE(e->deficit, 2 * a.scaled_z.smallest / (2 - u),
                    2 * eigenvalue_error(2, e->smallest) + 4 * tol * e->smallest);
        CHECK(u > 0.5 || fabs(e->smallest - u / 2) < u * u / 4 + tol * u);
        CHECK_CLOSE(e->steps_to_1e6, log(1e6) / -log1p(-e->deficit), 1);
        sg_analysis_free(&a);
        a = analyzed_cells(cells, 8, 3, &no_intercept);
        CHECK(!a.explained.known);
        sg_analysis_free(&a);
    }
    /* Nothing is explained by a contrast that y does not hold, and everything of an exact one. */
    for (size_t i = 0; i < 8; i++) {
        cells[i * 2] = i & 1 ? 1 : -1;
        cells[i * 2 + 1] = i & 2 ? 3 : 1;
    }
    struct sg_analysis a = analyzed_cells(cells, 8, 2, &standard);
    CHECK(!a.explained.known && !a.realizable);
    sg_analysis_free(&a);
    fill_contrasts(cells, 0.5, 0);
    a = analyzed_cells(cells, 8, 3, &standard);
    CHECK(!a.explained.known && a.realizable);
    sg_analysis_free(&a);
}

static void test_delay_limits(void **state)
{
    static const size_t taus[] = {0, 1, 10, 10000};
    double cells[24];
    (void)state;
    fill_contrasts(cells, 0.5, 0.7);
    for (size_t k = 0; k < COUNT(taus); k++) {
        const struct sg_analysis_options options = {.standardise = true,
                                                    .intercept = true,
                                                    .with_delay = true,
                                                    .delay = taus[k]};
        struct sg_analysis a = analyzed_cells(cells, 8, 3, &options);
        const double limit = a.delay.mu_backprop * a.lambda_x[0],
                     theta = M_PI / (2.0 * (double)taus[k] + 1);
        /* A root of z^(tau+1) - z^tau + limit = 0 on the unit circle:
         * z^tau (1 - z) = limit at z = e^(i theta). */
        CHECK_CLOSE(hypot(1 - cos(theta), sin(theta)), limit, 10 * SG_UNIT_ROUNDOFF);
        CHECK_CLOSE(a.delay.nu_stale_sg * a.lambda_z[0], limit, 10 * SG_UNIT_ROUNDOFF * limit);
        CHECK(a.delay.mu_delayed_pairs == a.rate_x.critical &&
              a.delay.nu_delayed_pairs == a.rate_z.critical);
        sg_analysis_free(&a);
    }
}

/* ---- degenerate data ------------------------------------------------------------------- */

/* y = 2.385 x0 - 1.1 x1 + 4.7 to rounding: DY4, one zero eigenvalue of S_z left out. */
static void test_realizable(void **state)
{
    double cells[6 * 3];
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        cells[i * 3] = (double)(i * i % 5);
        cells[i * 3 + 1] = (double)(3 * i % 7) - 2.5;
        cells[i * 3 + 2] = 2.385 * cells[i * 3] - 1.1 * cells[i * 3 + 1] + 4.7;
    }
    struct sg_analysis a = analyzed_cells(cells, 6, 3, &standard);
    CHECK(a.realizable);
    CHECK(a.rate_z.zeros == 1 && a.rate_x.zeros == 0);
    CHECK(a.check.verdict == SG_CHECK_HOLDS);
    CHECK_CLOSE(a.coefficients[0], 2.385, 10 * 6 * SG_UNIT_ROUNDOFF * a.condition_number * 2.385);
    sg_analysis_free(&a);
}

/* A duplicate, another unit of it, and a sum: minimum norm in standardised coordinates gives
 * equal columns equal weights. */
static void test_rank_deficient(void **state)
{
    double cells[7 * 4];
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        cells[i * 4] = (double)(i * i % 11);
        cells[i * 4 + 1] = 8 * cells[i * 4];
        cells[i * 4 + 2] = (double)(5 * i % 8);
        cells[i * 4 + 3] = sin((double)i);
    }
    struct sg_analysis a = analyzed_cells(cells, 7, 4, &standard);
    CHECK(a.rank == 3 && a.columns == 4);
    CHECK(isinf(a.condition_number));
    CHECK(a.rate_x.zeros == 1);
    CHECK_CLOSE(a.coefficients[0], 8 * a.coefficients[1],
                10 * 7 * SG_UNIT_ROUNDOFF * fabs(a.coefficients[0]));
    CHECK(a.check.verdict == SG_CHECK_HOLDS);
    sg_analysis_free(&a);
}

static void test_more_columns_than_rows(void **state)
{
    struct sg_rng *rng = test_rng("wide", 0);
    (void)state;
    for (size_t rows = 1; rows <= 4; rows++) {
        double *cells = random_vector(rows * 13, 2.385, rng);
        struct sg_analysis a = analyzed_cells(cells, rows, 13, &standard);
        CHECK(a.n == rows && a.rank == rows);
        CHECK(a.realizable);
        CHECK(a.design.dropped == (rows == 1 ? 12 : 0));
        CHECK(a.check.verdict != SG_CHECK_FAILS);
        sg_analysis_free(&a);
        free(cells);
    }
    sg_base_rng_free(rng);
}

static void test_constants(void **state)
{
    double cells[] = {0, 7, 1, 3,   0, 7, 2, 3,   0, 7, 4, 3};
    const struct sg_analysis_options *options[] = {&standard, &no_intercept, &file_units, &raw};
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        context("options %zu", k);
        struct sg_analysis a = analyzed_cells(cells, 3, 4, options[k]);
        CHECK(a.design.dropped == (options[k]->intercept ? 2 : 1));
        /* a constant target is the ones column's, or the sevens' */
        CHECK(a.realizable);
        CHECK(a.has_scaled == !options[k]->intercept);
        CHECK(a.check.verdict == SG_CHECK_HOLDS);
        sg_analysis_free(&a);
    }
}

static void test_refusals(void **state)
{
    double zero[] = {0, 1, 0, 2}, far[] = {1, 1e200, 2, 3}, wide_column[] = {1e-200, 1, 3e-200, 2};
    double tiny[] = {1e-300, 1e30,   3e-300, 2};
    (void)state;
    check_refused(zero, 2, 2, &raw, "no feature column is left");
    check_refused(far, 2, 2, &standard, "the target reaches 1e+200");
    check_refused(wide_column, 2, 2, &file_units, "column 1 reaches 3e-200");
    check_refused(tiny, 2, 2, &standard, "coefficient of column 1");
    char *const saved = names[0];
    double cells[] = {1, 1,   0, 2};
    names[0] = "(intercept)";
    check_refused(cells, 2, 2, &standard, "rename column 1");
    struct sg_analysis a = analyzed_cells(zero, 2, 2, &standard);   /* left out: no clash */
    sg_analysis_free(&a);
    names[0] = saved;
}

/* ---- verdicts -------------------------------------------------------------------------- */

/* All sorts of units, offsets and noise: whatever is measured agrees with its prediction
 * or is called inconclusive. */
static void test_never_contradicts(void **state)
{
    static const double offsets[] = {0, 1, 1e3, 1e6}, scales[] = {1e-3, 1, 3400},
                        noises[] = {1e-7, 1e-3, 1};
    size_t holds = 0;
    (void)state;
    for (uint64_t replicate = 0; replicate < 36; replicate++) {
        struct sg_rng *rng = test_rng("sorts", replicate);
        const double offset = offsets[replicate % 4], scale = scales[replicate / 4 % 3],
                     noise = noises[replicate / 12];
        const size_t d = random_size(1, 12, rng), n = random_size(2, 40, rng);
        double *cells = random_vector(n * (d + 1), 1, rng);
        for (size_t i = 0; i < n; i++)
            cells[i * (d + 1) + d] = offset +
                                     scale * (cells[i * (d + 1)] + noise * cells[i * (d + 1) + d]);
        const struct sg_analysis_options options = {.standardise = replicate % 5 != 0,
                                                    .intercept = replicate % 7 != 0};
        struct sg_analysis a = analyzed_cells(cells, n, d + 1, &options);
        CHECK(a.check.verdict != SG_CHECK_FAILS);
        CHECK((a.check.verdict == SG_CHECK_HOLDS) == (a.check.reason[0] == '\0'));
        for (size_t i = 0; i < SG_ANALYSIS_ROWS; i++)
            if (a.check.row[i].verdict == SG_CHECK_HOLDS)
                CHECK_CLOSE(a.check.row[i].measured, a.check.row[i].predicted,
                            a.check.row[i].tolerance);
        holds += a.check.verdict == SG_CHECK_HOLDS;
        sg_analysis_free(&a);
        free(cells);
        sg_base_rng_free(rng);
    }
    /* tightness: "inconclusive" is no way out */
    CHECK(holds >= 18);
}

/* The simulation of a table with one number, 2 % off (`which` of 6) or a weight (6)
 * moved by 1e-3 of y's spread. */
static struct sg_analysis simulated_with(size_t which, const struct sg_table *table,
                                         const char *target)
{
    const struct sg_design_options options = {.standardise = true, .intercept = true};
    struct sg_analysis a = analyzed(table, target, &standard);
    struct sg_data data;
    struct sg_design design;
    struct sg_fit *fit;
    struct sg_error err;
    CHECK_STATUS(sg_data_make_design(&data, &design, table, "f", &target, 1, &options, &err),
                 SG_OK);
    CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
    double *wrong[] = {&a.rate_x.deficit, &a.rate_x.optimal,  &a.rate_z.deficit,
                       &a.rate_z.optimal, &a.rate_x.critical, &a.rate_z.critical};
    if (which < COUNT(wrong))
        *wrong[which] *= 0.98;
    else if (which == COUNT(wrong))
        fit->w[0] += 1e-3 * a.y_scale;
    CHECK_STATUS(sg_analysis_simulate(&a, &data, fit, fit), SG_OK);
    sg_closed_fit_free(fit);
    sg_data_free(&data);
    sg_data_design_free(&design);
    return a;
}

/* Weights that are whole numbers are rows said as often; in any unit.  A row of weight 0 is as if
 * it were not there, whatever is in it. */
static void test_weights(void **state)
{
    static const struct sg_analysis_options *const asked[] = {&standard, &file_units,
                                                              &no_intercept, &raw};
    enum { N = 9, MOST = 40 };
    (void)state;
    for (uint64_t replicate = 0; replicate < 12; replicate++) {
        struct sg_rng *rng = test_rng("weights", replicate);
        struct sg_analysis_options options = *asked[replicate % COUNT(asked)];
        double *draws = random_vector(N * 3, 1, rng), said[MOST * 3], weighted[N * 4];
        const double unit = replicate % 2 ? 1 : 0.37;
        size_t rows = 0;
        for (size_t i = 0; i < N; i++) {
            const size_t times = i == 4 ? 0 : 1 + i * 7 % 4;
            if (i == 4)
                draws[i * 3] = 1e6;
            draws[i * 3 + 2] += 2.385 * draws[i * 3] + 5;
            memcpy(weighted + i * 4, draws + i * 3, 2 * sizeof *draws);
            weighted[i * 4 + 2] = unit * (double)times;
            weighted[i * 4 + 3] = draws[i * 3 + 2];
            for (size_t k = 0; k < times; k++)
                memcpy(said + 3 * rows++, draws + i * 3, 3 * sizeof *draws);
        }
        options.standardise_target = replicate > 7;
        struct sg_analysis b = analyzed_cells(said, rows, 3, &options);
        options.weights = "x2";
        const struct sg_table table = table_of(weighted, N, 4);
        struct sg_analysis a = analyzed(&table, "y", &options);
        /* condition numbers of some tens, and d + sqrt(n) of ten */
        const double tol = 1e4 * SG_UNIT_ROUNDOFF;
        context("replicate %llu", (unsigned long long)replicate);
        CHECK(a.check.verdict == SG_CHECK_HOLDS && a.columns == b.columns);
        for (size_t k = 0; k < 2; k++) {
            CHECK_CLOSE(a.coefficients[k], b.coefficients[k], tol * fabs(b.coefficients[k]));
            CHECK_BOUND(fabs(a.coefficients[k] - b.coefficients[k]),
                        a.coefficient_error[k] + b.coefficient_error[k]);
            /* refined; a fit in doubles alone knows ten or eleven */
            CHECK(sg_analysis_digits(a.coefficients[k], a.coefficient_error[k]) >= 13);
        }
        CHECK_CLOSE(a.intercept, b.intercept, tol * (1 + fabs(b.intercept)));
        CHECK_CLOSE(a.rss, unit * b.rss, tol * unit * b.rss);
        CHECK_CLOSE(a.y_mean, b.y_mean, tol * (1 + fabs(b.y_mean)));
        CHECK_CLOSE(a.y_scale, b.y_scale, tol * b.y_scale);
        CHECK_CLOSE(a.rate_x.critical, b.rate_x.critical, tol * b.rate_x.critical);
        CHECK_CLOSE(a.rate_x.optimal, b.rate_x.optimal, tol * b.rate_x.optimal);
        CHECK_CLOSE(a.rate_z.critical, b.rate_z.critical, tol * b.rate_z.critical);
        CHECK_CLOSE(a.scaled_z.critical, b.scaled_z.critical, tol * b.scaled_z.critical);
        CHECK(a.explained.known == b.explained.known);
        if (a.explained.known)
            CHECK_CLOSE(a.explained.unexplained, b.explained.unexplained, tol);
        CHECK_CLOSE(a.start.steps, b.start.steps, 1e-6 * b.start.steps + 1);
        sg_analysis_free(&a);
        sg_analysis_free(&b);
        free(draws);
        sg_base_rng_free(rng);
    }
}

/* Negative controls: the nearest wrong prediction is contradicted, in its own row. */
static void test_wrong_predictions_fail(void **state)
{
    static const size_t row_of[] = {SG_ROW_WEIGHTS, SG_ROW_WEIGHTS, SG_ROW_SG, SG_ROW_SG,
                                    SG_ROW_MU,      SG_ROW_NU,      SG_ROW_FIT};
    double cells[24];
    (void)state;
    fill_contrasts(cells, 0.99, 0.1);
    for (size_t which = 0; which <= COUNT(row_of); which++)
        for (size_t t = 0; t < 2; t++) {
            const struct sg_table table = t == 0 ? table_of(cells, 8, 3) : longley;
            struct sg_analysis a = simulated_with(which, &table, t == 0 ? "y" : "employed");
            context("number %zu, %s", which, t == 0 ? "contrasts" : "longley");
            if (which == COUNT(row_of)) {
                CHECK(a.check.verdict == SG_CHECK_HOLDS);        /* nothing changed */
            } else {
                CHECK(a.check.verdict == SG_CHECK_FAILS);
                CHECK(a.check.row[row_of[which]].verdict == SG_CHECK_FAILS);
            }
            sg_analysis_free(&a);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_longley_coefficients),
        TEST(test_longley_deficit),
        TEST(test_wampler),
        TEST(test_longley_digits),
        TEST(test_through_the_origin),
        TEST(test_offsets),
        TEST(test_from_zero),
        TEST(test_known_spectra),
        TEST(test_scaled_target),
        TEST(test_explained),
        TEST(test_delay_limits),
        TEST(test_realizable),
        TEST(test_rank_deficient),
        TEST(test_more_columns_than_rows),
        TEST(test_constants),
        TEST(test_refusals),
        TEST(test_never_contradicts),
        TEST(test_weights),
        TEST(test_wrong_predictions_fail),
    };
    return RUN(tests);
}
