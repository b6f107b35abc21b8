/* judge.h - what the tests of claims share: reading a case, judging it, looking up a row. */
#ifndef SG_TESTS_CLAIM_JUDGE_H
#define SG_TESTS_CLAIM_JUDGE_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"
#include "synthgrad/claim.h"

/* Rows of kind certified, which are there where FLINT and Arb are, or all others. */
static inline size_t count_rows(const struct sg_judgement *j, bool certified)
{
    size_t count = 0;
    for (size_t i = 0; i < j->evidence.n_rows; i++)
        count += (j->evidence.row[i].kind == SG_CERTIFIED) == certified;
    return count;
}

static inline void read_case(struct sg_case *c, const char *path, int replicates)
{
    struct sg_error err;
    if (sg_case_read(c, path, &err) != SG_OK)
        fail_msg("%s", err.text);
    c->replicates = replicates;
    if (c->control)
        c->control->replicates = replicates;
}

static inline struct sg_judgement judge(const struct sg_case *c, uint64_t seed)
{
    struct sg_judgement j;
    struct sg_error err;
    const struct sg_judge_options options = {.seed = &seed};
    CHECK_STATUS(sg_claim_judge(&j, c, &options, &err), SG_OK);
    return j;
}

/* The control judged as a case of its own: what the case gives, it gives too. */
static inline struct sg_judgement judge_control(const struct sg_case *c, uint64_t seed)
{
    struct sg_case own = *c->control;
    for (size_t k = 0; k < SG_CASE_KEYS_MAX; k++)
        own.given[k] = own.given[k] || c->given[k];
    return judge(&own, seed);
}

/* The row that starts with these words; a missing one fails the test. */
static inline const struct sg_row *row_of(const struct sg_judgement *j, const char *what)
{
    for (size_t i = 0; i < j->evidence.n_rows; i++)
        if (strncmp(j->evidence.row[i].what, what, strlen(what)) == 0)
            return &j->evidence.row[i];
    fail_msg("no row \"%s\"", what);
    return NULL;
}

/* The row of this id; a missing one fails the test. */
static inline const struct sg_row *row_id(const struct sg_judgement *j, const char *id)
{
    for (size_t i = 0; i < j->evidence.n_rows; i++)
        if (strcmp(j->evidence.row[i].id, id) == 0)
            return &j->evidence.row[i];
    fail_msg("no row with the id \"%s\"; %s", id, j->evidence.note);
    return NULL;
}

/* A case in a text, judged with a seed: what it comes to.  Free the judgement. */
static inline struct sg_judgement judge_text(const char *text, uint64_t seed)
{
    struct sg_case c;
    struct sg_error err;
    char path[] = "/tmp/sg_judge_XXXXXX.cfg";
    const int fd = mkstemps(path, 4);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
                close(fd) == 0);
    const enum sg_status status = sg_case_read(&c, path, &err);
    unlink(path);
    if (status != SG_OK)
        fail_msg("%s", err.text);
    struct sg_judgement j;
    const struct sg_judge_options options = {.seed = &seed};
    if (sg_claim_judge(&j, &c, &options, &err) != SG_OK)
        fail_msg("%s", err.text);
    sg_case_free(&c);
    return j;
}

/* Such a case is inconclusive, and the note says so in these words. */
static inline void check_inconclusive(const char *text, const char *words)
{
    struct sg_judgement j = judge_text(text, 1);
    context("%s\n%s: %s", text, sg_claim_verdict_name(j.verdict), j.evidence.note);
    CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, words));
    sg_claim_judgement_free(&j);
}

/* Such a case is refused before anything is measured, in these words. */
static inline void check_refused(const char *text, const char *words)
{
    struct sg_case c;
    struct sg_error err = {{0}};
    struct sg_judgement j = {0};
    char path[] = "/tmp/sg_judge_XXXXXX.cfg";
    const int fd = mkstemps(path, 4);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) &&
                close(fd) == 0);
    enum sg_status status = sg_case_read(&c, path, &err);
    unlink(path);
    if (status == SG_OK) {
        status = sg_claim_judge(&j, &c, &(struct sg_judge_options){0}, &err);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
    context("%s\n%s", text, err.text);
    CHECK(status == SG_BAD_INPUT && strstr(err.text, words));
}

/* Holds with a control that does not, for three seeds; rows besides the certified ones. */
static inline void check_case_holds(const char *path, int replicates, size_t rows)
{
    struct sg_case c;
    read_case(&c, path, replicates);
    for (uint64_t seed = 4711; seed < 4714; seed++) {
        struct sg_judgement j = judge(&c, seed);
        context("%s, seed %llu", path, (unsigned long long)seed);
        CHECK(j.ok && j.verdict == SG_HOLDS);
        CHECK(!j.has_control || j.control_verdict == SG_FAILS);
        CHECK(count_rows(&j, false) == rows);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Bits do not depend on the number of threads. */
static inline void check_same_bits(const struct sg_case *c, uint64_t seed)
{
    struct sg_judgement one = judge(c, seed);
    sg_base_set_jobs(3);
    struct sg_judgement three = judge(c, seed);
    sg_base_set_jobs(1);
    CHECK(one.evidence.n_rows == three.evidence.n_rows);
    for (size_t i = 0; i < one.evidence.n_rows; i++) {
        context("row %s", one.evidence.row[i].what);
        CHECK_SAME(&one.evidence.row[i].measured, &three.evidence.row[i].measured, 1);
        CHECK_SAME(&one.evidence.row[i].tolerance, &three.evidence.row[i].tolerance, 1);
    }
    sg_claim_judgement_free(&one);
    sg_claim_judgement_free(&three);
}

/* The claim holds on its case for seeds that nothing was tuned to, and its control fails in each.
 */
static inline void holds_with_its_control(const char *path, int replicates, uint64_t first_seed,
                                          uint64_t seeds)
{
    struct sg_case c;
    read_case(&c, path, replicates);
    for (uint64_t seed = first_seed; seed < first_seed + seeds; seed++) {
        struct sg_judgement j = judge(&c, seed);
        if (!j.ok || j.verdict != SG_HOLDS || !j.has_control || j.control_verdict != SG_FAILS)
            fail_msg("%s, seed %llu: %s, control %s; %s", path, (unsigned long long)seed,
                     sg_claim_verdict_name(j.verdict), sg_claim_verdict_name(j.control_verdict),
                     j.evidence.note);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

#endif
