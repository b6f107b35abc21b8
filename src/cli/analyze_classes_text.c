/* An analysis under the log loss for people, in 80 columns. */
#include <math.h>
#include <stdlib.h>

#include "cli/analyze.h"

/* ---- what both outputs say ------------------------------------------------------------- */

const char *sg_cli_class_certificate(const struct sg_class_analysis *a)
{
    return !a->optimum.decided ? NULL
           : a->separation == SG_SEPARATION_PART
               ? "a score with no row on the wrong side and some on the right one, in exact numbers"
           : a->optimum.finite
               ? "positive weights that balance the classes: no direction separates (Stiemke)"
               : "weights that separate the classes, every row beyond rounding";
}

const char *sg_cli_class_theory(const struct sg_class_analysis *a)
{
    static const char *const text[] = {
        [SG_CLASS_GENERAL] = "CP6: logistic or softmax regression on the least-squares score",
        [SG_CLASS_NO_ROOM] =
            "CP6: the least-squares scores span all the columns do, so the SG rests at the optimum",
        [SG_CLASS_FLAT] = "CP6: the classes have equal means, the least-squares score and the "
                          "optimum are constant",
        [SG_CLASS_BOTH_SEPARATE] = "CP6: the least-squares score separates the classes, so the SG "
                                   "drives the loss to 0 as the true gradient does",
        [SG_CLASS_UNKNOWN] = NULL,
    };
    if (a->separation == SG_SEPARATION_PART && a->reason == SG_CLASS_NO_ROOM)
        return "CP6: the least-squares scores span all the columns do, so the SG has no finite "
               "resting point either";
    if (a->separation == SG_SEPARATION_PART && a->reason == SG_CLASS_FLAT)
        return NULL;
    return text[a->reason];
}

const char *sg_cli_class_needed(const struct sg_class_analysis *a)
{
    return a->verdict == SG_CLASS_UNDECIDED ? NULL
           : a->verdict != SG_CLASS_HARMFUL ? "linear"
           : a->classes == 2                ? "sigmoid-linear"
                                            : "softmax";
}

/* ---- the data -------------------------------------------------------------------------- */

static void print_data(FILE *out, const struct sg_class_analysis *a, const struct sg_table *table)
{
    sg_cli_print_columns(out, a->n, &a->design, table, &a->options, a->rank, a->columns,
                         a->condition_number);
    fprintf(out, "  %zu classes:\n", a->classes);
    for (size_t k = 0; k < a->classes; k++)
        fprintf(out, "    %-12.9g %zu row%s%s\n", a->class_value[k], a->class_count[k],
                sg_cli_plural(a->class_count[k]),
                a->classes > 2 ? ""
                : k            ? ", class 1: its log odds are p"
                               : "");
    if (!a->optimum.decided)
        sg_cli_print_wrapped(out, "Separable or not is undecided: some rows are separated and "
                                  "others are not, or rounding hides the answer.");
    else if (a->separation == SG_SEPARATION_PART)
        sg_cli_print_wrapped(out, "Separable in part (certificate: a score with no row on the "
                                  "wrong side and some on the right one, in exact numbers): there "
                                  "is no finite optimum, the weights grow without end.");
    else
        sg_cli_print_wrapped(
            out, a->optimum.finite
                     ? "Not separable (certificate: positive weights that balance the classes)."
                     : "Separable (certificate: weights with every row on its side, beyond "
                       "rounding): the loss has infimum 0 and no minimum.");
}

/* ---- both fits ------------------------------------------------------------------------- */

static void print_values(FILE *out, int missing, double optimum, double sg)
{
    fprintf(out, "%*s", missing, "");
    sg_cli_print_number(out, 18, 10, optimum);
    sg_cli_print_number(out, 18, 10, sg);
    fputc('\n', out);
}

static void print_pair(FILE *out, const char *what, double optimum, double sg)
{
    fputs("  ", out);
    print_values(out, sg_cli_print_name(out, what), optimum, sg);
}

static void print_fits(FILE *out, const struct sg_class_analysis *a, const struct sg_table *table)
{
    const struct sg_class_fit *best = &a->optimum, *sg = &a->sg;
    fprintf(out, "\nWhere training ends, in file units\n  %-*s%18s%18s\n", (int)SG_CLI_NAME_WIDTH,
            "", "true gradient", "linear SG");
    for (size_t k = 0; k < a->m && (best->coefficients || sg->coefficients); k++) {
        if (a->m > 1)
            fprintf(out, "  class %.9g\n", a->class_value[k]);
        print_pair(out, "(intercept)", best->coefficients ? best->intercept[k] : SG_NAN,
                   sg->coefficients ? sg->intercept[k] : SG_NAN);
        for (size_t j = 0; j < a->design.features; j++)
            print_pair(out, table->names[a->design.column[j]],
                       best->coefficients ? best->coefficients[j * a->m + k] : SG_NAN,
                       sg->coefficients ? sg->coefficients[j * a->m + k] : SG_NAN);
    }
    print_pair(out, "loss, nats a sample", best->loss, sg->loss);
    print_pair(out, "accuracy", best->accuracy, sg->accuracy);
    if (a->rank < a->columns)
        sg_cli_print_wrapped(out, a->options.standardise
                                      ? "Many coefficients fit equally well; these have the "
                                        "smallest norm in standardised coordinates."
                                      : "Many coefficients fit equally well; these have the "
                                        "smallest norm in file coordinates.");
    if ((best->decided && !best->finite) || (sg->decided && !sg->finite))
        sg_cli_print_wrapped(
            out, a->separation == SG_SEPARATION_PART
                     ? "Without coefficients: the weights grow without end and the loss falls "
                       "towards an infimum that it does not reach."
                     : "Without coefficients: the weights grow without end and the loss tends "
                       "to 0.");
}

/* ---- verdict --------------------------------------------------------------------------- */

static void print_free(FILE *out, char *sentence)
{
    sg_cli_print_wrapped(out, sentence);
    free(sentence);
}

static void print_cost(FILE *out, const struct sg_class_analysis *a)
{
    if (!a->optimum.finite) {
        print_free(out,
                   sg_base_format("The true gradient drives the loss to 0; the linear SG stops at "
                                  "%.4g nats a sample, at weights that do not separate.",
                                  a->sg.loss));
        return;
    }
    print_free(out,
               sg_base_format(
                   "The linear SG costs %.4g nats a sample, %.3g %% of the optimum's loss. Twice "
                   "the cost over all rows is %.4g. By chance alone the weights behind such data "
                   "lose %zu on average to the best fit (its degrees of freedom): the SG loses %s.",
                   a->gap, 100 * a->relative_gap, a->likelihood_ratio, a->freedom,
                   a->likelihood_ratio <= (double)a->freedom ? "no more than that"
                                                             : "more than that"));
}

static void print_verdict(FILE *out, const struct sg_class_analysis *a)
{
    const bool repels = a->local.known && !a->local.attracts;
    fprintf(out, "\nIs a linear SG harmless for the log loss? %s\n",
            sg_class_verdict_name(a->verdict));
    if (sg_cli_class_theory(a))
        print_free(out, sg_base_format("%s.", sg_cli_class_theory(a)));
    if (a->verdict == SG_CLASS_UNDECIDED)
        sg_cli_print_wrapped(out, a->separation == SG_SEPARATION_PART
                                      ? "There is no finite optimum to compare with."
                                  : a->reason == SG_CLASS_UNKNOWN
                                      ? "The least-squares scores of the classes depend on each "
                                        "other, and no theorem says where the SG rests."
                                      : "One of the two fits could be certified neither as finite "
                                        "nor as separating: data separated only in part.");
    else if (a->gap > 0)
        print_cost(out, a);
    else
        sg_cli_print_wrapped(out, "The gap is 0, by theorem.");
    if (a->sg.finite && !a->local.known)
        sg_cli_print_wrapped(out, a->local.large
                                      ? "Whether the point attracts, and at which rates, was not "
                                        "looked at: columns times classes are too many."
                                      : "Whether the point attracts is not decided by eigenvalues: "
                                        "the SG's optimum is not unique there.");
    if (repels)
        sg_cli_print_wrapped(out,
                             "The point repels: training with the linear SG does not stay there.");
    if (a->verdict != SG_CLASS_HARMFUL)
        return;
    sg_cli_print_wrapped(out, a->classes == 2
                                  ? "A sigmoid-linear SG, s = sigma(hA + C) + yB + D, contains the "
                                    "gradient: it is needed here (CP7)."
                                  : "No sigmoid-linear SG contains the gradient of three classes "
                                    "or more; one with a softmax would (CP7).");
}

static void print_rates(FILE *out, const struct sg_class_analysis *a)
{
    const struct sg_class_local *l = &a->local;
    if (!l->known || !l->attracts)
        return;
    fprintf(out, "\nLearning rates at the SG's point\n  %-32s %16s  %16s\n", "", "weights (mu)",
            "SG (nu)");
    fprintf(out, "  %-32s %16.6g  %16.6g\n", "stable below", l->mu_critical, l->nu_critical);
    fprintf(out, "  %-32s %16.6g  %16.6g\n", "fastest at", l->mu_optimal, l->nu_optimal);
    fprintf(out, "  %-32s %16.6g  %16.6g\n", "1 - contraction there", l->mu_deficit,
            l->nu_deficit);
    sg_cli_print_wrapped(out, "The weights under an SG at its optimum in every step, the SG with "
                              "the weights at rest.");
    if (l->joint_deficit > 0)
        fprintf(out, "  Both together, fastest at %.4g times these: contraction 1 - %.4g a step.\n",
                l->joint_scale, l->joint_deficit);
    fprintf(out, "  Both together, in the ratio of the limits: stable below %.4g times them.\n",
            l->together);
}

void sg_cli_classes_print(FILE *out, const struct sg_class_analysis *a,
                          const struct sg_table *table, const char *path, const char *target)
{
    fprintf(out, "%s\ntarget ", path);
    sg_cli_print_name(out, target);
    fputs(", log loss\n", out);
    print_data(out, a, table);
    print_fits(out, a, table);
    print_verdict(out, a);
    print_rates(out, a);
    if (a->rows > 0)
        sg_cli_print_rows(out, a->row, a->rows);
    fprintf(out, "%s  verdict: %s\n", a->rows > 0 ? "" : "\nNothing to check by simulation\n",
            sg_analysis_verdict_name(a->check));
    if (a->check_reason[0])
        sg_cli_print_wrapped(out, a->check_reason);
}
