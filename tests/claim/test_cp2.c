/* CP2 as a claim: holds with labels, finds added critical points without, and does not depend on
 * the number of threads. */
#include <stdio.h>

#include "claim/judge.h"

static void holds(void **state)
{
    (void)state;
    check_case_holds("cases/cp2_equivalence.cfg", 1, 6);
}

/* Labels withheld: a joint solution with a gradient a million times beyond what its residual
 * allows; hy without 1 holds. */
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
        const struct sg_row *row = row_id(&j, "solutions");
        CHECK(j.verdict == SG_FAILS);
        CHECK(row->measured > 1e6 * (row->predicted + row->tolerance));
        sg_claim_judgement_free(&j);
        c.module[0].terms = SG_H | SG_Y;
        j = judge(&c, seed);
        CHECK(j.verdict == SG_HOLDS);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Two SGs, the lower one without the constant that the one above has: the identity needs the
 * projection. */
static void holds_in_depth(void **state)
{
    (void)state;
    check_case_holds("cases/cp2_two_sgs.cfg", 1, 4);
}

/* Drawn nets: holds with saddles; without labels each replicate has added points, far above what
 * their residual allows. */
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
    const struct sg_row *row = row_id(&j, "solutions");
    CHECK(row->measured - row->predicted > 1e6 * row->tolerance);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Each hypothesis, violated alone; and what a drawn net does not read. */
static void outside_the_hypotheses(void **state)
{
    (void)state;
    check_inconclusive(
        "claim = \"CP2\"; expect = \"holds\"; experiment = \"drawn\"; net = { layers = (); };",
        "nets are drawn with hidden layers; here net.layers is ()");
    check_inconclusive(
        "claim = \"CP2\"; expect = \"holds\"; data = { outputs = 2; }; net = { layers = (1); };",
        "no hidden layer is narrower than the output; here hidden layer 1 has 1 units, below 2");
    check_inconclusive("claim = \"CP2\"; expect = \"holds\"; experiment = \"drawn\"; data = { d = "
                       "2000; outputs = 64; };net = { layers = (3000, 3000, 3000, 3000); };",
                       "take narrower layers");
    check_inconclusive("claim = \"CP2\"; expect = \"holds\"; data = { d = 8; outputs = 4; }; net = "
                       "{ layers = (8, 8, 8, 8, 8); }; sg = ( { at = 3; } );",
                       "the joint equations have 456 unknowns, weights and SG parameters, and the "
                       "budget of the solver is 300");
}

/* Starts that fall to a point where all weights vanish: the bound's squares must not underflow. */
static void holds_where_weights_vanish(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        "claim = \"CP2\"; expect = \"holds\"; replicates = 2; data = { n = 2; d = 5; condition = "
        "203.381; bias = true; }; net = { layers = (6); }; sg = ( { at = 1; } );",
        911);
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
}

/* Labels that are the same twice: S_z is singular, and the certificate holds the SG's second
 * rows. */
static void holds_for_twin_labels(void **state)
{
    (void)state;
    char path[] = "/tmp/sg_cp2_XXXXXX.csv", text[400];
    struct sg_rng *rng = sg_base_rng_alloc(5, "test", 0, "labels");
    const int fd = mkstemps(path, 4);
    FILE *file = fdopen(fd, "w");
    fprintf(file, "a,b,y1,y2\n");
    for (int i = 0; i < 25; i++) {
        const double a = sg_base_rng_gaussian(rng), b = sg_base_rng_gaussian(rng),
                     y = a + sg_base_rng_gaussian(rng);
        fprintf(file, "%.17g,%.17g,%.17g,%.17g\n", a, b, y, y);
    }
    fclose(file);
    snprintf(
        text, sizeof text,
        "claim = \"CP2\"; expect = \"holds\"; data = { kind = \"csv\"; file = \"%s\"; target = "
        "(\"y1\", \"y2\"); }; train = { form = \"compressed\"; }; control = { terms = \"h1\"; };",
        path);
    struct sg_judgement j = judge_text(text, 1);
    context("%s: %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
    sg_claim_judgement_free(&j);
    sg_base_rng_free(rng);
    unlink(path);
}

static void same_bits_for_any_jobs(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp2_equivalence.cfg", 3);
    c.data.d = 4;
    c.data.outputs = 2;
    check_same_bits(&c, 9);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds),
                                       TEST(labels_decide),
                                       TEST(holds_in_depth),
                                       TEST(holds_for_drawn_nets),
                                       TEST(outside_the_hypotheses),
                                       TEST(holds_for_twin_labels),
                                       TEST(holds_where_weights_vanish),
                                       TEST(same_bits_for_any_jobs)};
    return RUN(tests);
}
