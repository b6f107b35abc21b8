/* analyze: which learning rates are stable with an SG on a user's own data, how
 * fast, and what a delay costs. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze.h"
#include "cli/cli.h"
#include "synthgrad/report.h"

enum { DELAY_MOST = 10000 };
static const double KAPPA_LEAST = 1e-6, KAPPA_MOST = 1e6, MOMENTUM_MOST = 0.999999;
/* Rates whose figure has room in the doubles. */
static const double RATE_LEAST = 1e-120, RATE_MOST = 1e120;

enum { NAMES_MOST = 1000 };

struct request {
    const struct sg_command *command;
    const struct sg_table *table;
    const char *path, *target;
    size_t left_out;                    /* rows without a cell */
    struct json_t *json;                /* targets by name; NULL: one target */
    const char *out;                    /* the results folder for files; NULL: none are written */
    bool plot, several;                 /* several: targets */
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
                            .rests = table->rests ? SG_NEW(table->rows * table->columns, double)
                                                  : NULL,
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
        for (size_t j = 0; j < table->columns; j++) {
            if (!keep[j])
                continue;
            if (part.rests)
                part.rests[at] = table->rests[i * table->columns + j];
            part.cells[at++] = table->cells[i * table->columns + j];
        }
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

/* The files of an analysis, and its figure, before anything is printed. */
static enum sg_status write_files(char **name, const struct request *r,
                                  const struct sg_analysis *a, struct sg_error *err)
{
    *name = NULL;
    if (!r->out)
        return SG_OK;
    *name = sg_cli_analysis_name(r->path, r->several ? r->target : NULL);
    const struct sg_cli_place place = {r->out, *name, r->path, r->target, r->left_out};
    enum sg_status status = sg_cli_analysis_write(&place, a, r->table, err);
    if (status == SG_OK && r->plot)
        status = sg_cli_draw(r->out, *name, err);
    return status;
}

static void say_files(const struct request *r, const struct sg_analysis *a, const char *name)
{
    if (!name)
        return;
    printf("\nWritten to %s/%s\n", r->out, name);
    if (r->plot)
        printf("  figure: %s/figures/%s.svg\n", r->out, name);
    else
        printf("  `synthgrad plots --out %s %s` draws your stable rates\n", r->out, name);
    if (sg_cli_analysis_has_case(a))
        printf("  `synthgrad run %s/%s/%s_%s.cfg --out %s` simulates that this\n"
               "  minimum %s, and `synthgrad plots --out %s` draws it\n", r->out, name, name,
               a->layers.attracts ? "return" : "flight", r->out,
               a->layers.attracts ? "attracts" : "repels", r->out);
}

static enum sg_status analyze_mse(bool *failed, const struct request *r,
                                  const struct sg_analysis_options *options, struct sg_error *err)
{
    struct sg_analysis a;
    char *name;
    enum sg_status status = sg_analyze_table(&a, r->table, r->path, r->target, options, err);
    if (status != SG_OK)
        return status;
    *failed = *failed || a.check.verdict == SG_CHECK_FAILS;
    status = write_files(&name, r, &a, err);
    if (status == SG_OK && sg_cli_option(r->command, "json")->given)
        status = give_json(r, sg_cli_analysis_json(&a, r->table), err);
    else if (status == SG_OK) {
        say_left_out(r);
        sg_cli_analysis_print(stdout, &a, r->table, r->path, r->target);
        say_files(r, &a, name);
        status = flushed(err);
    }
    free(name);
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

static bool is_rate(double rate)
{
    return rate >= RATE_LEAST && rate <= RATE_MOST;
}

/* "MU,NU" and the momentum; false after a refusal. */
static bool read_rates(struct sg_analysis_options *options, const struct sg_command *command)
{
    const struct sg_option *rates = sg_cli_option(command, "rates");
    char *end = NULL;
    if (!sg_cli_real(&options->momentum, command, "momentum", 0, MOMENTUM_MOST))
        return false;
    if (!rates->given)
        return true;
    options->with_rates = true;
    options->mu = strtod(rates->value, &end);
    const bool comma = end != rates->value && *end == ',';
    char *last = comma ? end + 1 : end;
    options->nu = comma ? strtod(end + 1, &last) : 0;
    if (!comma || last == end + 1 || *last != '\0' || !is_rate(options->mu) ||
        !is_rate(options->nu))
        return sg_cli_refuse("--rates %.40s: give two rates above 0 with a comma between them, "
                             "those of the weights and of the SG: --rates 0.1,0.05",
                             rates->value),
               false;
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
    r->several = targets->n > 1;
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
        free(part.rests);
    }
    r->table = table;
    if (r->json && status == SG_OK) {
        json_t *all = sg_report_object();
        sg_report_put(all, "targets", r->json);
        return sg_report_write_json("-", all, err);
    }
    json_decref(r->json);
    return status;
}

/* Reads the columns that are asked for and analyses them. */
static int read_and_analyze(const struct sg_command *command, const char *path,
                            const struct names *targets, const struct names *features,
                            const struct names *drop,
                            const struct sg_analysis_options *options, bool log_loss)
{
    const char *only[2 * NAMES_MOST + 1];
    size_t n_only = 0;
    for (size_t k = 0; k < features->n; k++)
        only[n_only++] = features->name[k];
    for (size_t k = 0; k < targets->n && features->n > 0; k++)
        only[n_only++] = targets->name[k];
    if (features->n > 0 && options->weights)
        only[n_only++] = options->weights;
    const struct sg_csv_options part = {.only = only, .n_only = n_only, .drop = drop->name,
                                        .n_drop = drop->n,
                                        .rests = !log_loss,
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
                        .path = strcmp(path, "-") == 0 ? "standard input" : path,
                        .plot = sg_cli_option(command, "plot")->given,
                        .out = sg_cli_option(command, "out")->value};
    if (r.plot && !r.out)
        r.out = "results";
    status = analyze_all(&failed, &r, targets, options, log_loss, &err);
    sg_data_table_free(&table);
    return status == SG_OK && failed ? SG_EXIT_SHORT : sg_cli_fail(status, &err);
}

/* Targets are no features of each other: to ask for one as a feature would be in vain. */
static bool are_apart(const struct names *targets, const struct names *features)
{
    for (size_t k = 0; k < targets->n; k++)
        for (size_t j = 0; j < features->n; j++)
            if (strcmp(targets->name[k], features->name[j]) == 0)
                return sg_cli_refuse("\"%s\" is a target and a feature; take it out of --features, "
                                     "or analyse the targets one by one",
                                     sg_base_show(targets->name[k], 40).text),
                       false;
    return true;
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
        .weights = sg_cli_option(command, "weights")->value,
        .with_delay = sg_cli_option(command, "delay")->given,
        .delay = (size_t)tau,
    };
    if (log_loss && options.standardise_target)
        return sg_cli_refuse("--standardise-target goes with --loss mse only");
    static const char *const of_mse[] = {"rates", "momentum", "out", "plot", "weights"};
    for (size_t i = 0; i < sizeof of_mse / sizeof *of_mse && log_loss; i++)
        if (sg_cli_option(command, of_mse[i])->given)
            return sg_cli_refuse("--%s goes with --loss mse only", of_mse[i]);
    if (!read_rates(&options, command) || !read_layers(&options, command, log_loss))
        return SG_EXIT_USAGE;
    int code = SG_EXIT_USAGE;
    if (read_names(&targets, sg_cli_option(command, "target")) &&
        read_names(&features, sg_cli_option(command, "features")) &&
        read_names(&drop, sg_cli_option(command, "drop")) && are_apart(&targets, &features))
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
    {.name = "weights",
     .metavar = "COL",
     .help = "this column says how often each row counts: weighted least squares"},
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
    {.name = "rates",
     .metavar = "MU,NU",
     .help = "your learning rates: are they stable, and how fast?"},
    {.name = "momentum",
     .metavar = "BETA",
     .help = "heavy ball on weights and SG, 0..0.999999 (default 0)"},
    {.name = "out",
     .metavar = "DIR",
     .help = "write the numbers to DIR/analyze_FILE; with --layers a case too"},
    {.name = "plot",
     .help = "draw the stable rates: DIR/figures/analyze_FILE.svg (DIR: results)"},
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
        "  synthgrad analyze data.csv --target y --rates 0.1,0.05 --plot\n"
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
        "--rates MU,NU: are they stable, and in how many steps does an error shrink a million\n"
        "times?  --momentum BETA: heavy ball on both parts.  --out DIR writes analysis.json and\n"
        "the figure's numbers to DIR/analyze_FILE (_TARGET with several); --plot draws them, as\n"
        "`synthgrad plots --out DIR` does.  JSON momentum {momentum, weights, sg: {critical,\n"
        "optimal, deficit_optimal, fastest}}, rates {mu, nu, weights_stable, sg_stable,\n"
        "deficit_weights, deficit_sg, steps_to_1e6}; schema/ has all of it.\n\n"
        "--layers N --sg-at K: p = x W_1 ... W_N, trained from a small or balanced start\n"
        "(DY15).  Which norm each layer ends with, the sharpness there, the largest stable mu,\n"
        "whether that minimum attracts at kappa, and kappa_c, where that changes.  With --out a\n"
        "case, _flight.cfg or _return.cfg, whose run shows a start beside it leave or come\n"
        "back.  JSON layers {layers, sg_at, kappa, sigma, norms, backprop_norm, sharpness,\n"
        "sharpness_backprop, mu_critical, mu_critical_backprop, attracts, slowest,\n"
        "kappa_critical, kappa_proved: [it repels, it attracts], by certificate, or null}.\n\n"
        "--loss log: a target with two values (the larger is class 1: p is its log odds), or\n"
        "3 to 100 integers.  Where a linear SG rests (CP6), its loss against the optimum's,\n"
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
        "  nu_critical, mu_optimal, nu_optimal, deficit_weights, deficit_sg,\n"
        "  together_optimal, deficit_together, together}, theory, verdict, sg_needed,\n"
        "  check {verdict, reason, rows}.\n"
        "--delay, --no-intercept and --standardise-target go with --loss mse only.\n",
};
