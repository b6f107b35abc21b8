/* Certificates as evidence: which cases have how many, that each is proved, and that the controls
 * refute what they should. */
#include "judge.h"

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
    {"cases/dy1_backprop.cfg", 4, "inside-proved"},
    {"cases/dy2_frozen_sg.cfg", 3, "inside-proved"},
    {"cases/dy3_joint_spectrum.cfg", 10, "inside-proved"},
    {"cases/dy4_fixed_line.cfg", 3, "place-proved"},
    {"cases/dy5_line_search.cfg", 4, "falls-proved"},
    {"cases/dy6_tracking.cfg", 4, NULL},
    {"cases/dy8_three_layers.cfg", 7, NULL},
    {"cases/dy9_fast_sg.cfg", 1, NULL},
    {"cases/dy10_mode_trajectories.cfg", 3, NULL},
    {"cases/dy11_delay.cfg", 7, NULL},
    {"cases/dy12_order.cfg", 6, NULL},
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
        TEST(cases_are_certified), TEST(large_cases_go_without),
#else
        TEST(says_that_they_are_not_built),
#endif
    };
    return RUN(tests);
}
