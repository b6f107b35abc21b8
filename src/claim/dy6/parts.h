/* parts.h - private to DY6: its files. */
#ifndef SG_CLAIM_DY6_PARTS_H
#define SG_CLAIM_DY6_PARTS_H

#include "lab/shallow.h"
#include "synthgrad/cert.h"

/* A quadratic in its eigenbasis, f = 1/2 sum h_i x_i^2 with h_i in [m, 1], and a start x. */
enum { SG_DY6_DIM = 3 };
struct sg_dy6_quadratic { double h[SG_DY6_DIM], x[SG_DY6_DIM]; };
struct sg_dy6_quadratic sg_dy6_draw(double m, struct sg_rng *rng);
double sg_dy6_value(const double *h, const double *x);
/* max over |e| = 1 of f(x - gamma (G + rho |G| e)), G = grad f(x). */
double sg_dy6_worst_next(const struct sg_dy6_quadratic *q, double rho, double gamma);
/* A score climbed on start and spectrum: the largest that was seen. */
typedef double sg_dy6_score(const struct sg_dy6_quadratic *q, double rho, double gamma);
double sg_dy6_climb(sg_dy6_score *score, double m, double rho, double gamma, struct sg_rng *rng);
/* The worst f+/f of a one-dimensional convex function with piecewise linear gradient. */
double sg_dy6_piecewise(double m, double rho, double gamma, struct sg_rng *rng);

/* Rows in rational arithmetic: the factor of one cell, with L = 1; and of the case's data, at the
 * best step for each of n_rho errors. */
void sg_dy6_certify_cell(struct sg_lab *lab, const struct sg_cert_inexact *step);
void sg_dy6_certify_data(struct sg_lab *lab, const struct sg_shallow *s, const double *rho,
                         size_t n_rho);

/* A run of linear regression with a trained SG. */
void sg_dy6_run(struct sg_lab *lab, struct sg_shallow *s);

#endif
