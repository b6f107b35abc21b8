/* Certificates as evidence: which cases have how many, that each is proved, and that the controls
 * refute what they should. */
#include "judge.h"

#include <math.h>

#include "lab/certify.h"
#include "synthgrad/closed.h"

#ifdef SG_HAVE_ARB
static const struct { const char *path; size_t rows; const char *refuted;
} certified[] = {
    {"cases/cp1_preservation.cfg", 1, NULL},
    {"cases/cp2_equivalence.cfg", 1, NULL},
    {"cases/cp4_spurious.cfg", 3, NULL},
    {"cases/cp5_bias.cfg", 2, NULL},
    {"cases/cp6_separable.cfg", 4, NULL},
    {"cases/cp7_matching_module.cfg", 4, NULL},
    {"cases/cp7_separable.cfg", 2, NULL},
    {"cases/dy1_backprop.cfg", 3, "inside-proved"},
    {"cases/dy1_rank_deficient.cfg", 1, NULL},
    {"cases/dy2_frozen_sg.cfg", 2, "inside-proved"},
    {"cases/dy2_rank_deficient.cfg", 1, NULL},
    {"cases/dy3_joint_spectrum.cfg", 8, "inside-proved"},
    {"cases/dy3_momentum.cfg", 2, NULL},
    {"cases/dy4_fixed_line.cfg", 3, "place-real-proved"},
    {"cases/dy4_outputs.cfg", 6, "place-real-proved"},
    {"cases/dy5_line_search.cfg", 4, "falls-proved"},
    {"cases/dy6_tracking.cfg", 4, NULL},
    {"cases/dy7_chosen_rates.cfg", 2, NULL},
    {"cases/dy8_three_layers.cfg", 7, NULL},
    {"cases/dy9_fast_sg.cfg", 1, NULL},
    {"cases/dy10_mode_trajectories.cfg", 3, NULL},
    {"cases/dy11_delay.cfg", 11, NULL},
    {"cases/dy12_order.cfg", 9, NULL},
    {"cases/dy13_line_search.cfg", 3, NULL},
    {"cases/dy13_rank_deficient.cfg", 2, NULL},
};

static void cases_are_certified(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT(certified); k++) {
        struct sg_case c;
        read_case(&c, certified[k].path, 1);
        struct sg_judgement j = judge(&c, 99 + k);
        context("%s", certified[k].path);
        CHECK(j.ok && j.verdict == SG_HOLDS);
        CHECK(count_rows(&j, true) == certified[k].rows);
        if (certified[k].refuted) {                      /* the control as a case of its own */
            memcpy(c.control->given, c.given, sizeof c.given);
            struct sg_judgement beyond = judge(c.control, 99 + k);
            CHECK(beyond.verdict == SG_FAILS);
            CHECK(!row_id(&beyond, certified[k].refuted)->ok);
            sg_claim_judgement_free(&beyond);
        }
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* Every row of a limit has its two ends, and between them no more than 1e-8 of it. */
static void limits_are_met_from_both_sides(void **state)
{
    static const struct { const char *path, *id; double limit; } row[] = {
        {"cases/dy4_fixed_line.cfg", "lower-real-proved", -1},
        {"cases/dy4_any_inputs.cfg", "lower-real-proved", -1},
        {"cases/dy11_delay.cfg", "stale-limit-0-proved", 2},
        {"cases/dy11_delay.cfg", "stale-limit-1-proved", 1},
        {"cases/dy11_delay.cfg", "stale-limit-2-proved", 0.61803398874989485}};
    (void)state;
    for (size_t k = 0; k < COUNT(row); k++) {
        struct sg_case c;
        read_case(&c, row[k].path, 1);
        struct sg_judgement j = judge(&c, 7 + k);
        const struct sg_row *r = row_id(&j, row[k].id);
        context("%s %s: [%.17g, %.17g]", row[k].path, row[k].id, r->low, r->high);
        CHECK(r->ok && r->low < row[k].limit && row[k].limit < r->high);
        CHECK_BOUND(r->high - r->low, 1e-8 * fabs(row[k].limit));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* What the two ends' certificates say, and what becomes of the row. */
static void rows_of_limits(void **state)
{
    static const struct { double low, high; enum sg_status inside, outside; enum sg_row_state is;
    } row[] = {{1, 1 + 1e-9, SG_OK, SG_REFUTED, SG_ROW_MET},
               {-1 - 1e-9, -1, SG_OK, SG_REFUTED, SG_ROW_MET},
               {1, 1 + 2e-8, SG_OK, SG_REFUTED, SG_ROW_OPEN},        /* too wide to be one */
               {1, HUGE_VAL, SG_OK, SG_REFUTED, SG_ROW_OPEN},
               {SG_NAN, 1, SG_OK, SG_REFUTED, SG_ROW_OPEN},
               {1, 1 + 1e-9, SG_UNPROVED, SG_REFUTED, SG_ROW_OPEN},
               {1, 1 + 1e-9, SG_OK, SG_UNPROVED, SG_ROW_OPEN},
               {1, 1 + 1e-9, SG_OK, SG_OK, SG_ROW_MISSED},           /* the limit is beyond */
               {1, 1 + 1e-9, SG_REFUTED, SG_REFUTED, SG_ROW_MISSED}, /* before */
               {1, 1 + 1e-9, SG_REFUTED, SG_UNPROVED, SG_ROW_MISSED}};
    (void)state;
    for (size_t k = 0; k < COUNT(row); k++) {
        struct sg_evidence ev = {0};
        const struct sg_trial trial = {0};
        struct sg_lab lab = sg_lab_begin(&ev, &trial);
        sg_lab_limit_proved(&lab, "id", "what", row[k].low, row[k].high, row[k].inside,
                            row[k].outside, "words");
        CHECK_STATUS(sg_lab_end(&lab), SG_OK);
        context("row %zu", k);
        CHECK(ev.n_rows == 1 && ev.row[0].state == row[k].is);
        CHECK(ev.row[0].ok == (row[k].is == SG_ROW_MET));
        sg_claim_evidence_free(&ev);
    }
}

/* A limit that is 1e-6 off is not met, in every claim that says one: refuted. */
static void wrong_limits_are_refuted(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("wrong limits", 0);
    struct sg_data data = random_data(30, 3, 1, rng);
    const struct sg_cert_data exact = {.n = 30, .d = 3, .m = 1, .x = data.x, .y = data.y};
    const char *const id[2] = {"mu", "nu"};
    struct sg_fit *fit;
    CHECK_STATUS(sg_closed_fit_alloc(&fit, &data), SG_OK);
    const double mu = 2 / fit->lambda_x[0], nu = 2 / fit->lambda_z[0];
    for (int k = 0; k < 9; k++) {
        const double of_mu = k / 3 == 0 ? 1 : k / 3 == 1 ? 1 - 1e-6 : 1 + 1e-6,
                     of_nu = k % 3 == 0 ? 1 : k % 3 == 1 ? 1 - 1e-6 : 1 + 1e-6;
        struct sg_evidence ev = {0};
        const struct sg_trial trial = {0};
        struct sg_lab lab = sg_lab_begin(&ev, &trial);
        sg_lab_rates_proved(&lab, id, id, &exact, of_mu * mu, of_nu * nu, 0);
        sg_lab_frozen_limit_proved(&lab, "frozen", "frozen", &exact, of_mu * mu, NULL);
        CHECK_STATUS(sg_lab_end(&lab), SG_OK);
        context("mu %.17g, nu %.17g of their limits", of_mu, of_nu);
        CHECK(ev.n_rows == 3);
        CHECK(ev.row[0].state == (k == 0 ? SG_ROW_MET : k / 3 == 0 ? SG_ROW_OPEN : SG_ROW_MISSED));
        CHECK(ev.row[1].state == (k == 0 ? SG_ROW_MET : k % 3 == 0 ? SG_ROW_OPEN : SG_ROW_MISSED));
        CHECK(ev.row[2].state == (k / 3 == 0 ? SG_ROW_MET : SG_ROW_MISSED));
        sg_claim_evidence_free(&ev);
    }
    sg_closed_fit_free(fit);
    sg_data_free(&data);
    sg_base_rng_free(rng);
}

/* More unknowns than a certificate is wanted for: a note, no rows, the same verdict. */
static void large_cases_go_without(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy1_backprop.cfg", 1);
    c.data.n = 2000;
    c.data.d = 80;
    struct sg_judgement j = judge(&c, 5);
    CHECK(count_rows(&j, true) == 0);
    CHECK(strstr(j.evidence.note, "no interval certificates") != NULL);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}
#else
static void says_that_they_are_not_built(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy1_backprop.cfg", 1);
    struct sg_judgement j = judge(&c, 5);
    CHECK(j.ok && count_rows(&j, true) == 0);
    CHECK(strstr(j.evidence.note, "not built") != NULL);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_ARB
        TEST(cases_are_certified), TEST(limits_are_met_from_both_sides),
        TEST(rows_of_limits),      TEST(wrong_limits_are_refuted),
        TEST(large_cases_go_without),
#else
        TEST(says_that_they_are_not_built),
#endif
    };
    return RUN(tests);
}
