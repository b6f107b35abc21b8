/* What a training has shown, in words. */
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/study.h"

/* A layer that moved less than this share of what the others did stands still; a pull or a gradient
 * below this share of the true or of the largest one is the reason; units are mostly dead below; a
 * pull of less than the last share teaches nothing. */
static const double STILL = 0.01, WEAK = 0.1, MOSTLY_DEAD = 0.5, NOTHING = 1e-4;
/* A part that is pulled at in fewer of its steps is named. */
static const double OFTEN = 0.95;
/* A loss above this share of what it was has not moved; of a target of size 10 it is 50. */
static const double STUCK = 0.99, FAR = 50;
/* E|s - g|^2 has to grow by this factor to count as rising. */
static const double RISE = 1.5;

#define LOOK(s, arm, look, field) \
    sg_study_look_band(s, arm, look, offsetof(struct sg_study_look, field)).mean
#define LAYER(s, arm, look, b, field) \
    sg_study_layer_band(s, arm, look, b, offsetof(struct sg_study_layer, field)).mean
#define MODULE(s, arm, look, j, field) \
    sg_study_module_band(s, arm, look, j, offsetof(struct sg_study_module, field)).mean

static void SG_PRINTF(2, 3) say(struct sg_study *s, const char *fmt, ...)
{
    size_t capacity = s->n_findings;
    va_list args;
    char *text = NULL;
    va_start(args, fmt);
    if (vasprintf(&text, fmt, args) < 0)
        sg_base_exhausted(1, 1);
    va_end(args);
    s->finding = sg_base_grow(s->finding, s->n_findings, &capacity, sizeof *s->finding);
    s->finding[s->n_findings++] = text;
}

/* "the output" or "layer 3". */
static const char *layer_name(char text[32], const struct sg_study *s, size_t b)
{
    if (b == s->layers)
        return "the output layer";
    snprintf(text, 32, "layer %zu", b);
    return text;
}

/* "The SG after layer 2", with the rule where there are several.  It begins a sentence. */
static char *sg_name(const struct sg_study *s, size_t arm, size_t j)
{
    char text[32];
    const size_t at = s->arm[arm].at[j];
    const bool several = s->arm[arm].n_modules > 1;
    return at == s->layers
               ? sg_base_format("The SG at the output")
               : sg_base_format("%s%s SG after %s", several ? s->arm[arm].label : "",
                                several ? ": the" : "The", layer_name(text, s, at));
}

/* ---- runs that left every bound ------------------------------------------------------------- */

static void say_diverged(struct sg_study *s, size_t arm)
{
    size_t n = 0;
    double first = HUGE_VAL;
    for (size_t i = 0; i < s->seeds; i++) {
        const struct sg_study_run *run = &s->run[arm * s->seeds + i];
        n += run->status == SG_DIVERGED;
        first = run->status == SG_DIVERGED && run->diverged < first ? run->diverged : first;
    }
    if (n > 0)
        say(s, "%s: %zu of %zu runs left every bound, the first by step %.0f; smaller learning "
               "rates, or sg_step = \"normalised\", are the mend.",
            s->arm[arm].label, n, s->seeds, first);
}

/* A rule whose loss stays where it was.  Weights of size 1 reach a target of size 10 and not much
 * more. */
static void say_stuck(struct sg_study *s, size_t arm)
{
    const double first = LOOK(s, arm, 0, loss), last = LOOK(s, arm, sg_study_last(s, arm), loss);
    if (!(last > STUCK * first))
        return;
    say(s, "%s: the loss stays where it was, %.3g at the start and %.3g at the end; %s.",
        s->arm[arm].label, first, last,
        !s->classes && first > FAR ? "the target is far from size 1, so standardise it "
                                     "(standardise_target = true for a CSV file)"
                                   : "another learning rate or more steps are the mend");
}

/* ---- how good an SG is ---------------------------------------------------------------------- */

static void say_quality(struct sg_study *s, size_t arm, size_t j)
{
    const size_t end = sg_study_last(s, arm);
    const double error = MODULE(s, arm, end, j, error), cosine = MODULE(s, arm, end, j, cosine),
                 least = MODULE(s, arm, end, j, irreducible),
                 size = MODULE(s, arm, end, j, size);
    char *name = sg_name(s, arm, j),
         *reach = isfinite(least)
                      ? sg_base_format("; %.2g is the least that a linear SG with its terms could "
                                       "have here", least)
                      : sg_base_format("%s", "");
    if (!(size > 0))
        say(s, "%s: the true gradient there is 0 at the end, so its SG has nothing to predict.",
            name);
    else if (!isfinite(cosine))
        say(s, "%s still predicts 0 at the end%s.", name, reach);
    else
        say(s, "%s ends with a relative error of %.2g and a cosine of %.2f to the true "
               "gradient%s%s.", name, error, cosine, reach,
            error >= 1 ? "; predicting 0 would be as good" : "");
    free(name);
    free(reach);
}

static void say_dy6(struct sg_study *s, size_t arm)
{
    const struct sg_study_share share = sg_study_dy6(s, arm);
    const double rho = LOOK(s, arm, sg_study_last(s, arm), error);
    if (s->arm[arm].n_modules == 0)
        return;
    say(s, "%s: the gradient of all weights is off by %.2g of its size at the end; the tracking "
           "condition (below 1, DY6), under which small steps lower the loss, held at %zu of %zu "
           "looks.", s->arm[arm].label, rho, share.met, share.of);
}

/* ---- the SG loss rises while the loss falls -------------------------------------------------- */

/* Mean E|s - g|^2 of a look, and its part that no SG could take away. */
static double square(const struct sg_study *s, size_t arm, size_t look, size_t j)
{
    const double off = MODULE(s, arm, look, j, error) * MODULE(s, arm, look, j, size);
    return off * off;
}

static double least_square(const struct sg_study *s, size_t arm, size_t look, size_t j)
{
    const double off = MODULE(s, arm, look, j, irreducible) * MODULE(s, arm, look, j, size);
    return off * off;
}

/* The looks from..to of the largest rise of E|s - g|^2 over which the loss falls; false if there is
 * none by the factor RISE. */
static bool find_rise(size_t *from, size_t *to, const struct sg_study *s, size_t arm, size_t j)
{
    const bool split = isfinite(least_square(s, arm, sg_study_last(s, arm), j));
    double most = RISE;
    bool found = false;
    for (size_t a = 0; a <= sg_study_last(s, arm); a++)
        for (size_t b = a + 1; b <= sg_study_last(s, arm); b++) {
            const double rise = square(s, arm, b, j) / square(s, arm, a, j);
            const bool falls = LOOK(s, arm, b, loss) < LOOK(s, arm, a, loss);
            const bool told = !split || isfinite(least_square(s, arm, a, j) +
                                                 least_square(s, arm, b, j));
            if (told && falls && rise > most) {
                most = rise;
                *from = a;
                *to = b;
                found = true;
            }
        }
    return found;
}

static char *why(const struct sg_study *s, size_t arm, size_t a, size_t b, size_t j)
{
    const double rise = square(s, arm, b, j) - square(s, arm, a, j),
                 beyond = (least_square(s, arm, b, j) - least_square(s, arm, a, j)) / rise,
                 grown = MODULE(s, arm, b, j, size) / MODULE(s, arm, a, j, size);
    char *growth = grown > sqrt(RISE)
                       ? sg_base_format(", and the true gradient itself grew %.2g-fold", grown)
                       : sg_base_format("%s", ""), *text;
    if (!isfinite(beyond))
        text = sg_base_format("its parts are not known here%s", growth);
    else if (beyond >= 0.5)
        text = sg_base_format("%.0f %% of the rise is out of the reach of a linear SG with its "
                              "terms%s", 100 * (beyond < 1 ? beyond : 1), growth);
    else
        text = sg_base_format("%.0f %% of the rise is lag, a target that moves faster than the SG "
                              "learns, which a larger nu shortens%s",
                              100 * (beyond > 0 ? 1 - beyond : 1), growth);
    free(growth);
    return text;
}

static void say_rise(struct sg_study *s, size_t arm, size_t j)
{
    size_t a, b;
    if (!find_rise(&a, &b, s, arm, j))
        return;
    char *name = sg_name(s, arm, j), *reason = why(s, arm, a, b, j);
    say(s, "%s: its error E|s - g|^2 rises %.2g-fold from step %.0f to %.0f while the loss falls "
           "from %.3g to %.3g; %s.", name, square(s, arm, b, j) / square(s, arm, a, j),
        LOOK(s, arm, a, step), LOOK(s, arm, b, step), LOOK(s, arm, a, loss),
        LOOK(s, arm, b, loss), reason);
    free(name);
    free(reason);
}

/* ---- the ledger ------------------------------------------------------------------------------ */

static void say_ledger(struct sg_study *s, size_t arm, size_t j)
{
    const size_t end = sg_study_last(s, arm), b = s->arm[arm].at[j] - 1;   /* the layer below */
    const double below = LAYER(s, arm, end, b, below), above = LAYER(s, arm, end, b, above),
                 paid = LAYER(s, arm, end, b, paid);
    if (b + 1 >= s->layers || !isfinite(below) || !s->arm[arm].linear[j])
        return;
    char *name = sg_name(s, arm, j);
    say(s, "%s: the weights below it gained %.3g in |w|^2, those above %.3g; of the difference the "
           "SG's own matrix accounts for %.3g (ledger, DY14) and %s for %.3g.",
        name, below, above, paid,
        s->gd ? "the steps' squares" : "the optimiser, order or delay", below - above - paid);
    free(name);
}

/* ---- layers that stand still ----------------------------------------------------------------- */

static double moved(const struct sg_study *s, size_t arm, size_t b)
{
    const size_t end = sg_study_last(s, arm);
    return LAYER(s, arm, end, b, moved) / LAYER(s, arm, 0, b, norm);
}

static double largest_truth(const struct sg_study *s, size_t arm, size_t look)
{
    double most = 0;
    for (size_t b = 0; b < s->layers; b++)
        most = fmax(most, LAYER(s, arm, look, b, truth));
    return most;
}

static char *why_still(const struct sg_study *s, size_t arm, size_t b)
{
    const size_t end = sg_study_last(s, arm), middle = end / 2;
    const double pull = LAYER(s, arm, middle, b, pull), truth = LAYER(s, arm, middle, b, truth),
                 most = largest_truth(s, arm, middle);
    if (LAYER(s, arm, end, b, alive) < 1 - MOSTLY_DEAD)
        return sg_base_format("%.0f %% of its units are 0 on every row looked at",
                              100 * (1 - LAYER(s, arm, end, b, alive)));
    if (LAYER(s, arm, end, b, updates) == 0)
        return sg_base_format("nothing ever pulls at it");
    if (truth > 0 && pull < WEAK * truth)
        return sg_base_format("half-way what pulls at it is %.2g of its true gradient",
                              pull / truth);
    if (most > 0 && truth < WEAK * most)
        return sg_base_format("half-way its true gradient is %.2g of the largest layer's",
                              truth / most);
    return sg_base_format("its steps are small beside its weights");
}

/* An optimiser with a second moment makes whole steps of a pull that is rounding. */
static bool is_adrift(const struct sg_study *s, size_t arm, size_t b)
{
    const size_t middle = sg_study_last(s, arm) / 2;
    return LAYER(s, arm, middle, b, pull) < NOTHING * LAYER(s, arm, middle, b, truth);
}

static void say_still(struct sg_study *s, size_t arm)
{
    double most = 0;
    char text[32];
    for (size_t b = 0; b < s->layers; b++)
        most = fmax(most, moved(s, arm, b));
    for (size_t b = 0; b < s->layers; b++) {
        const bool never = LAYER(s, arm, sg_study_last(s, arm), b, updates) == 0,
                   still = never || moved(s, arm, b) < STILL * most;
        if (!still && !is_adrift(s, arm, b))
            continue;
        char *reason = why_still(s, arm, b);
        say(s, "%s: %s %s, it moved by %.2g of its size and the most by %.2g: %s.",
            s->arm[arm].label, layer_name(text, s, b + 1),
            still ? "stands still" : "learns nothing", moved(s, arm, b), most, reason);
        free(reason);
    }
}

/* Parts that are not pulled at in every step, nearly: an SG that begins at 0 pulls at nothing in
 * the first. */
static void say_updates(struct sg_study *s, size_t arm)
{
    const size_t end = sg_study_last(s, arm);
    const double steps = LOOK(s, arm, end, step);
    char text[32];
    for (size_t b = 0; b < s->layers; b++) {
        const double updates = LAYER(s, arm, end, b, updates);
        if (updates > 0 && updates < OFTEN * steps)
            say(s, "%s: %s was pulled at in %.0f of %.0f steps.", s->arm[arm].label,
                layer_name(text, s, b + 1), updates, steps);
    }
    for (size_t j = 0; j < s->arm[arm].n_modules; j++) {
        const double updates = MODULE(s, arm, end, j, updates);
        char *name = sg_name(s, arm, j);
        if (updates < OFTEN * steps)
            say(s, "%s was taught in %.0f of %.0f steps.", name, updates, steps);
        free(name);
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

static char *end_of(const struct sg_study *s, size_t arm)
{
    const size_t end = sg_study_last(s, arm);
    const double accuracy = s->test > 0 ? LOOK(s, arm, end, test_accuracy)
                                        : LOOK(s, arm, end, accuracy);
    if (end + 1 < s->looks)
        return sg_base_format("%s diverges", s->arm[arm].label);
    return s->classes ? sg_base_format("%s %.1f %%", s->arm[arm].label, 100 * accuracy)
                      : sg_base_format("%s %.3g", s->arm[arm].label, LOOK(s, arm, end, loss));
}

static char *headline(const struct sg_study *s)
{
    char *text = sg_base_format("%s: ", !s->classes  ? "Loss at the end"
                                        : s->test > 0 ? "Test accuracy at the end"
                                                      : "Accuracy at the end");
    for (size_t arm = 0; arm < s->n_arms; arm++) {
        char *end = end_of(s, arm),
             *more = sg_base_format("%s%s%s", text, arm ? ", " : "", end);
        free(end);
        free(text);
        text = more;
    }
    return text;
}

void sg_study_find(struct sg_study *s)
{
    s->headline = headline(s);
    for (size_t arm = 0; arm < s->n_arms; arm++) {
        say_diverged(s, arm);
        if (sg_study_last(s, arm) == 0)           /* the start says nothing */
            continue;
        say_stuck(s, arm);
        for (size_t j = 0; j < s->arm[arm].n_modules; j++) {
            say_quality(s, arm, j);
            say_rise(s, arm, j);
            say_ledger(s, arm, j);
        }
        say_dy6(s, arm);
        say_still(s, arm);
        say_updates(s, arm);
    }
}
