/* DY8's minima over Q: counts against floating spectra, kappa_c against known digits from both
 * sides, and attempts to fool them: on the boundary, defective, singular, at far scales.  Undecided
 * or right, never wrong. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/cert.h"
#include "synthgrad/closed.h"
#include "synthgrad/deep.h"

#ifdef SG_HAVE_FLINT
/* The page's instance, its decimals exact. */
static const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 2, 2}};
static const double W[6] = {1, 1, 1, 3, 0, 0.5}, S[1] = {1}, R[4] = {1000, 0, 0, 1};
static const struct sg_cert_minimum instance = {.deep = &deep, .w = W, .S = S, .R = R, .w_over = 10,
                                                .R_over = 100};

static enum sg_status line_of(struct sg_cert_line *line, const struct sg_cert_minimum *minimum)
{
    struct sg_cert_deep *over_q;
    CHECK_STATUS(sg_cert_deep_alloc(&over_q, minimum), SG_OK);
    const enum sg_status status = sg_cert_deep_line(line, over_q);
    sg_cert_deep_free(over_q);
    return status;
}

/* ---- against floating point ---------------------------------------------------------------- */

/* N layers of up to three units, the SG at any place; S and R from Cholesky factors with log-normal
 * pivots, of which some minima repel. */
struct drawn { struct sg_deep deep; double w[64], S[9], R[9], P[9], M[49]; };

static void draw_moments(double *A, size_t n, struct sg_rng *rng)
{
    double L[9];
    sg_base_rng_gaussians(L, n * n, rng);
    for (size_t i = 0; i < n; i++)
        L[i * n + i] = exp(L[i * n + i]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            L[i * n + j] = 0;
    sg_base_mul_nt(A, L, L, n, n, n);
}

static void draw(struct drawn *x, struct sg_rng *rng)
{
    const size_t N = random_size(1, 3, rng);
    x->deep = (struct sg_deep){.n_layers = N, .at = random_size(1, N, rng)};
    for (size_t i = 0; i <= N; i++)
        x->deep.width[i] = random_size(1, 3, rng);
    const size_t d = x->deep.width[0], m = x->deep.width[N];
    const size_t n_w = sg_closed_deep_n_w(&x->deep);
    sg_base_rng_gaussians(x->w, n_w, rng);
    for (size_t i = 0; i < n_w; i++)
        x->w[i] *= 0.7;
    draw_moments(x->S, d, rng);
    draw_moments(x->R, m, rng);
    sg_closed_deep_product(x->P, &x->deep, x->w, 0, N);
    sg_closed_deep_centred_moments(x->M, x->S, x->R, x->P, d, m);
}

/* Weights near the page's instance, where kappa = 1/1024 repels, in units in which it is clear. */
static void draw_near(struct drawn *x, struct sg_rng *rng)
{
    x->deep = deep;
    sg_base_rng_gaussians(x->w, 6, rng);
    for (size_t i = 0; i < 6; i++)
        x->w[i] = W[i] / 10 * (1 + 0.05 * x->w[i]);
    x->S[0] = 1;
    for (size_t i = 0; i < 4; i++)
        x->R[i] = R[i] / 100;
    sg_closed_deep_product(x->P, &x->deep, x->w, 0, 2);
    sg_closed_deep_centred_moments(x->M, x->S, x->R, x->P, 1, 2);
}

static int by_modulus(const void *a, const void *b)
{
    const double x = cabs(*(const double complex *)a), y = cabs(*(const double complex *)b);
    return (x > y) - (x < y);
}

/* The closed form's Jacobian is in (W, Psi), the certificate's in (W, Phi) and from other formulas.
 * Zeros of a semisimple kernel are known to rounding times a condition number, 1e-8 at the worst
 * looked at; an instance whose other eigenvalues come within 1e-5 of the largest to the axis is
 * passed over. */
static void counts_are_those_of_the_spectrum(void **state)
{
    (void)state;
    size_t looked = 0, repels = 0, sharp = 0;
    for (uint64_t k = 0; k < 100; k++) {
        struct sg_rng *rng = test_rng("sides", k);
        struct drawn x;
        struct sg_cert_sides sides, again;
        struct sg_cert_deep *over_q;
        const bool near = k % 5 == 0;
        if (near)
            draw_near(&x, rng);
        else
            draw(&x, rng);
        const double kappa = ldexp(1, near ? -10 : (int)random_size(0, 10, rng) - 10);
        const size_t size = sg_closed_deep_n_w(&x.deep) + sg_closed_deep_n_phi(&x.deep);
        const struct sg_cert_minimum minimum = {.deep = &x.deep, .w = x.w, .S = x.S, .R = x.R};
        const enum sg_status fate = sg_cert_minimum_sides(&sides, &minimum, 1, kappa);
        if (k % 4 == 0) {                                /* over Q[kappa], and then at kappa */
            CHECK_STATUS(sg_cert_deep_alloc(&over_q, &minimum), SG_OK);
            CHECK_STATUS(sg_cert_deep_sides(&again, over_q, 1, kappa), fate);
            sg_cert_deep_free(over_q);
            CHECK(sides.zeros == again.zeros && sides.left == again.left &&
                  sides.right == again.right && sides.positive == again.positive);
        }
        CHECK(sides.size == size && sides.zeros + sides.left + sides.axis + sides.right == size);
        CHECK(sides.regular && sides.zeros == sides.rests);
        double *J = SG_NEW(size * size, double);
        double complex *lambda = SG_NEW(size, double complex);
        sg_closed_deep_flow(J, &x.deep, x.w, x.M, kappa);
        CHECK_STATUS(sg_base_eigen_general(lambda, NULL, J, size), SG_OK);
        qsort(lambda, size, sizeof *lambda, by_modulus);
        const double largest = cabs(lambda[size - 1]);
        size_t right = 0;
        bool clear = true;
        for (size_t i = sides.zeros; i < size; i++) {
            clear = clear && fabs(creal(lambda[i])) > 1e-5 * largest;
            right += creal(lambda[i]) > 0;
        }
        context("instance %zu: %zu layers, at %zu, kappa %g: zeros %zu right %zu", (size_t)k,
                x.deep.n_layers, x.deep.at, kappa, sides.zeros, sides.right);
        if (clear) {
            CHECK(sides.zeros == 0 || cabs(lambda[sides.zeros - 1]) < 1e-6 * largest);
            CHECK(sides.right == right && sides.axis == 0);
            CHECK(fate == (right ? SG_REFUTED : SG_OK));
            looked++;
            repels += right > 0;
            sharp += sides.zeros > 0;
        }
        free(J);
        free(lambda);
        sg_base_rng_free(rng);
    }
    context("looked at %zu, %zu repel, %zu with zeros", looked, repels, sharp);
    CHECK(looked >= 50 && repels >= 10 && sharp >= 30);
}

/* ---- kappa_c --------------------------------------------------------------------------------- */

/* kappa_c = 0.0094029577, from the page; two on the right below it. */
static void the_instance_is_enclosed_from_both_sides(void **state)
{
    (void)state;
    struct sg_cert_line line;
    struct sg_cert_deep *over_q;
    struct sg_cert_sides sides;
    CHECK_STATUS(line_of(&line, &instance), SG_OK);
    CHECK(line.n == 1 && line.fate[0] == SG_REFUTED && line.fate[1] == SG_OK);
    CHECK(line.between[0].right == 2 && line.between[1].right == 0 && !line.crossing[0].real);
    CHECK(line.between[0].size == 16 && line.between[0].zeros == 6);
    CHECK_CLOSE(line.critical.low, 0.0094029577, 5e-11);
    CHECK(line.critical.high > line.critical.low &&
          line.critical.high < line.critical.low * (1 + 1e-10));
    CHECK_STATUS(sg_cert_deep_alloc(&over_q, &instance), SG_OK);
    CHECK_STATUS(sg_cert_deep_sides(&sides, over_q, 1, line.critical.low), SG_REFUTED);
    CHECK_STATUS(sg_cert_deep_sides(&sides, over_q, 1, line.critical.high), SG_OK);
    /* kappa = 1/1000: the eigenvalue 2.69815e-4 is known to six digits, and is not another */
    CHECK_STATUS(sg_cert_deep_sides(&sides, over_q, 1000, 1), SG_REFUTED);
    CHECK(sides.positive == 2 && sides.right == 2);
    CHECK(sg_cert_deep_brackets(over_q, 1000, 1, 2.69814e-4, 2.69816e-4));
    CHECK(!sg_cert_deep_brackets(over_q, 1000, 1, 2.69816e-4, 2.69818e-4));
    CHECK_ABORTS((void)!sg_cert_deep_brackets(over_q, 1, 1, -HUGE_VAL, 0));
    sg_cert_deep_free(over_q);
}

/* Widths 1-2-2-1: -G^+ D Pi_H Q has one positive eigenvalue, and it is rational. */
static const struct sg_deep narrow = {.n_layers = 3, .at = 2, .width = {1, 2, 2, 1}};
static const double narrow_w[8] = {-1, 1, 40, -38, 40, -41, 1, 1}, narrow_S[1] = {54},
                    narrow_R[1] = {1};
static const struct sg_cert_minimum crossing = {.deep = &narrow, .w = narrow_w, .S = narrow_S,
                                                .R = narrow_R, .w_over = 20};

/* kappa_0 = 4/3 exactly: there an eigenvalue 0 too many, neither fate.  2^-50 beside it one is. */
static void on_the_boundary_nothing_is_decided(void **state)
{
    (void)state;
    struct sg_cert_sides sides;
    struct sg_cert_line line;
    const double near = ldexp(1, -50);
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &crossing, 3, 4), SG_UNPROVED);
    CHECK(sides.right == 0 && sides.axis == 0 && sides.zeros == sides.rests + 1 && sides.regular);
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &crossing, 3, 4 - 4 * near), SG_REFUTED);
    CHECK(sides.right == 1 && sides.zeros == sides.rests);
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &crossing, 3, 4 + 4 * near), SG_OK);
    CHECK_STATUS(line_of(&line, &crossing), SG_OK);
    CHECK(line.n == 1 && line.crossing[0].real);
    CHECK(line.critical.low <= 4.0 / 3 && line.critical.high >= 4.0 / 3);
    CHECK(line.critical.high < line.critical.low * (1 + 1e-10));
}

/* y, x -> c y, c x multiplies S and R by c^2: time runs c^2 times as fast but for the constant's
 * eigenvalues -kappa, and kappa_c stays. */
static void far_scales_change_nothing(void **state)
{
    (void)state;
    static const double factor[] = {1e9, 1e-9, 1e-18};
    const struct sg_cert_minimum *const of[] = {&instance, &crossing};
    for (size_t k = 0; k < COUNT(of); k++) {
        struct sg_cert_line plain, scaled;
        CHECK_STATUS(line_of(&plain, of[k]), SG_OK);
        for (size_t i = 0; i < COUNT(factor); i++) {
            struct sg_cert_minimum far = *of[k];
            far.S_over = factor[i];                      /* not 10^-9 but both the same */
            far.R_over = (k == 0 ? 128 : 1) * factor[i];
            struct sg_cert_minimum near = *of[k];
            near.R_over = k == 0 ? 128 : 1;
            CHECK_STATUS(line_of(&plain, &near), SG_OK);
            CHECK_STATUS(line_of(&scaled, &far), SG_OK);
            context("minimum %zu, over %g", k, factor[i]);
            CHECK(scaled.n == plain.n && scaled.between[0].right == plain.between[0].right);
            CHECK(scaled.critical.low <= plain.critical.high &&
                  scaled.critical.high >= plain.critical.low);
            CHECK(scaled.critical.high < scaled.critical.low * (1 + 1e-10));
        }
    }
}

/* ---- minima that attract -------------------------------------------------------------------- */

/* T2, T3 and T4 say: for every kappa.  So does an SG at the output. */
static void theorems_are_proved_for_every_kappa(void **state)
{
    (void)state;
    static const double round[4] = {2, 0, 0, 2}, one[1] = {3}, any[4] = {3, 1, 1, 2};
    static const double w[8] = {1, -2, 0.5, 1, 2, -0.25, 1, -1};
    static const struct sg_deep shape[] = {
        {.n_layers = 2, .at = 1, .width = {2, 2, 1}},    /* T2 */
        {.n_layers = 2, .at = 1, .width = {1, 2, 2}},    /* T3 */
        {.n_layers = 2, .at = 1, .width = {2, 1, 2}},    /* T4 */
        {.n_layers = 2, .at = 2, .width = {2, 2, 2}}};
    const struct sg_cert_minimum attracts[] = {
        {.deep = &shape[0], .w = w, .S = round, .R = one},
        {.deep = &shape[1], .w = w, .S = one, .R = round},
        {.deep = &shape[2], .w = w, .S = any, .R = any},
        {.deep = &shape[3], .w = w, .S = any, .R = any}};
    for (size_t k = 0; k < COUNT(attracts); k++) {
        struct sg_cert_line line;
        struct sg_cert_sides sides;
        context("theorem %zu", k + 2);
        CHECK_STATUS(sg_cert_minimum_sides(&sides, &attracts[k], 1024, 1), SG_OK);
        CHECK(sides.regular && sides.zeros == sides.rests && sides.right == 0);
        CHECK_STATUS(line_of(&line, &attracts[k]), SG_OK);
        CHECK(line.n == 0 && line.critical.low <= 0 && line.critical.high <= 0);
    }
}

/* ---- where the rests are no manifold, or none is known --------------------------------------- */

/* All weights 0 with P = 0 is a minimum, but the product has rank 0 there and more beside it. */
static void a_singular_set_of_minima_is_not_said_to_attract(void **state)
{
    (void)state;
    static const double zero[6] = {0}, half[6] = {1, 1, 0, 0, 0, 0};
    const double *const weights[] = {zero, half};
    for (size_t k = 0; k < COUNT(weights); k++) {
        struct sg_cert_minimum flat = instance;
        struct sg_cert_sides sides;
        struct sg_cert_line line;
        flat.w = weights[k];
        context("weights %zu", k);
        const enum sg_status fate = sg_cert_minimum_sides(&sides, &flat, 1, 1);
        CHECK(sides.right == 0);
        CHECK(k == 0 ? fate == SG_UNPROVED && !sides.regular : fate == SG_OK);
        CHECK(line_of(&line, &flat) != SG_REFUTED);
    }
}

/* Each rank alone.  Three layers, the upper two 0: the first order of the product is 0, and the
 * SG's regressors have their full rank.  Two layers, the first of rank 1 of 2 below one output: the
 * product has its full rank, and h has more beside it. */
static void each_rank_is_asked_for(void **state)
{
    (void)state;
    static const struct sg_deep three = {.n_layers = 3, .at = 1, .width = {1, 1, 1, 1}};
    static const struct sg_deep two = {.n_layers = 2, .at = 1, .width = {2, 2, 1}};
    static const double w_three[3] = {1, 0, 0}, w_two[6] = {1, 2, 1, 2, 1, 1}, one[1] = {1};
    static const double round[4] = {2, 1, 1, 2}, low[6] = {1, 2, 1, 3, 1, 1};
    const struct sg_cert_minimum flat[] = {{.deep = &three, .w = w_three, .S = one, .R = one},
                                           {.deep = &two, .w = w_two, .S = round, .R = one},
                                           {.deep = &two, .w = low, .S = round, .R = one}};
    for (size_t k = 0; k < COUNT(flat); k++) {
        struct sg_cert_sides sides;
        context("minimum %zu", k);
        CHECK_STATUS(sg_cert_minimum_sides(&sides, &flat[k], 1, 4), k < 2 ? SG_UNPROVED : SG_OK);
        CHECK(sides.right == 0 && sides.axis == 0 && sides.zeros == sides.rests);
        CHECK(sides.regular == (k == 2));
    }
}

/* Singular moments are data too: realizable (R = 0), or features that depend on each other.  The
 * counts are those of the nonzero spectrum, and to attract needs the manifold. */
static void singular_moments_are_counted(void **state)
{
    (void)state;
    static const double none[4] = {0}, part[4] = {1000, 0, 0, 0};
    struct sg_cert_sides sides;
    struct sg_cert_minimum flat = instance;
    flat.R = none;
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &flat, 1, 1), SG_OK);
    flat.R = part;               /* R = diag(10, 0): one positive eigenvalue, which T1 excludes for
                                    nonsingular R */
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &flat, 1000, 1), SG_REFUTED);
    CHECK(sides.right == 1 && sides.positive == 1 && sides.zeros == sides.rests);
    /* two features that are one: the instance again, the second with the weights 0 */
    static const struct sg_deep wide = {.n_layers = 2, .at = 1, .width = {2, 2, 2}};
    static const double w[8] = {1, 1, 0, 0, 1, 3, 0, 0.5}, ones[4] = {1, 0, 0, 0};
    const struct sg_cert_minimum doubled = {.deep = &wide, .w = w, .S = ones, .R = R, .w_over = 10,
                                            .R_over = 100};
    struct sg_cert_line line, single;
    CHECK_STATUS(line_of(&line, &doubled), SG_OK);
    CHECK_STATUS(line_of(&single, &instance), SG_OK);
    CHECK(line.n == 1 && line.critical.low <= single.critical.high &&
          line.critical.high >= single.critical.low);
}

/* ---- an intercept, several SGs -------------------------------------------------------------- */

/* T1 without its hypothesis, on the page: 1 = x e, exactly one positive real eigenvalue.
 * E[x] = S e leaves (x, 1) positive semidefinite only for e^T S e = 1. */
static void an_intercept_is_counted(void **state)
{
    (void)state;
    static const struct sg_deep two = {.n_layers = 2, .at = 1, .width = {2, 2, 2}};
    static const double w[8] = {-60570, 4155, 232700, 83730, 7443, -6601, -345000, -107300};
    static const double e[2] = {1765, -1439};
    double S2[4] = {7492.0 * 7492, 7492.0 * 3326, 7492.0 * 3326, 3326.0 * 3326 + 3733.0 * 3733};
    static const double R2[4] = {17689, -479598, -479598, 13003236.0 + 6749604};
    const double square = e[0] * e[0] * S2[0] + 2 * e[0] * e[1] * S2[1] + e[1] * e[1] * S2[3];
    double mean[4] = {0};
    for (size_t i = 0; i < 4; i++) {
        mean[i / 2] += 1e3 * S2[i] * e[i % 2];
        S2[i] *= 1e6;
    }
    struct sg_cert_minimum given = {.deep = &two, .w = w, .S = S2, .R = R2, .mean = mean,
                                    .w_over = 1e5, .S_over = square, .R_over = 1e6,
                                    .mean_over = square};
    struct sg_cert_sides sides;
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &given, 1e7, 6315), SG_REFUTED);
    CHECK(sides.right == 1 && sides.positive == 1 && sides.zeros == sides.rests);
    given.mean_over = square - 1;                        /* means too large for S */
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &given, 1e7, 6315), SG_HYPOTHESIS);
    given.mean_over = square;
    mean[2] = 1;                                         /* 1 = x e, and E[r] is not 0 */
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &given, 1e7, 6315), SG_HYPOTHESIS);
}

/* Data with means, against the closed form's spectrum: the constant does not decouple. */
static void means_are_counted(void **state)
{
    (void)state;
    static const double mean[3] = {0.5, 0.25, -0.0625};
    struct sg_cert_minimum shifted = instance;
    struct sg_cert_sides sides;
    double w[6], R1[4], P[2], M[16], J[16 * 16];
    double complex lambda[16];
    shifted.mean = mean;
    for (size_t i = 0; i < 6; i++)
        w[i] = W[i] / 10;
    for (size_t i = 0; i < 4; i++)
        R1[i] = R[i] / 100;
    sg_closed_deep_product(P, &deep, w, 0, 2);
    sg_closed_deep_centred_moments(M, S, R1, P, 1, 2);
    M[3] = M[12] = mean[0];
    for (size_t j = 0; j < 2; j++)
        M[(1 + j) * 4 + 3] = M[12 + 1 + j] = P[j] * mean[0] + mean[1 + j];
    for (int k = 0; k < 3; k++) {
        const double kappa = pow(10, -k);
        size_t right = 0;
        sg_closed_deep_flow(J, &deep, w, M, kappa);
        CHECK_STATUS(sg_base_eigen_general(lambda, NULL, J, 16), SG_OK);
        qsort(lambda, 16, sizeof *lambda, by_modulus);
        for (size_t i = 6; i < 16; i++)
            right += creal(lambda[i]) > 0;
        const enum sg_status fate = sg_cert_minimum_sides(&sides, &shifted, 1 / kappa, 1);
        context("kappa %g: %zu right", kappa, right);
        CHECK(sides.zeros == 6 && sides.rests == 6 && sides.regular && sides.right == right);
        CHECK(fate == (right ? SG_REFUTED : SG_OK));
        CHECK(cabs(lambda[5]) < 1e-8 * cabs(lambda[15]));
        CHECK(cabs(lambda[6]) > 1e-6 * cabs(lambda[15]));
    }
}

/* DY15's minimum of seven layers of one unit (tests/closed/test_deep_several.c): SGs everywhere
 * repel by a pair at kappa = 0.45, attract at 100, and one SG anywhere attracts. */
static void several_sgs_are_counted(void **state)
{
    (void)state;
    enum { N = 7 };
    const double S2[] = {25, 0, 0, 0.1}, R1 = 25, map[] = {-0.19, -0.66};
    const size_t everywhere[] = {1, 2, 3, 4, 5, 6};
    const struct sg_deep chain = {.n_layers = N, .at = 1, .width = {2, 1, 1, 1, 1, 1, 1, 1}};
    struct sg_rng *rng = test_rng("several", 0);
    for (size_t at = 0; at < N + 1; at++) {
        const double kappa = at == N ? 100 : 0.45;
        const bool all = at == 0 || at == N;
        double pull[N - 1] = {0}, w[8];
        struct sg_factorisation *f;
        struct sg_cert_sides sides;
        for (size_t i = 1; i < N; i++)
            pull[i - 1] = all || at == i ? 2 / kappa : 0;
        CHECK_STATUS(sg_closed_factor_alloc(&f, map, 2, 1, pull, N), SG_OK);
        CHECK_STATUS(sg_closed_factor_weights(w, f, &chain, rng), SG_OK);
        const struct sg_cert_minimum chosen = {.deep = &chain, .at = all ? everywhere : &at,
                                               .n_at = all ? N - 1 : 1, .w = w, .S = S2, .R = &R1};
        const enum sg_status fate = sg_cert_minimum_sides(&sides, &chosen, 1, kappa);
        context("SG at %zu, kappa %g: left %zu, right %zu of %zu", at, kappa, sides.left,
                sides.right, sides.size);
        CHECK(sides.size == 8 + (all ? 18 : 3) && sides.zeros == 6 && sides.regular);
        CHECK(fate == (at == 0 ? SG_REFUTED : SG_OK));
        CHECK(sides.right == (at == 0 ? 2 : 0) && sides.positive == 0);
        sg_closed_factor_free(f);
    }
    sg_base_rng_free(rng);
}

/* ---- growth, and what is refused ------------------------------------------------------------ */

#ifdef SG_HAVE_ARB
static void a_repelling_minimum_grows(void **state)
{
    (void)state;
    static const double round[4] = {1, 0, 0, 1};
    double growth;
    CHECK_STATUS(sg_cert_deep_growth(&growth, &instance, 1000, 1), SG_REFUTED);
    CHECK(growth <= 2.69816e-4 && growth > 0.9 * 2.698e-4);
    /* the closed form's matrix, its doubles exact: another Jacobian of the same flow */
    static const double w[6] = {0.1, 0.1, 0.1, 0.3, 0, 0.05}, P[2] = {0.01, 0.035};
    static const double R1[4] = {10, 0, 0, 0.01};
    double flow[16 * 16], closed, moments[16];
    sg_closed_deep_centred_moments(moments, S, R1, P, 1, 2);
    sg_closed_deep_flow(flow, &deep, w, moments, 1e-3);
    CHECK_STATUS(sg_cert_growth(&closed, flow, 16), SG_REFUTED);
    CHECK(closed <= 2.69816e-4 && closed > 0.9 * 2.698e-4);
    struct sg_cert_minimum attracts = instance;          /* T3; its zeros forbid SG_OK */
    attracts.R = round;
    CHECK_STATUS(sg_cert_deep_growth(&growth, &attracts, 1, 1e-3), SG_UNPROVED);
    CHECK_NAN(&growth, 1);
    CHECK_STATUS(sg_cert_deep_growth(&growth, &instance, -1, 1e-3), SG_HYPOTHESIS);
    CHECK_STATUS(sg_cert_deep_growth(&growth, &instance, 1, SG_NAN), SG_NOT_FINITE);
}
#endif

static void what_is_no_minimum_is_refused(void **state)
{
    (void)state;
    static const double indefinite[4] = {1, 2, 2, 1}, skew[4] = {1, 0.5, 0, 1},
                        lower[4] = {1, 0, 0.5, 1}, hollow[4] = {0, 1, 1, 1}, minus[1] = {-1},
                        zero[1] = {0}, nan[6] = {SG_NAN, 1, 1, 3, 0, 1};
    const double *const bad_R[] = {indefinite, skew, lower, hollow};
    struct sg_cert_minimum bad = instance;
    struct sg_cert_sides sides;
    struct sg_cert_deep *over_q;
    for (size_t k = 0; k < COUNT(bad_R); k++) {
        bad.R = bad_R[k];
        context("R %zu", k);
        CHECK_STATUS(sg_cert_deep_alloc(&over_q, &bad), SG_HYPOTHESIS);
        CHECK(!over_q);
    }
    bad = instance;
    bad.S = minus;
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &bad, 1, 1), SG_HYPOTHESIS);
    bad.S = zero;
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &bad, 1, 1), SG_HYPOTHESIS);
    bad = instance;
    bad.w = nan;
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &bad, 1, 1), SG_NOT_FINITE);
    bad = instance;
    bad.w_over = HUGE_VAL;
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &bad, 1, 1), SG_NOT_FINITE);
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &instance, 0, 1), SG_HYPOTHESIS);
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &instance, 1, -1), SG_HYPOTHESIS);
    CHECK_STATUS(sg_cert_minimum_sides(&sides, &instance, HUGE_VAL, 1), SG_NOT_FINITE);
    CHECK(sides.size == 0);
    struct sg_deep outside = deep;
    outside.at = 3;
    bad = instance;
    bad.deep = &outside;
    CHECK_ABORTS((void)!sg_cert_minimum_sides(&sides, &bad, 1, 1));
    sg_cert_deep_free(NULL);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_FLINT
        TEST(counts_are_those_of_the_spectrum),
        TEST(the_instance_is_enclosed_from_both_sides),
        TEST(on_the_boundary_nothing_is_decided),
        TEST(far_scales_change_nothing),
        TEST(theorems_are_proved_for_every_kappa),
        TEST(a_singular_set_of_minima_is_not_said_to_attract),
        TEST(each_rank_is_asked_for),
        TEST(singular_moments_are_counted),
        TEST(an_intercept_is_counted),
        TEST(means_are_counted),
        TEST(several_sgs_are_counted),
#ifdef SG_HAVE_ARB
        TEST(a_repelling_minimum_grows),
#endif
        TEST(what_is_no_minimum_is_refused),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
