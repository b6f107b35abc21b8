/* nl_trained.h - private: one set of trained nets for NL3, NL4 and NL5, each kept as what the three
 * read off it. */
#ifndef SG_LAB_NL_TRAINED_H
#define SG_LAB_NL_TRAINED_H

#include "lab/nl.h"
#include "lab/representation.h"

/* A number that should be 0: how far off it is, how far rounding may put it, and the size of what
 * it is the difference of. */
struct sg_nl_off {
    double error, tolerance, scale;
};

/* What a net with N hidden blocks of k units has become in E epochs.  h_b: what block b, 1..N,
 * makes of an image, batch norm by its running moments. */
enum {
    SG_NL_LOOKED_AT = 400, /* images to test on that the profile is about */
    SG_NL_PAIRED = 200,    /* those whose pairs are looked at, as many of each label */
    SG_NL_PAIRS = SG_NL_PAIRED * (SG_NL_PAIRED - 1) / 2,
    SG_NL_TILES = 40,
    SG_NL_PROBED = 10000
};
struct sg_nl_portrait {
    double *accuracy;      /* (2) on the images to test on, on those trained on */
    double *loss;          /* (1) on the images trained on */
    struct sg_nl_epoch *curve; /* (E) how it came there */
    struct sg_nl_off *off; /* (3) the worst of D against its definition, of the probes' equations,
                            * of between + within = total variance */
    double *probe;         /* (N) test accuracy of a linear probe on h_b */
    double *norm;          /* (N) |W_b|_F over that of its start */
    double *share, *alignment, *participation; /* (N) sg_lab_label_profile */
    double *tile;          /* (N x TILES x TILES) D_b averaged over squares, for the eye */
    double *kernel, *dissimilarity; /* (N x PAIRS) rows of representation.h */
};
/* A block of doubles as a portrait, and how many there are. */
size_t sg_nl_portrait_size(size_t depth, size_t epochs);
struct sg_nl_portrait sg_nl_portrait_of(double *all, size_t depth, size_t epochs);

/* ---- what is read off a net (nl_portrait.c) ------------------------------------------------- */

/* What a probe is fitted to, summed over n images of k units and m classes: moment (k+1 x k+1) of
 * (h, 1), cross (k+1 x m) with one-hot labels. */
struct sg_nl_moments {
    size_t k, m;
    double n, *moment, *cross;
};
/* Ridge: the W, b (weight: k+1 x m, b its last row) that minimise E|h W + b - y|^2 + lambda v
 * |W|^2, b free, v the mean variance of the units: a probe that does not see the scale of h. lambda
 * v keeps the equations' condition below 1 + k / lambda.  v = 0: W = 0. */
#define SG_NL_RIDGE 1e-3
enum sg_status sg_nl_probe(double *weight, const struct sg_nl_moments *sums) SG_MUST_CHECK;
/* All of a portrait but accuracies and loss.  start: the weights at the start. */
enum sg_status sg_nl_paint(struct sg_nl_portrait *p, const struct sg_nl_net *spec,
                           const struct sg_net *net, const struct sg_state *state,
                           const void *start, const struct sg_nl_images *images) SG_MUST_CHECK;

/* ---- the nets (nl_trained.c) ---------------------------------------------------------------- */

/* One SG after the block that the case names; one after every block; no SG, and dl/dp times a fixed
 * random matrix after every block. */
enum sg_nl_rule { SG_NL_BACKPROP, SG_NL_ONE_SG, SG_NL_ALL_SG, SG_NL_DIRECT, SG_NL_RULES };
/* The rates of a rule: the case's, times its factors.  nu: NaN where there is no SG. */
double sg_nl_rule_mu(const struct sg_case *c, enum sg_nl_rule rule);
double sg_nl_rule_nu(const struct sg_case *c, enum sg_nl_rule rule);
/* Gives the run those rates. */
void sg_nl_rule_rates(struct sg_nl_run *run, const struct sg_case *c, enum sg_nl_rule rule);
/* Puts the rule's SGs into a net without any; cut: the block of the one SG. */
void sg_nl_rule_sgs(struct sg_nl_net *net, enum sg_nl_rule rule, size_t cut);

struct sg_nl_gallery {
    const struct sg_trial *trial; /* the claim's */
    size_t depth, cut, seeds;     /* N; the block that the one SG sits after */
    size_t epochs;
    size_t rules;                 /* all, or those but the last, which is only looked at */
    double *values;               /* portraits: rule, seed */
};
/* The keys, hypotheses and instrument of claims that read these nets. */
#define SG_READS_GALLERY \
    SG_READS_IMAGES SG_READS_TRAINING SG_READS_EPOCHS \
        " net.layers! net.activation=relu|sigmoid net.batch_norm net.type sg=one sg.at sg.target " \
        "sg.mix train.mu_times train.nu_times"
extern const struct sg_hypothesis *const sg_nl_gallery_supposes[];
extern const struct sg_hypothesis sg_nl_equal_blocks, sg_nl_cut_inside, sg_nl_test_images,
    sg_nl_gallery_rates;
extern const struct sg_instrument sg_on_gallery;
#define SG_CLAIM_ON_GALLERY                                                        \
    .empirical = true, .reads = SG_READS_GALLERY, .supposes = sg_nl_gallery_supposes, \
    .measure = sg_lab_measure, .on = &sg_on_gallery
/* Trains every rule from `seeds` starts, the rules of one seed from the same start on the same
 * minibatches.  Streams and pieces go by what is trained and not by the case's name: cases that
 * train the same nets share them.  False when the lab stops. */
bool sg_nl_gallery_train(struct sg_lab *lab, struct sg_nl_gallery *g);
struct sg_nl_portrait sg_nl_gallery_portrait(const struct sg_nl_gallery *g, enum sg_nl_rule rule,
                                             size_t seed);

/* What is said of one seed's nets; of one net's block 1..N. */
typedef double sg_nl_of_seed(const struct sg_nl_gallery *g, size_t seed);
typedef double sg_nl_of_block(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p,
                              size_t block);
/* sg_lab_effects, the primary one first. */
struct sg_nl_said {
    const char *id, *what, *name;
    sg_nl_of_seed *effect;
};
void sg_nl_gallery_effects(struct sg_lab *lab, const struct sg_nl_gallery *g,
                           const struct sg_nl_said *said, size_t n);
/* A table: effects with Student's 95 % intervals, without a verdict. */
struct sg_nl_observed {
    const char *name;
    sg_nl_of_seed *effect;
};
void sg_nl_gallery_observe(struct sg_lab *lab, const struct sg_nl_gallery *g, const char *title,
                           const struct sg_nl_observed *observed, size_t n);
/* A table: how far the training of each rule came.  The series `learning`: rule, epoch, losses and
 * test accuracy, means over seeds. */
void sg_nl_gallery_accuracies(struct sg_lab *lab, const struct sg_nl_gallery *g);
/* In the trial with the figure: a table, block by rule, of means over seeds; and the series `name`:
 * rule, block, mean, least and largest over seeds, the cut. */
void sg_nl_gallery_blocks(struct sg_lab *lab, const struct sg_nl_gallery *g, const char *title,
                          const char *name, sg_nl_of_block *of);
/* Row: what was read off is what is meant, off[which] of all portraits. */
void sg_nl_gallery_check(struct sg_lab *lab, const struct sg_nl_gallery *g, size_t which,
                         const char *id, const char *what, const char *words);
/* The least-squares slope over blocks first..N. */
double sg_nl_slope(const struct sg_nl_gallery *g, enum sg_nl_rule rule, size_t seed,
                   sg_nl_of_block *of, size_t first);

#endif
