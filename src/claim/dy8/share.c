/* DY8: the share of global minima that repel, over random nets and data, against kappa and depth.
 *
 * An instance: sg_search_draw's weights and moments, all widths the case's first hidden one, the SG after a layer drawn uniformly from those below the
 * output; the same instance at every kappa.  It repels when an eigenvalue lies right of zero by more than SG_SEARCH_FOUND of the radius. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "claim/dy8/parts.h"
#include "synthgrad/search.h"

enum { DRAWS = 150, FULL_DRAWS = 4000, KAPPAS = 7 };

struct shares { size_t repel[KAPPAS], differ, seen; double strongest[KAPPAS]; };
static const double CLEAR = 1e-8;              /* an abscissa this near to SG_SEARCH_FOUND may fall on either side */

static double kappa_of(size_t k)
{
    return pow(10, -4 + (double)k);                      /* 1e-4 ... 1e2 */
}

/* Two layers: does the reduced system, on samples that have the instance's moments, say the same? */
static enum sg_status look_again(struct shares *shares, const struct sg_repelling *f)
{
    const size_t d = f->deep.width[0], m = f->deep.width[f->deep.n_layers], q = d + m + 1;
    double *P = SG_NEW(d * m, double), *M = SG_NEW(q * q, double), abscissa = SG_NAN;
    double complex at;
    struct sg_data data = {0};
    sg_closed_deep_product(P, &f->deep, f->w, 0, f->deep.n_layers);
    enum sg_status status = sg_data_make_moments(&data, f->S, f->R, P, d, m);
    if (status == SG_OK) {
        sg_closed_deep_moments(M, &data);
        status = sg_dy8_reduced_abscissa(&abscissa, &at, &f->deep, f->w, NULL, M, f->kappa);
    }
    const bool clear = fabs(abscissa - SG_SEARCH_FOUND) > CLEAR && fabs(f->abscissa - SG_SEARCH_FOUND) > CLEAR;
    shares->seen += clear;
    shares->differ += clear && (abscissa > SG_SEARCH_FOUND) != (f->abscissa > SG_SEARCH_FOUND);
    sg_data_free(&data);
    free(P);
    free(M);
    return status;
}

static enum sg_status look(struct shares *shares, size_t depth, const struct sg_case *c, bool at_output, struct sg_rng *rng)
{
    struct sg_search_plan plan = {.deep = {.n_layers = depth, .at = at_output ? depth : 1 + sg_base_rng_index(rng, depth - 1)}, .box = 4, .kappa = 1};
    for (size_t i = 0; i <= depth; i++)
        plan.deep.width[i] = (size_t)c->net.layers.value[0];
    struct sg_repelling f = sg_search_repelling_alloc(&plan.deep);
    sg_search_draw(&f, &plan, rng);
    enum sg_status status = SG_OK;
    for (size_t k = 0; k < KAPPAS && status == SG_OK; k++) {
        f.kappa = kappa_of(k);
        status = sg_search_abscissa(&f);
        shares->repel[k] += f.abscissa > SG_SEARCH_FOUND;
        shares->strongest[k] = fmax(shares->strongest[k], f.abscissa);
        if (status == SG_OK && depth == 2 && !at_output)
            status = look_again(shares, &f);
    }
    sg_search_repelling_free(&f);
    return status;
}

/* depth, kappa, share, its standard error, the strongest abscissa. */
static void draw(struct sg_evidence *ev, const struct shares *shares, size_t depth, size_t n)
{
    for (size_t k = 0; k < KAPPAS; k++) {
        const double share = (double)shares->repel[k] / (double)n;
        sg_claim_point(ev, (const double[]){(double)depth, kappa_of(k), share, sqrt(share * (1 - share) / (double)n), shares->strongest[k]});
    }
}

enum sg_status sg_dy8_share(struct sg_evidence *ev, const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    const size_t deepest = c->net.layers.n + 1, n = trial->full ? FULL_DRAWS : DRAWS;
    if (deepest < 2 || c->n_modules != 1) {
        snprintf(ev->note, sizeof ev->note, "drawn minima need hidden layers and one SG");
        return SG_HYPOTHESIS;
    }
    const bool inside = c->module[0].at > 0 && (size_t)c->module[0].at < deepest;
    struct sg_rng *rng = sg_claim_rng(trial, "share");
    size_t slow = 0, fast = 0, output = 0, differ = 0, seen = 0;
    enum sg_status status = SG_OK;
    if (trial->figure)
        sg_claim_series(ev, "share", "depth kappa share error strongest");
    for (size_t depth = 2; depth <= deepest && status == SG_OK; depth++) {
        struct shares here = {0}, there = {0};
        for (size_t t = 0; t < n && status == SG_OK; t++)
            status = look(&here, depth, c, !inside, rng);
        for (size_t t = 0; t < n / 4 && status == SG_OK; t++)
            status = look(&there, depth, c, true, rng);
        differ += here.differ;
        seen += here.seen;
        for (size_t k = 0; k < KAPPAS; k++) {
            slow += kappa_of(k) < 1 ? here.repel[k] : 0;
            fast += kappa_of(k) > 1 ? here.repel[k] : 0;
            output += there.repel[k];
        }
        if (trial->figure)
            draw(ev, &here, depth, n);
    }
    if (status == SG_OK) {
        sg_claim_fact(ev, SG_CLOSED_FORM, "SG inside: some random minima repel", slow > 0, "count, kappa < 1");
        sg_claim_fact(ev, SG_CLOSED_FORM, "SG inside: fewer repel under a fast SG (kappa > 1) than under a slow one (kappa < 1)", fast < slow,
                      "counts over the same instances");
        sg_claim_compare(ev, SG_CLOSED_FORM, "SG at the output: random minima that repel", (double)output, 0.0, 0.0,
                         "integer; D = 0, the Jacobian is block triangular");
        if (inside) {
            sg_claim_compare(ev, SG_CLOSED_FORM, "two layers: instances on which full flow and reduced system disagree", (double)differ, 0.0, 0.0,
                             "integer; an abscissa within 1e-8 of the threshold decides nothing");
            sg_claim_fact(ev, SG_CLOSED_FORM, "two layers: at least nine in ten decide", (double)seen >= 0.9 * (double)(n * KAPPAS), "count");
        }
        snprintf(ev->note, sizeof ev->note, "of %zu instances and kappas each, %zu repel below kappa = 1 and %zu above", n * (deepest - 1) * 4, slow, fast);
    }
    sg_base_rng_free(rng);
    return status;
}
