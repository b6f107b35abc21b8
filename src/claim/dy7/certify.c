/* DY7 in ball arithmetic: the first network step of each net, from the weights before and after. */
#include "claim/dy7/parts.h"
#include "lab/certify.h"

void sg_dy7_certify(struct sg_lab *lab, const struct sg_dy7_truth *t, const double *w, double mu)
{
    if (!sg_lab_certifies(lab, t->d))
        return;
    static const char words[] = "ball arithmetic; binary64 samples, weights and mu, exact";
    size_t *width = SG_TAKE(lab, t->n_layers + 1, size_t);
    for (size_t i = 0; i <= t->n_layers; i++)
        width[i] = sg_net_width(t->net, i);
    const struct sg_cert_data data = sg_lab_exact_data(lab->trial);
    const struct sg_cert_descent step = {.layers = t->n_layers,
                                         .width = width,
                                         .before = t->now.w,
                                         .after = w,
                                         .mu = mu,
                                         .rho = SG_DY7_RHO};
    enum sg_status tracks, falls;
    sg_cert_descent_step(&tracks, &falls, &step, &data);
    sg_lab_proved(lab, "condition-proved",
                  "the first step at each depth: |dw - grad L| <= rho |grad L|", tracks, SG_OK,
                  words);
    sg_lab_proved(lab, "decrease-proved",
                  "the first step at each depth lowers L by (1 - rho)/2 mu |grad L|^2 or more",
                  falls, SG_OK, words);
}
