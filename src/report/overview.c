/* The page's overview: how many claims hold, and a line for each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "synthgrad/report.h"

static void print_tally(const struct sg_page *page, const struct sg_claim *claim,
                        const struct sg_tally *t)
{
    const size_t run = t->cases - t->skipped;
    fprintf(page->out,
            "<tr><td><a href=\"#%s\">%s</a></td><td>", claim->id, claim->id);
    sg_html_text(page->out, claim->title);
    fputs("</td><td data-l=\"From\">", page->out);
    sg_page_origin(page, claim);
    fputs("</td><td data-l=\"Verdict\">", page->out);
    sg_page_verdict(page, t->verdict, t->good == run);
    fputs("</td><td data-l=\"Evidence\">", page->out);
    sg_page_kinds(page, t->kinds);
    if (sg_page_theorems(page, claim, false))
        fputs(", Coq", page->out);
    fprintf(page->out, "</td><td class=\"n\" data-l=\"Cases\">%zu", run);
    if (t->skipped)
        fprintf(page->out, " (+%zu)", t->skipped);
    fputs("</td><td class=\"n\" data-l=\"Margin\">", page->out);
    if (run && isfinite(t->margin))
        sg_html_number(page->out, t->margin, 2);
    else if (run)
        fputs("\u221e", page->out);
    fputs("</td></tr>\n", page->out);
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
    fputs("<p><strong>", page->out);
    sg_html_text(page->out, sentence);
    fputs(".</strong></p>\n", page->out);
    free(entry);
}

/* How the controls came out, in a sentence instead of a column of equal cells. */
static void print_controls(const struct sg_page *page)
{
    size_t i, n = 0, broken = 0;
    json_t *summary;
    json_array_foreach(page->all, i, summary) {
        const json_t *control = json_object_get(summary, "control");
        n += json_is_object(control);
        broken += json_is_object(control) && !json_is_true(json_object_get(control, "ok"));
    }
    fprintf(page->out,
            "<p>Of %zu <em>controls</em>, each the nearest violation of a hypothesis, %zu change "
            "the verdict, as they have to%s</p>\n",
            n, n - broken, broken ? "; the others are marked in red below." : ".");
}

/* A reader has to know which results are not the project's. */
static void print_own(const struct sg_page *page)
{
    size_t i, n = 0;
    json_t *summary;
    json_array_foreach(page->all, i, summary) {
        n += sg_page_is_own(summary);
    }
    if (n)
        fprintf(page->out, "<p>%zu of the cases %s of your own, not the project\u2019s: counted "
                           "here, and marked <em>own run</em> below.</p>\n",
                n, n == 1 ? "is" : "are");
}

static void print_group(const struct sg_page *page, bool empirical, const char *caption)
{
    size_t n = 0;
    for (size_t k = 0; sg_claims[k]; k++) {
        if (sg_claims[k]->empirical != empirical)
            continue;
        const struct sg_tally t = sg_page_tally(page, sg_claims[k]);
        if (t.cases && n++ == 0)
            fprintf(page->out,
                    "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">"
                    "<table class=\"claims cards\"><caption>%s</caption>\n<thead><tr>"
                    "<th scope=\"col\">Claim</th><th scope=\"col\">It says</th>"
                    "<th scope=\"col\">From</th><th scope=\"col\">Verdict</th>"
                    "<th scope=\"col\">Evidence</th><th scope=\"col\" class=\"n\">Cases</th>"
                    "<th scope=\"col\" class=\"n\">Margin</th></tr></thead><tbody>\n",
                    caption, caption);
        if (t.cases)
            print_tally(page, sg_claims[k], &t);
        json_decref(t.kinds);
    }
    if (n)
        fputs("</tbody></table></div>\n", page->out);
}

void sg_page_overview(const struct sg_page *page)
{
    fputs("<section id=\"claims\">\n<h2>All claims</h2>\n", page->out);
    print_census(page);
    fputs("<p>Each number of a theorem was found twice, by a formula and by a simulation, a proof "
          "or another formula, and the difference held against a tolerance derived from rounding "
          "and conditioning. The <em>margin</em> is the largest error over its tolerance: above 1 "
          "fails; for an inequality it is what exceeds the bound, so 0 where it is kept. What only "
          "runs can show has a 95 % interval over seeds instead, and its margin is half the "
          "interval over the effect. Cases in brackets were skipped: they take long, or their data "
          "are not here.</p>\n",
          page->out);
    print_controls(page);
    print_own(page);
    print_group(page, false, "Theorems");
    print_group(page, true, "Experiments");
    sg_page_figure_of_run(page, "run_margins");
    sg_page_figure_of_run(page, "run_evidence");
    fputs("</section>\n", page->out);
}
