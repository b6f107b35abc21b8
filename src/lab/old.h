/* old.h - private: rows as they were before lab.h, while claims are rewritten one after the other. */
#ifndef SG_LAB_OLD_H
#define SG_LAB_OLD_H

#include <stdio.h>
#include <string.h>

#include "judge/judge.h"
#include "lab/delay.h"
#include "lab/lab.h"
#include "lab/matrix.h"
#include "lab/shallow.h"
#include "lab/statistics.h"
#include "lab/tolerance.h"
#include "synthgrad/closed.h"

#define sg_claim_spectrum_distance sg_lab_spectrum_distance

static inline void sg_claim_old(struct sg_evidence *ev, enum sg_row_form form, enum sg_evidence_kind kind, const char *what,
                                double measured, double predicted, double tolerance, const char *basis)
{
    struct sg_row row = {.kind = kind, .form = form, .measured = measured, .predicted = predicted, .tolerance = tolerance, .scale = HUGE_VAL};
    snprintf(row.id, sizeof row.id, "%.36s-%08x", what, (unsigned)sg_case_digest(SG_CASE_DIGEST, what, strlen(what)));
    snprintf(row.what, sizeof row.what, "%s", what);
    snprintf(row.basis, sizeof row.basis, "%s", basis);
    sg_claim_add_row(ev, &row);
}
static inline void sg_claim_compare(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, double measured, double predicted,
                                    double tolerance, const char *basis)
{
    sg_claim_old(ev, SG_ROW_EQUAL, kind, what, measured, predicted, tolerance, basis);
}
static inline void sg_claim_bound(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, double measured, double bound, const char *basis)
{
    sg_claim_compare(ev, kind, what, measured, 0.0, bound, basis);
}
static inline void sg_claim_fact(struct sg_evidence *ev, enum sg_evidence_kind kind, const char *what, bool is_so, const char *basis)
{
    sg_claim_old(ev, SG_ROW_FACT, kind, what, is_so ? 1.0 : 0.0, 1.0, 0.0, basis);
}
static inline void sg_claim_effect(struct sg_evidence *ev, const char *what, double effect, double low, double high, const char *basis)
{
    struct sg_row row = {.kind = SG_SIMULATED, .form = SG_ROW_EFFECT, .measured = effect, .low = low, .high = high, .tolerance = effect - low};
    snprintf(row.id, sizeof row.id, "%.36s-%08x", what, (unsigned)sg_case_digest(SG_CASE_DIGEST, what, strlen(what)));
    snprintf(row.what, sizeof row.what, "%s", what);
    snprintf(row.basis, sizeof row.basis, "%s", basis);
    sg_claim_add_row(ev, &row);
}
static inline enum sg_status sg_claim_make_data(struct sg_data *data, struct sg_evidence *ev, const struct sg_case *c, uint64_t seed, uint64_t replicate)
{
    struct sg_error err;
    const enum sg_status status = sg_case_make_data(data, c, seed, replicate, &err);
    if (status != SG_OK)
        snprintf(ev->note, sizeof ev->note, "%.380s", err.text);
    return status;
}
#endif
