/* parts.h - private to DY13: its files. */
#ifndef SG_CLAIM_DY13_PARTS_H
#define SG_CLAIM_DY13_PARTS_H

#include "lab/shallow.h"

/* ---- the lemma: what a step does to Psi = Phi - Phi* ---------------------------------------- */

/* Where an SG learns: h (k units), y (m columns), its terms, and the Phi* (rows x k) with
 * g = (h, y, 1) Phi*, of the terms that it has.  Without labels no Phi* does: e has the rest. */
struct sg_dy13_place {
    size_t k, m, rows;          /* rows: of Phi */
    unsigned terms;
    double *exact;              /* rows x k: Phi* */
    double *psi, *moved;        /* rows x k: Psi before a step, and what the step changes */
    double *z, *e, *G, *along;  /* capacity x rows, capacity x k, rows x k, capacity x k */
};
struct sg_dy13_place *sg_dy13_place(struct sg_lab *lab, size_t k, size_t m, unsigned terms,
                                    size_t capacity);

/* Phi* at the output, (I; -I; 0), of the terms that the place has. */
void sg_dy13_exact(struct sg_dy13_place *place);

/* A pair (h, y) and what the SG makes of it.  error: E|e|^2, e = s - g; z2: N = E|z|^2;
 * slope: |G|^2, G = E[z^T e]; along: E|z G|^2. */
struct sg_dy13_pair { size_t n; const double *h, *y, *one; };
struct sg_dy13_look { double error, z2, slope, along; };
/* At phi; leaves Psi, e and G in the place.  search: along too. */
struct sg_dy13_look sg_dy13_look(struct sg_dy13_place *place, const struct sg_dy13_pair *pair,
                                 const double *phi, bool search);

/* One run's worst rows of part (a). */
struct sg_dy13_bound { double measured, bound, tolerance; bool some; };
struct sg_dy13_track {
    enum sg_step_rule rule;
    double theta;
    double psi0, psi;           /* |Psi| at the start and now */
    double sum;                 /* theta (2 - theta) sum of E|e|^2 / N */
    double eps, moved;          /* of the last step: rms(e) / sqrt(N), a bound on |Psi+ - Psi| */
    double slack;               /* rounding that the sum may have gathered */
    struct sg_worst lemma;
    struct sg_dy13_bound monotone;
};
void sg_dy13_keep_bound(struct sg_dy13_bound *worst, double measured, double bound,
                        double tolerance);
struct sg_dy13_track sg_dy13_start(const struct sg_dy13_place *place, enum sg_step_rule rule,
                                   double theta, const double *phi);
/* The step that went from `look`, at phi, to phi_after, under the Phi* of after.  rounding: by how
 * much the net's z may differ from the look's, relative, and in how many roundings the two sum. */
void sg_dy13_follow(struct sg_dy13_track *track, struct sg_dy13_place *place,
                    const struct sg_dy13_look *look, const double *phi_after,
                    const double *exact_after, double rounding);
/* Has a step broken the lemma?  Then there is nothing to wait for. */
bool sg_dy13_is_broken(const struct sg_dy13_track *track);
/* The rows "lemma", "monotone" and "sum" of a run. */
void sg_dy13_say(struct sg_lab *lab, const struct sg_dy13_track *track);

/* ---- parts ------------------------------------------------------------------------------------
 */

/* (b) and (d): linear regression, with and without delayed pairs. */
void sg_dy13_regression(struct sg_lab *lab);
/* Rows in ball arithmetic: the exact iteration from a start of its own for every delay. */
void sg_dy13_certify(struct sg_lab *lab, const struct sg_shallow *s);
/* (c): nets with hidden layers. */
void sg_dy13_deep(struct sg_lab *lab);
/* (e): minibatches, beside SGD on the same draws. */
void sg_dy13_minibatches(struct sg_lab *lab);

#endif
