/* report: the results as one page. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cases.h"
#include "cli/cli.h"
#include "synthgrad/report.h"

static int report(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    (void)args;
    const struct sg_option *out = sg_cli_option(command, "out");
    const char *folder = out->given ? out->value : "results";
    struct sg_error err;
    char *home = sg_cli_home();
    enum sg_status status = sg_report_write_page(folder, home, &err);
    free(home);
    if (status != SG_OK)
        return sg_cli_fail(status, &err);
    char *page = sg_base_format("%s/report/index.html", folder);
    if (sg_cli_option(command, "json")->given) {
        json_t *object = sg_report_object();
        sg_report_put(object, "report", sg_report_text(page));
        status = sg_report_write_json("-", object, &err);
    } else {
        char *shown = sg_cli_printable_path(page);
        printf("%s\n", shown);
        free(shown);
    }
    free(page);
    return sg_cli_fail(status, &err);
}

static struct sg_option options[] = {
    {.name = "out", .metavar = "DIR", .help = "the results folder (default results)"},
    {.name = "json", .help = "the page's place as JSON"},
    {0},
};
struct sg_command sg_command_report = {
    .name = "report",
    .summary = "the results so far as one page, DIR/report/index.html",
    .arguments = "",
    .options = options,
    .keeps = true,
    .run = report,
    .examples = "  synthgrad verify; synthgrad report\n",
};
