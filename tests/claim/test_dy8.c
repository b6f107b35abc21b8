/* DY8 as a claim: it holds on its cases, its controls break it, and what no statement is about is
 * refused or named. */
#include "claim/judge.h"

#define CASE "cases/dy8_repelling_minima.cfg"

/* A case's file with the first `from` replaced by `to`. */
static struct sg_judgement judge_changed(const char *path, const char *from, const char *to)
{
    char text[8192], changed[8192];
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
    const char *at = strstr(text, from);
    if (!at)
        fail_msg("%s has no \"%s\"", path, from);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return judge_text(changed, 1);
}

static void is_inconclusive(const char *path, const char *from, const char *to, const char *words)
{
    struct sg_judgement j = judge_changed(path, from, to);
    context("%s, %s: %s; %s", path, to, sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, words));
    sg_claim_judgement_free(&j);
}

static void holds_for_untuned_seeds(void **state)
{
    (void)state;
    holds_with_its_control(CASE, 2, 4711, 3);
}

/* Beyond the critical kappa = 0.009402957... the instance attracts.  With mix = 0 nothing is
 * applied and nothing leaves. */
static void fails_where_the_minimum_attracts(void **state)
{
    (void)state;
    struct sg_judgement j = judge_changed(CASE, "nu = 0.008", "nu = 0.0760");
    CHECK(j.verdict == SG_FAILS && !row_id(&j, "repels")->ok);
    sg_claim_judgement_free(&j);
    j = judge_changed(CASE, "mix = 1.0", "mix = 0.0");
    CHECK(j.verdict == SG_FAILS && !row_id(&j, "growth")->ok && row_id(&j, "repels")->ok);
    sg_claim_judgement_free(&j);
}

/* The numbers stated are those of kappa = 1/1000.  Elsewhere, where it repels too, they are no
 * counterexample. */
static void another_kappa_that_repels_is_no_counterexample(void **state)
{
    (void)state;
    struct sg_judgement j = judge_changed(CASE, "nu = 0.008", "nu = 0.0323");
    context("%s", j.evidence.note);
    CHECK(j.verdict == SG_HOLDS && row_id(&j, "repels")->ok);
    sg_claim_judgement_free(&j);
}

/* A control that repels at its kappa as well is none. */
static void a_control_that_holds_falls_short(void **state)
{
    (void)state;
    struct sg_judgement j = judge_changed(CASE, "nu = 0.075976", "nu = 0.00800007");
    CHECK(!j.ok && !j.control_ok && j.verdict == SG_HOLDS && j.control_verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
}

/* Each hypothesis, violated alone. */
static void hypotheses_are_named(void **state)
{
    (void)state;
    is_inconclusive(CASE, "layers = (2)", "layers = (3)", "one hidden layer of two units");
    is_inconclusive(CASE, "at = 1", "at = \"output\"", "the SG has layers above it");
    is_inconclusive(CASE, "mu = 8.0; nu = 0.008", "mu = 24.0; nu = 0.024", "mu |lambda| < 2");
    is_inconclusive("cases/dy8_three_scalar.cfg", "R = (0.422850715267987)", "R = (3.1e11)",
                    "eigenvalues of H and G that are not 0");
    is_inconclusive("cases/dy8_map_random.cfg", "layers = (2)", "layers = (1)",
                    "narrower than min(d, outputs)");
    is_inconclusive("cases/dy8_map_random.cfg", "condition = 2.0", "condition = 1e6",
                    "condition number below 1e5");
    is_inconclusive("cases/dy8_share.cfg", "(2, 2, 2, 2)", "(2, 1, 2, 2)", "two units or more");
}

/* Each budget: one growth, a flight, a map. */
static void budgets_are_named(void **state)
{
    (void)state;
    is_inconclusive(CASE, "mu = 8.0; nu = 0.008", "mu = 8e-9; nu = 8e-12", "take a larger mu");
    is_inconclusive("cases/dy8_two_layers.cfg", "mu = 1.0; nu = 6.14421235332821e-06",
                    "mu = 1e-9; nu = 6e-15", "take a larger mu");
    is_inconclusive("cases/dy8_three_isotropic.cfg", "steps = 250000", "steps = 999",
                    "raise train.steps");
    is_inconclusive("cases/dy8_three_isotropic.cfg", "steps = 250000", "steps = 50000",
                    "raise train.steps");
    is_inconclusive("cases/dy8_map.cfg", "steps = 4096", "steps = 16", "raise train.steps");
}

/* The found minima: each repels, leaves at its rate, and where the case has a flight it comes to
 * rest elsewhere.  Where the quotient's determinant vanishes at some kappa_0, bisection finds it.
 */
static void found_minima_hold(void **state)
{
    (void)state;
    static const struct { const char *path; size_t rows; bool crosses; } found[] = {
        {"cases/dy8_two_layers.cfg", 6, false},   {"cases/dy8_three_layers.cfg", 5, false},
        {"cases/dy8_four_layers.cfg", 5, false},  {"cases/dy8_three_scalar.cfg", 9, true},
        {"cases/dy8_three_isotropic.cfg", 9, true}, {"cases/dy8_share.cfg", 3, false},
        {"cases/dy8_four_layers_rests.cfg", 9, true}};
    for (size_t i = 0; i < COUNT(found); i++) {
        struct sg_case c;
        read_case(&c, found[i].path, 1);
        struct sg_judgement j = judge(&c, 4711 + i);
        context("%s: %s", found[i].path, j.evidence.note);
        CHECK(j.ok && j.has_control && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
        CHECK(count_rows(&j, false) == found[i].rows);
        CHECK(!found[i].crosses || row_id(&j, "crossing")->ok);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* kappa_0 of proofs/dy8, item 9, are in the notes. */
static void crossings_are_those_of_the_page(void **state)
{
    (void)state;
    static const struct { const char *path, *kappa[2]; } known[] = {
        {"cases/dy8_three_isotropic.cfg", {"kappa_0 = 1.289849", ""}},
        {"cases/dy8_three_scalar.cfg", {"kappa_0 = 5.448772", ""}},
        {"cases/dy8_four_layers_rests.cfg", {"kappa_0 = 0.001133459", "kappa_0 = 7.651101"}}};
    for (size_t i = 0; i < COUNT(known); i++) {
        struct sg_case c;
        read_case(&c, known[i].path, 1);
        c.train.steps = 1;
        c.has_control = false;
        struct sg_judgement j = judge(&c, 4799);
        context("%s: %s", known[i].path, j.evidence.note);
        for (size_t k = 0; k < 2; k++)
            CHECK(strstr(j.evidence.note, known[i].kappa[k]));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* A singular R is proved as well: counts over Q need no inverse. */
static void a_singular_R_is_certified(void **state)
{
    (void)state;
    struct sg_judgement j = judge_changed(
        "cases/dy8_three_isotropic.cfg",
        "R = (54.59815003314424, 0.0, 0.0, 54.59815003314424)", "R = (47.3, 0.0, 0.0, 0.0)");
    context("%s; %s", sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_HOLDS);
#ifdef SG_HAVE_ARB
    CHECK(row_id(&j, "repels-proved")->state == SG_ROW_MET);
    CHECK(row_id(&j, "attracts-proved")->state == SG_ROW_MET);
#endif
    sg_claim_judgement_free(&j);
}

#ifdef SG_HAVE_FLINT
/* kappa_c, from the page, is in the proved enclosure, which is narrow; what floating point says of
 * the counts is what is proved. */
static void critical_kappas_are_enclosed(void **state)
{
    (void)state;
    static const struct { const char *path; double kappa; } known[] = {
        {CASE, 0.0094029577}, {"cases/dy8_two_layers.cfg", 0.1198907},
        {"cases/dy8_three_isotropic.cfg", 1.289849}, {"cases/dy8_three_scalar.cfg", 5.448772}};
    for (size_t i = 0; i < COUNT(known); i++) {
        struct sg_case c;
        read_case(&c, known[i].path, 1);
        c.has_control = false;
        if (i > 0)
            c.train.steps = 1;
        struct sg_judgement j = judge(&c, 4787);
        const struct sg_row *row = row_id(&j, "kappa-critical");
        context("%s: [%.17g, %.17g]; %s", known[i].path, row->low, row->high, j.evidence.note);
        CHECK(row->state == SG_ROW_MET && row_id(&j, "attracts-proved")->state == SG_ROW_MET);
        CHECK(row->high < row->low * (1 + 1e-10));
        CHECK_CLOSE(row->low, known[i].kappa, 5e-7 * fmax(1, known[i].kappa));
        CHECK(row_id(&j, i == 0 ? "right" : "right-exact")->state == SG_ROW_MET);
        CHECK(row_id(&j, i == 0 ? "zeros" : "zeros-exact")->state == SG_ROW_MET);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}
#endif

/* The claim's own instance brings its data and its start; moments without weights are no minimum;
 * a map reads no rates. */
static void keys_of_others_are_refused(void **state)
{
    (void)state;
    static const struct { const char *path, *from, *to, *words; } bad[] = {
        {CASE, "net   =", "data = { kind = \"csv\"; file = \"no.csv\"; target = \"y\"; }; net =",
         "data.file"},
        {CASE, "net   =", "data = { n = 30; }; net =", "data.n"},
        {CASE, "net   =", "data = { kind = \"gaussian\"; }; net =", "data.kind"},
        {CASE, "units = \"absolute\";", "units = \"absolute\"; steps = 70;", "train.steps"},
        {CASE, "units = \"absolute\"", "units = \"critical\"", "train.units"},
        {CASE, "mu = 8.0;", "", "train.mu"},
        {"cases/dy8_map.cfg", "steps = 4096", "mu = 0.3", "train.mu"},
        {"cases/dy8_share.cfg", "{ at = 1; }", "{ at = 2; }", "sg.at"}};
    for (size_t i = 0; i < COUNT(bad); i++) {
        char text[8192], changed[8192], path[] = "/tmp/sg_dy8_XXXXXX.cfg";
        FILE *in = fopen(bad[i].path, "r");
        assert_non_null(in);
        text[fread(text, 1, sizeof text - 1, in)] = '\0';
        fclose(in);
        const char *at = strstr(text, bad[i].from);
        assert_non_null(at);
        const int fd = mkstemps(path, 4);
        snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, bad[i].to,
                 at + strlen(bad[i].from));
        CHECK(fd >= 0 && write(fd, changed, strlen(changed)) > 0 && close(fd) == 0);
        struct sg_case c;
        struct sg_error err = {{0}};
        struct sg_judgement j = {0};
        CHECK_STATUS(sg_case_read(&c, path, &err), SG_OK);
        unlink(path);
        const enum sg_status status = sg_claim_judge(&j, &c, &(struct sg_judge_options){0}, &err);
        context("%s: %s", bad[i].to, err.text);
        CHECK(status == SG_BAD_INPUT && strstr(err.text, bad[i].words));
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* Bits do not depend on the number of threads. */
static void same_bits_for_any_jobs(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 3);
    c.has_control = false;
    check_same_bits(&c, 9);
    sg_case_free(&c);
}

/* A given minimum, a random one, and one of six layers. */
static void maps_hold_and_their_controls_do_not(void **state)
{
    (void)state;
    static const char *const path[] = {"cases/dy8_map.cfg", "cases/dy8_map_random.cfg",
                                       "cases/dy8_map_deep.cfg"};
    for (size_t k = 0; k < COUNT(path); k++)
        holds_with_its_control(path[k], 1, 4721, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_for_untuned_seeds),
        TEST(fails_where_the_minimum_attracts),
        TEST(another_kappa_that_repels_is_no_counterexample),
        TEST(a_control_that_holds_falls_short),
        TEST(hypotheses_are_named),
        TEST(budgets_are_named),
        TEST(found_minima_hold),
        TEST(crossings_are_those_of_the_page),
        TEST(a_singular_R_is_certified),
#ifdef SG_HAVE_FLINT
        TEST(critical_kappas_are_enclosed),
#endif
        TEST(keys_of_others_are_refused),
        TEST(same_bits_for_any_jobs),
        TEST(maps_hold_and_their_controls_do_not),
    };
    return RUN(tests);
}
