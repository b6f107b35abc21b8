/* DY12: update order and transients.  At a noisy fixed point all three orders have one spectrum; at
 * a realizable one with c != 0 the two sequential orders share one and the simultaneous order has
 * another.  The joint step is not normal: a stable one may first amplify. */
#include <string.h>

#include "claim/dy12/parts.h"

const struct sg_timing sg_dy12_timing[SG_DY12_ORDERS] = {
    {0, 0, 0, 0}, {0, -1, 0, 0}, {0, 0, -1, 0}};
const char *const sg_dy12_id[SG_DY12_ORDERS] = {"simultaneous", "sg-first", "net-first"};
const char *const sg_dy12_name[SG_DY12_ORDERS] = {"simultaneous", "SG first", "network first"};

void sg_dy12_out_of_reach(struct sg_lab *lab, double *r, const struct sg_data *data)
{
    const size_t n = data->n, d = data->d, m = data->m;
    double *wide = SG_TAKE(lab, n * (d + 1), double), *w = SG_TAKE(lab, (d + 1) * m, double);
    for (size_t i = 0; i < n; i++) {
        memcpy(wide + i * (d + 1), data->x + i * d, d * sizeof *wide);
        wide[i * (d + 1) + d] = data->one[i];
    }
    sg_lab_try(lab, sg_base_solve_least_squares(w, NULL, NULL, wide, data->y, n, d + 1, m));
    sg_base_mul(r, wide, w, n, d + 1, m);
    for (size_t i = 0; i < n * m; i++)
        r[i] = data->y[i] - r[i];
}

/* Each step of a run solves two least-squares problems. */
static const double COURSE_MOST = 1e5;

static void *make(struct sg_lab *lab)
{
    struct sg_dy12 *d = SG_TAKE(lab, 1, struct sg_dy12);
    if (lab->trial->c->experiment == SG_EXPERIMENT_DEEP)
        d->deep = sg_deep_step_make(lab);
    else
        d->shallow = sg_dy12_make_orders(lab, lab->trial->data);
    return d;
}

static const struct sg_instrument orders = {make};

static void says(struct sg_lab *lab, void *on)
{
    const struct sg_dy12 *d = on;
    if (!sg_lab_afford(lab, lab->trial->c->train.steps, COURSE_MOST,
                       "follow the run that the case asks for", "lower train.steps"))
        return;
    if (d->deep) {
        sg_dy12_deep(lab, d->deep);
        return;
    }
    struct sg_shallow *s = d->shallow->order[0].s;
    sg_dy12_spectra(lab, d->shallow);
    if (s->fit->realizable)
        return;
    sg_dy12_transient(lab, d->shallow);
    sg_dy12_course(lab, s);
    sg_dy12_certify(lab, s);
    sg_dy12_realizable(lab, s);
}

const struct sg_claim sg_claim_dy12 = {
    .id = "DY12",
    .name = "dy12_order",
    .title = "update order and transients",
    .needs_data = true,
    .reads =
        "experiment=main|deep data.n data.d data.outputs data.rank data.condition data.noise"
        " data.bias net.loss=mse sg=one sg.family=linear sg.terms=hy1 sg.target=true sg.mix=1.0"
        " train.form=sample|compressed train.mu train.nu train.steps"
        " @main data.kind=gaussian|csv data.file data.target data.standardise"
        " data.standardise_target net.layers=() sg.at=output train.units"
        " @deep data.kind=gaussian|moments data.S data.R net.layers! net.weights sg.at!"
        " train.units=critical",
    .supposes = (const struct sg_hypothesis *const[]){&sg_dy12_x_nonsingular,
                                                      &sg_dy12_z_nonsingular, &sg_dy12_inside,
                                                      &sg_dy12_wide, &sg_dy12_conditioned, NULL},
    .measure = sg_lab_measure,
    .on = &orders,
    .says = says,
    .statement =
        "Linear regression with a linear SG at the output.  At a noisy fixed point the "
        "simultaneous, "
        "SG-first and network-first updates have the same spectrum, DY3's, because the Jacobian "
        "stays "
        "block triangular.  At a realizable fixed point phi* + c(1,-1,0), c != 0, the two "
        "sequential "
        "orders share one spectrum (NS and SN) and the simultaneous order has another: "
        "tr(NS) - tr(J) = mu nu c |E[x^T z]|^2 for each output.  The joint step is not normal: an "
        "error "
        "may grow first.  At a noisy fixed point, in the norm sqrt(E|x dw|^2 + E|z dPhi|^2), |J^k| "
        "is at "
        "most rho^k + mu lambda_max(S_x) sum_j rho_x^(k-1-j) rho_z^j, which is at most "
        "rho^k + k rho^(k-1) mu lambda_max(S_x), rho_x and rho_z the two blocks' radii.  With "
        "labels the "
        "SG can express all of the true gradient; without, at least E|r*|^2 stays beyond it.",
};
