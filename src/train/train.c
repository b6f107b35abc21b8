/* The run: a minibatch, one evaluation, two optimiser steps. */
#include <stdlib.h>
#include <string.h>

#include "data/real.h"
#include "train/internal.h"

enum { LOOK = 64, SCORE_ROWS = 500 };

static struct part part_alloc(size_t n, size_t real, const struct sg_opt *opt)
{
    return (struct part){.n = n,
                         .theta = sg_base_alloc(n, real),
                         .grad = sg_base_alloc(n, real),
                         .opt = *opt,
                         .moments = {.m = sg_net_opt_has_m(opt) ? sg_base_alloc(n, real) : NULL,
                                     .v = sg_net_opt_has_v(opt) ? sg_base_alloc(n, real) : NULL}};
}

static void part_free(struct part *p)
{
    free(p->theta);
    free(p->grad);
    free(p->moments.m);
    free(p->moments.v);
}

struct sg_train *sg_train_alloc(const struct sg_train_spec *spec)
{
    SG_REQUIRE(spec);
    const struct sg_arch *arch = sg_net_arch(spec->net);
    const struct sg_images *images = spec->images;
    const size_t d = images->rows * images->columns;
    SG_REQUIRE(arch->inputs == d && arch->labels == images->classes && spec->batch >= 1 &&
               spec->batch <= images->n);
    SG_REQUIRE(spec->sg_step == SG_STEP_FIXED || spec->sg_opt.kind == SG_GD);
    struct sg_train *t = SG_NEW(1, struct sg_train);
    t->spec = *spec;
    t->sizes = sg_net_sizes(spec->net);
    t->real = sg_real_size(arch->dtype);
    t->w = part_alloc(t->sizes.w, t->real, &spec->net_opt);
    t->phi = part_alloc(t->sizes.phi, t->real, &spec->sg_opt);
    t->aux = sg_base_alloc(t->sizes.aux, t->real);
    t->order =
        sg_data_batches_alloc(images->n, spec->batch, spec->seed, spec->name, spec->replicate);
    sg_data_rows_alloc(&t->rows, arch->dtype, spec->batch, d, arch->labels);
    sg_data_rows_alloc(&t->score_rows, arch->dtype, SCORE_ROWS, d, arch->labels);
    t->work = sg_net_work_alloc(spec->net, spec->batch);
    t->score_work = sg_net_work_alloc(spec->net, SCORE_ROWS);
    t->step_scratch =
        sg_base_alloc(spec->batch * sg_net_step_scratch(spec->net, spec->sg_step), t->real);
    struct sg_rng *rng = sg_base_rng_alloc(spec->seed, spec->name, spec->replicate, "start");
    sg_net_init(t->w.theta, t->aux, spec->net, spec->init, rng);
    sg_net_start_phi(t->phi.theta, spec->net, rng);
    sg_base_rng_free(rng);
    return t;
}

void sg_train_free(struct sg_train *t)
{
    if (!t)
        return;
    part_free(&t->w);
    part_free(&t->phi);
    free(t->aux);
    sg_data_batches_free(t->order);
    sg_data_rows_free(&t->rows);
    sg_data_rows_free(&t->score_rows);
    sg_net_work_free(t->work);
    sg_net_work_free(t->score_work);
    free(t->step_scratch);
    free(t);
}

struct sg_state sg_train_state(const struct sg_train *t)
{
    return (struct sg_state){.w = t->w.theta, .phi = t->phi.theta, .aux = t->aux};
}

/* The entries from..to - 1 of a part take their step, as the part's step t. */
static void part_step(const struct part *p, size_t from, size_t to, uint64_t t, size_t real,
                      enum sg_dtype dtype, double share)
{
    const size_t at = from * real;
    struct sg_moments moments = {.m = p->moments.m ? (char *)p->moments.m + at : NULL,
                                 .v = p->moments.v ? (char *)p->moments.v + at : NULL,
                                 .t = t};
    struct sg_opt opt = p->opt;
    opt.rate *= share;
    sg_net_opt_step((char *)p->theta + at, &moments, (char *)p->theta + at, (char *)p->grad + at,
                    &opt, dtype, to - from);
}

double sg_train_share(const struct sg_train *t, uint64_t time)
{
    const uint64_t end = t->spec.decay_steps;
    return end == 0 ? 1.0 : time < end ? 1.0 - (double)time / (double)end : 0.0;
}

/* Down layer by layer: nothing below reads a layer's weights, so they move while their gradient is
 * in the cache.  What the modules are taught comes with the walk; nothing reads phi on it. */
static void step(struct sg_train *t)
{
    const struct sg_net *net = t->spec.net;
    const struct sg_arch *arch = sg_net_arch(net);
    const struct sg_batch batch = sg_data_gather_images(&t->rows, t->spec.images,
                                                        sg_data_batches_at(t->order, t->time),
                                                        t->spec.batch);
    t->batch = batch;
    const struct sg_state state = sg_train_state(t);
    const double share = sg_train_share(t, t->time);
    const unsigned want = SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS | SG_TRAIN;
    sg_net_forward(net, 0, arch->n_layers, &state, &batch, want, t->work);
    for (size_t i = arch->n_layers, to = t->w.n; i-- > 0;) {
        const size_t from = sg_net_layer_offset(net, i);
        sg_net_backward(t->w.grad, t->phi.grad, net, i, i + 1, &state, &batch, want, t->work);
        if (from < to)
            part_step(&t->w, from, to, t->w.moments.t, t->real, arch->dtype, share);
        to = from;
    }
    sg_net_step_scale(t->phi.grad, net, t->spec.sg_step, &batch, t->work, t->step_scratch);
    part_step(&t->phi, 0, t->phi.n, t->phi.moments.t, t->real, arch->dtype, share);
    t->w.moments.t += t->w.opt.kind != SG_GD;
    t->phi.moments.t += t->phi.opt.kind != SG_GD;
    const struct sg_metrics seen = sg_net_metrics(t->work);
    t->sum.loss += seen.loss;
    t->sum.sg_loss += seen.sg_loss;
    t->seen++;
    t->time++;
}

static bool part_is_finite(const struct part *p, enum sg_dtype dtype)
{
    if (dtype == SG_F64)
        return sg_base_all_finite(p->theta, p->n);
    enum { LANES = 32 };
    const float *theta = p->theta;
    float sum[LANES] = {0}, all = 0;        /* 0 * theta is NaN where theta is not finite */
    size_t i = 0;
    for (; i + LANES <= p->n; i += LANES)
        for (size_t j = 0; j < LANES; j++)
            sum[j] += 0.0f * theta[i + j];
    for (; i < p->n; i++)
        all += 0.0f * theta[i];
    for (size_t j = 0; j < LANES; j++)
        all += sum[j];
    return all == 0.0f;
}

bool sg_train_is_finite(const struct sg_train *t)
{
    const enum sg_dtype dtype = sg_net_arch(t->spec.net)->dtype;
    return part_is_finite(&t->w, dtype) && part_is_finite(&t->phi, dtype);
}

enum sg_status sg_train_advance(struct sg_train *t, uint64_t steps)
{
    SG_REQUIRE(t && !t->halved);
    for (uint64_t done = 0; done < steps;) {
        if (sg_base_interrupted())
            return SG_INTERRUPTED;
        for (uint64_t end = done + LOOK < steps ? done + LOOK : steps; done < end; done++)
            step(t);
        if (!sg_train_is_finite(t))
            return SG_DIVERGED;
    }
    return SG_OK;
}

uint64_t sg_train_time(const struct sg_train *t)
{
    SG_REQUIRE(t);
    return t->time;
}

size_t sg_train_epoch_steps(const struct sg_train *t)
{
    SG_REQUIRE(t);
    return sg_data_batches_steps(t->order);
}

struct sg_metrics sg_train_seen(struct sg_train *t)
{
    SG_REQUIRE(t);
    const double n = t->seen > 0 ? (double)t->seen : SG_NAN;
    const struct sg_metrics mean = {.loss = t->sum.loss / n, .sg_loss = t->sum.sg_loss / n};
    t->sum = (struct sg_metrics){0};
    t->seen = 0;
    return mean;
}

const void *sg_train_w(const struct sg_train *t)
{
    SG_REQUIRE(t);
    return t->w.theta;
}

const void *sg_train_phi(const struct sg_train *t)
{
    SG_REQUIRE(t);
    return t->phi.theta;
}

void *sg_train_aux(const struct sg_train *t)
{
    SG_REQUIRE(t);
    return t->aux;
}

const struct sg_net_work *sg_train_work(struct sg_batch *batch, const struct sg_train *t)
{
    SG_REQUIRE(t);
    if (batch)
        *batch = t->batch;
    return t->work;
}

/* ---- score ----------------------------------------------------------------------------- */

static size_t largest(const void *p, size_t row, size_t m, enum sg_dtype dtype)
{
    size_t best = 0;
    for (size_t j = 1; j < m; j++)
        if (dtype == SG_F32
                ? ((const float *)p)[row * m + j] > ((const float *)p)[row * m + best]
                : ((const double *)p)[row * m + j] > ((const double *)p)[row * m + best])
            best = j;
    return best;
}

struct sg_score sg_train_score(struct sg_train *t, const struct sg_images *images)
{
    SG_REQUIRE(t && images);
    const struct sg_arch *arch = sg_net_arch(t->spec.net);
    const struct sg_state state = sg_train_state(t);
    struct sg_score score = {0};
    size_t right = 0;
    for (size_t first = 0; first < images->n; first += SCORE_ROWS) {
        const size_t n = images->n - first < SCORE_ROWS ? images->n - first : SCORE_ROWS;
        const struct sg_images slice = sg_data_images_slice(images, first, n);
        const struct sg_batch batch = sg_data_gather_images(&t->score_rows, &slice, NULL, n);
        struct sg_metrics metrics;
        sg_net_eval_state(NULL, NULL, &metrics, t->spec.net, &state, &batch, SG_WANT_METRICS,
                          t->score_work);
        score.loss += metrics.loss * (double)n / (double)images->n;
        const void *p = sg_net_view(t->score_work, SG_VIEW_H, arch->n_layers);
        for (size_t i = 0; i < n; i++)
            right += largest(p, i, images->classes, arch->dtype) == slice.label[i];
    }
    score.accuracy = (double)right / (double)images->n;
    return score;
}

/* ---- checkpoints ----------------------------------------------------------------------- */

struct head { uint64_t time, seen, w_steps, phi_steps; struct sg_metrics sum; };
struct field { void *data; size_t bytes; };
enum { FIELDS = 7 };

static void fields_of(struct field field[FIELDS], const struct sg_train *t)
{
    const size_t w = t->w.n * t->real, phi = t->phi.n * t->real;
    const struct field all[FIELDS] = {{t->w.theta, w},
                                      {t->w.moments.m, w},
                                      {t->w.moments.v, w},
                                      {t->phi.theta, phi},
                                      {t->phi.moments.m, phi},
                                      {t->phi.moments.v, phi},
                                      {t->aux, t->sizes.aux * t->real}};
    memcpy(field, all, sizeof all);
}

size_t sg_train_bytes(const struct sg_train *t)
{
    SG_REQUIRE(t);
    struct field field[FIELDS];
    size_t bytes = sizeof(struct head);
    fields_of(field, t);
    for (size_t i = 0; i < FIELDS; i++)
        bytes += field[i].data ? field[i].bytes : 0;
    return bytes;
}

void sg_train_save(void *bytes, const struct sg_train *t)
{
    SG_REQUIRE(t && !t->halved);
    const struct head head = {t->time, t->seen, t->w.moments.t, t->phi.moments.t, t->sum};
    struct field field[FIELDS];
    char *to = bytes;
    memcpy(to, &head, sizeof head);
    to += sizeof head;
    fields_of(field, t);
    for (size_t i = 0; i < FIELDS; i++)
        if (field[i].data) {
            memcpy(to, field[i].data, field[i].bytes);
            to += field[i].bytes;
        }
}

void sg_train_load(struct sg_train *t, const void *bytes)
{
    SG_REQUIRE(t);
    struct head head;
    struct field field[FIELDS];
    const char *from = bytes;
    SG_REQUIRE(!t->halved);
    memcpy(&head, from, sizeof head);
    from += sizeof head;
    t->time = head.time;
    t->seen = head.seen;
    t->w.moments.t = head.w_steps;
    t->phi.moments.t = head.phi_steps;
    t->sum = head.sum;
    fields_of(field, t);
    for (size_t i = 0; i < FIELDS; i++)
        if (field[i].data) {
            memcpy(field[i].data, from, field[i].bytes);
            from += field[i].bytes;
        }
}
