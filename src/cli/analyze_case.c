/* The case beside an analysis of a deep net: DY15's minimum on the table's own rows, and a start
 * beside it, which leaves or comes back as the joint spectrum says.
 *
 * Columns get the names x1, x2, ... and y: a header may hold what a case file cannot. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze_case.h"
#include "synthgrad/report.h"

/* A share of the largest mu that follows the flow; the claim allows half.  Time of a flight in
 * e-foldings of what leaves, and of a return in e-foldings of the slowest mode, with some to
 * spare. */
static const double SHARE = 0.4, FLIGHT = 40, RETURN = 13;
static const double STEPS_MOST = 1e7;

bool sg_cli_analysis_has_case(const struct sg_analysis *a)
{
    return a->has_layers && a->layers.decided && a->rank == a->columns && !a->options.weights;
}

static enum sg_status write_data(const struct sg_cli_place *place, const struct sg_analysis *a,
                                 const struct sg_table *table, struct sg_error *err)
{
    struct sg_file file;
    const struct sg_design *design = &a->design;
    char *path = sg_base_format("%s/%s/data.csv", place->out, place->name);
    const enum sg_status status = sg_base_file_open(&file, path, err);
    free(path);
    if (status != SG_OK)
        return status;
    for (size_t k = 0; k < design->features; k++)
        fprintf(file.stream, "x%zu,", k + 1);
    fputs("y\n", file.stream);
    for (size_t i = 0; i < table->rows; i++) {
        const double *row = table->cells + i * table->columns;
        for (size_t k = 0; k < design->features; k++)
            fprintf(file.stream, "%.17g,", row[design->column[k]]);
        fprintf(file.stream, "%.17g\n", row[design->y_column[0]]);
    }
    return sg_base_file_commit(&file, err);
}

/* Two digits are enough for mu; nu = kappa mu. */
static double round_rate(double mu)
{
    char text[32];
    snprintf(text, sizeof text, "%.1e", mu);
    return strtod(text, NULL);
}

/* ln|1 + mu lambda| of the eigenvalue furthest to the right. */
static double growth(const struct sg_deep_attraction *fate, double mu)
{
    const double re = creal(fate->top), im = cimag(fate->top);
    return 0.5 * log1p(mu * (2 * re + mu * (re * re + im * im)));
}

static void write_net(FILE *out, const struct sg_analysis *a)
{
    const size_t N = a->options.layers, at = a->options.sg_at;
    fputs("net   = { layers = (", out);
    for (size_t i = 1; i < N; i++)
        fprintf(out, "%s1", i > 1 ? ", " : "");
    fputs("); loss = \"mse\"; };\nsg    = ( ", out);
    for (size_t i = 1; i < N && at == 0; i++)
        fprintf(out, "{ at = %zu; target = \"%s\"; }%s", i, i + 1 < N ? "arriving" : "true",
                i + 1 < N ? ", " : "");
    if (at == N)
        fputs("{ at = \"output\"; }", out);
    else if (at > 0)
        fprintf(out, "{ at = %zu; }", at);
    fputs(" );\n", out);
}

static void write_text(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_layers *l = &a->layers;
    const double mu = round_rate(SHARE * fmin(l->fate.follows, 2 / l->fate.lambda));
    const double steps = (l->attracts ? RETURN : FLIGHT) / fabs(growth(&l->fate, mu));
    fprintf(out, "# By synthgrad analyze: the minimum where training of %zu linear layers with SGs "
                 "ends on data.csv %s at kappa = nu/mu = %.6g.\n"
                 "# A start beside it %s.  One target makes one mode: one unit a layer is enough "
                 "(DY15).\n",
            a->options.layers, l->attracts ? "attracts" : "repels", a->options.kappa,
            l->attracts ? "comes back" : "leaves; backprop from there stays");
    fprintf(out, "claim = \"DY15\";  expect = \"holds\";  seed = 1;\nexperiment = \"%s\";\n",
            l->attracts ? "return" : "flight");
    fprintf(out, "data  = { kind = \"csv\"; file = \"data.csv\"; target = [\"y\"]; standardise = "
                 "%s; standardise_target = true; bias = %s; };\n",
            a->options.standardise ? "true" : "false", a->options.intercept ? "true" : "false");
    write_net(out, a);
    fprintf(out, "train = { form = \"compressed\"; units = \"absolute\"; mu = %.17g; nu = %.17g; "
                 "steps = %.0f; };\n",
            mu, a->options.kappa * mu, ceil(fmin(steps, STEPS_MOST)));
}

enum sg_status sg_cli_analysis_write_case(const struct sg_cli_place *place,
                                          const struct sg_analysis *a,
                                          const struct sg_table *table, struct sg_error *err)
{
    struct sg_file file;
    enum sg_status status = write_data(place, a, table, err);
    if (status != SG_OK)
        return status;
    char *path = sg_base_format("%s/%s/%s_%s.cfg", place->out, place->name, place->name,
                                a->layers.attracts ? "return" : "flight");
    status = sg_base_file_open(&file, path, err);
    free(path);
    if (status != SG_OK)
        return status;
    write_text(file.stream, a);
    return sg_base_file_commit(&file, err);
}
