/* Rows of kind certified: what they share, and those that need no Arb. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lab/certified.h"

void sg_certified_note(struct sg_evidence *ev, const char *fmt, ...)
{
    const size_t used = strlen(ev->note);
    va_list args;
    va_start(args, fmt);
    snprintf(ev->note + used, sizeof ev->note - used, "%s", used ? "; " : "");
    vsnprintf(ev->note + strlen(ev->note), sizeof ev->note - strlen(ev->note), fmt, args);
    va_end(args);
}

bool sg_certified_wanted(struct sg_evidence *ev, const struct sg_trial *trial, size_t size)
{
    if (trial->replicate > 0)
        return false;
#ifdef SG_HAVE_ARB
    const struct sg_data *data = trial->data;
    const bool small = size <= SG_CERTIFIED_STATE_MOST && (!data || data->n * (data->d + data->m + 1) * (data->d + data->m + 1) <= SG_CERTIFIED_WORK_MOST);
    if (!small)
        sg_certified_note(ev, "no interval certificates: more than %d unknowns, or too many samples", SG_CERTIFIED_STATE_MOST);
    return small;
#else
    (void)size;
    sg_certified_note(ev, "interval certificates are not built: they need Arb");
    return false;
#endif
}

enum sg_status sg_certified_fact(struct sg_evidence *ev, const char *what, enum sg_status proved, enum sg_status wanted, const char *basis)
{
    if (proved == SG_UNPROVED) {
        sg_certified_note(ev, "not proved, nor the opposite: %s", what);
        return SG_UNPROVED;
    }
    sg_claim_fact(ev, SG_CERTIFIED, what, proved == wanted, basis);
    return SG_OK;
}

void sg_certified_enclosed(struct sg_evidence *ev, const char *what, double value, double low, double high, double width, double error, const char *basis)
{
    const double nearest = high - low <= width * high ? fmin(fmax(value, low), high) : SG_NAN;
    sg_claim_compare(ev, SG_CERTIFIED, what, value, nearest, error, basis);
}
