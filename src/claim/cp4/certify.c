/* CP4 for all real (a, b), by eight cones.
 *
 * The lines a x + b = 0, x = -2, -1, 1, 2, cut the plane into eight open cones.  Between
 * neighbouring rays no a x + b changes its sign.  So the slopes there are those at the rays' sum;
 * the loss, and the formula for it, are linear, hence equal on the cone if equal on both rays and
 * at their sum (the formula is convex). */
#include "claim/cp4/parts.h"
#include "lab/record.h"

static const int64_t ray[9][2] = {{2, 2},   {1, 2},  {-1, 2}, {-2, 2}, {-2, -2},
                                  {-1, -2}, {1, -2}, {2, -2}, {2, 2}};

/* Are the rays counterclockwise, by less than half a turn each, once around, and does no sign of f
 * change between neighbours? */
static bool are_cones(void)
{
    bool cones = true;
    size_t around = 0;
    for (int k = 0; k < 8; k++) {
        const int64_t *r = ray[k], *s = ray[k + 1];
        cones = cones && r[0] * s[1] - r[1] * s[0] > 0;
        around += r[1] < 0 && s[1] >= 0;
        for (int i = 0; i < SG_CP4_SAMPLES; i++) {
            const int64_t x = sg_closed_spurious_x[i], at_r = r[0] * x + r[1],
                          at_s = s[0] * x + s[1];
            cones = cones && !((at_r > 0 && at_s < 0) || (at_r < 0 && at_s > 0));
        }
    }
    return cones && around == 1;
}

static void look_at(bool *wedge, bool *loss, int64_t a, int64_t b)
{
    const struct sg_spurious at = sg_closed_spurious(a, b);
    const bool in = sg_closed_spurious_wedge(a, b);
    const int64_t sign = (a > 0) - (a < 0);
    *wedge = *wedge && (at.slope_b == 0) == in && (!in || at.slope_a == 6 * sign) &&
             (at.slope_a != 0 || at.slope_b != 0);
    *loss = *loss && at.loss == sg_closed_spurious_loss(a, b);
}

static void record(struct sg_lab *lab, bool all)
{
    double x[SG_CP4_SAMPLES];
    for (size_t i = 0; i < SG_CP4_SAMPLES; i++)
        x[i] = sg_closed_spurious_x[i];
    struct sg_record *r =
        sg_lab_record(lab, "spurious_set", "cones-proved wedge-proved loss-proved");
    sg_record_array(r, "x", x, SG_CP4_SAMPLES, 1);
    sg_record_outcome(r, all ? SG_OK : SG_REFUTED);
    sg_record_end(r);
}

void sg_cp4_certify(struct sg_lab *lab)
{
    static const char words[] =
        "one integer point of each of the 8 open cones and 8 rays on which every sign is constant";
    const bool cones = are_cones();
    bool wedge = true, loss = true;
    if (lab->trial->replicate > 0)
        return;
    for (int k = 0; k < 8; k++) {
        look_at(&wedge, &loss, ray[k][0], ray[k][1]);
        look_at(&wedge, &loss, ray[k][0] + ray[k + 1][0], ray[k][1] + ray[k + 1][1]);
    }
    record(lab, cones && wedge && loss);
    sg_lab_proved(lab, "cones-proved",
                  "the signs of f are constant on 8 cones and 8 rays that make up the plane "
                  "without 0",
                  cones ? SG_OK : SG_REFUTED, SG_OK, "integers");
    sg_lab_proved(lab, "wedge-proved",
                  "all real (a, b): sum sign f = 0 iff |b| < |a| or a = b = 0, the slope there is "
                  "6 sign a",
                  !wedge  ? SG_REFUTED
                  : cones ? SG_OK
                          : SG_UNPROVED,
                  SG_OK, words);
    sg_lab_proved(lab, "loss-proved", "all real (a, b): the loss is max(6|a|, 4|a| + 2|b|, 4|b|)",
                  !loss   ? SG_REFUTED
                  : cones ? SG_OK
                          : SG_UNPROVED,
                  SG_OK, words);
}
