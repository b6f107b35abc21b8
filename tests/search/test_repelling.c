/* The search for repelling minima: what it reports is what the reduced system says, it climbs, and it is deterministic. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/search.h"

/* 1 / |l r| with l J = lambda l, J r = lambda r, of the eigenvalue nearest to lambda; size <= 14. */
static double eigenvalue_condition(const double *J, double complex lambda, size_t size)
{
    double T[196];
    double complex value[2][14], vector[2][196], dot = 0;
    size_t best[2] = {0, 0};
    for (size_t i = 0; i < size * size; i++)
        T[i] = J[i % size * size + i / size];
    for (size_t k = 0; k < 2; k++) {
        CHECK_STATUS(sg_base_eigen_general(value[k], vector[k], k ? T : J, size), SG_OK);
        for (size_t i = 1; i < size; i++)
            if (cabs(value[k][i] - lambda) < cabs(value[k][best[k]] - lambda))
                best[k] = i;
    }
    for (size_t i = 0; i < size; i++)
        dot += vector[0][best[0] * size + i] * vector[1][best[1] * size + i];
    return 1 / cabs(dot);
}

/* The abscissa of the full flow is that of the reduced one, which shares only the moments with it. */
static void abscissa_is_that_of_the_reduced_system(void **unused)
{
    (void)unused;
    struct sg_repelling found;
    struct sg_search_plan plan = {.deep = {.n_layers = 2, .at = 1, .width = {2, 2, 2}}, .climbs = 1, .steps = 0};   /* a random instance: a climbed one may sit on the 1e-7 that counts as zero */
    struct sg_rng *rng = test_rng("search", 0);
    CHECK_STATUS(sg_search_repelling(&found, &plan, rng), SG_OK);
    struct sg_data data;
    double P[4], M[25], J[196];
    double complex lambda[14];
    sg_closed_deep_product(P, &found.deep, found.w, 0, 2);
    CHECK_STATUS(sg_data_make_moments(&data, found.S, found.R, P, 2, 2), SG_OK);
    sg_closed_deep_moments(M, &data);
    CHECK_STATUS(sg_closed_deep_reduced(J, &found.deep, found.w, NULL, M, found.kappa), SG_OK);
    CHECK_STATUS(sg_base_eigen_general(lambda, NULL, J, 14), SG_OK);
    double abscissa = -HUGE_VAL;
    size_t at = 0;
    for (size_t i = 0; i < 14; i++)
        if (cabs(lambda[i]) > 1e-7 * cabs(lambda[0]) && creal(lambda[i]) / cabs(lambda[0]) > abscissa) {
            abscissa = creal(lambda[i]) / cabs(lambda[0]);
            at = i;
        }
    /* 10 size u |J| times the eigenvalue's condition number, in both systems: one condition for the two. */
    const double condition = eigenvalue_condition(J, lambda[at], 14), size = 14 + 18;
    CHECK_CLOSE(found.abscissa, abscissa, 10 * size * SG_UNIT_ROUNDOFF * norm2_bound(J, 14, 14) * condition / cabs(lambda[0]));
    sg_data_free(&data);
    sg_search_repelling_free(&found);
    sg_base_rng_free(rng);
}

/* More steps from the same stream's first start climb at least as high, and the same call gives the same bits. */
static void climbs_and_repeats(void **unused)
{
    (void)unused;
    double abscissa[3];
    for (size_t t = 0; t < 3; t++) {
        struct sg_repelling found;
        const struct sg_search_plan plan = {.deep = {.n_layers = 3, .at = 1, .width = {2, 2, 2, 2}}, .climbs = 1, .steps = t == 0 ? 0 : 500};
        struct sg_rng *rng = test_rng("climb", 1);
        CHECK_STATUS(sg_search_repelling(&found, &plan, rng), SG_OK);
        abscissa[t] = found.abscissa;
        sg_search_repelling_free(&found);
        sg_base_rng_free(rng);
    }
    CHECK(abscissa[1] > abscissa[0]);
    CHECK_SAME(&abscissa[1], &abscissa[2], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(abscissa_is_that_of_the_reduced_system), TEST(climbs_and_repeats)};
    return RUN(tests);
}
