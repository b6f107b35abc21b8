/* The runs of an experiment, in parallel.  Progress is told as runs end, and the first failure is
 * the experiment's. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "judge/judge.h"

struct runs {
    const char *name;
    size_t n;
    sg_claim_run *run;
    void *context;
    enum sg_status *status;
    struct sg_error *err;
    atomic_size_t done;
};

static void run_one(size_t i, void *context)
{
    struct runs *r = context;
    r->status[i] = r->run(&r->err[i], i, r->context);
    sg_base_tell(r->name, atomic_fetch_add(&r->done, 1) + 1, r->n);
}

enum sg_status sg_claim_runs(struct sg_evidence *ev, const struct sg_trial *trial, size_t n,
                             sg_claim_run *run, void *context)
{
    struct runs r = {.name = trial->c->name, .n = n, .run = run, .context = context,
                     .status = SG_NEW(n, enum sg_status),
                     .err = SG_NEW(n, struct sg_error)};
    enum sg_status status = sg_base_parallel_for(n, run_one, &r);
    for (size_t i = 0; i < n && status == SG_OK; i++)
        if (r.status[i] != SG_OK) {
            status = r.status[i];
            snprintf(ev->note, sizeof ev->note, "%.399s",
                     status == SG_DIVERGED ? "a run diverged" : r.err[i].text);
        }
    free(r.status);
    free(r.err);
    return status;
}
