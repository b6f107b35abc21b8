/* An analysis for people, in 80 columns. */
#include <math.h>
#include <string.h>

#include "cli/analyze.h"
#include "cli/cli.h"

enum { NAME_WIDTH = SG_CLI_NAME_WIDTH };

int sg_cli_print_name(FILE *out, const char *name)
{
    int length = 0, shown = 0;
    for (const char *s = name; *s; s++)
        /* the first byte of a UTF-8 character */
        length += ((unsigned char)*s & 0xc0) != 0x80;
    const bool cut = length > NAME_WIDTH;
    const int most = cut ? NAME_WIDTH - 3 : length;
    for (const char *s = name; *s; s++) {
        shown += ((unsigned char)*s & 0xc0) != 0x80;
        if (shown > most)
            break;
        fputc((unsigned char)*s < 0x20 || *s == 0x7f ? '?' : *s, out);
    }
    fputs(cut ? "..." : "", out);
    return cut ? 0 : NAME_WIDTH - length;
}

const char *sg_cli_plural(size_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- the data and the fit -------------------------------------------------------------- */

void sg_cli_print_columns(FILE *out, size_t n, const struct sg_design *design,
                          const struct sg_table *table, const struct sg_analysis_options *options,
                          size_t rank, size_t columns, double condition)
{
    const size_t features = design->features;
    fprintf(out, "\nData\n  %zu row%s, %zu feature%s, %s\n  features %s\n", n, sg_cli_plural(n),
            features, sg_cli_plural(features), options->intercept ? "intercept" : "no intercept",
            !options->standardise ? "in file units"
            : options->intercept  ? "centred and divided by their standard deviation"
                                  : "divided by their root mean square, not centred");
    for (size_t k = 0; k < design->dropped; k++) {
        fprintf(out, "  left out, constant%s: ", design->dropped_rounded[k] ? " to rounding" : "");
        sg_cli_print_name(out, table->names[design->dropped_column[k]]);
        fputc('\n', out);
    }
    fprintf(out, "  rank %zu of %zu", rank, columns);
    if (rank == columns && isfinite(condition))
        fprintf(out, ", condition number %.4g\n", condition);
    else if (rank == columns)
        fprintf(out, "; in these units they depend on each other to rounding\n");
    else
        fprintf(out, ": columns depend on each other, or there are more than rows\n");
}

static void print_data(FILE *out, const struct sg_analysis *a, const struct sg_table *table)
{
    sg_cli_print_columns(out, a->n, &a->design, table, &a->options, a->rank, a->columns,
                         a->condition_number);
    if (a->options.weights) {
        fprintf(out, "  rows weighted by ");
        sg_cli_print_name(out, a->options.weights);
        fprintf(out, ", in every mean and loss\n");
    }
    if (a->options.standardise_target)
        fprintf(out, "  target standardised: (target %c %.6g) / %.6g\n",
                a->design.y_mean[0] < 0 ? '+' : '-', fabs(a->design.y_mean[0]),
                a->design.y_scale[0]);
    fprintf(out, "  target: mean %.6g, %s %.6g\n  residual: root mean square %.6g\n", a->y_mean,
            a->options.intercept ? "standard deviation" : "root mean square", a->y_scale,
            sqrt(a->rss / ((double)a->n * a->design.weight)));
    if (a->realizable)
        fprintf(out, "  The columns reproduce the target to rounding (realizable data).\n");
}

/* As many digits as are known, at most 12. */
static void print_known(FILE *out, double value, double error)
{
    const int digits = sg_analysis_digits(value, error);
    if (value == 0 && error > 0)
        fprintf(out, "0, known to %.1g\n", error);
    else if (digits == 0)
        fprintf(out, "%.1g +- %.1g: no digit is known\n", value, error);
    else
        fprintf(out, "%.*g\n", digits < 12 ? digits : 12, value);
}

static void print_fit(FILE *out, const struct sg_analysis *a, const struct sg_table *table)
{
    fprintf(out, "\nLeast squares, in file units%s\n",
            a->options.standardise_target ? ", of the standardised target" : "");
    if (a->options.intercept) {
        fprintf(out, "  %-*s ", (int)NAME_WIDTH, "(intercept)");
        print_known(out, a->intercept, a->intercept_error);
    }
    for (size_t k = 0; k < a->design.features; k++) {
        fprintf(out, "  ");
        const int missing = sg_cli_print_name(out, table->names[a->design.column[k]]);
        fprintf(out, "%*s ", missing, "");
        print_known(out, a->coefficients[k], a->coefficient_error[k]);
    }
    fprintf(out, "  residual sum of squares ");
    print_known(out, a->rss, a->rss_error);
    if (a->rank < a->columns)
        fprintf(out,
                "  Many coefficients fit equally well; these have the smallest norm in\n  %s "
                "coordinates.\n",
                a->options.standardise ? "standardised" : "file");
}

void sg_cli_print_wrapped(FILE *out, const char *s)
{
    sg_cli_wrap_text(out, s, 2, 2, 80);
}

/* ---- deep linear nets ------------------------------------------------------------------ */

/* kappa_c, as far as it was looked for. */
static void print_change(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_layers *l = &a->layers;
    if (!l->decided)
        return;
    if (isfinite(l->kappa_critical) && l->attracts)
        fprintf(out, "  Below kappa_c = %.4g it repels.\n", l->kappa_critical);
    else if (isfinite(l->kappa_critical))
        fprintf(out, "  Take a faster SG: above kappa_c = %.4g it attracts.\n", l->kappa_critical);
    else if (l->attracts && l->kappa_seen < a->options.kappa)
        fprintf(out, "  So it does for slower SGs, looked at down to kappa = %.3g.\n",
                l->kappa_seen);
    else if (!l->attracts)
        fprintf(out, "  Take a faster SG, or fewer.\n");
    if (isfinite(l->kappa_low))
        fprintf(out, "  Proved: at kappa = %.8g it repels, at %.8g it attracts.\n", l->kappa_low,
                l->kappa_high);
}

static void print_fate(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_layers *l = &a->layers;
    fprintf(out, "  %-32s %16.6g  %16.6g\n", "sharpness, lambda_max(H)", l->sharpness,
            l->sharpness_backprop);
    if (l->decided && !l->attracts)
        fprintf(out, "  %-32s %16s  %16.6g\n", "stable below (mu)", "none", l->mu_backprop);
    else
        fprintf(out, "  %-32s %16.6g  %16.6g\n", "stable below (mu)", l->fate.limit,
                l->mu_backprop);
    if (!l->decided)
        fprintf(out, "  Rounding hides whether this minimum attracts: its slowest eigenvalue is\n"
                     "  %.2g, known to %.2g.\n", creal(l->fate.top), l->fate.error);
    else if (l->attracts)
        fprintf(out, "  At kappa = %.4g this minimum attracts; its slowest mode decays like\n"
                     "  exp(%.3g mu t).\n", a->options.kappa, creal(l->fate.top));
    else
        fprintf(out, "  At kappa = %.4g this minimum repels: small errors grow like\n"
                     "  exp(%.3g mu t).\n", a->options.kappa, creal(l->fate.top));
    print_change(out, a);
}

/* The layers of a deep linear net (DY15). */
static void print_layers(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_layers *l = &a->layers;
    if (!a->options.layers)
        return;
    fprintf(out, "\nA deep linear net of %zu layers (DY15), ", a->options.layers);
    if (a->options.sg_at)
        fprintf(out, "an SG after layer %zu", a->options.sg_at);
    else
        fprintf(out, "an SG after every hidden layer");
    fprintf(out, ",\n  kappa = nu/mu = %.4g, from a balanced or small start\n", a->options.kappa);
    if (!a->has_layers) {
        fprintf(out, "  No prediction: %s.\n",
                !(a->y_scale > 0)     ? "the target is constant"
                : a->explains_nothing ? "the columns explain nothing of the target"
                                      : "on realizable data an exact SG is not unique");
        return;
    }
    fprintf(out, "  for the target %sdivided by %.6g: |w*| = %.6g\n",
            a->options.intercept ? "centred and " : "", a->y_scale, l->sigma);
    fprintf(out, "  %-32s %16s  %16s\n", "", "with the SG", "backprop");
    for (size_t i = 0; i < a->options.layers; i++)
        fprintf(out, "  norm of layer %-18zu %16.6g  %16.6g\n", i + 1, l->norm[i], l->backprop);
    print_fate(out, a);
}

/* ---- the check ------------------------------------------------------------------------- */

void sg_cli_print_number(FILE *out, int width, int digits, double value)
{
    if (isfinite(value))
        fprintf(out, "%*.*g", width, digits, value);
    else
        fprintf(out, "%*s", width, "-");
}

void sg_cli_print_rows(FILE *out, const struct sg_analysis_row *row, size_t rows)
{
    fprintf(out, "\nChecked by simulation\n  %-40s %11s %11s %9s\n", "", "predicted", "measured",
            "tolerance");
    for (size_t i = 0; i < rows; i++) {
        fprintf(out, "  %-40s %11.5g ", row[i].what, row[i].predicted);
        sg_cli_print_number(out, 11, 5, row[i].measured);
        fputc(' ', out);
        sg_cli_print_number(out, 9, 2, row[i].tolerance);
        fprintf(out, "%s\n",
                row[i].verdict == SG_CHECK_HOLDS   ? ""
                : row[i].verdict == SG_CHECK_FAILS ? " <-"
                                                   : " ?");
    }
}

static void print_check(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_check *c = &a->check;
    sg_cli_print_rows(out, c->row, SG_ANALYSIS_ROWS);
    fprintf(out,
            "  From 0 with the exact SG, after %llu step%s%s: largest\n  difference from least "
            "squares ",
            (unsigned long long)c->steps, sg_cli_plural((size_t)c->steps),
            c->converged ? "" : ", not converged");
    sg_cli_print_number(out, 0, 3, c->max_abs_diff);
    fprintf(out, ", predicted %.3g (%s)\n", c->predicted_diff,
            a->options.standardise ? "standardised" : "file units");
    fprintf(out, "  verdict: %s\n", sg_analysis_verdict_name(c->verdict));
    if (c->reason[0])
        sg_cli_print_wrapped(out, c->reason);
}

void sg_cli_analysis_print(FILE *out, const struct sg_analysis *a, const struct sg_table *table,
                           const char *path, const char *target)
{
    fprintf(out, "%s\ntarget ", path);
    sg_cli_print_name(out, target);
    fputc('\n', out);
    print_data(out, a, table);
    print_fit(out, a, table);
    sg_cli_print_rates(out, a);
    print_layers(out, a);
    print_check(out, a);
}
