/* parts.h - private to DY14: one run of the case's net with its ledger. */
#ifndef SG_CLAIM_DY14_PARTS_H
#define SG_CLAIM_DY14_PARTS_H

#include "lab/lab.h"
#include "lab/ledger.h"
#include "synthgrad/images.h"

struct sg_dy14_run {
    const struct sg_case *c;
    struct sg_case_arch arch; /* every dense layer has a bias, but where batch norm follows */
    struct sg_net *net;
    struct sg_net_work *work;
    struct sg_ledger *ledger;
    struct sg_rows rows;
    struct sg_batches *batches; /* NULL: full batches */
    const struct sg_data *data;
    struct sg_sizes sizes;
    double mu, nu;
    double *w, *phi, *dw, *dphi;
    struct sg_moments w_moments, phi_moments;
    uint64_t time;
    bool left; /* some number is above 1e3: the run goes to infinity, and no further here */
    bool ends_only; /* the ledger looks at the end of an advance alone: D, not the squares */
};

/* The net of a case, which may be a changed copy of the trial's, at its start: w by Glorot with
 * biases of 0.3 N(0, 1), phi of 0.3 N(0, 1 / k), the same draws for every run of a trial.  share:
 * of the case's rates.  Owned by the lab.  NULL when it stops. */
struct sg_dy14_run *sg_dy14_run_make(struct sg_lab *lab, const struct sg_case *c, double share);
/* Takes steps while no number is above 1e3.  False where one is. */
bool sg_dy14_run_advance(struct sg_dy14_run *run, uint64_t steps);

/* Rows: the drift of D - (A + A^T)/kappa falls like the step (flow.c). */
void sg_dy14_flow(struct sg_lab *lab);
/* Row: one step in rational arithmetic, exactly (certify.c). */
void sg_dy14_certify(struct sg_lab *lab, const struct sg_dy14_run *start);
/* Series for the figure: the case's run, and runs that break a hypothesis (figure.c). */
void sg_dy14_figure(struct sg_lab *lab);

#endif
