/* A claim over its cases, and how a verdict is written. */
#include <math.h>
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

static void add_kinds(json_t *kinds, const json_t *more)
{
    size_t k, seen;
    json_t *kind, *other;
    json_array_foreach(more, k, kind) {
        bool known = false;
        json_array_foreach(kinds, seen, other)
            known = known || json_equal(kind, other);
        if (!known)
            json_array_append(kinds, kind);
    }
}

struct sg_tally sg_page_tally(const struct sg_page *page, const struct sg_claim *claim)
{
    struct sg_tally t = {.kinds = json_array()};
    size_t i;
    json_t *summary;
    const char *verdict = NULL;
    bool mixed = false;
    json_array_foreach(page->all, i, summary) {
        const json_t *control = json_object_get(summary, "control");
        const char *of_case = sg_page_text(summary, "verdict");
        const bool ok = json_is_true(json_object_get(summary, "ok"));
        if (strcmp(sg_page_text(summary, "claim"), claim->id) != 0)
            continue;
        t.cases++;
        add_kinds(t.kinds, json_object_get(summary, "evidence"));
        if (sg_page_is_skipped(summary)) {
            t.skipped++;
            continue;
        }
        t.good += ok;
        t.controls += json_is_object(control);
        t.broken += json_is_object(control) && !json_is_true(json_object_get(control, "ok"));
        if (sg_report_is_beyond(claim, of_case, ok))
            continue;
        t.margin = sg_base_max(t.margin, margin_of(summary));
        mixed = mixed || (verdict && strcmp(verdict, of_case) != 0);
        verdict = of_case;
    }
    t.verdict = t.cases == t.skipped             ? "not run"
                : t.good + t.skipped < t.cases ? "not as expected"
                : mixed                        ? "mixed"
                : verdict                      ? verdict
                                               : "fails";
    return t;
}

void sg_page_verdict(const struct sg_page *page, const char *verdict, bool as_expected)
{
    const bool good = strcmp(verdict, "holds") == 0 || strcmp(verdict, "reproduced") == 0;
    const char *colour = !as_expected ? "bad" : good ? "good" : "open",
               *sign = !as_expected ? "\u2717" : good ? "\u2713" : "\u25cb";
    fprintf(page->out, "<span class=\"verdict %s\">%s <span>", colour, sign);
    sg_html_text(page->out, verdict);
    fputs("</span></span>", page->out);
}

void sg_page_origin(const struct sg_page *page, const struct sg_claim *claim)
{
    static const char *const words[] = {[SG_FROM_PROJECT] = "this project",
                                        [SG_FROM_PAPER] = "the paper",
                                        [SG_FROM_OTHERS] = "known before"};
    fputs(words[claim->from], page->out);
    if (claim->source) {
        fputs(", ", page->out);
        sg_html_text(page->out, claim->source);
    }
}
