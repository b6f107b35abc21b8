/* results/report/index.html: what was found, claim by claim, for people who were not there. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "report/page.h"
#include "synthgrad/report.h"

const char *sg_page_text_in(const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? text : "";
}

const char *sg_page_text(const json_t *object, const char *key)
{
    return sg_page_text_in(json_object_get(object, key));
}

double sg_page_number(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : SG_NAN;
}

bool sg_page_is_skipped(const json_t *summary)
{
    return strcmp(sg_page_text(summary, "verdict"), "skipped") == 0;
}

const char *sg_page_class(const char *verdict)
{
    return strcmp(verdict, "holds") == 0 || strcmp(verdict, "reproduced") == 0 ? "good" : "open";
}

void sg_page_kinds(const struct sg_page *page, const json_t *kinds)
{
    size_t i;
    json_t *kind;
    json_array_foreach(kinds, i, kind) {
        fputs(i ? ", " : "", page->out);
        sg_html_text(page->out, sg_page_text_in(kind));
    }
}

static void print_verdict(const struct sg_page *page, const json_t *summary)
{
    const bool fine = json_is_true(json_object_get(summary, "ok")) || sg_page_is_skipped(summary);
    const char *verdict = sg_page_text(summary, "verdict");
    fprintf(page->out, "<span class=\"verdict %s\">", fine ? sg_page_class(verdict) : "bad");
    sg_html_text(page->out, verdict);
    fputs(fine ? "</span>" : " (not as expected)</span>", page->out);
}

static void print_cell(const struct sg_page *page, const json_t *object, const char *key,
                       int digits)
{
    fputs("<td class=\"n\">", page->out);
    sg_html_number(page->out, sg_page_number(json_object_get(object, key)), digits);
    fputs("</td>", page->out);
}

static void print_rows(const struct sg_page *page, const json_t *summary)
{
    size_t i;
    json_t *row;
    fputs("<div class=\"wide\"><table>\n<tr><th>What</th><th class=\"n\">Measured</th><th "
          "class=\"n\">Predicted</th><th class=\"n\">Tolerance</th>"
          "<th>Evidence</th></tr>\n",
          page->out);
    json_array_foreach(json_object_get(summary, "rows"), i, row) {
        const double measured = sg_page_number(json_object_get(row, "measured"));
        const bool fact = sg_page_number(json_object_get(row, "tolerance")) == 0 &&
                          sg_page_number(json_object_get(row, "predicted")) == 1 &&
                          (measured == 0 || measured == 1);
        fprintf(page->out, "<tr><td%s>",
                json_is_true(json_object_get(row, "ok")) ? "" : " class=\"bad\"");
        sg_html_text(page->out, sg_page_text(row, "what"));
        fputs("</td>", page->out);
        const json_t *interval = json_object_get(row, "interval");
        const json_t *confidence = json_object_get(row, "confidence");      /* of effects */
        if (interval && confidence) {
            fputs("<td class=\"n\" colspan=\"3\">", page->out);
            sg_html_number(page->out, measured, 4);
            fputs(", ", page->out);
            sg_html_number(page->out, 100 * sg_page_number(confidence), 3);
            fputs(json_is_true(json_object_get(row, "secondary")) ? " % interval (secondary) "
                                                                 : " % interval ", page->out);
            sg_html_number(page->out, sg_page_number(json_array_get(interval, 0)), 4);
            fputs(" to ", page->out);
            sg_html_number(page->out, sg_page_number(json_array_get(interval, 1)), 4);
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
        sg_html_text(page->out, sg_page_text(row, "evidence"));
        fputs("</td></tr>\n", page->out);
    }
    fputs("</table></div>\n", page->out);
}

static void print_tables(const struct sg_page *page, const json_t *summary)
{
    size_t i, k;
    json_t *table, *entry, *value;
    json_array_foreach(json_object_get(summary, "tables"), i, table) {
        fputs("<p>", page->out);
        sg_html_text(page->out, sg_page_text(table, "title"));
        fputs("</p>\n<div class=\"wide\"><table>\n<tr>", page->out);
        json_array_foreach(json_object_get(table, "columns"), k, entry) {
            fputs(k ? "<th class=\"n\">" : "<th>", page->out);
            sg_html_text(page->out, sg_page_text_in(entry));
            fputs("</th>", page->out);
        }
        fputs("</tr>\n", page->out);
        size_t r;
        json_array_foreach(json_object_get(table, "rows"), r, entry) {
            fputs("<tr><td>", page->out);
            sg_html_text(page->out, sg_page_text(entry, "name"));
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

static void print_case(const struct sg_page *page, const json_t *summary)
{
    const char *name = sg_page_text(summary, "case"), *note = sg_page_text(summary, "note");
    const json_t *control = json_object_get(summary, "control");
    fputs("<h3>", page->out);
    sg_html_text(page->out, name);
    fputs(": ", page->out);
    print_verdict(page, summary);
    fputs("</h3>\n", page->out);
    sg_page_figure(page, name);
    print_rows(page, summary);
    print_tables(page, summary);
    if (*note) {
        fputs("<p>", page->out);
        sg_html_text(page->out, note);
        fputs("</p>\n", page->out);
    }
    if (json_is_object(control)) {
        fputs("<div class=\"control\">Control: ", page->out);
        sg_html_text(page->out, sg_page_text(control, "what"));
        fputs(" &rarr; ", page->out);
        sg_html_text(page->out, sg_page_text(control, "verdict"));
        fputs("</div>\n", page->out);
    }
    fputs("<p class=\"soft\">", page->out);
    sg_page_kinds(page, json_object_get(summary, "evidence"));
    fputs("; <code>synthgrad run cases/", page->out);
    sg_html_text(page->out, name);
    fprintf(page->out, ".cfg</code>, seed %lld, %lld replicate%s, ",
            (long long)json_integer_value(json_object_get(summary, "seed")),
            (long long)json_integer_value(json_object_get(summary, "replicates")),
            json_integer_value(json_object_get(summary, "replicates")) == 1 ? "" : "s");
    sg_html_number(page->out, sg_page_number(json_object_get(summary, "seconds")), 3);
    fputs(" s</p>\n", page->out);
}

static void print_claim(const struct sg_page *page, const struct sg_claim *claim)
{
    size_t i, cases = 0;
    json_t *summary;
    json_array_foreach(page->all, i, summary) {
        if (strcmp(sg_page_text(summary, "claim"), claim->id) != 0)
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
static void print_processor(const struct sg_page *page)
{
    char line[512];
    FILE *file = sg_page_open("/proc/cpuinfo");
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

static void print_how(const struct sg_page *page)
{
    size_t i;
    json_t *summary;
    double seconds = 0;
    const char *commit = sg_page_text(json_array_get(page->all, 0), "commit"),
               *version = sg_page_text(json_array_get(page->all, 0), "version");
    bool one_commit = true;
    json_array_foreach(page->all, i, summary) {
        seconds += sg_page_number(json_object_get(summary, "seconds"));
        one_commit = one_commit && strcmp(commit, sg_page_text(summary, "commit")) == 0;
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
    status = sg_page_check_figures(folder, all, err);
    if (status == SG_OK)
        status = sg_base_file_check_place(path, false, err);
    if (status == SG_OK)
        status = sg_base_file_open(&file, path, err);
    if (status == SG_OK) {
        const struct sg_page page = {.out = file.stream,
                                  .folder = folder,
                                  .captions = captions,
                                  .all = all};
        sg_html_begin(page.out, "Synthetic gradients: what was claimed, what was found");
        fputs("<h1>Synthetic gradients: what was claimed, what was found</h1>\n", page.out);
        sg_page_overview(&page);
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
