/* search: instances that a theorem says exist, or a conjecture says do not, looked for; every
 * finished climb is a case file, so that the same command goes on where it was stopped. */
#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/regular.h"
#include "cli/search.h"
#include "synthgrad/report.h"
#include "synthgrad/search.h"

enum { SHOWN = 10, WIDEST = 8, LATEST = 100 };

/* What is kept of a climb; its case file holds the instance. */
struct climb {
    bool finished, found;
    double abscissa, damping, kappa, share;
    double complex at;
    size_t repelled;
};

/* What is searched for, and the words for it. */
struct kind {
    const char *name;
    enum sg_search_goal goal;
    const char *foreign[5];      /* options of other searches, to a NULL */
    const char *found, *what, *damping, *columns;
    int (*better_first)(const void *a, const void *b); /* of struct climb ** */
    void (*print)(size_t number, const struct climb *c);
    json_t *(*json)(size_t number, const struct climb *c);
};

struct hunt {
    const struct kind *kind;
    struct sg_search_plan plan;
    size_t n;
    uint64_t seconds, jobs;              /* seconds 0: no limit */
    double started;
    const char *out, *json;
    struct sg_place place;               /* of out */
    /* the first line of every climb's file, up to its number */
    char *head;
    struct climb *climb;
    pthread_mutex_t lock;                /* of what follows, and of the terminal */
    struct sg_progress progress;
    enum sg_status status;
    struct sg_error err;
};

/* ---- a climb and its file -------------------------------------------------------------- */

static char *climb_path(const struct hunt *h, size_t i)
{
    return sg_base_format("%s/climb_%06zu.cfg", h->out, i);
}

static void keep(struct climb *to, const struct hunt *h, const struct sg_repelling *f,
                 size_t repelled)
{
    *to = (struct climb){.finished = true,
                         .found = sg_search_found(f, h->plan.goal),
                         .abscissa = f->abscissa,
                         .damping = f->damping,
                         .kappa = f->kappa,
                         .share = f->share,
                         .at = f->at,
                         .repelled = repelled};
}

/* The instance of a climb's case; its abscissa or share is computed, not read. */
static enum sg_status from_case(struct climb *to, const struct hunt *h, const char *path,
                                size_t repelled, struct sg_error *err)
{
    struct sg_case *c = SG_NEW(1, struct sg_case);
    struct sg_repelling f = sg_search_repelling_alloc(&h->plan.deep);
    const size_t d = f.deep.width[0], m = f.deep.width[f.deep.n_layers],
                 n_w = sg_closed_deep_n_w(&f.deep);
    enum sg_status status = sg_case_read(c, path, err);
    if (status == SG_OK &&
        (c->net.weights.n != n_w || c->data.S.n != d * d || c->data.R.n != m * m))
        status =
            sg_base_refuse(err, path, 0,
                           "not the net that is searched; take it away or choose another --out");
    if (status == SG_OK) {
        memcpy(f.w, c->net.weights.value, n_w * sizeof(double));
        memcpy(f.S, c->data.S.value, d * d * sizeof(double));
        memcpy(f.R, c->data.R.value, m * m * sizeof(double));
        f.kappa = c->train.nu / c->train.mu;
        status = sg_search_look(&f, &h->plan);
        keep(to, h, &f, repelled);
        sg_case_free(c);
    }
    free(c);
    sg_search_repelling_free(&f);
    return status;
}

/* The second line of a climb's file: on another machine a climb may end elsewhere. */
static char *made_on(void)
{
    return sg_base_format("# made on %s\n", sg_base_platform());
}

/* A climb that an earlier call finished.  Another search's file is refused:
 * its climbs are not ours.  One that another kind of machine made is climbed again. */
static enum sg_status take_up(struct climb *to, const struct hunt *h, size_t i,
                              struct sg_error *err)
{
    char *path = climb_path(h, i), *ours = made_on(), line[500] = "", second[1000] = "";
    const size_t head = strlen(h->head);
    size_t number = 0, repelled = 0;
    enum sg_status status = SG_OK;
    FILE *file = sg_base_open_regular(path);
    if (file) {
        const bool read = fgets(line, sizeof line, file) != NULL;
        const bool same = read && fgets(second, sizeof second, file) && strcmp(second, ours) == 0;
        fclose(file);
        if (!read || strncmp(line, h->head, head) != 0 ||
            sscanf(line + head, " climb %zu, %zu of", &number, &repelled) != 2 || number != i)
            status = sg_base_refuse(
                err, path, 1,
                "holds a climb of another search; choose another --out or take it away");
        else if (same)
            status = from_case(to, h, path, repelled, err);
    } else if (errno != ENOENT) {
        status = sg_base_refuse(err, path, 0, "cannot be read: %s; choose another --out",
                                strerror(errno));
    }
    free(path);
    free(ours);
    return status;
}

/* What a climb of `delayed` came to, as a comment of its case; nothing for `repelling`. */
static char *share_said(const struct hunt *h, const struct sg_repelling *f)
{
    if (h->plan.goal != SG_SEARCH_DELAYED)
        return sg_base_format("%s", "");
    if (!(f->share < 1))
        return sg_base_format("# Pairs %zu steps late, nu at half its limit: it stays at all ten "
                              "rates tried below backprop's limit.\n",
                              h->plan.tau);
    return sg_base_format("# Pairs %zu steps late, nu at half its limit: it leaves from %.9g of "
                          "backprop's limit 2/lambda_max(H) on.\n",
                          h->plan.tau, f->share);
}

static enum sg_status save(const struct hunt *h, struct sg_repelling *top, size_t i,
                           size_t repelled, struct sg_error *err)
{
    char *path = climb_path(h, i), *platform = made_on(), *share = share_said(h, top),
         *head = sg_base_format("%s climb %zu, %zu of the random instances %s\n%s%s", h->head, i,
                                repelled, h->kind->found, platform, share);
    struct sg_file file;
    enum sg_status status = sg_base_place_check(&h->place, h->out, err);
    if (status == SG_OK && h->plan.goal == SG_SEARCH_DELAYED)
        status = sg_search_abscissa(top); /* what the case says, at that kappa */
    if (status == SG_OK)
        status = sg_base_file_open_ours(&file, path, err);
    if (status == SG_OK) {
        status = sg_search_write_case(file.stream, top, head, 1);
        if (status == SG_OK)
            status = sg_base_file_commit(&file, err);
        else
            sg_base_file_discard(&file);
    }
    free(path);
    free(platform);
    free(share);
    free(head);
    return status;
}

static void climb_one(size_t i, void *context)
{
    struct hunt *h = context;
    struct sg_repelling top = {0};
    struct sg_error err = {""};
    size_t repelled;
    pthread_mutex_lock(&h->lock);
    const bool broken = h->status != SG_OK;      /* what cannot be kept would be climbed in vain */
    pthread_mutex_unlock(&h->lock);
    if (broken || h->climb[i].finished ||
        (h->seconds && sg_base_seconds() - h->started > (double)h->seconds))
        return;
    enum sg_status status = sg_search_climb(&top, &repelled, &h->plan, i);
    if (status == SG_OK) {
        keep(&h->climb[i], h, &top, repelled);
        status = save(h, &top, i, repelled, &err);
    }
    sg_search_repelling_free(&top);
    pthread_mutex_lock(&h->lock);
    if (status != SG_OK && status != SG_INTERRUPTED && h->status == SG_OK) {
        h->status = status;
        h->err = err;
    }
    if (status == SG_OK)
        sg_report_progress_step(&h->progress);
    pthread_mutex_unlock(&h->lock);
}

/* ---- what came of it ------------------------------------------------------------------- */

static int higher_first(const void *a, const void *b)
{
    const struct climb *x = *(struct climb *const *)a, *y = *(struct climb *const *)b;
    return x->abscissa < y->abscissa ? 1 : x->abscissa > y->abscissa ? -1 : (x > y) - (x < y);
}
static int lower_share_first(const void *a, const void *b)
{
    const struct climb *x = *(struct climb *const *)a, *y = *(struct climb *const *)b;
    return x->share > y->share ? 1 : x->share < y->share ? -1 : (x > y) - (x < y);
}

static void print_repelling(size_t number, const struct climb *c)
{
    printf("%-8zu %12.5g %13.5g%+12.4gi %11.4g%s\n", number, c->abscissa, creal(c->at),
           cimag(c->at), c->kappa, c->found ? "" : "   does not repel");
}
static void print_delayed(size_t number, const struct climb *c)
{
    printf("%-8zu %12.9g %11.4g%s\n", number, c->share, c->kappa, c->found ? "" : "   stays");
}

static json_t *json_repelling(size_t number, const struct climb *c)
{
    return json_pack("{s:I, s:b, s:o, s:[o, o], s:o, s:o, s:I}", "climb", (json_int_t)number,
                     "found", c->found, "abscissa", sg_report_number(c->abscissa), "eigenvalue",
                     sg_report_number(creal(c->at)), sg_report_number(cimag(c->at)), "kappa",
                     sg_report_number(c->kappa), "damping", sg_report_number(c->damping),
                     "random_repel", (json_int_t)c->repelled);
}
static json_t *json_delayed(size_t number, const struct climb *c)
{
    return json_pack("{s:I, s:b, s:o, s:o, s:o, s:I}", "climb", (json_int_t)number, "found",
                     c->found, "share", sg_report_number(c->share), "kappa",
                     sg_report_number(c->kappa), "damping", sg_report_number(c->damping),
                     "random_left", (json_int_t)c->repelled);
}

static const struct kind kinds[] = {
    {"repelling", SG_SEARCH_REPELLING, {"tau", "m", "rho", "gamma"}, "repel", "repels",
     "Re lambda / |lambda|", "climb        abscissa                 eigenvalue       kappa",
     higher_first, print_repelling, json_repelling},
    {"delayed", SG_SEARCH_DELAYED, {"kappa", "m", "rho", "gamma"}, "are left",
     "is left at a rate below backprop's limit 2/lambda_max(H)", "Re (lambda - 1) / |lambda - 1|",
     "climb           share       kappa", lower_share_first, print_delayed, json_delayed},
};

/* damping: the largest where nothing was found */
struct tally { size_t finished, found, repelled; double damping; const struct climb **best; };

static struct tally count(const struct hunt *h)
{
    struct tally t = {.damping = -1, .best = SG_NEW(h->n, const struct climb *)};
    for (size_t i = 0; i < h->n; i++) {
        const struct climb *c = &h->climb[i];
        if (!c->finished)
            continue;
        t.best[t.finished++] = c;
        t.found += c->found;
        t.repelled += c->repelled;
        if (!c->found && c->damping > t.damping)
            t.damping = c->damping;
    }
    qsort(t.best, t.finished, sizeof *t.best, h->kind->better_first);
    return t;
}

static void print_tally(const struct hunt *h, const struct tally *t)
{
    printf("%s\n%s\n", h->head + 2, h->kind->columns);
    for (size_t i = 0; i < t->finished && i < SHOWN; i++)
        h->kind->print((size_t)(t->best[i] - h->climb), t->best[i]);
    printf("\n%zu climbs of %zu + at most %zu evaluations; %zu found a minimum that %s",
           t->finished, h->plan.draws, h->plan.steps, t->found, h->kind->what);
    if (h->plan.goal == SG_SEARCH_REPELLING)
        printf(" (abscissa above %g of the spectral radius)", SG_SEARCH_FOUND);
    putchar('\n');
    printf("%zu of %zu random instances %s\n", t->repelled, t->finished * h->plan.draws,
           h->kind->found);
    if (t->finished > t->found)
        printf("the others end at %s = %.6f or below\n", h->kind->damping, t->damping);
    char *out = sg_cli_printable_path(h->out);
    printf("each climb is a case in %s/: synthgrad run %s/climb_%06zu.cfg\n", out, out,
           t->finished ? (size_t)(t->best[0] - h->climb) : 0);
    free(out);
}

static json_t *tally_json(const struct hunt *h, const struct tally *t)
{
    const size_t evaluations = t->finished * (h->plan.draws + h->plan.steps),
                 random = t->finished * h->plan.draws;
    json_t *climbs = json_array();
    for (size_t i = 0; i < t->finished; i++) {
        const struct climb *c = t->best[i];
        sg_report_add(climbs, h->kind->json((size_t)(c - h->climb), c));
    }
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "search", h->head + 2, "finished",
                     (json_int_t)t->finished, "found", (json_int_t)t->found, "evaluations_at_most",
                     (json_int_t)evaluations, "random", (json_int_t)random,
                     h->plan.goal == SG_SEARCH_DELAYED ? "random_left" : "random_repel",
                     (json_int_t)t->repelled, "climbs", climbs);
}

static int summarise(const struct hunt *h)
{
    struct sg_error err;
    enum sg_status status = SG_OK;
    struct tally t = count(h);
    if (!h->json || strcmp(h->json, "-") != 0)
        print_tally(h, &t);
    if (h->json && h->status == SG_OK)
        status = sg_report_write_json(h->json, tally_json(h, &t), &err);
    free(t.best);
    return sg_cli_fail(status, &err);
}

static int carry_out(struct hunt *h)
{
    size_t done = 0;
    h->status = sg_base_check_limits(h->jobs, &h->err);
    if (h->status == SG_OK)
        h->status = sg_base_file_check_place(h->out, true, &h->err);
    if (h->status == SG_OK && h->json && strcmp(h->json, "-") != 0)
        h->status = sg_base_file_check_place(h->json, false, &h->err);
    h->place = sg_base_place(h->out);
    for (size_t i = 0; i < h->n && h->status == SG_OK; i++) {
        h->status = take_up(&h->climb[i], h, i, &h->err);
        done += h->climb[i].finished;
    }
    if (h->status != SG_OK)
        return sg_cli_fail(h->status, &h->err);
    sg_base_set_jobs(h->jobs);
    pthread_mutex_init(&h->lock, NULL);
    sg_report_progress_begin(&h->progress, "climbing", h->seconds ? 0 : h->n - done);
    h->started = sg_base_seconds();
    const enum sg_status loop = sg_base_parallel_for(h->n, climb_one, h);
    sg_report_progress_clear(&h->progress);
    pthread_mutex_destroy(&h->lock);
    const int code = summarise(h);
    const enum sg_status status = h->status != SG_OK      ? h->status
                                  : sg_base_interrupted() ? SG_INTERRUPTED
                                                          : loop;
    return status != SG_OK ? sg_cli_fail(status, &h->err) : code;
}

/* ---- the command ----------------------------------------------------------------------- */

/* "2,3,2": d, the hidden layers, m. */
static bool read_widths(struct sg_deep *deep, const char *text)
{
    size_t n = 0;
    for (const char *p = text; n <= SG_CASE_LIST_MAX; p++) {
        char *end;
        const unsigned long width = strtoul(p, &end, 10);
        if (*p < '0' || *p > '9' || width < 1 || width > WIDEST || (*end != ',' && *end != '\0'))
            break;
        deep->width[n++] = width;
        p = end;
        if (*end == '\0' && n >= 3) {
            deep->n_layers = n - 1;
            if (sg_closed_deep_n_w(deep) <= SG_CASE_REALS_MAX)
                return true;
        }
        if (*end == '\0')
            break;
    }
    sg_cli_refuse("--widths %.60s: give inputs, hidden layers and outputs, 3 to %d numbers from 1 "
                  "to %d and at most %d weights, such as 2,2,2",
                  text, (int)SG_CASE_LIST_MAX + 1, (int)WIDEST, (int)SG_CASE_REALS_MAX);
    return false;
}

bool sg_cli_search_foreign(const struct sg_command *command, const char *const *names,
                           const char *search)
{
    for (; *names; names++)
        if (sg_cli_option(command, *names)->given) {
            sg_cli_refuse("--%s is not for the search %s; see synthgrad search --help", *names,
                          search);
            return true;
        }
    return false;
}

bool sg_cli_search_effort(struct sg_cli_effort *e, const struct sg_command *command)
{
    *e = (struct sg_cli_effort){
        .climbs = 20, .draws = 100, .steps = 6000, .jobs = 1, .seed = 1};
    if (sg_cli_option(command, "seconds")->given)
        e->climbs = 100000;
    return sg_cli_integer(&e->climbs, command, "climbs", 1, 100000) &&
           sg_cli_integer(&e->draws, command, "draws", 1, 1000000) &&
           sg_cli_integer(&e->steps, command, "steps", 0, 10000000) &&
           sg_cli_integer(&e->seconds, command, "seconds", 1, UINT32_MAX) &&
           sg_cli_integer(&e->jobs, command, "jobs", 1, 1024) &&
           sg_cli_integer(&e->seed, command, "seed", 0, UINT32_MAX);
}

static bool read_plan(struct hunt *h, const struct sg_command *command)
{
    struct sg_search_plan *p = &h->plan;
    struct sg_cli_effort effort;
    uint64_t depth = 2, at = 1, tau = 1;
    p->goal = h->kind->goal;
    p->box = 4;
    p->deep.at = 1;
    if (sg_cli_option(command, "widths")->given && sg_cli_option(command, "depth")->given)
        return sg_cli_refuse("--widths gives the depth already; take --depth out"), false;
    if (!sg_cli_integer(&depth, command, "depth", 2, 16))
        return false;
    p->deep.n_layers = depth;
    for (size_t i = 0; i <= depth; i++)
        p->deep.width[i] = 2;
    if (sg_cli_option(command, "widths")->given &&
        !read_widths(&p->deep, sg_cli_option(command, "widths")->value))
        return false;
    if (!sg_cli_integer(&at, command, "at", 1, p->deep.n_layers) ||
        !sg_cli_search_effort(&effort, command) ||
        !sg_cli_integer(&tau, command, "tau", 0, LATEST) ||
        !sg_cli_real(&p->kappa, command, "kappa", 1e-6, 1e6) ||
        !sg_cli_real(&p->box, command, "box", 0.1, 20))
        return false;
    p->deep.at = at;
    p->tau = tau;
    p->draws = effort.draws;
    p->steps = effort.steps;
    p->seed = effort.seed;
    p->isotropic_x = p->isotropic_r = sg_cli_option(command, "isotropic")->given;
    h->seconds = effort.seconds;
    h->jobs = effort.jobs;
    h->n = effort.climbs;
    return true;
}

/* The command that gives these climbs, whatever --climbs, --seconds, --jobs and --out are. */
static char *describe(const char *name, const struct sg_search_plan *p)
{
    char widths[4 * (SG_DEEP_LAYERS_MAX + 1)] = "", kappa[SG_SHORTEST] = "",
         box[SG_SHORTEST], tau[32] = "";
    for (size_t i = 0, used = 0; i <= p->deep.n_layers; i++)
        used += (size_t)snprintf(widths + used, sizeof widths - used, i ? ",%zu" : "%zu",
                                 p->deep.width[i]);
    if (p->kappa > 0)
        sg_base_shortest(kappa, p->kappa, 1);
    if (p->goal == SG_SEARCH_DELAYED)
        snprintf(tau, sizeof tau, " --tau %zu", p->tau);
    sg_base_shortest(box, p->box, 1);
    return sg_base_format("# synthgrad search %s --widths %s --at %zu%s%s%s%s --box %s "
                          "--draws %zu --steps %zu --seed %llu:",
                          name, widths, p->deep.at, tau, p->isotropic_x ? " --isotropic" : "",
                          *kappa ? " --kappa " : "", kappa, box, p->draws, p->steps,
                          (unsigned long long)p->seed);
}

static int search(const struct sg_command *command, size_t n_args, char **args)
{
    (void)n_args;
    const struct sg_option *out = sg_cli_option(command, "out");
    if (strcmp(args[0], "triples") == 0)
        return sg_cli_search_triples(command);
    const struct kind *kind = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(args[0], kinds[i].name) == 0)
            kind = &kinds[i];
    if (!kind)
        return sg_cli_refuse("there is no search %.60s; this version has repelling, delayed and "
                             "triples",
                             args[0]);
    if (sg_cli_search_foreign(command, kind->foreign, kind->name))
        return SG_EXIT_USAGE;
    struct hunt h = {.kind = kind,
                     .out = out->given ? out->value : "results/search",
                     .json = sg_cli_option(command, "json")->value};
    if (!read_plan(&h, command))
        return SG_EXIT_USAGE;
    h.head = describe(h.kind->name, &h.plan);
    h.climb = SG_NEW(h.n, struct climb);
    const int code = carry_out(&h);
    free(h.head);
    free(h.climb);
    return code;
}

static struct sg_option options[] = {
    {.name = "depth", .metavar = "N", .help = "layers, all of width 2 (default 2)"},
    {.name = "widths", .metavar = "D,K,..,M", .help = "inputs, hidden layers, outputs instead"},
    {.name = "at", .metavar = "L", .help = "the SG sits after layer L (default 1)"},
    {.name = "tau",
     .metavar = "N",
     .help = "delayed: the SG learns from pairs of N steps ago (default 1)"},
    {.name = "isotropic", .help = "only S = I with R = rho I"},
    {.name = "kappa",
     .metavar = "K",
     .help = "repelling: only this nu / mu (default: searched, from e^-12 to e^6)"},
    {.name = "box",
     .metavar = "B",
     .help = "weights, factors of S and R and their logarithmic pivots within +-B (default 4)"},
    {.name = "m",
     .metavar = "M",
     .help = "triples, for which none of the above is: f is M-strongly convex, L = 1 (default "
             "0.1)"},
    {.name = "rho",
     .metavar = "R",
     .help = "triples: the error is at most R |grad f| (default 0.5)"},
    {.name = "gamma",
     .metavar = "G",
     .help = "triples: the step (default: the best, 2/(1 + R + (1 - R) M))"},
    {.name = "climbs",
     .metavar = "N",
     .help = "how many (default 20); climb i depends on the seed and i alone"},
    {.name = "seconds",
     .metavar = "T",
     .help = "begin no climb after T seconds: a minute, a night"},
    {.name = "draws",
     .metavar = "N",
     .help = "random instances before a climb, which starts from the best (default 100)"},
    {.name = "steps", .metavar = "N", .help = "evaluations of a climb (default 6000)"},
    {.name = "jobs", .metavar = "N", .help = "threads (default 1); same bits for every N"},
    {.name = "seed", .metavar = "S", .help = "of all climbs (default 1)"},
    {.name = "out",
     .metavar = "DIR",
     .help = "a case file for each climb (default results/search); the same command again goes on "
             "from them"},
    {.name = "json", .metavar = "FILE", .help = "all climbs as JSON; - for standard output"},
    {0},
};
struct sg_command sg_command_search = {
    .name = "search",
    .summary = "look for instances, for a minute or a night: global minima that repel (DY8), or "
               "that delayed pairs leave below backprop's limit (DY11), steps that beat a bound "
               "(DY6)",
    .arguments = "NAME",
    .options = options,
    .min_args = 1,
    .max_args = 1,
    .keeps = true,
    .run = search,
    .examples =
        "  synthgrad search repelling                                  two layers, 20 climbs\n"
        "  synthgrad search repelling --depth 4 --at 2 --seconds 60 --jobs 2\n"
        "  synthgrad search repelling --isotropic --climbs 1000 --out results/open_case\n"
        "  synthgrad search delayed --tau 3 --widths 2,1,2             is delay free at one unit?\n"
        "  synthgrad search triples --m 0.01 --rho 0.9 --seconds 60    three points of any f "
        "against DY6's factor\n"
        "  synthgrad run results/search/climb_000003.cfg               what a climb found, "
        "checked\n",
};
