/* Parallel loops that nest.
 *
 * All loops together share jobs - 1 helper threads.  A loop's own thread works through the indices and, before each one,
 * hires a helper if one is idle; a helper leaves when no index is left.  So an inner loop picks up the threads that the end of an
 * outer loop sets free, and no thread waits for work that another could do.  Body i writes to slot i only: the result does
 * not depend on who ran it. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

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

static void *help(void *arg)
{
    while (run_one(arg))
        ;
    atomic_fetch_add(&idle_helpers, 1);
    return NULL;
}

enum sg_status sg_base_parallel_for(size_t n, void (*body)(size_t i, void *context), void *context)
{
    struct loop loop = {.n = n, .body = body, .context = context};
    pthread_t *helper = NULL;
    size_t helpers = 0, capacity = 0;
    bool more = true;
    while (more) {
        /* One index is left for this thread, so a loop of one never starts another. */
        while (atomic_load(&loop.next) + 1 < n && hire()) {
            helper = sg_base_grow(helper, helpers, &capacity, sizeof *helper);
            if (pthread_create(&helper[helpers], NULL, help, &loop) != 0) {
                atomic_fetch_add(&idle_helpers, 1);   /* the system has no thread to give: go on alone */
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

/* ---- progress ---------------------------------------------------------------------------------------------- */

static void (*listener)(const char *what, size_t done, size_t total, void *context);
static void *listener_context;

void sg_base_listen(void (*who)(const char *what, size_t done, size_t total, void *context), void *context)
{
    listener = who;
    listener_context = context;
}

void sg_base_tell(const char *what, size_t done, size_t total)
{
    if (listener)
        listener(what, done, total, listener_context);
}
