/* Parallel loops that nest, and passes that several threads share.
 *
 * All loops together share jobs - 1 helper threads.  A loop's own thread works through the
 * indices and, before each one, hires a helper if one is idle; a helper leaves when no index is
 * left.  So an inner loop picks up the threads that the end of an outer loop sets free, and no
 * thread waits for work that another could do.  Body i writes to slot i only: the result does
 * not depend on who ran it. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/signals.h"
#include "synthgrad/base.h"

static atomic_size_t total_jobs = 1;
static atomic_long idle_helpers = 0;
static volatile sig_atomic_t interrupted = 0;

void sg_base_set_jobs(size_t jobs)
{
    SG_REQUIRE(jobs >= 1);
    atomic_store(&total_jobs, jobs);
    atomic_store(&idle_helpers, (long)jobs - 1);
}

size_t sg_base_jobs(void)
{
    return atomic_load(&total_jobs);
}

void sg_base_interrupt(void)
{
    interrupted = 1;
}

bool sg_base_interrupted(void)
{
    return interrupted != 0;
}

void sg_base_resume(void)
{
    interrupted = 0;
}

struct loop {
    size_t n;
    atomic_size_t next;
    void (*body)(size_t i, void *context);
    void *context;
};

static bool hire(void)
{
    long idle = atomic_load(&idle_helpers);
    while (idle > 0)
        if (atomic_compare_exchange_weak(&idle_helpers, &idle, idle - 1))
            return true;
    return false;
}

static bool run_one(struct loop *loop)
{
    if (sg_base_interrupted())
        return false;
    const size_t i = atomic_fetch_add(&loop->next, 1);
    if (i >= loop->n)
        return false;
    loop->body(i, loop->context);
    return true;
}

/* A new thread has its parent's mask.  Ours take no signals, which are for those who use the
 * library. */
static bool start_thread(pthread_t *thread, void *(*body)(void *), void *arg)
{
    sg_base_signals_enter();
    sg_base_signals_hold();
    const bool started = pthread_create(thread, NULL, body, arg) == 0;
    sg_base_signals_leave();
    return started;
}

static void *help(void *arg)
{
    while (run_one(arg))
        ;
    atomic_fetch_add(&idle_helpers, 1);
    return NULL;
}

enum sg_status sg_base_parallel_for(size_t n, void (*body)(size_t i, void *context), void *context)
{
    SG_REQUIRE(body);
    struct loop loop = {.n = n, .body = body, .context = context};
    pthread_t *helper = NULL;
    size_t helpers = 0, capacity = 0;
    bool more = true;
    while (more) {
        /* One index is left for this thread, so a loop of one never starts another. */
        while (atomic_load(&loop.next) + 1 < n && hire()) {
            helper = sg_base_grow(helper, helpers, &capacity, sizeof *helper);
            if (!start_thread(&helper[helpers], help, &loop)) {
                /* the system has no thread to give: go on alone */
                atomic_fetch_add(&idle_helpers, 1);
                break;
            }
            helpers++;
        }
        more = run_one(&loop);
    }
    for (size_t h = 0; h < helpers; h++)
        pthread_join(helper[h], NULL);
    free(helper);
    return atomic_load(&loop.next) < n ? SG_INTERRUPTED : SG_OK;
}

/* ---- splitting a pass ------------------------------------------------------------------ */

/* Threads that stay: a pass of some ten microseconds could not pay for starting one.  A worker is
 * called and heard again by turns of `state`. */
/* TURNS of a pause: longer than the gap between two passes, short enough to be polite */
enum { CREW = 64, TURNS = 1000 };
enum state { FREE, TAKEN, CALLED, DONE };
struct worker {
    atomic_int state;
    bool started;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t part, parts;
    void (*body)(size_t part, size_t parts, void *context);
    void *context;
};
static struct worker crew[CREW];

static void set_state(struct worker *worker, enum state state)
{
    pthread_mutex_lock(&worker->mutex);
    atomic_store(&worker->state, (int)state);
    pthread_cond_broadcast(&worker->changed);
    pthread_mutex_unlock(&worker->mutex);
}

/* Looks for a while, then sleeps. */
static void await(struct worker *worker, enum state state)
{
    for (int turn = 0; turn < TURNS; turn++) {
        if (atomic_load(&worker->state) == (int)state)
            return;
#if defined __x86_64__
        __builtin_ia32_pause();
#endif
    }
    pthread_mutex_lock(&worker->mutex);
    while (atomic_load(&worker->state) != (int)state)
        pthread_cond_wait(&worker->changed, &worker->mutex);
    pthread_mutex_unlock(&worker->mutex);
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    for (;;) {
        await(worker, CALLED);
        worker->body(worker->part, worker->parts, worker->context);
        set_state(worker, DONE);
    }
    return NULL;
}

static bool start(struct worker *worker)
{
    pthread_t thread;
    pthread_mutex_init(&worker->mutex, NULL);
    pthread_cond_init(&worker->changed, NULL);
    worker->started = start_thread(&thread, work, worker);
    if (worker->started)
        pthread_detach(thread);
    return worker->started;
}

/* An idle worker, the caller's until it is FREE again; NULL: all jobs are taken, or the
 * system has no thread to give. */
static struct worker *take(void)
{
    if (!hire())
        return NULL;
    for (size_t i = 0; i < CREW; i++) {
        int state = FREE;
        if (!atomic_compare_exchange_strong(&crew[i].state, &state, TAKEN))
            continue;
        if (crew[i].started || start(&crew[i]))
            return &crew[i];
        atomic_store(&crew[i].state, FREE);
        break;
    }
    atomic_fetch_add(&idle_helpers, 1);
    return NULL;
}

void sg_base_split(size_t most, void (*body)(size_t part, size_t parts, void *context),
                   void *context)
{
    SG_REQUIRE(body);
    struct worker *hand[CREW];
    size_t parts = 1;
    while (parts < most && parts <= CREW && (hand[parts - 1] = take()) != NULL)
        parts++;
    for (size_t part = 1; part < parts; part++) {
        struct worker *worker = hand[part - 1];
        worker->part = part;
        worker->parts = parts;
        worker->body = body;
        worker->context = context;
        set_state(worker, CALLED);
    }
    body(0, parts, context);
    for (size_t part = 1; part < parts; part++) {
        await(hand[part - 1], DONE);
        set_state(hand[part - 1], FREE);
        atomic_fetch_add(&idle_helpers, 1);
    }
}

void sg_base_share(size_t *from, size_t *to, size_t n, size_t unit, size_t part, size_t parts)
{
    SG_REQUIRE(from && to && unit >= 1 && parts >= 1);
    const size_t units = n / unit + (n % unit != 0),
                 first = units / parts * part + units % parts * part / parts;
    const size_t last = units / parts * (part + 1) + units % parts * (part + 1) / parts;
    *from = first * unit < n ? first * unit : n;
    *to = last * unit < n ? last * unit : n;
}

/* ---- progress -------------------------------------------------------------------------- */

static void (*listener)(const char *what, size_t done, size_t total, void *context);
static void *listener_context;

void sg_base_listen(void (*who)(const char *what, size_t done, size_t total, void *context),
                    void *context)
{
    listener = who;
    listener_context = context;
}

void sg_base_tell(const char *what, size_t done, size_t total)
{
    if (listener)
        listener(what, done, total, listener_context);
}
