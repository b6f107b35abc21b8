/* Exact roots of whole polynomials: sides of the imaginary axis and positive roots, on products of
 * factors with known roots.  Multiple ones, ones on the axis and mirrored ones, far scales. */
#include "support.h"

#ifdef SG_HAVE_FLINT
#include "cert/deep_exact.h"

/* f *= (a lambda^2 + b lambda + c)^times */
static void times(fmpz_poly_t f, slong a, slong b, slong c, int power)
{
    fmpz_poly_t factor;
    fmpz_poly_init(factor);
    fmpz_poly_set_coeff_si(factor, 2, a);
    fmpz_poly_set_coeff_si(factor, 1, b);
    fmpz_poly_set_coeff_si(factor, 0, c);
    for (int k = 0; k < power; k++)
        fmpz_poly_mul(f, f, factor);
    fmpz_poly_clear(factor);
}

/* A random factor and what it adds to the counts; u: lambda is counted in units of 1/u. */
static void draw_factor(fmpz_poly_t f, struct sg_exact_sides *sides, slong u, struct sg_rng *rng)
{
    const slong a = (slong)random_size(1, 9, rng), b = (slong)random_size(1, 9, rng);
    const int power = (int)random_size(1, 3, rng);
    switch (random_size(0, 7, rng)) {
    case 0:                                              /* -a/b */
        times(f, 0, b, a * u, power);
        sides->left += power;
        break;
    case 1:
        times(f, 0, b, -a * u, power);
        sides->right += power;
        break;
    case 2:                                              /* +- i sqrt(a/b) */
        times(f, b, 0, a * u * u, power);
        sides->axis += 2 * power;
        break;
    case 3:                                              /* +- sqrt(a/b) */
        times(f, b, 0, -a * u * u, power);
        sides->left += power;
        sides->right += power;
        break;
    case 4:                                              /* -a +- i sqrt(b) */
        times(f, 1, 2 * a * u, (a * a + b) * u * u, power);
        sides->left += 2 * power;
        break;
    case 5:
        times(f, 1, -2 * a * u, (a * a + b) * u * u, power);
        sides->right += 2 * power;
        break;
    case 6:                                              /* four, mirrored in both axes */
        times(f, 1, 2 * a * u, (a * a + b) * u * u, power);
        times(f, 1, -2 * a * u, (a * a + b) * u * u, power);
        sides->left += 2 * power;
        sides->right += 2 * power;
        break;
    default:
        times(f, 0, 1, 0, power);
        sides->zeros += power;
    }
}

static void sides_are_those_of_the_factors(void **state)
{
    (void)state;
    for (uint64_t k = 0; k < 300; k++) {
        struct sg_rng *rng = test_rng("sides", k);
        struct sg_exact_sides known = {0}, got;
        fmpz_poly_t f;
        fmpz_poly_init(f);
        fmpz_poly_set_si(f, k % 2 ? -3 : 7);
        const size_t factors = random_size(1, 6, rng);
        for (size_t i = 0; i < factors; i++)
            draw_factor(f, &known, k % 3 ? 1 : 100000000, rng);
        sg_exact_sides_of(&got, f);
        context("instance %zu of degree %ld: zeros %ld, left %ld, axis %ld, right %ld", (size_t)k,
                fmpz_poly_degree(f), known.zeros, known.left, known.axis, known.right);
        CHECK(got.zeros == known.zeros && got.left == known.left && got.axis == known.axis &&
              got.right == known.right);
        fmpz_poly_clear(f);
        sg_base_rng_free(rng);
    }
}

/* (lambda + 1)(lambda^2 + e lambda + 1), e = -10^-30, 0, 10^-30: right, on the axis, left. */
static void a_hair_from_the_axis_is_told(void **state)
{
    (void)state;
    for (int side = -1; side <= 1; side++) {
        struct sg_exact_sides got;
        fmpz_poly_t f, factor;
        fmpz_t big;
        fmpz_init(big);
        fmpz_set_str(big, "1000000000000000000000000000000", 10);
        fmpz_poly_init(f);
        fmpz_poly_init(factor);
        fmpz_poly_set_coeff_fmpz(factor, 2, big);
        fmpz_poly_set_coeff_si(factor, 1, side);
        fmpz_poly_set_coeff_fmpz(factor, 0, big);
        fmpz_poly_set_si(f, 1);
        times(f, 0, 1, 1, 1);
        fmpz_poly_mul(f, f, factor);
        sg_exact_sides_of(&got, f);
        context("side %d", side);
        CHECK(got.left == (side > 0 ? 3 : 1) && got.axis == (side == 0 ? 2 : 0) &&
              got.right == (side < 0 ? 2 : 0));
        fmpz_poly_clear(f);
        fmpz_poly_clear(factor);
        fmpz_clear(big);
    }
}

/* The roots lie in (low, high) 2^exponent, as exact fractions num / den. */
static bool encloses(const struct sg_exact_root *r, slong num, slong den)
{
    fmpq_t low, high, root;
    fmpq_init(low);
    fmpq_init(high);
    fmpq_init(root);
    fmpq_set_fmpz(low, r->low);
    fmpq_set_fmpz(high, r->high);
    fmpq_set_si(root, num, (ulong)den);
    if (r->exponent >= 0)
        fmpq_div_2exp(root, root, (ulong)r->exponent);
    else
        fmpq_mul_2exp(root, root, (ulong)-r->exponent);
    const int below = fmpq_cmp(low, root), above = fmpq_cmp(root, high);
    const bool in = (below < 0 && above < 0) || (below == 0 && above == 0);
    fmpq_clear(low);
    fmpq_clear(high);
    fmpq_clear(root);
    return in;
}

/* Ascending fractions, among them dyadic ones, which are hit exactly; negative and complex roots
 * and roots 0 beside them. */
static void positive_roots_are_isolated(void **state)
{
    (void)state;
    static const slong root[][2] = {{1, 1000000007}, {1, 3}, {1, 2}, {499999, 999983}, {3, 4},
                                    {1, 1}, {1000001, 1000000}, {7, 1}, {1024, 1},
                                    {123456789012345, 7}};
    struct sg_exact_root got[COUNT(root)];
    fmpz_poly_t f;
    size_t n;
    fmpz_poly_init(f);
    fmpz_poly_set_si(f, -5);
    for (size_t i = 0; i < COUNT(root); i++)
        times(f, 0, root[i][1], -root[i][0], 1);
    times(f, 0, 2, 1, 2);
    times(f, 1, -2, 2, 2);
    times(f, 0, 1, 0, 3);
    CHECK(sg_exact_isolate(got, &n, COUNT(root), f, 34));
    CHECK(n == COUNT(root) && sg_exact_positive(f) == (slong)n);
    for (size_t i = 0; i < n; i++) {
        fmpz_t width;
        fmpz_init(width);
        fmpz_sub(width, got[i].high, got[i].low);
        fmpz_mul_2exp(width, width, 34);
        context("root %ld / %ld", root[i][0], root[i][1]);
        CHECK(encloses(&got[i], root[i][0], root[i][1]));
        CHECK(fmpz_cmp(width, got[i].low) <= 0);
        fmpz_clear(width);
        sg_exact_root_clear(&got[i]);
    }
    CHECK(!sg_exact_isolate(got, &n, COUNT(root) - 1, f, 34) && n == 0);      /* too many */
    fmpz_poly_clear(f);
}

/* Double roots, in the way of the halving or not, are refused: their sign changes twice or
 * never. */
static void multiple_roots_are_refused(void **state)
{
    (void)state;
    static const slong root[][2] = {{1, 3}, {1, 2}, {1, 1}, {3, 1}, {5, 7}};
    for (size_t i = 0; i < COUNT(root); i++)
        for (int power = 1; power <= 3; power++) {
            struct sg_exact_root got[8];
            fmpz_poly_t f;
            size_t n;
            fmpz_poly_init(f);
            fmpz_poly_set_si(f, 1);
            times(f, 0, 1, -2, 1);
            times(f, 0, root[i][1], -root[i][0], power);
            context("(%ld / %ld)^%d", root[i][0], root[i][1], power);
            CHECK(sg_exact_isolate(got, &n, 8, f, 34) == (power == 1));
            CHECK(n == (power == 1 ? 2 : 0) && sg_exact_positive(f) == 2);
            for (size_t k = 0; k < n; k++)
                sg_exact_root_clear(&got[k]);
            fmpz_poly_clear(f);
        }
}

static void nothing_positive_is_found_where_nothing_is(void **state)
{
    (void)state;
    struct sg_exact_root got[2];
    fmpz_poly_t f;
    size_t n = 9;
    fmpz_poly_init(f);
    fmpz_poly_set_si(f, 4);
    CHECK(sg_exact_isolate(got, &n, 2, f, 34) && n == 0);
    times(f, 0, 3, 1, 2);
    times(f, 1, -6, 10, 2);                              /* 3 +- i */
    CHECK(sg_exact_isolate(got, &n, 2, f, 34) && n == 0);
    fmpz_poly_zero(f);
    struct sg_exact_sides sides;
    CHECK_ABORTS(sg_exact_sides_of(&sides, f));
    fmpz_poly_clear(f);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_FLINT
        TEST(sides_are_those_of_the_factors),
        TEST(a_hair_from_the_axis_is_told),
        TEST(positive_roots_are_isolated),
        TEST(multiple_roots_are_refused),
        TEST(nothing_positive_is_found_where_nothing_is),
#else
        cmocka_unit_test(test_not_built),
#endif
    };
    return RUN(tests);
}
