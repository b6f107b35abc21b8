/* How many claims hold and how many experiments were reproduced, in a sentence for each. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/report.h"

bool sg_report_is_beyond(const struct sg_claim *claim, const char *verdict, bool ok)
{
    SG_REQUIRE(claim);
    return !claim->empirical && ok && strcmp(verdict, sg_claim_verdict_name(SG_FAILS)) == 0;
}

static bool is_beyond(const struct sg_entry *entry)
{
    return sg_report_is_beyond(entry->claim, sg_claim_verdict_name(entry->verdict), entry->ok);
}

/* A claim's verdict over its cases that ran, but for those beyond its hypotheses; SG_VERDICTS:
 * they differ. */
static enum sg_verdict verdict_of(const struct sg_entry *entry, size_t n,
                                  const struct sg_claim *claim)
{
    enum sg_verdict verdict = SG_SKIPPED;
    for (size_t i = 0; i < n; i++) {
        if (entry[i].claim != claim || entry[i].verdict == SG_SKIPPED || is_beyond(&entry[i]))
            continue;
        verdict =
            verdict == SG_SKIPPED || verdict == entry[i].verdict ? entry[i].verdict : SG_VERDICTS;
    }
    return verdict;
}

static const char *word_of(enum sg_verdict verdict, bool one)
{
    switch (verdict) {
    case SG_HOLDS: return one ? "holds" : "hold";
    case SG_FAILS: return one ? "fails" : "fail";
    case SG_VERDICTS: return "mixed";
    default: return sg_claim_verdict_name(verdict);
    }
}

struct text { char *at; size_t room; };

static void say(struct text *text, const char *fmt, ...) SG_PRINTF(2, 3);
static void say(struct text *text, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int wanted = vsnprintf(text->at, text->room, fmt, args);
    va_end(args);
    const size_t used = wanted > 0 && (size_t)wanted < text->room ? (size_t)wanted : text->room - 1;
    text->at += used;
    text->room -= used;
}

/* "21 theorems: 20 hold, 1 inconclusive."  Nothing when there is none. */
static void say_group(struct text *text, const struct sg_entry *entry, size_t n, bool empirical)
{
    size_t of[SG_VERDICTS + 1] = {0}, all = 0, said = 0;
    for (size_t k = 0; sg_claims[k]; k++) {
        const enum sg_verdict verdict = verdict_of(entry, n, sg_claims[k]);
        if (sg_claims[k]->empirical == empirical && verdict != SG_SKIPPED) {
            of[verdict]++;
            all++;
        }
    }
    if (all == 0)
        return;
    say(text, "%zu %s%s: ", all, empirical ? "experiment" : "theorem", all == 1 ? "" : "s");
    for (size_t v = 0; v <= SG_VERDICTS; v++)
        if (of[v])
            say(text, "%s%zu %s", said++ ? ", " : "", of[v],
                word_of((enum sg_verdict)v, of[v] == 1));
    say(text, ".  ");
}

void sg_report_census(char sentence[SG_CENSUS_MAX], const struct sg_entry *entry, size_t n)
{
    SG_REQUIRE(sentence && entry);
    size_t expected = 0, skipped = 0;
    struct text text = {sentence, SG_CENSUS_MAX};
    for (size_t i = 0; i < n; i++) {
        skipped += entry[i].verdict == SG_SKIPPED;
        expected += entry[i].verdict != SG_SKIPPED && entry[i].ok;
    }
    sentence[0] = '\0';
    say_group(&text, entry, n, false);
    say_group(&text, entry, n, true);
    say(&text, "%zu case%s as expected, %zu not, %zu skipped", expected, expected == 1 ? "" : "s",
        n - expected - skipped, skipped);
}
