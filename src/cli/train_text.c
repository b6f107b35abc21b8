/* A training for people: what was trained, how each rule ended, what each layer did, what was
 * found. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/train.h"

static const char *const optimisers[] = {
    [SG_GD] = "gradient descent", [SG_MOMENTUM] = "momentum", [SG_RMSPROP] = "RMSProp",
    [SG_ADAM] = "Adam"};

/* "64, 64" or "none". */
static char *widths(const struct sg_case *c)
{
    char *text = sg_base_format("%s", c->net.layers.n == 0 ? "none" : "");
    for (size_t i = 0; i < c->net.layers.n; i++) {
        char *more = sg_base_format("%s%s%d", text, i ? ", " : "", c->net.layers.value[i]);
        free(text);
        text = more;
    }
    return text;
}

static void print_head(FILE *out, const struct sg_study *s, const struct sg_case *c)
{
    char *layers = widths(c),
         *line = sg_base_format(
             "%s: %s, %zu rows, %zu columns to %zu; hidden layers %s; %s, %llu steps%s; %zu seed%s",
             c->name, s->data, s->n, s->d, s->m, layers, optimisers[c->train.optimiser],
             (unsigned long long)s->steps, s->epoch_steps == 1 ? " of all rows" : " of minibatches",
             s->seeds, s->seeds == 1 ? "" : "s");
    sg_cli_wrap_text(out, line, 0, 2, sg_cli_width());
    free(line);
    free(layers);
}

static int column_width(const struct sg_study *s)
{
    return s->seeds == 1 ? 14 : 30;
}

/* A mean and, of several seeds, its least and largest. */
static void print_band(FILE *out, const struct sg_study *s, struct sg_study_band band)
{
    char text[64] = "-";
    if (band.n > 0 && s->seeds == 1)
        snprintf(text, sizeof text, "%.4g", band.mean);
    else if (band.n > 0)
        snprintf(text, sizeof text, "%.3g (%.3g to %.3g)", band.mean, band.low, band.high);
    fprintf(out, "  %*s", column_width(s), text);
}

static size_t label_width(const struct sg_study *s)
{
    size_t width = strlen("at the end");
    for (size_t arm = 0; arm < s->n_arms; arm++)
        width = strlen(s->arm[arm].label) > width ? strlen(s->arm[arm].label) : width;
    return width;
}

static void print_ends(FILE *out, const struct sg_study *s)
{
    const struct { const char *name; size_t offset; bool has; } column[] = {
        {"loss", offsetof(struct sg_study_look, loss), true},
        {"accuracy", offsetof(struct sg_study_look, accuracy), s->classes && s->test == 0},
        {"test loss", offsetof(struct sg_study_look, test_loss), s->test > 0},
        {"test accuracy", offsetof(struct sg_study_look, test_accuracy), s->test > 0}};
    const size_t columns = sizeof column / sizeof *column;
    const int width = (int)label_width(s);
    fprintf(out, "\n  %-*s", width, "at the end");
    for (size_t k = 0; k < columns; k++)
        if (column[k].has)
            fprintf(out, "  %*s", column_width(s), column[k].name);
    for (size_t arm = 0; arm < s->n_arms; arm++) {
        fprintf(out, "\n  %-*s", width, s->arm[arm].label);
        for (size_t k = 0; k < columns; k++)
            if (column[k].has)
                print_band(out, s, sg_study_look_band(s, arm, sg_study_last(s, arm),
                                                      column[k].offset));
    }
    fputc('\n', out);
}

static double of_layer(const struct sg_study *s, size_t arm, size_t look, size_t b, size_t offset)
{
    return sg_study_layer_band(s, arm, look, b, offset).mean;
}

static void print_number(FILE *out, double x)
{
    if (isfinite(x))
        fprintf(out, "  %10.3g", x);
    else
        fprintf(out, "  %10s", "-");
}

#define OF(field) of_layer(s, arm, end, b, offsetof(struct sg_study_layer, field))
static void print_layers(FILE *out, const struct sg_study *s)
{
    fprintf(out, "\n  layers at the end: how far each moved over its size at the start, |dw| over "
                 "the true gradient, their cosine, and\n  the steps in which it was pulled at\n"
                 "  %-*s  layer  %10s  %10s  %10s  %10s\n", (int)label_width(s), "", "moved",
            "pull/true", "cosine", "steps");
    for (size_t arm = 0; arm < s->n_arms; arm++)
        for (size_t b = 0; b < s->layers; b++) {
            const size_t end = sg_study_last(s, arm);
            fprintf(out, "  %-*s  %5zu", (int)label_width(s), b == 0 ? s->arm[arm].label : "",
                    b + 1);
            print_number(out, OF(moved) /
                                  of_layer(s, arm, 0, b, offsetof(struct sg_study_layer, norm)));
            print_number(out, OF(pull) / OF(truth));
            print_number(out, OF(cosine));
            fprintf(out, "  %10.0f\n", OF(updates));
        }
}

void sg_cli_print_training(FILE *out, const struct sg_study *s, const struct sg_case *c)
{
    print_head(out, s, c);
    print_ends(out, s);
    print_layers(out, s);
    fputc('\n', out);
    for (size_t i = 0; i < s->n_findings; i++) {
        char *line = sg_base_format("- %s", s->finding[i]);
        sg_cli_wrap_text(out, line, 2, 4, sg_cli_width());
        free(line);
    }
}
