/* DY14, the ledger: at a boundary with an SG the balance of the weights moves by what the SG's own
 * term h has learned,
 *
 *     D_k = W_k^T W_k - W_{k+1} W_{k+1}^T - mix (A + A^T) / kappa,   kappa = nu / mu,
 *
 * up to the squares of the steps, to the last bit that rounding allows and over any number of
 * steps.  Whole in linear nets, unit by unit under relu and batch norm. */
#include <stdio.h>

#include "claim/dy14/parts.h"

static const char words[] =
    "per step: gamma of the sums over samples and units, 2 mu times the norms; 6 u of the weights "
    "moved; summed over the run";

/* How much of a balance was kept, over the whole run. */
static void check_closed(struct sg_lab *lab, const struct sg_ledger *ledger)
{
    for (size_t i = 0; i < sg_ledger_count(ledger); i++) {
        const struct sg_ledger_reading x = sg_ledger_read(ledger, i);
        const bool norm = x.kind == SG_LEDGER_NORM;
        const char *id = norm ? "norm" : x.sg ? "closes" : "uncut";
        const char *what =
            norm   ? "batch norm: |W_k[:,j]|^2 moves by the steps' squares and by epsilon's part "
                     "alone"
            : x.sg ? "at an SG: what D_k - mix (A + A^T)/kappa changed beyond the steps' squares"
                   : "without an SG: what D_k changed beyond the steps' squares";
        sg_lab_zero(lab, SG_SIMULATED, id, what, x.error,
                    (struct sg_tol){x.bound, words, x.moved});
    }
}

/* The case's steps, looked at LOOKS times on the way.  Where a run goes to infinity the ledger is
 * kept up to there: the statement is about steps, not about where they lead. */
static void follow(struct sg_lab *lab, struct sg_dy14_run *run)
{
    enum { LOOKS = 20 };
    const uint64_t steps = (uint64_t)run->c->train.steps;
    for (uint64_t look = 1; look <= LOOKS && !run->left; look++) {
        (void)sg_dy14_run_advance(run, steps * look / LOOKS - run->time);
        check_closed(lab, run->ledger);
    }
    if (run->left)
        sg_lab_note(lab, "a run went to infinity and was left after %llu of %llu steps",
                    (unsigned long long)run->time, (unsigned long long)steps);
}

static void add_listing(struct sg_lab *lab, const struct sg_dy14_run *run)
{
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "traces after %llu steps",
                                   (unsigned long long)run->time),
                     "boundary|below - above|SG's 2 mix tr A/kappa|steps' squares|left over"
                     "|rounding at most");
    for (size_t i = 0; i < sg_ledger_count(run->ledger); i++) {
        const struct sg_ledger_reading x = sg_ledger_read(run->ledger, i);
        if (x.kind == SG_LEDGER_NORM)
            continue;
        const double row[] = {x.below - x.above, x.sides_sg, x.squares, x.error, x.bound};
        sg_claim_listing_row(lab->ev,
                             sg_lab_format(lab, x.sg ? "%zu, an SG" : "%zu", x.boundary), row);
    }
}

static void says(struct sg_lab *lab, void *on)
{
    const struct sg_case *c = lab->trial->c;
    (void)on;
    struct sg_dy14_run *run = sg_dy14_run_make(lab, c, 1);
    if (!run)
        return;
    sg_dy14_certify(lab, run);
    follow(lab, run);
    sg_dy14_flow(lab);
    if (!lab->trial->figure || lab->status != SG_OK)
        return;
    add_listing(lab, run);
    sg_dy14_figure(lab);
}

/* ---- hypotheses ------------------------------------------------------------------------------ */

static bool has_hidden_sg(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                          const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    const size_t hidden = c->net.layers.n;
    size_t applied = 0;
    (void)on;
    for (size_t j = 0; j < c->n_modules; j++)
        applied += c->module[j].mix > 0 && c->module[j].at >= 1 &&
                   (size_t)c->module[j].at <= hidden;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX,
             "%zu hidden layers, and %zu SGs after them have a mix above 0", hidden, applied);
    return applied > 0;
}

static bool batch_fits(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    const struct sg_case *c = trial->c;
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "train.batch = %d, and there are %zu samples",
             c->train.batch, trial->data->n);
    return !c->given[sg_case_key_find("train.batch")] || (size_t)c->train.batch <= trial->data->n;
}

static bool sg_learns(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                      const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "train.nu = %g", trial->c->train.nu);
    return trial->c->train.nu > 0;
}

static const struct sg_hypothesis hidden_sg = {
    "hidden-sg", "an SG is applied after a hidden layer",
    "put an SG after a hidden layer (sg.at), with sg.mix above 0", has_hidden_sg};
static const struct sg_hypothesis batch = {
    "batch-fits", "a minibatch has at most as many rows as there are samples",
    "take train.batch smaller, or take it out for full batches", batch_fits};
static const struct sg_hypothesis learns = {"sg-learns", "the SG learns: nu > 0",
                                            "take train.nu above 0", sg_learns};

const struct sg_claim sg_claim_dy14 = {
    .id = "DY14",
    .name = "dy14_ledger",
    .title = "the ledger: an SG's own weights pay for the imbalance of the layers around it",
    .needs_data = true,
    .reads =
        " data.kind=gaussian|csv|classes data.n data.d data.outputs data.rank data.condition "
        "data.noise data.bias data.labels data.one_hot data.file data.target data.standardise "
        "data.standardise_target net.layers! net.activation net.batch_norm net.loss sg=some sg.at "
        "sg.family=linear sg.terms sg.target sg.mix train.order train.units=absolute train.mu! "
        "train.nu! train.steps train.optimiser train.beta1 train.beta2 train.epsilon train.batch",
    .supposes = (const struct sg_hypothesis *const[]){&hidden_sg, &learns, &batch, NULL},
    .measure = sg_lab_measure,
    .says = says,
    .statement =
        "A net with linear SGs s = hA (+ yB + C) after hidden layers, each learning from what "
        "arrives there; any loss, any start, full batches or minibatches; gradient descent on all "
        "parts from one state, kappa = nu/mu.  In a linear net D_k = W_k^T W_k + b_k^T b_k - "
        "W_{k+1} W_{k+1}^T - mix (A_k + A_k^T)/kappa changes in a step by exactly mu^2 (dW_k^T "
        "dW_k + db_k^T db_k - dW_{k+1} dW_{k+1}^T), and by nothing in the gradient flow: what an "
        "SG unbalances, its own weights have paid for.  Without an SG, A = 0: backprop's balance.  "
        "With relu the same holds for the diagonal, unit by unit; after batch norm with gamma_j^2 "
        "+ beta_j^2 in the place of |W_k[:,j]|^2 + b_kj^2, and |W_k[:,j]|^2 then moves by its "
        "square and by batch norm's epsilon alone.",
};
