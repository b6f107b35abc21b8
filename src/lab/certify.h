/* certify.h - private: rows that are proved in ball arithmetic (synthgrad/cert.h), each double
 * taken exactly.  Rows are added in a case's first replicate only. */
#ifndef SG_LAB_CERTIFY_H
#define SG_LAB_CERTIFY_H

#include "lab/lab.h"
#include "synthgrad/cert.h"

/* The largest joint state that is squared, and the largest n (d + m + 1)^2. */
enum { SG_CERTIFY_STATE_MOST = 72, SG_CERTIFY_WORK_MOST = 4000000 };
/* Of an enclosure of a spectral radius, and of one of a number: wider ones prove nothing. */
#define SG_CERTIFY_RADIUS_WIDTH 1e-4
#define SG_CERTIFY_NUMBER_WIDTH 1e-10

/* Of a limit's two ends from the limit itself, relative. */
#define SG_CERTIFY_SIDE 4.5e-9

/* Where a proof about a spectral radius comes from. */
#define SG_CERTIFY_POWERS \
    "ball arithmetic, |J^k|_F < 1 or |tr J^k| > n; binary64 samples and rates, exact"

/* Is this trial to be certified?  size: of the matrix that is squared.  If not in replicate 0,
 * notes why: too large, or Arb is not built in. */
bool sg_lab_certifies(struct sg_lab *lab, size_t size);
/* The trial's samples, exactly. */
struct sg_cert_data sg_lab_exact_data(const struct sg_trial *trial);
/* Rounding of an eigenvalue of S_x or S_z in closed form: an SVD of the samples or of their R, so a
 * relative error of 10 (d + m) u. */
struct sg_tol sg_tol_closed_eigenvalue(const struct sg_trial *trial, double size);

/* Certificates of cert.h that are stored (lab/record.h) for the rows that stand on them: ids,
 * separated by blanks. */
enum sg_status sg_lab_certify_frozen(struct sg_interval *radius, struct sg_lab *lab,
                                     const char *rows, const struct sg_cert_data *data, double mu,
                                     const double *A, double width) SG_MUST_CHECK;
enum sg_status sg_lab_certify_step(struct sg_interval *radius, struct sg_lab *lab,
                                   const char *rows, const struct sg_cert_data *data,
                                   const struct sg_cert_step *step, double width) SG_MUST_CHECK;

enum sg_status sg_lab_certify_curvature(struct sg_interval *least, struct sg_interval *most,
                                        struct sg_lab *lab, const struct sg_cert_data *data,
                                        const char *rows) SG_MUST_CHECK;
enum sg_status sg_lab_certify_iteration(struct sg_cert_iterated *out, struct sg_lab *lab,
                                      const struct sg_cert_data *data,
                                      const struct sg_cert_iteration *ask,
                                      const char *rows) SG_MUST_CHECK;

/* Row: the joint step's eigenvalues are all inside the unit disc (wanted SG_OK) or one is outside
 * (SG_REFUTED). */
void sg_lab_step_proved(struct sg_lab *lab, const char *id, const char *what,
                        const struct sg_cert_data *data, struct sg_cert_step step,
                        enum sg_status wanted);
/* The same for W <- W - mu E[x^T x] W A; A NULL: backprop. */
void sg_lab_frozen_proved(struct sg_lab *lab, const char *id, const char *what,
                          const struct sg_cert_data *data, double mu, const double *A,
                          enum sg_status wanted);
/* Both sides of a limit, at 4.5e-9 of it: the interval of a row that is proved.  Ascending, also
 * where the limit is negative. */
struct sg_interval sg_lab_around(double limit);
/* A limit of the joint step in one quantity, the others as in `step`: a rate, or on a family C = c
 * C_0 (m x m) the number c.  Stable is the end nearer to 0. */
enum sg_lab_limit_of { SG_LIMIT_MU, SG_LIMIT_NU, SG_LIMIT_C };
struct sg_lab_limit {
    enum sg_lab_limit_of of;
    struct sg_cert_step step;
    const double *C_0;
    struct sg_interval at;
};
/* Row: both its ends, by powers of the step. */
void sg_lab_step_limit_proved(struct sg_lab *lab, const char *id, const char *what,
                              const struct sg_cert_data *data, const struct sg_lab_limit *limit);
/* Two rows, id[0] and what[0] on mu, id[1] and what[1] on nu: sg_cert_rates around these limits. */
void sg_lab_rates_proved(struct sg_lab *lab, const char *const id[2], const char *const what[2],
                         const struct sg_cert_data *data, double mu_limit, double nu_limit,
                         double beta);
/* Row: the limit of W <- W - mu E[x^T x] W A, at all rates; A NULL: backprop. */
void sg_lab_frozen_limit_proved(struct sg_lab *lab, const char *id, const char *what,
                                const struct sg_cert_data *data, double limit, const double *A);
/* Row: 2/lambda_max in closed form, over the proved enclosure of lambda_max. */
void sg_lab_limit_enclosed(struct sg_lab *lab, const char *id, const char *what, double critical,
                           const struct sg_interval *lambda);
/* Row: a spectral radius in closed form, against its proved enclosure. */
void sg_lab_radius_enclosed(struct sg_lab *lab, const char *id, const char *what, double closed,
                            const struct sg_interval *radius);

/* Is FLINT built in?  Notes it if not. */
bool sg_lab_has_exact(struct sg_lab *lab);
/* Stores the counts at a minimum that these rows stand on.  near: NULL, or an eigenvalue is in it.
 */
void sg_lab_record_sides(struct sg_lab *lab, const char *rows,
                         const struct sg_cert_minimum *minimum, double mu, double nu,
                         enum sg_status status, const struct sg_cert_sides *sides,
                         const struct sg_interval *near);

#endif
