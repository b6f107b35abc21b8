/* DY8 over random nets and data: how many global minima repel, against kappa and depth.
 *
 * Theorems, which are rows: with the SG at the output none repels, as D = 0 and the Jacobian is
 * block triangular; for two layers full flow and reduced system agree.  That some minima repel is
 * shown by those that do.  How many is counted, no theorem says it: a table and the note.
 *
 * An instance: sg_search_draw's weights and moments, the SG after a layer drawn uniformly from
 * those below the output; the same instance at every kappa.  It repels when an eigenvalue lies
 * right of zero by more than SG_SEARCH_FOUND of the radius. */
#include <math.h>

#include "claim/dy8/parts.h"
#include "lab/own.h"
#include "synthgrad/search.h"

enum { DRAWS = 150, FULL_DRAWS = 4000, KAPPAS = 7 };

struct shares { size_t repel[KAPPAS], differ, seen; double strongest[KAPPAS]; };

static double kappa_of(size_t k)
{
    return pow(10, -4 + (double)k);                      /* 1e-4 ... 1e2 */
}

/* The largest relative real part of a flow, and its error.  clear: that decides. */
static double relative_top(bool *clear, const struct sg_deep_mode *mode, size_t n)
{
    const struct sg_deep_mode top = sg_dy8_top(mode, n);
    const double largest = cabs(mode[0].lambda), abscissa = creal(top.lambda) / largest;
    *clear = *clear && fabs(abscissa - SG_SEARCH_FOUND) > top.error / largest;
    return abscissa;
}

/* Two layers: does the reduced system, on samples with the instance's moments, say the same? */
static void look_again(struct sg_lab *lab, struct shares *shares, const struct sg_repelling *f)
{
    const size_t d = f->deep.width[0], m = f->deep.width[f->deep.n_layers], q = d + m + 1;
    const size_t size = sg_closed_deep_n_w(&f->deep) + sg_closed_deep_n_phi(&f->deep);
    struct sg_lab own = sg_lab_begin(lab->ev, lab->trial);   /* gives back what one took */
    double *P = SG_TAKE(&own, d * m, double), *M = SG_TAKE(&own, q * q, double);
    double *J = SG_TAKE(&own, size * size, double);
    struct sg_deep_mode *mode = SG_TAKE(&own, size, struct sg_deep_mode);
    struct sg_data *data = sg_lab_own_rows(&own, SG_TAKE(&own, 1, struct sg_data));
    size_t r;
    bool clear = true;
    sg_closed_deep_product(P, &f->deep, f->w, 0, f->deep.n_layers);
    if (sg_lab_try(&own, sg_data_make_moments(data, f->S, f->R, P, d, m))) {
        sg_closed_deep_moments(M, data);
        const struct sg_deep_mode *reduced = sg_dy8_reduced(&own, &r, &f->deep, f->w, NULL, M,
                                                            f->kappa);
        const double abscissa = relative_top(&clear, reduced, r);
        sg_closed_deep_flow(J, &f->deep, f->w, M, f->kappa);
        sg_deep_modes(&own, mode, NULL, NULL, J, size);
        relative_top(&clear, mode, size);                /* how well f->abscissa is known */
        const bool repels = f->abscissa > SG_SEARCH_FOUND;
        shares->seen += clear;
        shares->differ += clear && (abscissa > SG_SEARCH_FOUND) != repels;
    }
    sg_lab_try(lab, sg_lab_end(&own));
}

/* One instance of the case's first layers, at every kappa. */
static void look(struct sg_lab *lab, struct shares *shares, size_t depth, bool at_output,
                 struct sg_rng *rng)
{
    const struct sg_int_list *layers = &lab->trial->c->net.layers;
    struct sg_search_plan plan = {.deep = {.n_layers = depth, .at = depth}, .box = 4, .kappa = 1};
    if (!at_output)
        plan.deep.at = 1 + sg_base_rng_index(rng, depth - 1);
    for (size_t i = 0; i <= depth; i++) {
        const size_t last = depth - 2, at = i == 0 ? 0 : i - 1;
        plan.deep.width[i] = (size_t)layers->value[at < last ? at : last];
    }
    struct sg_repelling f = sg_search_repelling_alloc(&plan.deep);
    sg_search_draw(&f, &plan, rng);
    for (size_t k = 0; k < KAPPAS && lab->status == SG_OK; k++) {
        f.kappa = kappa_of(k);
        sg_lab_try(lab, sg_search_abscissa(&f));
        shares->repel[k] += f.abscissa > SG_SEARCH_FOUND;
        shares->strongest[k] = fmax(shares->strongest[k], f.abscissa);
        if (lab->status == SG_OK && depth == 2 && !at_output)
            look_again(lab, shares, &f);
    }
    sg_search_repelling_free(&f);
}

/* The counts of one depth, for people and for the figure. */
static void tell(struct sg_lab *lab, const struct shares *here, size_t depth, size_t n)
{
    double share[KAPPAS];
    for (size_t k = 0; k < KAPPAS; k++) {
        share[k] = (double)here->repel[k] / (double)n;
        const double error = sqrt(share[k] * (1 - share[k]) / (double)n);
        if (lab->trial->figure)
            sg_lab_point(lab, (const double[]){(double)depth, kappa_of(k), share[k], error,
                                               here->strongest[k]});
    }
    sg_claim_listing_row(lab->ev, sg_lab_format(lab, "%zu layers", depth), share);
}

static void say_theorems(struct sg_lab *lab, const struct shares *two, size_t output, size_t n)
{
    sg_lab_count(lab, SG_CLOSED_FORM, "none-at-output", "SG at the output: random minima that "
                 "repel", output, 0, "D = 0, the Jacobian is block triangular");
    if (n == 0)                                          /* the case's SG is at the output */
        return;
    sg_lab_count(lab, SG_CLOSED_FORM, "two-layers", "two layers: instances on which full flow and "
                 "reduced system disagree", two->differ, 0, "an abscissa within its error of the "
                 "threshold decides nothing");
    if (10 * two->seen < 9 * n * KAPPAS)
        sg_lab_stop(lab, SG_UNPROVED, "two layers: only %zu of %zu instances and kappas decide",
                    two->seen, n * KAPPAS);
}

void sg_dy8_drawn(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    const size_t deepest = c->net.layers.n + 1, n = lab->trial->full ? FULL_DRAWS : DRAWS;
    const bool inside = c->module[0].at > 0 && (size_t)c->module[0].at < deepest;
    struct sg_rng *rng = sg_lab_rng(lab, "share");
    size_t slow = 0, fast = 0, output = 0;
    struct shares two = {0};
    if (lab->trial->figure)
        sg_lab_series(lab, "share", "depth kappa share error strongest");
    sg_claim_listing(lab->ev, "counted, no theorem: share of drawn minima that repel at kappa",
                     "depth|1e-4|1e-3|1e-2|1e-1|1|10|100");
    for (size_t depth = 2; depth <= deepest && lab->status == SG_OK; depth++) {
        struct shares here = {0}, there = {0};
        for (size_t t = 0; t < n; t++)
            look(lab, &here, depth, !inside, rng);
        for (size_t t = 0; t < n / 4; t++)
            look(lab, &there, depth, true, rng);
        for (size_t k = 0; k < KAPPAS; k++) {
            slow += kappa_of(k) < 1 ? here.repel[k] : 0;
            fast += kappa_of(k) > 1 ? here.repel[k] : 0;
            output += there.repel[k];
        }
        two = depth == 2 ? here : two;
        tell(lab, &here, depth, n);
    }
    say_theorems(lab, &two, output, inside ? n : 0);
    if (inside && slow == 0)
        sg_lab_stop(lab, SG_NO_CONVERGENCE, "none of the minima drawn repels, which contradicts "
                    "nothing: draw more of them (--full), or deeper ones");
    sg_lab_fact(lab, SG_CLOSED_FORM, "some-repel", "SG inside: some random minima repel", slow > 0,
                "those that do, kappa < 1");
    sg_lab_note(lab, "counted: of %zu instances and kappas each, %zu repel below kappa = 1 and %zu "
                "above", n * (deepest - 1) * 4, slow, fast);
}
