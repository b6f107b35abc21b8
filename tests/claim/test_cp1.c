/* CP1 as a claim: holds on its cases, fails where no phi can do it, and shows that its converse is
 * false. */
#include <math.h>
#include <stdio.h>

#include "claim/judge.h"

static void holds(void **state)
{
    (void)state;
    check_case_holds("cases/cp1_preservation.cfg", 3, 4);
    check_case_holds("cases/cp1_rank_deficient.cfg", 3, 4);
    check_case_holds("cases/cp1_realizable.cfg", 3, 6); /* two more: z has a null space */
}

/* X has no ones column, so E[r*] != 0 and without labels no phi stops the weights; without h,
 * E[y^T r*] != 0. */
static void no_phi_will_do(void **state)
{
    (void)state;
    const unsigned terms[] = {SG_H | SG_ONE, SG_Y | SG_ONE, SG_Y, SG_ONE};
    for (size_t i = 0; i < COUNT(terms); i++) {
        struct sg_case c;
        read_case(&c, "cases/cp1_preservation.cfg", 2);
        c.module[0].terms = terms[i];
        struct sg_judgement j = judge(&c, 17);
        const struct sg_row *row = row_id(&j, "least-update");
        context("terms %u", terms[i]);
        CHECK(j.verdict == SG_FAILS);
        CHECK(!row->ok);
        CHECK(row->measured > 1e6 * row->tolerance);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* The converse is false: with a ones column in X, or with h alone, P g = 0 at least squares, and
 * phi = 0 keeps a point whose g is not in the family. */
static void the_converse_is_false(void **state)
{
    (void)state;
    const struct {
        unsigned terms;
        bool bias;
    } kept[] = {{SG_H | SG_ONE, true}, {SG_ONE, true}, {SG_H, false}};
    for (size_t i = 0; i < COUNT(kept); i++) {
        struct sg_case c;
        read_case(&c, "cases/cp1_preservation.cfg", 2);
        c.module[0].terms = kept[i].terms;
        c.data.bias = kept[i].bias;
        struct sg_judgement j = judge(&c, 18);
        context("terms %u", kept[i].terms);
        CHECK(row_id(&j, "least-update")->ok);
        /* It is not what is left of phi* that does it, unless nothing is left: C = 0. */
        CHECK(row_id(&j, "lower-update")->ok == (kept[i].terms == SG_ONE));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* Two SGs in a deep linear net, the lower one trained on what arrives: minima, and what the search
 * on grad L finds. */
static void holds_in_depth(void **state)
{
    (void)state;
    check_case_holds("cases/cp1_two_sgs.cfg", 1, 7);
}

/* A certificate asks for no more than the claim says: labels that sum to the ones column, twin
 * labels and realizable data make S_z singular, and the SG's rows of dependent columns are held at
 * phi*.  Data of the order 1e9 or 1e-9 change nothing.  The net of one column of x and y = x +
 * noise. */
static void certified_where_s_z_is_singular(void **state)
{
    (void)state;
    static const char *const labels[] = {"one-hot", "twin", "realizable"};
    for (int kind = 0; kind < 3; kind++)
        for (int power = -9; power <= 9; power += 9) {
            char path[] = "/tmp/sg_cp1_XXXXXX.csv", text[400];
            struct sg_rng *rng = sg_base_rng_alloc(3, "test", (uint64_t)kind, "labels");
            const int fd = mkstemps(path, 4);
            FILE *file = fdopen(fd, "w");
            fprintf(file, "a,b,y1,y2\n");
            for (int i = 0; i < 30; i++) {
                const double a = sg_base_rng_gaussian(rng), b = sg_base_rng_gaussian(rng),
                             e = sg_base_rng_gaussian(rng);
                const double y1 = kind == 0   ? a + e > 0
                                  : kind == 1 ? a + e
                                              : a,
                             y2 = kind == 0 ? !(a + e > 0) : y1;
                const double unit = pow(10, power), of_y = kind == 0 ? 1 : unit;
                fprintf(file, "%.17g,%.17g,%.17g,%.17g\n", unit * a, unit * b, of_y * y1,
                        of_y * y2);
            }
            fclose(file);
            snprintf(text, sizeof text,
                     "claim = \"CP1\"; expect = \"holds\"; data = { kind = \"csv\"; file = "
                     "\"%s\"; target = (\"y1\", \"y2\"); standardise = false; };",
                     path);
            struct sg_judgement j = judge_text(text, 1);
            context("%s labels, data times 1e%d: %s; %s", labels[kind], power,
                    sg_claim_verdict_name(j.verdict), j.evidence.note);
            CHECK(j.verdict == SG_HOLDS);
#ifdef SG_HAVE_ARB
            CHECK(row_id(&j, "critical-proved")->ok);
#endif
            sg_claim_judgement_free(&j);
            sg_base_rng_free(rng);
            unlink(path);
        }
}

/* Fewer samples than columns, X of lower rank still and badly conditioned: the part in the null
 * space of X that is added to W* has a rounding error of its own. */
static void holds_where_x_is_rank_deficient(void **state)
{
    (void)state;
    struct sg_judgement j = judge_text(
        "claim = \"CP1\"; expect = \"holds\"; replicates = 2; data = { n = 5; d = 7; rank = 3; "
        "condition = 1e7; bias = false; }; train = { form = \"compressed\"; };",
        46);
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
}

/* Labels of the order 1e-9 beside columns of the order 1, two SGs: the equations for phi have
 * singular values further apart than dgelsd tells from rounding, if phi is taken in its own units;
 * what dgelsd drops then is above the rounding of the update. */
static void holds_with_labels_far_smaller_than_columns(void **state)
{
    (void)state;
    char path[] = "/tmp/sg_cp1_XXXXXX.csv", text[600];
    struct sg_rng *rng = sg_base_rng_alloc(3, "test", 0, "small labels");
    const int fd = mkstemps(path, 4);
    FILE *file = fdopen(fd, "w");
    fprintf(file, "a,b,c,y1,y2\n");
    for (int i = 0; i < 50; i++) {
        const double a = sg_base_rng_gaussian(rng), b = sg_base_rng_gaussian(rng),
                     c = sg_base_rng_gaussian(rng), e = sg_base_rng_gaussian(rng);
        fprintf(file, "%.17g,%.17g,%.17g,%.17g,%.17g\n", a, b, c, 1e-9 * (a - 2 * b + e),
                1e-9 * (c + e));
    }
    fclose(file);
    snprintf(text, sizeof text,
             "claim = \"CP1\"; expect = \"holds\"; data = { kind = \"csv\"; file = \"%s\"; "
             "target = (\"y1\", \"y2\"); }; net = { layers = (3, 4); }; "
             "sg = ( { at = 1; target = \"arriving\"; }, { at = 2; } );",
             path);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct sg_judgement j = judge_text(text, seed);
        context("seed %d: %s; %s", (int)seed, sg_claim_verdict_name(j.verdict), j.evidence.note);
        CHECK(j.verdict == SG_HOLDS);
        sg_claim_judgement_free(&j);
    }
    sg_base_rng_free(rng);
    unlink(path);
}

/* Each hypothesis, violated alone. */
static void outside_the_hypotheses(void **state)
{
    (void)state;
    check_inconclusive(
        "claim = \"CP1\"; expect = \"holds\"; data = { outputs = 3; }; net = { layers = (4, 2); };",
        "no hidden layer is narrower than the output; here hidden layer 2 has 2 units, below 3");
}

/* A mixed gradient, or another loss, is not what the claim is about: refused. */
static void other_nets_are_refused(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err;
    read_case(&c, "cases/cp1_preservation.cfg", 1);
    c.module[0].mix = 0.5;
    CHECK(sg_claim_fits(sg_claim_find("CP1"), &c, &err) == SG_BAD_INPUT && strstr(err.text, "mix"));
    c.module[0].mix = 1.0;
    c.net.loss = SG_ABS;
    CHECK(sg_claim_fits(sg_claim_find("CP1"), &c, &err) == SG_BAD_INPUT &&
          strstr(err.text, "loss"));
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds),
                                       TEST(no_phi_will_do),
                                       TEST(the_converse_is_false),
                                       TEST(holds_in_depth),
                                       TEST(certified_where_s_z_is_singular),
                                       TEST(holds_where_x_is_rank_deficient),
                                       TEST(holds_with_labels_far_smaller_than_columns),
                                       TEST(outside_the_hypotheses),
                                       TEST(other_nets_are_refused)};
    return RUN(tests);
}
