/* What a moment of a run is: the losses, and each SG and each layer beside the true gradient.
 *
 * The true gradient comes from a second net of the same weights, in which the SGs only observe and
 * every boundary passes on what arrives.  Both nets are evaluated on the same rows, and nothing
 * moves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/study.h"

/* Flops of one least-squares fit, 4 rows columns^2: at every look up to the first, at none beyond
 * the second.  Between the two it is made so often that a run's fits stay within the first. */
static const double FIT_ALWAYS = 4e7, FIT_NEVER = 2e10;
enum { LEDGER_WIDEST = 1024, TEST_ROWS = 500 };

struct sg_eye {
    struct sg_eye_spec of;
    enum sg_dtype dtype;
    size_t n, top, blocks;
    struct sg_net *truth;                /* NULL: the net is backprop's own */
    struct sg_net_work *work, *truth_work, *test_work;
    struct sg_feed feed, test_feed;
    struct sg_batch batch;
    void *dw, *true_dw, *start;
    double *target, *z, *phi, *fitted;   /* of a fit */
    struct sg_ledger *ledger;
};

/* ---- made once ------------------------------------------------------------------------------ */

static bool is_backprop(const struct sg_case *c)
{
    return c->n_modules == 0 && (c->net.credit == SG_TRUE || c->net.layers.n == 0);
}

static struct sg_net *observer(const struct sg_case_arch *of)
{
    struct sg_module module[SG_CASE_LIST_MAX];
    struct sg_arch arch = of->arch;
    for (size_t j = 0; j < arch.n_modules; j++) {
        module[j] = arch.modules[j];
        module[j].mix = 0;
        module[j].target = SG_TARGET_TRUE;
    }
    arch.modules = module;
    arch.credit = NULL;
    return sg_net_alloc(&arch);
}

/* The ledger needs kappa = nu / mu, which a step of the SG's own length does not have. */
static struct sg_ledger *open_ledger(const struct sg_eye *eye)
{
    const struct sg_case_train *train = &eye->of.c->train;
    const bool sgs = eye->of.c->n_modules > 0;
    for (size_t i = 1; i <= eye->top; i++)
        if (sg_net_width(eye->of.net, i) > LEDGER_WIDEST)
            return NULL;
    if (sgs && (train->sg_step != SG_STEP_FIXED || train->nu == 0))
        return NULL;
    return sg_ledger_alloc(eye->of.net, train->mu, sgs ? train->nu : train->mu);
}

/* Columns of z = (h, y, 1) of a module. */
static size_t regressors(const struct sg_net *net, size_t j)
{
    const struct sg_module *m = &sg_net_arch(net)->modules[j];
    return (m->terms & SG_H ? sg_net_width(net, m->at) : 0) +
           (m->terms & SG_Y ? sg_net_arch(net)->labels : 0) + (m->terms & SG_ONE ? 1 : 0);
}

static void alloc_fit(struct sg_eye *eye)
{
    size_t q = 0, k = 0;
    for (size_t j = 0; j < eye->of.c->n_modules; j++) {
        const size_t columns = regressors(eye->of.net, j),
                     width = sg_net_width(eye->of.net, sg_net_arch(eye->of.net)->modules[j].at);
        q = columns > q ? columns : q;
        k = width > k ? width : k;
    }
    if (4 * (double)eye->n * (double)q * (double)q > FIT_NEVER)
        return;
    eye->z = SG_NEW(eye->n * q, double);
    eye->target = SG_NEW(eye->n * k, double);
    eye->phi = SG_NEW(q * k, double);
    eye->fitted = SG_NEW(eye->n * k, double);
}

struct sg_eye *sg_eye_alloc(const struct sg_eye_spec *spec)
{
    const struct sg_plan *plan = spec->plan;
    struct sg_eye *eye = SG_NEW(1, struct sg_eye);
    const struct sg_sizes sizes = sg_net_sizes(spec->net);
    const size_t real = sg_real_size(spec->arch->arch.dtype);
    *eye = (struct sg_eye){.of = *spec, .dtype = spec->arch->arch.dtype, .n = plan->rows,
                           .top = spec->arch->arch.n_layers, .blocks = spec->c->net.layers.n + 1};
    eye->truth = is_backprop(spec->c) ? NULL : observer(spec->arch);
    eye->work = sg_net_work_alloc(spec->net, eye->n);
    eye->truth_work = eye->truth ? sg_net_work_alloc(eye->truth, eye->n) : NULL;
    sg_feed_alloc(&eye->feed, plan->source, eye->dtype, eye->n);
    eye->batch = sg_feed_gather(&eye->feed, plan->source, false, plan->row, 0, eye->n);
    if (plan->source->test > 0) {
        eye->test_work = sg_net_work_alloc(spec->net, TEST_ROWS);
        sg_feed_alloc(&eye->test_feed, plan->source, eye->dtype, TEST_ROWS);
    }
    eye->dw = sg_base_alloc(sizes.w, real);
    eye->true_dw = sg_base_alloc(sizes.w, real);
    eye->start = sg_base_copy(spec->w, sizes.w, real);
    eye->ledger = open_ledger(eye);
    if (eye->ledger)
        sg_ledger_start(eye->ledger, spec->w, spec->phi);
    alloc_fit(eye);
    eye->of.w = eye->of.phi = NULL;                /* they end with the caller */
    return eye;
}

void sg_eye_free(struct sg_eye *eye)
{
    if (!eye)
        return;
    sg_ledger_free(eye->ledger);
    sg_net_work_free(eye->work);
    sg_net_work_free(eye->truth_work);
    sg_net_work_free(eye->test_work);
    sg_net_free(eye->truth);
    sg_feed_free(&eye->feed);
    sg_feed_free(&eye->test_feed);
    void *own[] = {eye->dw, eye->true_dw, eye->start, eye->target, eye->z, eye->phi, eye->fitted};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        free(own[i]);
    free(eye);
}

/* ---- two arrays beside one another ----------------------------------------------------------- */

/* |a|, |b|, |a - b| and a.b / (|a| |b|). */
struct pair { double a, b, apart, cosine; };

static struct pair compare(const void *a, const void *b, size_t from, size_t to,
                           enum sg_dtype dtype)
{
    double aa = 0, bb = 0, ab = 0, dd = 0;
    for (size_t i = from; i < to; i++) {
        const double x = sg_real_at(a, i, dtype), y = sg_real_at(b, i, dtype);
        aa += x * x;
        bb += y * y;
        ab += x * y;
        dd += (x - y) * (x - y);
    }
    return (struct pair){sqrt(aa), sqrt(bb), sqrt(dd),
                         aa > 0 && bb > 0 ? ab / (sqrt(aa) * sqrt(bb)) : SG_NAN};
}

static double over(double a, double b)
{
    return b > 0 ? a / b : SG_NAN;
}

/* ---- losses and accuracies ------------------------------------------------------------------- */

/* The class that row i of p or y names: its largest entry, or on which side of `half` it is. */
static size_t class_of(const void *rows, size_t i, size_t m, double half, enum sg_dtype dtype)
{
    size_t best = 0;
    if (m == 1)
        return sg_real_at(rows, i, dtype) > half;
    for (size_t j = 1; j < m; j++)
        if (sg_real_at(rows, i * m + j, dtype) > sg_real_at(rows, i * m + best, dtype))
            best = j;
    return best;
}

static size_t right(const struct sg_eye *eye, const struct sg_net_work *work,
                    const struct sg_batch *batch)
{
    const struct sg_arch *arch = sg_net_arch(eye->of.net);
    const void *p = sg_net_view(work, SG_VIEW_H, eye->top);
    const double half = arch->loss == SG_LOGISTIC ? 0 : 0.5;   /* a logit, or a label */
    size_t n = 0;
    for (size_t i = 0; i < batch->n; i++)
        n += class_of(p, i, arch->labels, half, eye->dtype) ==
             class_of(batch->y, i, arch->labels, 0.5, eye->dtype);
    return n;
}

/* Batch norm goes by its running moments here, as sg_train_score has it. */
static void test(struct sg_study_look *look, struct sg_eye *eye, const struct sg_state *state)
{
    const struct sg_source *source = eye->of.plan->source;
    double loss = 0;
    size_t n_right = 0;
    look->test_loss = look->test_accuracy = SG_NAN;
    if (source->test == 0)
        return;
    for (size_t first = 0; first < source->test; first += TEST_ROWS) {
        const size_t left = source->test - first, n = left < TEST_ROWS ? left : TEST_ROWS;
        const struct sg_batch batch =
            sg_feed_gather(&eye->test_feed, source, true, NULL, first, n);
        struct sg_metrics metrics;
        sg_net_eval_state(NULL, NULL, &metrics, eye->of.net, state, &batch, SG_WANT_METRICS,
                          eye->test_work);
        loss += metrics.loss * (double)n / (double)source->test;
        n_right += right(eye, eye->test_work, &batch);
    }
    look->test_loss = loss;
    look->test_accuracy = (double)n_right / (double)source->test;
}

/* ---- layers ---------------------------------------------------------------------------------- */

/* The share of units that are not 0 on every row, at the top of block b. */
static double alive(const struct sg_eye *eye, size_t b)
{
    const size_t at = sg_case_end(eye->of.c, b), k = sg_net_width(eye->of.net, at);
    const void *h = sg_net_view(eye->work, SG_VIEW_H, at);
    size_t n = 0;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < eye->n; i++)
            if (sg_real_at(h, i * k + j, eye->dtype) != 0) {
                n++;
                break;
            }
    return (double)n / (double)k;
}

static void look_at_layers(struct sg_study_layer *layer, const struct sg_eye *eye, const void *w,
                           const void *true_dw)
{
    for (size_t b = 1; b <= eye->blocks; b++) {
        size_t from, to;
        sg_study_block(&from, &to, eye->of.c, eye->of.net, b);
        const struct pair place = compare(w, eye->start, from, to, eye->dtype),
                          pull = compare(eye->dw, true_dw, from, to, eye->dtype);
        layer[b - 1] = (struct sg_study_layer){.norm = place.a, .moved = place.apart,
                                               .pull = pull.a, .truth = pull.b,
                                               .error = over(pull.apart, pull.b),
                                               .cosine = pull.cosine,
                                               .below = SG_NAN, .above = SG_NAN, .paid = SG_NAN,
                                               .alive = alive(eye, b)};
    }
}

/* One leap from the start to here: the sides of a balance are functions of the state, and what the
 * steps' squares add is the rest. */
static void read_ledger(struct sg_study_layer *layer, const struct sg_eye *eye,
                        const struct sg_state *state)
{
    if (!eye->ledger)
        return;
    sg_ledger_step(eye->ledger, state->w, state->phi, NULL, NULL);
    for (size_t e = 0; e < sg_ledger_count(eye->ledger); e++) {
        const struct sg_ledger_reading reading = sg_ledger_read(eye->ledger, e);
        for (size_t b = 1; b < eye->blocks && reading.kind != SG_LEDGER_NORM; b++)
            if (sg_case_end(eye->of.c, b) == reading.boundary) {
                layer[b - 1].below = reading.below;
                layer[b - 1].above = reading.above;
                layer[b - 1].paid = reading.sides_sg;
            }
    }
}

/* ---- SGs ------------------------------------------------------------------------------------- */

static size_t put(double *row, const void *from, size_t i, size_t k, enum sg_dtype dtype)
{
    for (size_t j = 0; j < k; j++)
        row[j] = sg_real_at(from, i * k + j, dtype);
    return k;
}

/* sqrt(E|g - P g|^2 / E|g|^2), P the projection onto the module's regressors; NaN where there are
 * not more rows than columns, since any g fits then. */
static double irreducible(struct sg_eye *eye, size_t j, const void *h, const void *g)
{
    const struct sg_module *m = &sg_net_arch(eye->of.net)->modules[j];
    const size_t k = sg_net_width(eye->of.net, m->at), labels = sg_net_arch(eye->of.net)->labels,
                 q = regressors(eye->of.net, j), n = eye->n;
    if (n <= q || !eye->z)
        return SG_NAN;
    for (size_t i = 0; i < n; i++) {
        double *row = eye->z + i * q;
        row += m->terms & SG_H ? put(row, h, i, k, eye->dtype) : 0;
        row += m->terms & SG_Y ? put(row, eye->batch.y, i, labels, eye->dtype) : 0;
        if (m->terms & SG_ONE)
            put(row, eye->batch.one, i, 1, eye->dtype);
        put(eye->target + i * k, g, i, k, eye->dtype);
    }
    if (sg_base_solve_least_squares(eye->phi, NULL, NULL, eye->z, eye->target, n, q, k) != SG_OK)
        return SG_NAN;
    sg_base_mul(eye->fitted, eye->z, eye->phi, n, q, k);
    const struct pair fit = compare(eye->fitted, eye->target, 0, n * k, SG_F64);
    return over(fit.apart, fit.b);
}

static void look_at_modules(struct sg_study_module *module, struct sg_eye *eye, bool fit)
{
    const struct sg_arch *arch = sg_net_arch(eye->of.net);
    for (size_t j = 0; j < arch->n_modules; j++) {
        const size_t at = arch->modules[j].at, k = sg_net_width(eye->of.net, at);
        const void *s = sg_net_view(eye->truth_work, SG_VIEW_S, at),
                   *g = sg_net_view(eye->truth_work, SG_VIEW_G, at),
                   *h = sg_net_view(eye->truth_work, SG_VIEW_H, at);
        const struct pair beside = compare(s, g, 0, eye->n * k, eye->dtype);
        const double root = sqrt((double)eye->n);
        module[j] = (struct sg_study_module){.size = beside.b / root, .said = beside.a / root,
                                             .error = over(beside.apart, beside.b),
                                             .cosine = beside.cosine,
                                             .irreducible = fit ? irreducible(eye, j, h, g)
                                                                : SG_NAN};
    }
}

bool sg_eye_fits_at(const struct sg_plan *plan, const struct sg_study_arm *arm, size_t look)
{
    const struct sg_int_list *layers = &plan->c->net.layers;
    double cost = 0;
    for (size_t j = 0; j < arm->n_modules; j++) {
        const double k = arm->at[j] <= layers->n ? layers->value[arm->at[j] - 1]
                                                 : (double)plan->source->m,
                     q = k + (double)plan->source->m + 1;
        cost += 4 * (double)plan->rows * q * q;
    }
    const size_t looks = plan->study->looks;
    const double stride = ceil(cost / FIT_ALWAYS);
    return look + 1 == looks || stride <= 1 ||
           (stride < (double)looks && look % (size_t)stride == 0);
}

/* ---- all of it ------------------------------------------------------------------------------- */

void sg_eye_look(struct sg_study_look *look, struct sg_study_layer *layer,
                 struct sg_study_module *module, struct sg_eye *eye, const struct sg_state *state,
                 bool fit)
{
    const struct sg_state still = {state->w, state->phi, NULL};
    const unsigned want = SG_WANT_W | SG_WANT_METRICS | SG_TRAIN;
    struct sg_metrics metrics, unused;
    sg_net_eval_state(eye->dw, NULL, &metrics, eye->of.net, &still, &eye->batch, want, eye->work);
    if (eye->truth)
        sg_net_eval_state(eye->true_dw, NULL, &unused, eye->truth, &still, &eye->batch, want,
                          eye->truth_work);
    const void *true_dw = eye->truth ? eye->true_dw : eye->dw;
    const struct pair all =
        compare(eye->dw, true_dw, 0, sg_net_sizes(eye->of.net).w, eye->dtype);
    look->loss = metrics.loss;
    look->sg_loss = eye->of.c->n_modules > 0 ? metrics.sg_loss : SG_NAN;
    look->error = over(all.apart, all.b);
    look->accuracy = eye->of.plan->source->classes
                         ? (double)right(eye, eye->work, &eye->batch) / (double)eye->n
                         : SG_NAN;
    test(look, eye, state);
    look_at_layers(layer, eye, state->w, true_dw);
    read_ledger(layer, eye, state);
    look_at_modules(module, eye, fit);
}
