/* results/report/index.html: what was found, claim by claim, for people who were not there. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "report/html.h"
#include "synthgrad/report.h"

struct page { FILE *out; const char *folder, *captions; const json_t *all; };

/* Results may have been edited: what is no text is none. */
static const char *text_in(const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? text : "";
}

static const char *text_of(const json_t *object, const char *key)
{
    return text_in(json_object_get(object, key));
}

/* null, a number that was not finite, stays none. */
static double number_of(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : SG_NAN;
}

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

static bool is_skipped(const json_t *summary)
{
    return strcmp(text_of(summary, "verdict"), "skipped") == 0;
}

/* Green only for what was shown: a theorem that holds, an effect that was found. */
static const char *class_of(const char *verdict)
{
    return strcmp(verdict, "holds") == 0 || strcmp(verdict, "reproduced") == 0 ? "good" : "open";
}

static void print_verdict(const struct page *page, const json_t *summary)
{
    const bool ok = json_is_true(json_object_get(summary, "ok"));
    fprintf(page->out, "<span class=\"verdict %s\">",
            !ok && !is_skipped(summary) ? "bad" : class_of(text_of(summary, "verdict")));
    sg_html_text(page->out, text_of(summary, "verdict"));
    fputs(ok || is_skipped(summary) ? "</span>" : " (not as expected)</span>", page->out);
}

static void print_kinds(const struct page *page, const json_t *kinds)
{
    size_t i;
    json_t *kind;
    json_array_foreach(kinds, i, kind) {
        fputs(i ? ", " : "", page->out);
        sg_html_text(page->out, text_in(kind));
    }
}

/* A claim's cases in one line. */
struct tally {
    size_t cases, good, skipped, controls, broken;
    double margin;
    json_t *kinds;
    const char *verdict;            /* of all cases that ran; NULL: they differ, or none ran */
};

static struct tally tally_of(const struct page *page, const char *claim)
{
    struct tally t = {.kinds = json_array()};
    size_t i, k, seen, ran = 0;
    json_t *summary, *kind, *other;
    json_array_foreach(page->all, i, summary) {
        if (strcmp(text_of(summary, "claim"), claim) != 0)
            continue;
        const json_t *control = json_object_get(summary, "control");
        t.cases++;
        t.skipped += is_skipped(summary);
        t.good += !is_skipped(summary) && json_is_true(json_object_get(summary, "ok"));
        t.controls += json_is_object(control);
        t.broken += json_is_object(control) && !json_is_true(json_object_get(control, "ok"));
        t.margin = sg_base_max(t.margin, margin_of(summary));
        if (!is_skipped(summary)) {
            const char *verdict = text_of(summary, "verdict");
            t.verdict = ran++ == 0 || (t.verdict && strcmp(t.verdict, verdict) == 0) ? verdict
                                                                                     : NULL;
        }
        json_array_foreach(json_object_get(summary, "evidence"), k, kind) {
            bool known = false;
            json_array_foreach(t.kinds, seen, other)
                known = known || json_equal(kind, other);
            if (!known)
                json_array_append(t.kinds, kind);
        }
    }
    return t;
}

static void print_tally(const struct page *page, const struct sg_claim *claim,
                        const struct tally *t)
{
    const size_t run = t->cases - t->skipped;
    fprintf(page->out, "<tr><td><a href=\"#%s\">%s</a></td><td>", claim->id, claim->id);
    sg_html_text(page->out, claim->title);
    fprintf(page->out, "</td><td><span class=\"verdict %s\">",
            run == 0        ? "open"
            : t->good < run ? "bad"
            : t->verdict    ? class_of(t->verdict)
                            : "open");
    sg_html_text(page->out, run == 0        ? "skipped"
                            : t->good < run ? "not as expected"
                            : t->verdict    ? t->verdict
                                            : "mixed");
    fputs("</span></td><td>", page->out);
    print_kinds(page, t->kinds);
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

static void print_census(const struct page *page)
{
    struct sg_entry *entry = SG_NEW(json_array_size(page->all), struct sg_entry);
    char sentence[SG_CENSUS_MAX];
    size_t i, n = 0;
    json_t *summary;
    json_array_foreach(page->all, i, summary) {
        const struct sg_claim *claim = sg_claim_find(text_of(summary, "claim"));
        const enum sg_verdict verdict = verdict_named(text_of(summary, "verdict"));
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

static void print_overview(const struct page *page)
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

/* The first comment of the script that draws the figure. */
static char *caption_of(const struct page *page, const char *name)
{
    char *path = sg_base_format("%s/%s.gp", page->captions ? page->captions : ".", name),
         *caption = sg_base_format("%s", "");
    FILE *file = fopen(path, "r");
    char line[1024];
    while (file && fgets(line, sizeof line, file) && line[0] == '#') {
        line[strcspn(line, "\n")] = '\0';
        const char *words = line + strspn(line, "# ");
        char *longer = sg_base_format("%s%s%s", caption, *caption ? " " : "", words);
        free(caption);
        caption = longer;
    }
    if (file)
        fclose(file);
    free(path);
    return caption;
}

/* The case's figure, or NULL: none, or the name leads out of this folder. */
static FILE *open_figure(const char *folder, const char *name)
{
    char *path = sg_base_format("%s/figures/%s.svg", folder, name);
    FILE *svg = strchr(name, '/') ? NULL : fopen(path, "rb");
    free(path);
    return svg;
}

/* A page with a broken picture is not written. */
static enum sg_status check_figures(const char *folder, const json_t *all, struct sg_error *err)
{
    enum sg_status status = SG_OK;
    size_t i, line;
    json_t *summary;
    json_array_foreach(all, i, summary) {
        const char *name = text_of(summary, "case");
        FILE *svg = open_figure(folder, name);
        if (svg && status == SG_OK && !sg_html_is_text(svg, &line)) {
            char *path = sg_base_format("%s/figures/%s.svg", folder, name);
            status = sg_base_refuse(err, path, line,
                                    "not UTF-8 text, so no browser shows this figure; "
                                    "draw it again (make plots) or remove the file");
            free(path);
        }
        if (svg)
            fclose(svg);
    }
    return status;
}

static void print_figure(const struct page *page, const char *name)
{
    FILE *svg = open_figure(page->folder, name);
    if (!svg)
        return;
    char *caption = caption_of(page, name);
    fputs("<figure>", page->out);
    sg_html_image(page->out, svg, *caption ? caption : name);
    fputs("<figcaption>", page->out);
    sg_html_text(page->out, caption);
    fputs("</figcaption></figure>\n", page->out);
    free(caption);
    fclose(svg);
}

static void print_cell(const struct page *page, const json_t *object, const char *key, int digits)
{
    fputs("<td class=\"n\">", page->out);
    sg_html_number(page->out, number_of(json_object_get(object, key)), digits);
    fputs("</td>", page->out);
}

static void print_rows(const struct page *page, const json_t *summary)
{
    size_t i;
    json_t *row;
    fputs("<div class=\"wide\"><table>\n<tr><th>What</th><th class=\"n\">Measured</th><th "
          "class=\"n\">Predicted</th><th class=\"n\">Tolerance</th>"
          "<th>Evidence</th></tr>\n",
          page->out);
    json_array_foreach(json_object_get(summary, "rows"), i, row) {
        const double measured = number_of(json_object_get(row, "measured"));
        const bool fact = number_of(json_object_get(row, "tolerance")) == 0 &&
                          number_of(json_object_get(row, "predicted")) == 1 &&
                          (measured == 0 || measured == 1);
        fprintf(page->out, "<tr><td%s>",
                json_is_true(json_object_get(row, "ok")) ? "" : " class=\"bad\"");
        sg_html_text(page->out, text_of(row, "what"));
        fputs("</td>", page->out);
        const json_t *interval = json_object_get(row, "interval");
        const json_t *confidence = json_object_get(row, "confidence");      /* of effects */
        if (interval && confidence) {
            fputs("<td class=\"n\" colspan=\"3\">", page->out);
            sg_html_number(page->out, measured, 4);
            fputs(", ", page->out);
            sg_html_number(page->out, 100 * number_of(confidence), 3);
            fputs(json_is_true(json_object_get(row, "secondary")) ? " % interval (secondary) "
                                                                 : " % interval ", page->out);
            sg_html_number(page->out, number_of(json_array_get(interval, 0)), 4);
            fputs(" to ", page->out);
            sg_html_number(page->out, number_of(json_array_get(interval, 1)), 4);
            fputs("</td>", page->out);
        } else if (fact)
            fprintf(page->out, "<td class=\"n\" colspan=\"3\">%s</td>",
                    measured == 1 ? "so it is" : "not so");
        else {
            print_cell(page, row, "measured", 9);
            print_cell(page, row, "predicted", 9);
            print_cell(page, row, "tolerance", 3);
        }
        fputs("<td>", page->out);
        sg_html_text(page->out, text_of(row, "evidence"));
        fputs("</td></tr>\n", page->out);
    }
    fputs("</table></div>\n", page->out);
}

static void print_tables(const struct page *page, const json_t *summary)
{
    size_t i, k;
    json_t *table, *entry, *value;
    json_array_foreach(json_object_get(summary, "tables"), i, table) {
        fputs("<p>", page->out);
        sg_html_text(page->out, text_of(table, "title"));
        fputs("</p>\n<div class=\"wide\"><table>\n<tr>", page->out);
        json_array_foreach(json_object_get(table, "columns"), k, entry) {
            fputs(k ? "<th class=\"n\">" : "<th>", page->out);
            sg_html_text(page->out, text_in(entry));
            fputs("</th>", page->out);
        }
        fputs("</tr>\n", page->out);
        size_t r;
        json_array_foreach(json_object_get(table, "rows"), r, entry) {
            fputs("<tr><td>", page->out);
            sg_html_text(page->out, text_of(entry, "name"));
            fputs("</td>", page->out);
            json_array_foreach(json_object_get(entry, "values"), k, value) {
                fputs("<td class=\"n\">", page->out);
                if (json_is_number(value))
                    sg_html_number(page->out, json_number_value(value), 5);
                fputs("</td>", page->out);
            }
            fputs("</tr>\n", page->out);
        }
        fputs("</table></div>\n", page->out);
    }
}

static void print_case(const struct page *page, const json_t *summary)
{
    const char *name = text_of(summary, "case"), *note = text_of(summary, "note");
    const json_t *control = json_object_get(summary, "control");
    fputs("<h3>", page->out);
    sg_html_text(page->out, name);
    fputs(": ", page->out);
    print_verdict(page, summary);
    fputs("</h3>\n", page->out);
    print_figure(page, name);
    print_rows(page, summary);
    print_tables(page, summary);
    if (*note) {
        fputs("<p>", page->out);
        sg_html_text(page->out, note);
        fputs("</p>\n", page->out);
    }
    if (json_is_object(control)) {
        fputs("<div class=\"control\">Control: ", page->out);
        sg_html_text(page->out, text_of(control, "what"));
        fputs(" &rarr; ", page->out);
        sg_html_text(page->out, text_of(control, "verdict"));
        fputs("</div>\n", page->out);
    }
    fputs("<p class=\"soft\">", page->out);
    print_kinds(page, json_object_get(summary, "evidence"));
    fputs("; <code>synthgrad run cases/", page->out);
    sg_html_text(page->out, name);
    fprintf(page->out, ".cfg</code>, seed %lld, %lld replicate%s, ",
            (long long)json_integer_value(json_object_get(summary, "seed")),
            (long long)json_integer_value(json_object_get(summary, "replicates")),
            json_integer_value(json_object_get(summary, "replicates")) == 1 ? "" : "s");
    sg_html_number(page->out, number_of(json_object_get(summary, "seconds")), 3);
    fputs(" s</p>\n", page->out);
}

static void print_claim(const struct page *page, const struct sg_claim *claim)
{
    size_t i, cases = 0;
    json_t *summary;
    json_array_foreach(page->all, i, summary) {
        if (strcmp(text_of(summary, "claim"), claim->id) != 0)
            continue;
        if (cases++ == 0) {
            fprintf(page->out, "<section id=\"%s\">\n<h2>%s: ", claim->id, claim->id);
            sg_html_text(page->out, claim->title);
            fputs("</h2>\n<p>", page->out);
            sg_html_text(page->out, claim->statement);
            fprintf(page->out,
                    "</p>\n<p class=\"soft\">Proof, what is checked and what is not: "
                    "<code>proofs/%s.md</code></p>\n",
                    claim->name);
        }
        print_case(page, summary);
    }
    if (cases)
        fputs("</section>\n", page->out);
}

/* The processor as Linux names it, or the machine's kind. */
static void print_processor(const struct page *page)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "r");
    struct utsname kind;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0 && strchr(line, ':')) {
            line[strcspn(line, "\n")] = '\0';
            sg_html_text(page->out, strchr(line, ':') + 1);
            fclose(file);
            return;
        }
    if (file)
        fclose(file);
    if (uname(&kind) == 0)
        sg_html_text(page->out, kind.machine);
}

static void print_how(const struct page *page)
{
    size_t i;
    json_t *summary;
    double seconds = 0;
    const char *commit = text_of(json_array_get(page->all, 0), "commit"),
               *version = text_of(json_array_get(page->all, 0), "version");
    bool one_commit = true;
    json_array_foreach(page->all, i, summary) {
        seconds += number_of(json_object_get(summary, "seconds"));
        one_commit = one_commit && strcmp(commit, text_of(summary, "commit")) == 0;
    }
    char when[64] = "";
    const time_t now = time(NULL);
    struct tm local;
    if (localtime_r(&now, &local))
        strftime(when, sizeof when, "%Y-%m-%d %H:%M", &local);
    fputs("<section id=\"how\">\n<h2>How it was run</h2>\n<p>synthgrad ", page->out);
    sg_html_text(page->out, version);
    fputs(", commit ", page->out);
    sg_html_text(page->out, commit);
    fprintf(page->out, "%s; page written %s; ",
            one_commit ? "" : " (some results are of other commits)", when);
    sg_html_number(page->out, seconds, 3);
    fputs(" s in all cases together, on ", page->out);
    print_processor(page);
    fputs(". A case and a seed give the same numbers on every run and for every number of threads; "
          "the seeds are with the cases.</p>\n"
          "<p><code>make verify plots report</code> makes this page again.</p>\n</section>\n",
          page->out);
}

enum sg_status sg_report_write_page(const char *folder, const char *captions, struct sg_error *err)
{
    json_t *all;
    char *const folders[] = {(char *)folder};
    enum sg_status status = sg_report_gather(&all, 1, folders, err);
    if (status != SG_OK)
        return status;
    struct sg_file file;
    char *path = sg_base_format("%s/report/index.html", folder);
    status = check_figures(folder, all, err);
    if (status == SG_OK)
        status = sg_base_file_check_place(path, false, err);
    if (status == SG_OK)
        status = sg_base_file_open(&file, path, err);
    if (status == SG_OK) {
        const struct page page = {.out = file.stream,
                                  .folder = folder,
                                  .captions = captions,
                                  .all = all};
        sg_html_begin(page.out, "Synthetic gradients: what was claimed, what was found");
        fputs("<h1>Synthetic gradients: what was claimed, what was found</h1>\n", page.out);
        print_overview(&page);
        for (size_t k = 0; sg_claims[k]; k++)
            print_claim(&page, sg_claims[k]);
        print_how(&page);
        sg_html_end(page.out);
        status = sg_base_file_commit(&file, err);
    }
    free(path);
    json_decref(all);
    return status;
}
