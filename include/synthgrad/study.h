/* study.h - a case without a claim: a net of the user's own, trained beside other rules for the
 * same weights, from several starts, and looked at on the way.
 *
 * A run is a function of the case, its rule and its seed: the same bits for every number of threads
 * and after every interrupt.  Seed i of every rule has the same start and the same minibatches, so
 * rules are compared in pairs.  The data are the same in all runs. */
#ifndef SYNTHGRAD_STUDY_H
#define SYNTHGRAD_STUDY_H

#include "synthgrad/claim.h"

SG_PUBLIC_BEGIN

/* What a net is trained by.
 *   CASE           as the case says: its SG modules, its credit
 *   BACKPROP       no SG, true gradients
 *   SG_EVERYWHERE  an SG like the case's first (or a linear one that sees h, y and 1) after every
 *                  hidden layer, with the arriving target
 *   the others     no SG, and net.credit is that of enum sg_credit */
enum sg_rule {
    SG_RULE_CASE, SG_RULE_BACKPROP, SG_RULE_SG_EVERYWHERE, SG_RULE_FEEDBACK, SG_RULE_DIRECT,
    SG_RULE_KICKBACK, SG_RULE_NOTHING, SG_RULES
};
/* Its word for --against: "backprop", "sg_everywhere", "feedback" or "fa", "direct" or "dfa", ...
 * SG_RULES: there is none of that name. */
enum sg_rule sg_study_find_rule(const char *word);
/* The first of a rule's words. */
const char *sg_study_rule_word(enum sg_rule rule);

/* The keys that a training reads, as a claim declares its own. */
extern const struct sg_claim sg_training;
/* Is the case a training that can be run?  SG_BAD_INPUT, with the line, when it names a claim, has
 * a key or value that trainings do not know, or lacks one that they need. */
enum sg_status sg_study_fits(const struct sg_case *c, struct sg_error *err) SG_MUST_CHECK;

/* Looks at one run, evenly spaced, the start and the end included.  Of the training set they see
 * all rows if there are at most SG_STUDY_ROWS of them, else as many that are evenly spaced. */
enum { SG_STUDY_LOOKS = 60, SG_STUDY_ROWS = 1000 };

/* The state after `step` steps.  Numbers that a run does not have are NaN. */
struct sg_study_look {
    double step;
    double seen;                    /* training loss averaged over the steps since the last look */
    double loss, accuracy;          /* on the rows looked at */
    double test_loss, test_accuracy;
    double error;                   /* rho = |dw - grad L| / |grad L| of all weights; DY6's
                                       condition is rho < 1 */
    double sg_loss;                 /* what the SGs are taught to lower, summed over them */
};
/* Of hidden layer b = 1..N, or the output layer N + 1: its weights, biases, gamma and beta. */
struct sg_study_layer {
    double norm, moved;             /* |w|, and |w - w at the start| */
    double pull, truth;             /* |dw| and |grad L| */
    double error, cosine;           /* |dw - grad L| / |grad L|, and the cosine of the two */
    double updates;                 /* steps so far in which dw was not all 0 */
    double below, above, paid;      /* the ledger (DY14) of the boundary on top of it, since the
                                       start: what |w below|^2 and |w above|^2 gained, what the SG's
                                       own parameters account for */
    double alive;                   /* the share of its units that are not 0 on every row */
};
/* Of an SG: s against the true gradient g where it sits. */
struct sg_study_module {
    double size, said;              /* sqrt(E|g|^2), sqrt(E|s|^2) */
    double error, cosine;           /* sqrt(E|s - g|^2 / E|g|^2), and the cosine of s and g */
    double irreducible;             /* sqrt(E|g - P g|^2 / E|g|^2), P g the best that a linear
                                       family with its terms can do on these rows */
    double updates;                 /* steps so far in which its direction was not all 0 */
};

enum { SG_STUDY_LABEL_MAX = 64 };
struct sg_study_arm {
    enum sg_rule rule;
    char word[24], label[SG_STUDY_LABEL_MAX];   /* "case", "SG after layer 2" */
    size_t n_modules, at[SG_CASE_LIST_MAX];     /* layer below each SG, ascending */
    bool linear[SG_CASE_LIST_MAX];
};
struct sg_study_run {
    enum sg_status status;                      /* SG_OK, or SG_DIVERGED */
    size_t looks;                               /* made: less than all if it diverged */
    double diverged;                            /* the step at which that was seen, or NaN */
    struct sg_study_look *look;                 /* [looks] */
    struct sg_study_layer *layer;               /* [looks x layers] */
    struct sg_study_module *module;             /* [looks x n_modules of the arm] */
};
enum { SG_STUDY_ARMS_MAX = SG_RULES };
struct sg_study {
    size_t n_arms, seeds, looks, layers;        /* looks: of a run that ends; layers: N + 1 */
    struct sg_study_arm arm[SG_STUDY_ARMS_MAX]; /* 0: the case itself */
    struct sg_study_run *run;                   /* [n_arms x seeds] */
    char *data;                                 /* what the data are, in words */
    size_t n, d, m, rows, test;                 /* rows: looked at; test: images, or 0 */
    uint64_t steps, epoch_steps, seed;          /* epoch_steps: 1 for full batches */
    bool classes;                               /* accuracies are numbers */
    bool gd;                                    /* plain gradient descent, simultaneous: the ledger
                                                   closes up to the steps' squares */
    double seconds;
    /* What the looks say in words: how good each SG is and why, whether the SG loss rises while the
     * loss falls, which layer stands still.  headline: one line that compares the rules. */
    size_t n_findings;
    char **finding, *headline;
};

/* How far a run is, for a line on a terminal. */
struct sg_study_news {
    const struct sg_study *study;
    size_t arm, seed;
    uint64_t done, total, kept;                 /* steps of all runs; done by an earlier process */
    double loss, accuracy;                      /* of the last look; on test images if there are */
};
struct sg_study_options {
    size_t n_against;
    enum sg_rule against[SG_STUDY_ARMS_MAX];
    size_t seeds;                               /* 0: the case's */
    const uint64_t *seed;                       /* NULL: the case's */
    const char *out;                            /* the results folder, which keeps what is done;
                                                   NULL: nothing is kept */
    void (*hear)(const struct sg_study_news *news, void *context);  /* from any thread, or NULL */
    void *context;
};
/* Runs all rules from all seeds.  What is finished, and on an interrupt what has been done, is kept
 * in out/CASE/pieces, from where a later call goes on.
 *   SG_BAD_INPUT, SG_IO  err says what
 *   SG_INTERRUPTED       Ctrl-C
 * Free with sg_study_free, whatever the status. */
enum sg_status sg_study_run(struct sg_study *study, const struct sg_case *c,
                            const struct sg_study_options *options,
                            struct sg_error *err) SG_MUST_CHECK;
void sg_study_free(struct sg_study *study);

/* Over the seeds whose number is finite: mean, least and largest.  NaN where none is. */
struct sg_study_band { double mean, low, high; size_t n; };
/* Of a number of a look, named by its offset in the struct. */
struct sg_study_band sg_study_look_band(const struct sg_study *s, size_t arm, size_t look,
                                        size_t offset);
/* Of layer b = 0..layers - 1 at a look. */
struct sg_study_band sg_study_layer_band(const struct sg_study *s, size_t arm, size_t look,
                                         size_t b, size_t offset);
/* Of module j at a look. */
struct sg_study_band sg_study_module_band(const struct sg_study *s, size_t arm, size_t look,
                                          size_t j, size_t offset);
/* The last look that every seed of the rule made.  It is looks - 1 unless runs diverged. */
size_t sg_study_last(const struct sg_study *s, size_t arm);
/* The looks of all seeds of a rule, and how many of them meet DY6's condition rho < 1. */
struct sg_study_share { size_t met, of; };
struct sg_study_share sg_study_dy6(const struct sg_study *s, size_t arm);

SG_PUBLIC_END

#endif
