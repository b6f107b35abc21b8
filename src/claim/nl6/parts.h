/* parts.h - private to NL6: the credit rules side by side, a row each. */
#ifndef SG_CLAIM_NL6_PARTS_H
#define SG_CLAIM_NL6_PARTS_H

#include "lab/nl.h"

/* Where a rule puts SG modules, in blocks: above hidden block ceil(depth / 2), above every hidden
 * block, or at the output. */
enum sg_nl6_place { SG_NL6_NO_SG, SG_NL6_MIDDLE, SG_NL6_EVERYWHERE, SG_NL6_OUTPUT };
/* What stands in for dl/dh above each hidden block: by `credit`, and by SGs with `share` of the
 * case's mixing factor. */
struct sg_nl6_rule {
    const char *key, *name;
    enum sg_credit credit;
    enum sg_nl6_place place;
    enum sg_target target;
    double share;
};
enum {
    SG_NL6_RULES = 10,
    SG_NL6_BACKPROP = 0,
    SG_NL6_SG = 1,
    SG_NL6_KICKBACK = 8,
    SG_NL6_NOTHING = 9
};
extern const struct sg_nl6_rule sg_nl6_rules[SG_NL6_RULES];

/* What the update of a hidden block waits for, once its own input is there: nothing
 * (update-unlocked); dl/dp alone (backward-unlocked); layers. */
enum sg_nl6_wait { SG_NL6_NOTHING_ABOVE, SG_NL6_LOSS, SG_NL6_LAYERS };

/* The net of one rule: depth, width, activation and type as the case has them, `mix` its mixing
 * factor. */
struct sg_nl_net sg_nl6_net(const struct sg_nl6_rule *rule, const struct sg_case *c, uint64_t seed);

/* The theory's table: what block 1..depth waits for. */
enum sg_nl6_wait sg_nl6_theory(const struct sg_nl6_rule *rule, size_t block, size_t depth);
/* Products a sample needs, 2 flops an entry of each matrix: in a step, and before block 1 can move
 * its weights. */
struct sg_nl6_cost {
    double step, first_block;
};
struct sg_nl6_cost sg_nl6_count(const struct sg_nl6_rule *rule, const struct sg_case *c,
                                size_t inputs, size_t classes);

/* What an update depends on, found by changing it.
 *   wait     of each block (depth)
 *   read     depth x (depth + 1); row: the block that is updated; column: the block that alone is
 *            changed, of which the last is the output layer.  2 when the update changes though p
 * keeps its bits, 1 when it changes only with p, else 0 reach    how many blocks above its own the
 * update of the SG at block 1 reads, the largest over draws; 0 without one silence  the largest
 * |delta| above the last hidden block */
struct sg_nl6_locks {
    enum sg_nl6_wait wait[SG_NL_BLOCKS_MAX];
    unsigned char read[SG_NL_BLOCKS_MAX * (SG_NL_BLOCKS_MAX + 1)];
    size_t reach;
    double silence;
};
void sg_nl6_locking(struct sg_nl6_locks *locks, const struct sg_nl6_rule *rule,
                    const struct sg_trial *trial, const struct sg_images *images);

/* Rows: each rule keeps the ledger that the theory gives it, to rounding (ledger.c). */
void sg_nl6_ledgers(struct sg_lab *lab);

/* The experiment "unlocked": the halves of the rule "SG in the middle" unlocked in time
 * (unlocked.c). */
void sg_nl6_unlocked(struct sg_lab *lab, const struct sg_nl_images *images);

#endif
