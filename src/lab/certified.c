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

/* ---- CP4: all real (a, b) by eight cones -------------------------------------------------------------------------------------------- */

/* The lines a x + b = 0, x = -2, -1, 1, 2, cut the plane into eight open cones.  Between neighbouring rays no a x + b changes its sign, so that the slopes are
 * those at the rays' sum, and the loss, and the formula for it, linear: equal on the cone if equal on both rays and their sum (the formula is convex). */
void sg_cp4_certify(struct sg_evidence *ev, const struct sg_trial *trial)
{
    static const int64_t ray[9][2] = {{2, 2}, {1, 2}, {-1, 2}, {-2, 2}, {-2, -2}, {-1, -2}, {1, -2}, {2, -2}, {2, 2}};
    bool cones = true, wedge = true, loss = true;
    size_t quadrant = 0;
    if (trial->replicate > 0)
        return;
    for (int k = 0; k < 8; k++) {
        const int64_t *r = ray[k], *s = ray[k + 1];
        cones = cones && r[0] * s[1] - r[1] * s[0] > 0;                  /* counterclockwise, by less than half a turn */
        quadrant += r[1] < 0 && s[1] >= 0;                               /* once around */
        for (int i = 0; i < 4; i++) {
            const int64_t x = sg_closed_spurious_x[i], at_r = r[0] * x + r[1], at_s = s[0] * x + s[1];
            cones = cones && !((at_r > 0 && at_s < 0) || (at_r < 0 && at_s > 0));
        }
        const int64_t point[2][2] = {{r[0], r[1]}, {r[0] + s[0], r[1] + s[1]}};
        for (int p = 0; p < 2; p++) {
            const struct sg_spurious at = sg_closed_spurious(point[p][0], point[p][1]);
            const bool in = sg_closed_spurious_wedge(point[p][0], point[p][1]);
            const int64_t sign = (point[p][0] > 0) - (point[p][0] < 0);
            wedge = wedge && (at.slope_b == 0) == in && (!in || at.slope_a == 6 * sign) && (at.slope_a != 0 || at.slope_b != 0);
            loss = loss && at.loss == sg_closed_spurious_loss(point[p][0], point[p][1]);
        }
    }
    cones = cones && quadrant == 1;
    const char *basis = "one integer point of each of the 8 open cones and 8 rays on which every sign is constant";
    sg_claim_fact(ev, SG_CERTIFIED, "the signs of f are constant on 8 cones and 8 rays that make up the plane without 0", cones, "integers");
    sg_claim_fact(ev, SG_CERTIFIED, "all real (a, b): sum sign f = 0 iff |b| < |a| or a = b = 0, the slope there is 6 sign a", cones && wedge, basis);
    sg_claim_fact(ev, SG_CERTIFIED, "all real (a, b): the loss is max(6|a|, 4|a| + 2|b|, 4|b|)", cones && loss, basis);
}
