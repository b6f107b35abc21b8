/* NL7: observed runs have backprop's bits, in both forms and with depth; a trace of mixing has not;
 * what was not trained, or left the finite numbers, shows nothing. */
#include "judge.h"

#define CASE(form, layers, sg, train) \
    "claim = \"NL7\"; expect = \"holds\"; replicates = 2;" \
    "data = { n = 40; d = 4; outputs = 2; }; net = { layers = " layers "; };" \
    "sg = ( { " sg " } ); train = { form = \"" form "\"; units = \"absolute\"; steps = 50; " train \
    " };"

static void observing_changes_no_bit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum sg_verdict verdict;
    } tries[] = {
        {CASE("sample", "()", "mix = 0.0;", "mu = 0.05; nu = 0.05;"), SG_HOLDS},
        {CASE("sample", "(3)", "mix = 0.0; at = 1;", "mu = 0.05; nu = 0.05; optimiser = \"adam\";"),
         SG_HOLDS},
        {CASE("compressed", "(3)", "mix = 0.0;", "mu = 0.05; nu = 0.05;"), SG_HOLDS},
        {CASE("sample", "(3)", "mix = 0.0; family = \"mlp\"; hidden = 3;", "mu = 0.05; nu = 0.05;"),
         SG_HOLDS},
        {CASE("sample", "()", "mix = 1e-9;", "mu = 0.05; nu = 0.05;"), SG_FAILS},
        {CASE("compressed", "(3)", "mix = 1e-9; at = 1;", "mu = 0.05; nu = 0.05;"), SG_FAILS},
        /* An SG that diverges by itself touches nothing. */
        {CASE("sample", "()", "mix = 0.0;", "mu = 0.05; nu = 1e9;"), SG_HOLDS},
    };
    for (size_t i = 0; i < COUNT(tries); i++) {
        struct sg_judgement j = judge_text(tries[i].text, 1);
        context("%s: %s", tries[i].text, j.evidence.note);
        CHECK(j.verdict == tries[i].verdict && row_id(&j, "same-bits")->predicted == 50);
        sg_claim_judgement_free(&j);
    }
}

static void what_shows_nothing_is_inconclusive(void **state)
{
    (void)state;
    check_inconclusive(CASE("sample", "()", "mix = 0.0;", "mu = 0.05; nu = 0.0;"), "nu = 0");
    check_inconclusive(CASE("sample", "()", "mix = 0.0;", "mu = 0.05; nu = 1e-300;"),
                       "kept their bits");
    check_inconclusive(CASE("sample", "()", "mix = 0.0;", "mu = 1e30; nu = 0.05;"),
                       "leaves the finite numbers in step");
}

/* Without a mixing factor the default would apply the SG in full. */
static void the_bare_case_is_refused(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err;
    struct sg_judgement j;
    const struct sg_judge_options options = {0};
    read_case(&c, "cases/nl7_observe_only.cfg", 1);
    c.given[sg_case_key_find("sg.mix")] = false;
    CHECK_STATUS(sg_claim_judge(&j, &c, &options, &err), SG_BAD_INPUT);
    CHECK(strstr(err.text, "NL7 needs sg.mix") != NULL);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(observing_changes_no_bit),
                                       TEST(what_shows_nothing_is_inconclusive),
                                       TEST(the_bare_case_is_refused)};
    return RUN(tests);
}
