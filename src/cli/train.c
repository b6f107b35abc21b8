/* train: a net of the user's own, beside other rules. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "cli/cases.h"
#include "cli/cli.h"
#include "cli/train.h"
#include "synthgrad/report.h"

struct ask {
    struct sg_study_options options;
    uint64_t jobs, seed, seeds;
    const char *out;
    bool json, figure;
    struct sg_progress progress;
};

/* "SG after layer 2, seed 1: loss 0.213, accuracy 0.941" */
static void hear(const struct sg_study_news *news, void *context)
{
    struct ask *ask = context;
    char note[sizeof ask->progress.note], loss[32] = "", accuracy[32] = "";
    if (isfinite(news->loss))
        snprintf(loss, sizeof loss, ": loss %.3g", news->loss);
    if (isfinite(news->accuracy))
        snprintf(accuracy, sizeof accuracy, ", accuracy %.3f", news->accuracy);
    snprintf(note, sizeof note, "%s, seed %zu%s%s", news->study->arm[news->arm].label,
             news->seed + 1, loss, accuracy);
    ask->progress.total = (size_t)news->total;
    sg_report_progress_at(&ask->progress, (size_t)news->done, (size_t)news->kept, note);
}

/* "backprop,dfa" */
static bool read_rules(struct sg_study_options *o, const char *text)
{
    while (*text) {
        const size_t length = strcspn(text, ",");
        char *word = sg_base_format("%.*s", (int)length, text);
        const enum sg_rule rule = sg_study_find_rule(word);
        const bool room = o->n_against < SG_STUDY_ARMS_MAX;
        if (rule == SG_RULES || !room)
            sg_cli_refuse("--against %s: give rules out of backprop, sg_everywhere, feedback (fa), "
                          "direct (dfa), kickback and nothing, with commas between them, each once",
                          sg_base_show(word, 40).text);
        free(word);
        if (rule == SG_RULES || !room)
            return false;
        o->against[o->n_against++] = rule;
        text += length + (text[length] == ',');
    }
    return true;
}

static bool read_options(struct ask *ask, const struct sg_command *command)
{
    const struct sg_option *against = sg_cli_option(command, "against"),
                           *out = sg_cli_option(command, "out");
    *ask = (struct ask){.jobs = 1, .out = out->given ? out->value : "results",
                        .json = sg_cli_option(command, "json")->given,
                        .figure = !sg_cli_option(command, "no-figure")->given};
    if (!sg_cli_integer(&ask->jobs, command, "jobs", 1, 1024) ||
        !sg_cli_integer(&ask->seed, command, "seed", 0, UINT32_MAX) ||
        !sg_cli_integer(&ask->seeds, command, "seeds", 1, 1000) ||
        (against->given && !read_rules(&ask->options, against->value)))
        return false;
    ask->options.seeds = (size_t)ask->seeds;
    ask->options.seed = sg_cli_option(command, "seed")->given ? &ask->seed : NULL;
    ask->options.out = ask->out;
    ask->options.hear = hear;
    ask->options.context = ask;
    return true;
}

static enum sg_status read_case(struct sg_case *c, char **args, struct sg_error *err)
{
    struct sg_paths paths;
    enum sg_status status = sg_cli_find_cases(&paths, 1, args, err);
    if (status == SG_OK)
        status = sg_case_read(c, paths.path[0], err);
    sg_cli_paths_free(&paths);
    return status;
}

/* Files first, since they are what is kept; then the figure, which is made of them. */
static enum sg_status publish(const struct ask *ask, const struct sg_study *s,
                              const struct sg_case *c, struct sg_error *err)
{
    enum sg_status status = sg_cli_write_training(ask->out, s, c, err);
    const bool draw = ask->figure && sg_cli_can_draw();
    if (status == SG_OK && draw)
        status = sg_cli_draw(ask->out, c->name, err);
    if (status == SG_OK && ask->json)
        return sg_report_write_json("-", sg_cli_training_json(s, c), err);
    if (status == SG_OK) {
        sg_cli_print_training(stdout, s, c);
        printf("\n  numbers: %s/%s/\n", ask->out, c->name);
        if (draw)
            printf("  figure: %s/figures/%s.svg\n", ask->out, c->name);
    }
    return status;
}

static int train(const struct sg_command *command, size_t n_args, char **args)
{
    struct ask ask;
    struct sg_case c = {0};
    struct sg_error err;
    struct sg_study study = {0};
    (void)n_args;
    if (!read_options(&ask, command))
        return SG_EXIT_USAGE;
    enum sg_status status = sg_base_check_limits(ask.jobs, &err);
    if (status == SG_OK)
        status = read_case(&c, args, &err);
    if (status == SG_OK)
        status = sg_study_fits(&c, &err);
    if (status == SG_OK)
        status = sg_base_file_check_place(ask.out, true, &err);
    if (status == SG_OK) {
        sg_base_set_jobs(ask.jobs);
        sg_report_progress_begin(&ask.progress, "training", 0);
        status = sg_study_run(&study, &c, &ask.options, &err);
        sg_report_progress_clear(&ask.progress);
    }
    if (status == SG_OK)
        status = publish(&ask, &study, &c, &err);
    sg_study_free(&study);
    sg_case_free(&c);
    return sg_cli_fail(status, &err);
}

static struct sg_option options[] = {
    {.name = "against", .metavar = "RULES",
     .help = "rules to train the same net by, from the same starts on the same minibatches: "
             "backprop, sg_everywhere, feedback (fa), direct (dfa), kickback, nothing; commas "
             "between them"},
    {.name = "seeds", .metavar = "N", .help = "runs of each rule, in place of the case's seeds"},
    {.name = "jobs", .metavar = "N",
     .help = "threads over rules and seeds (default 1); same bits for every N"},
    {.name = "seed", .metavar = "S", .help = "in place of the case's own seed"},
    {.name = "out", .metavar = "DIR", .help = "where results go (default results)"},
    {.name = "no-figure", .help = "draw nothing; without gnuplot nothing is drawn anyway"},
    {.name = "json", .help = "everything as JSON on standard output"},
    {0},
};
struct sg_command sg_command_train = {
    .name = "train",
    .summary = "train a net of your own with SGs, beside other rules: curves, and what each SG and "
               "each layer does",
    .arguments = "CASE", .options = options, .min_args = 1, .max_args = 1, .keeps = true,
    .run = train,
    .examples = "  synthgrad new train --out mine.cfg\n"
                "  synthgrad train mine.cfg --against backprop,sg_everywhere --seeds 5 --jobs 2\n",
};
