/* analyze: which learning rates are stable with an SG on a user's own data, how
 * fast, and what a delay costs. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze.h"
#include "cli/cli.h"
#include "synthgrad/report.h"

enum { DELAY_MOST = 10000 };
static const double KAPPA_LEAST = 1e-6, KAPPA_MOST = 1e6;

enum { NAMES_MOST = 1000 };

struct request {
    const struct sg_command *command;
    const struct sg_table *table;
    const char *path, *target;
    size_t left_out;                    /* rows without a cell */
    struct json_t *json;                /* targets by name; NULL: one target */
};

/* Names between commas; owns a copy of them all. */
struct names { char *copy; const char *name[NAMES_MOST]; size_t n; };

static bool read_names(struct names *names, const struct sg_option *option)
{
    names->n = 0;
    names->copy = option->given ? sg_base_copy(option->value, strlen(option->value) + 1, 1) : NULL;
    for (char *s = names->copy, *comma; s; s = comma ? comma + 1 : NULL) {
        comma = strchr(s, ',');
        if (comma)
            *comma = '\0';
        if (*s == '\0' || names->n == NAMES_MOST)
            return sg_cli_refuse("--%s wants names with commas between them, at most %d",
                                 option->name, (int)NAMES_MOST),
                   false;
        names->name[names->n++] = s;
    }
    return true;
}

/* The table without `names`, but with `target`; cells and names stay the table's own. */
static struct sg_table without(const struct sg_table *table, const struct names *names,
                               const char *target)
{
    struct sg_table part = {.rows = table->rows,
                            .names = SG_NEW(table->columns, char *),
                            .cells = SG_NEW(table->rows * table->columns, double),
                            .binary = table->binary};
    bool *keep = SG_NEW(table->columns, bool);
    for (size_t j = 0; j < table->columns; j++) {
        keep[j] = true;
        for (size_t k = 0; k < names->n; k++)
            keep[j] = keep[j] && strcmp(table->names[j], names->name[k]) != 0;
        keep[j] = keep[j] || strcmp(table->names[j], target) == 0;
        if (keep[j])
            part.names[part.columns++] = table->names[j];
    }
    for (size_t i = 0, at = 0; i < table->rows; i++)
        for (size_t j = 0; j < table->columns; j++)
            if (keep[j])
                part.cells[at++] = table->cells[i * table->columns + j];
    free(keep);
    return part;
}

/* Prints a target's JSON, or keeps it for the object of all. */
static enum sg_status give_json(const struct request *r, struct json_t *object,
                                struct sg_error *err)
{
    sg_report_put(object, "rows_left_out", json_integer((json_int_t)r->left_out));
    if (!r->json)
        return sg_report_write_json("-", object, err);
    sg_report_put(r->json, r->target, object);
    return SG_OK;
}

static enum sg_status flushed(struct sg_error *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return SG_OK;
    (void)sg_base_refuse(err, NULL, 0, "cannot write to standard output");
    return SG_IO;
}

static void say_left_out(const struct request *r)
{
    if (r->left_out)
        printf("%zu row%s left out: a cell is missing\n", r->left_out, sg_cli_plural(r->left_out));
}

static enum sg_status analyze_mse(bool *failed, const struct request *r,
                                  const struct sg_analysis_options *options, struct sg_error *err)
{
    struct sg_analysis a;
    enum sg_status status = sg_analyze_table(&a, r->table, r->path, r->target, options, err);
    if (status != SG_OK)
        return status;
    *failed = *failed || a.check.verdict == SG_CHECK_FAILS;
    if (sg_cli_option(r->command, "json")->given)
        status = give_json(r, sg_cli_analysis_json(&a, r->table), err);
    else {
        say_left_out(r);
        sg_cli_analysis_print(stdout, &a, r->table, r->path, r->target);
        status = flushed(err);
    }
    sg_analysis_free(&a);
    return status;
}

static enum sg_status analyze_log(bool *failed, const struct request *r,
                                  const struct sg_analysis_options *options, struct sg_error *err)
{
    struct sg_class_analysis a;
    enum sg_status status = sg_analyze_classes(&a, r->table, r->path, r->target, options, err);
    if (status != SG_OK)
        return status;
    *failed = *failed || a.check == SG_CHECK_FAILS;
    if (sg_cli_option(r->command, "json")->given)
        status = give_json(r, sg_cli_classes_json(&a, r->table), err);
    else {
        say_left_out(r);
        sg_cli_classes_print(stdout, &a, r->table, r->path, r->target);
        status = flushed(err);
    }
    sg_class_analysis_free(&a);
    return status;
}

/* --layers N --sg-at K|everywhere --kappa X; false after a refusal. */
static bool read_layers(struct sg_analysis_options *options, const struct sg_command *command,
                        bool log_loss)
{
    const struct sg_option *layers = sg_cli_option(command, "layers");
    const struct sg_option *at = sg_cli_option(command, "sg-at");
    const bool everywhere = at->given && strcmp(at->value, "everywhere") == 0;
    uint64_t n = 0, place = 0;
    options->kappa = 1;
    if (!layers->given && (at->given || sg_cli_option(command, "kappa")->given))
        return sg_cli_refuse("--sg-at and --kappa go with --layers N"), false;
    if (!layers->given)
        return true;
    if (log_loss)
        return sg_cli_refuse("--layers goes with --loss mse only"), false;
    if (!at->given)
        return sg_cli_refuse("--layers wants the SG's place: --sg-at K, or everywhere"), false;
    if (!sg_cli_integer(&n, command, "layers", 2, SG_DEEP_LAYERS_MAX) ||
        (!everywhere && !sg_cli_integer(&place, command, "sg-at", 1, n)) ||
        !sg_cli_real(&options->kappa, command, "kappa", KAPPA_LEAST, KAPPA_MOST))
        return false;
    options->layers = (size_t)n;
    options->sg_at = (size_t)place;
    return true;
}

static size_t first_unknown(const struct sg_table *table, const struct names *targets)
{
    for (size_t k = 0; k < targets->n; k++) {
        bool found = false;
        for (size_t j = 0; j < table->columns; j++)
            found = found || strcmp(table->names[j], targets->name[k]) == 0;
        if (!found)
            return k;
    }
    return targets->n;
}

/* Every target by itself, without the others among its features. */
static enum sg_status analyze_all(bool *failed, struct request *r, const struct names *targets,
                                  const struct sg_analysis_options *options, bool log_loss,
                                  struct sg_error *err)
{
    const struct sg_table *table = r->table;
    enum sg_status status = SG_OK;
    r->json = targets->n > 1 && sg_cli_option(r->command, "json")->given ? json_object() : NULL;
    const size_t unknown = first_unknown(table, targets);   /* refused before anything is printed */
    const size_t first = unknown < targets->n ? unknown : 0;
    for (size_t k = first; k < targets->n && status == SG_OK; k++) {
        struct sg_table part = without(table, targets, targets->name[k]);
        r->table = &part;
        r->target = targets->name[k];
        if (k > first && !r->json)
            putchar('\n');
        status = log_loss ? analyze_log(failed, r, options, err)
                          : analyze_mse(failed, r, options, err);
        free(part.names);
        free(part.cells);
    }
    r->table = table;
    if (r->json && status == SG_OK)
        return sg_report_write_json("-", json_pack("{s:o}", "targets", r->json), err);
    json_decref(r->json);
    return status;
}

/* Reads the columns that are asked for and analyses them. */
static int read_and_analyze(const struct sg_command *command, const char *path,
                            const struct names *targets, const struct names *features,
                            const struct names *drop,
                            const struct sg_analysis_options *options, bool log_loss)
{
    const char *only[2 * NAMES_MOST];
    size_t n_only = 0;
    for (size_t k = 0; k < features->n; k++)
        only[n_only++] = features->name[k];
    for (size_t k = 0; k < targets->n && features->n > 0; k++)
        only[n_only++] = targets->name[k];
    const struct sg_csv_options part = {.only = only, .n_only = n_only, .drop = drop->name,
                                        .n_drop = drop->n,
                                        .drop_missing =
                                            sg_cli_option(command, "drop-missing")->given};
    struct sg_table table;
    struct sg_error err = {""};
    bool failed = false;
    size_t left_out = 0;
    enum sg_status status = sg_data_read_table(&table, &left_out, path, &part, &err);
    if (status != SG_OK)
        return sg_cli_fail(status, &err);
    struct request r = {.command = command, .table = &table, .left_out = left_out,
                        .path = strcmp(path, "-") == 0 ? "standard input" : path};
    status = analyze_all(&failed, &r, targets, options, log_loss, &err);
    sg_data_table_free(&table);
    return status == SG_OK && failed ? SG_EXIT_SHORT : sg_cli_fail(status, &err);
}

static int analyze(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    static struct names targets, features, drop;
    const struct sg_option *loss = sg_cli_option(command, "loss");
    const bool log_loss = loss->given && strcmp(loss->value, "log") == 0;
    uint64_t tau = 0;
    if (!sg_cli_option(command, "target")->given)
        return sg_cli_refuse("analyze wants the column to predict: --target COL");
    if (loss->given && !log_loss && strcmp(loss->value, "mse") != 0)
        return sg_cli_refuse("--loss %.40s: give mse or log", loss->value);
    if (!sg_cli_integer(&tau, command, "delay", 0, DELAY_MOST))
        return SG_EXIT_USAGE;
    struct sg_analysis_options options = {
        .standardise = !sg_cli_option(command, "no-standardise")->given,
        .intercept = !sg_cli_option(command, "no-intercept")->given,
        .standardise_target = sg_cli_option(command, "standardise-target")->given,
        .with_delay = sg_cli_option(command, "delay")->given,
        .delay = (size_t)tau,
    };
    if (log_loss && options.standardise_target)
        return sg_cli_refuse("--standardise-target goes with --loss mse only");
    if (!read_layers(&options, command, log_loss))
        return SG_EXIT_USAGE;
    int code = SG_EXIT_USAGE;
    if (read_names(&targets, sg_cli_option(command, "target")) &&
        read_names(&features, sg_cli_option(command, "features")) &&
        read_names(&drop, sg_cli_option(command, "drop")))
        code = read_and_analyze(command, args[0], &targets, &features, &drop, &options, log_loss);
    free(targets.copy);
    free(features.copy);
    free(drop.copy);
    return code;
}

static struct sg_option options[] = {
    {.name = "target",
     .metavar = "COL",
     .help = "the column to predict (required); or several, A,B: each by itself"},
    {.name = "features", .metavar = "A,B", .help = "only these columns are features"},
    {.name = "drop", .metavar = "A,B", .help = "leave these columns out: ids, words, targets"},
    {.name = "drop-missing", .help = "leave rows out that lack a cell, and count them"},
    {.name = "no-standardise", .help = "keep the features in the file's units"},
    {.name = "standardise-target",
     .help = "centre the target and divide it by its standard deviation"},
    {.name = "no-intercept", .help = "append no ones column"},
    {.name = "delay",
     .metavar = "TAU",
     .help = "stable rates when gradients are TAU steps old (0..10000)"},
    {.name = "layers",
     .metavar = "N",
     .help = "a deep linear net of N layers: what an SG does to it (2..33)"},
    {.name = "sg-at",
     .metavar = "K",
     .help = "its SG is after layer K; or everywhere: after every hidden layer"},
    {.name = "kappa", .metavar = "X", .help = "nu/mu of that net, 1e-6..1e6 (default 1)"},
    {.name = "loss", .metavar = "LOSS", .help = "mse (default), or log: the target says classes"},
    {.name = "json", .help = "JSON on stdout"},
    {.name = NULL},
};
struct sg_command sg_command_analyze = {
    .name = "analyze",
    .summary = "stable rates, speed, the price of delay; an SG under the log loss",
    .arguments = "FILE",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .run = analyze,
    .examples =
        "  synthgrad analyze data.csv --target y\n"
        "  synthgrad analyze data.csv --target y --delay 10 --json\n"
        "  synthgrad analyze data.npy --target c3\n"
        "  zcat data.csv.gz | synthgrad analyze - --target y --drop id,city --drop-missing\n"
        "  synthgrad analyze data.csv --target y --layers 4 --sg-at everywhere --kappa 0.3\n"
        "  synthgrad analyze data.csv --target ill --loss log\n\n"
        "Features are centred and divided by their standard deviation; the target stays in\n"
        "the file's units; a ones column is appended.  With --no-intercept the model goes\n"
        "through the origin, and nothing is centred.  Columns that are constant, or constant\n"
        "to rounding, are left out and named.  Numbers are printed with the digits that are\n"
        "known.  Exit 1 when the simulation contradicts a prediction; \"inconclusive\"\n"
        "(rounding hides the answer) exits 0.\n\n"
        "FILE is CSV with a header, or .npy as numpy.save writes it; either may be gzip, and\n"
        "- is standard input.  A .npy file holds rows x columns of numbers, whose columns are\n"
        "called c0, c1, ..., or rows of a structured type, whose fields name the columns;\n"
        "Python objects are not read.  A missing cell is empty, NA, NaN, null, None, a point\n"
        "or a question mark.\n\n"
        "--layers N --sg-at K: p = x W_1 ... W_N, trained from a small or balanced start\n"
        "(DY15).  Which norm each layer ends with, the sharpness there, the largest stable mu,\n"
        "and whether that minimum attracts at kappa.  JSON layers {layers, sg_at, kappa, sigma,\n"
        "norms, backprop_norm, sharpness, sharpness_backprop, mu_critical,\n"
        "mu_critical_backprop, attracts, slowest}.\n\n"
        "--loss log: a target with two values (the larger is class 1: p is its log odds), or\n"
        "3 to 20 integers.  Where a linear SG rests (CP6), its loss against the optimum's,\n"
        "stable rates, and a verdict:\n"
        "  harmless    no gap, by theorem\n"
        "  negligible  2 n gap is at most its degrees of freedom, rank (classes - 1): what the\n"
        "              weights behind such data lose to their fit on average\n"
        "  harmful     above that, or the point repels; JSON sg_needed names an SG that helps\n"
        "  undecided   no finite optimum (separable in part), or no theorem covers the data\n"
        "JSON beside n, d, dropped, rank, condition_number, coefficients (the optimum's):\n"
        "  loss, classes [{value, count}], separable, separation (none, part, all: proved),\n"
        "  certificate, optimum {finite, loss, lower, accuracy, coefficients}, sg {the same,\n"
        "  gap, relative_gap, likelihood_ratio, degrees_of_freedom, attracts, mu_critical,\n"
        "  nu_critical, together}, theory, verdict, sg_needed, check {verdict, reason, rows}.\n"
        "--delay, --no-intercept and --standardise-target go with --loss mse only.\n",
};
