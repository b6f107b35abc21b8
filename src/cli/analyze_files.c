/* What an analysis leaves in a folder: its JSON, and the numbers behind its figure.
 *
 * Training at (mu, nu) shrinks an error by 1 - deficit a step, the slower part's.  So the rates
 * that are at least as fast as some deficit are a rectangle, and the figure is one inside the
 * other. */
#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze.h"
#include "cli/analyze_case.h"
#include "synthgrad/report.h"

enum { LEVELS = 4 };              /* powers of ten of steps */

struct range { double low, high; };

/* ---- names ------------------------------------------------------------------------------- */

static void append_plain(char *name, const char *from, size_t length)
{
    size_t at = strlen(name);
    for (size_t i = 0; i < length; i++)
        name[at++] = isalnum((unsigned char)from[i]) || from[i] == '-' ? from[i] : '_';
}

char *sg_cli_analysis_name(const char *path, const char *target)
{
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    const size_t length = strcspn(file, "."), more = target ? strlen(target) : 0;
    char *name = SG_NEW(sizeof "analyze__" + length + more, char);
    memcpy(name, "analyze_", sizeof "analyze_");
    append_plain(name, file, length);
    if (target) {
        append_plain(name, "_", 1);
        append_plain(name, target, more);
    }
    return name;
}

/* ---- columns ----------------------------------------------------------------------------- */

static enum sg_status open_columns(struct sg_file *file, const struct sg_cli_place *place,
                                   const char *name, const char *columns, struct sg_error *err)
{
    char *path = sg_base_format("%s/%s/%s.dat", place->out, place->name, name);
    const struct sg_build *build = sg_base_build();
    const enum sg_status status = sg_base_file_open(file, path, err);
    free(path);
    if (status != SG_OK)
        return status;
    fprintf(file->stream, "# synthgrad %s, commit %s; analyze %s,", build->version, build->commit,
            sg_base_show(place->path, 92).text);
    fprintf(file->stream, " target %s\n# %s\n", sg_base_show(place->target, 92).text, columns);
    return SG_OK;
}

static double slower(const struct sg_analysis *a)
{
    return fmin(a->part_x.deficit, a->part_z.deficit);
}

/* Of the level whose error shrinks by 1e6 in so many steps. */
static struct range range_of(const struct sg_analysis *a, bool weights, double steps)
{
    struct range r;
    sg_analysis_part_range(&r.low, &r.high, weights ? &a->rate_x : &a->rate_z,
                           -expm1(-log(1e6) / steps), a->options.momentum);
    return r;
}

/* The first power of ten that the fastest rates reach. */
static double first_level(const struct sg_analysis *a)
{
    return pow(10, ceil(log10(fmax(10, sg_analysis_steps_to_1e6(slower(a))))));
}

static enum sg_status write_levels(const struct sg_cli_place *place, const struct sg_analysis *a,
                                   struct sg_error *err)
{
    struct sg_file file;
    enum sg_status status = open_columns(&file, place, "levels",
                                         "steps mu_low mu_high nu_low nu_high", err);
    if (status != SG_OK)
        return status;
    double steps = first_level(a) * pow(10, LEVELS - 1);
    for (size_t k = 0; k < LEVELS; k++, steps /= 10) {
        const struct range x = range_of(a, true, steps), z = range_of(a, false, steps);
        fprintf(file.stream, "%.17g %.17g %.17g %.17g %.17g\n", steps, x.low, x.high, z.low,
                z.high);
    }
    return sg_base_file_commit(&file, err);
}

/* Room for the slowest level, for the limits and for the user's rates. */
static struct range frame_of(const struct sg_analysis *a, bool weights)
{
    const double slowest = first_level(a) * pow(10, LEVELS - 1);
    const double critical = weights ? a->part_x.critical : a->part_z.critical;
    struct range r = range_of(a, weights, slowest);
    r = (struct range){fmin(r.low / 3, critical / 30), critical * 6};
    if (!a->yours.known)
        return r;
    const double own = weights ? a->options.mu : a->options.nu;
    return (struct range){fmin(r.low, own / 3), fmax(r.high, own * 3)};
}

static enum sg_status write_limits(const struct sg_cli_place *place, const struct sg_analysis *a,
                                   struct sg_error *err)
{
    struct sg_file file;
    const struct range x = frame_of(a, true), z = frame_of(a, false);
    const enum sg_status status =
        open_columns(&file, place, "limits",
                     "mu_critical nu_critical frame_mu_low frame_mu_high frame_nu_low "
                     "frame_nu_high momentum realizable flat", err);
    if (status != SG_OK)
        return status;
    fprintf(file.stream, "%.17g %.17g %.17g %.17g %.17g %.17g %.17g %d %d\n", a->part_x.critical,
            a->part_z.critical, x.low, x.high, z.low, z.high, a->options.momentum,
            (int)a->realizable, (int)a->start.flat);
    return sg_base_file_commit(&file, err);
}

/* kind 0: the fastest rates.  1: the user's.  steps: 0 where an error does not shrink. */
static enum sg_status write_points(const struct sg_cli_place *place, const struct sg_analysis *a,
                                   struct sg_error *err)
{
    struct sg_file file;
    const struct sg_analysis_yours *y = &a->yours;
    const enum sg_status status =
        open_columns(&file, place, "points", "kind mu nu steps weights_stable sg_stable", err);
    if (status != SG_OK)
        return status;
    fprintf(file.stream, "0 %.17g %.17g %.17g 1 1\n", a->part_x.optimal, a->part_z.optimal,
            sg_analysis_steps_to_1e6(slower(a)));
    if (y->known)
        fprintf(file.stream, "1 %.17g %.17g %.17g %d %d\n", a->options.mu, a->options.nu,
                isfinite(y->steps_to_1e6) ? y->steps_to_1e6 : 0, y->deficit_weights > 0,
                y->deficit_sg > 0);
    return sg_base_file_commit(&file, err);
}

enum sg_status sg_cli_analysis_write(const struct sg_cli_place *place,
                                     const struct sg_analysis *a, const struct sg_table *table,
                                     struct sg_error *err)
{
    char *json = sg_base_format("%s/%s/analysis.json", place->out, place->name);
    enum sg_status status = write_levels(place, a, err);
    if (status == SG_OK)
        status = write_limits(place, a, err);
    if (status == SG_OK)
        status = write_points(place, a, err);
    if (status == SG_OK && sg_cli_analysis_has_case(a))
        status = sg_cli_analysis_write_case(place, a, table, err);
    if (status == SG_OK) {
        json_t *object = sg_cli_analysis_json(a, table);
        sg_report_put(object, "rows_left_out", json_integer((json_int_t)place->left_out));
        status = sg_report_write_json(json, object, err);
    }
    free(json);
    return status;
}
