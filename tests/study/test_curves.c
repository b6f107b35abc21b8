/* Curves of random trainings against the reference, step by step. */
#include <stdio.h>
#include <unistd.h>

#include "reference.h"

enum { CASES = 20, STEPS = 14, TWINS = 3 };
static const double FACTOR = 10;
/* A tolerance above this share of its quantity would see little: the case is then drawn anew. */
static const double BLIND = 1e-6;

static const char *pick(const char *const *words, size_t n, struct sg_rng *rng)
{
    return words[sg_base_rng_index(rng, n)];
}
#define PICK(rng, ...) \
    pick((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / \
                                                 sizeof(const char *), rng)

/* Modules at one, two or all boundaries of `layers` hidden layers. */
static char *draw_modules(size_t layers, bool linear, struct sg_rng *rng)
{
    static const char *const terms[] = {"hy1", "hy", "h1", "h", "hy1"};
    char *text = sg_base_format("%s", "");
    for (size_t at = 1; at <= layers + 1; at++) {
        if (sg_base_rng_index(rng, 3) == 0)
            continue;
        const char *family = linear ? "linear" : PICK(rng, "linear", "sigmoid_linear", "mlp");
        char *more = sg_base_format(
            "%s%s{ at = %zu; family = \"%s\"; terms = \"%s\"; target = \"%s\"; mix = %s;%s }", text,
            text[0] ? ", " : "", at, family, pick(terms, COUNT(terms), rng),
            PICK(rng, "true", "arriving"), PICK(rng, "1.0", "1.0", "0.6", "0.0"),
            family[0] == 'm' ? " hidden = 4;" : "");
        free(text);
        text = more;
    }
    return text;
}

static char *draw_data(bool mse, struct sg_rng *rng)
{
    const size_t n = random_size(12, 30, rng);
    return mse ? sg_base_format("{ kind = \"gaussian\"; n = %zu; d = %zu; outputs = %zu; condition "
                                "= 4.0; noise = 0.3; }", n, random_size(2, 5, rng),
                                random_size(1, 3, rng))
               : sg_base_format("{ kind = \"classes\"; n = %zu; d = %zu; labels = \"noisy\"; "
                                "one_hot = true; }", n, random_size(2, 5, rng));
}

/* All that a training may be, as text.  Nets with activations, batch norm or feedback have MSE and
 * linear SGs, since no reference knows them otherwise. */
static char *draw_case(bool deep, struct sg_rng *rng)
{
    const size_t layers = random_size(1, 3, rng);
    const bool mse = deep || sg_base_rng_index(rng, 2);
    const char *delay = PICK(rng, "none", "none", "stale_backprop", "delayed_pairs", "stale_sg"),
               *order = delay[0] == 'n' ? PICK(rng, "simultaneous", "sg_first", "network_first")
                                        : "simultaneous";
    char *modules = draw_modules(layers, deep, rng), *data = draw_data(mse, rng);
    const bool sgs = modules[0] != '\0', own = deep && sgs && sg_base_rng_index(rng, 3) == 0;
    const char *optimiser = own ? "gd" : PICK(rng, "gd", "momentum", "rmsprop", "adam");
    const char *rule = own ? PICK(rng, "normalised", "line_search") : "fixed";
    char *text = sg_base_format(
        "seed = %zu;\ndata = %s;\n"
        "net = { layers = (%zu%s%s); loss = \"%s\"; activation = \"%s\"; batch_norm = %s; biases = "
        "%s; credit = \"%s\"; };\nsg = (%s);\n"
        "train = { mu = %s; %s order = \"%s\"; delay = \"%s\"; %s optimiser = \"%s\"; sg_step = "
        "\"%s\"; start = \"%s\"; steps = %d; %s decay = %s; seeds = 1; };\n",
        sg_base_rng_index(rng, 100000), data, random_size(2, 4, rng), layers > 1 ? ", 3" : "",
        layers > 2 ? ", 4" : "", mse ? "mse" : "softmax",
        deep ? PICK(rng, "relu", "sigmoid", "none") : "none",
        deep ? PICK(rng, "true", "false") : "false", PICK(rng, "true", "false"),
        deep ? PICK(rng, "true", "true", "feedback", "direct", "kickback", "nothing") : "true",
        modules, optimiser[0] == 'g' || optimiser[0] == 'm' ? "0.07" : "0.004",
        sgs && rule[0] != 'l' ? "nu = 0.05;" : "", order, delay,
        delay[0] == 'n' ? "" : PICK(rng, "tau = 1;", "tau = 3;", "tau = 5;"), optimiser, rule,
        PICK(rng, "glorot", "he"), STEPS, PICK(rng, "", "batch = 5;", "batch = 11;"),
        PICK(rng, "false", "true"));
    free(modules);
    free(data);
    return text;
}

static void read_text(struct sg_case *c, const char *text)
{
    char path[] = "/tmp/sg_curves_XXXXXX.cfg";
    const int fd = mkstemps(path, 4);
    struct sg_error err = {""};
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    if (sg_case_read(c, path, &err) != SG_OK || sg_study_fits(c, &err) != SG_OK)
        fail_msg("%s\n%s", err.text, text);
    unlink(path);
}

/* The reference's looks and, of the twins, how far off they are so far. */
struct curve { struct ref_look look[STEPS + 1], off[STEPS + 1]; };

static void worst(double *off, double a, double b)
{
    *off = sg_base_max(*off, fabs(a - b));
}

static void follow(struct curve *out, const struct sg_case *c, const struct sg_data *data)
{
    memset(out, 0, sizeof *out);
    for (int twin = 0; twin <= TWINS; twin++) {
        struct sg_rng *noise = twin ? test_rng("twin", (uint64_t)twin) : NULL;
        struct ref_run r;
        ref_start(&r, c, data, noise);
        double *start = sg_base_copy(r.w.theta[0], r.w.n, sizeof *start);
        for (size_t t = 0; t <= STEPS; t++) {
            const struct ref_look now = ref_look_at(&r, start);
            struct ref_look *off = &out->off[t], *is = &out->look[t];
            if (t > 0 && twin == 1)
                *off = out->off[t - 1];
            if (twin == 0)
                *is = now;
            worst(&off->loss, now.loss, is->loss);
            worst(&off->error, now.error, is->error);
            worst(&off->pull, now.pull, is->pull);
            worst(&off->moved, now.moved, is->moved);
            for (size_t j = 0; j < c->n_modules && j < REF_MODULES; j++) {
                worst(&off->module_error[j], now.module_error[j], is->module_error[j]);
                if (isfinite(is->cosine[j]))      /* not so where s is 0 */
                    worst(&off->cosine[j], now.cosine[j], is->cosine[j]);
            }
            if (t < STEPS)
                ref_step(&r);
        }
        free(start);
        ref_end(&r);
        sg_base_rng_free(noise);
    }
}

/* Ten times what one rounding a step makes, and the rounding of the look itself: sums over at most
 * 30 rows of 4 units, in a ratio. */
static double tolerance(double off, double scale)
{
    return FACTOR * off + 10 * 120 * SG_UNIT_ROUNDOFF * (1 + scale);
}

/* False: roundings grow so much in this training that a look would be a blind one. */
static bool is_sharp(const struct curve *curve)
{
    const struct ref_look *off = &curve->off[STEPS], *is = &curve->look[STEPS];
    return FACTOR * off->loss < BLIND * is->loss && FACTOR * off->pull < BLIND * is->pull;
}

static void compare(const struct sg_study *s, size_t arm, const struct curve *curve,
                    const struct sg_case *c)
{
    const struct sg_study_run *run = &s->run[arm];
    CHECK(run->status == SG_OK && run->looks == STEPS + 1);
    for (size_t t = 0; t <= STEPS; t++) {
        const struct ref_look *is = &curve->look[t], *off = &curve->off[t];
        const struct sg_study_look *look = &run->look[t];
        double pull = 0, moved = 0;
        for (size_t b = 0; b < s->layers; b++) {
            pull += pow(run->layer[t * s->layers + b].pull, 2);
            moved += pow(run->layer[t * s->layers + b].moved, 2);
        }
        CHECK(look->step == (double)t);
        CHECK_CLOSE(look->loss, is->loss, tolerance(off->loss, is->loss));
        CHECK_CLOSE(look->error, is->error, tolerance(off->error, is->error));
        CHECK_CLOSE(sqrt(pull), is->pull, tolerance(off->pull, is->pull));
        CHECK_CLOSE(sqrt(moved), is->moved, tolerance(off->moved, is->moved));
        for (size_t j = 0; j < c->n_modules && j < REF_MODULES; j++) {
            const struct sg_study_module *m = &run->module[t * c->n_modules + j];
            CHECK_CLOSE(m->error, is->module_error[j],
                        tolerance(off->module_error[j], is->module_error[j]));
            if (isfinite(is->cosine[j]))
                CHECK_CLOSE(m->cosine, is->cosine[j], tolerance(off->cosine[j], 1));
        }
    }
}

/* The rules of --against, by their words in study.h. */
static void put_rule(struct sg_case *c, enum sg_rule rule)
{
    if (rule == SG_RULE_SG_EVERYWHERE) {
        struct sg_case_module like = c->module[0];
        if (c->n_modules == 0)
            like = (struct sg_case_module){.family = SG_LINEAR, .terms = 7, .mix = 1};
        c->n_modules = c->net.layers.n;
        for (size_t i = 0; i < c->n_modules; i++) {
            c->module[i] = like;
            c->module[i].at = (int)i + 1;
            c->module[i].target = SG_TARGET_ARRIVING;
        }
        c->net.credit = SG_TRUE;
    } else {
        c->n_modules = 0;
        c->train.sg_step = SG_STEP_FIXED;
        c->net.credit = rule == SG_RULE_NOTHING ? SG_NOTHING : SG_TRUE;
    }
}

static bool try_case(bool deep, struct sg_rng *rng)
{
    static const enum sg_rule rules[] = {SG_RULE_BACKPROP, SG_RULE_SG_EVERYWHERE, SG_RULE_NOTHING};
    struct sg_case c, against;
    struct sg_data data;
    struct sg_study study;
    struct sg_error err = {""};
    struct curve curve[2];
    char *text = draw_case(deep, rng);
    read_text(&c, text);
    enum sg_rule rule = rules[sg_base_rng_index(rng, COUNT(rules))];
    if (rule == SG_RULE_SG_EVERYWHERE && !c.given[sg_case_key_find("train.nu")])
        rule = SG_RULE_BACKPROP;
    memcpy(&against, &c, sizeof c);
    put_rule(&against, rule);
    CHECK_STATUS(sg_case_make_data(&data, &c, (uint64_t)c.seed, 0, &err), SG_OK);
    follow(&curve[0], &c, &data);
    follow(&curve[1], &against, &data);
    const bool sharp = is_sharp(&curve[0]) && is_sharp(&curve[1]);
    context("%s", text);
    if (sharp) {
        const struct sg_study_options options = {.n_against = 1, .against = {rule}};
        const enum sg_status status = sg_study_run(&study, &c, &options, &err);
        if (status != SG_OK)
            fail_msg("%s: %s\n%s", sg_base_status_name(status), err.text, text);
        CHECK(study.n_arms == 2 && study.seeds == 1 && study.looks == STEPS + 1);
        compare(&study, 0, &curve[0], &c);
        compare(&study, 1, &curve[1], &against);
        sg_study_free(&study);
    }
    sg_data_free(&data);
    sg_case_free(&c);
    free(text);
    return sharp;
}

static void curves_are_the_references(bool deep)
{
    struct sg_rng *rng = test_rng("curves", deep);
    size_t tried = 0;
    for (size_t compared = 0; compared < CASES; tried++) {
        compared += try_case(deep, rng);
        CHECK(tried < 2 * CASES);                 /* blind ones are the exception */
    }
    sg_base_rng_free(rng);
}

static void chains_of_every_loss_and_family(void **state)
{
    (void)state;
    curves_are_the_references(false);
}

static void nets_of_every_layer_and_rule(void **state)
{
    (void)state;
    curves_are_the_references(true);
}

int main(void)
{
    sg_base_init();
    const struct CMUnitTest tests[] = {TEST(chains_of_every_loss_and_family),
                                       TEST(nets_of_every_layer_and_rule)};
    return RUN(tests);
}
