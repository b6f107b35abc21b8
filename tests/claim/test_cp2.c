/* CP2 as a claim: holds with labels, finds added critical points without, and does not depend on the number of threads. */
#include "claim/judge.h"

static const char *const solutions = "|grad L| at the joint solutions found";

static void holds(void **state)
{
    (void)state;
    check_case_holds("cases/cp2_equivalence.cfg", 1, 7);
}

/* Labels withheld: a joint solution with a gradient a million times beyond what its residual allows; hy without 1 holds. */
static void labels_decide(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp2_equivalence.cfg", 1);
    c.data.d = 4;
    c.data.outputs = 2;
    for (uint64_t seed = 30; seed < 33; seed++) {
        c.module[0].terms = SG_H | SG_ONE;
        struct sg_judgement j = judge(&c, seed);
        const struct sg_row *row = row_of(&j, solutions);
        CHECK(j.verdict == SG_FAILS);
        CHECK(row->measured > 1e6 * row->tolerance);
        sg_claim_judgement_free(&j);
        c.module[0].terms = SG_H | SG_Y;
        j = judge(&c, seed);
        CHECK(j.verdict == SG_HOLDS);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Two SGs, the lower one without the constant that the one above has: the identity needs the projection. */
static void holds_in_depth(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp2_equivalence.cfg", 1);
    c.data.d = 3;
    c.data.outputs = 1;
    c.net.layers = (struct sg_int_list){.n = 2, .value = {2, 2}};
    c.n_modules = 2;
    c.module[1] = c.module[0];
    c.module[0].at = 1;
    c.module[1].at = 2;
    c.module[0].target = SG_TARGET_ARRIVING;
    c.module[0].terms = SG_H | SG_Y;
    c.has_control = false;
    struct sg_judgement j = judge(&c, 5);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Drawn nets: holds with saddles; without labels each replicate has added points, far above what their residual allows. */
static void holds_for_drawn_nets(void **state)
{
    (void)state;
    holds_with_its_control("cases/cp2_depth.cfg", 1, 4711, 1);
    struct sg_case c;
    read_case(&c, "cases/cp2_depth.cfg", 1);
    c.has_control = false;
    c.module[0].terms = SG_H | SG_ONE;
    struct sg_judgement j = judge(&c, 30);
    CHECK(j.verdict == SG_FAILS);
    CHECK(row_of(&j, solutions)->measured > 1e6 * row_of(&j, solutions)->tolerance);
    sg_claim_judgement_free(&j);
    c.net.layers.n = 0;                                  /* nothing to draw */
    j = judge(&c, 30);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void same_bits_for_any_jobs(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp2_equivalence.cfg", 3);
    c.data.d = 4;
    c.data.outputs = 2;
    struct sg_judgement one = judge(&c, 9);
    sg_base_set_jobs(3);
    struct sg_judgement three = judge(&c, 9);
    sg_base_set_jobs(1);
    CHECK(one.evidence.n_rows == three.evidence.n_rows);
    for (size_t i = 0; i < one.evidence.n_rows; i++) {
        CHECK_SAME(&one.evidence.row[i].measured, &three.evidence.row[i].measured, 1);
        CHECK_SAME(&one.evidence.row[i].tolerance, &three.evidence.row[i].tolerance, 1);
    }
    sg_claim_judgement_free(&one);
    sg_claim_judgement_free(&three);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds), TEST(labels_decide), TEST(holds_in_depth), TEST(holds_for_drawn_nets), TEST(same_bits_for_any_jobs)};
    return RUN(tests);
}
