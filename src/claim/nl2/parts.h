/* parts.h - private to NL2: what the SG on a boundary sees of the loss there. */
#ifndef SG_CLAIM_NL2_PARTS_H
#define SG_CLAIM_NL2_PARTS_H

#include "lab/statistics.h"
#include "synthgrad/closed.h"
#include "synthgrad/sim.h"

/* The true loss over a boundary's units, known at the data's points for every label.  Samples must
 * not mix: no batch norm. */
struct sg_nl2_surface {
    size_t n, k, m, classes;
    unsigned terms; /* that the SG has, of h A, y B and 1 C */
    const double *h,
        *g; /* n x k: the points, and the true gradients there under their own labels */
    const double *label;    /* classes x m: the labels as rows of y */
    const size_t *class_of; /* n */
    const double *loss;     /* classes x n */
};

/* The loss that the field s = h A + y B + C sees.  For a label of mean h it is that of
 * sg_closed_potential_value: the gradient field nearest to s over the data, with the constant that
 * fits the true loss best, as a field has none. */
struct sg_nl2_seen {
    size_t k, classes;
    double *s, *slope, *mean, *constant; /* k x k; classes x k; classes x k; classes */
    double left;                         /* E|what has no potential|^2 */
};
struct sg_nl2_seen sg_nl2_seen_make(struct sg_lab *lab, const struct sg_nl2_surface *surface);
double sg_nl2_seen_value(const struct sg_nl2_seen *seen, const double *h, size_t label);

/* How the two compare, over all points and all labels and about the labels' means. */
struct sg_nl2_view {
    double silent; /* share of the data at which g is 0, bit for bit: a layer's relus are all off */
    double correlation, plain; /* plain: that of 1/2 h A h^T + (y B + C) h^T, the symmetric part of
                                * A in place of the nearest */
    double off;                /* mean square of the difference over that of the loss: 1 - R^2 */
    double worst;              /* largest difference */
    double without;            /* share of E|s|^2 over the data that has no potential */
    double error;              /* E|s - g|^2 / E|g|^2 over the data */
};
/* phi: A, B, C, all three there. */
void sg_nl2_look(struct sg_lab *lab, struct sg_nl2_view *view, struct sg_nl2_seen *seen,
                 const struct sg_nl2_surface *surface, const double *phi);

/* The best linear SG here, the minimum-norm least-squares phi of its terms (k + m + 1 rows of k).
 * norm, condition: the largest singular value of the rows (h, y, 1), and that over the smallest
 * nonzero one. */
struct sg_nl2_fit {
    double norm, condition;
};
struct sg_nl2_fit sg_nl2_fit(struct sg_lab *lab, double *phi, const struct sg_nl2_surface *surface);
/* |seen - true| of that SG, where it can be exact (the part above is affine, MSE).  Least squares
 * leave no more than 10 q u |Z| |phi| of residual, q the columns of Z (dgelsd is backward stable,
 * what it cuts off is below n u |Z| |phi|); a potential is s summed along a way of length |h -
 * mean|.  And the constant is a mean of n losses: n u max l.  Scale: max l. */
struct sg_nl2_bound {
    double tolerance, scale;
};
struct sg_nl2_bound sg_nl2_exact(const struct sg_nl2_seen *seen,
                                 const struct sg_nl2_surface *surface, const struct sg_nl2_fit *fit,
                                 const double *phi);

/* The two classes: their labels as rows of y, one column or two, and which is whose. */
enum { SG_NL2_CLASSES = 2, SG_NL2_LABELS = 4 };
void sg_nl2_classes(double label[SG_NL2_LABELS], size_t *class_of, const struct sg_data *data);
/* l(p, y): MSE, softmax or logistic. */
double sg_nl2_loss(enum sg_loss_kind kind, const double *p, const double *y, size_t m);

/* What is proved of fields and potentials, on instances of this trial's own (field.c). */
void sg_nl2_fields(struct sg_lab *lab);

/* ---- the experiment (run.c) ----------------------------------------------------------------- */

/* A run of T steps is looked at after T/32, T/16, ..., T; early is T/8, when the SG has had time to
 * learn, and late is T.  FINE: side of the grid that is drawn. */
enum { SG_NL2_TIMES = 6, SG_NL2_EARLY = 2, SG_NL2_LATE = 5, SG_NL2_FINE = 61 };
enum sg_nl2_kind { SG_NL2_MSE, SG_NL2_LOG, SG_NL2_KINDS };
/* The SG as training has it, and the best linear one at that moment. */
enum sg_nl2_who { SG_NL2_TRAINED, SG_NL2_BEST, SG_NL2_WHO };

/* A run's end: the share of the best constant's loss that is gone, the loss, and the share of the
 * points on which the label that the data give has the smaller loss. */
struct sg_nl2_end {
    double gain, loss, accuracy;
};

/* A net is dead that sends no gradient down to its first layer at more than half of the points:
 * its loss is without a slope there, ln 2 or 1/4, and there is nothing to see.  Starts and data are
 * drawn until `wanted` seeds have both nets alive, from T/8 on, but no more than SG_NL2_DRAWS times
 * as many.  All counts are said. */
enum { SG_NL2_DRAWS = 3 };
struct sg_nl2_experiment {
    const struct sg_trial *trial;
    const struct sg_case *c;
    size_t wanted, seeds, places; /* seeds: drawn; places: SG modules, the last at the output */
    size_t first;                 /* the seed of run 0 */
    uint64_t time[SG_NL2_TIMES];
    struct sg_nl2_view *view;   /* seeds x kinds x times x places x who */
    struct sg_nl2_bound *exact; /* seeds x times x 2: sg_nl2_exact under MSE, after the last hidden
                                 * layer and at the output */
    struct sg_nl2_end *end;     /* seeds x kinds */
    double *all;                /* seeds: room for the values of a median */
    size_t n_live, *live;       /* seeds whose two nets are dead at no time from early to late */
    size_t dead[SG_NL2_KINDS];  /* nets drawn that have died */
    double *fine;               /* NULL, or at the end: seeds x kinds x FINE^2 x (1 + places):
                                 * label 1's true loss, then the seen */
};
struct sg_nl2_view *sg_nl2_view_of(const struct sg_nl2_experiment *x, size_t seed,
                                   enum sg_nl2_kind kind, size_t time, size_t place,
                                   enum sg_nl2_who who);
/* Run (seed - first) SG_NL2_KINDS + kind of sg_claim_runs. */
enum sg_status sg_nl2_run(struct sg_error *err, size_t i, void *experiment);
/* Tables and series, where x->fine is there (draw.c). */
void sg_nl2_draw(struct sg_lab *lab, const struct sg_nl2_experiment *x);

#endif
