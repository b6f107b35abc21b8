/* study.h - private: the parts of a training. */
#ifndef SG_STUDY_STUDY_H
#define SG_STUDY_STUDY_H

#include "data/real.h"
#include "lab/ledger.h"
#include "synthgrad/images.h"
#include "synthgrad/study.h"

/* ---- keys and rules (keys.c, rules.c) ------------------------------------------------------- */

/* Does the case's file say the key? */
bool sg_study_gives(const struct sg_case *c, const char *key);
/* Changes the case into that of a rule. */
void sg_study_apply_rule(struct sg_case *c, enum sg_rule rule);
/* Can the case be trained by the rule?  SG_BAD_INPUT: the line says what it lacks. */
enum sg_status sg_study_check_rule(const struct sg_case *c, enum sg_rule rule,
                                   struct sg_error *err) SG_MUST_CHECK;
/* c: the case of the rule. */
void sg_study_make_arm(struct sg_study_arm *arm, const struct sg_case *c, enum sg_rule rule);

/* ---- the data (source.c) -------------------------------------------------------------------- */

/* Images as bytes, or rows of numbers.  Both sets; unseen is empty without images. */
struct sg_source {
    bool images, ones;                   /* ones: images get a ones column, as the case says */
    struct sg_images seen, unseen;
    struct sg_data data;
    size_t n, d, m, test;
    bool classes;                        /* y is a class: accuracies exist */
};
enum sg_status sg_source_read(struct sg_source *source, const struct sg_case *c, uint64_t seed,
                              struct sg_error *err) SG_MUST_CHECK;
void sg_source_free(struct sg_source *source);

/* A buffer for up to `capacity` rows in the net's dtype. */
struct sg_feed { struct sg_rows rows; void *x; };
void sg_feed_alloc(struct sg_feed *feed, const struct sg_source *source, enum sg_dtype dtype,
                   size_t capacity);
void sg_feed_free(struct sg_feed *feed);
/* The rows index[0..n-1] (NULL: first, first + 1, ...) of the training or the test set.  Good until
 * the next call. */
struct sg_batch sg_feed_gather(struct sg_feed *feed, const struct sg_source *source, bool test,
                               const size_t *index, size_t first, size_t n);

/* ---- a run (run.c) -------------------------------------------------------------------------- */

/* What all runs of a study share. */
struct sg_plan {
    const struct sg_case *c;             /* as the user wrote it */
    const struct sg_study *study;
    const struct sg_source *source;
    size_t batch;                        /* rows of a step: n for full batches */
    bool whole;                          /* full batches */
    size_t rows, *row;                   /* of the training set, to look at */
};
/* A look's place in steps: the first is 0 and the last is all. */
uint64_t sg_plan_step(const struct sg_plan *plan, size_t look);

struct sg_runner;
/* c: the case of the arm, which outlives the runner. */
enum sg_status sg_runner_alloc(struct sg_runner **runner, const struct sg_plan *plan,
                               const struct sg_case *c, size_t seed,
                               struct sg_error *err) SG_MUST_CHECK;
void sg_runner_free(struct sg_runner *r);
/* Steps until `step` steps have been taken.  SG_DIVERGED, or SG_INTERRUPTED at any step. */
enum sg_status sg_runner_advance(struct sg_runner *r, uint64_t step) SG_MUST_CHECK;
uint64_t sg_runner_time(const struct sg_runner *r);
size_t sg_runner_bytes(const struct sg_runner *r);
void sg_runner_save(void *bytes, const struct sg_runner *r);
void sg_runner_load(struct sg_runner *r, const void *bytes);
/* Fills the look of this moment, and its layers and modules.  fit: also what no SG could do better,
 * which costs a least-squares fit. */
void sg_runner_look(struct sg_study_look *look, struct sg_study_layer *layer,
                    struct sg_study_module *module, struct sg_runner *r, bool fit);

/* ---- what a run is looked at with (look.c) --------------------------------------------------- */

struct sg_eye;
struct sg_eye_spec {
    const struct sg_plan *plan;
    const struct sg_case *c;             /* of the arm */
    const struct sg_case_arch *arch;
    const struct sg_net *net;
    const void *w, *phi;                 /* the start */
};
struct sg_eye *sg_eye_alloc(const struct sg_eye_spec *spec);
void sg_eye_free(struct sg_eye *eye);
void sg_eye_look(struct sg_study_look *look, struct sg_study_layer *layer,
                 struct sg_study_module *module, struct sg_eye *eye, const struct sg_state *state,
                 bool fit);
/* Is a least-squares fit worth its time at this look? */
bool sg_eye_fits_at(const struct sg_plan *plan, const struct sg_study_arm *arm, size_t look);

/* ---- in words (findings.c) ------------------------------------------------------------------- */

/* Fills headline and findings. */
void sg_study_find(struct sg_study *s);

/* The entries of w that belong to block b = 1..N + 1. */
void sg_study_block(size_t *from, size_t *to, const struct sg_case *c, const struct sg_net *net,
                    size_t b);

#endif
