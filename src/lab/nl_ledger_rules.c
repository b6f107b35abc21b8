/* Backprop, one SG and SGs everywhere from one start on the same minibatches: their books, as rows,
 * tables and series. */
#include <stdio.h>

#include "lab/nl_ledger.h"

#define RULES SG_NL_DIRECT
static const char *const rule_name[RULES] = {"backprop", "one SG", "SG everywhere"};
static const char *const rule_id[RULES] = {"backprop", "one-sg", "everywhere"};

/* ---- hypotheses ----------------------------------------------------------------------------- */

static bool moves(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on, const struct sg_trial *trial)
{
    const struct sg_case_train *t = &trial->c->train;
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "mu = %g, nu = %g", t->mu, t->nu);
    return t->mu > 0 && t->nu > 0;
}

static bool constant(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                     const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "train.decay = true with momentum");
    return !(trial->c->train.decay && trial->c->train.optimiser == SG_MOMENTUM);
}

const struct sg_hypothesis sg_nl_ledger_moves = {
    .id = "rates",
    .words = "both rates are positive, so that kappa = nu/mu is a number",
    .mend = "raise train.mu and train.nu",
    .met = moves};
const struct sg_hypothesis sg_nl_ledger_constant = {
    .id = "constant-rates",
    .words = "under momentum the rates do not fall",
    .mend = "leave train.decay away, or take optimiser = \"gd\"",
    .met = constant};

/* ---- training ------------------------------------------------------------------------------- */

static void *make(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_nl_ledger *l = SG_TAKE(lab, 1, struct sg_nl_ledger);
    *l = (struct sg_nl_ledger){.trial = lab->trial,
                               .depth = c->net.layers.n,
                               .cut = c->module[0].at < 0 ? c->net.layers.n + 1
                                                          : (size_t)c->module[0].at};
    l->values = SG_TAKE(lab, RULES * sg_nl_book_size(l->depth), double);
    return l;
}

const struct sg_instrument sg_on_ledger = {make};

struct sg_nl_run sg_nl_ledger_run_of(const struct sg_nl_ledger *l, enum sg_nl_rule rule)
{
    struct sg_nl_net net = sg_nl_net_of(l->trial->c, l->depth);
    sg_nl_rule_sgs(&net, rule, l->cut);
    struct sg_nl_run run = sg_nl_run_of(l->trial->c, rule_id[rule], &net, l->trial->replicate);
    sg_nl_rule_rates(&run, l->trial->c, rule);
    return run;
}

struct sg_nl_book sg_nl_ledger_book(const struct sg_nl_ledger *l, enum sg_nl_rule rule)
{
    return sg_nl_book_of(l->values + rule * sg_nl_book_size(l->depth), l->depth);
}

static enum sg_status run_one(struct sg_error *err, size_t i, void *context)
{
    const struct sg_nl_ledger *l = context;
    const enum sg_nl_rule rule = (enum sg_nl_rule)i;
    const size_t bytes = sg_nl_book_size(l->depth) * sizeof(double);
    struct sg_nl_book book = sg_nl_ledger_book(l, rule);
    if (sg_claim_recall(book.accuracy, bytes, l->trial, rule_id[rule]))
        return SG_OK;
    const struct sg_nl_run run = sg_nl_ledger_run_of(l, rule);
    const enum sg_status status = sg_nl_ledger_run(&book, &run, l->trial, &l->images);
    return status == SG_OK ? sg_claim_keep(l->trial, rule_id[rule], book.accuracy, bytes, err)
                           : status;
}

bool sg_nl_ledger_train(struct sg_lab *lab, struct sg_nl_ledger *l)
{
    return sg_nl_images_read(&l->images, lab, l->trial->c) && sg_nl_runs(lab, RULES, run_one, l);
}

/* ---- what is said of them ------------------------------------------------------------------- */

void sg_nl_ledger_rows(struct sg_lab *lab, const struct sg_nl_ledger *l)
{
    const bool batch_norm = l->trial->c->net.batch_norm;
    static const char words[] = "rounding of the products over rows and units, of batch norm and "
                                "of stored moves, by Cauchy-Schwarz, added up over the steps";
    for (enum sg_nl_rule rule = 0; rule < RULES; rule++) {
        const struct sg_nl_book book = sg_nl_ledger_book(l, rule);
        for (size_t b = 0; b < l->depth; b++) {
            const struct sg_nl_account *x = &book.balance[b], *y = &book.length[b];
            sg_lab_zero(lab, SG_SIMULATED, sg_lab_format(lab, "ledger-%s", rule_id[rule]),
                        sg_lab_format(lab,
                                      "%s: %s - |W_{b+1}[j,:]|^2 - 2 mix A_jj/kappa, all units, "
                                      "less the moves' squares",
                                      rule_name[rule],
                                      batch_norm ? "gamma_j^2 + beta_j^2" : "|W_b[:,j]|^2 + b_j^2"),
                        x->error, (struct sg_tol){x->bound, words, x->scale});
            if (batch_norm)
                sg_lab_zero(lab, SG_SIMULATED, sg_lab_format(lab, "length-%s", rule_id[rule]),
                            sg_lab_format(lab,
                                          "%s: |W_b[:,j]|^2, all units, less the moves' squares "
                                          "and what batch norm's eps moves",
                                          rule_name[rule]),
                            y->error, (struct sg_tol){y->bound, words, y->scale});
        }
    }
}

/* Gain, prediction and squares of every rule; without `predicted` gain and squares. */
static void list(struct sg_lab *lab, const struct sg_nl_ledger *l, bool length)
{
    const size_t each = length ? 2 : 3;
    double row[3 * RULES];
    for (size_t b = 1; b <= l->depth; b++) {
        for (enum sg_nl_rule rule = 0; rule < RULES; rule++) {
            const struct sg_nl_book book = sg_nl_ledger_book(l, rule);
            const struct sg_nl_account *x = length ? &book.length[b - 1] : &book.balance[b - 1];
            row[each * rule] = x->gain;
            row[each * rule + 1] = x->predicted;
            row[each * rule + each - 1] = x->squares;
        }
        sg_claim_listing_row(
            lab->ev,
            sg_lab_format(lab, b == l->cut && !length ? "%zu, then the one SG" : "%zu", b), row);
    }
}

static void add_balances(struct sg_lab *lab, const struct sg_nl_ledger *l)
{
    sg_claim_listing(
        lab->ev,
        sg_lab_format(lab, "after each block, summed over units: what %s gained on |W_{b+1}|^2",
                      l->trial->c->net.batch_norm ? "gamma^2 + beta^2" : "|W_b|^2 + |b_b|^2"),
        "after block|backprop: gain|2 trA/kappa|squares|one SG: gain|2 trA/kappa|squares"
        "|SG everywhere: gain|2 trA/kappa|squares");
    list(lab, l, false);
    if (!l->trial->c->net.batch_norm)
        return;
    sg_claim_listing(lab->ev, "what |W_b|^2 gained, block by block, and its moves' squares",
                     "block|backprop: gain|squares|one SG: gain|squares"
                     "|SG everywhere: gain|squares");
    list(lab, l, true);
}

static void add_accuracies(struct sg_lab *lab, const struct sg_nl_ledger *l)
{
    sg_claim_listing(lab->ev, "test accuracy at the end", "rule|accuracy");
    for (enum sg_nl_rule rule = 0; rule < RULES; rule++)
        sg_claim_listing_row(lab->ev, rule_name[rule], sg_nl_ledger_book(l, rule).accuracy);
}

/* Gains of the squared norms, and what the ledger predicts them to be, up to the squares of moves,
 * from the last layer's gain, the modules and the biases.  From the top, |W_b|^2 + |b_b|^2 gains
 * what |W_{b+1}|^2 does, and 2 mix tr A_b / kappa.  With batch norm gamma^2 + beta^2 does, and
 * |W_{b+1}|^2 of a block gains nothing but squares. */
static void add_series(struct sg_lab *lab, const struct sg_nl_ledger *l)
{
    sg_lab_series(lab, "books",
                  "rule block dense_gain with_gain predicted step squares cut batch_norm accuracy "
                  "optimiser");
    for (enum sg_nl_rule rule = 0; rule < RULES; rule++) {
        const struct sg_nl_book book = sg_nl_ledger_book(l, rule);
        const bool batch_norm = l->trial->c->net.batch_norm;
        double above = book.norm[l->depth].dense - book.norm[l->depth].dense0;
        for (size_t b = l->depth + 1; b >= 1; b--) {
            const struct sg_nl_norms *q = &book.norm[b - 1];
            const double dense = q->dense - q->dense0, with = q->with - q->with0;
            const struct sg_nl_account none = {0},
                                       *x = b <= l->depth ? &book.balance[b - 1] : &none;
            double predicted = above;
            if (b <= l->depth && batch_norm)
                predicted = x->predicted + (b == l->depth ? above : 0);
            else if (b <= l->depth)
                predicted = above = above + x->predicted - with;
            sg_lab_point(lab, (const double[]){rule, (double)b, dense, with, predicted,
                                               x->predicted, x->squares, (double)l->cut,
                                               batch_norm, *book.accuracy,
                                               l->trial->c->train.optimiser});
        }
    }
}

void sg_nl_ledger_tables(struct sg_lab *lab, const struct sg_nl_ledger *l)
{
    if (!lab->trial->figure)
        return;
    add_balances(lab, l);
    add_accuracies(lab, l);
    add_series(lab, l);
}
