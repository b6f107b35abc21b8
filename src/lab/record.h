/* record.h - private: certificates as they are stored, so that a second program can check them
 * (tools/check_certificates.py, which has a function for each kind).
 *
 *     struct sg_record *r = sg_lab_record(lab, "frozen_radius", "inside-proved radius-enclosed");
 *     sg_record_number(r, "mu", mu);              what the statement is about, exactly
 *     sg_record_outcome(r, status);               proved, refuted or undecided
 *     sg_record_interval(r, "radius", radius);    what else is concluded
 *     sg_record_end(r);                           kept with the evidence
 *
 * Names and words are plain letters, digits and _.  Doubles are kept as C's %a, arrays of them as
 * their 64 bits.  Nothing is rounded.  Kept in a case's first replicate only, as its certified rows
 * are: the functions take NULL, which is what sg_lab_record returns elsewhere. */
#ifndef SG_LAB_RECORD_H
#define SG_LAB_RECORD_H

#include "lab/lab.h"
#include "synthgrad/cert.h"

struct sg_record;

/* Begins a certificate.  rows: ids of the rows that stand on it, separated by blanks. */
struct sg_record *sg_lab_record(struct sg_lab *lab, const char *kind, const char *rows);
void sg_record_outcome(struct sg_record *r, enum sg_status status);
void sg_record_end(struct sg_record *r);

/* A number that is not finite is null. */
void sg_record_number(struct sg_record *r, const char *name, double value);
void sg_record_whole(struct sg_record *r, const char *name, int64_t value);
void sg_record_flag(struct sg_record *r, const char *name, bool value);
void sg_record_word(struct sg_record *r, const char *name, const char *word);
/* As the word that an outcome is: proved, refuted or undecided. */
void sg_record_status(struct sg_record *r, const char *name, enum sg_status status);
/* value NULL: null. */
void sg_record_array(struct sg_record *r, const char *name, const double *value, size_t rows,
                     size_t columns);
void sg_record_wholes(struct sg_record *r, const char *name, const size_t *value, size_t n);
void sg_record_interval(struct sg_record *r, const char *name, struct sg_interval interval);
/* The samples of a regression: n, d, m, x, y or w, and what stands in for 1. */
void sg_record_data(struct sg_record *r, const struct sg_cert_data *data);
/* A minimum of a deep linear net: widths, places of the SGs, weights, moments and what these are to
 * be divided by. */
void sg_record_minimum(struct sg_record *r, const struct sg_cert_minimum *minimum);
/* Counts of its eigenvalues: (zeros, left, axis, right, positive, rests). */
void sg_record_sides(struct sg_record *r, const char *name, const struct sg_cert_sides *sides);

#endif
