/* plots: the figures of the results so far, by gnuplot: of cases, and of the run as a whole. */
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/analyze.h"
#include "cli/cases.h"
#include "cli/cli.h"
#include "synthgrad/report.h"

/* home: the project's folder or PREFIX/share/synthgrad; drawer: the script that calls gnuplot. */
struct drawing { char *home, *drawer; const char *out; json_t *figures; };

static bool is_file(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode);
}

static enum sg_status find_drawer(struct drawing *d, struct sg_error *err)
{
    d->home = sg_cli_home();
    d->drawer = sg_base_format("%s/tools/figure.sh", d->home);
    if (is_file(d->drawer))
        return SG_OK;
    free(d->drawer);
    d->drawer = sg_base_format("%s/figure.sh", d->home);
    return is_file(d->drawer)
               ? SG_OK
               : sg_base_refuse(err, d->drawer, 0,
                                "not there; run from the project's folder, or install synthgrad");
}

/* Are there columns of numbers in OUT/NAME? */
static bool has_columns(const struct drawing *d, const char *name)
{
    char *path = sg_base_format("%s/%s", d->out, name);
    DIR *folder = opendir(path);
    bool found = false;
    for (struct dirent *entry; folder && !found && (entry = readdir(folder));) {
        const char *dot = strrchr(entry->d_name, '.');
        found = entry->d_name[0] != '.' && dot && strcmp(dot, ".dat") == 0;
    }
    if (folder)
        closedir(folder);
    free(path);
    return found;
}

/* What has one script for all: analyses of tables, trainings. */
static const char *shared_script(const struct drawing *d, const char *name)
{
    static const struct {
        const char *file, *script;
    } shared[] = {{"analysis.json", "analyze"}, {"training.json", "train"}};
    const char *script = NULL;
    for (size_t i = 0; i < sizeof shared / sizeof *shared && !script; i++) {
        char *path = sg_base_format("%s/%s/%s", d->out, name, shared[i].file);
        if (is_file(path))
            script = shared[i].script;
        free(path);
    }
    return script;
}

/* "flight" or "return" for the cases that an analysis writes beside itself. */
static const char *written_case(const char *name)
{
    const char *last = strrchr(name, '_');
    const bool of_analysis = last && strncmp(name, "analyze_", strlen("analyze_")) == 0;
    return of_analysis && (!strcmp(last, "_flight") || !strcmp(last, "_return")) ? last + 1 : NULL;
}

static char *script_of(const struct drawing *d, const char *name)
{
    const char *shared = shared_script(d, name);
    if (!shared)
        shared = written_case(name);
    return sg_base_format("%s/plots/%s.gp", d->home, shared ? shared : name);
}

/* The drawer says itself what went wrong, in a line on standard error. */
static enum sg_status draw(const struct drawing *d, const char *name, struct sg_error *err)
{
    char *script = script_of(d, name), *results = sg_base_format("%s/%s", d->out, name),
         *figure = sg_base_format("%s/figures/%s", d->out, name);
    char *words[] = {(char *)"sh", d->drawer, script, results, figure, NULL};
    pid_t child;
    int ended = -1;
    enum sg_status status = SG_OK;
    posix_spawnattr_t attributes;
    sigset_t none;                       /* we keep signals from our threads: Ctrl-C ends gnuplot */
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    const int failed = posix_spawnp(&child, "sh", NULL, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    if (failed || waitpid(child, &ended, 0) != child || !WIFEXITED(ended) ||
        WEXITSTATUS(ended) != 0)
        status = sg_base_refuse(err, figure, 0, "not drawn");
    if (status == SG_OK) {
        char *svg = sg_base_format("%s.svg", figure);
        json_array_append_new(d->figures, json_string(svg));
        free(svg);
    }
    free(script);
    free(results);
    free(figure);
    return status;
}

/* A name that the user gave has to have a figure and results. */
static enum sg_status draw_named(const struct drawing *d, const char *name, struct sg_error *err)
{
    char *script = script_of(d, name);
    enum sg_status status = SG_OK;
    if (strchr(name, '/') || !is_file(script))
        status = sg_base_refuse(err, NULL, 0,
                                "there is no figure of %s; `synthgrad list` names the cases, and "
                                "plots/*.gp has those with one",
                                sg_base_show(name, 92).text);
    else if (!has_columns(d, name))
        status = sg_base_refuse(err, d->out, 0, "no numbers of %s; `synthgrad run %s` makes them",
                                sg_base_show(name, 92).text, sg_base_show(name, 92).text);
    free(script);
    return status == SG_OK ? draw(d, name, err) : status;
}

/* Figures that are of all cases together. */
static const char *const of_the_run[] = {"run_margins", "run_evidence"};
enum { OF_THE_RUN = sizeof of_the_run / sizeof *of_the_run };

static bool is_of_the_run(const char *name)
{
    bool is = false;
    for (size_t k = 0; k < OF_THE_RUN; k++)
        is = is || strcmp(name, of_the_run[k]) == 0;
    return is;
}

/* Their columns, from the summaries. */
static enum sg_status prepare_run(const struct drawing *d, struct sg_error *err)
{
    json_t *all;
    char *const folders[] = {(char *)d->out};
    enum sg_status status = sg_report_gather(&all, 1, folders, err);
    if (status != SG_OK)
        return status;
    status = sg_report_write_run(d->out, d->home, all, err);
    json_decref(all);
    return status;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Analyses and trainings: they are not in the summaries. */
static enum sg_status draw_shared(const struct drawing *d, int *drawn, struct sg_error *err)
{
    struct dirent **entry = NULL;
    const int n = scandir(d->out, &entry, is_shown, alphasort);
    enum sg_status status = SG_OK;
    *drawn = 0;
    for (int i = 0; i < n; i++) {
        if (status == SG_OK && !sg_base_interrupted() && shared_script(d, entry[i]->d_name)) {
            status = draw(d, entry[i]->d_name, err);
            ++*drawn;
        }
        free(entry[i]);
    }
    free(entry);
    return status;
}

static enum sg_status draw_all(const struct drawing *d, struct sg_error *err)
{
    json_t *all, *summary;
    char *const folders[] = {(char *)d->out};
    int shared;
    bool ran = false; /* something to draw of the run as a whole */
    enum sg_status status = draw_shared(d, &shared, err);
    size_t i;
    if (status == SG_OK)
        status = sg_report_gather(&all, 1, folders, err);
    if (status != SG_OK)
        return status == SG_BAD_INPUT && shared > 0 && json_array_size(d->figures) > 0 ? SG_OK
                                                                                       : status;
    json_array_foreach(all, i, summary) {
        ran = ran || json_array_size(json_object_get(summary, "rows")) > 0;
        const char *name = json_string_value(json_object_get(summary, "case"));
        char *script = script_of(d, name);
        if (status == SG_OK && !sg_base_interrupted() && !strchr(name, '/') && is_file(script) &&
            has_columns(d, name))
            status = draw(d, name, err);
        free(script);
    }
    if (status == SG_OK && ran)
        status = sg_report_write_run(d->out, d->home, all, err);
    for (size_t k = 0; k < OF_THE_RUN && ran && status == SG_OK && !sg_base_interrupted(); k++)
        status = draw(d, of_the_run[k], err);
    json_decref(all);
    return status;
}

static enum sg_status drawing_make(struct drawing *d, const char *out, struct sg_error *err)
{
    *d = (struct drawing){.out = out, .figures = json_array()};
    enum sg_status status = find_drawer(d, err);
    if (status == SG_OK && setenv("GNUPLOT_LIB", d->home, 1) != 0)
        status = sg_base_refuse(err, NULL, 0, "%s", strerror(errno));
    return status;
}

static void drawing_free(struct drawing *d)
{
    json_decref(d->figures);
    free(d->home);
    free(d->drawer);
}

bool sg_cli_can_draw(void)
{
    const char *path = getenv("PATH");
    bool found = false;
    while (path && *path && !found) {
        const size_t length = strcspn(path, ":");
        char *gnuplot = sg_base_format("%.*s/gnuplot", (int)length, path);
        found = access(gnuplot, X_OK) == 0;
        free(gnuplot);
        path += length + (path[length] == ':');
    }
    return found;
}

enum sg_status sg_cli_draw(const char *out, const char *name, struct sg_error *err)
{
    struct drawing d;
    enum sg_status status = drawing_make(&d, out, err);
    if (status == SG_OK)
        status = draw_named(&d, name, err);
    drawing_free(&d);
    return status;
}

static int plots(const struct sg_command *command, size_t n_args, char **args)
{
    const struct sg_option *out = sg_cli_option(command, "out");
    struct drawing d;
    struct sg_error err;
    enum sg_status status = drawing_make(&d, out->given ? out->value : "results", &err);
    if (status == SG_OK && n_args == 0)
        status = draw_all(&d, &err);
    for (size_t i = 0; i < n_args && status == SG_OK; i++)
        if (is_of_the_run(args[i]))
            status = prepare_run(&d, &err);
    for (size_t i = 0; i < n_args && status == SG_OK; i++)
        status = draw_named(&d, args[i], &err);
    size_t i;
    json_t *figure;
    if (status == SG_OK && sg_cli_option(command, "json")->given)
        status = sg_report_write_json("-", json_incref(d.figures), &err);
    else {
        json_array_foreach(d.figures, i, figure) {
            char *shown = sg_cli_printable_path(json_string_value(figure));
            puts(shown);
            free(shown);
        }
    }
    drawing_free(&d);
    return sg_cli_fail(status, &err);
}

static struct sg_option options[] = {
    {.name = "out", .metavar = "DIR", .help = "the results folder (default results)"},
    {.name = "json", .help = "the figures' places as JSON"},
    {0},
};
struct sg_command sg_command_plots = {
    .name = "plots",
    .summary = "the figures of the results so far, DIR/figures/CASE.svg and .png, by gnuplot",
    .arguments = "[CASE...]", .options = options, .max_args = 100000, .run = plots,
    .examples = "  synthgrad run dy3_joint_spectrum; synthgrad plots dy3_joint_spectrum\n"
                "  synthgrad plots run_margins run_evidence   # of all cases together\n"
                "  synthgrad verify; synthgrad plots; synthgrad report\n",
};
