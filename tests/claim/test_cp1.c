/* CP1 as a claim: holds on its cases, fails where no phi can do it, and shows that its converse is false. */
#include "claim/judge.h"

static const char *const least = "joint update at the best of all phi";

static void holds(void **state)
{
    (void)state;
    check_case_holds("cases/cp1_preservation.cfg", 3, 4);
    check_case_holds("cases/cp1_rank_deficient.cfg", 3, 4);
    check_case_holds("cases/cp1_realizable.cfg", 3, 6);       /* two more: z has a null space */
}

/* X has no ones column, so E[r*] != 0 and without labels no phi stops the weights; without h, E[y^T r*] != 0. */
static void no_phi_will_do(void **state)
{
    (void)state;
    const unsigned terms[] = {SG_H | SG_ONE, SG_Y | SG_ONE, SG_Y, SG_ONE};
    for (size_t i = 0; i < COUNT(terms); i++) {
        struct sg_case c;
        read_case(&c, "cases/cp1_preservation.cfg", 2);
        c.module[0].terms = terms[i];
        struct sg_judgement j = judge(&c, 17);
        const struct sg_row *row = row_of(&j, least);
        context("terms %u", terms[i]);
        CHECK(j.verdict == SG_FAILS);
        CHECK(!row->ok);
        CHECK(row->measured > 1e6 * row->tolerance);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* The converse is false: with a ones column in X, or with h alone, P g = 0 at least squares, and phi = 0 keeps a point whose g is not in the family. */
static void the_converse_is_false(void **state)
{
    (void)state;
    const struct { unsigned terms; bool bias; } kept[] = {{SG_H | SG_ONE, true}, {SG_ONE, true}, {SG_H, false}};
    for (size_t i = 0; i < COUNT(kept); i++) {
        struct sg_case c;
        read_case(&c, "cases/cp1_preservation.cfg", 2);
        c.module[0].terms = kept[i].terms;
        c.data.bias = kept[i].bias;
        struct sg_judgement j = judge(&c, 18);
        context("terms %u", kept[i].terms);
        CHECK(row_of(&j, least)->ok);
        /* It is not what is left of phi* that does it, unless nothing is left: C = 0. */
        CHECK(row_of(&j, "lower update at phi*")->ok == (kept[i].terms == SG_ONE));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* Two SGs in a deep linear net, the lower one trained on what arrives: minima, and what the search on grad L finds. */
static void holds_in_depth(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp1_preservation.cfg", 1);
    c.data.d = 4;
    c.net.layers = (struct sg_int_list){.n = 2, .value = {3, 4}};
    c.n_modules = 2;
    c.module[1] = c.module[0];
    c.module[0].at = 1;
    c.module[1].at = 2;
    c.module[0].target = SG_TARGET_ARRIVING;
    c.has_control = false;
    struct sg_judgement j = judge(&c, 5);
    CHECK(j.verdict == SG_HOLDS);
    CHECK(row_of(&j, "upper update at phi*")->ok);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* A mixed gradient, or another loss, is not what the claim is about. */
static void other_nets_are_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp1_preservation.cfg", 1);
    c.module[0].mix = 0.5;
    struct sg_judgement j = judge(&c, 1);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    c.module[0].mix = 1.0;
    c.net.loss = SG_ABS;
    j = judge(&c, 1);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds), TEST(no_phi_will_do), TEST(the_converse_is_false), TEST(holds_in_depth),
                                       TEST(other_nets_are_inconclusive)};
    return RUN(tests);
}
