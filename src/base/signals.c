/* Signals wait while a product of oneDNN computes (signals.h says why).  The mask is a thread's
 * own, and so is all that is kept here. */
#include "base/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "synthgrad/base.h"

static _Thread_local unsigned depth;
static _Thread_local bool held;
static _Thread_local sigset_t before;

void sg_base_signals_enter(void)
{
    depth++;
}

/* A fault's own signal ends the process if it is blocked, whoever wanted to hear of it. */
static void all_but_faults(sigset_t *set)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
    sigfillset(set);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(set, faults[i]);
}

void sg_base_signals_hold(void)
{
    sigset_t set;
    SG_REQUIRE(depth > 0);
    if (held)
        return;
    all_but_faults(&set);
    held = pthread_sigmask(SIG_BLOCK, &set, &before) == 0;
}

void sg_base_signals_leave(void)
{
    SG_REQUIRE(depth > 0);
    if (--depth > 0 || !held)
        return;
    held = false;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
