/* Two halves of a net, unlocked by the SG between them.
 *
 * Slot t mod (delay + 1) carries minibatch t: its rows, and a workspace in which the lower half
 * leaves h and the upper half g, so that nothing is copied. It is free again when the SG has been
 * trained on its pair, at the end of step t + delay: before step t + delay + 1 wants it. */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "train/internal.h"

enum { LOOK = 256 };

struct slot { struct sg_net_work *work; struct sg_rows rows; struct sg_batch batch; };

struct sg_halves {
    struct sg_train *t;
    size_t cut, top;                        /* the SG's boundary, and that of p */
    size_t n_lower;                         /* numbers of w in the lower half */
    struct sg_moments lower, upper;         /* parts of the run's */
    uint64_t delay;
    bool threads;
    size_t n_slots;
    struct slot *slot;
    uint64_t end;                           /* of this advance */
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    uint64_t handed_up, handed_back;        /* steps whose h, and whose g, are there */
    struct sg_halves_cpu cpu;
};

static void *offset(void *numbers, size_t n, const struct sg_train *t)
{
    return numbers ? (char *)numbers + n * t->real : NULL;
}

struct sg_halves *sg_train_halves_alloc(struct sg_train *t, uint64_t delay, size_t threads)
{
    SG_REQUIRE(t);
    const struct sg_net *net = t->spec.net;
    const struct sg_arch *arch = sg_net_arch(net);
    SG_REQUIRE(t->time == 0 && !t->halved && delay < SIZE_MAX && (threads == 1 || threads == 2));
    SG_REQUIRE(arch->n_modules == 1 && arch->modules[0].mix == 1.0 &&
               arch->modules[0].at < arch->n_layers);
    struct sg_halves *h = SG_NEW(1, struct sg_halves);
    *h = (struct sg_halves){.t = t,
                            .cut = arch->modules[0].at,
                            .top = arch->n_layers,
                            .delay = delay,
                            .threads = threads == 2,
                            .n_slots = (size_t)delay + 1};
    t->halved = true;
    h->n_lower = sg_net_layer_offset(net, h->cut);
    h->lower = t->w.moments;
    h->upper = (struct sg_moments){.m = offset(t->w.moments.m, h->n_lower, t),
                                   .v = offset(t->w.moments.v, h->n_lower, t)};
    h->slot = SG_NEW(h->n_slots, struct slot);
    for (size_t i = 0; i < h->n_slots; i++) {
        h->slot[i].work = sg_net_work_alloc(net, t->spec.batch);
        sg_data_rows_alloc(&h->slot[i].rows, arch->dtype, t->spec.batch, arch->inputs,
                           arch->labels);
    }
    SG_REQUIRE(pthread_mutex_init(&h->mutex, NULL) == 0 && pthread_cond_init(&h->moved, NULL) == 0);
    return h;
}

void sg_train_halves_free(struct sg_halves *h)
{
    if (!h)
        return;
    for (size_t i = 0; i < h->n_slots; i++) {
        sg_net_work_free(h->slot[i].work);
        sg_data_rows_free(&h->slot[i].rows);
    }
    free(h->slot);
    pthread_cond_destroy(&h->moved);
    pthread_mutex_destroy(&h->mutex);
    free(h);
}

/* ---- the queue between them ------------------------------------------------------------ */

static void hand(struct sg_halves *h, uint64_t *count)
{
    pthread_mutex_lock(&h->mutex);
    (*count)++;
    pthread_cond_signal(&h->moved);
    pthread_mutex_unlock(&h->mutex);
}

static void wait_for(struct sg_halves *h, const uint64_t *count, uint64_t least)
{
    pthread_mutex_lock(&h->mutex);
    while (*count < least)
        pthread_cond_wait(&h->moved, &h->mutex);
    pthread_mutex_unlock(&h->mutex);
}

static struct slot *slot_of(const struct sg_halves *h, uint64_t step)
{
    return &h->slot[step % h->n_slots];
}

/* ---- the halves ------------------------------------------------------------------------ */

static const unsigned want = SG_WANT_W | SG_WANT_PHI | SG_WANT_METRICS | SG_TRAIN;

/* `n` numbers of a part from `first` on take a step. */
static void move(const struct sg_halves *h, const struct part *part, struct sg_moments *moments,
                 size_t first, size_t n, uint64_t time)
{
    const struct sg_train *t = h->t;
    struct sg_opt opt = part->opt;
    opt.rate *= sg_train_share(t, time);
    void *theta = offset(part->theta, first, t);
    sg_net_opt_step(theta, moments, theta, offset(part->grad, first, t), &opt,
                    sg_net_arch(t->spec.net)->dtype, n);
}

static void hand_up(struct sg_halves *h, uint64_t time)
{
    struct sg_train *t = h->t;
    struct slot *s = slot_of(h, time);
    const struct sg_state state = sg_train_state(t);
    s->batch = sg_data_gather_images(&s->rows, t->spec.images, sg_data_batches_at(t->order, time),
                                     t->spec.batch);
    sg_net_forward(t->spec.net, 0, h->cut, &state, &s->batch, want, s->work);
    hand(h, &h->handed_up);
}

static void move_lower(struct sg_halves *h, uint64_t time)
{
    struct sg_train *t = h->t;
    struct slot *s = slot_of(h, time);
    const struct sg_state state = sg_train_state(t);
    sg_net_backward(t->w.grad, NULL, t->spec.net, 0, h->cut, &state, &s->batch,
                    SG_WANT_W | SG_TRAIN, s->work);
    move(h, &t->w, &h->lower, 0, h->n_lower, time);
}

static void train_sg(struct sg_halves *h, uint64_t time)
{
    if (time < h->delay)
        return;
    struct sg_train *t = h->t;
    struct slot *s = slot_of(h, time - h->delay);
    const struct sg_state state = sg_train_state(t);
    wait_for(h, &h->handed_back, time - h->delay + 1);
    sg_net_replay(t->phi.grad, t->spec.net, h->cut, &state, &s->batch, want, s->work);
    sg_net_step_scale(t->phi.grad, t->spec.net, t->spec.sg_step, &s->batch, s->work,
                      t->step_scratch);
    move(h, &t->phi, &t->phi.moments, 0, t->phi.n, time);
    t->sum.sg_loss += sg_net_metrics(s->work).sg_loss;
}

static void upper_step(struct sg_halves *h, uint64_t time)
{
    struct sg_train *t = h->t;
    wait_for(h, &h->handed_up, time + 1);
    struct slot *s = slot_of(h, time);
    const struct sg_state state = sg_train_state(t);
    sg_net_forward(t->spec.net, h->cut, h->top, &state, &s->batch, want, s->work);
    sg_net_backward(t->w.grad, NULL, t->spec.net, h->cut, h->top, &state, &s->batch,
                    SG_WANT_W | SG_WANT_METRICS | SG_TRAIN, s->work);
    t->sum.loss += sg_net_metrics(s->work).loss;
    move(h, &t->w, &h->upper, h->n_lower, t->w.n - h->n_lower, time);
    hand(h, &h->handed_back);
}

/* ---- running them ---------------------------------------------------------------------- */

static double cpu_seconds(void)
{
    struct timespec now;
    SG_REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void timed(double *sum, void (*part)(struct sg_halves *h, uint64_t time),
                  struct sg_halves *h, uint64_t time)
{
    const double start = cpu_seconds();
    part(h, time);
    *sum += cpu_seconds() - start;
}

static void *upper_half(void *context)
{
    struct sg_halves *h = context;
    for (uint64_t time = h->t->time; time < h->end; time++)
        timed(&h->cpu.upper, upper_step, h, time);
    return NULL;
}

static void lower_half(struct sg_halves *h, bool with_upper)
{
    for (uint64_t time = h->t->time; time < h->end; time++) {
        timed(&h->cpu.forward, hand_up, h, time);
        if (with_upper)
            timed(&h->cpu.upper, upper_step, h, time);
        timed(&h->cpu.back, move_lower, h, time);
        timed(&h->cpu.sg, train_sg, h, time);
    }
}

static void run_to(struct sg_halves *h, uint64_t end)
{
    struct sg_train *t = h->t;
    pthread_t upper;
    h->end = end;
    if (h->threads && pthread_create(&upper, NULL, upper_half, h) == 0) {
        lower_half(h, false);
        pthread_join(upper, NULL);
    } else {
        lower_half(h, true);
    }
    t->seen += end - t->time;
    t->time = end;
    t->w.moments.t = h->lower.t;
}

enum sg_status sg_train_halves_advance(struct sg_halves *h, uint64_t steps)
{
    SG_REQUIRE(h);
    struct sg_train *t = h->t;
    SG_REQUIRE(t->time == h->handed_up);
    for (const uint64_t last = t->time + steps; t->time < last;) {
        if (sg_base_interrupted())
            return SG_INTERRUPTED;
        run_to(h, t->time + LOOK < last ? t->time + LOOK : last);
        if (!sg_train_is_finite(t))
            return SG_DIVERGED;
    }
    return SG_OK;
}

struct sg_halves_cpu sg_train_halves_cpu(const struct sg_halves *h)
{
    SG_REQUIRE(h);
    return h->cpu;
}
