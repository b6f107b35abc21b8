/* Trainings: what is refused and where, which keys count, that runs are bits of their case and
 * seed, that steps are those of sg_train, what the findings say of nets made to show them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"
#include "synthgrad/study.h"
#include "synthgrad/train.h"

static char folder[] = "/tmp/sg_study_XXXXXX";
static char *case_path;

static int set_up(void **state)
{
    if (!mkdtemp(folder))
        return -1;
    case_path = sg_base_format("%s/x.cfg", folder);
    return test_group_start(state);
}

static int tear_down(void **state)
{
    char *command = sg_base_format("rm -rf '%s'", folder);
    (void)state;
    const int said = system(command);
    free(command);
    free(case_path);
    return said;
}

static void write_case(const char *text)
{
    FILE *file = fopen(case_path, "w");
    fputs(text, file);
    fclose(file);
}

static enum sg_status read_case(struct sg_case *c, const char *text, struct sg_error *err)
{
    write_case(text);
    enum sg_status status = sg_case_read(c, case_path, err);
    if (status == SG_OK) {
        status = sg_study_fits(c, err);
        if (status != SG_OK)
            sg_case_free(c);
    }
    return status;
}

/* Runs the text's training; seeds 0: as it says. */
static void run_text(struct sg_study *s, const char *text, const struct sg_study_options *o)
{
    struct sg_case c;
    struct sg_error err = {""};
    const struct sg_study_options none = {0};
    if (read_case(&c, text, &err) != SG_OK ||
        sg_study_run(s, &c, o ? o : &none, &err) != SG_OK)
        fail_msg("%s\n%s", err.text, text);
    sg_case_free(&c);
}

static uint64_t digest_of(const struct sg_study *s)
{
    uint64_t digest = SG_BASE_DIGEST;
    for (size_t i = 0; i < s->n_arms * s->seeds; i++) {
        const struct sg_study_run *run = &s->run[i];
        const size_t modules = s->arm[i / s->seeds].n_modules;
        digest = sg_base_digest(digest, &run->looks, sizeof run->looks);
        digest = sg_base_digest(digest, run->look, run->looks * sizeof *run->look);
        digest = sg_base_digest(digest, run->layer, run->looks * s->layers * sizeof *run->layer);
        digest = sg_base_digest(digest, run->module, run->looks * modules * sizeof *run->module);
    }
    return digest;
}

static uint64_t digest_of_text(const char *text)
{
    struct sg_study s;
    run_text(&s, text, NULL);
    const uint64_t digest = digest_of(&s);
    sg_study_free(&s);
    return digest;
}

/* ---- refusals ------------------------------------------------------------------------------- */

#define DEEP "data = { n = 20; d = 3; };\nnet = { layers = (3, 3); };\n"
static const struct { const char *text; size_t line; const char *says; } refused[] = {
    {"claim = \"DY3\";\nexpect = \"holds\";", 1, "take claim and expect out"},
    {"train = { mu = 0.1; nu = 0.1; };", 1, "needs its length; write epochs = 10"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5;\nepochs = 5; };", 2, "take one out"},
    {"train = { nu = 0.1; steps = 5; };", 0, "a training needs train.mu"},
    {"train = { mu = 0.1; steps = 5; };", 1, "the SG needs a learning rate; write nu"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5; };\nreplicates = 3;", 2,
     "a training says nothing about replicates"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5;\nradius = 0.1; };", 2,
     "a training says nothing about train.radius"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5;\nunits = \"critical\"; };", 2,
     "write train.units = \"absolute\""},
    {"train = { mu = 0.1; nu = 0.1; steps = 5;\nform = \"spectral\"; };", 2,
     "write train.form = \"sample\" or \"compressed\""},
    {"train = { mu = 0.1; nu = 0.1; steps = 5; };\ncontrol = { mu = 1.0; };", 2,
     "no verdict that a control could change"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5;\ntau = 3; };", 2, "write for example delay"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5; delay = \"delayed_pairs\";\ntau = (1, 2); };", 2,
     "a training has one delay, not 2"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5; form = \"compressed\";\nbatch = 5; };", 2,
     "compressed rows are no samples"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5;\nstart = \"weights\"; };", 2,
     "give weights in net"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5; };\nnet = { weights = (1, 2, 3); };", 2,
     "is where start = \"weights\" begins"},
};

static void what_is_no_training_is_refused_at_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct sg_case c;
        struct sg_error err = {""};
        char *place = refused[i].line ? sg_base_format("%s:%zu: ", case_path, refused[i].line)
                                      : sg_base_format("%s: ", case_path);
        CHECK_STATUS(read_case(&c, refused[i].text, &err), SG_BAD_INPUT);
        if (strncmp(err.text, place, strlen(place)) != 0 || !strstr(err.text, refused[i].says))
            fail_msg("%s\nof %s\nwanted %s...%s", err.text, refused[i].text, place,
                     refused[i].says);
        free(place);
    }
}

static const struct { const char *text; enum sg_rule rule; const char *says; } impossible[] = {
    {"data = { n = 20; };\ntrain = { mu = 0.1; nu = 0.1; steps = 5;\nbatch = 21; };",
     SG_RULE_BACKPROP, ":3: a minibatch of 21 rows, and the data have 20"},
    {"train = { mu = 0.1; nu = 0.1; steps = 5; };", SG_RULE_DIRECT, "a rule for hidden layers"},
    {DEEP "sg = ();\ntrain = { mu = 0.1; steps = 5; };", SG_RULE_SG_EVERYWHERE,
     "needs a learning rate for its SGs"},
    {DEEP "sg = ();\nnet2 = 1;", SG_RULE_BACKPROP, "net2"},
    {"data = { n = 20; d = 3; };\nnet = { weights = (1, 2); };\nsg = ();\n"
     "train = { mu = 0.1; steps = 5; start = \"weights\"; };", SG_RULE_BACKPROP,
     ":2: \"weights\" has 2 elements, but the net on these data has 3"},
    {"data = { kind = \"csv\"; file = \"none.csv\"; target = \"y\"; };\n"
     "train = { mu = 0.1; nu = 0.1; steps = 5; };", SG_RULE_BACKPROP, "none.csv not found"},
};

static void what_cannot_be_run_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(impossible); i++) {
        struct sg_case c = {0};
        struct sg_error err = {""};
        struct sg_study s = {0};
        const struct sg_study_options o = {.n_against = 1, .against = {impossible[i].rule}};
        enum sg_status status = read_case(&c, impossible[i].text, &err);
        if (status == SG_OK)
            status = sg_study_run(&s, &c, &o, &err);
        CHECK(status == SG_BAD_INPUT || status == SG_IO);
        if (!strstr(err.text, impossible[i].says))
            fail_msg("%s, wanted ...%s", err.text, impossible[i].says);
        sg_study_free(&s);
        sg_case_free(&c);
    }
}

/* ---- every key counts ----------------------------------------------------------------------- */

/* For every key a value that differs from what its base says, or that the base has not. */
enum base { SHALLOW, NET, MLP, CLASSES, IMAGES, MOMENTS, LATE, TABLE, GRID, BASES };
static const char *const bases[BASES] = {
    [SHALLOW] = "data = { n = 24; d = 4; @data }; net = { @net }; sg = ( { @sg } ); "
                "train = { mu = 0.1; nu = 0.1; steps = 6; @train }; @top",
    [NET] = "data = { n = 24; d = 4; @data }; net = { layers = (3, 3); activation = \"sigmoid\"; "
            "@net }; sg = ( { at = 1; @sg }, { at = 2; } ); "
            "train = { mu = 0.1; nu = 0.1; steps = 6; optimiser = \"adam\"; @train }; @top",
    [MLP] = "data = { n = 24; d = 4; }; net = { layers = (3); }; "
            "sg = ( { at = 1; family = \"mlp\"; @sg } ); "
            "train = { mu = 0.1; nu = 0.1; steps = 6; @train }; @top",
    [CLASSES] = "data = { kind = \"classes\"; n = 24; d = 4; @data }; net = { loss = \"mse\"; @net "
                "}; train = { mu = 0.1; nu = 0.1; steps = 6; @train }; @top",
    [IMAGES] = "data = { kind = \"digits\"; n = 30; test = 20; @data }; net = { layers = (3); "
               "activation = \"relu\"; loss = \"softmax\"; @net }; sg = (); "
               "train = { mu = 0.1; epochs = 2; batch = 10; @train }; @top",
    [MOMENTS] = "data = { kind = \"moments\"; bias = false; S = (2.0, 0.5, 0.5, 1.0); R = 0.3; map "
                "= (1.0, 2.0); @data }; net = { weights = (0.5, 0.25); @net }; "
                "train = { mu = 0.1; nu = 0.1; steps = 6; start = \"weights\"; @train }; @top",
    [LATE] = "data = { n = 24; d = 4; @data }; net = { layers = (3); }; sg = ( { at = 1; } ); "
             "train = { mu = 0.1; nu = 0.1; steps = 8; delay = \"delayed_pairs\"; @train }; @top",
    [TABLE] = "data = { kind = \"csv\"; file = \"t.csv\"; target = [\"y\"]; @data }; net = { @net "
              "}; train = { mu = 0.1; nu = 0.1; steps = 6; @train }; @top",
    [GRID] = "data = { kind = \"grid\"; side = 4; @data }; net = { @net }; "
             "train = { mu = 0.1; nu = 0.1; steps = 6; @train }; @top",
};
static const struct { const char *key; enum base base; const char *setting; } differs[] = {
    {"seed", SHALLOW, "seed = 5;"},
    {"data.kind", SHALLOW, "kind = \"classes\";"},
    {"data.n", SHALLOW, "n = 25;"},
    {"data.d", SHALLOW, "d = 5;"},
    {"data.outputs", SHALLOW, "outputs = 2;"},
    {"data.rank", SHALLOW, "rank = 2;"},
    {"data.condition", SHALLOW, "condition = 3.0;"},
    {"data.noise", SHALLOW, "noise = 0.1;"},
    {"data.bias", SHALLOW, "bias = false;"},
    {"data.bias", IMAGES, "bias = false;"},
    {"data.labels", CLASSES, "labels = \"random\";"},
    {"data.one_hot", CLASSES, "one_hot = true;"},
    {"data.side", GRID, "side = 5;"},
    {"data.file", TABLE, "file = \"u.csv\";"},
    {"data.target", TABLE, "target = [\"b\"];"},
    {"data.test", IMAGES, "test = 21;"},
    {"data.train_files", IMAGES, "train_files = [\"a\", \"b\"];"},
    {"data.test_files", IMAGES, "test_files = [\"a\", \"b\"];"},
    {"data.standardise", IMAGES, "standardise = false;"},
    {"data.standardise", TABLE, "standardise = false;"},
    {"data.standardise_target", TABLE, "standardise_target = true;"},
    {"data.S", MOMENTS, "S = (2.5, 0.5, 0.5, 1.0);"},
    {"data.R", MOMENTS, "R = 0.4;"},
    {"data.map", MOMENTS, "map = (1.0, 3.0);"},
    {"net.layers", SHALLOW, "layers = (2);"},
    {"net.loss", SHALLOW, "loss = \"abs\";"},
    {"net.loss", CLASSES, "loss = \"logistic\";"},
    {"net.activation", NET, "activation = \"relu\";"},
    {"net.batch_norm", NET, "batch_norm = true;"},
    {"net.biases", NET, "biases = true;"},
    {"net.credit", IMAGES, "credit = \"feedback\";"},
    {"net.type", NET, "type = \"float32\";"},
    {"net.weights", MOMENTS, "weights = (0.5, 0.3);"},
    {"sg", NET, "sg = ( { at = 2; } );"},
    {"sg.at", MLP, "at = 2;"},
    {"sg.family", NET, "family = \"sigmoid_linear\";"},
    {"sg.hidden", MLP, "hidden = 5;"},
    {"sg.terms", NET, "terms = \"h\";"},
    {"sg.target", NET, "target = \"arriving\";"},
    {"sg.mix", NET, "mix = 0.5;"},
    {"train.form", SHALLOW, "form = \"compressed\";"},
    {"train.order", SHALLOW, "order = \"sg_first\";"},
    {"train.delay", SHALLOW, "delay = \"stale_sg\";"},
    {"train.tau", LATE, "tau = 4;"},
    {"train.start", SHALLOW, "start = \"he\";"},
    {"train.sg_step", SHALLOW, "sg_step = \"normalised\";"},
    {"train.mu", SHALLOW, "mu = 0.2;"},
    {"train.nu", SHALLOW, "nu = 0.2;"},
    {"train.optimiser", SHALLOW, "optimiser = \"momentum\";"},
    {"train.beta1", NET, "beta1 = 0.5;"},
    {"train.beta2", NET, "beta2 = 0.5;"},
    {"train.epsilon", NET, "epsilon = 0.1;"},
    {"train.steps", SHALLOW, "steps = 7;"},
    {"train.epochs", IMAGES, "epochs = 3;"},
    {"train.decay", SHALLOW, "decay = true;"},
    {"train.batch", SHALLOW, "batch = 7;"},
    {"train.seeds", SHALLOW, "seeds = 2;"},
};

/* The base with the setting in the place of its group, and what it said of the key taken out. */
static char *with(enum base base, const char *key, const char *setting)
{
    char text[2048], group[16] = "@top";
    const char *dot = strchr(key, '.');
    if (dot)
        snprintf(group, sizeof group, "@%.*s", (int)(dot - key), key);
    snprintf(text, sizeof text, "%s", bases[base]);
    char own[64];
    snprintf(own, sizeof own, " %s = ", dot ? dot + 1 : key);
    char *said = setting ? strstr(text, own) : NULL;
    if (said && strcmp(key, "net.layers") != 0 && strcmp(key, "sg") != 0) {
        char *end = strchr(said, ';');
        memmove(said, end + 1, strlen(end + 1) + 1);
    } else if (said && strcmp(key, "sg") == 0) {
        char *end = strstr(said, ");");
        memmove(said, end + 2, strlen(end + 2) + 1);
    }
    char *out = sg_base_format("%s", "");
    for (const char *p = text; *p;) {
        const size_t plain = strcspn(p, "@");
        char *more = sg_base_format("%s%.*s", out, (int)plain, p);
        p += plain;
        free(out);
        out = more;
        if (*p == '@') {
            const size_t length = 1 + strspn(p + 1, "abcdefghijklmnopqrstuvwxyz");
            const bool here = setting && strlen(group) == length && strncmp(p, group, length) == 0;
            more = sg_base_format("%s%s", out, here ? setting : "");
            free(out);
            out = more;
            p += length;
        }
    }
    return out;
}

static void put_tables(void)
{
    static const char *const names[] = {"t.csv", "u.csv"};
    for (int k = 0; k < 2; k++) {
        char *path = sg_base_format("%s/%s", folder, names[k]);
        FILE *file = fopen(path, "w");
        fputs("a,b,y\n", file);
        for (int i = 0; i < 20; i++)
            fprintf(file, "%d,%d,%d\n", i * i % 7, i * 5 % 11, (i * 3 + k) % 5);
        fclose(file);
        free(path);
    }
}

/* Another value of a key gives other numbers, or is refused with a line. */
static void every_key_counts(void **state)
{
    uint64_t same[BASES];
    (void)state;
    put_tables();
    for (int b = 0; b < BASES; b++) {
        char *text = with((enum base)b, "none", NULL);
        context("%s", text);
        same[b] = digest_of_text(text);
        CHECK(same[b] == digest_of_text(text));
        free(text);
    }
    for (size_t i = 0; i < COUNT(differs); i++) {
        struct sg_case c;
        struct sg_error err = {""};
        char *text = with(differs[i].base, differs[i].key, differs[i].setting);
        context("%s", text);
        if (read_case(&c, text, &err) == SG_OK) {
            sg_case_free(&c);
            if (digest_of_text(text) == same[differs[i].base])
                fail_msg("%s counts for nothing in\n%s", differs[i].setting, text);
        } else {
            if (!strstr(err.text, "is a key of idx data"))   /* digits have no files */
                fail_msg("%s\n%s", err.text, text);
        }
        free(text);
    }
    struct sg_claim_key key;
    for (size_t k = 0; sg_claim_reads(&key, &sg_training, k); k++) {
        bool seen = strcmp(key.name, "train.units") == 0;        /* it has one value */
        for (size_t i = 0; i < COUNT(differs); i++)
            seen = seen || strcmp(differs[i].key, key.name) == 0;
        if (!seen)
            fail_msg("no case shows that %s counts", key.name);
    }
}

/* ---- runs are bits of their case and seed ---------------------------------------------------- */

static const char digits[] =
    "seed = 3;\ndata = { kind = \"digits\"; n = 90; test = 520; bias = false; };\n"
    "net = { layers = (12, 12); activation = \"relu\"; batch_norm = true; biases = true;\n"
    "loss = \"softmax\"; type = \"float32\"; };\nsg = ( { at = 1; } );\n"
    "train = { optimiser = \"adam\"; mu = 3e-3; nu = 2e-3; start = \"he\"; batch = 20;\n"
    "epochs = 5;\n"
    "decay = true; seeds = 2; };\n";

/* The simulator's steps are sg_train's, bit for bit, batch norm's running moments included. */
static void steps_are_those_of_sg_train(void **state)
{
    struct sg_study s;
    struct sg_case c;
    struct sg_case_arch arch;
    struct sg_images seen, unseen;
    struct sg_error err = {""};
    (void)state;
    run_text(&s, digits, NULL);
    CHECK(s.steps == 20 && s.looks == 21 && s.epoch_steps == 4);
    CHECK_STATUS(read_case(&c, digits, &err), SG_OK);
    CHECK_STATUS(sg_case_make_images(&seen, &unseen, &c, 3, 0, &err), SG_OK);
    for (size_t seed = 0; seed < 2; seed++) {
        CHECK_STATUS(sg_case_make_arch(&arch, &c, 784, 10, &err), SG_OK);
        struct sg_net *net = sg_net_alloc(&arch.arch);
        const struct sg_train_spec spec = {.net = net, .net_opt = sg_case_opt(&c, c.train.mu),
                                           .sg_opt = sg_case_opt(&c, c.train.nu), .init = SG_HE,
                                           .images = &seen, .batch = 20, .decay_steps = 20,
                                           .name = "case", .seed = 3, .replicate = seed};
        struct sg_train *t = sg_train_alloc(&spec);
        for (size_t k = 0; k <= 20; k++) {
            const struct sg_study_look *look = &s.run[seed].look[k];
            const struct sg_metrics of_step = sg_train_seen(t);
            const struct sg_score score = sg_train_score(t, &unseen);
            CHECK(k == 0 ? isnan(look->seen) : look->seen == of_step.loss);
            CHECK(look->test_loss == score.loss && look->test_accuracy == score.accuracy);
            CHECK_STATUS(sg_train_advance(t, 1), SG_OK);
        }
        sg_train_free(t);
        sg_net_free(net);
    }
    sg_data_images_free(&seen);
    sg_data_images_free(&unseen);
    sg_case_free(&c);
    sg_study_free(&s);
}

/* An SG that only observes changes nothing of the net, in whatever order the two are evaluated: the
 * running moments, by which the test loss goes, move once a step. */
static void running_moments_move_once_a_step(void **state)
{
    static const char *const orders[] = {"simultaneous", "sg_first", "network_first"};
    double loss[3];
    (void)state;
    for (int k = 0; k < 3; k++) {
        struct sg_study s;
        char *text = sg_base_format(
            "data = { kind = \"digits\"; n = 60; test = 40; }; net = { layers = (8); batch_norm = "
            "true; loss = \"softmax\"; }; sg = ( { at = 1; mix = 0.0; } ); train = { mu = 0.1; nu "
            "= 0.01; steps = 10; batch = 20; order = \"%s\"; seeds = 1; };", orders[k]);
        run_text(&s, text, NULL);
        loss[k] = s.run[0].look[s.looks - 1].test_loss;
        sg_study_free(&s);
        free(text);
    }
    CHECK(isfinite(loss[0]) && loss[1] == loss[0] && loss[2] == loss[0]);
}

struct stop { uint64_t at; };

static void stop_there(const struct sg_study_news *news, void *context)
{
    const struct stop *stop = context;
    if (news->done >= stop->at)
        sg_base_interrupt();
}

/* In a child: interrupted after so many steps; 7 if that is what it says. */
static int stopped_child(const char *text, const char *out, uint64_t at)
{
    struct sg_case c;
    struct sg_study s;
    struct sg_error err = {""};
    struct stop stop = {at};
    const struct sg_study_options o = {.out = out, .hear = stop_there, .context = &stop,
                                       .n_against = 1, .against = {SG_RULE_BACKPROP}};
    if (read_case(&c, text, &err) != SG_OK)
        return 1;
    const enum sg_status status = sg_study_run(&s, &c, &o, &err);
    sg_study_free(&s);
    sg_case_free(&c);
    return status == SG_INTERRUPTED ? 7 : 2;
}

static const char *const resumed[] = {
    digits,
    "data = { n = 24; d = 4; };\nnet = { layers = (3); };\nsg = ( { at = 1; } );\n"
    "train = { mu = 0.003; nu = 0.02; steps = 200; batch = 7; delay = \"delayed_pairs\"; tau = 9;\n"
    "optimiser = \"momentum\"; seeds = 2; };",
    "data = { n = 24; d = 4; };\nnet = { layers = (3); };\n"
    "sg = ( { at = 1; family = \"mlp\"; } );\n"
    "train = { mu = 0.001; nu = 0.01; steps = 200; delay = \"stale_backprop\"; tau = 30;\n"
    "optimiser = \"rmsprop\"; seeds = 2; };",
};

/* Stopped at different places, again and again, and gone on with: the bits of a run left alone. */
static void an_interrupted_training_goes_on_to_the_same_bits(void **state)
{
    const struct sg_study_options alone = {.n_against = 1, .against = {SG_RULE_BACKPROP}};
    (void)state;
    for (size_t i = 0; i < COUNT(resumed); i++) {
        struct sg_study s;
        run_text(&s, resumed[i], &alone);
        const uint64_t bits = digest_of(&s), all = 4 * s.steps;
        for (size_t k = 0; k < 4; k++)            /* a run that diverges is over soon */
            CHECK(s.run[k].status == SG_OK &&
                  s.run[k].look[s.looks - 1].loss < s.run[k].look[0].loss);
        sg_study_free(&s);
        for (uint64_t rounds = 1; rounds <= 4; rounds++) {
            char *out = sg_base_format("%s/out%zu-%d", folder, i, (int)rounds);
            struct sg_study_options kept = alone;
            kept.out = out;
            for (uint64_t k = 1; k <= rounds; k++) {
                const uint64_t at = k * all / (rounds + 1);
                CHECK_EXITS(child_finish(stopped_child(resumed[i], out, at)), 7);
            }
            run_text(&s, resumed[i], &kept);
            CHECK(digest_of(&s) == bits);
            sg_study_free(&s);
            /* A second time everything is there: no steps, the same bits. */
            run_text(&s, resumed[i], &kept);
            CHECK(digest_of(&s) == bits);
            sg_study_free(&s);
            free(out);
        }
    }
}

static void jobs_change_no_bit(void **state)
{
    struct sg_study s;
    uint64_t bits[2];
    const struct sg_study_options o = {.n_against = 2, .seeds = 3,
                                       .against = {SG_RULE_SG_EVERYWHERE, SG_RULE_DIRECT}};
    (void)state;
    for (int k = 0; k < 2; k++) {
        sg_base_set_jobs(k ? 4 : 1);
        run_text(&s, digits, &o);
        CHECK(s.n_arms == 3 && s.seeds == 3);
        bits[k] = digest_of(&s);
        sg_study_free(&s);
    }
    sg_base_set_jobs(1);
    CHECK(bits[0] == bits[1]);
}

/* A rule's runs do not depend on which others there are, nor a seed's on how many. */
static void a_run_stands_by_itself(void **state)
{
    struct sg_study few, many;
    const struct sg_study_options o = {.n_against = 2, .seeds = 3,
                                       .against = {SG_RULE_KICKBACK, SG_RULE_BACKPROP}};
    (void)state;
    run_text(&few, digits, NULL);
    run_text(&many, digits, &o);
    for (size_t seed = 0; seed < 2; seed++)
        CHECK_SAME(&few.run[seed].look[few.looks - 1].loss,
                   &many.run[seed].look[many.looks - 1].loss, 1);
    CHECK(many.run[0].look[0].loss == many.run[3].look[0].loss);      /* one start for all rules */
    CHECK(many.run[0].look[0].loss != many.run[1].look[0].loss);      /* another for each seed */
    sg_study_free(&few);
    sg_study_free(&many);
}

/* ---- what is found --------------------------------------------------------------------------- */

static bool found(const struct sg_study *s, const char *words)
{
    for (size_t i = 0; i < s->n_findings; i++)
        if (strstr(s->finding[i], words))
            return true;
    return false;
}

static void print_findings(const struct sg_study *s)
{
    for (size_t i = 0; i < s->n_findings; i++)
        printf("  %s\n", s->finding[i]);
}

static void check_found(const struct sg_study *s, const char *words, bool wanted)
{
    if (found(s, words) != wanted) {
        print_findings(s);
        fail_msg("%s: %s", wanted ? "not found" : "found", words);
    }
    CHECK(true);
}

#define LINEAR "data = { n = 60; d = 4; outputs = 2; noise = 0.5; }; net = { layers = (3, 3); }; "

static void layers_that_stand_still_are_named(void **state)
{
    struct sg_study s;
    (void)state;
    /* Nothing arrives below the output. */
    run_text(&s, "data = { n = 60; d = 4; }; net = { layers = (3, 3); credit = \"nothing\"; }; "
                 "sg = (); train = { mu = 0.05; steps = 100; seeds = 2; };", NULL);
    check_found(&s, "layer 1 stands still", true);
    check_found(&s, "layer 2 stands still", true);
    check_found(&s, "nothing ever pulls at it", true);
    check_found(&s, "the output layer stands still", false);
    CHECK(s.run[0].layer[(s.looks - 1) * s.layers].updates == 0);
    CHECK(s.run[0].layer[(s.looks - 1) * s.layers + 2].updates == 100);
    sg_study_free(&s);
    /* An SG that never learns: what is below it is frozen. */
    run_text(&s, LINEAR "sg = ( { at = 2; } ); train = { mu = 0.05; nu = 0.0; steps = 100; };",
             NULL);
    check_found(&s, "layer 1 stands still", true);
    check_found(&s, "the output layer stands still", false);
    check_found(&s, "still predicts 0 at the end", true);
    sg_study_free(&s);
    /* All is well: nobody is blamed. */
    run_text(&s, LINEAR "sg = (); train = { mu = 0.05; steps = 100; };", NULL);
    check_found(&s, "stands still", false);
    CHECK(s.run[0].layer[(s.looks - 1) * s.layers].updates == 100);
    sg_study_free(&s);
}

/* Adam makes whole steps of a pull that is rounding: kickback under a softmax, whose dl/dp adds up
 * to 0 over the classes. */
static void a_pull_of_rounding_is_named(void **state)
{
    struct sg_study s;
    const struct sg_study_options o = {.n_against = 1, .against = {SG_RULE_KICKBACK}};
    (void)state;
    run_text(&s, digits, &o);
    check_found(&s, "kickback: layer 1 learns nothing", true);
    check_found(&s, "kickback: the output layer learns nothing", false);
    sg_study_free(&s);
}

/* MSE, linear net, linear SG with labels: g = Z phi* is in the family (CP2), so nothing is
 * irreducible but the rounding of a fit.  dgelsd solves for some Z + E, |E| <= 60 x 6 u |Z|, which
 * leaves |E| |phi*|, and |Z| |phi*| is below ten times |g| here. */
static void a_linear_nets_gradient_is_within_reach(void **state)
{
    struct sg_study s;
    (void)state;
    run_text(&s, LINEAR "sg = ( { at = 2; } ); train = { mu = 0.05; nu = 0.2; steps = 300; };",
             NULL);
    for (size_t k = 0; k < s.looks; k++)
        CHECK_BOUND(s.run[0].module[k].irreducible, 60 * 6 * 10 * SG_UNIT_ROUNDOFF);
    sg_study_free(&s);
    /* Without labels it is not. */
    run_text(&s, LINEAR "sg = ( { at = 2; terms = \"h1\"; } ); "
                        "train = { mu = 0.05; nu = 0.2; steps = 300; };", NULL);
    CHECK(s.run[0].module[s.looks - 1].irreducible > 0.1);
    CHECK(s.run[0].module[s.looks - 1].error >= s.run[0].module[s.looks - 1].irreducible);
    sg_study_free(&s);
}

/* rho = 0 for backprop, whatever the net; for an SG with its weights exact it would be.  With s = 0
 * the lower layers get nothing, so rho^2 is their share of |grad L|^2. */
static void dy6_is_about_all_weights(void **state)
{
    struct sg_study s;
    const struct sg_study_options o = {.n_against = 1, .against = {SG_RULE_BACKPROP}};
    (void)state;
    run_text(&s, LINEAR "sg = ( { at = 2; } ); train = { mu = 0.05; nu = 0.2; steps = 50; };", &o);
    for (size_t k = 0; k < s.looks; k++)
        CHECK(s.run[s.seeds].look[k].error == 0);
    const struct sg_study_layer *l = s.run[0].layer;
    const double below = l[0].truth * l[0].truth + l[1].truth * l[1].truth,
                 all = below + l[2].truth * l[2].truth;
    /* three norms of at most 12 entries and a root */
    CHECK_CLOSE(s.run[0].look[0].error, sqrt(below / all), 50 * SG_UNIT_ROUNDOFF);
    CHECK(l[0].pull == 0 && l[1].pull == 0 && l[2].pull > 0);
    const struct sg_study_share share = sg_study_dy6(&s, 1);
    CHECK(share.met == share.of && share.of == s.seeds * s.looks);
    sg_study_free(&s);
}

/* DY14: the balance of a linear net under gradient descent is kept up to the squares of the steps,
 * which are of order mu over a fixed time: of ten times smaller steps a tenth is left. */
static void the_ledger_closes_as_steps_shrink(void **state)
{
    double rest[2], gap[2];
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct sg_study s;
        run_text(&s, k == 0 ? LINEAR "sg = ( { at = 2; } ); "
                                     "train = { mu = 0.02; nu = 0.06; steps = 100; };"
                            : LINEAR "sg = ( { at = 2; } ); "
                                     "train = { mu = 0.002; nu = 0.006; steps = 1000; };", NULL);
        const struct sg_study_layer *l = &s.run[0].layer[(s.looks - 1) * s.layers + 1];
        rest[k] = fabs(l->below - l->above - l->paid);
        gap[k] = fabs(l->paid);
        check_found(&s, "and the steps' squares for", true);
        sg_study_free(&s);
    }
    CHECK(gap[1] > 0.01 && rest[1] < 0.05 * gap[1]);
    CHECK(rest[0] > 5 * rest[1] && rest[0] < 20 * rest[1]);
}

/* A small nu on a target that grows: the SG's error rises while the loss falls, and lag is why; a
 * family that cannot follow: what it cannot do is why. */
static void a_rise_has_its_reason(void **state)
{
    struct sg_study s;
    (void)state;
    run_text(&s, "data = { n = 60; d = 4; outputs = 2; noise = 0.1; }; net = { layers = (3, 3); }; "
                 "sg = ( { at = 2; } ); "
                 "train = { mu = 0.05; nu = 0.002; steps = 150; };", NULL);
    check_found(&s, "% of the rise is lag", true);
    sg_study_free(&s);
    /* From small weights g = (p - y) W_2^T grows as W_2 does, and a constant cannot follow. */
    run_text(&s, "data = { n = 60; d = 4; outputs = 2; noise = 0.1; bias = false; }; "
                 "net = { layers = (2); weights = (0.1, 0.1, -0.1, 0.05, 0.02, 0.1, 0.1, 0.03, "
                 "0.1, -0.02, 0.06, 0.1); }; sg = ( { at = 1; mix = 0.0; terms = \"1\"; } ); "
                 "train = { start = \"weights\"; mu = 0.05; nu = 0.5; steps = 50; };", NULL);
    check_found(&s, "out of the reach of a linear SG", true);
    sg_study_free(&s);
}

static void a_run_that_diverges_is_a_result(void **state)
{
    struct sg_study s;
    const struct sg_study_options o = {.n_against = 1, .against = {SG_RULE_BACKPROP}};
    (void)state;
    run_text(&s, "data = { n = 60; d = 4; }; train = { mu = 0.05; nu = 50.0; steps = 2000; "
                 "seeds = 2; };", &o);
    CHECK(s.run[0].status == SG_DIVERGED && s.run[0].looks < s.looks);
    CHECK(s.run[2].status == SG_OK && s.run[2].looks == s.looks);
    for (size_t k = 0; k < s.run[0].looks; k++)
        CHECK(isfinite(s.run[0].look[k].step));
    check_found(&s, "SG at the output: 2 of 2 runs left every bound", true);
    CHECK(strstr(s.headline, "SG at the output diverges") != NULL);
    sg_study_free(&s);
}

/* Three classes as one column of numbers: the softmax has a column for each. */
static void classes_of_a_table(void **state)
{
    struct sg_study s;
    (void)state;
    char *path = sg_base_format("%s/c.csv", folder);
    FILE *file = fopen(path, "w");
    fputs("a,b,kind\n", file);
    for (int i = 0; i < 60; i++)
        fprintf(file, "%g,%g,%d\n", i % 3 + 0.1 * (i % 7), (i % 3) * (i % 3) + 0.1 * (i % 5),
                10 + 5 * (i % 3));
    fclose(file);
    free(path);
    run_text(&s, "data = { kind = \"csv\"; file = \"c.csv\"; target = \"kind\"; }; "
                 "net = { loss = \"softmax\"; }; sg = (); train = { mu = 0.5; steps = 400; "
                 "seeds = 1; };", NULL);
    CHECK(s.m == 3 && s.classes && s.n == 60 && s.test == 0);
    /* Three clusters a unit apart, 0.6 wide: a linear net tells them apart. */
    CHECK(s.run[0].look[s.looks - 1].accuracy > 0.95);
    CHECK(s.run[0].look[0].accuracy < 0.9);
    sg_study_free(&s);
}

int main(void)
{
    sg_base_init();
    const struct CMUnitTest tests[] = {
        TEST(what_is_no_training_is_refused_at_its_line),
        TEST(what_cannot_be_run_is_refused),
        TEST(every_key_counts),
        TEST(steps_are_those_of_sg_train),
        TEST(running_moments_move_once_a_step),
        TEST(an_interrupted_training_goes_on_to_the_same_bits),
        TEST(jobs_change_no_bit),
        TEST(a_run_stands_by_itself),
        TEST(layers_that_stand_still_are_named),
        TEST(a_pull_of_rounding_is_named),
        TEST(a_linear_nets_gradient_is_within_reach),
        TEST(dy6_is_about_all_weights),
        TEST(the_ledger_closes_as_steps_shrink),
        TEST(a_rise_has_its_reason),
        TEST(a_run_that_diverges_is_a_result),
        TEST(classes_of_a_table),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
