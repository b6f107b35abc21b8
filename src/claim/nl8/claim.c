/* NL8: what an SG does to the norms of a relu net's layers is booked in the SG itself. */
#include <math.h>

#include "lab/nl_ledger.h"

/* ---- other steps, in the trial with the figure ---------------------------------------------- */

/* The one SG's net again, by other steps.  Adam moves a weight by its rate and more, gradient
 * descent by its rate times the gradient: a tenth of the rate trains about as far.  A heavy ball
 * goes 1 / (1 - beta1) as far with its rate. */
enum { PLAIN, HALVED, BALL, ADAM, STEPS };
static const char *const step_name[STEPS] = {"gradient descent", "half the rates, twice the time",
                                             "heavy ball", "Adam, a tenth of the rates"};

struct others {
    const struct sg_nl_ledger *l;
    double *values; /* a book each */
};

static struct sg_nl_book book_of(const struct others *o, size_t i)
{
    return sg_nl_book_of(o->values + i * sg_nl_book_size(o->l->depth), o->l->depth);
}

static void scale_rates(struct sg_nl_run *run, double by, enum sg_opt_kind kind)
{
    run->net_opt.kind = run->sg_opt.kind = kind;
    run->net_opt.rate *= by;
    run->sg_opt.rate *= by;
}

static enum sg_status run_other(struct sg_error *err, size_t i, void *context)
{
    const struct others *o = context;
    struct sg_nl_run run = sg_nl_ledger_run_of(o->l, SG_NL_ONE_SG);
    struct sg_nl_book book = book_of(o, i);
    if (i == HALVED) {
        scale_rates(&run, 0.5, SG_GD);
        run.epochs *= 2;
    } else if (i == BALL) {
        scale_rates(&run, 1 - run.net_opt.beta1, SG_MOMENTUM);
        run.decay = false;
    } else if (i == ADAM) {
        scale_rates(&run, 0.1, SG_ADAM);
    }
    (void)err;
    return sg_nl_ledger_run(&book, &run, o->l->trial, &o->l->images);
}

/* The balance that is furthest off for its bound. */
static const struct sg_nl_account *worst_of(const struct sg_nl_book *book, size_t depth)
{
    const struct sg_nl_account *worst = book->balance;
    for (size_t b = 1; b < depth; b++)
        if (book->balance[b].error * worst->bound > worst->error * book->balance[b].bound)
            worst = &book->balance[b];
    return worst;
}

static void compare_steps(struct sg_lab *lab, const struct sg_nl_ledger *l)
{
    struct others o = {l, SG_TAKE(lab, STEPS * sg_nl_book_size(l->depth), double)};
    if (!lab->trial->figure || l->trial->c->train.optimiser != SG_GD ||
        !sg_nl_runs(lab, STEPS, run_other, &o))
        return;
    sg_claim_listing(lab->ev, "one SG, by other steps: the cut, and the worst of all balances",
                     "steps|gain at the cut|2 mix trA/kappa|gain less that|with squares"
                     "|rounding|test accuracy");
    for (size_t i = 0; i < STEPS; i++) {
        const struct sg_nl_book book = book_of(&o, i);
        const struct sg_nl_account *cut = &book.balance[l->cut - 1],
                                   *worst = worst_of(&book, l->depth);
        sg_claim_listing_row(lab->ev, step_name[i],
                             (const double[]){cut->gain, cut->predicted,
                                              cut->gain - cut->predicted, worst->error,
                                              worst->bound, *book.accuracy});
    }
}

/* ---- the claim ------------------------------------------------------------------------------ */

static void says(struct sg_lab *lab, void *on)
{
    struct sg_nl_ledger *l = on;
    if (!sg_nl_ledger_train(lab, l))
        return;
    sg_nl_ledger_rows(lab, l);
    sg_nl_ledger_tables(lab, l);
    compare_steps(lab, l);
}

const struct sg_claim sg_claim_nl8 = {
    .id = "NL8",
    .name = "nl8_ledger",
    .title = "the ledger of layer norms, in relu nets on minibatches",
    .reads = SG_READS_LEDGER,
    .supposes = (const struct sg_hypothesis *const[]){&sg_nl_equal_blocks, &sg_nl_cut_inside,
                                                      &sg_nl_batch_fits, &sg_nl_ledger_moves,
                                                      &sg_nl_ledger_constant, NULL},
    .measure = sg_lab_measure,
    .on = &sg_on_ledger,
    .says = says,
    .statement =
        "A relu net trained by minibatch gradient descent, with a linear SG (terms h, y, 1; target "
        "what arrives) after any of its blocks, rates mu and nu = kappa mu.  Unit by unit, "
        "|W_b[:,j]|^2 + b_j^2 - |W_{b+1}[j,:]|^2 - 2 mix A_jj/kappa changes in a step by the "
        "squares of the step's own moves and by nothing else; behind batch norm gamma_j^2 + "
        "beta_j^2 stands for |W_b[:,j]|^2 + b_j^2, and |W_b[:,j]|^2 itself changes by the squares "
        "of its moves and a term of batch norm's eps.  So the squared norms of two layers drift "
        "apart by 2 mix tr(A)/kappa where an SG sits between them and by O(mu) elsewhere.  With "
        "heavy-ball momentum the same is exact for the averaged state theta - beta/(1 - beta) "
        "(its last move); Adam keeps no such ledger.",
};
