/* DY15 proved: whether the minimum that is predicted attracts, by the eigenvalues of the joint flow
 * over Q.  Its weights, the data's moments about their product and the rates are binary64 numbers
 * taken exactly: the data certified have that product for their least-squares map. */
#include "claim/dy15/parts.h"
#include "lab/certify.h"

/* A flow of more numbers takes longer than a second. */
enum { STATE_MOST = 40 };

void sg_dy15_certify(struct sg_lab *lab, const struct sg_dy15 *s, enum sg_status wanted)
{
    double *S = SG_TAKE(lab, s->d * s->d, double), *R = SG_TAKE(lab, s->m * s->m, double);
    double *mean = SG_TAKE(lab, s->d + s->m, double);
    struct sg_cert_sides sides;
    if (lab->trial->replicate > 0 || lab->status != SG_OK || !sg_lab_has_exact(lab))
        return;
    if (s->t->n_w + s->t->n_phi > STATE_MOST) {
        sg_lab_note(lab, "not certified: the joint flow has %zu numbers, at most %d",
                    s->t->n_w + s->t->n_phi, STATE_MOST);
        return;
    }
    if (sg_closed_deep_about(S, R, mean, &s->deep, s->chosen, s->moments) != SG_OK)
        return;
    const struct sg_cert_minimum minimum = {.deep = &s->deep, .at = s->at, .n_at = s->n_at,
                                            .w = s->chosen, .S = S, .R = R, .mean = mean};
    const double nu = s->kappa * s->mu;
    const enum sg_status fate = sg_cert_minimum_sides(&sides, &minimum, s->mu, nu);
    const bool repels = wanted == SG_REFUTED;
    const char *id = repels ? "repels-proved" : "attracts-proved";
    sg_lab_record_sides(lab, id, &minimum, s->mu, nu, fate, &sides, NULL);
    sg_lab_proved(lab, id, repels ? "eigenvalues of the joint flow lie right of the axis"
                                  : "no eigenvalue of the joint flow lies on the axis or right of "
                                    "it but the zeros of the rests",
                  fate, wanted, "exact over Q, Sturm's chain on the axis; binary64 weights, "
                  "moments and rates, exact");
}
