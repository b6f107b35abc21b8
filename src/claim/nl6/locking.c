/* What an update depends on, found by changing everything else: bit for bit, in float64. */
#include <string.h>

#include "claim/nl6/parts.h"
#include "lab/own.h"

enum { WIDTH_MAX = 16, ROWS = 24, DRAWS = 2 };

struct probe {
    struct sg_nl_net spec;
    struct sg_net *net;
    struct sg_net_work *work;
    struct sg_sizes sizes;
    struct sg_batch batch;
    double *w, *phi, *other_w, *other_phi; /* a state, and another */
    double *mixed_w, *mixed_phi;           /* the first, with some blocks of the second */
    double *dw, *dphi, *new_dw, *new_dphi;
};

static size_t below(const struct probe *p, size_t block)
{
    return sg_nl_boundary(&p->spec, block - 1);
}

/* Weights of a block: layers below(block) .. below(block + 1) - 1. */
static size_t weights_from(const struct probe *p, size_t block)
{
    return block > p->spec.depth + 1
               ? p->sizes.w
               : sg_net_layer_offset(p->net, block == 1 ? 0 : below(p, block));
}

static size_t phi_from(const struct probe *p, size_t module)
{
    return module == p->spec.n_sg ? p->sizes.phi : sg_net_module_offset(p->net, module);
}

/* Blocks first..last, and the SGs above them, are the other state's. */
static struct sg_state change(const struct probe *p, size_t first, size_t last)
{
    const size_t from = weights_from(p, first), to = weights_from(p, last + 1);
    memcpy(p->mixed_w, p->w, p->sizes.w * sizeof *p->w);
    memcpy(p->mixed_phi, p->phi, p->sizes.phi * sizeof *p->phi);
    memcpy(p->mixed_w + from, p->other_w + from, (to - from) * sizeof *p->w);
    for (size_t j = 0; j < p->spec.n_sg; j++)
        if (p->spec.sg_after[j] >= first && p->spec.sg_after[j] <= last)
            memcpy(p->mixed_phi + phi_from(p, j), p->other_phi + phi_from(p, j),
                   (phi_from(p, j + 1) - phi_from(p, j)) * sizeof *p->phi);
    return (struct sg_state){.w = p->mixed_w, .phi = p->mixed_phi};
}

static const unsigned want = SG_WANT_W | SG_WANT_PHI | SG_TRAIN;

/* The step with blocks first..last changed, p and with it the loss included. */
static void step_changed(const struct probe *p, size_t first, size_t last)
{
    const struct sg_state state = change(p, first, last);
    sg_net_eval_state(p->new_dw, p->new_dphi, NULL, p->net, &state, &p->batch, want, p->work);
}

/* The same while p keeps its bits: first..last change after p is there, with what they keep for the
 * way down.  Whoever waits for the loss alone cannot tell. */
static void step_held(const struct probe *p, size_t first, size_t last)
{
    const size_t top = sg_nl_boundary(&p->spec, p->spec.depth + 1);
    const struct sg_state state = {.w = p->w, .phi = p->phi}, changed = change(p, first, last);
    sg_net_forward(p->net, 0, top, &state, &p->batch, want, p->work);
    if (first <= p->spec.depth)
        sg_net_forward(p->net, below(p, first), top - 1, &changed, &p->batch, want, p->work);
    sg_net_backward(p->new_dw, p->new_dphi, p->net, 0, top, &changed, &p->batch, want, p->work);
}

static bool update_is_same(const struct probe *p, size_t block)
{
    const size_t from = weights_from(p, block), to = weights_from(p, block + 1);
    return memcmp(p->dw + from, p->new_dw + from, (to - from) * sizeof *p->dw) == 0;
}

static bool lowest_sg_is_same(const struct probe *p)
{
    return memcmp(p->dphi, p->new_dphi, phi_from(p, 1) * sizeof *p->dphi) == 0;
}

static void look(struct sg_nl6_locks *locks, const struct probe *p)
{
    const size_t depth = p->spec.depth, out = depth + 1;
    const struct sg_state state = {.w = p->w, .phi = p->phi};
    sg_net_eval_state(p->dw, p->dphi, NULL, p->net, &state, &p->batch, want, p->work);
    const size_t last = sg_nl_boundary(&p->spec, depth);
    const double *delta = sg_net_view(p->work, SG_VIEW_DELTA, last);
    locks->silence =
        sg_base_max(locks->silence, sg_base_max_abs(delta, p->batch.n * p->spec.width));
    for (size_t block = 1; block <= depth; block++) {
        enum sg_nl6_wait *wait = &locks->wait[block - 1];
        step_held(p, block + 1, out);
        if (!update_is_same(p, block))
            *wait = SG_NL6_LAYERS;
        step_changed(p, block + 1, out);
        if (!update_is_same(p, block) && *wait == SG_NL6_NOTHING_ABOVE)
            *wait = SG_NL6_LOSS;
    }
    for (size_t changed = 2; changed <= out; changed++) {
        unsigned char now[SG_NL_BLOCKS_MAX] = {0};
        step_changed(p, changed, changed);
        for (size_t block = 1; block < changed; block++)
            now[block - 1] = !update_is_same(p, block);
        step_held(p, changed, changed);
        for (size_t block = 1; block < changed; block++) {
            unsigned char *read = &locks->read[(block - 1) * out + changed - 1];
            now[block - 1] = update_is_same(p, block) ? now[block - 1] : 2;
            *read = now[block - 1] > *read ? now[block - 1] : *read;
        }
    }
    for (size_t reach = depth; p->spec.n_sg > 0 && p->spec.sg_after[0] == 1 && reach >= 1;
         reach--) {
        step_changed(p, reach + 1, out); /* all beyond reach - 1 blocks above the first */
        if (!lowest_sg_is_same(p)) {
            locks->reach = reach > locks->reach ? reach : locks->reach;
            break;
        }
    }
}

static void draw(struct probe *p, struct sg_rng *rng)
{
    sg_net_init(p->w, NULL, p->net, SG_HE, rng);
    sg_net_init(p->other_w, NULL, p->net, SG_HE, rng);
    sg_base_rng_gaussians(p->phi, p->sizes.phi, rng);
    sg_base_rng_gaussians(p->other_phi, p->sizes.phi, rng);
}

static void free_rows(void *rows)
{
    sg_data_rows_free(rows);
}

/* Called from threads: a lab of its own. */
void sg_nl6_locking(struct sg_nl6_locks *locks, const struct sg_nl6_rule *rule,
                    const struct sg_trial *trial, const struct sg_images *images)
{
    struct sg_lab lab = sg_lab_begin(NULL, trial);
    struct probe p = {.spec = sg_nl6_net(rule, trial->c, trial->seed)};
    const size_t inputs = images->rows * images->columns;
    p.spec.dtype = SG_F64;
    p.spec.width = p.spec.width > WIDTH_MAX ? WIDTH_MAX : p.spec.width;
    p.net = sg_lab_own_net(&lab, sg_nl_net_alloc(&p.spec, inputs, images->classes));
    p.work = sg_lab_own_work(&lab, sg_net_work_alloc(p.net, ROWS));
    p.sizes = sg_net_sizes(p.net);
    double **const each_w[] = {&p.w, &p.other_w, &p.mixed_w, &p.dw, &p.new_dw};
    double **const each_phi[] = {&p.phi, &p.other_phi, &p.mixed_phi, &p.dphi, &p.new_dphi};
    for (size_t i = 0; i < sizeof each_w / sizeof *each_w; i++) {
        *each_w[i] = SG_TAKE(&lab, p.sizes.w, double);
        *each_phi[i] = SG_TAKE(&lab, p.sizes.phi, double);
    }
    struct sg_rows rows;
    sg_data_rows_alloc(&rows, SG_F64, ROWS, inputs, images->classes);
    sg_lab_own(&lab, &rows, free_rows);
    p.batch = sg_data_gather_images(&rows, images, NULL, images->n < ROWS ? images->n : ROWS);
    struct sg_rng *rng = sg_lab_rng(&lab, rule->key);
    *locks = (struct sg_nl6_locks){0};
    for (size_t i = 0; i < DRAWS; i++) {
        draw(&p, rng);
        look(locks, &p);
    }
    (void)sg_lab_end(&lab);
}
