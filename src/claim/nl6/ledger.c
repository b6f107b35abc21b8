/* NL6: one ledger for all rules.  With M_i what stands in for W_{i+1}^T on the way down,
 *
 *     W_i^T dW_i = dW_{i+1} M_i  (+ mix dA_i + its mixture, under an SG),
 *
 * so every rule that has an M_i keeps a balance of its own, up to the steps' squares (DY14):
 *     backprop            W_i^T W_i - W_{i+1} W_{i+1}^T
 *     SG                  the same less mix (A + A^T) / kappa
 *     feedback alignment  W_i^T W_i - W_{i+1} M_i - (W_{i+1} M_i)^T
 *     direct feedback     the same: M = R_N at the highest hidden block; below it, in linear nets
 *     and kickback        alone, M_i = R_{i+1}^+ R_i
 *     no propagation      W_i^T W_i
 * Unit by unit with relu, with gamma and beta for W_i under batch norm.  A theorem: each rule is
 * held to rounding in one run a net, whatever the experiment's verdict. */
#include <math.h>
#include <stdlib.h>

#include "claim/nl6/parts.h"
#include "lab/ledger.h"

/* The nets are small and the data Gaussian: the ledger asks nothing of either.  Under MSE kickback
 * sends something. */
enum { INPUTS = 5, LABELS = 3, WIDTH = 6, ROWS = 20, STEPS = 500 };
enum kind { LINEAR, RELU, BATCH_NORM, KINDS };
static const double MU = 0.002, NU = 0.004;

struct layers {
    struct sg_layer layer[3 * SG_NL_BLOCKS_MAX + 1];
    struct sg_module module[SG_NL_BLOCKS_MAX];
    enum sg_credit credit[3 * SG_NL_BLOCKS_MAX + 2];
    struct sg_arch arch;
};

static void build(struct layers *l, const struct sg_nl_net *spec, enum kind kind)
{
    size_t n = 0, sg = 0;
    *l = (struct layers){.credit = {SG_TRUE}};
    for (size_t block = 1; block <= spec->depth + 1; block++) {
        const bool hidden = block <= spec->depth;
        l->layer[n++] =
            (struct sg_layer){SG_DENSE, hidden ? WIDTH : LABELS, !hidden || kind != BATCH_NORM};
        if (hidden && kind == BATCH_NORM)
            l->layer[n++] = (struct sg_layer){.kind = SG_BATCHNORM};
        if (hidden && kind != LINEAR)
            l->layer[n++] = (struct sg_layer){.kind = SG_RELU};
        if (hidden)
            l->credit[n] = spec->credit;
        if (sg < spec->n_sg && spec->sg_after[sg] == block)
            l->module[sg++] = (struct sg_module){
                .at = n, .terms = 7, .target = spec->target, .mix = spec->mix};
    }
    l->arch = (struct sg_arch){.loss = SG_MSE,
                               .inputs = INPUTS,
                               .labels = LABELS,
                               .n_layers = n,
                               .layers = l->layer,
                               .n_modules = sg,
                               .modules = l->module,
                               .credit = l->credit,
                               .seed = spec->seed};
}

/* SGs that learn from the true gradient while others sit above them: not from what arrives. */
static bool is_apart(const struct sg_nl_net *spec)
{
    return spec->n_sg > 1 && spec->target == SG_TARGET_TRUE && spec->mix != 0;
}

/* How many hidden boundaries keep a ledger.  Direct feedback and kickback have an M where dl/dp
 * itself drives the block above, or a linear block passes dl/dp R on.  Of SGs that are apart only
 * the highest keeps it. */
static size_t by_theory(const struct sg_nl_net *spec, enum kind kind)
{
    const bool direct = spec->credit == SG_DIRECT || spec->credit == SG_KICKBACK;
    return (direct && kind != LINEAR) || is_apart(spec) ? 1 : spec->depth;
}

struct books {
    size_t closed;          /* boundaries */
    struct sg_worst worst;  /* of those that should close */
    double size;            /* what a wrong term would have moved */
};

struct state {
    double *w, *phi, *dw, *dphi;
    struct sg_data data;
};

static void draw(struct state *s, struct sg_lab *lab, const struct sg_net *net)
{
    struct sg_rng *rng = sg_lab_rng(lab, "ledger");
    const struct sg_sizes sizes = sg_net_sizes(net);
    *s = (struct state){SG_TAKE(lab, sizes.w, double), SG_TAKE(lab, sizes.phi, double),
                        SG_TAKE(lab, sizes.w, double), SG_TAKE(lab, sizes.phi, double), {0}};
    sg_net_init(s->w, NULL, net, SG_GLOROT, rng);
    for (size_t i = 0; i < sizes.phi; i++)
        s->phi[i] = 0.1 * sg_base_rng_gaussian(rng);
    sg_data_alloc(&s->data, ROWS, INPUTS, LABELS);
    sg_base_rng_gaussians(s->data.x, ROWS * INPUTS, rng);
    sg_base_rng_gaussians(s->data.y, ROWS * LABELS, rng);
}

/* apart: only the highest boundary should close. */
static void keep_books(struct books *books, struct sg_lab *lab, const struct sg_net *net,
                       bool apart)
{
    const struct sg_sizes sizes = sg_net_sizes(net);
    const struct sg_opt of_net = {.rate = MU}, of_sg = {.rate = NU};
    struct sg_net_work *work = sg_net_work_alloc(net, ROWS);
    struct sg_ledger *ledger = sg_ledger_alloc(net, MU, NU);
    struct state s;
    draw(&s, lab, net);
    const struct sg_batch batch = {ROWS, s.data.x, s.data.y, s.data.one};
    const double before = sg_base_norm(s.w, sizes.w);
    sg_ledger_start(ledger, s.w, s.phi);
    for (int t = 0; t < STEPS; t++) {
        const struct sg_state state = {.w = s.w, .phi = s.phi};
        sg_net_eval_state(s.dw, s.dphi, NULL, net, &state, &batch,
                          SG_WANT_W | SG_WANT_PHI | SG_TRAIN, work);
        sg_net_opt_step(s.w, NULL, s.w, s.dw, &of_net, SG_F64, sizes.w);
        sg_net_opt_step(s.phi, NULL, s.phi, s.dphi, &of_sg, SG_F64, sizes.phi);
        sg_ledger_step(ledger, s.w, s.phi, &batch, work);
        books->size += MU * sg_base_norm(s.dw, sizes.w) * before;
    }
    const struct sg_arch *arch = sg_net_arch(net);
    const size_t highest = apart ? arch->modules[arch->n_modules - 2].at : 0;
    for (size_t i = 0; i < sg_ledger_count(ledger); i++) {
        const struct sg_ledger_reading x = sg_ledger_read(ledger, i);
        if (x.kind == SG_LEDGER_NORM)
            continue;
        books->closed += sg_base_within(x.error, x.bound);
        if (!apart || x.boundary > highest)
            sg_lab_keep_worst(&books->worst, x.error, x.bound);
    }
    sg_data_free(&s.data);
    sg_ledger_free(ledger);
    sg_net_work_free(work);
}

static void keep_books_of(struct books *books, size_t *expected, struct sg_lab *lab,
                          const struct sg_nl6_rule *rule, enum kind kind)
{
    struct layers *layers = SG_TAKE(lab, 1, struct layers);
    const struct sg_nl_net spec = sg_nl6_net(rule, lab->trial->c, lab->trial->seed);
    build(layers, &spec, kind);
    struct sg_net *net = sg_net_alloc(&layers->arch);
    *expected = by_theory(&spec, kind);
    keep_books(books, lab, net, is_apart(&spec));
    sg_net_free(net);
}

void sg_nl6_ledgers(struct sg_lab *lab)
{
    sg_claim_listing(lab->ev,
                     "one ledger for all rules: hidden boundaries that keep it, and how well",
                     "rule|linear|relu|batch norm|left over|rounding at most");
    for (size_t r = 0; r < SG_NL6_RULES; r++) {
        const struct sg_nl6_rule *rule = &sg_nl6_rules[r];
        struct books kind[KINDS] = {{0}};
        struct sg_worst worst = {0};
        size_t closed = 0, by_theory = 0;
        for (int k = 0; k < KINDS; k++) {
            size_t expected;
            keep_books_of(&kind[k], &expected, lab, rule, (enum kind)k);
            closed += kind[k].closed;
            by_theory += expected;
            sg_lab_keep_worst(&worst, kind[k].worst.error, kind[k].worst.tolerance);
            sg_lab_zero(lab, SG_SIMULATED, "ledger-left",
                        "what a rule's own balance changed beyond the steps' squares, worst rule",
                        kind[k].worst.error,
                        (struct sg_tol){kind[k].worst.tolerance,
                                        "the rounding of every product in the identity, as in DY14",
                                        kind[k].size});
        }
        sg_lab_count(lab, SG_SIMULATED, sg_lab_format(lab, "ledger-%s", rule->key),
                     sg_lab_format(lab,
                                   "%s: hidden boundaries of a linear, a relu and a batch norm "
                                   "net where its ledger closes",
                                   rule->name),
                     closed, by_theory, "error within the bound on rounding");
        const double row[] = {(double)kind[LINEAR].closed, (double)kind[RELU].closed,
                              (double)kind[BATCH_NORM].closed, worst.error, worst.tolerance};
        sg_claim_listing_row(lab->ev, rule->name, row);
    }
}
