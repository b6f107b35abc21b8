/* A case on the page: what was measured, against what, and how to run it. */
#include <stdlib.h>
#include <string.h>

#include "report/page.h"

static void print_cell(const struct sg_page *page, const json_t *object, const char *key,
                       int digits)
{
    fputs("<td>", page->out);
    sg_html_number(page->out, sg_page_number(json_object_get(object, key)), digits);
    fputs("</td>", page->out);
}

/* An effect with its interval, a fact in words, or the three numbers of a comparison. */
static void print_numbers(const struct sg_page *page, const json_t *row)
{
    const double measured = sg_page_number(json_object_get(row, "measured"));
    const bool fact = sg_page_number(json_object_get(row, "tolerance")) == 0 &&
                      sg_page_number(json_object_get(row, "predicted")) == 1 &&
                      (measured == 0 || measured == 1);
    const json_t *interval = json_object_get(row, "interval");
    const json_t *confidence = json_object_get(row, "confidence");      /* of effects */
    if (interval && confidence) {
        fputs("<td colspan=\"3\">", page->out);
        sg_html_number(page->out, measured, 4);
        fputs(", ", page->out);
        sg_html_number(page->out, 100 * sg_page_number(confidence), 3);
        fputs(json_is_true(json_object_get(row, "secondary")) ? " % interval (secondary) "
                                                             : " % interval ", page->out);
        sg_html_number(page->out, sg_page_number(json_array_get(interval, 0)), 4);
        fputs(" to ", page->out);
        sg_html_number(page->out, sg_page_number(json_array_get(interval, 1)), 4);
        fputs("</td>", page->out);
    } else if (fact) {
        fprintf(page->out, "<td colspan=\"3\">%s", measured == 1 ? "so it is" : "not so");
        if (interval) {                                  /* of a limit that is proved */
            fputs(", low ", page->out);
            sg_html_number(page->out, sg_page_number(json_array_get(interval, 0)), 11);
            fputs(", high ", page->out);
            sg_html_number(page->out, sg_page_number(json_array_get(interval, 1)), 11);
        }
        fputs("</td>", page->out);
    } else {
        print_cell(page, row, "measured", 9);
        print_cell(page, row, "predicted", 9);
        print_cell(page, row, "tolerance", 3);
    }
}

static void print_rows(const struct sg_page *page, const json_t *summary)
{
    size_t i;
    json_t *row;
    if (json_array_size(json_object_get(summary, "rows")) == 0)
        return;
    fputs("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Rows of ", page->out);
    sg_html_text(page->out, sg_page_text(summary, "case"));
    fputs("\"><table class=\"cards rows\">\n<thead><tr><th scope=\"col\">What</th>"
          "<th scope=\"col\">Measured</th><th scope=\"col\">Predicted</th>"
          "<th scope=\"col\">Tolerance</th><th scope=\"col\">Evidence</th></tr>"
          "</thead><tbody>\n",
          page->out);
    json_array_foreach(json_object_get(summary, "rows"), i, row) {
        const char *state = sg_page_text(row, "state");
        const bool ok = json_is_true(json_object_get(row, "ok")),
                   open = strcmp(state, "open") == 0 || strcmp(state, "blind") == 0,
                   bound = strcmp(sg_page_text(row, "form"), "bound") == 0;
        fputs(ok     ? "<tr><td>"
              : open ? "<tr><td class=\"open\">\u25cb "
                     : "<tr><td class=\"bad\">\u2717 ",
              page->out);
        sg_html_mathematics(page->out, sg_page_text(row, "what"));
        fputs(bound ? " <span class=\"soft\">(at most)</span></td>" : "</td>", page->out);
        print_numbers(page, row);
        fputs("<td>", page->out);
        sg_html_text(page->out, sg_page_text(row, "evidence"));
        fputs("</td></tr>\n", page->out);
    }
    fputs("</tbody></table></div>\n", page->out);
}

static void print_tables(const struct sg_page *page, const json_t *summary)
{
    size_t i, k;
    json_t *table, *entry, *value;
    json_array_foreach(json_object_get(summary, "tables"), i, table) {
        fprintf(page->out,
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Table %zu of ",
                i + 1);
        sg_html_text(page->out, sg_page_text(summary, "case"));
        fputs("\"><table class=\"rows\"><caption>", page->out);
        sg_html_text(page->out, sg_page_text(table, "title"));
        fputs("</caption>\n<thead><tr>", page->out);
        json_array_foreach(json_object_get(table, "columns"), k, entry) {
            fputs("<th scope=\"col\">", page->out);
            sg_html_text(page->out, sg_page_text_in(entry));
            fputs("</th>", page->out);
        }
        fputs("</tr></thead><tbody>\n", page->out);
        size_t r;
        json_array_foreach(json_object_get(table, "rows"), r, entry) {
            fputs("<tr><th scope=\"row\">", page->out);
            sg_html_text(page->out, sg_page_text(entry, "name"));
            fputs("</th>", page->out);
            json_array_foreach(json_object_get(entry, "values"), k, value) {
                fputs("<td>", page->out);
                if (json_is_number(value))
                    sg_html_number(page->out, json_number_value(value), 5);
                fputs("</td>", page->out);
            }
            fputs("</tr>\n", page->out);
        }
        fputs("</tbody></table></div>\n", page->out);
    }
}

static void print_control(const struct sg_page *page, const json_t *control)
{
    const bool ok = json_is_true(json_object_get(control, "ok"));
    fputs("<div class=\"control\">Control: ", page->out);
    sg_html_mathematics(page->out, sg_page_text(control, "what"));
    fputs(" \u2192 ", page->out);
    sg_html_text(page->out, sg_page_text(control, "verdict"));
    fputs(ok ? "</div>\n" : " <span class=\"bad\">\u2717 not as it has to</span></div>\n",
          page->out);
}

/* The kinds of evidence, the case file and the columns behind the figure, the command. */
static void print_footer(const struct sg_page *page, const json_t *summary)
{
    const char *name = sg_page_text(summary, "case");
    const long long n = (long long)json_integer_value(json_object_get(summary, "replicates"));
    char *file = sg_base_format("cases/%s.cfg", name);
    fputs("<p class=\"soft\">", page->out);
    sg_page_kinds(page, json_object_get(summary, "evidence"));
    const bool some = json_array_size(json_object_get(summary, "evidence")) > 0;
    if (sg_page_is_own(summary)) {
        fputs(some ? "; your own case " : "Your own case ", page->out);
        sg_html_text(page->out, name);
        fputs(".cfg", page->out);
    } else {
        fputs(some ? "; case " : "Case ", page->out);
        if (strchr(name, '/'))
            sg_html_text(page->out, file);
        else
            sg_page_link(page, file, file);
        fputs(", <code>synthgrad run ", page->out);
        sg_html_text(page->out, name);
        fputs("</code>", page->out);
    }
    if (!sg_page_is_skipped(summary) && !strchr(name, '/')) {
        fputs(", numbers in <a href=\"../", page->out);
        sg_html_address(page->out, name);
        fprintf(page->out, "/summary.json\">summary.json</a>, seed %lld, %lld replicate%s, ",
                (long long)json_integer_value(json_object_get(summary, "seed")), n,
                n == 1 ? "" : "s");
        sg_html_number(page->out, sg_page_number(json_object_get(summary, "seconds")), 3);
        fputs(" s", page->out);
    }
    fputs("</p>\n", page->out);
    free(file);
}

void sg_page_case(const struct sg_page *page, size_t index)
{
    const json_t *summary = json_array_get(page->all, index),
                 *control = json_object_get(summary, "control");
    const char *name = sg_page_text(summary, "case"), *note = sg_page_text(summary, "note");
    const bool fine = json_is_true(json_object_get(summary, "ok")) || sg_page_is_skipped(summary);
    fputs("<h3 id=\"", page->out);
    sg_html_text(page->out, name);
    fputs("\"><a href=\"#", page->out);
    sg_html_address(page->out, name);
    fputs("\">", page->out);
    sg_html_text(page->out, name);
    fputs("</a>: ", page->out);
    sg_page_verdict(page, sg_page_text(summary, "verdict"), fine);
    if (fine && strcmp(sg_page_text(summary, "verdict"), "fails") == 0)
        fputs(", as it should beyond the hypotheses", page->out);
    fputs(fine ? "" : " (not as expected)", page->out);
    fputs(sg_page_is_own(summary) ? ", own run</h3>\n" : "</h3>\n", page->out);
    sg_page_figure(page, index);
    print_rows(page, summary);
    print_tables(page, summary);
    if (*note) {
        fputs("<p>", page->out);
        sg_html_text(page->out, note);
        fputs("</p>\n", page->out);
    }
    if (json_is_object(control))
        print_control(page, control);
    print_footer(page, summary);
}
