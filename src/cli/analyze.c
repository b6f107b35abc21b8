/* analyze: which learning rates are stable with an SG on a user's own data, how fast, and what a delay costs. */
#include <string.h>

#include "cli/analyze.h"
#include "cli/cli.h"
#include "synthgrad/report.h"

enum { DELAY_MOST = 10000 };

static enum sg_status print(const struct sg_command *command, const struct sg_analysis *a, const struct sg_table *table, const char *path,
                            const char *target, struct sg_error *err)
{
    if (sg_cli_option(command, "json")->given)
        return sg_report_write_json("-", sg_cli_analysis_json(a, table), err);
    sg_cli_analysis_print(stdout, a, table, path, target);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return SG_OK;
    (void)sg_base_refuse(err, NULL, 0, "cannot write to standard output");
    return SG_IO;
}

static int analyze(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    const char *path = args[0], *target = sg_cli_option(command, "target")->value;
    const struct sg_option *loss = sg_cli_option(command, "loss");
    uint64_t tau = 0;
    if (!sg_cli_option(command, "target")->given)
        return sg_cli_refuse("analyze wants the column to predict: --target COL");
    if (loss->given && strcmp(loss->value, "log") == 0)
        return sg_cli_refuse("--loss log is not available yet; use --loss mse");
    if (loss->given && strcmp(loss->value, "mse") != 0)
        return sg_cli_refuse("--loss %.40s: give mse or log", loss->value);
    if (!sg_cli_integer(&tau, command, "delay", 0, DELAY_MOST))
        return SG_EXIT_USAGE;
    const struct sg_analysis_options options = {
        .standardise = !sg_cli_option(command, "no-standardise")->given, .intercept = !sg_cli_option(command, "no-intercept")->given,
        .with_delay = sg_cli_option(command, "delay")->given, .delay = (size_t)tau,
    };
    struct sg_table table;
    struct sg_analysis a;
    struct sg_error err = {""};
    enum sg_status status = sg_data_read_csv(&table, path, &err);
    if (status != SG_OK)
        return sg_cli_fail(status, &err);
    bool failed = false;
    status = sg_analyze_table(&a, &table, path, target, &options, &err);
    if (status == SG_OK) {
        failed = a.check.verdict == SG_CHECK_FAILS;
        status = print(command, &a, &table, path, target, &err);
        sg_analysis_free(&a);
    }
    sg_data_table_free(&table);
    return status == SG_OK && failed ? SG_EXIT_SHORT : sg_cli_fail(status, &err);
}

static struct sg_option options[] = {
    {.name = "target", .metavar = "COL", .help = "the column to predict (required)"},
    {.name = "no-standardise", .help = "keep the features in the file's units"},
    {.name = "no-intercept", .help = "append no ones column"},
    {.name = "delay", .metavar = "TAU", .help = "stable rates when gradients are TAU steps old (0..10000)"},
    {.name = "loss", .metavar = "LOSS", .help = "mse (default); log is not available yet"},
    {.name = "json", .help = "JSON on stdout"},
    {.name = NULL},
};
struct sg_command sg_command_analyze = {
    .name = "analyze", .summary = "stable rates, speed and the price of delay on your data", .arguments = "FILE.csv", .options = options,
    .min_args = 1, .max_args = 1, .run = analyze,
    .examples = "  synthgrad analyze data.csv --target y\n"
                "  synthgrad analyze data.csv --target y --delay 10 --json\n\n"
                "Features are centred and divided by their standard deviation; the target stays in\n"
                "the file's units; a ones column is appended.  Exit 1 when the simulation contradicts\n"
                "a prediction; \"inconclusive\" (rounding hides the answer) exits 0.\n",
};
