/* judge.h - private: what the files of the judge, and the instruments that keep pieces, share. */
#ifndef SG_JUDGE_JUDGE_H
#define SG_JUDGE_JUDGE_H

#include "synthgrad/claim.h"

/* ---- pieces (store.c, replicates.c) --------------------------------------------------------- */

/* A piece of any size; to be freed. */
bool sg_claim_recall_any(void **bytes, size_t *size, const struct sg_trial *trial,
                         const char *piece);
/* As sg_claim_keep, but a power cut may take the piece.  For many small ones, which are sooner
 * computed again than waited for one by one. */
enum sg_status sg_claim_keep_lazily(const struct sg_trial *trial, const char *piece,
                                    const void *bytes, size_t size,
                                    struct sg_error *err) SG_MUST_CHECK;
/* OUT/CASE/NAME/pieces, for what is not to be mistaken for the case's own: trials of the case `of`.
 * Failures are those of `store`. */
struct sg_store *sg_claim_store_within(const struct sg_store *store, const struct sg_case *c,
                                       const struct sg_case *of, const char *name);

/* A replicate that an earlier run finished on the same data: true, and what it came to. */
bool sg_claim_recall_replicate(struct sg_evidence *ev, enum sg_status *outcome,
                               const struct sg_trial *trial);
enum sg_status sg_claim_keep_replicate(const struct sg_evidence *ev, enum sg_status outcome,
                                       const struct sg_trial *trial,
                                       struct sg_error *err) SG_MUST_CHECK;
void sg_claim_forget_replicate(const struct sg_trial *trial);
/* Its folder goes, if nothing is left in it. */
void sg_claim_store_tidy(const struct sg_store *store);

/* ---- the runs of an experiment (runs.c) ----------------------------------------------------- */

/* Does run i of an experiment.  Fills err where the status is SG_BAD_INPUT or SG_IO. */
typedef enum sg_status sg_claim_run(struct sg_error *err, size_t i, void *context);
/* Runs 0..n-1 in parallel, told as they are done (sg_base_tell).  SG_OK, or the status of the first
 * that failed, which ev->note then says, or SG_INTERRUPTED. */
enum sg_status sg_claim_runs(struct sg_evidence *ev, const struct sg_trial *trial, size_t n,
                             sg_claim_run *run, void *context) SG_MUST_CHECK;

/* ---- who reads a key (reads.c) -------------------------------------------------------------- */

/* Those of `claims` that have a use for more than one value of a key: "DY11", "CP1 and DY11", or
 * "CP1, CP2, CP3 and others" when there are more than `most`.  Returns how many there are. */
size_t sg_claim_name_readers(char text[SG_CASE_TEXT_MAX], const struct sg_claim *const *claims,
                             const char *name, size_t most);
/* What a claim takes for a key that it reads: "\"mse\" or \"abs\"", or all that the schema has. */
void sg_claim_key_takes(char out[SG_CASE_TAKES_MAX], const struct sg_claim_key *key);

#endif
