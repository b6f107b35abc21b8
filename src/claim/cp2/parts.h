/* parts.h - private to CP2: its files. */
#ifndef SG_CLAIM_CP2_PARTS_H
#define SG_CLAIM_CP2_PARTS_H

#include "lab/tolerance.h"
#include "lab/twin.h"

/* A solution's bound on |grad L| is sharp below this share of the loss's slope: only a sharp one
 * can be told from a point that is not critical. */
#define SG_CP2_SHARP 1e-6

/* How a rounding bound of the twin is had. */
extern const char sg_cp2_words[];

/* What became of the starts.
 *   saddles   of the sharp solutions; nonzero: other than the zero map
 *   states    random states for the identity; clear: where its tolerance is below a tenth of |grad
 * L| */
struct sg_cp2_tally {
    size_t starts, solutions, sharp, saddles, nonzero, states, clear;
};

/* A solver of the joint equations, owned by the lab. */
struct sg_critical *sg_cp2_solver(struct sg_lab *lab, struct sg_twin *t);
/* Counts a solution and adds the row if its bound is sharp.  Is it? */
bool sg_cp2_solution(struct sg_lab *lab, struct sg_cp2_tally *tally, const struct sg_twin *t,
                     const struct sg_twin_look *seen);
/* Stops where no start came to a sharp solution, else notes how many did. */
void sg_cp2_need_solutions(struct sg_lab *lab, const struct sg_cp2_tally *tally);

/* Row: at w with phi* the joint update is at most `gradient` and rounding.  state: w, room for
 * phi. */
void sg_cp2_exact_sg(struct sg_lab *lab, struct sg_twin *t, double *state, double gradient,
                     const char *id, const char *what);

/* Solutions from far starts, and every state on the way; record: a point of the series for each. */
void sg_cp2_solutions(struct sg_lab *lab, struct sg_twin *t, struct sg_cp2_tally *tally,
                      double instance, bool record, struct sg_rng *rng);
/* The identity at random states, and where the bound is attained. */
void sg_cp2_identity(struct sg_lab *lab, struct sg_twin *t, struct sg_cp2_tally *tally,
                     struct sg_rng *rng);
void sg_cp2_attained(struct sg_lab *lab);
/* Entries N(0, scale^2), the scales of w and phi log-uniform over 2.5 and 2 decades: up to 30 W*
 * away. */
void sg_cp2_far_start(double *state, const struct sg_twin *t, struct sg_rng *rng);

/* Drawn nets (experiment = "drawn"): depth, widths, SG boundary and data, another for each
 * instance. */
extern const struct sg_hypothesis sg_cp2_layered;
void sg_cp2_drawn(struct sg_lab *lab);

#endif
