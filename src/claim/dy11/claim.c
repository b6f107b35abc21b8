/* DY11: what unlocking buys.  Three systems under a delay of tau steps, on noisy data, near the
 * fixed point:
 *
 *   stale backprop   w+ = w - mu grad L(w[tau])
 *                    stable iff mu lambda_max(S_x) < 2 sin(pi / (2 (2 tau + 1)))
 *   delayed pairs    phi+ = phi - nu grad L_SG(phi, w[tau])
 *                    stable iff mu < 2/lambda_max(S_x) and nu < 2/lambda_max(S_z), whatever tau
 *   stale SG         phi+ = phi - nu grad L_SG(phi[tau], w[tau])
 *                    nu lambda_max(S_z) < 2 sin(pi / (2 (2 tau + 1))), mu as above
 *
 * On realizable data the line of fixed points has a limit of its own; with a hidden layer it is
 * measured. */
#include "claim/dy11/parts.h"

static void *make(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_dy11 *d = SG_TAKE(lab, 1, struct sg_dy11);
    for (size_t i = 0; i < c->train.tau.n; i++)
        if (!sg_delay_affords(lab, c->train.tau.value[i]))
            return d;
    if (c->experiment == SG_EXPERIMENT_DEEP)
        d->deep = sg_dy11_deep_make(lab);
    else
        d->s = sg_shallow_make(lab, (struct sg_timing){0});
    return d;
}

static const struct sg_instrument nets = {make};

static void says(struct sg_lab *lab, void *on)
{
    const struct sg_dy11 *d = on;
    if (d->deep)
        sg_dy11_deep_says(lab, d->deep);
    else if (d->s->fit->realizable)
        sg_dy11_realizable(lab, d->s);
    else
        sg_dy11_noisy(lab, d->s);
}

const struct sg_claim sg_claim_dy11 = {
    .id = "DY11",
    .name = "dy11_delay",
    .title = "delay: what unlocking buys",
    .needs_data = true,
    .reads =
        "experiment=main|deep" SG_READS_TABLE " net.loss=mse sg=one sg.family=linear sg.terms=hy1"
        " sg.target=true sg.mix=1.0 train.delay=delayed_pairs|stale_sg! train.tau! train.radius"
        " net.layers@main=() sg.at@main=output train.form@main train.mu@main train.nu@main"
        " train.units@main net.layers@deep! sg.at@deep=1",
    .supposes = (const struct sg_hypothesis *const[]){&sg_dy11_x_nonsingular,
                                                      &sg_dy11_z_nonsingular, &sg_dy11_inside,
                                                      &sg_dy11_line, &sg_dy11_slow, NULL},
    .measure = sg_lab_measure,
    .on = &nets,
    .says = says,
    .statement =
        "Linear regression under MSE, a linear label-conditioned SG at the output, noisy data (S_x "
        "and S_z "
        "nonsingular), delay tau.  Near the fixed point: (1) stale backprop w+ = w - mu grad "
        "L(w[tau ago]) is "
        "stable iff mu lambda_max(S_x) < 2 sin(pi/(2(2 tau + 1))); (2) with an SG trained on "
        "delayed pairs, "
        "phi+ = phi - nu grad L_SG(phi, w[tau ago]), stability is DY3's for every tau: mu < "
        "2/lambda_max(S_x) and "
        "nu < 2/lambda_max(S_z); (3) when the SG reads its own parameters late too, it alone pays: "
        "nu lambda_max(S_z) < 2 sin(pi/(2(2 tau + 1))).  Realizable data with S_x = I, at "
        "(w*, phi* + c(1, -1, 0)), mu (1 + c) <= 1 and nu lambda_max(S_z) <= 1: stable for every "
        "tau iff "
        "c >= -1/2.  Measured only: the basin from w = 0, phi = 0, and one hidden layer.",
};
