/* results/report/index.html: what was found, claim by claim, for people who were not there. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/regular.h"
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

bool sg_page_is_own(const json_t *summary)
{
    return json_is_true(json_object_get(summary, "own"));
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

static void print_claim(const struct sg_page *page, const struct sg_claim *claim)
{
    size_t i;
    json_t *summary;
    const struct sg_tally t = sg_page_tally(page, claim);
    json_decref(t.kinds);
    if (t.cases == 0)
        return;
    fprintf(page->out, "<section id=\"%s\">\n<h2>%s: ", claim->id, claim->id);
    sg_html_text(page->out, claim->title);
    fputs(" \u2013 ", page->out);
    sg_page_verdict(page, t.verdict, t.good + t.skipped == t.cases);
    fprintf(page->out, "</h2>\n<p class=\"soft\">%s; from ",
            claim->empirical ? "Experiment" : "Theorem");
    sg_page_origin(page, claim);
    fputs(".</p>\n", page->out);
    sg_page_statement(page, claim);
    (void)sg_page_theorems(page, claim, true);
    sg_page_links(page, claim);
    json_array_foreach(page->all, i, summary) {
        if (strcmp(sg_page_text(summary, "claim"), claim->id) == 0)
            sg_page_case(page, i);
    }
    fputs("<p class=\"up\"><a href=\"#claims\">All claims</a></p>\n</section>\n", page->out);
}

/* The processor as Linux names it, or the machine's kind. */
static void print_processor(const struct sg_page *page)
{
    char line[512];
    FILE *file = sg_base_open_regular("/proc/cpuinfo");
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
          "<p>This page again: <code>synthgrad verify; synthgrad plots; synthgrad report</code>, "
          "or <code>make report</code> in the project\u2019s folder.</p>\n</section>\n",
          page->out);
}

static void print_page(const struct sg_page *page)
{
    static const char title[] = "Synthetic gradients: what was claimed, what was found";
    sg_html_begin(page->out, title);
    fprintf(page->out,
            "<a class=\"skip\" href=\"#claims\">To the claims</a>\n<header>\n<h1>%s</h1>\n"
            "<nav class=\"top\" aria-label=\"Contents\"><a href=\"#answers\">Answers</a> "
            "<a href=\"#claims\">All claims</a> <a href=\"#how\">How it was run</a></nav>\n"
            "</header>\n<main>\n",
            title);
    sg_page_abstract(page);
    sg_page_answers(page);
    sg_page_overview(page);
    for (size_t k = 0; sg_claims[k]; k++)
        print_claim(page, sg_claims[k]);
    print_how(page);
    fputs("</main>\n", page->out);
    sg_html_end(page->out);
}

enum sg_status sg_report_write_page(const char *folder, const char *home, struct sg_error *err)
{
    SG_REQUIRE(folder && err);
    json_t *all;
    char *const folders[] = {(char *)folder};
    enum sg_status status = sg_report_gather(&all, 1, folders, err);
    if (status != SG_OK)
        return status;
    struct sg_file file;
    char *path = sg_base_format("%s/report/index.html", folder);
    struct sg_page page = {.folder = folder, .home = home, .all = all};
    status = sg_page_check_figures(folder, all, err);
    if (status == SG_OK)
        status = sg_base_file_check_place(path, false, err);
    if (status == SG_OK)
        status = sg_page_copy_proofs(&page, err);
    if (status == SG_OK)
        status = sg_base_file_open_ours(&file, path, err);
    if (status == SG_OK) {
        page.out = file.stream;
        page.drawn = SG_NEW(json_array_size(all), bool);
        print_page(&page);
        free(page.drawn);
        status = sg_base_file_commit(&file, err);
    }
    free(path);
    json_decref(all);
    return status;
}
