/* What DY4 supposes. */
#include <math.h>
#include <stdio.h>

#include "claim/dy4/parts.h"

/* p* = y doubles m columns of z: S_z has m eigenvalues at zero, and more where [Y 1] lacks rank. */
static bool has_full_rank(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    const size_t zeros = s->rate_z.zeros, q = s->fit->q, rank = q > zeros ? q - zeros : 0;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "the rank of [Y 1] is %zu, and it has m + 1 = %zu columns", rank, s->fit->m + 1);
    return zeros == s->fit->m;
}

/* Is S_x = I?  low, high: the limits of real c, -1 and infinity where no closed form gives them. */
static bool line_limits(double *low, double *high, const struct sg_shallow *s)
{
    struct sg_line *line = NULL;
    const bool is = sg_closed_line_alloc(&line, s->fit) == SG_OK;
    *low = -1;
    *high = HUGE_VAL;
    if (is && sg_closed_line_inside(line))
        sg_closed_line_interval(low, high, line, s->mu, s->nu);
    sg_closed_line_free(line);
    return is;
}

static bool has_a_free_direction(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                                 const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    double low, high;
    (void)trial;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "S_x has eigenvalues from %.3g to %.3g, and d = %zu with m = %zu", s->rate_x.smallest,
             s->rate_x.largest, s->fit->d, s->fit->m);
    return line_limits(&low, &high, s) || s->fit->d > s->fit->m + 1;
}

/* Where the limits of real c are claimed in closed form: low < high. */
static bool has_limits(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    const struct sg_shallow *s = on;
    double low, high;
    (void)trial;
    line_limits(&low, &high, s);
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "nu a_max (1 - mu/2) = %.3g, so the lower limit %.3g is not below the upper %.3g",
             s->nu * s->rate_z.largest * (1 - s->mu / 2), low, high);
    return low < high;
}

/* For S_x other than I the limit -1 is one of small rates.  The problem splits into one for each
 * eigenvalue c of C, so C = c I stands for all. */
static bool has_small_rates(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                            const struct sg_trial *trial)
{
    /* Down to the width within which the limit is bisected: below -0.99 a pair may leave first. */
    static const double place[] = {-0.3, -0.6, -0.9, -0.98, -0.996, -0.999, -0.9999};
    const struct sg_shallow *s = on;
    const size_t m = s->fit->m;
    double low, high;
    const bool closed = line_limits(&low, &high, s);
    bool small = true;
    struct sg_lab lab = sg_lab_begin(NULL, trial);
    double *C = SG_TAKE(&lab, m * m, double), *phi = SG_TAKE(&lab, s->n_phi, double);
    double *J = SG_TAKE(&lab, s->size * s->size, double);
    for (size_t k = 0; k < sizeof place / sizeof *place && small && !closed; k++) {
        for (size_t j = 0; j < m; j++)
            C[j * m + j] = place[k];
        sg_closed_line_point(phi, C, m);
        sg_closed_joint_jacobian(J, &s->rows, s->fit->w, phi, s->mu, s->nu);
        const double radius = sg_dy4_radius_across(&lab, NULL, J, NULL, s->size, m);
        snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "at C = %.4g I an eigenvalue has modulus %.6g",
                 place[k], radius);
        small = radius < 1;
    }
    return sg_lab_end(&lab) == SG_OK && small;
}

const struct sg_hypothesis sg_dy4_full_rank = {
    .id = "full-rank",
    .words = "[Y 1] has full column rank",
    .met = has_full_rank,
    .mend = "take more columns (data.d) than outputs, none of which combine to 1"};
const struct sg_hypothesis sg_dy4_free_direction = {
    .id = "free-direction",
    .words = "S_x = I, or x has a direction orthogonal to y and 1 (d > m + 1)",
    .met = has_a_free_direction,
    .mend = "take data.condition = 1.0, or more columns (data.d)"};
const struct sg_hypothesis sg_dy4_limits = {
    .id = "limits",
    .words = "some real c is stable: nu a_max (1 - mu/2) < 2 for d > m + 1, nu (a_max (1 - mu/2) "
             "- a_min (1 - mu)) < 2 for d = m + 1",
    .met = has_limits,
    .mend = "take a smaller nu"};
const struct sg_hypothesis sg_dy4_attracts = {
    .id = "attracts",
    .words = "C = 0, from where limits are looked for, attracts: mu < 2/lambda_max(S_x), nu < "
             "2/lambda_max(S_z)",
    .met = sg_shallow_is_inside,
    .mend = "take smaller rates (below 1 in critical units)"};
const struct sg_hypothesis sg_dy4_small_rates = {
    .id = "small-rates",
    .words = "the rates are small where S_x is not I: all C = c I with -1 < c <= 0 attract",
    .met = has_small_rates,
    .mend = "take smaller rates"};
