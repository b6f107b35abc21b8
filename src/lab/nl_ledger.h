/* nl_ledger.h - private: the ledger of nets of equal blocks on minibatches: their balances after
 * every block, and the norms that these are made of. */
#ifndef SG_LAB_NL_LEDGER_H
#define SG_LAB_NL_LEDGER_H

#include "lab/ledger.h"
#include "lab/nl_trained.h"

/* Of one balance (lab/ledger.h), unit by unit: after block b,
 *     |W_b[:,j]|^2 + b_b[j]^2 (batch norm: gamma_j^2 + beta_j^2) - |W_{b+1}[j,:]|^2
 *     - 2 mix A_jj / kappa;
 * or, behind batch norm, |W_b[:,j]|^2 by itself. */
struct sg_nl_account {
    double gain;      /* of the norms, summed over units */
    double predicted; /* 2 mix (change of tr A) / kappa */
    double squares;   /* what the steps' own squares make of the difference */
    double error, bound, scale; /* sg_ledger_reading: error and bound; the size of D's change */
};
/* Squared norms of W_b, and of its bias or of gamma and beta, before and after. */
struct sg_nl_norms {
    double dense0, dense, with0, with;
};
/* Of one run of N blocks. */
struct sg_nl_book {
    double *accuracy;              /* (1) on the images to test on */
    struct sg_nl_account *balance; /* (N) after block b */
    struct sg_nl_account *length;  /* (N) of block b; of nets with batch norm only */
    struct sg_nl_norms *norm;      /* (N + 1), the output last */
};
/* A block of doubles as a book, and how many there are. */
size_t sg_nl_book_size(size_t depth);
struct sg_nl_book sg_nl_book_of(double *values, size_t depth);
/* Trains the run from its start, one step at a time, and keeps its book. */
enum sg_status sg_nl_ledger_run(struct sg_nl_book *book, const struct sg_nl_run *run,
                                const struct sg_trial *trial,
                                const struct sg_nl_images *images) SG_MUST_CHECK;

/* ---- three rules from one start on the same minibatches (nl_ledger_rules.c) ----------------- */

#define SG_READS_LEDGER \
    SG_READS_IMAGES SG_READS_EPOCHS \
        " train.optimiser train.beta1 train.beta2 train.epsilon train.mu! train.nu!" \
        " train.units=absolute net.layers! net.activation=relu|sigmoid net.batch_norm net.type" \
        " sg=one sg.at sg.target sg.mix"
extern const struct sg_hypothesis sg_nl_ledger_moves;    /* both rates are positive */
extern const struct sg_hypothesis sg_nl_ledger_constant; /* heavy ball: rates do not fall */

/* Backprop, one SG after the block that the case names, an SG after every block. */
struct sg_nl_ledger {
    const struct sg_trial *trial;
    size_t depth, cut;
    double *values; /* a book a rule */
    struct sg_nl_images images;
};
extern const struct sg_instrument sg_on_ledger;
/* What the case says of a rule's net and its training. */
struct sg_nl_run sg_nl_ledger_run_of(const struct sg_nl_ledger *l, enum sg_nl_rule rule);
/* Trains the three rules.  False when the lab stops. */
bool sg_nl_ledger_train(struct sg_lab *lab, struct sg_nl_ledger *l);
struct sg_nl_book sg_nl_ledger_book(const struct sg_nl_ledger *l, enum sg_nl_rule rule);
/* Rows: every balance of a rule closes. */
void sg_nl_ledger_rows(struct sg_lab *lab, const struct sg_nl_ledger *l);
/* In the trial with the figure: what was booked, as tables; and the series "books". */
void sg_nl_ledger_tables(struct sg_lab *lab, const struct sg_nl_ledger *l);

#endif
