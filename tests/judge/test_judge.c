/* Verdicts from rows: scripted claims whose evidence is known. */
#include <math.h>
#include <stdlib.h>

#include "judge/text.h"

/* ---- a claim that says what a script says --------------------------------------------------- */

/* What replicate i adds, a letter a row; row k of every replicate has the id "row-k".
 *   m met   X missed   b blind   i a tolerance that is not finite   n not a number   k predicted
 *   to be infinite
 *   e an effect, 0.5 in [0.2, 0.8]   z an effect of 0 in [0, 0]   o an effect, 0.5 in [-0.1, 1.1]
 *   c an effect contradicted, -0.5 in [-0.8, -0.2]
 *   p proved   r refuted   u unproved
 *   H ends with SG_HYPOTHESIS, B with SG_BUDGET   N adds the note "a note" */
enum { MOST = 6 };
static const char *script[MOST], *control_script[MOST];

static struct sg_row row_for(char letter)
{
    struct sg_row row = {.kind = SG_SIMULATED, .form = SG_ROW_EQUAL, .measured = 2.385,
                         .predicted = 2.385, .tolerance = 0.01, .scale = 2.385, .basis = "script"};
    if (letter == 'X')
        row.measured = 2.4;
    if (letter == 'b')
        row.tolerance = 0.2386;                      /* a tenth of the scale, and a little */
    if (letter == 'i')
        row.tolerance = HUGE_VAL;
    if (letter == 'n')
        row.measured = SG_NAN;
    if (letter == 'k')
        row.predicted = HUGE_VAL;
    if (strchr("ezocf", letter)) {
        row.form = SG_ROW_EFFECT;
        row.measured = letter == 'z' ? 0 : letter == 'c' ? -0.5 : 0.5;
        row.low = letter == 'z' ? 0 : letter == 'c' ? -0.8 : letter == 'o' ? -0.1 : 0.2;
        row.high = letter == 'z' ? 0 : letter == 'c' ? -0.2 : letter == 'o' ? 1.1 : 0.8;
        if (letter == 'f')                           /* few seeds */
            row.low = row.high = SG_NAN;
    }
    if (strchr("pru", letter)) {
        row.form = SG_ROW_PROOF;
        row.kind = SG_CERTIFIED;
        row.state = letter == 'p' ? SG_ROW_MET : letter == 'r' ? SG_ROW_MISSED : SG_ROW_OPEN;
    }
    return row;
}

static enum sg_status say(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const bool control = trial->c->train.mu == 1.01;
    enum sg_status status = SG_OK;
    for (const char *p = (control ? control_script : script)[trial->replicate]; *p; p++) {
        struct sg_row row = row_for(*p);
        snprintf(row.id, sizeof row.id, "row-%zu", ev->n_rows);
        snprintf(row.what, sizeof row.what, "what row %zu says", ev->n_rows);
        if (*p == 'H' || *p == 'B')
            status = *p == 'H' ? SG_HYPOTHESIS : SG_BUDGET;
        else if (*p == 'N')
            snprintf(ev->note, sizeof ev->note, "a note");
        else
            sg_claim_add_row(ev, &row);
    }
    return status;
}

static const struct sg_claim theorem = {.id = "T1", .name = "t1", .title = "t", .statement = "s",
                                        .reads = "train.mu", .measure = say};
static const struct sg_claim experiment = {.id = "E1", .name = "e1", .title = "e", .statement = "s",
                                           .empirical = true, .reads = "train.mu", .measure = say};

/* The judgement on replicates that follow `main` ("mm|mX": two of them), and their control's if not
 * NULL.  Free it. */
static struct sg_judgement judge_script(const struct sg_claim *claim, const char *expect,
                                        const char *main, const char *control)
{
    static char lines[2][64];
    const char *const text[] = {main, control};
    const char **to[] = {script, control_script};
    size_t n = 0;
    for (int k = 0; k < 2 && text[k]; k++) {
        snprintf(lines[k], sizeof lines[k], "%s", text[k]);
        char *rest = lines[k];
        for (n = 0; rest && n < MOST; n++)
            to[k][n] = strsep(&rest, "|");
    }
    char *file = sg_base_format("claim = \"X1\"; expect = \"%s\"; replicates = %zu; %s", expect, n,
                                control ? "control = { mu = 1.01; };" : "");
    struct sg_case c;
    struct sg_judgement j;
    struct sg_error err = {""};
    read_text(&c, file);
    const struct sg_judge_options options = {.claim = claim};
    CHECK_STATUS(sg_claim_judge(&j, &c, &options, &err), SG_OK);
    context("%s, control %s: %s, control %s, ok %d; %s", main, control ? control : "none",
            sg_claim_verdict_name(j.verdict), sg_claim_verdict_name(j.control_verdict), j.ok,
            j.evidence.note);
    sg_case_free(&c);
    free(file);
    return j;
}

/* note: words that the note must have; NULL: it must be empty. */
static void expect_verdict(const struct sg_claim *claim, const char *main, enum sg_verdict verdict,
                           const char *note)
{
    struct sg_judgement j = judge_script(claim, "holds", main, NULL);
    CHECK(j.verdict == verdict);
    CHECK(note ? strstr(j.evidence.note, note) != NULL : j.evidence.note[0] == '\0');
    sg_claim_judgement_free(&j);
}

/* ---- verdicts of a theorem ------------------------------------------------------------------ */

static void met_rows_hold(void **state)
{
    (void)state;
    expect_verdict(&theorem, "m", SG_HOLDS, NULL);
    expect_verdict(&theorem, "mmp|mmp", SG_HOLDS, NULL);
    expect_verdict(&theorem, "mN", SG_HOLDS, "a note");
}

/* A counterexample is one whatever else could not be decided, in a replicate and across them. */
static void a_missed_row_outweighs_all(void **state)
{
    (void)state;
    static const char *const undecided = "nbiuH";
    for (const char *p = undecided; *p; p++)
        for (int order = 0; order < 2; order++) {
            char one[8], two[8], other_row[8], first = order ? 'X' : *p, second = order ? *p : 'X';
            snprintf(one, sizeof one, "m%c%c", first, second);
            snprintf(other_row, sizeof other_row, "m%c|m%c", first, second);
            snprintf(two, sizeof two, "%c|m|%c", first, second);
            expect_verdict(&theorem, one, SG_FAILS,
                           *p == 'H' ? "hypothesis" : *p == 'u' ? "proved" : "");
            if (*p != 'u') {                         /* a proof's row is of another form */
                expect_verdict(&theorem, other_row, SG_FAILS, "");
                expect_verdict(&theorem, two, SG_FAILS, "");
            }
        }
    expect_verdict(&theorem, "mr", SG_FAILS, NULL);
    expect_verdict(&theorem, "mu|mr|mu", SG_FAILS, NULL);
}

/* Each says why: the claim's own note is not instead of the reason. */
static void what_is_not_decided_is_inconclusive(void **state)
{
    (void)state;
    expect_verdict(&theorem, "mH", SG_INCONCLUSIVE,
                   "replicate 0: a hypothesis of the statement is not met");
    expect_verdict(&theorem, "m|m|mB", SG_INCONCLUSIVE, "replicate 2: ");
    expect_verdict(&theorem, "mB|mH", SG_INCONCLUSIVE, sg_base_status_text(SG_BUDGET));
    expect_verdict(&theorem, "mHN", SG_INCONCLUSIVE, "replicate 0: a note");
    expect_verdict(&theorem, "", SG_INCONCLUSIVE, "nothing was measured");
    expect_verdict(&theorem, "|", SG_INCONCLUSIVE, "nothing was measured");
    expect_verdict(&theorem, "m|mn", SG_INCONCLUSIVE,
                   "replicate 1, what row 1 says: not a finite number");
    expect_verdict(&theorem, "k", SG_INCONCLUSIVE, "not a finite number");
    expect_verdict(&theorem, "mb", SG_INCONCLUSIVE,
                   "what row 1 says: the tolerance 0.24 is above a tenth of the 2.4 compared");
    expect_verdict(&theorem, "mi", SG_INCONCLUSIVE, "the tolerance inf is above a tenth");
    expect_verdict(&theorem, "mu", SG_INCONCLUSIVE,
                   "what row 1 says: neither this nor its opposite could be proved");
    expect_verdict(&theorem, "Nmn", SG_INCONCLUSIVE, "a note; replicate 0, what row 1 says: not a");
    expect_verdict(&theorem, "Nmb", SG_INCONCLUSIVE, "a note; replicate 0, what row 1 says: the t");
    expect_verdict(&theorem, "N", SG_INCONCLUSIVE, "a note; nothing was measured");
}

/* A status has its reason; what else is open is not told. */
static void a_status_says_enough(void **state)
{
    (void)state;
    struct sg_judgement j = judge_script(&theorem, "inconclusive", "mnHN|mn", NULL);
    CHECK(j.ok && strcmp(j.evidence.note, "replicate 0: a note") == 0);
    sg_claim_judgement_free(&j);
}

/* ---- verdicts of an experiment -------------------------------------------------------------- */

static void effects_decide_an_experiment(void **state)
{
    (void)state;
    expect_verdict(&experiment, "e", SG_REPRODUCED, NULL);
    expect_verdict(&experiment, "me", SG_REPRODUCED, NULL);
    expect_verdict(&experiment, "ec", SG_NOT_REPRODUCED, NULL);
    expect_verdict(&experiment, "ce", SG_NOT_REPRODUCED, NULL);
    expect_verdict(&experiment, "zc", SG_NOT_REPRODUCED, "");
    expect_verdict(&experiment, "z", SG_INCONCLUSIVE, "what row 0 says: the interval contains 0");
    expect_verdict(&experiment, "eo", SG_INCONCLUSIVE, "what row 1 says: the interval contains 0");
    expect_verdict(&experiment, "ef", SG_INCONCLUSIVE,
                   "what row 1 says: too few seeds for an interval");
    expect_verdict(&experiment, "eX", SG_FAILS, NULL);
    expect_verdict(&experiment, "cX", SG_FAILS, NULL);
    expect_verdict(&experiment, "eH", SG_INCONCLUSIVE, "hypothesis");
    expect_verdict(&theorem, "mc", SG_FAILS, NULL);
}

/* ---- expectations and controls -------------------------------------------------------------- */

static void expect_ok(const struct sg_claim *claim, const char *expect, const char *main,
                      const char *control, bool ok)
{
    struct sg_judgement j = judge_script(claim, expect, main, control);
    CHECK(j.ok == ok);
    sg_claim_judgement_free(&j);
}

static void expectations_are_kept(void **state)
{
    (void)state;
    expect_ok(&theorem, "holds", "m", NULL, true);
    expect_ok(&theorem, "fails", "m", NULL, false);
    expect_ok(&theorem, "fails", "X", NULL, true);
    expect_ok(&theorem, "inconclusive", "H", NULL, true);
    expect_ok(&theorem, "holds", "H", NULL, false);
    expect_ok(&experiment, "reproduced", "e", NULL, true);
    expect_ok(&experiment, "reproduced", "c", NULL, false);
    expect_ok(&experiment, "reproduced", "o", NULL, false);
    expect_ok(&experiment, "not reproduced", "c", NULL, true);
    expect_ok(&experiment, "not reproduced", "e", NULL, false);
    expect_ok(&experiment, "inconclusive", "o", NULL, true);
}

/* In every replicate that it runs (three of four). */
static void the_control_of_a_theorem_must_fail(void **state)
{
    (void)state;
    expect_ok(&theorem, "holds", "m", "X", true);
    expect_ok(&theorem, "holds", "m", "mr", true);
    expect_ok(&theorem, "holds", "m", "HX", true);
    for (const char *p = "mnbuH"; *p; p++) {
        const char alone[] = {*p, '\0'};
        const char first[] = {*p, '|', 'X', '\0'}, second[] = {'X', '|', *p, '\0'};
        expect_ok(&theorem, "holds", "m", alone, false);
        expect_ok(&theorem, "holds", "m|m", first, false);
        expect_ok(&theorem, "holds", "m|m", second, false);
    }
    expect_ok(&theorem, "holds", "m|m|m|m", "X|X|X|m", true);
    expect_ok(&theorem, "holds", "m|m|m|m", "X|X|m|X", false);
    expect_ok(&theorem, "fails", "X", "m", false);   /* an expectation met does not excuse it */
    struct sg_judgement j = judge_script(&theorem, "holds", "m|m|m", "X|u|H");
    CHECK(j.has_control && !j.control_ok && j.control_verdict == SG_INCONCLUSIVE);
    CHECK(strcmp(j.control_what, "mu = 1.01 breaks: what row 0 says") == 0);
    sg_claim_judgement_free(&j);
    j = judge_script(&theorem, "holds", "mm|mm", "H|nX");
    CHECK(!j.control_ok && j.control_verdict == SG_INCONCLUSIVE);
    CHECK(strcmp(j.control_what, "mu = 1.01 breaks: what row 1 says") == 0);
    sg_claim_judgement_free(&j);
    j = judge_script(&theorem, "holds", "m|m", "X|mX");
    CHECK(j.control_ok && j.control_verdict == SG_FAILS);
    sg_claim_judgement_free(&j);
}

/* That of an experiment takes a statement away, where there is one to take. */
static void the_control_of_an_experiment_must_lose(void **state)
{
    (void)state;
    expect_ok(&experiment, "reproduced", "e", "o", true);
    expect_ok(&experiment, "reproduced", "e", "z", true);
    expect_ok(&experiment, "reproduced", "ee", "eo", true);
    expect_ok(&experiment, "reproduced", "e", "e", false);
    expect_ok(&experiment, "reproduced", "e", "H", false);
    expect_ok(&experiment, "reproduced", "e|e", "o|e", false);
    expect_ok(&experiment, "inconclusive", "eo", "eo", false);
    struct sg_judgement j = judge_script(&experiment, "not reproduced", "c", "e");
    CHECK(j.ok && !j.has_control);
    CHECK(strstr(j.evidence.note, "nothing was found that the control (mu = 1.01) could take"));
    sg_claim_judgement_free(&j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(met_rows_hold), TEST(a_missed_row_outweighs_all),
        TEST(what_is_not_decided_is_inconclusive), TEST(a_status_says_enough),
        TEST(effects_decide_an_experiment), TEST(expectations_are_kept),
        TEST(the_control_of_a_theorem_must_fail), TEST(the_control_of_an_experiment_must_lose)};
    return RUN(tests);
}
