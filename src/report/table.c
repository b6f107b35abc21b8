/* The verdict as people read it: what was measured, what was predicted, how much room is left. */
#include <math.h>
#include <string.h>

#include "synthgrad/report.h"

/* An error this far below its tolerance: the tolerance would hide a bug. */
static const double LOOSE = 1e-3;

static void print_numbers(FILE *out, const struct sg_row *row)
{
    const double margin = sg_claim_margin(row);
    const char *loose = margin > 0 && margin < LOOSE ? " LOOSE" : "";
    if (row->state == SG_ROW_IS_BLIND)
        fprintf(out,
                "         %.6g, predicted %.6g: the tolerance %.2g is above a tenth of the %.2g "
                "compared\n",
                row->measured, row->predicted, row->tolerance, row->scale);
    else if (row->predicted == 0.0)
        fprintf(out, "         %.6g, tolerance %.3g, margin %.2g%s\n", row->measured,
                row->tolerance, margin, loose);
    else
        fprintf(out, "         %.10g, predicted %.10g, off by %.2g of %.3g, margin %.2g%s\n",
                row->measured, row->predicted, fabs(row->measured - row->predicted), row->tolerance,
                margin, loose);
    if (row->low < row->high)
        fprintf(out, "         proved: in [%.17g, %.17g]\n", row->low, row->high);
}

/* With the two ends of a limit, where the proof is of one. */
static void print_proof(FILE *out, const struct sg_row *row)
{
    fprintf(out, "         %s",
            row->state == SG_ROW_MET    ? "proved"
            : row->state == SG_ROW_OPEN ? "neither this nor its opposite could be proved"
                                        : "the opposite is proved");
    if (row->low < row->high)
        fprintf(out, ", low %.17g, high %.17g", row->low, row->high);
    fputs("\n", out);
}

/* replicates: of the case; a row stands for the worst of them, which is named. */
static void print_row(FILE *out, const struct sg_row *row, size_t replicates)
{
    static const char *const mark[] = {[SG_ROW_MET] = "ok  ", [SG_ROW_MISSED] = "FAIL",
                                       [SG_ROW_OPEN] = "open", [SG_ROW_IS_BLIND] = "blind"};
    static const char *const of_effect[] = {
        [SG_ROW_MET] = "found", [SG_ROW_MISSED] = "the other way round", [SG_ROW_OPEN] = "open"};
    fprintf(out, "    %s %s", mark[row->state], row->what);
    if (replicates > 1 && row->form == SG_ROW_EQUAL)
        fprintf(out, " (worst: replicate %zu)", row->replicate);
    fputs("\n", out);
    switch (row->form) {
    case SG_ROW_EFFECT:
        fprintf(out, "         %.4g, ", row->measured);
        if (isfinite(row->low) && isfinite(row->high))
            fprintf(out, "%.3g %% interval [%.4g, %.4g]", 100 * row->confidence, row->low,
                    row->high);
        else
            fputs("no interval", out);
        fprintf(out, ": %s%s\n", of_effect[row->state], row->secondary ? " (secondary)" : "");
        break;
    case SG_ROW_PROOF:
        print_proof(out, row);
        break;
    case SG_ROW_FACT:
        if (row->predicted == 1.0 && row->measured <= 1.0)
            fprintf(out, "         %s\n", row->measured == 1.0 ? "so it is" : "not so");
        else
            fprintf(out, "         %.0f of %.0f\n", row->measured, row->predicted);
        break;
    case SG_ROW_BOUND:
        fprintf(out, "         %.10g, bound %.10g, %.3g of it attained\n", row->measured,
                row->predicted, sg_claim_share(row));
        break;
    case SG_ROW_EQUAL: print_numbers(out, row); break;
    }
}

static void print_listing(FILE *out, const struct sg_listing *list)
{
    size_t width = strlen(list->column[0]);
    for (size_t i = 0; i < list->n_rows; i++)
        width = strlen(list->row[i]) > width ? strlen(list->row[i]) : width;
    fprintf(out, "\n    %s\n    %-*s", list->title, (int)width, list->column[0]);
    for (size_t k = 1; k < list->n_columns; k++)
        fprintf(out, "  %11s", list->column[k]);
    for (size_t i = 0; i < list->n_rows; i++) {
        fprintf(out, "\n    %-*s", (int)width, list->row[i]);
        for (size_t k = 1; k < list->n_columns; k++) {
            const double value = list->value[i * (list->n_columns - 1) + k - 1];
            char text[32] = "";
            if (!isnan(value))
                snprintf(text, sizeof text, "%.5g", value);
            fprintf(out, "  %*s",
                    (int)(strlen(list->column[k]) > 11 ? strlen(list->column[k]) : 11), text);
        }
    }
    fprintf(out, "\n\n");
}

void sg_report_print_shortfall(FILE *out, const struct sg_judgement *j)
{
    SG_REQUIRE(j);
    if (j->verdict == SG_SKIPPED ||
        (j->ok && j->verdict != SG_NOT_REPRODUCED && j->verdict != SG_INCONCLUSIVE))
        return;
    for (size_t i = 0; i < j->evidence.n_rows; i++)
        if (!j->evidence.row[i].ok)
            print_row(out, &j->evidence.row[i], j->replicates);
    if (j->evidence.note[0] && !j->ok)
        fprintf(out, "    note %s\n", j->evidence.note);
    if (j->has_control && !j->control_ok)
        fprintf(out, "    FAIL control %s -> %s\n", j->control_what,
                sg_claim_verdict_name(j->control_verdict));
}

void sg_report_print_judgement(FILE *out, const struct sg_judgement *j)
{
    SG_REQUIRE(j);
    fprintf(out, "%s  %s  [%s]  %zu replicate%s, seed %llu, %.1f s\n", j->claim->id,
            j->claim->title, j->case_name, j->replicates, j->replicates == 1 ? "" : "s",
            (unsigned long long)j->seed, j->seconds);
    for (size_t i = 0; i < j->evidence.n_rows; i++)
        print_row(out, &j->evidence.row[i], j->replicates);
    for (size_t i = 0; i < j->evidence.n_listings; i++)
        print_listing(out, &j->evidence.listing[i]);
    if (j->evidence.note[0])
        fprintf(out, "    note %s\n", j->evidence.note);
    if (j->has_control)
        fprintf(out, "    %s control %s -> %s\n", j->control_ok ? "ok  " : "FAIL", j->control_what,
                sg_claim_verdict_name(j->control_verdict));
    fprintf(out, "  => %s%s\n\n", sg_claim_verdict_name(j->verdict),
            j->ok || j->verdict == SG_SKIPPED ? "" : "   *** not as expected ***");
}
