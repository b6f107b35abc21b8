/* The page's overview: how many claims hold, and a line for each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "synthgrad/report.h"

/* The largest error over its tolerance, of the rows that the verdict is about. */
static double margin_of(const json_t *summary)
{
    double margin = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(summary, "rows"), i, row) {
        const json_t *of_row = json_object_get(row, "margin");
        if (json_is_true(json_object_get(row, "secondary")))
            continue;
        margin = sg_base_max(margin, json_is_number(of_row) ? json_number_value(of_row) : HUGE_VAL);
    }
    return margin;
}

/* A claim's cases in one line. */
struct tally {
    size_t cases, good, skipped, controls, broken;
    double margin;
    json_t *kinds;
    const char *verdict;            /* of all cases that ran; NULL: they differ, or none ran */
};

static struct tally tally_of(const struct sg_page *page, const char *claim)
{
    struct tally t = {.kinds = json_array()};
    size_t i, k, seen, ran = 0;
    json_t *summary, *kind, *other;
    json_array_foreach(page->all, i, summary) {
        if (strcmp(sg_page_text(summary, "claim"), claim) != 0)
            continue;
        const json_t *control = json_object_get(summary, "control");
        t.cases++;
        t.skipped += sg_page_is_skipped(summary);
        t.good += !sg_page_is_skipped(summary) && json_is_true(json_object_get(summary, "ok"));
        t.controls += json_is_object(control);
        t.broken += json_is_object(control) && !json_is_true(json_object_get(control, "ok"));
        t.margin = sg_base_max(t.margin, margin_of(summary));
        if (!sg_page_is_skipped(summary)) {
            const char *verdict = sg_page_text(summary, "verdict");
            t.verdict = ran++ == 0 || (t.verdict && strcmp(t.verdict, verdict) == 0) ? verdict
                                                                                     : NULL;
        }
        json_array_foreach(json_object_get(summary, "evidence"), k, kind) {
            bool known = false;
            json_array_foreach(t.kinds, seen, other)
                known = known || json_equal(kind, other);
            if (!known)
                sg_report_add(t.kinds, json_incref(kind));
        }
    }
    return t;
}

static void print_tally(const struct sg_page *page, const struct sg_claim *claim,
                        const struct tally *t)
{
    const size_t run = t->cases - t->skipped;
    fprintf(page->out, "<tr><td><a href=\"#%s\">%s</a></td><td>", claim->id, claim->id);
    sg_html_text(page->out, claim->title);
    fprintf(page->out, "</td><td><span class=\"verdict %s\">",
            run == 0        ? "open"
            : t->good < run ? "bad"
            : t->verdict    ? sg_page_class(t->verdict)
                            : "open");
    sg_html_text(page->out, run == 0        ? "skipped"
                            : t->good < run ? "not as expected"
                            : t->verdict    ? t->verdict
                                            : "mixed");
    fputs("</span></td><td>", page->out);
    sg_page_kinds(page, t->kinds);
    fprintf(page->out, "</td><td class=\"n\">%zu", run);
    if (t->skipped)
        fprintf(page->out, " (+%zu)", t->skipped);
    fputs("</td><td class=\"n\">", page->out);
    if (run)
        sg_html_number(page->out, t->margin, 2);
    fprintf(page->out, "</td><td>%s</td></tr>\n",
            t->broken     ? "<span class=\"bad\">does not change it</span>"
            : t->controls ? "changes it"
                          : "none");
}

static enum sg_verdict verdict_named(const char *name)
{
    int v = 0;
    while (v < SG_VERDICTS && strcmp(sg_claim_verdict_name((enum sg_verdict)v), name) != 0)
        v++;
    return (enum sg_verdict)v;
}

static void print_census(const struct sg_page *page)
{
    struct sg_entry *entry = SG_NEW(json_array_size(page->all), struct sg_entry);
    char sentence[SG_CENSUS_MAX];
    size_t i, n = 0;
    json_t *summary;
    json_array_foreach(page->all, i, summary) {
        const struct sg_claim *claim = sg_claim_find(sg_page_text(summary, "claim"));
        const enum sg_verdict verdict = verdict_named(sg_page_text(summary, "verdict"));
        if (claim && verdict != SG_VERDICTS)
            entry[n++] =
                (struct sg_entry){claim, verdict, json_is_true(json_object_get(summary, "ok"))};
    }
    sg_report_census(sentence, entry, n);
    fputs("<p class=\"soft\">", page->out);
    sg_html_text(page->out, sentence);
    fputs(".</p>\n", page->out);
    free(entry);
}

void sg_page_overview(const struct sg_page *page)
{
    print_census(page);
    fputs("<p>Each number was found twice, by a formula and by a simulation, a proof or another "
          "formula, and the difference held against a tolerance derived from rounding and "
          "conditioning; what only runs can show has a 95 % interval instead. "
          "The <em>margin</em> is the largest error over its tolerance: above 1 fails. "
          "The <em>control</em> is the nearest violation of a hypothesis, which has to change "
          "the verdict. Cases in brackets take long and were skipped.</p>\n"
          "<div class=\"wide\"><table class=\"claims\">\n"
          "<tr><th colspan=\"2\">Claim</th><th>Verdict</th><th>Evidence</th>"
          "<th class=\"n\">Cases</th><th class=\"n\">Margin</th><th>Control</th></tr>\n",
          page->out);
    for (size_t k = 0; sg_claims[k]; k++) {
        const struct tally t = tally_of(page, sg_claims[k]->id);
        if (t.cases)
            print_tally(page, sg_claims[k], &t);
        json_decref(t.kinds);
    }
    fputs("</table></div>\n", page->out);
}
