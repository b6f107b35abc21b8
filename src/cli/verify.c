/* verify and run: cases -> verdicts. */
#include <fnmatch.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cases.h"
#include "cli/cli.h"
#include "synthgrad/report.h"

struct job {
    struct sg_case c;
    struct sg_judgement j;
    enum sg_status status;
    struct sg_error err;
    bool finished, own;            /* own: no case of the project's */
};

struct plan {
    size_t n;
    struct job *job;
    uint64_t seed, jobs, shard, shards;
    bool seeded, full, quiet;      /* quiet: JSON goes to standard output */
    bool verbose, headed;          /* all rows of a case; the head of the list is printed */
    bool named;                    /* the user named the cases: missing data are an error then */
    const char *out, *json, *filter;
    struct sg_place place;         /* of out */
    pthread_mutex_t lock;          /* of what follows, and of the terminal */
    struct sg_progress progress;
    size_t printed;
    atomic_bool broken;            /* nothing can be written: the rest would be in vain */
};

/* Theorems are about the claim, so they stand with the case of its name. */
static void add_theorems(struct sg_judgement *j)
{
    const size_t n =
        strcmp(j->case_name, j->claim->name) == 0 ? sg_cli_checked_theorems(j->claim->id) : 0;
    struct sg_row row = {.id = "theorems", .kind = SG_MACHINE_CHECKED, .form = SG_ROW_PROOF,
                         .state = SG_ROW_MET, .measured = 1, .predicted = 1,
                         .basis = "make proofs"};
    snprintf(row.what, sizeof row.what,
             "%zu theorem%s in proofs/coq, checked by Coq without assumptions", n,
             n == 1 ? "" : "s");
    if (n > 0)
        sg_claim_add_row(&j->evidence, &row);
}

/* ---- what is printed ------------------------------------------------------------------------ */

/* f s c m: a letter for each kind of evidence, a dot for one that is missing. */
static void kinds_of(char text[SG_EVIDENCE_KINDS + 1], const struct sg_evidence *ev)
{
    static const char letter[SG_EVIDENCE_KINDS] = {'f', 's', 'c', 'm'};
    memset(text, '.', SG_EVIDENCE_KINDS);
    text[SG_EVIDENCE_KINDS] = '\0';
    for (size_t i = 0; i < ev->n_rows; i++)
        text[ev->row[i].kind] = letter[ev->row[i].kind];
}

static bool has_verdict(const struct job *job)
{
    return job->finished && job->status == SG_OK;
}

/* The row nearest to being missed, of those with a measured and a predicted number. */
static const struct sg_row *tightest(const struct sg_evidence *ev, double *margin)
{
    const struct sg_row *row = NULL;
    double most = -1;
    *margin = 0;
    for (size_t r = 0; r < ev->n_rows; r++) {
        const double of_row = sg_claim_margin(&ev->row[r]);
        const bool compared = ev->row[r].form == SG_ROW_EQUAL || ev->row[r].form == SG_ROW_BOUND;
        if (ev->row[r].secondary)
            continue;
        *margin = sg_base_max(*margin, of_row);
        if (compared && of_row > most) {
            most = of_row;
            row = &ev->row[r];
        }
    }
    return row;
}

/* The verdict as a word, padded; in colour on a terminal, where green is only what was shown. */
static void print_verdict(const struct sg_judgement *j)
{
    const bool fine = j->ok || j->verdict == SG_SKIPPED,
               shown = j->verdict == SG_HOLDS || j->verdict == SG_REPRODUCED;
    const char *colour = !fine ? "31" : shown ? "32" : "33", *word =
        sg_claim_verdict_name(j->verdict);
    const int width = j->verdict == SG_SKIPPED ? 0 : 15;
    if (sg_cli_colours())
        printf("\033[%sm%-*s\033[0m", colour, width, word);
    else
        printf("%-*s", width, word);
}

static void print_head(void)
{
    printf("%-5s%-26s%-15s%-5s%8s  %s\n", "claim", " case", "verdict", "kind", "margin",
           "measured for predicted");
}

/* f s c m: the kinds of evidence.  The numbers are the tightest row's. */
static void print_line(const struct sg_judgement *j)
{
    double margin;
    const struct sg_row *row = tightest(&j->evidence, &margin);
    char kinds[SG_EVIDENCE_KINDS + 1];
    kinds_of(kinds, &j->evidence);
    printf("%-5s %-25s ", j->claim->id, j->case_name);
    print_verdict(j);
    if (j->verdict != SG_SKIPPED) {
        printf("%-5s%8.2g", kinds, margin);
        if (row)
            printf("  %.5g %s %.3g", row->measured, row->form == SG_ROW_BOUND ? "of" : "for",
                   row->predicted);
    }
    const bool beyond = sg_report_is_beyond(j->claim, sg_claim_verdict_name(j->verdict), j->ok);
    puts(j->verdict == SG_SKIPPED ? ""
         : !j->ok                 ? "  *** not as expected ***"
         : beyond                 ? "  as expected, beyond the hypotheses"
                                  : "");
}

static void print_judgement(struct plan *plan, const struct sg_judgement *j)
{
    if (plan->verbose) {
        sg_report_print_judgement(stdout, j);
        return;
    }
    if (!plan->headed)
        print_head();
    plan->headed = true;
    print_line(j);
    sg_report_print_shortfall(stdout, j);
}

static void print_summary(const struct plan *plan)
{
    struct sg_entry *entry = SG_NEW(plan->n, struct sg_entry);
    char sentence[SG_CENSUS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < plan->n; i++) {
        const struct sg_judgement *j = &plan->job[i].j;
        if (!has_verdict(&plan->job[i]))
            continue;
        if (n == 0 && plan->verbose)
            print_head();
        entry[n++] = (struct sg_entry){j->claim, j->verdict, j->ok};
        if (plan->verbose)
            print_line(j);
    }
    sg_report_census(sentence, entry, n);
    if (n > 0) {
        char *out = sg_cli_printable_path(plan->out);
        char *line = sg_base_format(
            "%s (kind: f closed form, s simulated, c certified, m machine-checked; margin: the "
            "largest error over its tolerance, above 1 fails; results in %s/)",
            sentence, out);
        putchar('\n');
        sg_cli_wrap_text(stdout, line, 0, 0, sg_cli_width());
        free(line);
        free(out);
    }
    free(entry);
}

/* ---- work ----------------------------------------------------------------------------------- */

/* Verdicts come out in the order of the cases, each as soon as all before it are there. */
static void judge_one(size_t i, void *context)
{
    struct plan *plan = context;
    struct job *job = &plan->job[i];
    if (atomic_load(&plan->broken))
        return;
    const struct sg_judge_options options = {.seed = plan->seeded ? &plan->seed : NULL,
                                             .full = plan->full, .out = plan->out};
    job->status = sg_base_place_check(&plan->place, plan->out, &job->err);
    if (job->status == SG_OK)
        job->status = sg_claim_judge(&job->j, &job->c, &options, &job->err);
    job->j.own = job->own;
    if (job->status == SG_OK && plan->named && job->j.verdict == SG_SKIPPED)
        job->status = sg_base_refuse(&job->err, NULL, 0, "%s", job->j.evidence.note);
    if (job->status == SG_OK && job->j.verdict != SG_SKIPPED)
        add_theorems(&job->j);
    if (job->status == SG_OK)
        job->status = sg_base_place_check(&plan->place, plan->out, &job->err);
    if (job->status == SG_OK)
        job->status = sg_report_write_case(plan->out, &job->j, &job->err);
    if (job->status == SG_OK)
        sg_claim_settle(&job->j, &job->c, &options);
    if (job->status == SG_IO)
        atomic_store(&plan->broken, true);
    pthread_mutex_lock(&plan->lock);
    job->finished = true;
    sg_report_progress_clear(&plan->progress);
    for (; plan->printed < plan->n && plan->job[plan->printed].finished; plan->printed++)
        if (plan->job[plan->printed].status == SG_OK && !plan->quiet)
            print_judgement(plan, &plan->job[plan->printed].j);
    fflush(stdout);
    sg_report_progress_step(&plan->progress);
    pthread_mutex_unlock(&plan->lock);
}

static void hear(const char *what, size_t done, size_t total, void *context)
{
    struct plan *plan = context;
    pthread_mutex_lock(&plan->lock);
    sg_report_progress_piece(&plan->progress, what, done, total);
    pthread_mutex_unlock(&plan->lock);
}

static bool wanted(const struct plan *plan, const struct sg_case *c)
{
    return !plan->filter || fnmatch(plan->filter, c->name, 0) == 0 ||
           fnmatch(plan->filter, c->claim, 0) == 0;
}

/* A case's results go to a folder of its name, where a second case of that name would overwrite
 * them. */
static enum sg_status check_names(const struct plan *plan, struct sg_error *err)
{
    for (size_t i = 0; i < plan->n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(plan->job[i].c.name, plan->job[j].c.name) == 0)
                return sg_base_refuse(err, plan->job[i].c.path, 0,
                                      "%.300s has the name %.100s too, and both would write "
                                      "%.100s/%.100s; rename one, or leave it out",
                                      plan->job[j].c.path, plan->job[j].c.name, plan->out,
                                      plan->job[j].c.name);
    return SG_OK;
}

/* Every case is read and checked before the first one runs. */
static enum sg_status read_cases(struct plan *plan, size_t n_args, char **args,
                                 struct sg_error *err)
{
    struct sg_paths paths;
    enum sg_status status = sg_cli_find_cases(&paths, n_args, args, err);
    plan->job = SG_NEW(paths.n, struct job);
    size_t kept = 0;
    for (size_t i = 0; i < paths.n && status == SG_OK; i++) {
        struct job *job = &plan->job[plan->n];
        status = sg_case_read(&job->c, paths.path[i], err);
        if (status != SG_OK)
            break;
        const struct sg_claim *claim = sg_claim_find(job->c.claim);
        if (sg_case_is_training(&job->c) && !plan->named) {
            sg_case_free(&job->c);               /* trainings have no verdict */
            continue;
        }
        if (sg_case_is_training(&job->c))
            status = sg_base_refuse(err, job->c.path, 0,
                                    "a case without a claim is a training; `synthgrad train` runs "
                                    "it, or name the claim that it is evidence for");
        else if (!claim)
            status = sg_base_refuse(err, job->c.path, 0,
                                    "there is no claim \"%s\"; `synthgrad list` names them",
                                    job->c.claim);
        else
            status = sg_claim_fits(claim, &job->c, err);
        job->own = sg_cli_case_is_own(job->c.path, job->c.name);
        if (wanted(plan, &job->c) && kept++ % plan->shards == plan->shard - 1)
            plan->n++;
        else
            sg_case_free(&job->c);
    }
    sg_cli_paths_free(&paths);
    if (status == SG_OK && kept == 0)
        status = sg_base_refuse(err, NULL, 0, "no case matches; `synthgrad list` names them");
    return status == SG_OK ? check_names(plan, err) : status;
}

/* broken: why some cases have no verdict.  One line is enough for that. */
static int summarise(struct plan *plan, enum sg_status broken)
{
    size_t short_of = 0;
    json_t *all = json_array();
    for (size_t i = 0; i < plan->n; i++) {
        const struct job *job = &plan->job[i];
        if (!has_verdict(job))
            continue;
        short_of += job->j.verdict != SG_SKIPPED && !job->j.ok;
        sg_report_add(all, sg_report_judgement_json(&job->j));
    }
    if (!plan->quiet)
        print_summary(plan);
    struct sg_error err;
    enum sg_status status = SG_OK;
    if (plan->json && broken != SG_IO)
        status = sg_report_write_json(plan->json, all, &err);
    else
        json_decref(all);
    return status != SG_OK ? sg_cli_fail(status, &err) : short_of ? SG_EXIT_SHORT : SG_EXIT_OK;
}

static void plan_free(struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        sg_case_free(&plan->job[i].c);
        sg_claim_judgement_free(&plan->job[i].j);
    }
    free(plan->job);
}

static int carry_out(struct plan *plan, size_t n_args, char **args)
{
    struct sg_error err;
    plan->quiet = plan->json && strcmp(plan->json, "-") == 0;
    plan->named = n_args > 0;
    enum sg_status status = sg_base_check_limits(plan->jobs, &err);
    if (status == SG_OK)
        status = read_cases(plan, n_args, args, &err);
    if (status == SG_OK)
        status = sg_base_file_check_place(plan->out, true, &err);
    if (status == SG_OK && plan->json && !plan->quiet)
        status = sg_base_file_check_place(plan->json, false, &err);
    if (status != SG_OK) {
        plan_free(plan);
        return sg_cli_fail(status, &err);
    }
    plan->place = sg_base_place(plan->out);
    sg_base_set_jobs(plan->jobs);
    pthread_mutex_init(&plan->lock, NULL);
    sg_report_progress_begin(&plan->progress, "verifying", plan->n);
    sg_base_listen(hear, plan);
    status = sg_base_parallel_for(plan->n, judge_one, plan);
    sg_base_listen(NULL, NULL);
    sg_report_progress_clear(&plan->progress);
    for (size_t i = 0; i < plan->n && status == SG_OK; i++)
        if (plan->job[i].finished && plan->job[i].status != SG_OK) {
            status = plan->job[i].status;
            err = plan->job[i].err;
        }
    int code = summarise(plan, status);
    if (status != SG_OK)
        code = sg_cli_fail(status, &err);
    pthread_mutex_destroy(&plan->lock);
    plan_free(plan);
    return code;
}

static bool read_shard(struct plan *plan, const char *text)
{
    enum { MOST = 1000000 };
    char *slash = strchr(text, '/');
    const size_t length = slash ? (size_t)(slash - text) : 0;
    char *first = sg_base_format("%.*s", (int)length, text);
    const bool numbers = slash && sg_cli_whole(&plan->shard, first, 1, MOST) &&
                         sg_cli_whole(&plan->shards, slash + 1, 1, MOST);
    free(first);
    if (numbers && plan->shard <= plan->shards)
        return true;
    sg_cli_refuse("--shard %s: give K/N with 1 <= K <= N <= %d, such as 2/4",
                  sg_base_show(text, 40).text, (int)MOST);
    return false;
}

static int verify(const struct sg_command *command, size_t n_args, char **args)
{
    struct plan plan = {.jobs = 1, .shard = 1, .shards = 1, .out = "results",
                        .full = sg_cli_option(command, "full")->given};
    const struct sg_option *out = sg_cli_option(command, "out"),
                           *shard = sg_cli_option(command, "shard");
    if (!sg_cli_integer(&plan.jobs, command, "jobs", 1, 1024) ||
        !sg_cli_integer(&plan.seed, command, "seed", 0, UINT32_MAX) ||
        (shard->given && !read_shard(&plan, shard->value)))
        return SG_EXIT_USAGE;
    plan.seeded = sg_cli_option(command, "seed")->given;
    plan.verbose = sg_cli_option(command, "verbose")->given;
    plan.filter = sg_cli_option(command, "filter")->value;
    plan.json = sg_cli_option(command, "json")->value;
    if (out->given)
        plan.out = out->value;
    return carry_out(&plan, n_args, args);
}

static int run(const struct sg_command *command, size_t n_args, char **args)
{
    struct plan plan = {.jobs = 1, .shard = 1, .shards = 1, .out = "results", .verbose = true,
                        .full = sg_cli_option(command, "full")->given};
    if (!sg_cli_integer(&plan.jobs, command, "jobs", 1, 1024) ||
        !sg_cli_integer(&plan.seed, command, "seed", 0, UINT32_MAX))
        return SG_EXIT_USAGE;
    plan.seeded = sg_cli_option(command, "seed")->given;
    if (sg_cli_option(command, "out")->given)
        plan.out = sg_cli_option(command, "out")->value;
    plan.json = sg_cli_option(command, "json")->given ? "-" : NULL;
    return carry_out(&plan, n_args, args);
}

static struct sg_option verify_options[] = {
    {.name = "verbose", .letter = 'v',
     .help = "all rows of each case: measured, predicted, tolerance, margin, control"},
    {.name = "full", .help = "the large grids: minutes to hours"},
    {.name = "jobs", .metavar = "N",
     .help = "threads over cases and replicates (default 1); same bits for every N"},
    {.name = "shard", .metavar = "K/N",
     .help = "every N-th case, beginning with the K-th: one machine's part"},
    {.name = "seed", .metavar = "S",
     .help = "in place of each case's own seed; verdicts hold for every S"},
    {.name = "filter", .metavar = "GLOB", .help = "only cases or claims whose name matches"},
    {.name = "out", .metavar = "DIR", .help = "where results go (default results)"},
    {.name = "json", .metavar = "FILE", .help = "the verdicts as JSON; - for standard output"},
    {0},
};
struct sg_command sg_command_verify = {
    .name = "verify",
    .summary = "check every claim: verdict, measured value, bound, margin, control",
    .arguments = "[CASE...]", .options = verify_options, .max_args = 100000, .keeps = true,
    .run = verify,
    .examples = "  synthgrad verify --jobs 2\n"
                "  synthgrad verify --filter 'DY*' --seed 7\n"
                "  synthgrad verify dy3_joint_spectrum --json -\n",
};

static struct sg_option run_options[] = {
    {.name = "full", .help = "the large grids"},
    {.name = "jobs", .metavar = "N", .help = "threads over replicates (default 1)"},
    {.name = "seed", .metavar = "S", .help = "in place of the case's own seed"},
    {.name = "out", .metavar = "DIR", .help = "where results go (default results)"},
    {.name = "json", .help = "the verdict as JSON on standard output"},
    {0},
};
struct sg_command sg_command_run = {
    .name = "run", .summary = "run one case, yours or the project's", .arguments = "CASE",
    .options = run_options, .min_args = 1, .max_args = 1, .keeps = true, .run = run,
    .examples = "  synthgrad run cases/dy3_joint_spectrum.cfg\n"
                "  synthgrad run mine.cfg --out /tmp/mine\n",
};
