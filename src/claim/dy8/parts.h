/* parts.h - private: the parts of DY8 and what they measure on. */
#ifndef SG_CLAIM_DY8_PARTS_H
#define SG_CLAIM_DY8_PARTS_H

#include "lab/deep_step.h"
#include "lab/tolerance.h"
#include "synthgrad/cert.h"

/* The experiment "main": a global minimum, the claim's own or the case's. */
struct sg_dy8 {
    bool exact;                            /* the claim's own instance */
    struct sg_deep_step *map;              /* the experiment "map" has this and nothing else */
    struct sg_deep_run *run;
    struct sg_deep_normal *normal;         /* coordinates across the family of fixed points */
    size_t n;                              /* of them */
    struct sg_deep_mode top;               /* of the flow there, the one furthest to the right */
    double radius, stiffest;               /* max |lambda|; the same with those of H */
    double dropped;                        /* the largest eigenvalue of H or G taken for 0 */
    bool resolved;                         /* it is rounding */
    bool repels, attracts;                 /* one is right of zero, all are left, beyond errors */
    const struct sg_cert_line *line;       /* NULL: not proved */
};

/* minimum.c: either minimum, and what is checked of it. */
void sg_dy8_minimum(struct sg_lab *lab, struct sg_dy8 *m);
/* The modes (m->n) of the flow across the family at kappa; left, right (n^2), or NULL: the rows. */
struct sg_deep_mode *sg_dy8_modes_at(struct sg_lab *lab, const struct sg_dy8 *m, double kappa,
                                     double complex *left, double complex *right);
/* Row: the growth a step near the fixed point, against ln |1 + mu lambda|.  offset (size): out, the
 * start, `distance` away in the weights.  Returns the steps that a hundredfold growth takes. */
double sg_dy8_growth(struct sg_lab *lab, struct sg_dy8 *m, double distance, double *offset,
                     struct sg_rng *rng);
/* Row: the largest distance of a run that ought to stay, over its start's. */
void sg_dy8_stays(struct sg_lab *lab, const char *id, const char *what, double most,
                  const double *offset, size_t n_w, double within, const char *words);
/* crossings.c.  Rows: where a real eigenvalue crosses zero, the parity of their number (item 9). */
void sg_dy8_crossings(struct sg_lab *lab, const struct sg_dy8 *m,
                      const struct sg_cert_minimum *minimum);
/* What kappa is known to where an eigenvalue, mode `which` at kappa, reaches the axis. */
double sg_dy8_blur(struct sg_lab *lab, const struct sg_dy8 *m, double kappa, size_t which);

/* A flight: rows of (time, distance, backprop's, loss excess, w), one a point. */
struct sg_dy8_flight {
    size_t n, width, capacity;
    double *row;
};
struct sg_dy8_flight sg_dy8_flight_take(struct sg_lab *lab, const struct sg_deep_run *s,
                                        size_t points);
void sg_dy8_flight_note(struct sg_dy8_flight *f, const struct sg_deep_run *s);
/* `points` times: notes a row, goes on for `every` steps, backprop too where it is asked for. */
void sg_dy8_fly(struct sg_lab *lab, struct sg_dy8_flight *f, struct sg_deep_run *s, size_t points,
                uint64_t every, bool backprop);
/* The plane through the fixed weights and `end`; its second axis points to the row among the first
 * `rows` that is furthest off that line. */
struct sg_dy8_plane {
    double *a, *b, low[2], high[2];
};
struct sg_dy8_plane sg_dy8_plane_take(struct sg_lab *lab, const struct sg_dy8_flight *f,
                                      const struct sg_deep_run *s, const double *end, size_t rows);
void sg_dy8_place(double at[2], const struct sg_dy8_plane *plane, const struct sg_deep_run *s,
                  const double *w);
void sg_dy8_slice(struct sg_lab *lab, const struct sg_dy8_plane *plane,
                  const struct sg_deep_run *s, size_t grid, double margin);

/* instance.c, rests.c: the claim's own minimum, and where the flow goes from there. */
void sg_dy8_exact(struct sg_lab *lab, struct sg_dy8 *m);
void sg_dy8_rests(struct sg_lab *lab, struct sg_dy8 *m, const double *offset, struct sg_rng *rng);
/* given.c: the case's. */
void sg_dy8_given(struct sg_lab *lab, struct sg_dy8 *m);
/* random.c, theorems.c, map.c, drawn.c */
void sg_dy8_random(struct sg_lab *lab);
void sg_dy8_theorems(struct sg_lab *lab);
void sg_dy8_map(struct sg_lab *lab, struct sg_deep_step *m);
void sg_dy8_drawn(struct sg_lab *lab);

/* The modes (r, out: how many) of the reduced system of two layers; phi NULL: psi = 0. */
struct sg_deep_mode *sg_dy8_reduced(struct sg_lab *lab, size_t *r, const struct sg_deep *deep,
                                    const double *w, const double *phi, const double *moments,
                                    double kappa);
/* Of those off zero, the one furthest to the right. */
struct sg_deep_mode sg_dy8_top(const struct sg_deep_mode *mode, size_t n);
/* The positive real ones, beyond their errors.  clear: none is within its error of zero. */
size_t sg_dy8_positive(bool *clear, const struct sg_deep_mode *mode, size_t n);

/* certify.c: proofs.  top: the floating eigenvalue that they are about. */
void sg_dy8_certify(struct sg_lab *lab, const struct sg_dy8 *m);
void sg_dy8_certify_exact(struct sg_lab *lab, const struct sg_deep_mode *top);
void sg_dy8_certify_intercept(struct sg_lab *lab, const struct sg_deep_mode *top);
void sg_dy8_certify_singular(struct sg_lab *lab);
/* What the proofs are about: the claim's own instance, or the case's doubles. */
struct sg_cert_minimum sg_dy8_exact_minimum(void);
struct sg_cert_minimum sg_dy8_given_minimum(const struct sg_deep *deep, const struct sg_case *c);
/* line.c: proofs for every kappa, in the first replicate, of flows of at most this size.  Sets
 * m->line; the others are about it, and say nothing where it is not proved. */
enum { SG_DY8_LINE_MOST = 32 };
void sg_dy8_line(struct sg_lab *lab, struct sg_dy8 *m, const struct sg_cert_minimum *minimum);
void sg_dy8_line_at(struct sg_lab *lab, const struct sg_dy8 *m,
                    const struct sg_cert_minimum *minimum, double mu, double nu);
void sg_dy8_line_crossings(struct sg_lab *lab, const struct sg_dy8 *m,
                           const struct sg_cert_minimum *minimum, const double *kappa,
                           const double *error, size_t n);
/* Of the experiment "map". */
void sg_dy8_line_rays(struct sg_lab *lab, const struct sg_deep_step *m,
                      const struct sg_cert_minimum *minimum);
/* Stores the line that these rows stand on; NULL: nothing. */
void sg_dy8_line_record(struct sg_lab *lab, const struct sg_cert_minimum *minimum,
                        const struct sg_cert_line *line, enum sg_status fate, const char *rows);

#endif
