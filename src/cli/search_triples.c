/* search triples: three-point interpolation against DY6's factor.  Each climb's best triple is
 * verified in rational arithmetic, so that one beyond the factor would refute the theorem. */
#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/search.h"
#include "synthgrad/closed.h"
#include "synthgrad/report.h"
#include "synthgrad/search.h"

enum { SHOWN = 10 };

struct climb { bool finished; struct sg_triple top; struct sg_interval exact; };

struct hunt {
    struct sg_triple_plan plan;
    size_t n;
    uint64_t seconds, jobs;              /* seconds 0: no limit */
    double started;
    const char *json;
    char *head;
    struct sg_interval factor;           /* high HUGE_VAL: not proved */
    struct climb *climb;
    pthread_mutex_t lock;                /* of the terminal */
    struct sg_progress progress;
};

static void climb_one(size_t i, void *context)
{
    struct hunt *h = context;
    struct climb *c = &h->climb[i];
    if (h->seconds && sg_base_seconds() - h->started > (double)h->seconds)
        return;
    if (sg_search_triple(&c->top, &h->plan, i) != SG_OK)
        return;
    const struct sg_cert_triple triple = {SG_TRIPLE_DIM, c->top.x, c->top.g, c->top.d,
                                          c->top.g_next};
    const enum sg_status status = sg_cert_triple_ratio(&c->exact, &h->plan.step, &triple);
    if (status != SG_OK)
        c->exact = (struct sg_interval){SG_NAN, SG_NAN};
    c->finished = true;
    pthread_mutex_lock(&h->lock);
    sg_report_progress_step(&h->progress);
    pthread_mutex_unlock(&h->lock);
}

/* ---- what came of it ------------------------------------------------------------------------ */

static int higher_first(const void *a, const void *b)
{
    const struct climb *x = *(struct climb *const *)a, *y = *(struct climb *const *)b;
    return x->top.ratio < y->top.ratio ? 1 : x->top.ratio > y->top.ratio ? -1 : (x > y) - (x < y);
}

/* verified: in rational arithmetic; beyond: these, above a factor that is proved from above */
struct tally { size_t finished, verified, beyond; const struct climb **best; };

static struct tally count(const struct hunt *h)
{
    struct tally t = {.best = SG_NEW(h->n, const struct climb *)};
    for (size_t i = 0; i < h->n; i++) {
        const struct climb *c = &h->climb[i];
        if (!c->finished)
            continue;
        t.best[t.finished++] = c;
        t.verified += c->exact.low <= c->exact.high;
        t.beyond += c->exact.low > h->factor.high;
    }
    qsort(t.best, t.finished, sizeof *t.best, higher_first);
    return t;
}

static void print_tally(const struct hunt *h, const struct tally *t)
{
    const struct sg_cert_inexact *s = &h->plan.step;
    const double factor = sg_closed_inexact_factor(s->m, s->L, s->rho, s->gamma);
    printf("%s\n%-8s %20s %20s\n", h->head, "climb", "f(x+)/f(x)", "1 - it over factor");
    for (size_t i = 0; i < t->finished && i < SHOWN; i++) {
        const struct climb *c = t->best[i];
        printf("%-8zu %20.15g %20.3g%s\n", (size_t)(c - h->climb), c->top.ratio,
               1 - c->top.ratio / factor,
               c->exact.low <= c->exact.high ? "" : "   not verified in rational arithmetic");
    }
    printf("\n%zu climbs of %zu + at most %zu triples, over all f that three points can show; the "
           "best %zu are verified in rational arithmetic\n",
           t->finished, h->plan.draws, h->plan.steps, t->verified);
    if (!(h->factor.low <= h->factor.high))
        printf("the factor is %.15g, not proved here: this build has no FLINT\n", factor);
    else if (h->factor.high == HUGE_VAL)
        printf("no factor is proved: the step is beyond 2/((1 + rho) L) = %.6g; quadratics have "
               "%.15g\n",
               2 / ((1 + s->rho) * s->L), factor);
    else
        printf("the factor is %.15g, proved by dual multipliers and attained; %zu of them beat "
               "it\n",
               factor, t->beyond);
}

static json_t *vector(const double *v)
{
    json_t *out = json_array();
    for (size_t i = 0; i < SG_TRIPLE_DIM; i++)
        sg_report_add(out, sg_report_number(v[i]));
    return out;
}

static json_t *tally_json(const struct hunt *h, const struct tally *t)
{
    const struct sg_cert_inexact *s = &h->plan.step;
    const size_t tried = t->finished * (h->plan.draws + h->plan.steps);
    json_t *climbs = json_array();
    for (size_t i = 0; i < t->finished; i++) {
        const struct climb *c = t->best[i];
        sg_report_add(climbs,
                      json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "climb",
                                (json_int_t)(c - h->climb), "ratio", sg_report_number(c->top.ratio),
                                "ratio_low", sg_report_number(c->exact.low), "ratio_high",
                                sg_report_number(c->exact.high), "x", vector(c->top.x), "g",
                                vector(c->top.g), "d", vector(c->top.d), "g_next",
                                vector(c->top.g_next)));
    }
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:o}", "search",
                     h->head, "m", sg_report_number(s->m), "L", sg_report_number(s->L), "rho",
                     sg_report_number(s->rho), "gamma", sg_report_number(s->gamma), "factor_low",
                     sg_report_number(h->factor.low), "factor_high",
                     sg_report_number(h->factor.high), "finished", (json_int_t)t->finished,
                     "verified", (json_int_t)t->verified, "beyond", (json_int_t)t->beyond,
                     "triples_at_most", (json_int_t)tried, "climbs", climbs);
}

/* Exit 1 when the theorem is refuted. */
static int summarise(const struct hunt *h)
{
    struct sg_error err;
    enum sg_status status = SG_OK;
    struct tally t = count(h);
    if (!h->json || strcmp(h->json, "-") != 0)
        print_tally(h, &t);
    if (h->json)
        status = sg_report_write_json(h->json, tally_json(h, &t), &err);
    const size_t beyond = t.beyond;
    free(t.best);
    return status != SG_OK ? sg_cli_fail(status, &err) : beyond ? SG_EXIT_SHORT : SG_EXIT_OK;
}

static int carry_out(struct hunt *h)
{
    struct sg_error err;
    enum sg_status status = sg_base_check_limits(h->jobs, &err);
    if (status == SG_OK && h->json && strcmp(h->json, "-") != 0)
        status = sg_base_file_check_place(h->json, false, &err);
    if (status != SG_OK)
        return sg_cli_fail(status, &err);
    status = sg_cert_inexact_factor(&h->factor, &h->plan.step);
    SG_REQUIRE(status == SG_OK || status == SG_UNPROVED);     /* the options' ranges see to that */
    sg_base_set_jobs(h->jobs);
    pthread_mutex_init(&h->lock, NULL);
    sg_report_progress_begin(&h->progress, "climbing", h->seconds ? 0 : h->n);
    h->started = sg_base_seconds();
    status = sg_base_parallel_for(h->n, climb_one, h);
    sg_report_progress_clear(&h->progress);
    pthread_mutex_destroy(&h->lock);
    const int code = summarise(h);
    if (sg_base_interrupted())
        status = SG_INTERRUPTED;
    return status != SG_OK ? sg_cli_fail(status, &err) : code;
}

/* ---- the command ---------------------------------------------------------------------------- */

static bool read_plan(struct hunt *h, const struct sg_command *command)
{
    static const char *const foreign[] = {"depth",     "widths", "at",  "tau",
                                          "isotropic", "kappa",  "box", "out", NULL};
    struct sg_cli_effort effort;
    struct sg_cert_inexact *s = &h->plan.step;
    *s = (struct sg_cert_inexact){.m = 0.1, .L = 1, .rho = 0.5};
    if (sg_cli_search_foreign(command, foreign, "triples") ||
        !sg_cli_real(&s->m, command, "m", 1e-6, 0.99) ||
        !sg_cli_real(&s->rho, command, "rho", 0, 0.999999))
        return false;
    s->gamma = sg_closed_inexact_step(s->m, s->L, s->rho);
    if (!sg_cli_real(&s->gamma, command, "gamma", 1e-6, 4) ||
        !sg_cli_search_effort(&effort, command))
        return false;
    h->plan.draws = effort.draws;
    h->plan.steps = effort.steps;
    h->plan.seed = effort.seed;
    h->seconds = effort.seconds;
    h->jobs = effort.jobs;
    h->n = effort.climbs;
    return true;
}

/* The command that gives these climbs, whatever --climbs, --seconds and --jobs are. */
static char *describe(const struct sg_triple_plan *p)
{
    char m[SG_SHORTEST], rho[SG_SHORTEST], gamma[SG_SHORTEST];
    sg_base_shortest(m, p->step.m, 1);
    sg_base_shortest(rho, p->step.rho, 1);
    sg_base_shortest(gamma, p->step.gamma, 1);
    return sg_base_format("synthgrad search triples --m %s --rho %s --gamma %s --draws %zu --steps "
                          "%zu --seed %llu",
                          m, rho, gamma, p->draws, p->steps, (unsigned long long)p->seed);
}

int sg_cli_search_triples(const struct sg_command *command)
{
    struct hunt h = {.json = sg_cli_option(command, "json")->value};
    if (!read_plan(&h, command))
        return SG_EXIT_USAGE;
    h.head = describe(&h.plan);
    h.climb = SG_NEW(h.n, struct climb);
    const int code = carry_out(&h);
    free(h.head);
    free(h.climb);
    return code;
}
