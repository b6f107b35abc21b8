/* Statistics against what can be counted by hand. */
#include "lab/old.h"
#include "support.h"

#include <string.h>

static void sign_test_counts(void **state)
{
    (void)state;
    CHECK_CLOSE(sg_claim_sign_test(5, 5), 1.0 / 32, 1e-15);
    CHECK_CLOSE(sg_claim_sign_test(4, 5), 6.0 / 32, 1e-15);
    CHECK_CLOSE(sg_claim_sign_test(3, 5), 16.0 / 32, 1e-15);
    CHECK(sg_claim_sign_test(0, 5) == 1);
    CHECK_CLOSE(sg_claim_sign_test(20, 20), ldexp(1, -20), 1e-20);
}

static void quantiles(void **state)
{
    (void)state;
    const double values[] = {3.5, -1, 2, 10, 0.25};
    CHECK(sg_claim_quantile(values, 5, 0) == -1 && sg_claim_quantile(values, 5, 1) == 10 && sg_claim_quantile(values, 5, 0.5) == 2);
    CHECK(sg_claim_quantile(values, 5, 0.25) == 0.25);
    CHECK_CLOSE(sg_claim_quantile(values, 5, 0.9), 0.4 * 3.5 + 0.6 * 10, 1e-14);
    const double broken[] = {1, SG_NAN};
    CHECK(isnan(sg_claim_quantile(broken, 2, 0.5)));
}

/* Means of 400 samples of N(2.385, 1) are within the interval about 19 times in 20. */
static void bootstrap_covers(void **state)
{
    (void)state;
    enum { N = 40, TRIALS = 400 };
    struct sg_rng *rng = test_rng("bootstrap", 0);
    size_t covered = 0;
    double width = 0;
    for (int t = 0; t < TRIALS; t++) {
        double values[N], interval[2];
        for (size_t i = 0; i < N; i++)
            values[i] = 2.385 + sg_base_rng_gaussian(rng);
        sg_claim_bootstrap(interval, values, N, rng);
        covered += interval[0] <= 2.385 && 2.385 <= interval[1];
        width += (interval[1] - interval[0]) / TRIALS;
    }
    /* Percentile intervals at n = 40 cover 93.5 %; four standard deviations of a count of 400 are 5 %. */
    CHECK((double)covered >= 0.885 * TRIALS && (double)covered <= 0.985 * TRIALS);
    CHECK_CLOSE(width, 2 * 1.96 / sqrt(N), 0.05);
    sg_base_rng_free(rng);
}

static enum sg_status run_it(struct sg_error *err, size_t i, void *context)
{
    enum sg_status *outcome = context;
    if (outcome[i] == SG_IO)
        snprintf(err->text, sizeof err->text, "file %zu is not there", i);
    return outcome[i];
}

/* The first failure is the experiment's, whatever comes after it, and says why. */
static void the_first_failed_run_speaks(void **state)
{
    (void)state;
    const struct sg_case c = {.name = "runs"};
    const struct sg_trial trial = {.c = &c};
    enum sg_status outcome[5] = {SG_OK, SG_OK, SG_OK, SG_OK, SG_OK};
    struct sg_evidence ev = {0};
    CHECK_STATUS(sg_claim_runs(&ev, &trial, 5, run_it, outcome), SG_OK);
    CHECK(ev.note[0] == '\0');
    outcome[4] = SG_DIVERGED;
    CHECK_STATUS(sg_claim_runs(&ev, &trial, 5, run_it, outcome), SG_DIVERGED);
    CHECK(strcmp(ev.note, "a run diverged") == 0);
    outcome[2] = SG_IO;
    CHECK_STATUS(sg_claim_runs(&ev, &trial, 5, run_it, outcome), SG_IO);
    CHECK(strcmp(ev.note, "file 2 is not there") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(sign_test_counts), TEST(quantiles), TEST(bootstrap_covers), TEST(the_first_failed_run_speaks)};
    return RUN(tests);
}
