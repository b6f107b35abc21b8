/* internal.h - private: a run as its own room sees it. */
#ifndef SG_TRAIN_INTERNAL_H
#define SG_TRAIN_INTERNAL_H

#include "synthgrad/train.h"

/* w, phi */
struct part { size_t n; void *theta, *grad; struct sg_moments moments; struct sg_opt opt; };

struct sg_train {
    struct sg_train_spec spec;
    struct sg_sizes sizes;
    size_t real;                            /* bytes of a number */
    struct part w, phi;
    void *aux;
    struct sg_batches *order;
    struct sg_rows rows, score_rows;
    struct sg_batch batch;                  /* the last step's, in rows */
    struct sg_net_work *work, *score_work;
    void *step_scratch;
    uint64_t time, seen;
    struct sg_metrics sum;
    bool halved;                            /* its state is not all here */
};

struct sg_state sg_train_state(const struct sg_train *t);
/* of both rates, in that step */
double sg_train_share(const struct sg_train *t, uint64_t time);
bool sg_train_is_finite(const struct sg_train *t);

#endif
