/* The verdict as people read it: what was measured, what was predicted, how much room is left. */
#include <math.h>
#include <string.h>

#include "synthgrad/report.h"

/* an error this far below its tolerance: the tolerance would hide a bug */
static const double LOOSE = 1e-3;

static void print_row(FILE *out, const struct sg_row *row)
{
    const double margin = sg_claim_ratio(row);
    fprintf(out, "    %s %s\n", row->ok ? "ok  " : row->effect ? "--  " : "FAIL", row->what);
    if (row->effect)
        fprintf(out, "         %.4g, 95 %% interval [%.4g, %.4g]: %s\n", row->measured, row->low,
                row->high,
                row->ok         ? "found"
                : row->high > 0 ? "open"
                                : "the other way round");
    else if (row->tolerance == 0.0 && row->predicted == 1.0 &&
             (row->measured == 1.0 || row->measured == 0.0))
        fprintf(out, "         %s\n", row->measured == 1.0 ? "so it is" : "not so");
    else if (row->predicted == 0.0)
        fprintf(out, "         %.6g, bound %.3g, margin %.2g%s\n", row->measured, row->tolerance,
                margin, margin > 0 && margin < LOOSE ? " LOOSE" : "");
    else
        fprintf(out, "         %.10g, predicted %.10g, off by %.2g of %.3g, margin %.2g%s\n",
                row->measured, row->predicted, fabs(row->measured - row->predicted), row->tolerance,
                margin, margin > 0 && margin < LOOSE ? " LOOSE" : "");
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

void sg_report_print_judgement(FILE *out, const struct sg_judgement *j)
{
    fprintf(out, "%s  %s  [%s]  %zu replicate%s, seed %llu, %.1f s\n", j->claim->id,
            j->claim->title, j->case_name, j->replicates, j->replicates == 1 ? "" : "s",
            (unsigned long long)j->seed, j->seconds);
    for (size_t i = 0; i < j->evidence.n_rows; i++)
        print_row(out, &j->evidence.row[i]);
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
