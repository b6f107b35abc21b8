/* Statistics against what can be counted by hand, and against what they cover. */
#include "lab/statistics.h"

#include <math.h>
#include <string.h>

#include "judge/judge.h"
#include "judge.h"

static void quantiles(void **state)
{
    (void)state;
    const double values[] = {3.5, -1, 2, 10, 0.25};
    CHECK(sg_claim_quantile(values, 5, 0) == -1 && sg_claim_quantile(values, 5, 1) == 10);
    CHECK(sg_claim_quantile(values, 5, 0.5) == 2 && sg_claim_quantile(values, 5, 0.25) == 0.25);
    CHECK_CLOSE(sg_claim_quantile(values, 5, 0.9), 0.4 * 3.5 + 0.6 * 10, 1e-14);
    const double broken[] = {1, SG_NAN};
    CHECK(isnan(sg_claim_quantile(broken, 2, 0.5)));
}

/* The table of Student's distribution: t = 2.3646 at 7 degrees of freedom, 12.706 at 1. */
static void student(void **state)
{
    (void)state;
    struct sg_t_interval i;
    const double eight[] = {1, 2, 3, 4, 5, 6, 7, 8}, two[] = {0, 2}, same[] = {2, 2, 2},
                 zeros[8] = {0};
    CHECK_CLOSE(sg_lab_t_interval(&i, eight, 8, 0.95), 4.5, 1e-15);
    CHECK_CLOSE(i.high - i.low, 2 * 2.364624 * sqrt(6.0 / 8), 1e-6);
    CHECK_CLOSE(i.high + i.low, 9, 1e-14);
    CHECK(i.confidence == 0.95);
    CHECK_CLOSE(sg_lab_t_interval(&i, two, 2, 0.95), 1, 1e-15);
    CHECK_CLOSE(i.high - i.low, 2 * 12.7062, 1e-4);
    /* The p value is that of the interval that ends at 0. */
    const double p = sg_lab_t_test(eight, 8);
    sg_lab_t_interval(&i, eight, 8, 1 - p);
    CHECK_CLOSE(i.low, 0, 1e-9);
    CHECK(sg_lab_t_test(zeros, 8) == 1 && sg_lab_t_test(same, 3) == 0);
    sg_lab_t_interval(&i, zeros, 8, 0.95);
    CHECK(i.low == 0 && i.high == 0);
    sg_lab_t_interval(&i, eight, 1, 0.95);
    CHECK(isnan(i.low) && isnan(i.high) && sg_lab_t_test(eight, 1) == 1);
    const double broken[] = {1, SG_NAN, 2};
    sg_lab_t_interval(&i, broken, 3, 0.95);
    CHECK(isnan(i.low) && sg_lab_t_test(broken, 3) == 1);
}

/* Holm by hand at 5 %: 0.01 <= 0.05/4, 0.015 <= 0.05/3, 0.03 > 0.05/2, so 0.04 is not found either.
 */
static void holm(void **state)
{
    (void)state;
    const double p[] = {0.04, 0.01, 0.03, 0.015},
                 want[] = {1 - 0.05 / 2, 1 - 0.05 / 4, 1 - 0.05 / 2, 1 - 0.05 / 3};
    double each[4];
    sg_lab_holm(each, p, 4, 0.95);
    CHECK_ALL(each, want, 1e-15, 4);
    const double small[] = {1e-9, 1e-8};
    sg_lab_holm(each, small, 2, 0.95);
    CHECK_CLOSE(each[0], 0.975, 1e-15);
    CHECK_CLOSE(each[1], 0.95, 1e-15);
}

/* ---- coverage ------------------------------------------------------------------------------- */

static double normal(struct sg_rng *rng)
{
    return sg_base_rng_gaussian(rng);
}

/* Two modes three standard deviations from the middle. */
static double bimodal(struct sg_rng *rng)
{
    return (sg_base_rng_index(rng, 2) ? 3 : -3) + sg_base_rng_gaussian(rng);
}

/* Exponential, skewness 2, of mean 0. */
static double skewed(struct sg_rng *rng)
{
    const double a = sg_base_rng_gaussian(rng), b = sg_base_rng_gaussian(rng);
    return (a * a + b * b) / 2 - 1;
}

enum { TRIALS = 20000, SEEDS_MAX = 8 };

/* How often the 95 % interval has the mean, 0. */
static double coverage(double (*law)(struct sg_rng *), size_t seeds, const char *name)
{
    struct sg_rng *rng = test_rng(name, seeds);
    size_t covered = 0;
    for (int t = 0; t < TRIALS; t++) {
        double values[SEEDS_MAX];
        struct sg_t_interval i;
        for (size_t s = 0; s < seeds; s++)
            values[s] = law(rng);
        sg_lab_t_interval(&i, values, seeds, 0.95);
        covered += i.low <= 0 && 0 <= i.high;
    }
    sg_base_rng_free(rng);
    return (double)covered / TRIALS;
}

/* Exact for normal differences, at every number of seeds.  For the others what 3,000,000 draws of
 * these laws gave, the numbers that statistics.h states.  To four standard deviations of a share of
 * TRIALS. */
static void intervals_cover_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        double (*law)(struct sg_rng *);
        size_t seeds;
        double covers;
    } laws[] = {{"normal", normal, 8, 0.95},    {"normal", normal, 5, 0.95},
                {"bimodal", bimodal, 8, 0.941}, {"bimodal", bimodal, 5, 0.934},
                {"skewed", skewed, 8, 0.894},   {"skewed", skewed, 5, 0.883}};
    for (size_t i = 0; i < COUNT(laws); i++) {
        const double share = laws[i].covers;
        context("%s, %zu seeds", laws[i].name, laws[i].seeds);
        CHECK_CLOSE(coverage(laws[i].law, laws[i].seeds, laws[i].name), share,
                    4 * sqrt(share * (1 - share) / TRIALS));
    }
}

/* Of four effects that are not there, one or more is found in 5 % of experiments at most: their
 * errors are dependent or not. */
static void holm_keeps_the_error_of_all(void **state)
{
    (void)state;
    enum { EFFECTS = 4, N = 4000 };
    struct sg_rng *rng = test_rng("holm", 0);
    size_t wrong = 0, unadjusted = 0;
    for (int t = 0; t < N; t++) {
        double p[EFFECTS], each[EFFECTS], values[EFFECTS][SG_LAB_SEEDS];
        bool found = false, plain = false;
        for (size_t e = 0; e < EFFECTS; e++) {
            for (size_t s = 0; s < SG_LAB_SEEDS; s++)
                values[e][s] = sg_base_rng_gaussian(rng);
            p[e] = sg_lab_t_test(values[e], SG_LAB_SEEDS);
        }
        sg_lab_holm(each, p, EFFECTS, 0.95);
        for (size_t e = 0; e < EFFECTS; e++) {
            struct sg_t_interval i;
            sg_lab_t_interval(&i, values[e], SG_LAB_SEEDS, each[e]);
            found = found || i.low > 0 || i.high < 0;
            plain = plain || p[e] < 0.05;
        }
        wrong += found;
        unadjusted += plain;
    }
    /* 5 % of 4000 are 200, with a standard deviation of 14; without Holm 1 - 0.95^4 = 18.5 %. */
    CHECK(wrong <= 256 && wrong >= 144 && unadjusted > 600);
    sg_base_rng_free(rng);
}

/* ---- rows ----------------------------------------------------------------------------------- */

static struct sg_evidence effects_of(const double *first, const double *second, size_t n,
                                     const char *budget)
{
    static struct sg_evidence ev;
    struct sg_case c = {.name = "effects"};
    snprintf(c.budget, sizeof c.budget, "%s", budget);
    const struct sg_trial trial = {.c = &c};
    ev = (struct sg_evidence){0};
    struct sg_lab lab = sg_lab_begin(&ev, &trial);
    const struct sg_effect effect[] = {{"a", "first", "a", first, n},
                                       {"b", "second", "b", second, n}};
    sg_lab_effects(&lab, effect, 2);
    CHECK_STATUS(sg_lab_end(&lab), SG_OK);
    return ev;
}

static const double up[8] = {1, 1.2, 0.9, 1.1, 1, 1.3, 0.8, 1}, zeros[8] = {0},
                    down[8] = {-1, -1.2, -1, -0.8, -1, -1, -1.1, -1};

static void too_few_seeds_leave_effects_open(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        const char *budget;
        enum sg_row_state state;
    } tries[] = {{8, "none", SG_ROW_MET},
                 {7, "none", SG_ROW_OPEN},
                 {5, "a night", SG_ROW_MET},
                 {4, "a night", SG_ROW_OPEN}};
    for (size_t i = 0; i < COUNT(tries); i++) {
        struct sg_evidence ev = effects_of(up, zeros, tries[i].n, tries[i].budget);
        context("%zu seeds, budget %s: %s", tries[i].n, tries[i].budget, ev.row[0].basis);
        CHECK(ev.n_rows == 2 && ev.row[0].state == tries[i].state && !ev.row[0].secondary &&
              ev.row[1].secondary);
        CHECK(ev.row[1].state == SG_ROW_OPEN); /* exactly 0: neither found nor contradicted */
        CHECK((strstr(ev.note, "train.seeds = 8") != NULL) == (tries[i].state == SG_ROW_OPEN));
        CHECK((strstr(ev.row[0].basis, "fewer than 8") != NULL) == (tries[i].n == 5));
        CHECK(tries[i].state == SG_ROW_MET ? sg_claim_margin(&ev.row[0]) < 1
                                           : sg_claim_margin(&ev.row[0]) == HUGE_VAL);
        sg_claim_evidence_free(&ev);
    }
    struct sg_evidence ev = effects_of(up, down, 8, "none");
    CHECK(ev.row[0].state == SG_ROW_MET && ev.row[1].state == SG_ROW_MISSED);
    sg_claim_evidence_free(&ev);
}

/* ---- verdicts ------------------------------------------------------------------------------- */

static enum sg_row_state primary, secondary;

static struct sg_t_interval interval_of(enum sg_row_state want)
{
    return want == SG_ROW_MET      ? (struct sg_t_interval){0.5, 1.5, 0.95}
           : want == SG_ROW_MISSED ? (struct sg_t_interval){-1.5, -0.5, 0.95}
                                   : (struct sg_t_interval){-1, 1, 0.95};
}

static void says(struct sg_lab *lab, void *on)
{
    (void)on;
    const struct sg_t_interval i = interval_of(primary), j = interval_of(secondary);
    sg_lab_effect(lab, "a", "primary", (i.low + i.high) / 2, i, false, "t");
    sg_lab_effect(lab, "b", "secondary", (j.low + j.high) / 2, j, true, "t");
}

/* The primary effect decides; a secondary one that is open does not; one that is contradicted takes
 * "reproduced" away, and is not outweighed by an open primary effect. */
static void the_primary_effect_decides(void **state)
{
    (void)state;
    static const struct {
        enum sg_row_state primary, secondary;
        enum sg_verdict verdict;
    } tries[] = {
        {SG_ROW_MET, SG_ROW_MET, SG_REPRODUCED},
        {SG_ROW_MET, SG_ROW_OPEN, SG_REPRODUCED},
        {SG_ROW_MET, SG_ROW_MISSED, SG_NOT_REPRODUCED},
        {SG_ROW_OPEN, SG_ROW_MET, SG_INCONCLUSIVE},
        {SG_ROW_OPEN, SG_ROW_OPEN, SG_INCONCLUSIVE},
        {SG_ROW_OPEN, SG_ROW_MISSED, SG_NOT_REPRODUCED},
        {SG_ROW_MISSED, SG_ROW_MET, SG_NOT_REPRODUCED},
    };
    static const struct sg_claim claim = {.id = "X",
                                          .name = "x",
                                          .title = "x",
                                          .empirical = true,
                                          .reads = "train.seeds",
                                          .measure = sg_lab_measure,
                                          .says = says};
    for (size_t i = 0; i < COUNT(tries); i++) {
        struct sg_case c;
        struct sg_judgement j;
        struct sg_error err;
        read_case(&c, "cases/nl7_observe_only.cfg", 1);
        memset(c.given, 0, sizeof c.given);
        memset(c.control->given, 0, sizeof c.given);
        c.has_control = false;
        primary = tries[i].primary;
        secondary = tries[i].secondary;
        snprintf(c.expect, sizeof c.expect, "reproduced");
        const struct sg_judge_options options = {.claim = &claim};
        CHECK_STATUS(sg_claim_judge(&j, &c, &options, &err), SG_OK);
        context("try %zu: %s", i, sg_claim_verdict_name(j.verdict));
        CHECK(j.verdict == tries[i].verdict && j.ok == (tries[i].verdict == SG_REPRODUCED));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
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
    const struct CMUnitTest tests[] = {TEST(quantiles),
                                       TEST(student),
                                       TEST(holm),
                                       TEST(intervals_cover_what_they_say),
                                       TEST(holm_keeps_the_error_of_all),
                                       TEST(too_few_seeds_leave_effects_open),
                                       TEST(the_primary_effect_decides),
                                       TEST(the_first_failed_run_speaks)};
    return RUN(tests);
}
