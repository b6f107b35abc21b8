/* DY9: a fast SG at a hidden layer follows backprop, W_kappa - W_backprop = late / kappa +
 * O(1/kappa^2) at fixed time mu t.
 *
 * The SG starts exact or off by a random psi.  late is closed.h's: it solves
 * late' = -H late - Q G^-1 D grad L from 0 or -Q G^-1 psi.  At the output D = 0 and nothing is
 * late, to the bit. */
#include <math.h>

#include "claim/dy9/parts.h"
#include "lab/shallow.h"

static const struct sg_instrument starts = {sg_dy9_make};

/* Of late, after the steps of a level: see check_start. */
static double still_to_come(const struct sg_dy9 *s, enum sg_dy9_start start, size_t level)
{
    double r = 0;
    for (int end = 0; end < 2; end++)
        r = fmax(r, fmax(fabs(1 - s->nu * s->s_z[end].least), fabs(1 - s->nu * s->s_z[end].most)));
    /* Beyond nu's limit, where the statement says nothing, it allows nothing. */
    return r < 1 ? s->push[start] * pow(r, (double)s->steps_at[level]) : 0;
}

/* F(kappa) = limit + C/kappa + ...: two kappas, ratio rho, show
 * |C| <= 2 |F - F'| kappa / (1 - 1/rho) when the rest is at most half of it.  So
 * |F - limit| <= 2 |F' - F| / (rho - 1) at the larger kappa, and each ln|F| is off by the share of
 * that, kappa by kappa.  rho is sqrt 10 but for the rounding of the number of steps.
 * The SG's own transient is no such series: after T steps Q G^-1 (I - nu G)^T psi of late is still
 * to come, at most push r^T, r the radius of I - nu S_z at either end.
 * Rounding: kappa times what `steps` steps of a contraction can sum, 10 u |W| each. */
static void check_start(struct sg_lab *lab, const struct sg_dy9 *s, enum sg_dy9_start start)
{
    static const char *const name[] = {"exact", "off"};
    const size_t n = s->pair->n_w, last = s->levels - 1;
    const double rho = s->kappa[last] / s->kappa[last - 1];
    const double *F = s->scaled[start], *limit = s->limit[start] + n;
    const double size = sg_base_norm(limit, n);
    const double second = 2 * sg_deep_distance(F + (last - 1) * n, F + last * n, n) / (rho - 1);
    const double rounding = s->kappa[last] * sqrt((double)s->steps_at[last]) * 10 *
                                SG_UNIT_ROUNDOFF * sg_base_norm(s->limit[start], n) +
                            s->limit_error[start];
    double x[SG_DY9_DECADE], y[SG_DY9_DECADE], off[SG_DY9_DECADE];
    for (size_t i = 0; i < SG_DY9_DECADE; i++) {
        const double ratio = s->kappa[last] / s->kappa[last - i];
        x[i] = log(ratio);
        y[i] = log(s->error[start][last - i]);
        const double share =
            (second * ratio + rounding + still_to_come(s, start, last - i)) / size;
        off[i] = share < 0.5 ? -log1p(-share) : HUGE_VAL;
    }
    sg_lab_equal(lab, SG_SIMULATED, sg_lab_format(lab, "order-%s", name[start]),
                 sg_lab_format(lab,
                               "order of |W_kappa - W_backprop| in 1/kappa over the last decade, "
                               "SG started %s",
                               name[start]),
                 sg_fit_slope(x, y, SG_DY9_DECADE), 1.0,
                 (struct sg_tol){sg_fit_slope_error(x, off, SG_DY9_DECADE),
                                 "what the terms of order 1/kappa^2, measured, and the SG's "
                                 "transient do to the fit",
                                 0});
    sg_lab_zero(
        lab, SG_SIMULATED, sg_lab_format(lab, "limit-%s", name[start]),
        sg_lab_format(lab,
                      "kappa (W_kappa - W_backprop) against the closed limit, largest kappa, "
                      "started %s",
                      name[start]),
        sg_deep_distance(F + last * n, limit, n) / size,
        (struct sg_tol){(second + rounding + still_to_come(s, start, last)) / size,
                        "twice Richardson's estimate from the two largest "
                        "kappas, the SG's transient, relative",
                        1});
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_dy9 *s = on;
    const size_t last = s->levels - 1;
    if (s->nu * s->s_z[0].most >= 2)
        sg_lab_note(lab,
                    "nu lambda_max(S_z) is %.3g at the start; the statement is about less than 2",
                    s->nu * s->s_z[0].most);
    sg_dy9_run(s);
    if (!s->plain_finite[last])
        sg_lab_stop(lab, SG_HYPOTHESIS,
                    "backprop itself leaves at the smallest mu, %.2g; lower train.mu",
                    s->mu_at[last]);
    sg_lab_fact(lab, SG_SIMULATED, "finite",
                "at the largest kappa the weights stay finite, as backprop's do",
                s->finite[SG_DY9_EXACT][last] && s->finite[SG_DY9_OFF][last], "both starts");
    check_start(lab, s, SG_DY9_EXACT);
    check_start(lab, s, SG_DY9_OFF);
    sg_dy9_certify(lab, s);
    sg_dy9_output(lab, s);
    sg_dy9_draw(lab, s);
}

const struct sg_claim sg_claim_dy9 = {
    .id = "DY9",
    .name = "dy9_fast_sg",
    .title = "a fast SG on a deep linear net follows backprop",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_DEEP_PAIR " sg.at! sg.terms=hy1|h1",
    .supposes = (const struct sg_hypothesis *const[]){&sg_dy9_hidden, &sg_dy9_nonsingular,
                                                      &sg_dy9_one_side, &sg_dy9_fast, NULL},
    .measure = sg_lab_measure,
    .on = &starts,
    .says = says,
    .statement = "Deep linear net under MSE, a linear SG with labels at a hidden layer, phi(0) "
                 "exact or bounded, nonzero "
                 "eigenvalues of S_z bounded below along the way, nu = kappa mu fixed with nu "
                 "lambda_max(S_z) < 2.  At fixed "
                 "time mu t the weights differ from backprop's (same mu) by O(1/kappa); where S_z "
                 "is nonsingular kappa times "
                 "the difference tends to the solution of late' = -H late - Q G^-1 D grad L, "
                 "late(0) = -Q G^-1 psi(0).  At "
                 "the output phi* is constant: started exact, the weights are backprop's for every "
                 "kappa, bit for bit.",
};
