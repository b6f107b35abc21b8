/* parts.h - private to CP4: two nets f = a x + b on its four samples. */
#ifndef SG_CLAIM_CP4_PARTS_H
#define SG_CLAIM_CP4_PARTS_H

#include "lab/lab.h"
#include "synthgrad/closed.h"

enum { SG_CP4_SAMPLES = 4 };
enum sg_cp4_net { SG_CP4_WITH, SG_CP4_WITHOUT }; /* with the case's SG at the output, and without */

struct sg_cp4 {
    const struct sg_case *c;
    struct sg_data data;
    struct sg_batch batch;
    struct sg_net *net[2];
    struct sg_net_work *work[2];
    size_t n_phi; /* the last one multiplies the ones column: c */
};

/* dw = (da, db), dphi, E|f|. */
struct sg_cp4_directions {
    double w[2], phi[3], loss;
};
struct sg_cp4_directions sg_cp4_evaluate(const struct sg_cp4 *l, enum sg_cp4_net which, double a,
                                         double b, const double *phi);

struct sg_cp4_state {
    double w[2], phi[3];
};
/* A run at the case's rates; owned by the lab. */
struct sg_sim *sg_cp4_start(struct sg_lab *lab, const struct sg_cp4 *l, enum sg_cp4_net which,
                            const struct sg_cp4_state *from);

/* The algebra in integers and the net on the same grid (grid.c), all real (a, b) (certify.c), runs
 * (runs.c), the figure (figure.c). */
void sg_cp4_grid(struct sg_lab *lab, const struct sg_cp4 *l, struct sg_rng *rng);
void sg_cp4_certify(struct sg_lab *lab);
void sg_cp4_runs(struct sg_lab *lab, const struct sg_cp4 *l, struct sg_rng *rng);
void sg_cp4_draw(struct sg_lab *lab, const struct sg_cp4 *l);

#endif
