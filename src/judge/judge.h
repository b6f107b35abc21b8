/* judge.h - private: what the files of the judge, and the instruments that keep pieces, share. */
#ifndef SG_JUDGE_JUDGE_H
#define SG_JUDGE_JUDGE_H

#include "synthgrad/claim.h"

/* ---- pieces (store.c, replicates.c) --------------------------------------------------------- */

/* As sg_claim_recall, for a piece of any size.  Give the bytes to free(). */
bool sg_claim_recall_any(void **bytes, size_t *size, const struct sg_trial *trial,
                         const char *piece);
/* As sg_claim_keep, but does not wait for the disk, so a power cut may take the piece.  For many
 * small ones, which are computed again sooner than waited for one by one. */
enum sg_status sg_claim_keep_lazily(const struct sg_trial *trial, const char *piece,
                                    const void *bytes, size_t size,
                                    struct sg_error *err) SG_MUST_CHECK;
/* The store OUT/CASE/NAME/pieces, for what must not be taken for the case's own.  Its write
 * failures count as those of `store`. */
struct sg_store *sg_claim_store_within(const struct sg_store *store, const struct sg_case *c,
                                       const char *name);
/* Removes the store's folder if nothing is left in it. */
void sg_claim_store_tidy(const struct sg_store *store);

/* Reads back the evidence and the status of a replicate that an earlier run kept.  False: there
 * is none on the same data. */
bool sg_claim_recall_replicate(struct sg_evidence *ev, enum sg_status *outcome,
                               const struct sg_trial *trial);
/* Keeps the evidence and the status of a replicate, lazily. */
enum sg_status sg_claim_keep_replicate(const struct sg_evidence *ev, enum sg_status outcome,
                                       const struct sg_trial *trial,
                                       struct sg_error *err) SG_MUST_CHECK;
/* Removes the replicate, if it was kept. */
void sg_claim_forget_replicate(const struct sg_trial *trial);

/* ---- the runs of an experiment (runs.c) ----------------------------------------------------- */

/* Does run i of an experiment.  Fills err where the status is SG_BAD_INPUT or SG_IO. */
typedef enum sg_status sg_claim_run(struct sg_error *err, size_t i, void *context);
/* Does runs 0..n-1 in parallel and tells how many are done (sg_base_tell).  Returns
 *   SG_OK           all runs succeeded
 *   SG_INTERRUPTED  Ctrl-C
 *   any other       the status of the first run that failed, which ev->note explains */
enum sg_status sg_claim_runs(struct sg_evidence *ev, const struct sg_trial *trial, size_t n,
                             sg_claim_run *run, void *context) SG_MUST_CHECK;

#endif
