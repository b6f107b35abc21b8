/* DY7 in ball arithmetic: the first network step of each net, from the weights before and after. */
#include "claim/dy7/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

static void record_step(struct sg_lab *lab, const char *row, const char *says,
                        const struct sg_cert_descent *step, const struct sg_dy7_truth *t,
                        const struct sg_cert_data *data, enum sg_status status)
{
    struct sg_record *r = sg_lab_record(lab, "descent_step", row);
    sg_record_data(r, data);
    sg_record_wholes(r, "width", step->width, step->layers + 1);
    sg_record_array(r, "before", step->before, 1, t->n_w);
    sg_record_array(r, "after", step->after, 1, t->n_w);
    sg_record_number(r, "mu", step->mu);
    sg_record_number(r, "rho", step->rho);
    sg_record_word(r, "says", says);
    sg_record_outcome(r, status);
    sg_record_end(r);
}

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
    record_step(lab, "condition-proved", "tracks", &step, t, &data, tracks);
    record_step(lab, "decrease-proved", "falls", &step, t, &data, falls);
    sg_lab_proved(lab, "condition-proved",
                  "the first step at each depth: |dw - grad L| <= rho |grad L|", tracks, SG_OK,
                  words);
    sg_lab_proved(lab, "decrease-proved",
                  "the first step at each depth lowers L by (1 - rho)/2 mu |grad L|^2 or more",
                  falls, SG_OK, words);
}
