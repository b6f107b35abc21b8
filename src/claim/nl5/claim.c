/* NL5: the weights' norms, block by block: what SGs do to them is the ledger, and the rest follows
 * the optimiser. */
#include "lab/nl_ledger.h"

struct on {
    struct sg_nl_ledger *ledger;   /* a run a rule, of this trial */
    struct sg_nl_gallery *gallery; /* in the trial with the figure: nets over seeds */
};

static void *make(struct sg_lab *lab)
{
    struct on *on = SG_TAKE(lab, 1, struct on);
    on->ledger = sg_on_ledger.make(lab);
    on->gallery = sg_on_gallery.make(lab);
    return on;
}

/* ---- the norms, without a verdict ----------------------------------------------------------- */

static double norm(const struct sg_nl_gallery *g, const struct sg_nl_portrait *p, size_t block)
{
    (void)g;
    return p->norm[block - 1];
}

/* Over blocks 2..N: the first is of another shape, and is looked at by itself. */
static double grows(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_slope(g, SG_NL_BACKPROP, seed, norm, 2);
}

static double falls(const struct sg_nl_gallery *g, size_t seed)
{
    return -sg_nl_slope(g, SG_NL_ALL_SG, seed, norm, 2);
}

static double falls_one(const struct sg_nl_gallery *g, size_t seed)
{
    return -sg_nl_slope(g, SG_NL_ONE_SG, seed, norm, 2);
}

static double first(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_gallery_portrait(g, SG_NL_ALL_SG, seed).norm[0] -
           sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed).norm[0];
}

static double first_one(const struct sg_nl_gallery *g, size_t seed)
{
    return sg_nl_gallery_portrait(g, SG_NL_ONE_SG, seed).norm[0] -
           sg_nl_gallery_portrait(g, SG_NL_BACKPROP, seed).norm[0];
}

/* What the paper says is positive. */
static const struct sg_nl_observed paper[] = {{"high at first, one SG", first_one},
                                              {"high at first, everywhere", first},
                                              {"grows under backprop", grows},
                                              {"falls, one SG", falls_one},
                                              {"falls, SG everywhere", falls}};

static void show_norms(struct sg_lab *lab, struct sg_nl_gallery *g)
{
    if (!lab->trial->figure || !sg_nl_gallery_train(lab, g))
        return;
    sg_nl_gallery_observe(lab, g,
                          "|W_b| over that of its start, by this optimiser: what the paper says is "
                          "positive, with Student's 95 % intervals over seeds",
                          paper, sizeof paper / sizeof *paper);
    sg_nl_gallery_accuracies(lab, g);
    sg_nl_gallery_blocks(lab, g,
                         "norm of a block's weights over that of their start, mean over seeds",
                         "norms", norm);
}

/* ---- the claim ------------------------------------------------------------------------------ */

static void says(struct sg_lab *lab, void *context)
{
    struct on *on = context;
    if (!sg_nl_ledger_train(lab, on->ledger))
        return;
    sg_nl_ledger_rows(lab, on->ledger);
    sg_nl_ledger_tables(lab, on->ledger);
    show_norms(lab, on->gallery);
}

static const struct sg_instrument on_both = {make};

const struct sg_claim sg_claim_nl5 = {
    .id = "NL5",
    .name = "nl5_weight_norms",
    .title = "weight norms, block by block: the ledger, and the optimiser",
    .from = SG_FROM_PAPER,
    .source = "weight norms; their account: this project",
    .reads = SG_READS_LEDGER " train.seeds train.mu_times train.nu_times",
    .supposes = (const struct sg_hypothesis *const[]){&sg_nl_equal_blocks, &sg_nl_cut_inside,
                                                      &sg_nl_test_images, &sg_nl_batch_fits,
                                                      &sg_nl_ledger_moves, &sg_nl_ledger_constant,
                                                      &sg_nl_gallery_rates, NULL},
    .measure = sg_lab_measure,
    .on = &on_both,
    .says = says,
    .statement =
        "The paper: under backprop the weights' norm grows with the block; under SGs it is high "
        "just above the input and falls.  In its nets, with batch norm, gradient descent leaves an "
        "account of every norm, unit by unit and to rounding: |W_b[:,j]|^2 gains the squares of "
        "its own moves (and a term of batch norm's eps), whatever the rule, and gamma_j^2 + "
        "beta_j^2 gains what |W_{b+1}[j,:]|^2 does, 2 mix A_jj/kappa of the SG between them, and "
        "squares of moves.  So an SG's part in a norm is its own matrix A, and the rest is how far "
        "the optimiser went.  The norms themselves are shown without a verdict: they follow the "
        "optimiser, and what the paper says of them under Adam turns round under gradient descent.",
};
