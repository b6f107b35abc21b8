/* One run: a start, steps by the simulator, and all that it goes on from. */
#include <stdlib.h>
#include <string.h>

#include "study/study.h"

enum { FINITE_EVERY = 64 };      /* steps between two looks at whether the state is finite */

/* The net as the simulator's field.  It moves batch norm's running moments, and counts which parts
 * are pulled at. */
struct watched {
    const struct sg_net *net;
    void *aux;
    size_t blocks, modules;
    size_t *block_end, *module_end;      /* entries of dw and dphi */
    uint64_t *block_updates, *module_updates;
    double sum;                          /* of the losses seen, and of how many */
    uint64_t seen;
};

struct sg_runner {
    const struct sg_plan *plan;
    const struct sg_case *c;
    struct sg_case_arch arch;
    struct sg_net *net;
    struct watched watched;
    struct sg_field field;
    struct sg_sim *sim;
    struct sg_batches *order;            /* NULL: full batches */
    struct sg_feed *feed;                /* [slots] */
    struct sg_batch *batch;              /* [slots]: that of step t in slot t mod slots */
    size_t slots, dtype_size;
    double mu, nu;
    struct sg_eye *eye;
};

/* ---- the field ------------------------------------------------------------------------------ */

/* A part of which every entry is 0 is not pulled at.  The first entries mostly tell. */
static void count(uint64_t *updates, const size_t *end, size_t parts, const void *direction,
                  enum sg_dtype dtype)
{
    for (size_t i = 0, from = 0; i < parts; from = end[i++])
        for (size_t k = from; k < end[i]; k++)
            if (sg_real_at(direction, k, dtype) != 0) {
                updates[i]++;
                break;
            }
}

static void eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_field *field,
                 const void *w, const void *phi, const struct sg_batch *batch, unsigned want,
                 void *work)
{
    struct watched *v = (struct watched *)field->self;
    const bool moves = want & SG_WANT_W;
    const struct sg_state state = {w, phi, moves ? v->aux : NULL};
    struct sg_metrics seen;
    (void)metrics;
    sg_net_eval_state(dw, dphi, &seen, v->net, &state, batch, want | SG_WANT_METRICS | SG_TRAIN,
                      work);
    if (moves) {
        count(v->block_updates, v->block_end, v->blocks, dw, field->dtype);
        v->sum += seen.loss;
        v->seen++;
    }
    if (want & SG_WANT_PHI)
        count(v->module_updates, v->module_end, v->modules, dphi, field->dtype);
}

static void *work_alloc(const struct sg_field *field)
{
    const struct watched *v = field->self;
    return sg_net_work_alloc(v->net, field->batch_max);
}

static void work_free(void *work)
{
    sg_net_work_free(work);
}

static void step_scale(void *dphi, const struct sg_field *field, enum sg_step_rule rule,
                       const struct sg_batch *batch, void *work, void *scratch)
{
    const struct watched *v = field->self;
    sg_net_step_scale(dphi, v->net, rule, batch, work, scratch);
}

static size_t step_scratch(const struct sg_field *field, enum sg_step_rule rule)
{
    const struct watched *v = field->self;
    return field->batch_max * sg_net_step_scratch(v->net, rule);
}

void sg_study_block(size_t *from, size_t *to, const struct sg_case *c, const struct sg_net *net,
                    size_t b)
{
    const size_t blocks = c->net.layers.n + 1;
    *from = b > 1 ? sg_net_layer_offset(net, sg_case_end(c, b - 1)) : 0;
    *to = b < blocks ? sg_net_layer_offset(net, sg_case_end(c, b)) : sg_net_sizes(net).w;
}

static void watch(struct sg_runner *r)
{
    struct watched *v = &r->watched;
    const struct sg_sizes sizes = sg_net_sizes(r->net);
    size_t from;
    *v = (struct watched){.net = r->net, .blocks = r->c->net.layers.n + 1,
                          .modules = r->c->n_modules};
    v->aux = sizes.aux ? sg_base_alloc(sizes.aux, r->dtype_size) : NULL;
    v->block_end = SG_NEW(v->blocks, size_t);
    v->module_end = SG_NEW(v->modules, size_t);
    v->block_updates = SG_NEW(v->blocks, uint64_t);
    v->module_updates = SG_NEW(v->modules, uint64_t);
    for (size_t b = 1; b <= v->blocks; b++)
        sg_study_block(&from, &v->block_end[b - 1], r->c, r->net, b);
    for (size_t j = 0; j < v->modules; j++)
        v->module_end[j] =
            j + 1 < v->modules ? sg_net_module_offset(r->net, j + 1) : sizes.phi;
    r->field = (struct sg_field){.dtype = r->arch.arch.dtype,
                                 .sizes = sizes,
                                 .eval = eval,
                                 .work_alloc = work_alloc,
                                 .work_free = work_free,
                                 .self = v,
                                 .batch_max = r->plan->batch,
                                 .step_scale = step_scale,
                                 .step_scratch = step_scratch};
}

/* ---- a run begins --------------------------------------------------------------------------- */

/* Net.weights into w, in its type.  SG_BAD_INPUT: there are not as many as the net has. */
static enum sg_status give_weights(void *w, const struct sg_runner *r, struct sg_error *err)
{
    const struct sg_real_list *given = &r->c->net.weights;
    const size_t n = r->field.sizes.w;
    if (given->n != n)
        return sg_base_refuse(err, r->c->path, r->c->line[sg_case_key_find("net.weights")],
                              "\"weights\" has %zu elements, but the net on these data has %zu; "
                              "give all, W_1 first, row by row", given->n, n);
    for (size_t i = 0; i < n; i++) {
        if (r->arch.arch.dtype == SG_F32)
            ((float *)w)[i] = (float)given->value[i];
        else
            ((double *)w)[i] = given->value[i];
    }
    return SG_OK;
}

static enum sg_status start(void *w, void *phi, struct sg_runner *r, size_t seed,
                            struct sg_error *err)
{
    const enum sg_init init = r->c->train.start == SG_START_HE ? SG_HE : SG_GLOROT;
    struct sg_rng *rng = sg_base_rng_alloc(r->plan->study->seed, "case", seed, "start");
    sg_net_init(w, r->watched.aux, r->net, init, rng);
    sg_net_start_phi(phi, r->net, rng);
    sg_base_rng_free(rng);
    return r->c->train.start == SG_START_WEIGHTS ? give_weights(w, r, err) : SG_OK;
}

static void make_sim(struct sg_runner *r, const void *w, const void *phi, size_t seed)
{
    const struct sg_plan *plan = r->plan;
    const bool fixed = r->c->train.sg_step == SG_STEP_FIXED;
    r->mu = r->c->train.mu;
    r->nu = fixed ? r->c->train.nu : sg_case_theta(r->c);
    const struct sg_sim_spec spec = {.field = &r->field,
                                     .net_opt = sg_case_opt(r->c, r->mu),
                                     .sg_opt = sg_case_opt(r->c, r->nu),
                                     .timing = sg_case_timing(r->c, r->c->train.tau.value[0]),
                                     .sg_step = (enum sg_step_rule)r->c->train.sg_step};
    r->sim = sg_sim_alloc(&spec, w, phi);
    r->order = plan->whole ? NULL
                           : sg_data_batches_alloc(plan->source->n, plan->batch, plan->study->seed,
                                                   "case", seed);
    r->slots = plan->whole ? 1 : sg_sim_past(r->sim) + 2;
    r->feed = SG_NEW(r->slots, struct sg_feed);
    r->batch = SG_NEW(r->slots, struct sg_batch);
    for (size_t k = 0; k < r->slots; k++)
        sg_feed_alloc(&r->feed[k], plan->source, r->field.dtype, plan->batch);
    if (plan->whole)
        r->batch[0] = sg_feed_gather(&r->feed[0], plan->source, false, NULL, 0, plan->batch);
}

enum sg_status sg_runner_alloc(struct sg_runner **runner, const struct sg_plan *plan,
                               const struct sg_case *c, size_t seed,
                               struct sg_error *err)
{
    struct sg_runner *r = *runner = SG_NEW(1, struct sg_runner);
    r->plan = plan;
    r->c = c;
    enum sg_status status = sg_case_make_arch(&r->arch, c, plan->source->d, plan->source->m, err);
    if (status != SG_OK)
        return status;
    r->arch.arch.seed = plan->study->seed + seed;
    r->dtype_size = sg_real_size(r->arch.arch.dtype);
    r->net = sg_net_alloc(&r->arch.arch);
    watch(r);
    void *w = sg_base_alloc(r->field.sizes.w, r->dtype_size),
         *phi = sg_base_alloc(r->field.sizes.phi, r->dtype_size);
    status = start(w, phi, r, seed, err);
    if (status == SG_OK) {
        make_sim(r, w, phi, seed);
        r->eye = sg_eye_alloc(&(struct sg_eye_spec){plan, c, &r->arch, r->net, w, phi});
    }
    free(w);
    free(phi);
    return status;
}

void sg_runner_free(struct sg_runner *r)
{
    if (!r)
        return;
    sg_eye_free(r->eye);
    sg_sim_free(r->sim);
    sg_data_batches_free(r->order);
    for (size_t k = 0; k < r->slots; k++)
        sg_feed_free(&r->feed[k]);
    void *own[] = {r->feed, r->batch, r->watched.aux, r->watched.block_end, r->watched.module_end,
                   r->watched.block_updates, r->watched.module_updates};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        free(own[i]);
    sg_net_free(r->net);
    free(r);
}

/* ---- steps ---------------------------------------------------------------------------------- */

static const struct sg_batch *gather(struct sg_runner *r, uint64_t step)
{
    const size_t slot = (size_t)(step % r->slots);
    if (r->order)
        r->batch[slot] = sg_feed_gather(&r->feed[slot], r->plan->source, false,
                                        sg_data_batches_at(r->order, step), 0, r->plan->batch);
    return &r->batch[slot];
}

uint64_t sg_runner_time(const struct sg_runner *r)
{
    return sg_sim_time(r->sim);
}

/* The share of both rates left at a step: a straight line to 0 after the last one. */
static void set_rates(struct sg_runner *r, uint64_t step)
{
    const double share = 1 - (double)step / (double)r->plan->study->steps;
    if (r->c->train.decay)
        sg_sim_set_rates(r->sim, share * r->mu, share * r->nu);
}

enum sg_status sg_runner_advance(struct sg_runner *r, uint64_t step)
{
    for (uint64_t t = sg_runner_time(r); t < step; t++) {
        if (t % FINITE_EVERY == 0 && !sg_sim_is_finite(r->sim))
            return SG_DIVERGED;
        if (sg_base_interrupted())
            return SG_INTERRUPTED;
        set_rates(r, t);
        sg_sim_step(r->sim, gather(r, t));
    }
    return sg_sim_is_finite(r->sim) ? SG_OK : SG_DIVERGED;
}

void sg_runner_look(struct sg_study_look *look, struct sg_study_layer *layer,
                    struct sg_study_module *module, struct sg_runner *r, bool fit)
{
    struct watched *v = &r->watched;
    const struct sg_state state = {sg_sim_w(r->sim), sg_sim_phi(r->sim), v->aux};
    *look = (struct sg_study_look){.step = (double)sg_runner_time(r),
                                   .seen = v->seen ? v->sum / (double)v->seen : SG_NAN};
    v->sum = 0;
    v->seen = 0;
    sg_eye_look(look, layer, module, r->eye, &state, fit);
    for (size_t b = 0; b < v->blocks; b++)
        layer[b].updates = (double)v->block_updates[b];
    for (size_t j = 0; j < v->modules; j++)
        module[j].updates = (double)v->module_updates[j];
}

/* ---- checkpoints ---------------------------------------------------------------------------- */

struct field { void *data; size_t bytes; };
enum { FIELDS = 5 };

static void fields_of(struct field field[FIELDS], const struct sg_runner *r)
{
    const struct watched *v = &r->watched;
    const struct field all[FIELDS] = {
        {v->aux, r->field.sizes.aux * r->dtype_size},
        {v->block_updates, v->blocks * sizeof *v->block_updates},
        {v->module_updates, v->modules * sizeof *v->module_updates},
        {(void *)&v->sum, sizeof v->sum},
        {(void *)&v->seen, sizeof v->seen}};
    memcpy(field, all, sizeof all);
}

size_t sg_runner_bytes(const struct sg_runner *r)
{
    struct field field[FIELDS];
    size_t bytes = sizeof(uint64_t) + sg_sim_bytes(r->sim);
    fields_of(field, r);
    for (size_t i = 0; i < FIELDS; i++)
        bytes += field[i].bytes;
    return bytes;
}

void sg_runner_save(void *bytes, const struct sg_runner *r)
{
    struct field field[FIELDS];
    const uint64_t time = sg_runner_time(r);
    char *to = bytes;
    memcpy(to, &time, sizeof time);
    to += sizeof time;
    sg_sim_save(to, r->sim);
    to += sg_sim_bytes(r->sim);
    fields_of(field, r);
    for (size_t i = 0; i < FIELDS; to += field[i++].bytes)
        if (field[i].bytes > 0)
            memcpy(to, field[i].data, field[i].bytes);
}

void sg_runner_load(struct sg_runner *r, const void *bytes)
{
    struct field field[FIELDS];
    const char *from = bytes;
    const size_t past = sg_sim_past(r->sim);
    uint64_t time;
    memcpy(&time, from, sizeof time);
    from += sizeof time;
    const struct sg_batch **batch = SG_NEW(past + 1, const struct sg_batch *);
    for (size_t k = 1; k <= past && k <= time; k++)
        batch[k] = gather(r, time - k);
    sg_sim_load(r->sim, from, batch);
    from += sg_sim_bytes(r->sim);
    fields_of(field, r);
    for (size_t i = 0; i < FIELDS; from += field[i++].bytes)
        if (field[i].bytes > 0)
            memcpy(field[i].data, from, field[i].bytes);
    free(batch);
}
