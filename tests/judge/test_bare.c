/* The bare case, `claim` and `expect` alone, of every claim: refused with a line that says what to
 * write, or judged on the defaults within seconds, and then never against the statement. */
#include "judge/text.h"

enum { SECONDS = 20, HANGS = 300 };

/* The line names a key that must be given, or what to write instead of a default. */
static bool says_what_to_write(const struct sg_claim *claim, const char *line)
{
    struct sg_claim_key key;
    char words[SG_CASE_TEXT_MAX];
    bool says = strstr(line, "; write ") != NULL;
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++) {
        snprintf(words, sizeof words, "claim %s needs %s, ", claim->id, key.name);
        says = says || (key.required && strstr(line, words));
    }
    return says;
}

static void check_bare(const struct sg_claim *claim)
{
    char *text = sg_base_format("claim = \"%s\"; expect = \"holds\";", claim->id);
    const double start = sg_base_seconds();
    struct sg_case c;
    struct sg_judgement j = {0};
    struct sg_error err = {""};
    const struct sg_judge_options options = {0};
    read_text(&c, text);
    const enum sg_status status = sg_claim_judge(&j, &c, &options, &err);
    const double seconds = sg_base_seconds() - start;
    context("%s: %s%s; %s %s, %.1f s", claim->id, sg_base_status_name(status), err.text,
            sg_claim_verdict_name(j.verdict), j.evidence.note, seconds);
    CHECK(status == SG_OK || status == SG_BAD_INPUT);
    CHECK(status != SG_BAD_INPUT || says_what_to_write(claim, err.text));
    CHECK(status != SG_OK || (j.verdict != SG_FAILS && j.verdict != SG_NOT_REPRODUCED));
    CHECK(status != SG_OK || j.verdict != SG_INCONCLUSIVE || j.evidence.note[0]);
    CHECK(seconds < SECONDS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
    free(text);
}

static void the_bare_case_ends_well(void **state)
{
    (void)state;
    alarm(HANGS);
    sg_base_set_jobs(2);
    for (size_t i = 0; sg_claims[i]; i++)
        check_bare(sg_claims[i]);
    sg_base_set_jobs(1);
    alarm(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(the_bare_case_ends_well)};
    return RUN(tests);
}
