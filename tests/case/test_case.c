/* Case files: every key read, every fault refused on one line with file, line and what to change,
 * and what a case makes. */
#include <ftw.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "synthgrad/case.h"

#define MINIMAL "claim = \"DY3\"; expect = \"holds\";\n"
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* before, then `count` copies of a piece, then after. */
static char *repeat(const char *before, const char *piece, size_t count, const char *after)
{
    const size_t head = strlen(before), step = strlen(piece);
    char *text = SG_NEW(head + count * step + strlen(after) + 1, char);
    memcpy(text, before, head);
    for (size_t i = 0; i < count; i++)
        memcpy(text + head + i * step, piece, step);
    strcpy(text + head + count * step, after);
    return text;
}

/* ---- files ---------------------------------------------------------------------------------- */

static char folder[64];

static char *write_bytes(const char *name, const char *bytes, size_t size)
{
    char *path = sg_base_format("%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static char *write_text(const char *name, const char *text)
{
    return write_bytes(name, text, strlen(text));
}

static int make_folder(void **state)
{
    (void)state;
    const char *root = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/sg_case_XXXXXX", root && strlen(root) < 40 ? root : "/tmp");
    sg_base_init();
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *where)
{
    (void)info; (void)type; (void)where;
    return remove(path);
}

static int remove_folder(void **state)
{
    (void)state;
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- reading and refusing ------------------------------------------------------------------- */

static void read_named(struct sg_case *c, const char *name, const char *text)
{
    struct sg_error err = {""};
    char *path = write_text(name, text);
    if (sg_case_read(c, path, &err) != SG_OK)
        fail_msg("refused: %s\n%s", err.text, text);
    free(path);
}

static void read_text(struct sg_case *c, const char *text)
{
    read_named(c, "x.cfg", text);
}

/* A refusal is one whole line, FILE:LINE: and a sentence that says `says`. */
static void assert_refusal(const struct sg_error *err, const char *path, size_t line,
                           const char *says, const char *text)
{
    char *start = sg_base_format("%s:%zu: ", path, line);
    const size_t length = strlen(err->text);
    const bool starts = strncmp(err->text, start, strlen(start)) == 0 && length > strlen(start);
    if (!starts || !strstr(err->text, says) || strpbrk(err->text, "\n\r\t\x1b") ||
        length + 1 >= sizeof err->text)
        fail_msg("wanted line %zu: ...%s...\ngot    %s\nfrom   %.300s", line, says, err->text,
                 text);
    free(start);
}

static void assert_refused_bytes(const char *text, size_t size, size_t line, const char *says)
{
    struct sg_case c;
    struct sg_error err = {""};
    char *path = write_bytes("bad.cfg", text, size);
    const enum sg_status status = sg_case_read(&c, path, &err);
    if (status != SG_BAD_INPUT)
        fail_msg("%s instead of a refusal (%s) of: %.300s", sg_base_status_name(status), says,
                 text);
    assert_refusal(&err, path, line, says, text);
    assert_null(c.control);
    assert_int_equal(c.path[0], '\0');
    free(path);
}

static void assert_refused(const char *text, size_t line, const char *says)
{
    assert_refused_bytes(text, strlen(text), line, says);
}

/* ---- what is read --------------------------------------------------------------------------- */

static void test_minimal_case_has_the_defaults(void **state)
{
    (void)state;
    struct sg_case c;
    read_named(&c, "dy3_small.v2.cfg", MINIMAL);
    assert_string_equal(c.claim, "DY3");
    assert_string_equal(c.expect, "holds");
    assert_string_equal(c.name, "dy3_small.v2");
    assert_non_null(strstr(c.path, "/dy3_small.v2.cfg"));
    assert_int_equal(c.seed, 1);
    assert_int_equal(c.replicates, 1);
    assert_int_equal(c.data.kind, SG_DATA_GAUSSIAN);
    assert_int_equal(c.data.n, 200);
    assert_int_equal(c.data.d, 6);
    assert_int_equal(c.data.outputs, 1);
    assert_int_equal(c.data.rank, 0);
    assert_true(c.data.condition == 10.0 && c.data.noise == 0.5);
    assert_true(c.data.bias && c.data.standardise && !c.data.standardise_target);
    assert_string_equal(c.data.file, "");
    assert_int_equal(c.data.target.n, 0);
    assert_int_equal(c.net.layers.n, 0);
    assert_int_equal(c.net.loss, SG_MSE);
    assert_int_equal(c.n_modules, 1);
    assert_int_equal(c.module[0].at, -1);
    assert_int_equal(c.module[0].family, SG_LINEAR);
    assert_int_equal(c.module[0].terms, SG_H | SG_Y | SG_ONE);
    assert_int_equal(c.module[0].target, SG_TARGET_TRUE);
    assert_true(c.module[0].mix == 1.0);
    assert_int_equal(c.train.form, SG_FORM_SAMPLE);
    assert_int_equal(c.train.order, SG_SIMULTANEOUS);
    assert_int_equal(c.train.delay, SG_DELAY_NONE);
    assert_int_equal(c.train.units, SG_UNITS_CRITICAL);
    assert_int_equal(c.train.search, SG_SEARCH_FIXED);
    assert_true(c.train.mu == 0.9 && c.train.nu == 0.9 && c.train.radius == 1e-6);
    assert_int_equal(c.train.steps, 20000);
    assert_int_equal(c.train.tau.n, 1);
    assert_int_equal(c.train.tau.value[0], 1);
    assert_false(c.has_control);
    assert_null(c.control);
    assert_string_equal(c.control_text, "");
    sg_case_free(&c);
    sg_case_free(&c);
    sg_case_free(NULL);
}

static void test_every_gaussian_key_is_read(void **state)
{
    (void)state;
    struct sg_case c;
    read_text(&c,
              "claim = \"CP4\"; expect = \"not reproduced\"; "
              "seed = 2147483647; replicates = 100000;\n"
              "data = { kind = \"gaussian\"; n = 123; d = 17; outputs = 3; rank = 5; "
              "condition = 30;\n"
              "         noise = 0.25; bias = false; };\n"
              "net = { layers = (8, 4); loss = \"abs\"; };\nexperiment = \"drawn\";\n"
              "sg = ( { at = 1; family = \"linear\"; terms = \"1h\"; target = \"arriving\"; "
              "mix = 0.5; },\n"
              "       { at = 2; mix = 0; }, { at = \"output\"; terms = \"y\"; } );\n"
              "train = { form = \"sample\"; order = \"network_first\"; delay = \"none\"; "
              "units = \"optimal\";\n"
              "          mu = 1; nu = 0; steps = 2147483647; tau = [0, 10000, 7]; "
              "radius = 1; };\n");
    assert_string_equal(c.claim, "CP4");
    assert_string_equal(c.expect, "not reproduced");
    assert_int_equal(c.seed, 2147483647);
    assert_int_equal(c.replicates, 100000);
    assert_int_equal(c.data.n, 123);
    assert_int_equal(c.data.d, 17);
    assert_int_equal(c.data.outputs, 3);
    assert_int_equal(c.data.rank, 5);
    assert_true(c.data.condition == 30.0 && c.data.noise == 0.25 && !c.data.bias);
    assert_int_equal(c.net.layers.n, 2);
    assert_int_equal(c.net.layers.value[0], 8);
    assert_int_equal(c.net.layers.value[1], 4);
    assert_int_equal(c.experiment, SG_EXPERIMENT_DRAWN);
    assert_int_equal(c.net.loss, SG_ABS);
    assert_int_equal(c.n_modules, 3);
    assert_int_equal(c.module[0].at, 1);
    assert_int_equal(c.module[0].terms, SG_ONE | SG_H);
    assert_int_equal(c.module[0].target, SG_TARGET_ARRIVING);
    assert_true(c.module[0].mix == 0.5 && c.module[1].mix == 0.0 && c.module[2].mix == 1.0);
    assert_int_equal(c.module[1].at, 2);
    assert_int_equal(c.module[1].terms, SG_H | SG_Y | SG_ONE);
    assert_int_equal(c.module[1].target, SG_TARGET_TRUE);
    assert_int_equal(c.module[2].at, -1);
    assert_int_equal(c.module[2].terms, SG_Y);
    assert_int_equal(c.train.order, SG_NETWORK_FIRST);
    assert_int_equal(c.train.units, SG_UNITS_OPTIMAL);
    assert_true(c.train.mu == 1.0 && c.train.nu == 0.0 && c.train.radius == 1.0);
    assert_int_equal(c.train.steps, 2147483647);
    assert_int_equal(c.train.tau.n, 3);
    assert_int_equal(c.train.tau.value[1], 10000);
    assert_int_equal(c.train.tau.value[2], 7);
    sg_case_free(&c);
}

#define MOMENTS MINIMAL "data = { kind = \"moments\"; bias = false; S = (2, 0.5, 0.5, 1); R = 0.1; "

/* Lists of reals to the last bit, and the data that have these moments: y = x map - r. */
static void test_moments_are_read_and_made(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err;
    struct sg_data data;
    read_text(&c, MINIMAL
              "data = { kind = \"moments\"; bias = false; "
              "S = [2.0, 0.10000000000000001, 0.10000000000000001, 1.0000000000000002];\n"
              "R = (4.9406564584124654e-324); };\n"
              "net = { layers = (1); weights = (1, -3, 0.29999999999999999); };");
    assert_int_equal(c.data.kind, SG_DATA_MOMENTS);
    assert_int_equal(c.data.S.n, 4);
    assert_true(c.data.S.value[1] == 0.1 && c.data.S.value[3] == 1 + DBL_EPSILON &&
                c.data.R.value[0] == 4.9406564584124654e-324);
    assert_int_equal(c.net.weights.n, 3);
    assert_true(c.net.weights.value[1] == -3 && c.net.weights.value[2] == 0.3);
    assert_int_equal(c.data.map.n, 0);
    assert_int_equal(sg_case_moments_shape(&c).d, 2);
    assert_int_equal(sg_case_moments_shape(&c).m, 1);
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_OK);
    assert_int_equal(data.d, 2);
    assert_int_equal(data.m, 1);
    double xx = 0, worst = 0;
    for (size_t i = 0; i < data.n; i++) {
        xx += data.x[2 * i] * data.x[2 * i + 1] / (double)data.n;
        worst =
            fmax(worst, fabs(data.y[i] - (data.x[2 * i] * 0.3 + data.x[2 * i + 1] * (-3 * 0.3))));
    }
    /* R is all but zero: the map is the product of the weights. */
    assert_true(fabs(xx - 0.1) <= 8 * DBL_EPSILON && worst <= 16 * DBL_EPSILON);
    sg_data_free(&data);
    sg_case_free(&c);
    read_text(&c, MOMENTS "map = (1.5, -2.5); };");
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_OK);
    double x_r = 0, r_r = 0;
    for (size_t i = 0; i < data.n; i++) {
        const double r = data.x[2 * i] * 1.5 - data.x[2 * i + 1] * 2.5 - data.y[i];
        x_r += data.x[2 * i] * r / (double)data.n;
        r_r += r * r / (double)data.n;
    }
    assert_true(fabs(x_r) <= 16 * DBL_EPSILON && fabs(r_r - 0.1) <= 16 * DBL_EPSILON);
    sg_data_free(&data);
    sg_case_free(&c);
    read_text(&c, MINIMAL
              "data = { kind = \"moments\"; bias = false; "
              "S = (4.41, 2.73, 5.46, 2.73, 1.69, 3.38, 5.46, 3.38, 6.76); "
              "R = 0; map = (0, 0, 0); };");
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_OK);
    /* S has rank 1, and the second pivot rounds to -2e-16.  Tolerance C n u |S|, C = 10, n = 3,
     * |S| = 12.86. */
    for (size_t a = 0; a < 9; a++) {
        double moment = 0;
        for (size_t i = 0; i < data.n; i++)
            moment += data.x[3 * i + a / 3] * data.x[3 * i + a % 3] / (double)data.n;
        assert_true(fabs(moment - c.data.S.value[a]) <= 10 * 3 * SG_UNIT_ROUNDOFF * 12.86);
    }
    sg_data_free(&data);
    sg_case_free(&c);
}

static void test_every_csv_key_is_read(void **state)
{
    (void)state;
    struct sg_case c;
    read_text(&c, MINIMAL "data = { kind = \"csv\"; file = \"a b.csv\";\n"
                          "target = (\"gr\xC3\xB6\xC3\x9F" "e\", \"y \\\"2\\\"\");\n"
                          "standardise = FALSE; standardise_target = True; bias = false; };\n");
    assert_int_equal(c.data.kind, SG_DATA_CSV);
    assert_string_equal(c.data.file, "a b.csv");
    assert_int_equal(c.data.target.n, 2);
    assert_string_equal(c.data.target.value[0], "gr\xC3\xB6\xC3\x9F" "e");
    assert_string_equal(c.data.target.value[1], "y \"2\"");
    assert_true(!c.data.standardise && c.data.standardise_target && !c.data.bias);
    sg_case_free(&c);
    read_text(&c, MINIMAL "data = { file = \"x\"; target = \"y\"; kind = \"csv\"; };");
    assert_int_equal(c.data.target.n, 1);
    assert_string_equal(c.data.target.value[0], "y");
    sg_case_free(&c);
}

static void test_every_classes_key_is_read(void **state)
{
    (void)state;
    struct sg_case c;
    read_text(&c, MINIMAL
              "data = { kind = \"classes\"; n = 31; d = 4; bias = false; labels = \"noisy\"; "
              "one_hot = true; };\n"
              "net = { loss = \"softmax\"; layers = (3); };\n"
              "sg = ( { at = 1; family = \"mlp\"; hidden = 17; terms = \"y\"; }, "
              "{ family = \"sigmoid_linear\"; terms = \"h\"; } );\n"
              "train = { optimiser = \"adam\"; beta1 = 0; beta2 = 0.25; epsilon = 1; "
              "mu = 0.125; };\n");
    assert_int_equal(c.data.kind, SG_DATA_CLASSES);
    assert_int_equal(c.data.labels, SG_LABELS_NOISY);
    assert_true(c.data.n == 31 && c.data.d == 4 && !c.data.bias && c.data.one_hot);
    assert_int_equal(c.net.loss, SG_SOFTMAX_XENT);
    assert_true(c.module[0].family == SG_MLP && c.module[0].hidden == 17 &&
                c.module[1].family == SG_SIGMOID_LINEAR);
    const struct sg_opt opt = sg_case_opt(&c, 3.5);
    assert_true(opt.kind == SG_ADAM && opt.rate == 3.5 && opt.beta1 == 0 && opt.beta2 == 0.25 &&
                opt.epsilon == 1);
    assert_true(isnan(sg_case_theta(&c)));
    c.train.nu = 0.75;
    c.train.sg_step = SG_STEP_NORMALISED;
    assert_true(sg_case_theta(&c) == 1.5);
    c.train.units = SG_UNITS_ABSOLUTE;
    assert_true(sg_case_theta(&c) == 0.75);
    c.train.sg_step = SG_STEP_LINE_SEARCH;
    assert_true(sg_case_theta(&c) == 1);
    struct sg_data data;
    struct sg_error err;
    assert_int_equal(sg_case_make_data(&data, &c, 5, 0, &err), SG_OK);
    assert_true(data.n == 31 && data.d == 4 && data.m == 2);
    struct sg_case_arch arch;
    assert_int_equal(sg_case_make_arch(&arch, &c, data.d, data.m, &err), SG_OK);
    assert_true(arch.module[0].hidden == 17 && arch.module[1].hidden == 0 &&
                arch.arch.loss == SG_SOFTMAX_XENT);
    assert_int_equal(sg_case_make_arch(&arch, &c, data.d, 1, &err), SG_BAD_INPUT);
    c.net.loss = SG_LOGISTIC;
    assert_int_equal(sg_case_make_arch(&arch, &c, data.d, 2, &err), SG_BAD_INPUT);
    sg_data_free(&data);
    sg_case_free(&c);
    read_text(&c, MINIMAL "data = { kind = \"classes\"; labels = \"random\"; };\n"
                          "net = { loss = \"logistic\"; };");
    assert_true(c.data.labels == SG_LABELS_RANDOM && !c.data.one_hot && c.data.bias &&
                c.net.loss == SG_LOGISTIC);
    assert_true(c.module[0].hidden == 32 && c.train.beta1 == 0.9 && c.train.beta2 == 0.999 &&
                c.train.epsilon == 1e-8);
    sg_case_free(&c);
}

/* Targets of a file are labels, or the log losses refuse them. */
static void test_log_losses_want_labels(void **state)
{
    (void)state;
    static const struct { const char *loss, *rows, *target; enum sg_status status; } files[] = {
        {"logistic", "x,y\n1,0\n2,1\n4,0.5\n", "\"y\"", SG_OK},
        {"logistic", "x,y\n1,0\n2,1.5\n", "\"y\"", SG_BAD_INPUT},
        {"logistic", "x,y\n1,1\n2,-1\n", "\"y\"", SG_BAD_INPUT},
        {"softmax", "x,y,z\n1,0,1\n2,0.25,0.75\n", "[\"y\", \"z\"]", SG_OK},
        {"softmax", "x,y,z\n1,0,1\n2,1,0.5\n", "[\"y\", \"z\"]", SG_BAD_INPUT},
        {"softmax", "x,y,z\n1,0,1\n2,2,-1\n", "[\"y\", \"z\"]", SG_BAD_INPUT},
        {"mse", "x,y\n1,-1\n2,7\n", "\"y\"", SG_OK},
    };
    for (size_t i = 0; i < COUNT(files); i++) {
        free(write_text("labels.csv", files[i].rows));
        char *text = sg_base_format(MINIMAL
                                    "data = { kind = \"csv\"; file = \"labels.csv\"; "
                                    "target = %s; };\nnet = { loss = \"%s\"; };",
                                    files[i].target, files[i].loss);
        struct sg_case c;
        struct sg_data data = {0};
        struct sg_error err;
        read_text(&c, text);
        if (sg_case_make_data(&data, &c, 1, 0, &err) != files[i].status)
            fail_msg("file %zu under loss %s", i, files[i].loss);
        if (files[i].status != SG_OK)
            if (!strstr(err.text, "row 2 of y is no "))
                fail_msg("file %zu: %s", i, err.text);
        sg_data_free(&data);
        sg_case_free(&c);
        free(text);
    }
}

static void test_every_choice_is_read(void **state)
{
    (void)state;
    static const struct { const char *key; size_t field; const char *word; int value; } rows[] = {
        {"form", offsetof(struct sg_case_train, form), "sample", SG_FORM_SAMPLE},
        {"form", offsetof(struct sg_case_train, form), "compressed", SG_FORM_COMPRESSED},
        {"form", offsetof(struct sg_case_train, form), "spectral", SG_FORM_SPECTRAL},
        {"order", offsetof(struct sg_case_train, order), "simultaneous", SG_SIMULTANEOUS},
        {"order", offsetof(struct sg_case_train, order), "sg_first", SG_SG_FIRST},
        {"order", offsetof(struct sg_case_train, order), "network_first", SG_NETWORK_FIRST},
        {"delay", offsetof(struct sg_case_train, delay), "none", SG_DELAY_NONE},
        {"delay", offsetof(struct sg_case_train, delay), "stale_backprop", SG_DELAY_STALE_BACKPROP},
        {"delay", offsetof(struct sg_case_train, delay), "delayed_pairs", SG_DELAY_PAIRS},
        {"delay", offsetof(struct sg_case_train, delay), "stale_sg", SG_DELAY_STALE_SG},
        {"units", offsetof(struct sg_case_train, units), "absolute", SG_UNITS_ABSOLUTE},
        {"units", offsetof(struct sg_case_train, units), "critical", SG_UNITS_CRITICAL},
        {"units", offsetof(struct sg_case_train, units), "optimal", SG_UNITS_OPTIMAL},
        {"start", offsetof(struct sg_case_train, start), "glorot", SG_START_GLOROT},
        {"start", offsetof(struct sg_case_train, start), "he", SG_START_HE},
        {"start", offsetof(struct sg_case_train, start), "weights", SG_START_WEIGHTS},
        {"search", offsetof(struct sg_case_train, search), "fixed", SG_SEARCH_FIXED},
        {"search", offsetof(struct sg_case_train, search), "backtracking", SG_SEARCH_BACKTRACKING},
        {"sg_step", offsetof(struct sg_case_train, sg_step), "fixed", SG_STEP_FIXED},
        {"sg_step", offsetof(struct sg_case_train, sg_step), "normalised", SG_STEP_NORMALISED},
        {"sg_step", offsetof(struct sg_case_train, sg_step), "line_search", SG_STEP_LINE_SEARCH},
        {"optimiser", offsetof(struct sg_case_train, optimiser), "gd", SG_GD},
        {"optimiser", offsetof(struct sg_case_train, optimiser), "momentum", SG_MOMENTUM},
        {"optimiser", offsetof(struct sg_case_train, optimiser), "rmsprop", SG_RMSPROP},
        {"optimiser", offsetof(struct sg_case_train, optimiser), "adam", SG_ADAM},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sg_case c;
        int value;
        char *text = sg_base_format(MINIMAL "train = { %s = \"%s\"; };", rows[i].key, rows[i].word);
        read_text(&c, text);
        memcpy(&value, (char *)&c.train + rows[i].field, sizeof value);
        if (value != rows[i].value)
            fail_msg("%s read as %d, not %d", text, value, rows[i].value);
        sg_case_free(&c);
        free(text);
    }
    static const char *const verdicts[] = {
        "holds", "fails", "inconclusive", "reproduced", "not reproduced"};
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        struct sg_case c;
        char *text = sg_base_format("claim = \"A1z\"; expect = \"%s\";", verdicts[i]);
        read_text(&c, text);
        assert_string_equal(c.expect, verdicts[i]);
        sg_case_free(&c);
        free(text);
    }
}

/* Neither claim nor expect: a training, whose rates are as they stand. */
static void test_a_case_without_a_claim_is_a_training(void **state)
{
    struct sg_case c;
    (void)state;
    read_text(&c, "");
    assert_true(sg_case_is_training(&c) && c.train.units == SG_UNITS_ABSOLUTE);
    sg_case_free(&c);
    read_text(&c, "train = { units = \"critical\"; };");
    assert_true(sg_case_is_training(&c) && c.train.units == SG_UNITS_CRITICAL);
    sg_case_free(&c);
    read_text(&c, MINIMAL);
    assert_true(!sg_case_is_training(&c) && c.train.units == SG_UNITS_CRITICAL);
    sg_case_free(&c);
    /* Its weights are where it begins: on any data, and on moments beside their map. */
    read_text(&c, "net = { weights = (1, 2); };");
    sg_case_free(&c);
    read_text(&c, "data = { kind = \"moments\"; bias = false; S = (2, 0.5, 0.5, 1); R = 0.1; "
                  "map = (1, 2); };\nnet = { weights = (3, 4); };");
    struct sg_data data;
    struct sg_error err;
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_OK);
    double w[2];
    size_t rank;
    assert_int_equal(sg_base_solve_least_squares(w, &rank, NULL, data.x, data.y, data.n, 2, 1),
                     SG_OK);
    assert_true(fabs(w[0] - 1) < 1e-12 && fabs(w[1] - 2) < 1e-12);   /* u cond(x), cond below 3 */
    sg_data_free(&data);
    sg_case_free(&c);
}

/* Biases of their own, for every dense layer that has no batch norm on it. */
static void test_biases_are_the_layers_own(void **state)
{
    struct sg_case c;
    struct sg_case_arch arch;
    struct sg_error err;
    (void)state;
    for (int norm = 0; norm < 2; norm++) {
        char *text = sg_base_format("net = { layers = (3, 4); biases = true; batch_norm = %s; };",
                                    norm ? "true" : "false");
        read_text(&c, text);
        assert_int_equal(sg_case_make_arch(&arch, &c, 5, 1, &err), SG_OK);
        for (size_t i = 0; i < arch.arch.n_layers; i++)
            if (arch.layer[i].kind == SG_DENSE)
                assert_true(arch.layer[i].bias == (!norm || i + 1 == arch.arch.n_layers));
        sg_case_free(&c);
        free(text);
    }
}

static void test_every_subset_of_terms_is_read(void **state)
{
    (void)state;
    for (unsigned terms = 1; terms <= 7; terms++) {
        struct sg_case c;
        char *text =
            sg_base_format(MINIMAL "sg = ( { terms = \"%s%s%s\"; } );", terms & SG_H ? "h" : "",
                           terms & SG_Y ? "y" : "", terms & SG_ONE ? "1" : "");
        read_text(&c, text);
        assert_int_equal(c.module[0].terms, terms);
        sg_case_free(&c);
        free(text);
    }
}

static void test_no_modules_and_many(void **state)
{
    (void)state;
    struct sg_case c;
    read_text(&c, MINIMAL "sg = ();");
    assert_int_equal(c.n_modules, 0);
    sg_case_free(&c);
    char *text = sg_base_format("%s", MINIMAL "net = { layers = (1");
    for (int i = 2; i <= SG_CASE_LIST_MAX; i++) {
        char *longer = sg_base_format("%s, %d", text, i);
        free(text);
        text = longer;
    }
    char *full = sg_base_format("%s); }; sg = ( { at = 32; }, { at = 33; } );", text);
    read_text(&c, full);
    assert_int_equal(c.net.layers.n, SG_CASE_LIST_MAX);
    assert_int_equal(c.net.layers.value[SG_CASE_LIST_MAX - 1], SG_CASE_LIST_MAX);
    assert_int_equal(c.module[1].at, 33);
    sg_case_free(&c);
    free(text);
    free(full);
    /* As many modules as fit: 32 of 33 boundaries. */
    char *layers = repeat(MINIMAL "net = { layers = (1", ", 1", 31, "); };\nsg = ( { at = 1; }");
    for (int i = 2; i <= SG_CASE_LIST_MAX; i++) {
        char *longer = sg_base_format("%s, { at = %d; }", layers, i);
        free(layers);
        layers = longer;
    }
    full = sg_base_format("%s );", layers);
    read_text(&c, full);
    assert_int_equal(c.n_modules, SG_CASE_LIST_MAX);
    assert_int_equal(c.module[SG_CASE_LIST_MAX - 1].at, SG_CASE_LIST_MAX);
    sg_case_free(&c);
    free(full);
    full = sg_base_format("%s, { } );", layers);
    assert_refused(full, 3, "33 SG modules, at most 32 fit");
    free(full);
    free(layers);
}

/* A minimal case and one more setting, on line 2. */
static char *with_setting(const char *group, const char *key, const char *value)
{
    if (group[0] == '\0')
        return sg_base_format(MINIMAL "%s = %s;", key, value);
    return sg_base_format(MINIMAL "%s = { %s = %s; };", group, key, value);
}

/* The last value inside each range is taken, the first outside refused. */
static void test_ranges_end_where_they_say(void **state)
{
    (void)state;
    static const struct { const char *group, *key, *inside, *outside; } rows[] = {
        {"", "seed", "0", "-1"},
        {"", "replicates", "1", "0"},
        {"", "replicates", "100000", "100001"},
        {"data", "n", "1; condition = 1", "0"},
        {"data", "n", "1000000", "1000001"},
        {"data", "d", "1; condition = 1", "0"},
        {"data", "d", "2000", "2001"},
        {"data", "outputs", "1", "0"},
        {"data", "outputs", "64", "65"},
        {"data", "rank", "0", "-1"},
        {"data", "rank", "6", "7"},
        {"data", "rank", "2; condition = 2", "1; condition = 2"},
        {"data", "condition", "1", "0.9999999"},
        {"data", "condition", "1e12", "1.0000001e12"},
        {"data", "noise", "0.0", "-1e-300"},
        {"net", "layers", "(1)", "(0)"},
        {"net", "layers", "(10000)", "(10001)"},
        {"train", "mu", "1e-300", "0"},
        {"train", "nu", "0.0", "-0.1"},
        {"train", "steps", "1", "0"},
        {"train", "tau", "0", "-1"},
        {"train", "tau", "(3, 10000)", "(3, 10001)"},
        {"train", "radius", "1e-12", "0.0"},
        {"train", "radius", "1.0", "1.0000001"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sg_case c;
        char *inside = with_setting(rows[i].group, rows[i].key, rows[i].inside);
        char *outside = with_setting(rows[i].group, rows[i].key, rows[i].outside);
        read_text(&c, inside);
        sg_case_free(&c);
        assert_refused(outside, 2, rows[i].key);
        free(inside);
        free(outside);
    }
}

static void test_numbers_come_through_exactly(void **state)
{
    (void)state;
    struct sg_case c;
    read_text(&c, MINIMAL
              "train = { mu = 1.0000000000000002; nu = 4.9406564584124654e-324; "
              "steps = 0x7fFFffFF; tau = 7L;\n"
              "radius = .5e-3; };  seed = 0X5; replicates = +3;\n"
              "data = { noise = 1.7976931348623157e+308; condition = 2.; };");
    assert_true(c.train.mu == 1.0 + DBL_EPSILON);
    assert_true(c.train.nu == 4.9406564584124654e-324);
    assert_true(c.train.radius == 0.5e-3);
    assert_true(c.data.noise == DBL_MAX && c.data.condition == 2.0);
    assert_int_equal(c.train.steps, 2147483647);
    assert_int_equal(c.train.tau.value[0], 7);
    assert_int_equal(c.seed, 5);
    assert_int_equal(c.replicates, 3);
    sg_case_free(&c);
}

static void test_comments_marks_and_line_ends(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\xEF\xBB\xBF" MINIMAL,
        "claim = \"DY3\";\r\nexpect = \"holds\";\r\n",
        MINIMAL "# no line end after this comment",
        MINIMAL "// @include \"/etc/passwd\"\n# 99999999999 1e999 ( ( (\n"
                "/* @include \"x\"\n /* ( 1e999 \" \n*/",
        MINIMAL "/*/ still a comment @include */",
        MINIMAL "/**/ seed = 1; /***/ replicates = 1;",
        "claim : \"DY3\", expect : \"ho\" \"lds\"",
        MINIMAL "data = { kind = \"csv\"; file = \"@include # /* (\"; "
                "target = \"1e999 \\\" \\\\\"; };",
        "# caf\xE9 in Latin-1\n" MINIMAL,
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct sg_case c;
        read_text(&c, texts[i]);
        assert_string_equal(c.claim, "DY3");
        assert_string_equal(c.expect, "holds");
        sg_case_free(&c);
    }
}

/* ---- what is refused ------------------------------------------------------------------------ */

static const struct { const char *text; size_t line; const char *says; } malformed[] = {
    /* required keys, claim, expect */
    {"\nexpect = \"holds\";", 2, "no \"claim\"; write for example claim = \"DY3\""},
    {"\n\n# only a comment\nclaim = \"DY3\";\n", 4,
     "no \"expect\"; write for example expect = \"holds\"; or take both out for a training"},
    {"claim = \"DY-3\"; expect = \"holds\";", 1,
     "\"claim\" is \"DY-3\", but wants letters and digits in quotes"},
    {"claim = \"\"; expect = \"holds\";", 1, "\"claim\" is empty; for example claim = \"DY3\""},
    {"claim = 3; expect = \"holds\";", 1,
     "\"claim\" wants letters and digits in quotes, not an integer"},
    {"claim = \"DY3\";\nexpect = \"hold\";", 2, "did you mean \"holds\"?"},
    {"claim = \"DY3\";\nexpect = \"perhaps\";", 2,
     "wants \"holds\", \"fails\", \"inconclusive\", \"reproduced\" or \"not reproduced\""},
    /* unknown keys */
    {MINIMAL "train = { mu = 0.5;\n  stepz = 3; };", 3,
     "unknown key \"stepz\" in train; did you mean \"steps\"?"},
    {MINIMAL "train = { step = 3; };", 2, "did you mean \"steps\"?"},
    {MINIMAL "train = { ssteps = 3; };", 2, "did you mean \"steps\"?"},
    {MINIMAL "train = { stqqs = 3; };", 2, "did you mean \"steps\"?"},
    {MINIMAL "train = { sqqqs = 3; };", 2, "known are form, order"},
    {MINIMAL "train = { mx = 3; };", 2, "did you mean \"mu\"?"},
    {MINIMAL "data = { q = 3; };", 2, "known are kind, n, d"},
    {MINIMAL "dat = { };", 2, "unknown key \"dat\" in the top level; did you mean \"data\"?"},
    {MINIMAL "data = { colour = 3; };", 2,
     "unknown key \"colour\" in data; known are kind, n, d, outputs, rank,"},
    {MINIMAL "mu = 0.5;", 2, "unknown key \"mu\" in the top level; it belongs in train"},
    {MINIMAL "net = { n = 5; };", 2, "it belongs in data"},
    {MINIMAL "sg = ( { at = 1; },\n { att = 1; } );", 3,
     "unknown key \"att\" in sg; did you mean \"at\"?"},
    {MINIMAL "Train = { };", 2, "did you mean \"train\"?"},
    {MINIMAL "train = { a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on"
             "-and-on-and-on-and-on-and-on-and-on = 1; };",
     2, "-on-an...\" in train; known are form"},
    /* wrong types */
    {MINIMAL "data = 5;", 2,
     "\"data\" wants a group, not an integer; for example data = { n = 200"},
    {MINIMAL "train = ( );", 2, "\"train\" wants a group, not a list"},
    {MINIMAL "sg = { at = 1; };", 2,
     "\"sg\" wants a list of groups, not a group; for example sg = ( {"},
    {MINIMAL "sg = [ ];", 2, "\"sg\" wants a list of groups, not a list"},
    {MINIMAL "sg = ( 5 );", 2, "element 1 of \"sg\" is not a group"},
    {MINIMAL "data = { n = 20.0; };", 2,
     "\"n\" wants an integer from 1 to 1000000, not a real; for example n = 200"},
    {MINIMAL "train = { steps = 1e4; };", 2,
     "\"steps\" wants an integer from 1 to 2147483647, not a real"},
    {MINIMAL "data = { n = \"20\"; };", 2, "not text"},
    {MINIMAL "data = { n = (20); };", 2, "not a list"},
    {MINIMAL "data = { n = { }; };", 2, "not a group"},
    {MINIMAL "data = { bias = 1; };", 2,
     "\"bias\" wants true or false, not an integer; for example bias = true"},
    {MINIMAL "data = { noise = true; };", 2,
     "\"noise\" wants a number of at least 0, not true or false"},
    {MINIMAL "train = { mu = \"0.9\"; };", 2,
     "\"mu\" wants a number above 0, not text; for example mu = 0.9"},
    {MINIMAL "train = { form = 1; };", 2,
     "\"form\" wants \"sample\", \"compressed\" or \"spectral\", not an integer"},
    {MOMENTS "};", 2, "need the least-squares map or net's weights"},
    {MOMENTS "map = (1, 2); };\nnet = { weights = (1, 2); };", 2, "give one of the two"},
    {MOMENTS "map = (1, 2, 3); };", 2, "\"map\" has 3 elements, but S and R make it 2 x 1"},
    {MOMENTS "};\nnet = { layers = (3);\nweights = (1, 2); };", 4,
     "\"weights\" has 2 elements, but layers, S and R make it 9"},
    {MOMENTS "map = (1, 2); rank = 2; };", 2,
     "\"rank\" is a key of gaussian data, but kind is \"moments\""},
    {MINIMAL "data = { kind = \"moments\"; bias = false;\n"
             "S = (1, 2, 3, 4); R = 1; map = (1, 2); };", 3, "symmetric"},
    {MINIMAL "data = { kind = \"moments\"; bias = false;\nS = (1, 2, 3); R = 1; map = 1; };", 3,
     "symmetric"},
    {MINIMAL "data = { kind = \"moments\"; bias = false;\n"
             "S = (1, 2, 2, 1); R = 1; map = (0, 0); };", 3, "\"S\" has a negative eigenvalue"},
    {MINIMAL "data = { kind = \"moments\"; bias = false;\n"
             "S = (0, 1, 1, 1); R = 1; map = (0, 0); };", 3, "\"S\" has a negative eigenvalue"},
    {MINIMAL "data = { kind = \"moments\"; bias = false; S = 1;\nR = -1; map = 0; };", 3,
     "\"R\" has a negative eigenvalue"},
    {MINIMAL "data = { kind = \"moments\"; bias = false; S = 1; R = 1; };\n"
             "net = { weights = 1; };\nexperiment = \"drawn\";", 4, "take one of the two out"},
    {MINIMAL "data = { kind = \"moments\"; bias = false; S = 1; map = 1; };", 2,
     "\"R\" as a symmetric matrix"},
    {MINIMAL "data = { kind = \"moments\"; S = 1; R = 1; map = 1; };", 2, "write bias = false"},
    {MINIMAL "data = { S = 1; };", 2, "\"S\" is a key of moments data, but kind is \"gaussian\""},
    {MINIMAL "data = { kind = \"moments\"; S = (1, \"x\"); };", 2,
     "\"S\" wants a number or a list of up to 400, not text"},
    {MINIMAL "net = { weights = (1); };", 2, "write kind = \"moments\" in data"},
    {MINIMAL "train = { tau = 1.5; };", 2, "\"tau\" wants an integer"},
    {MINIMAL "train = { tau = \"1\"; };", 2, "\"tau\" wants"},
    {MINIMAL "train = { tau = (1, { }); };", 2, "\"tau\" wants"},
    {MINIMAL "train = { tau = { }; };", 2,
     "\"tau\" wants an integer from 0 to 10000 or a list of up to 32, not a group"},
    {MINIMAL "net = { layers = 5; };", 2,
     "\"layers\" wants a list of integers from 1 to 10000, up to 32, not an integer; "
     "for example layers = (8, 8)"},
    {MINIMAL "net = { layers = ((5)); };", 2, "\"layers\" wants"},
    {MINIMAL "sg = ( { at = 1.0; } );", 2,
     "\"at\" wants \"output\" or an integer from 1 to 33, not a real"},
    {MINIMAL "sg = ( { terms = 1; } );", 2, "\"terms\" wants"},
    /* values out of range */
    {MINIMAL "train = { mu = -0.5; };", 2, "\"mu\" is -0.5, but wants a number above 0"},
    {MINIMAL "train = { form = \"compresed\"; };", 2,
     "\"form\" is \"compresed\"; did you mean \"compressed\"?"},
    {MINIMAL "train = { units = \"furlongs\"; };", 2,
     "wants \"absolute\", \"critical\" or \"optimal\""},
    {MINIMAL "sg = ( { at = \"input\"; } );", 2,
     "\"at\" is \"input\", but wants \"output\" or an integer"},
    {MINIMAL "sg = ( { at = 0; } );", 2, "\"at\" is 0"},
    {MINIMAL "sg = ( { terms = \"\"; } );", 2, "\"terms\" is \"\""},
    {MINIMAL "sg = ( { terms = \"x\"; } );", 2, "\"terms\" is \"x\""},
    {MINIMAL "sg = ( { terms = \"hx\"; } );", 2,
     "\"terms\" is \"hx\", but wants one or more of the letters h, y and 1"},
    {MINIMAL "sg = ( { terms = \"hyh\"; } );", 2, "each once"},
    {MINIMAL "sg = ( { family = \"cubic\"; } );", 2,
     "\"family\" is \"cubic\", but wants \"linear\", \"sigmoid_linear\" or \"mlp\""},
    {MINIMAL "sg = ( { mix = 1.5; } );", 2, "\"mix\" is 1.5, but wants a number from 0 to 1"},
    {MINIMAL "sg = ( { mix = -0.5; } );", 2, "\"mix\" is -0.5"},
    {MINIMAL "train = { tau = (); };", 2, "\"tau\" has 0 elements"},
    {MINIMAL "train = { tau = (1,1,1,1,1,1,1,1,1,1, 1,1,1,1,1,1,1,1,1,1, 1,1,1,1,1,1,1,1,1,1, "
             "1,1,1); };", 2, "has 33 elements"},
    /* what libconfig would take wrongly */
    {MINIMAL "@include \"x.cfg\"\n", 2, "@include is not allowed"},
    {MINIMAL "  \t@include\t\"x.cfg\"\n", 2, "@include is not allowed"},
    {"/* */ @include \"x.cfg\"\n" MINIMAL, 1, "@include is not allowed"},
    {MINIMAL "/*/\n*/\n@include \"x.cfg\"\n", 4, "@include is not allowed"},
    {MINIMAL "data = { kind = \"csv\"; file = \"\\\\\"; };\n@include \"x.cfg\"\n", 3,
     "@include is not allowed"},
    {MINIMAL "train = { steps = 4294967297; };", 2, "integer 4294967297 does not fit in 32 bits"},
    {MINIMAL "train = { steps = 2147483648; };", 2, "does not fit in 32 bits"},
    {MINIMAL "seed = -2147483649;", 2, "does not fit in 32 bits"},
    {MINIMAL "seed = 0x100000001;", 2, "integer 0x100000001 does not fit in 32 bits"},
    {MINIMAL "seed = 0xFFFFFFFF;", 2, "does not fit in 32 bits"},
    {MINIMAL "seed = 4294967297L;", 2, "does not fit in 32 bits"},
    {MINIMAL "seed = 0x100000001LL;", 2, "does not fit in 32 bits"},
    {MINIMAL "seed = 99999999999999999999999999;", 2, "does not fit in 32 bits"},
    {MINIMAL "train = { tau = (1,\n 4294967297); };", 3, "does not fit in 32 bits"},
    {MINIMAL "data = { condition = 10000000000; };", 2, "or a real such as 1e10"},
    {MINIMAL "train = { mu = 1e400; };", 2, "1e400 is beyond the largest number"},
    {MINIMAL "train = { mu = -1.5E+999; };", 2, "beyond the largest number"},
    {MINIMAL "data = { noise = 1e-400; };", 2,
     "1e-400 is below the smallest number and would become 0"},
    {MINIMAL "data = { noise = .; };", 2, ". is not a number"},
    {MINIMAL "data = { noise = -.e5; };", 2, "-.e5 is not a number"},
    {MINIMAL "train = { mu = nan; };", 2, "nan is not a value"},
    {MINIMAL "train = { mu = inf; };", 2, "inf is not a value"},
    {MINIMAL "train = { mu = long; };", 2, "long is not a value"},
    {MINIMAL "train = { mu = truth; };", 2, "truth is not a value"},
    {MINIMAL "train = { mu = 1e5x; };", 2, "1e5x is not a number"},
    {MINIMAL "train = { mu = 1.5e; };", 2, "1.5e is not a number"},
    {MINIMAL "train = { mu = -inf; };", 2, "-inf is not a number"},
    {MINIMAL "train = { mu = 1.5.2; };", 2, "1.5.2 is not a number"},
    {MINIMAL "train = { steps = 10k; };", 2, "10k is not a number"},
    {MINIMAL "seed = 0x;", 2, "0x is not a number"},
    {MINIMAL "seed = 0x-1;", 2, "0x is not a number"},
    {MINIMAL "seed = 0b101;", 2, "0b101 is not a number"},
    {MINIMAL "/* steps = 3;\n\n", 2, "this comment is never closed"},
    {MINIMAL "data = { kind = \"gaussian; };\n", 2, "this text is not closed on its line"},
    {MINIMAL "data = { kind = \"csv\"; file = \"a\\x00b\"; };", 2,
     "\\x00 would end the text early"},
    {MINIMAL "data = { kind = \"csv\"; file = \"a\\X00b\"; };", 2,
     "\\x00 would end the text early"},
    {MINIMAL "\"train\" = { };", 2, "text in a place where none belongs"},
    {MINIMAL "train = { mu = 1, \"nu\" };", 2, "text in a place where none belongs"},
    /* syntax */
    {MINIMAL "train = { form = sample; };", 2,
     "sample is not a value; text stands in quotes, \"sample\""},
    {MINIMAL "train = { mu = 0.5;\n\n", 2, "this { is never closed"},
    {MINIMAL "net = { layers = (3; };\n", 2, "} cannot close the ( of line 2; write )"},
    {MINIMAL "net = { };\n }", 3, "} closes nothing"},
    {MINIMAL "train = { mu = = 3; };", 2, "syntax error near `train = { mu = = 3; };`"},
    {MINIMAL "train = { mu 3; };", 2, "a setting reads name = value;"},
    {MINIMAL "train =", 3, "syntax error at the end of the file"},
    {MINIMAL "train = { mu = 1 };;", 2, "syntax error"},
    {MINIMAL "tr\xC3\xA4in = { };", 2, "unexpected character \\xc3"},
    {MINIMAL "train = { mu = 1; }\x07", 2, "unexpected character \\x07"},
    {MINIMAL "train = { mu = 1; mu = 2; };", 2, "duplicate setting name"},
    {MINIMAL "seed = 1;\nseed = 2;", 3,
     "duplicate setting name near `seed = 2;`; keep one of the two"},
    {MINIMAL "train = { tau = [1, \"a\"]; };", 2, "mismatched element type in array"},
    {MINIMAL "train = ((((((((((1))))))))));", 2, "brackets more than 8 deep"},
    /* text */
    {MINIMAL "data = { kind = \"csv\"; target = \"y\"; file = \"a\\x1b[31m\"; };", 2,
     "holds a control character or is not UTF-8; take it out: a\\x1b[31m"},
    {MINIMAL "data = { kind = \"csv\"; target = \"y\"; file = \"a\\nb\"; };", 2,
     "holds a control character"},
    {MINIMAL "data = { kind = \"csv\"; target = \"a\xE2\x80\xA8z\"; };", 2,
     "holds a control character"},
    {MINIMAL "data = { kind = \"csv\"; target = \"gr\xF6\xDF" "e\"; };", 2,
     "holds a control character or is not UTF-8; take it out: gr\\xf6"},
    {MINIMAL "data = { kind = \"csv\"; file = \"\"; };", 2, "\"file\" is empty"},
    {MINIMAL "data = { kind = \"csv\"; target = [\"y\", \"\"]; };", 2, "\"target\" is empty"},
    {MINIMAL "data = { kind = \"csv\"; target = ();};", 2, "\"target\" has 0 elements"},
    {MINIMAL "data = { kind = \"csv\"; target = [\"y\", \"z\", \"y\"]; };", 2,
     "\"target\" names \"y\" twice"},
    {MINIMAL "data = { kind = \"csv\"; target = 7; };", 2,
     "\"target\" wants a text in quotes or a list of them, not an integer"},
    {MINIMAL "train = { form = \"\\x1b\\n\\t\"; };", 2, "\"form\" is \"\\x1b\\x0a\\x09\""},
    /* keys that have to agree */
    {MINIMAL "data = { kind = \"csv\"; target = \"y\"; };", 2, "csv data needs a file"},
    {MINIMAL "data = { kind = \"csv\";\nfile = \"x\"; };", 2,
     "csv data needs the columns to predict"},
    {MINIMAL "data = { kind = \"csv\"; file = \"x\"; target = \"y\";\nn = 5; };", 3,
     "\"n\" is a key of gaussian, classes, idx or digits data, but kind is \"csv\""},
    {MINIMAL "data = {\nnoise = 0.1;\nkind = \"csv\"; file = \"x\"; target = \"y\"; };", 3,
     "\"noise\" is a key of gaussian data"},
    {MINIMAL "data = { file = \"x\"; };", 2,
     "\"file\" is a key of csv data, but kind is \"gaussian\""},
    {MINIMAL "data = { standardise = true; };", 2,
     "\"standardise\" is a key of csv, idx or digits data"},
    {MINIMAL "data = { d = 4;\nrank = 5; };", 3, "rank = 5 is above min(n, d) = 4"},
    {MINIMAL "data = { n = 3;\nrank = 4; };", 3, "rank = 4 is above min(n, d) = 3"},
    {MINIMAL "data = { rank = 1;\ncondition = 1.5; };", 3,
     "condition = 1.5 needs a rank of at least 2, here it is 1"},
    {MINIMAL "data = { d = 1; };", 2, "condition = 10 needs a rank of at least 2"},
    {MINIMAL "data = { n = 1; };", 2, "write condition = 1.0"},
    {MINIMAL "net = { loss = \"abs\"; };\ntrain = {\nform = \"compressed\"; };", 4,
     "form = \"compressed\" needs loss = \"mse\""},
    {MINIMAL "net = { loss = \"abs\"; };\ntrain = {\nform = \"spectral\"; };", 4,
     "form = \"spectral\" needs loss = \"mse\""},
    {MINIMAL "train = { form = \"spectral\"; };\nnet = { layers = (3); };", 2,
     "form = \"spectral\" needs layers = ()"},
    {MINIMAL "train = { form = \"spectral\"; };\nsg = ( { }, { } );", 3,
     "two SG modules at boundary 1"},
    {MINIMAL "sg = ( { at = 2; } );", 2,
     "an SG module at boundary 2, but the output is boundary 1"},
    {MINIMAL "net = { layers = (3, 3); };\nsg = ( { at = 1; },\n{ at = 4; } );", 4,
     "an SG module at boundary 4"},
    {MINIMAL "net = { layers = (3, 3); };\nsg = ( { at = 2; },\n{ at = 1; } );", 4,
     "list them from the bottom up"},
    {MINIMAL "net = { layers = (3, 3); };\nsg = ( { at = 2; },\n{ at = 2; } );", 4,
     "two SG modules at boundary 2"},
    {MINIMAL "net = { layers = (3, 3); };\nsg = ( { at = 3; },\n{ at = \"output\"; } );", 4,
     "two SG modules at boundary 3"},
    {MINIMAL "net = { layers = (3, 3); };\nsg = ( { },\n{ at = 1; } );", 4,
     "list them from the bottom up"},
    {MINIMAL "data = { kind = \"classes\";\nnoise = 0.1; };", 3,
     "\"noise\" is a key of gaussian data, but kind is \"classes\""},
    {MINIMAL "data = {\nlabels = \"noisy\"; };", 3,
     "\"labels\" is a key of classes or grid data, but kind is \"gaussian\""},
    {MINIMAL "data = { kind = \"classes\";\nd = 1; };", 3, "d = 1 is the ones column alone"},
    {MINIMAL "data = { kind = \"classes\"; n = 1000000;\nd = 2000; };", 2, "more than 5e7 numbers"},
    {MINIMAL "net = { activation = \"relu\";\nlayers = (10000, 6000); };", 3,
     "has 6.01e+07 weights, more than 5e7"},
    {MINIMAL "net = {\nlayers = (10000); depths = (3, 2); };", 3,
     "has 3e+08 weights, more than 5e7"},
    {MINIMAL "net = { loss = \"logistic\"; };", 2, "needs labels, gaussian data has none"},
    {MINIMAL "net = { loss = \"softmax\"; };", 2, "write kind = \"classes\" in data"},
    {MINIMAL "data = { kind = \"classes\"; };\nnet = { loss = \"softmax\"; };", 3,
     "needs a column of y for each class; write one_hot = true"},
    {MINIMAL "data = { kind = \"classes\"; one_hot = true; };\nnet = { loss = \"logistic\"; };", 3,
     "write one_hot = false"},
    {MINIMAL "data = { kind = \"csv\"; file = \"x\"; target = [\"y\", \"z\"]; };\n"
             "net = { loss = \"logistic\"; };", 3, "write one target"},
    {MINIMAL "data = { kind = \"classes\"; };\nnet = { loss = \"logistic\"; };\ntrain = {\n"
             "form = \"compressed\"; };", 5, "form = \"compressed\" needs loss = \"mse\""},
    {MINIMAL "sg = ( { family = \"mlp\"; } );\ntrain = { form = \"compressed\"; };", 3,
     "form = \"compressed\" needs linear SGs, not family = \"mlp\""},
    {MINIMAL "sg = ( { family = \"sigmoid_linear\"; terms = \"y1\"; } );", 2,
     "without the term h has no sigmoid"},
    {MINIMAL "sg = ( { hidden = 8; } );", 2, "\"hidden\" is for family = \"mlp\""},
    {MINIMAL "train = { beta1 = 0.5; };", 2, "\"beta1\" is not used by optimiser = \"gd\""},
    {MINIMAL "train = { optimiser = \"momentum\";\nbeta2 = 0.5; };", 3,
     "\"beta2\" is not used by optimiser = \"momentum\""},
    {MINIMAL "train = { optimiser = \"adam\"; beta1 = 1.0; };", 2,
     "\"beta1\" is 1, but wants a number from 0 to 0.999999"},
    {MINIMAL "train = { optimiser = \"adam\";\nsearch = \"backtracking\"; };", 3,
     "write optimiser = \"gd\""},
    {MINIMAL "train = { optimiser = \"adam\";\nform = \"spectral\"; };", 3,
     "write form = \"compressed\""},
    {MINIMAL "sg = ();\ntrain = { sg_step = \"normalised\"; };", 3, "and sg = (); add a module"},
    {MINIMAL "sg = ( { family = \"mlp\"; } );\ntrain = { sg_step = \"normalised\"; };", 3,
     "sg_step = \"normalised\" needs linear SGs, not family = \"mlp\""},
    {MINIMAL "train = { optimiser = \"adam\";\nsg_step = \"normalised\"; };", 3,
     "sg_step = \"normalised\" is a step along the gradient; write optimiser = \"gd\""},
    {MINIMAL "train = { form = \"spectral\";\nsg_step = \"line_search\"; };", 3,
     "form = \"spectral\" knows sg_step = \"fixed\" alone; write form = \"compressed\""},
    {MINIMAL "train = { search = \"backtracking\";\nsg_step = \"line_search\"; };", 3,
     "take \"sg_step\" out"},
    {MINIMAL "train = { sg_step = \"line_search\";\nnu = 0.5; };", 3, "take \"nu\" out"},
    {MINIMAL "train = { sg_step = \"normalised\";\nunits = \"optimal\"; };", 3,
     "write units = \"critical\" or \"absolute\""},
    {MINIMAL "train = { order = \"sg_first\";\ndelay = \"stale_sg\"; };", 3,
     "together with a delay"},
    {MINIMAL "train = { order = \"network_first\"; delay = \"delayed_pairs\"; };", 2,
     "together with a delay"},
    {MINIMAL "net = {\nactivation = \"relu\"; };", 3,
     "\"activation\" is for hidden layers, and layers = ()"},
    {MINIMAL "net = { batch_norm = true; };", 2, "\"batch_norm\" is for hidden layers"},
    {MINIMAL "net = { credit = \"direct\"; };", 2, "\"credit\" is for hidden layers"},
    {MINIMAL "net = { layers = (3); credit = \"random\"; };", 2,
     "\"credit\" is \"random\", but wants \"true\", \"feedback\", \"direct\", \"kickback\" or "
     "\"nothing\""},
    {MINIMAL "net = { layers = (3); type = \"half\"; };", 2,
     "\"type\" is \"half\", but wants \"float64\" or \"float32\""},
    {MINIMAL "train = { form = \"compressed\"; };\nnet = { layers = (3);\n"
             "activation = \"sigmoid\"; };", 4,
     "\"activation\" makes the net nonlinear, which form = \"compressed\" cannot run"},
    {MINIMAL "train = { form = \"compressed\"; };\nnet = { layers = (3); batch_norm = true; };", 3,
     "\"batch_norm\" makes the net nonlinear"},
    {MINIMAL "net = { layers = (3); activation = \"relu\"; };\ncontrol = { layers = (); at = 1; };",
     3, "\"activation\" is for hidden layers"},
    /* the control */
    {MINIMAL "control = { };", 2, "the control changes nothing"},
    {MINIMAL "control = 5;", 2, "\"control\" wants a group"},
    {MINIMAL "control = {\n muu = 1.01; };", 3,
     "unknown key \"muu\" in control; did you mean \"mu\"?"},
    {MINIMAL "control = { wheels = 3; };", 2,
     "unknown key \"wheels\" in control; known are kind, n, d"},
    {MINIMAL "control = { seed = 3; };", 2, "\"seed\" cannot stand in control"},
    {MINIMAL "control = { train = { mu = 2.0; }; };", 2,
     "\"train\" cannot stand in control; write its keys there"},
    {MINIMAL "control = {\n mu = 0; };", 3, "\"mu\" is 0, but wants a number above 0"},
    {MINIMAL "control = { target = [\"y\"]; };", 2, "\"target\" wants \"true\" or \"arriving\""},
    {MINIMAL "control = { n = 2.5; };", 2, "\"n\" wants an integer"},
    {MINIMAL "control = {\n rank = 7; };", 3, "rank = 7 is above min(n, d) = 6"},
    {MINIMAL "data = { rank = 5; };\ncontrol = { d = 4; };", 3, "rank = 5 is above min(n, d) = 4"},
    {MINIMAL "control = { file = \"x\"; };", 2, "\"file\" is a key of csv data"},
    {MINIMAL "control = { at = 2; };", 2, "an SG module at boundary 2"},
    {MINIMAL "net = { layers = (3); }; sg = ( { at = 1; }, { } );\ncontrol = { at = 1; };", 3,
     "two SG modules at boundary 1"},
    {MINIMAL "net = { layers = (3); }; sg = ( { at = 1; }, { } );\ncontrol = { layers = (); };", 3,
     "two SG modules at boundary 1"},
    {MINIMAL "sg = ();\ncontrol = { mix = 0.5; };", 3,
     "the control sets \"mix\", but the case has no SG module"},
    {MINIMAL "train = { order = \"sg_first\"; };\ncontrol = { delay = \"stale_sg\"; };", 3,
     "together with a delay"},
    {MINIMAL "control = { mu = 1.01; control = { mu = 2.0; }; };", 2,
     "\"control\" cannot stand in control"},
};

static void test_malformed_cases_are_refused(void **state)
{
    (void)state;
    /* An @include would find this file and the case would read. */
    free(write_text("x.cfg", "seed = 5;\n"));
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < COUNT(malformed); i++)
        assert_refused(malformed[i].text, malformed[i].line, malformed[i].says);
    assert_int_equal(chdir("/"), 0);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Files that are no cases are refused at once, whatever they would cost the parser.  The limit is
 * far above what it takes. */
static void test_hostile_files_are_refused_at_once(void **state)
{
    (void)state;
    const double start = seconds();
    const size_t size = 10u << 20;
    char *noise = SG_NEW(size, char);
    for (size_t i = 0, x = 1; i < size; i++, x = x * 6364136223846793005u + 1442695040888963407u)
        noise[i] = (char)(x >> 56);
    assert_refused_bytes(noise, size, 1, "larger than 1 MiB");
    assert_refused_bytes(noise, (1u << 20) + 1, 1, "larger than 1 MiB");
    free(noise);
    assert_refused_bytes(MINIMAL "seed = 1;\n\0seed = 2;", sizeof MINIMAL + 20, 3, "a NUL byte");
    assert_refused_bytes("\0", 1, 1, "a NUL byte");

    static const struct {
        const char *before, *piece;
        size_t count;
        const char *after, *says;
    } rows[] = {
        {MINIMAL "net = { layers = ", "(", 100000, "", "brackets more than 8 deep"},
        {MINIMAL "net = { layers = ", "[", 100000, "", "brackets more than 8 deep"},
        {MINIMAL, "a={", 100000, "", "brackets more than 8 deep"},
        {MINIMAL, "a=1;", 200000, "", "more than 5000 values"},
        {MINIMAL "train = { tau = (0", ",1", 500000, "); };", "more than 5000 values"},
        {MINIMAL "train = { tau = (0", ",1", 4000, "); };", "\"tau\" has 4001 elements"},
        {MINIMAL "sg = ( {}", ",{}", 4000, ");", "4001 SG modules"},
        {MINIMAL "train = { mu = 1.", "0", 200, "; };", "a number of more than 100 characters"},
        {MINIMAL "data = { kind = \"csv\"; file = \"", "x", 1000000, "\"; };",
         "\"file\" has 1000000 bytes"},
        {MINIMAL "data = { kind = \"csv\"; file = ", "\"x\" ", 200000, "; };",
         "\"file\" has 200000 bytes"},
        {MINIMAL "train = { form = \"", "x", 1000000, "\"; };", "xxx...\", but wants"},
        {MINIMAL "", "x", 1000000, " = 1;", "unknown key \"xxx"},
        {MINIMAL "/*", "*", 1000000, "", "this comment is never closed"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = repeat(rows[i].before, rows[i].piece, rows[i].count, rows[i].after);
        assert_refused(text, 2, rows[i].says);
        free(text);
    }
    /* The longest number and the largest file that are still read. */
    struct sg_case c;
    char *number = repeat(MINIMAL "train = { mu = 1.", "0", 98, "; };");
    read_text(&c, number);
    sg_case_free(&c);
    free(number);
    number = repeat(MINIMAL "train = { mu = 1.", "0", 99, "; };");
    assert_refused(number, 2, "a number of more than 100 characters");
    free(number);
    char *padded = repeat(MINIMAL, "#", (1u << 20) - strlen(MINIMAL), "");
    read_text(&c, padded);
    sg_case_free(&c);
    free(padded);
    const double took = seconds() - start;
    if (!sg_base_within(took, 10.0))
        fail_msg("%.3g s", took);
}

static void test_unreadable_files_are_io(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err = {""};
    assert_int_equal(sg_case_read(&c, folder, &err), SG_IO);
    assert_int_equal(strncmp(err.text, folder, strlen(folder)), 0);
    assert_non_null(strstr(err.text, "cannot be read: Is a directory; name a readable case file"));
    char *missing = sg_base_format("%s/missing.cfg", folder);
    assert_int_equal(sg_case_read(&c, missing, &err), SG_IO);
    assert_non_null(strstr(err.text, "missing.cfg: cannot be read: No such file or directory"));
    assert_null(strchr(err.text, '\n'));
    free(missing);
    assert_int_equal(sg_case_read(&c, "", &err), SG_IO);
    assert_non_null(strstr(err.text, "cannot be read: No such file or directory"));
}

static void test_open_is_read_in_memory_of_its_own(void **state)
{
    (void)state;
    char *path = write_text("open.cfg", MINIMAL "control = { mu = 1.5; };\n");
    struct sg_case read, *opened = &read;
    struct sg_error err = {""};
    assert_int_equal(sg_case_open(&opened, path, &err), SG_OK);
    assert_int_equal(sg_case_read(&read, path, &err), SG_OK);
    assert_true(opened != &read && opened->digest == read.digest && opened->control != NULL);
    assert_string_equal(opened->claim, "DY3");
    sg_case_free(&read);
    sg_case_close(opened);
    opened = &read;
    assert_int_equal(sg_case_open(&opened, folder, &err), SG_IO);
    assert_null(opened);
    sg_case_close(opened);
    unlink(path);
    free(path);
}

/* ---- lengths, names, paths ------------------------------------------------------------------ */

static void test_texts_fit_or_are_refused(void **state)
{
    (void)state;
    struct sg_case c;
    char *fits = repeat("expect = \"holds\"; claim = \"", "A", 255, "\";\n");
    read_text(&c, fits);
    assert_int_equal(strlen(c.claim), 255);
    sg_case_free(&c);
    free(fits);
    char *claim = repeat("claim = \"", "A", 256, "\"; expect = \"holds\";");
    assert_refused(claim, 1, "\"claim\" has 256 bytes, at most 255 fit; shorten AAA");
    free(claim);
    /* 128 characters of two bytes.  The limit is in bytes, and no character is cut in the
     * message. */
    char *target = repeat(MINIMAL "data = { kind = \"csv\"; target = [\"", "\xC3\xA9", 128,
                          "\"]; };");
    assert_refused(target, 2,
                   "\"target\" has 256 bytes, at most 255 fit; shorten \xC3\xA9\xC3\xA9");
    free(target);
    char *control = repeat(MINIMAL "control = { file = \"", "x", 250, "\"; kind = \"csv\"; };");
    assert_refused(control, 2, "csv data needs the columns");
    free(control);
    char *taus = repeat(MINIMAL "control = { tau = (10000", ", 10000", 31,
                        "); layers = (1000, 1000, 1000); };");
    assert_refused(taus, 2, "the control has 259 bytes, at most 255 fit");
    free(taus);
    for (size_t fill = 225; fill <= 226; fill++) {   /* control_text of 255 and of 256 bytes */
        char *text = repeat(MINIMAL "data = { kind = \"csv\"; file = \"x\"; target = \"y\"; };\n"
                                    "control = { steps = 5; file = \"",
                            "x", fill, "\"; nu = 0.5; };");
        if (fill == 225) {
            read_text(&c, text);
            assert_int_equal(strlen(c.control_text), 255);
            sg_case_free(&c);
        } else {
            assert_refused(text, 3, "the control has 256 bytes, at most 255 fit");
        }
        free(text);
    }
}

/* Unicode's table of well-formed byte sequences, both sides of each of its edges. */
static void test_text_is_utf8_without_control_characters(void **state)
{
    (void)state;
    static const char *const fine[] = {
        " ", "~", "\xC2\xA0", "\xDF\xBF", "\xE0\xA0\x80", "\xE2\x80\xA7", "\xE2\x81\xAA",
        "\xE3\x80\xA8", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
        "\xC3\x82\xC3\x82"};
    static const char *const control[] = {
        "\x01", "\x1F", "\x7F", "\xC2\x80", "\xC2\x9F",
        "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAA", "\xE2\x81\xA8"};
    static const char *const broken[] = {
        "\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xC3", "\xC3.", "\xE0\x9F\xBF", "\xE2\x82",
        "\xE2\x82.", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF0\x90\x80", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xC3\xC3\x82"};
    static const char *const before = MINIMAL "data = { kind = \"csv\"; file = \"x\"; target = \"a";
    for (size_t i = 0; i < COUNT(fine); i++) {
        struct sg_case c;
        char *text = sg_base_format("%s%s\"; };", before, fine[i]);
        read_text(&c, text);
        assert_string_equal(c.data.target.value[0] + 1, fine[i]);
        sg_case_free(&c);
        free(text);
    }
    for (size_t i = 0; i < COUNT(control); i++) {
        char *text = sg_base_format("%s%s\"; };", before, control[i]);
        assert_refused(text, 2,
                       "\"target\" holds a control character or is not UTF-8; take it out: a\\x");
        free(text);
    }
    for (size_t i = 0; i < COUNT(broken); i++) {
        char *text = sg_base_format("%s%s\"; };", before, broken[i]);
        assert_refused(text, 2,
                       "\"target\" holds a control character or is not UTF-8; take it out: a\\x");
        free(text);
    }
}

static void test_names_and_paths_are_whole_or_refused(void **state)
{
    (void)state;
    static const struct { const char *file, *name; } rows[] = {
        {"plain", "plain"}, {"a.cfg", "a"}, {"a.b.cfg", "a.b"}, {"a..cfg", "a."},
        {"\xC3\xB6l.cfg", "\xC3\xB6l"},
    };
    struct sg_case c;
    struct sg_error err = {""};
    for (size_t i = 0; i < COUNT(rows); i++) {
        read_named(&c, rows[i].file, MINIMAL);
        assert_string_equal(c.name, rows[i].name);
        sg_case_free(&c);
    }
    char *longest = repeat("", "n", 251, ".cfg");
    read_named(&c, longest, MINIMAL);
    assert_int_equal(strlen(c.name), 251);
    sg_case_free(&c);
    free(longest);

    /* The name is a folder of --out: none that leaves it, hides or looks like an option. */
    static const char *const none[] = {".hidden", ".cfg", "..cfg", "...cfg", "-x.cfg",
                                       "a\xE2\x80\x8F.cfg", "a\xE2\x80\xAE.cfg",
                                       "a\xD8\x9C.cfg", ("\xEF\xBB\xBF" "a.cfg")};
    for (size_t i = 0; i < COUNT(none); i++) {
        char *odd = write_text(none[i], MINIMAL);
        assert_int_equal(sg_case_read(&c, odd, &err), SG_BAD_INPUT);
        assert_non_null(strstr(err.text, ":1: the file's name "));
        free(odd);
    }

    char *path = write_text("bell\x07\n.cfg", MINIMAL);
    assert_int_equal(sg_case_read(&c, path, &err), SG_BAD_INPUT);
    assert_null(strpbrk(err.text, "\x07\n"));
    assert_non_null(strstr(err.text, "bell\\x07\\x0a.cfg:1: the file's name holds a control "
                                     "character or is not UTF-8"));
    free(path);

    /* The same file by a path of 1023 bytes and of 1024. */
    free(write_text("x.cfg", MINIMAL));
    for (size_t length = sizeof c.path - 1; length <= sizeof c.path; length++) {
        const size_t rest = length - strlen(folder) - strlen("/x.cfg");
        char *dots = repeat(folder, "/.", rest / 2, rest % 2 ? "//x.cfg" : "/x.cfg");
        assert_int_equal(strlen(dots), length);
        if (length < sizeof c.path) {
            assert_int_equal(sg_case_read(&c, dots, &err), SG_OK);
            assert_string_equal(c.path, dots);
            sg_case_free(&c);
        } else {
            assert_int_equal(sg_case_read(&c, dots, &err), SG_BAD_INPUT);
            assert_int_equal(strncmp(err.text, "...", 3), 0);
            assert_non_null(strstr(err.text,
                                   "/x.cfg:1: the path has 1024 bytes, at most 1023 fit"));
        }
        free(dots);
    }
}

/* ---- the control ---------------------------------------------------------------------------- */

static void test_control_is_the_case_with_its_keys(void **state)
{
    (void)state;
    struct sg_case c;
    read_text(&c, "control = { mu = 1.01; };  # first in the file, read last\n" MINIMAL
                  "seed = 7; data = { d = 4; }; train = { mu = 0.5; nu = 0.25; };");
    assert_true(c.has_control);
    assert_non_null(c.control);
    assert_string_equal(c.control_text, "mu = 1.01");
    assert_true(c.train.mu == 0.5 && c.control->train.mu == 1.01);
    assert_true(c.control->train.nu == 0.25);
    assert_int_equal(c.control->data.d, 4);
    assert_int_equal(c.control->seed, 7);
    assert_string_equal(c.control->name, c.name);
    assert_string_equal(c.control->path, c.path);
    assert_string_equal(c.control->claim, "DY3");
    assert_false(c.control->has_control);
    assert_null(c.control->control);
    assert_string_equal(c.control->control_text, "");
    sg_case_free(&c);
    assert_null(c.control);
}

static void test_control_reaches_every_group(void **state)
{
    (void)state;
    struct sg_case c;
    read_text(&c, MINIMAL
              "net = { layers = (3); }; "
              "sg = ( { at = 1; terms = \"h1\"; }, { target = \"arriving\"; } );\n"
              "control = { noise = 0; loss = \"abs\"; mix = 0.5; terms = \"hy\"; "
              "target = \"true\";\n"
              "steps = 5; tau = [1, 2]; layers = (7, 8); bias = false; nu = 1e-7; "
              "radius = 0.1; condition = 2.0; };");
    const struct sg_case *k = c.control;
    assert_true(k->data.noise == 0.0 && !k->data.bias && k->data.condition == 2.0);
    assert_int_equal(k->net.loss, SG_ABS);
    assert_int_equal(k->net.layers.n, 2);
    assert_int_equal(k->net.layers.value[1], 8);
    for (size_t i = 0; i < 2; i++) {
        assert_true(k->module[i].mix == 0.5 && c.module[i].mix == 1.0);
        assert_int_equal(k->module[i].terms, SG_H | SG_Y);
        assert_int_equal(k->module[i].target, SG_TARGET_TRUE);
    }
    assert_int_equal(k->module[0].at, 1);
    assert_int_equal(k->module[1].at, -1);
    assert_int_equal(c.module[1].target, SG_TARGET_ARRIVING);
    assert_int_equal(k->train.steps, 5);
    assert_int_equal(k->train.tau.n, 2);
    assert_true(k->train.nu == 1e-7 && k->train.radius == 0.1);
    assert_string_equal(c.control_text,
                        "noise = 0; loss = \"abs\"; mix = 0.5; terms = \"hy\"; "
                        "target = \"true\"; steps = 5; tau = (1, 2); "
                        "layers = (7, 8); bias = false; nu = 1e-07; radius = 0.1; condition = 2.0");
    sg_case_free(&c);
    read_text(&c, MINIMAL "data = { kind = \"csv\"; file = \"x\"; target = \"y\"; };\n"
                          "control = { mu = 1.0000000000000002; file = \"a\\\"\\\\b\"; };");
    assert_string_equal(c.control_text, "mu = 1.0000000000000002; file = \"a\\\"\\\\b\"");
    assert_string_equal(c.control->data.file, "a\"\\b");
    sg_case_free(&c);
}

/* ---- what a case makes ---------------------------------------------------------------------- */

static void test_gaussian_data_is_the_stream_of_seed_and_replicate(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err = {""};
    struct sg_data made, again, other, expected;
    read_named(&c, "stream.cfg",
               MINIMAL "data = { n = 31; d = 4; outputs = 2; rank = 3; condition = 7.5; "
                       "noise = 0.3; bias = true; };\n"
                       "control = { mu = 1.01; };");
    const struct sg_gaussian spec = {
        .n = 31, .d = 4, .outputs = 2, .rank = 3, .condition = 7.5, .noise = 0.3, .bias = true};
    struct sg_rng *rng = sg_base_rng_alloc(11, "case", 5, "data");
    assert_int_equal(sg_data_make_gaussian(&expected, &spec, rng), SG_OK);
    sg_base_rng_free(rng);
    assert_int_equal(sg_case_make_data(&made, &c, 11, 5, &err), SG_OK);
    assert_int_equal(sg_case_make_data(&again, c.control, 11, 5, &err), SG_OK);
    assert_int_equal(sg_case_make_data(&other, &c, 11, 6, &err), SG_OK);
    assert_int_equal(made.n, 31);
    assert_int_equal(made.d, 4);
    assert_int_equal(made.m, 2);
    assert_memory_equal(made.x, expected.x, 31 * 4 * sizeof(double));
    assert_memory_equal(made.y, expected.y, 31 * 2 * sizeof(double));
    assert_memory_equal(again.x, expected.x, 31 * 4 * sizeof(double));
    assert_memory_equal(again.y, expected.y, 31 * 2 * sizeof(double));
    assert_memory_not_equal(other.x, expected.x, 31 * 4 * sizeof(double));
    sg_data_free(&made);
    sg_data_free(&again);
    sg_data_free(&other);
    sg_data_free(&expected);

    c.data.rank = 5;   /* above d: reading refuses it, a program may do it */
    assert_int_equal(sg_case_make_data(&made, &c, 11, 5, &err), SG_HYPOTHESIS);
    assert_non_null(strstr(err.text, "stream.cfg: the data set of replicate 5 could not be made"));
    sg_case_free(&c);
}

/* Each setting is in range, what they make is not. */
static void test_data_beyond_the_largest_number(void **state)
{
    (void)state;
    static const struct { const char *settings, *mend; } cases[] = {
        {"data = { n = 20; d = 4; noise = 1e308; };", "make noise smaller"},
        {"data = { kind = \"moments\"; bias = false; S = 1.0; R = 1.0; };\n"
         "net = { layers = (1); weights = (1e300, -1e300); };",
         "make map, weights, S or R smaller"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = sg_base_format(MINIMAL "%s", cases[i].settings);
        struct sg_case c;
        struct sg_data data;
        struct sg_error err;
        read_text(&c, text);
        assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_BAD_INPUT);
        assert_non_null(strstr(err.text, "beyond the largest number, 1.79e308; "));
        assert_non_null(strstr(err.text, cases[i].mend));
        assert_null(data.x);
        sg_case_free(&c);
        free(text);
    }
}

static void make_csv_data(const struct sg_case *c, enum sg_status wanted, double first)
{
    struct sg_data data;
    struct sg_error err = {""};
    const enum sg_status status = sg_case_make_data(&data, c, 1, 0, &err);
    if (status != wanted)
        fail_msg("%s: %s", sg_base_status_name(status), err.text);
    if (status == SG_OK)
        assert_true(data.x[0] == first);
    if (status == SG_IO)
        assert_non_null(strstr(err.text, first > 0
            ? "/x.cfg: data file /nowhere/t.csv not found; correct its path in data"
            : "x.cfg: data file t.csv not found beside the case or in NIST_DIR; "
              "set NIST_DIR to the folder that holds it"));
    sg_data_free(&data);
}

static void test_csv_data_is_looked_for_in_two_places(void **state)
{
    (void)state;
    struct sg_case c;
    char *nist = sg_base_format("%s/nist", folder), *text;
    assert_int_equal(mkdir(nist, 0700), 0);
    assert_int_equal(unsetenv("NIST_DIR"), 0);
    read_text(&c, MINIMAL "data = { kind = \"csv\"; file = \"t.csv\"; target = \"y\";\n"
                          "         standardise = false; bias = false; };");
    make_csv_data(&c, SG_IO, 0);
    assert_int_equal(setenv("NIST_DIR", "", 1), 0);
    make_csv_data(&c, SG_IO, 0);
    assert_int_equal(setenv("NIST_DIR", nist, 1), 0);
    make_csv_data(&c, SG_IO, 0);
    free(write_text("nist/t.csv", "a,y\n2,1\n3,5\n"));
    make_csv_data(&c, SG_OK, 2);
    free(write_text("t.csv", "a,y\n7,1\n3,5\n"));
    make_csv_data(&c, SG_OK, 7);   /* beside the case comes first */

    strcpy(c.path, "x.cfg");       /* a path without a folder: the current one */
    assert_int_equal(chdir(nist), 0);
    free(write_text("nist/t.csv", "a,y\n9,1\n3,5\n"));
    assert_int_equal(unsetenv("NIST_DIR"), 0);
    make_csv_data(&c, SG_OK, 9);
    assert_int_equal(chdir("/"), 0);
    sg_case_free(&c);

    text = sg_base_format(MINIMAL "data = { kind = \"csv\"; file = \"%s/t.csv\"; target = \"y\";\n"
                                  "         standardise = false; };", nist);
    read_text(&c, text);
    make_csv_data(&c, SG_OK, 9);   /* an absolute path as it is */
    sg_case_free(&c);
    read_text(&c, MINIMAL "data = { kind = \"csv\"; file = \"/nowhere/t.csv\"; target = \"y\"; };");
    make_csv_data(&c, SG_IO, 1);
    assert_int_equal(setenv("NIST_DIR", nist, 1), 0);
    strcpy(c.data.file, "/t.csv");
    struct sg_data data;
    struct sg_error err = {""};
    /* NIST_DIR is not for an absolute path. */
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_IO);
    assert_int_equal(unsetenv("NIST_DIR"), 0);
    sg_case_free(&c);
    free(text);
    free(nist);
}

/* Every option on the way to the design: bias is the intercept, targets are the columns named,
 * standardised when asked. */
static void test_csv_data_follows_the_options(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err = {""};
    struct sg_data data;
    free(write_text("o.csv", "y,a,z\n1,10,5\n3,30,6\n"));
    read_text(&c, MINIMAL "data = { kind = \"csv\"; file = \"o.csv\"; target = [\"z\", \"y\"];\n"
                          "         standardise_target = true; };");
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_OK);
    assert_int_equal(data.n, 2);
    assert_int_equal(data.d, 2);
    assert_int_equal(data.m, 2);
    static const double x[] = {-1, 1, 1, 1}, y[] = {-1, -1, 1, 1};
    /* means 20, 5.5, 2 and deviations 10, 0.5, 1 are exact */
    assert_memory_equal(data.x, x, sizeof x);
    assert_memory_equal(data.y, y, sizeof y);
    sg_data_free(&data);
    c.data.standardise = c.data.standardise_target = c.data.bias = false;
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_OK);
    static const double raw_x[] = {10, 30}, raw_y[] = {5, 1, 6, 3};
    assert_int_equal(data.d, 1);
    assert_memory_equal(data.x, raw_x, sizeof raw_x);
    assert_memory_equal(data.y, raw_y, sizeof raw_y);
    sg_data_free(&data);
    sg_case_free(&c);
    read_text(&c, MINIMAL "data = { kind = \"csv\"; file = \"o.csv\"; target = \"w\"; };");
    assert_int_equal(sg_case_make_data(&data, &c, 1, 0, &err), SG_BAD_INPUT);
    assert_int_not_equal(err.text[0], '\0');
    sg_case_free(&c);
}

static void test_arch_has_the_layers_and_modules(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_case_arch a;
    struct sg_error err = {""};
    read_text(&c, MINIMAL "net = { layers = (8, 4); loss = \"abs\"; };\n"
                          "sg = ( { at = 2; terms = \"h1\"; mix = 0.25; "
                          "target = \"arriving\"; }, { } );");
    assert_int_equal(sg_case_make_arch(&a, &c, 6, 3, &err), SG_OK);
    assert_int_equal(a.arch.dtype, SG_F64);
    assert_int_equal(a.arch.loss, SG_ABS);
    assert_int_equal(a.arch.inputs, 6);
    assert_int_equal(a.arch.labels, 3);
    assert_null(a.arch.credit);
    assert_int_equal(a.arch.n_layers, 3);
    assert_ptr_equal(a.arch.layers, a.layer);
    static const size_t widths[] = {8, 4, 3};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(a.layer[i].width, widths[i]);
        assert_int_equal(a.layer[i].kind, SG_DENSE);
        assert_false(a.layer[i].bias);
    }
    assert_int_equal(a.arch.n_modules, 2);
    assert_ptr_equal(a.arch.modules, a.module);
    assert_int_equal(a.module[0].at, 2);
    assert_int_equal(a.module[0].terms, SG_H | SG_ONE);
    assert_int_equal(a.module[0].target, SG_TARGET_ARRIVING);
    assert_true(a.module[0].mix == 0.25 && a.module[1].mix == 1.0);
    assert_int_equal(a.module[1].at, 3);   /* the output */
    assert_int_equal(a.module[1].family, SG_LINEAR);

    c.net.layers.n = 1;                    /* now both sit at the output */
    assert_int_equal(sg_case_make_arch(&a, &c, 6, 3, &err), SG_BAD_INPUT);
    assert_non_null(strstr(err.text, "x.cfg: SG module 2 is at boundary 2, which is not in 3 to 2; "
                                     "change sg or net"));
    c.net.layers.n = 0;
    assert_int_equal(sg_case_make_arch(&a, &c, 6, 3, &err), SG_BAD_INPUT);
    c.n_modules = 0;
    assert_int_equal(sg_case_make_arch(&a, &c, 6, 3, &err), SG_OK);
    assert_int_equal(a.arch.n_layers, 1);
    assert_int_equal(a.layer[0].width, 3);
    assert_int_equal(a.arch.n_modules, 0);
    sg_case_free(&c);
}

/* A block is dense, batch norm if wanted, the activation if there is one.  Modules and credit sit
 * after blocks. */
static void test_arch_has_blocks(void **state)
{
    (void)state;
    static const struct {
        const char *activation, *norm, *credit;
        enum sg_layer_kind kinds[3];
        size_t per_block;
        enum sg_credit rule;
    } rows[] = {
        {"none", "false", "true", {SG_DENSE}, 1, SG_TRUE},
        {"none", "false", "kickback", {SG_DENSE}, 1, SG_KICKBACK},
        {"none", "true", "feedback", {SG_DENSE, SG_BATCHNORM}, 2, SG_FEEDBACK},
        {"relu", "false", "direct", {SG_DENSE, SG_RELU}, 2, SG_DIRECT},
        {"sigmoid", "true", "nothing", {SG_DENSE, SG_BATCHNORM, SG_SIGMOID}, 3, SG_NOTHING},
        {"relu", "true", "true", {SG_DENSE, SG_BATCHNORM, SG_RELU}, 3, SG_TRUE},
    };
    for (size_t t = 0; t < COUNT(rows); t++) {
        struct sg_case c;
        struct sg_case_arch a;
        struct sg_error err = {""};
        char *text = sg_base_format("seed = 17; net = { layers = (8, 4); activation = \"%s\"; "
                                    "batch_norm = %s; credit = \"%s\"; type = \"float32\"; };\n"
                                    MINIMAL "sg = ( { at = 2; }, { } );",
                                    rows[t].activation, rows[t].norm, rows[t].credit);
        const size_t k = rows[t].per_block, widths[] = {8, 4};
        read_text(&c, text);
        assert_int_equal(sg_case_make_arch(&a, &c, 6, 3, &err), SG_OK);
        assert_int_equal(a.arch.n_layers, 2 * k + 1);
        assert_true(a.arch.dtype == SG_F32 && a.arch.seed == 17);
        for (size_t i = 0; i < 2 * k; i++) {
            assert_int_equal(a.layer[i].kind, rows[t].kinds[i % k]);
            assert_int_equal(a.layer[i].width, i % k ? 0 : widths[i / k]);
            assert_false(a.layer[i].bias);
        }
        assert_true(a.layer[2 * k].kind == SG_DENSE && a.layer[2 * k].width == 3);
        assert_true(a.module[0].at == 2 * k && a.module[1].at == 2 * k + 1);
        assert_true(sg_case_end(&c, 1) == k && sg_case_end(&c, 3) == 2 * k + 1);
        for (size_t i = 0; a.arch.credit && i <= 2 * k + 1; i++)
            assert_int_equal(a.arch.credit[i], i == k || i == 2 * k ? rows[t].rule : SG_TRUE);
        assert_true((a.arch.credit == NULL) == (rows[t].rule == SG_TRUE));
        sg_net_free(sg_net_alloc(&a.arch));                       /* a net that is allowed */
        sg_case_free(&c);
        free(text);
    }
}

static void test_timing_is_the_table_of_sim_h(void **state)
{
    (void)state;
    static const struct { int order, delay, tau; struct sg_timing wanted; } rows[] = {
        {SG_SIMULTANEOUS, SG_DELAY_NONE, 5, {0, 0, 0, 0}},
        {SG_SG_FIRST, SG_DELAY_NONE, 5, {0, -1, 0, 0}},
        {SG_NETWORK_FIRST, SG_DELAY_NONE, 5, {0, 0, -1, 0}},
        {SG_SIMULTANEOUS, SG_DELAY_STALE_BACKPROP, 5, {5, 5, 0, 0}},
        {SG_SIMULTANEOUS, SG_DELAY_PAIRS, 5, {0, 0, 5, 0}},
        {SG_SIMULTANEOUS, SG_DELAY_STALE_SG, 5, {0, 0, 5, 5}},
        {SG_SIMULTANEOUS, SG_DELAY_STALE_SG, 0, {0, 0, 0, 0}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sg_case c = {.train = {.order = rows[i].order, .delay = rows[i].delay}};
        const struct sg_timing t = sg_case_timing(&c, rows[i].tau);
        assert_int_equal(t.net_w, rows[i].wanted.net_w);
        assert_int_equal(t.net_phi, rows[i].wanted.net_phi);
        assert_int_equal(t.sg_w, rows[i].wanted.sg_w);
        assert_int_equal(t.sg_phi, rows[i].wanted.sg_phi);
    }
}

static void test_schema_prints_every_key(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    sg_case_print_schema(out, NULL);
    fclose(out);
    static const char *const keys[] = {
        "claim", "expect", "seed", "replicates", "experiment", "budget",
        "data", "kind", "n", "d", "outputs", "rank", "condition", "noise", "bias", "labels",
        "one_hot", "side", "file", "target", "test", "train_files", "test_files", "standardise",
        "standardise_target", "S", "R", "map",
        "net", "layers", "loss", "depths", "activation", "batch_norm", "biases", "credit", "type",
        "weights",
        "sg", "at", "family", "hidden", "terms", "target", "mix",
        "train", "form", "order", "delay", "units", "start", "search", "sg_step", "mu", "nu",
        "mu_times", "nu_times", "optimiser", "beta1", "beta2", "epsilon", "steps", "epochs",
        "decay", "batch", "seeds", "tau", "radius", "line",
        "control",
    };
    /* In this order, so that every key stands under its group.  Each line of a key is one of
     * these. */
    const char *after = text;
    size_t lines = 0;
    for (size_t i = 0; i < COUNT(keys); i++) {
        char *indented = sg_base_format("\n  %s ", keys[i]),
             *group = sg_base_format("\n%s = ", keys[i]);
        const char *key = strstr(after, indented), *heading = strstr(after, group);
        after = key && (!heading || key < heading) ? key : heading;
        if (!after)
            fail_msg("%s is not in its place in\n%s", keys[i], text);
        free(indented);
        free(group);
    }
    for (const char *p = text; (p = strstr(p, "; default ")); p++)
        lines++;
    /* five groups and four required keys have none */
    assert_int_equal(lines, COUNT(keys) - 5 - 4);
    assert_non_null(strstr(text, "an integer from 1 to 1000000; "
                                 "gaussian, classes, idx or digits data only; default 200\n"));
    assert_non_null(strstr(text, "a number above 0; default 0.9\n"));
    assert_non_null(strstr(text, "a number above 0, at most 1; default 1e-6\n"));
    assert_non_null(strstr(text,
                           "\"sample\", \"compressed\" or \"spectral\"; default \"sample\"\n"));
    assert_non_null(strstr(text, "letters and digits in quotes; required, e.g. \"DY3\"\n"));
    for (const char *line = text; *line; line = strchr(line, '\n') + 1)
        if (strcspn(line, "\n") > 140)
            fail_msg("too wide to read: %.*s", (int)strcspn(line, "\n"), line);
    free(text);
}

/* libconfig leaves the thread in the global locale; a read does not. */
static void test_the_locale_stays_the_callers(void **state)
{
    (void)state;
    struct sg_case c;
    const locale_t mine = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(mine);
    read_text(&c, MINIMAL "control = { mu = 1.01; };");
    assert_true(uselocale((locale_t)0) == mine);
    uselocale(before);
    freelocale(mine);
    sg_case_free(&c);
}

static void test_a_decimal_comma_around_us_changes_nothing(void **state)
{
    (void)state;
    struct sg_case c;
    if (!setlocale(LC_ALL, "de_DE.UTF-8"))
        skip();
    read_text(&c, MINIMAL "train = { mu = 0.75; }; control = { mu = 1.01; };");
    assert_true(c.train.mu == 0.75 && c.train.nu == 0.9 && c.control->train.mu == 1.01);
    assert_string_equal(c.control_text, "mu = 1.01");
    setlocale(LC_ALL, "C");
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minimal_case_has_the_defaults),
        cmocka_unit_test(test_every_gaussian_key_is_read),
        cmocka_unit_test(test_moments_are_read_and_made),
        cmocka_unit_test(test_every_csv_key_is_read),
        cmocka_unit_test(test_every_classes_key_is_read),
        cmocka_unit_test(test_log_losses_want_labels),
        cmocka_unit_test(test_every_choice_is_read),
        cmocka_unit_test(test_a_case_without_a_claim_is_a_training),
        cmocka_unit_test(test_biases_are_the_layers_own),
        cmocka_unit_test(test_every_subset_of_terms_is_read),
        cmocka_unit_test(test_no_modules_and_many),
        cmocka_unit_test(test_ranges_end_where_they_say),
        cmocka_unit_test(test_numbers_come_through_exactly),
        cmocka_unit_test(test_comments_marks_and_line_ends),
        cmocka_unit_test(test_malformed_cases_are_refused),
        cmocka_unit_test(test_hostile_files_are_refused_at_once),
        cmocka_unit_test(test_unreadable_files_are_io),
        cmocka_unit_test(test_open_is_read_in_memory_of_its_own),
        cmocka_unit_test(test_texts_fit_or_are_refused),
        cmocka_unit_test(test_text_is_utf8_without_control_characters),
        cmocka_unit_test(test_names_and_paths_are_whole_or_refused),
        cmocka_unit_test(test_control_is_the_case_with_its_keys),
        cmocka_unit_test(test_control_reaches_every_group),
        cmocka_unit_test(test_gaussian_data_is_the_stream_of_seed_and_replicate),
        cmocka_unit_test(test_data_beyond_the_largest_number),
        cmocka_unit_test(test_csv_data_is_looked_for_in_two_places),
        cmocka_unit_test(test_csv_data_follows_the_options),
        cmocka_unit_test(test_arch_has_the_layers_and_modules),
        cmocka_unit_test(test_arch_has_blocks),
        cmocka_unit_test(test_timing_is_the_table_of_sim_h),
        cmocka_unit_test(test_schema_prints_every_key),
        cmocka_unit_test(test_the_locale_stays_the_callers),
        cmocka_unit_test(test_a_decimal_comma_around_us_changes_nothing),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
