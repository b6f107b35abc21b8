/* All runs of a training: each rule from each seed, kept as they end and when they are stopped. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge/judge.h"
#include "study/study.h"

/* Seconds of work that a kill may cost: checkpoints are this far apart, at looks. */
static const double CHECKPOINT_SECONDS = 2;

struct job {
    struct sg_plan plan;
    struct sg_study *study;
    struct sg_case *of_arm;              /* [n_arms] the case of each rule */
    struct sg_store *store;
    const struct sg_study_options *options;
    enum sg_status *status;              /* [runs] */
    struct sg_error *err;
    pthread_mutex_t lock;                /* of the news */
    struct sg_study_news news;
};

uint64_t sg_plan_step(const struct sg_plan *plan, size_t look)
{
    const uint64_t steps = plan->study->steps, looks = plan->study->looks - 1;
    return look * (steps / looks) + look * (steps % looks) / looks;
}

/* ---- a run's numbers as bytes ---------------------------------------------------------------- */

/* Looks made, status, the step at which divergence was seen; then all looks, layers and modules.
 * A checkpoint has the runner's state behind them. */
struct head { uint64_t looks, status; double diverged; };

static size_t modules_of(const struct sg_study *s, size_t run)
{
    return s->arm[run / s->seeds].n_modules;
}

struct table { void *data; size_t bytes; };
enum { TABLES = 3 };

static void tables_of(struct table table[TABLES], const struct sg_study *s, size_t i)
{
    const struct sg_study_run *run = &s->run[i];
    const struct table all[TABLES] = {
        {run->look, s->looks * sizeof *run->look},
        {run->layer, s->looks * s->layers * sizeof *run->layer},
        {run->module, s->looks * modules_of(s, i) * sizeof *run->module}};
    memcpy(table, all, sizeof all);
}

static size_t run_bytes(const struct sg_study *s, size_t i)
{
    struct table table[TABLES];
    size_t bytes = sizeof(struct head);
    tables_of(table, s, i);
    for (size_t k = 0; k < TABLES; k++)
        bytes += table[k].bytes;
    return bytes;
}

static void pack(char *to, const struct sg_study *s, size_t i)
{
    const struct sg_study_run *run = &s->run[i];
    const struct head head = {run->looks, (uint64_t)run->status, run->diverged};
    struct table table[TABLES];
    memcpy(to, &head, sizeof head);
    to += sizeof head;
    tables_of(table, s, i);
    for (size_t k = 0; k < TABLES; to += table[k++].bytes)
        if (table[k].bytes > 0)
            memcpy(to, table[k].data, table[k].bytes);
}

/* False: no run of this study wrote that. */
static bool unpack(struct sg_study *s, size_t i, const char *from)
{
    struct sg_study_run *run = &s->run[i];
    struct head head;
    struct table table[TABLES];
    memcpy(&head, from, sizeof head);
    if (head.looks > s->looks || (head.status != SG_OK && head.status != SG_DIVERGED))
        return false;
    run->looks = (size_t)head.looks;
    run->status = (enum sg_status)head.status;
    run->diverged = head.diverged;
    from += sizeof head;
    tables_of(table, s, i);
    for (size_t k = 0; k < TABLES; from += table[k++].bytes)
        if (table[k].bytes > 0)
            memcpy(table[k].data, from, table[k].bytes);
    return true;
}

/* ---- news ------------------------------------------------------------------------------------ */

/* The run has come this far, `fresh` steps of which nobody has heard. */
static void tell(struct job *job, size_t i, uint64_t fresh, bool kept)
{
    const struct sg_study *s = job->study;
    const struct sg_study_run *run = &s->run[i];
    pthread_mutex_lock(&job->lock);
    struct sg_study_news *news = &job->news;
    news->done += fresh;
    news->kept += kept ? fresh : 0;
    news->arm = i / s->seeds;
    news->seed = i % s->seeds;
    if (run->looks > 0) {
        const struct sg_study_look *last = &run->look[run->looks - 1];
        news->loss = s->test > 0 ? last->test_loss : last->loss;
        news->accuracy = s->test > 0 ? last->test_accuracy : last->accuracy;
    }
    if (job->options->hear)
        job->options->hear(news, job->options->context);
    pthread_mutex_unlock(&job->lock);
}

/* ---- one run --------------------------------------------------------------------------------- */

struct session {
    struct job *job;
    size_t i;                            /* the run */
    struct sg_trial trial;
    struct sg_runner *runner;
    const char *piece;
    char *checkpoint, *part;             /* its piece, and room for it */
    size_t part_bytes;
    double kept_at;
};

static enum sg_status keep_part(struct session *x, struct sg_error *err)
{
    const size_t own = run_bytes(x->job->study, x->i);
    if (!x->trial.store)
        return SG_OK;
    pack(x->part, x->job->study, x->i);
    sg_runner_save(x->part + own, x->runner);
    x->kept_at = sg_base_seconds();
    return sg_claim_keep_lazily(&x->trial, x->checkpoint, x->part, x->part_bytes, err);
}

static bool recall_part(struct session *x)
{
    const size_t own = run_bytes(x->job->study, x->i);
    if (!sg_claim_recall(x->part, x->part_bytes, &x->trial, x->checkpoint) ||
        !unpack(x->job->study, x->i, x->part))
        return false;
    sg_runner_load(x->runner, x->part + own);
    return true;
}

static void make_look(struct session *x)
{
    const struct sg_study *s = x->job->study;
    struct sg_study_run *run = &x->job->study->run[x->i];
    const size_t at = run->looks, modules = modules_of(s, x->i);
    const bool fit = sg_eye_fits_at(&x->job->plan, &s->arm[x->i / s->seeds], at);
    sg_runner_look(&run->look[at], run->layer + at * s->layers,
                   modules ? run->module + at * modules : NULL, x->runner, fit);
    run->looks++;
}

/* From where the runner is to its end.  Divergence is a result. */
static enum sg_status carry_on(struct session *x, struct sg_error *err)
{
    struct sg_study *s = x->job->study;
    struct sg_study_run *run = &s->run[x->i];
    enum sg_status status = SG_OK;
    while (run->looks < s->looks && status == SG_OK) {
        const uint64_t before = sg_runner_time(x->runner);
        status = sg_runner_advance(x->runner, sg_plan_step(&x->job->plan, run->looks));
        if (status == SG_OK)
            make_look(x);
        tell(x->job, x->i, sg_runner_time(x->runner) - before, false);
        if (status == SG_INTERRUPTED) {
            const enum sg_status kept = keep_part(x, err);
            return kept == SG_OK ? status : kept;
        }
        if (status == SG_OK && run->looks < s->looks &&
            sg_base_seconds() - x->kept_at > CHECKPOINT_SECONDS)
            status = keep_part(x, err);
    }
    if (status != SG_DIVERGED)
        return status;
    run->status = SG_DIVERGED;
    run->diverged = (double)sg_runner_time(x->runner);
    tell(x->job, x->i, s->steps - sg_runner_time(x->runner), false);
    return SG_OK;
}

static enum sg_status train(struct session *x, struct sg_error *err)
{
    struct job *job = x->job;
    const size_t arm = x->i / job->study->seeds, seed = x->i % job->study->seeds;
    enum sg_status status =
        sg_runner_alloc(&x->runner, &job->plan, &job->of_arm[arm], seed, err);
    if (status == SG_OK) {
        x->part_bytes = run_bytes(job->study, x->i) + sg_runner_bytes(x->runner);
        x->part = SG_NEW(x->part_bytes, char);
        x->kept_at = sg_base_seconds();
        if (recall_part(x))
            tell(job, x->i, sg_runner_time(x->runner), true);
        status = carry_on(x, err);
    }
    if (status == SG_OK) {
        pack(x->part, job->study, x->i);
        status = sg_claim_keep_lazily(&x->trial, x->piece, x->part, run_bytes(job->study, x->i),
                                      err);
    }
    free(x->part);
    sg_runner_free(x->runner);
    return status;
}

static void run_one(size_t i, void *context)
{
    struct job *job = context;
    const struct sg_study *s = job->study;
    const size_t bytes = run_bytes(s, i);
    struct session x = {.job = job, .i = i, .piece = s->arm[i / s->seeds].word,
                        .trial = {.c = job->plan.c, .seed = s->seed, .replicate = i % s->seeds,
                                  .store = job->store}};
    char *whole = SG_NEW(bytes, char);
    x.checkpoint = sg_base_format("%s-checkpoint", x.piece);
    job->status[i] = SG_OK;
    if (sg_claim_store_failure(job->store))      /* what cannot be kept would be made in vain */
        job->status[i] = SG_INTERRUPTED;
    else if (sg_claim_recall(whole, bytes, &x.trial, x.piece) && unpack(job->study, i, whole))
        tell(job, i, s->steps, true);
    else
        job->status[i] = train(&x, &job->err[i]);
    if (job->status[i] == SG_OK)         /* a killed process may not have come to that */
        sg_claim_forget(&x.trial, x.checkpoint);
    free(x.checkpoint);
    free(whole);
}

/* ---- the study ------------------------------------------------------------------------------- */

static enum sg_status add_arm(struct job *job, const struct sg_case *c, enum sg_rule rule,
                              struct sg_error *err)
{
    struct sg_study *s = job->study;
    const enum sg_status status = sg_study_check_rule(c, rule, err);
    if (status != SG_OK)
        return status;
    struct sg_case *of_arm = &job->of_arm[s->n_arms];
    memcpy(of_arm, c, sizeof *c);
    sg_study_apply_rule(of_arm, rule);
    sg_study_make_arm(&s->arm[s->n_arms], of_arm, rule);
    s->n_arms++;
    return SG_OK;
}

static enum sg_status add_arms(struct job *job, const struct sg_case *c, struct sg_error *err)
{
    const struct sg_study_options *o = job->options;
    enum sg_status status = add_arm(job, c, SG_RULE_CASE, err);
    for (size_t k = 0; k < o->n_against && status == SG_OK; k++) {
        bool twice = o->against[k] == SG_RULE_CASE;
        for (size_t i = 0; i < k; i++)
            twice = twice || o->against[i] == o->against[k];
        if (!twice)
            status = add_arm(job, c, o->against[k], err);
    }
    return status;
}

static enum sg_status measure_out(struct job *job, const struct sg_case *c, struct sg_error *err)
{
    struct sg_study *s = job->study;
    const struct sg_source *source = job->plan.source;
    struct sg_plan *plan = &job->plan;
    plan->whole = !sg_study_gives(c, "train.batch");
    plan->batch = plan->whole ? source->n : (size_t)c->train.batch;
    if (plan->batch > source->n)
        return sg_base_refuse(err, c->path, c->line[sg_case_key_find("train.batch")],
                              "a minibatch of %zu rows, and the data have %zu; make batch smaller, "
                              "or take it out for full batches", plan->batch, source->n);
    s->n = source->n;
    s->d = source->d;
    s->m = source->m;
    s->test = source->test;
    s->classes = source->classes;
    s->gd = c->train.optimiser == SG_GD && c->train.order == SG_SIMULTANEOUS &&
            c->train.delay == SG_DELAY_NONE;
    s->epoch_steps = source->n / plan->batch;
    s->steps = sg_study_gives(c, "train.steps") ? (uint64_t)c->train.steps
                                                : (uint64_t)c->train.epochs * s->epoch_steps;
    s->looks = 1 + (size_t)(s->steps < SG_STUDY_LOOKS ? s->steps : SG_STUDY_LOOKS);
    s->layers = c->net.layers.n + 1;
    s->rows = plan->rows = source->n < SG_STUDY_ROWS ? source->n : SG_STUDY_ROWS;
    plan->row = SG_NEW(plan->rows, size_t);
    for (size_t i = 0; i < plan->rows; i++)
        plan->row[i] = i * source->n / plan->rows;
    return SG_OK;
}

static void make_room(struct sg_study *s)
{
    s->run = SG_NEW(s->n_arms * s->seeds, struct sg_study_run);
    for (size_t i = 0; i < s->n_arms * s->seeds; i++)
        s->run[i] = (struct sg_study_run){
            .diverged = SG_NAN,
            .look = SG_NEW(s->looks, struct sg_study_look),
            .layer = SG_NEW(s->looks * s->layers, struct sg_study_layer),
            .module = SG_NEW(s->looks * modules_of(s, i), struct sg_study_module)};
}

static enum sg_status run_all(struct job *job, struct sg_error *err)
{
    struct sg_study *s = job->study;
    const size_t runs = s->n_arms * s->seeds;
    make_room(s);
    job->status = SG_NEW(runs, enum sg_status);
    job->err = SG_NEW(runs, struct sg_error);
    job->news = (struct sg_study_news){.study = s, .total = runs * s->steps, .loss = SG_NAN,
                                       .accuracy = SG_NAN};
    pthread_mutex_init(&job->lock, NULL);
    enum sg_status status = sg_base_parallel_for(runs, run_one, job);
    pthread_mutex_destroy(&job->lock);
    for (size_t i = 0; i < runs; i++)
        if (job->status[i] != SG_OK && job->status[i] != SG_INTERRUPTED) {
            status = job->status[i];
            *err = job->err[i];
            break;
        }
    for (size_t i = 0; i < runs && status == SG_OK; i++)
        status = job->status[i];
    free(job->status);
    free(job->err);
    return status;
}

enum sg_status sg_study_run(struct sg_study *study, const struct sg_case *c,
                            const struct sg_study_options *options, struct sg_error *err)
{
    SG_REQUIRE(study && c && options);
    const double begun = sg_base_seconds();
    struct sg_source source;
    struct job job = {.study = study, .options = options,
                      .plan = {.c = c, .study = study, .source = &source},
                      .of_arm = SG_NEW(SG_STUDY_ARMS_MAX, struct sg_case)};
    *study = (struct sg_study){.seed = options->seed ? *options->seed : (uint64_t)c->seed,
                               .seeds = options->seeds ? options->seeds : (size_t)c->train.seeds};
    enum sg_status status = sg_study_fits(c, err);
    if (status == SG_OK)
        status = add_arms(&job, c, err);
    if (status == SG_OK) {
        job.store = options->out ? sg_claim_store_alloc(options->out, c) : NULL;
        status = sg_source_read(&source, c, study->seed, err);
        if (status == SG_OK)
            status = measure_out(&job, c, err);
        if (status == SG_OK) {
            study->data = sg_case_describe_data(c, study->seed);
            status = run_all(&job, err);
        }
        if (status == SG_OK)
            sg_study_find(study);
        sg_source_free(&source);
        sg_claim_store_free(job.store);
        free(job.plan.row);
    }
    free(job.of_arm);
    study->seconds = sg_base_seconds() - begun;
    return status;
}

void sg_study_free(struct sg_study *s)
{
    if (!s)
        return;
    for (size_t i = 0; s->run && i < s->n_arms * s->seeds; i++) {
        free(s->run[i].look);
        free(s->run[i].layer);
        free(s->run[i].module);
    }
    for (size_t i = 0; i < s->n_findings; i++)
        free(s->finding[i]);
    void *own[] = {s->run, s->data, s->finding, s->headline};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        free(own[i]);
    *s = (struct sg_study){0};
}
