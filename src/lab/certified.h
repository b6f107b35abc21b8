/* certified.h - private: rows that are proved in ball arithmetic (cert.h), claim by claim.
 *
 * Each is called in every trial and adds rows to a case's first replicate only; not for data above the sizes below, and not where Arb is not built: the note
 * says so.  SG_UNPROVED, with a note: neither the statement nor its opposite could be proved. */
#ifndef SG_LAB_CERTIFIED_H
#define SG_LAB_CERTIFIED_H

#include "lab/old.h"
#include "synthgrad/deep.h"
#include "synthgrad/logloss.h"

enum { SG_CERTIFIED_STATE_MOST = 72, SG_CERTIFIED_WORK_MOST = 4000000 };   /* size of a joint state; n (d + m + 1)^2 */

/* Is this trial to be certified?  size: of the matrix that is squared. */
bool sg_certified_wanted(struct sg_evidence *ev, const struct sg_trial *trial, size_t size);
/* A fact: the status of a proof is the one wanted (SG_OK or SG_REFUTED).  SG_UNPROVED is passed on with a note, all else is SG_OK. */
enum sg_status sg_certified_fact(struct sg_evidence *ev, const char *what, enum sg_status proved, enum sg_status wanted, const char *basis) SG_MUST_CHECK;
/* A floating number against its proved enclosure: in it, or outside by no more than the number's own error.  Fails, too, for an enclosure of a larger relative width. */
void sg_certified_enclosed(struct sg_evidence *ev, const char *what, double value, double low, double high, double width, double error, const char *basis);
void sg_certified_note(struct sg_evidence *ev, const char *fmt, ...) SG_PRINTF(2, 3);

enum sg_status sg_cp1_certify(struct sg_evidence *ev, const struct sg_trial *trial, unsigned terms) SG_MUST_CHECK;   /* and CP2 */
void sg_cp4_certify(struct sg_evidence *ev, const struct sg_trial *trial);
enum sg_status sg_cp5_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_fit *fit, bool constant) SG_MUST_CHECK;
enum sg_status sg_cp6_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_log_point *point) SG_MUST_CHECK;
enum sg_status sg_dy1_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s) SG_MUST_CHECK;
enum sg_status sg_dy2_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s, const double *A, double critical) SG_MUST_CHECK;
/* C_0 (m x m), the case's place t and the lower limit of t. */
enum sg_status sg_dy4_certify(struct sg_evidence *ev, const struct sg_trial *trial, const struct sg_shallow *s, const double *C_0, double t, double low) SG_MUST_CHECK;

#endif
