/* Every claim and every key of the schema: another legal value changes a bit of the evidence, or is
 * refused.  What a claim does not say that it reads is refused whatever its value.
 *
 * The case is the claim's own, cases/<name>.cfg, with one replicate, without its control, and made
 * smaller where that costs seconds.  A key that is refused there because it belongs to another kind
 * of data or to another experiment is tried in the claim's other cases, and in its own case with a
 * CSV file in the place of its data. */
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "case/schema.h"
#include "judge/text.h"

/* Seconds of a processor that the keys of a case may take before this is said. */
#define SLOW 1.5

/* ---- tables --------------------------------------------------------------------------------- */

/* Other values of keys that take a text. */
static const struct { const char *key, *value; } hints[] = {
    {"data.file", "\"nowhere.csv\""},
    {"data.target", "[\"other\"]"},
    {"data.train_files", "[\"nowhere-images\", \"nowhere-labels\"]"},
    {"data.test_files", "[\"nowhere-images\", \"nowhere-labels\"]"},
};

/* Smaller cases that still reach every row. */
static const struct { const char *name, *key, *value; } smaller[] = {
    {"ad1_artificial_data", "train.seeds", "1"},
    {"cp2_depth", "net.layers", "(2, 2)"},
    {"cp2_depth", "data.d", "3"},
    {"cp2_depth", "data.outputs", "2"},
    {"cp2_equivalence", "data.n", "20"},
    {"cp2_equivalence", "data.d", "4"},
    {"cp2_equivalence", "data.outputs", "2"},
    {"dy6_tracking", "train.steps", "500"},
    {"dy8_four_layers_rests", "train.steps", "200000"},
    {"dy9_fast_sg", "data.n", "24"},
    {"dy9_fast_sg", "train.steps", "300"},
    {"dy9_deeper", "train.steps", "300"},
    {"dy11_delay", "train.tau", "(0, 2)"},
    {"dy11_deep", "train.tau", "(0, 2)"},
    {"dy11_realizable", "train.tau", "(0, 2)"},
    {"dy14_ledger", "train.steps", "300"},
    {"dy14_all_cut", "train.steps", "300"},
    {"dy14_mixed", "train.steps", "300"},
    {"dy14_relu", "train.steps", "300"},
    {"dy14_batch_norm", "train.steps", "300"},
    {"dy14_abs_loss", "train.steps", "300"},
    {"dy15_factorisation", "net.layers", "(2, 2)"},
    {"dy15_factorisation", "data.outputs", "2"},
    {"dy15_factorisation", "data.condition", "1.5"},
    {"dy15_one_sg", "net.layers", "(3, 2)"},
    {"dy15_one_sg", "data.outputs", "2"},
    {"dy15_one_sg", "data.condition", "1.5"},
    {"nl1_learning_curves", "data.n", "60"},
    {"nl1_learning_curves", "data.test", "60"},
    {"nl1_learning_curves", "net.layers", "(8)"},
    {"nl1_learning_curves", "train.epochs", "2"},
    {"nl1_sigmoid", "data.n", "60"},
    {"nl1_sigmoid", "data.test", "60"},
    {"nl1_sigmoid", "net.layers", "(8)"},
    {"nl1_sigmoid", "train.epochs", "2"},
    {"nl1_gd", "data.n", "60"},
    {"nl1_gd", "data.test", "60"},
    {"nl1_gd", "net.layers", "(8)"},
    {"nl1_gd", "train.epochs", "2"},
    {"nl1_no_norm", "data.n", "60"},
    {"nl1_no_norm", "data.test", "60"},
    {"nl1_no_norm", "net.layers", "(8)"},
    {"nl1_no_norm", "train.epochs", "2"},
    {"nl2_seen_loss", "data.side", "6"},
    {"nl2_seen_loss", "train.steps", "64"},
    {"nl2_seen_loss", "train.seeds", "3"},
    {"nl3_dissimilarity", "data.n", "100"},
    {"nl3_dissimilarity", "data.test", "60"},
    {"nl3_dissimilarity", "net.layers", "(8, 8, 8, 8)"},
    {"nl3_dissimilarity", "train.epochs", "1"},
    {"nl3_dissimilarity", "train.seeds", "3"},
    {"nl3_gd", "data.n", "100"},
    {"nl3_gd", "data.test", "60"},
    {"nl3_gd", "net.layers", "(8, 8, 8, 8)"},
    {"nl3_gd", "train.epochs", "1"},
    {"nl3_sigmoid", "data.n", "100"},
    {"nl3_sigmoid", "data.test", "60"},
    {"nl3_sigmoid", "net.layers", "(8, 8, 8, 8)"},
    {"nl3_sigmoid", "train.epochs", "1"},
    {"nl4_probes", "data.n", "100"},
    {"nl4_probes", "data.test", "60"},
    {"nl4_probes", "net.layers", "(8, 8, 8, 8)"},
    {"nl4_probes", "train.epochs", "1"},
    {"nl4_probes", "train.seeds", "3"},
    {"nl4_gd", "data.n", "100"},
    {"nl4_gd", "data.test", "60"},
    {"nl4_gd", "net.layers", "(8, 8, 8, 8)"},
    {"nl4_gd", "train.epochs", "1"},
    {"nl4_sigmoid", "data.n", "100"},
    {"nl4_sigmoid", "data.test", "60"},
    {"nl4_sigmoid", "net.layers", "(8, 8, 8, 8)"},
    {"nl4_sigmoid", "train.epochs", "1"},
    {"nl5_weight_norms", "data.n", "100"},
    {"nl5_weight_norms", "data.test", "60"},
    {"nl5_weight_norms", "net.layers", "(8, 8, 8, 8)"},
    {"nl5_weight_norms", "train.epochs", "1"},
    {"nl5_weight_norms", "train.seeds", "3"},
    {"nl5_adam", "data.n", "100"},
    {"nl5_adam", "data.test", "60"},
    {"nl5_adam", "net.layers", "(8, 8, 8, 8)"},
    {"nl5_adam", "train.epochs", "1"},
    {"nl8_ledger", "data.n", "100"},
    {"nl8_ledger", "data.test", "60"},
    {"nl8_ledger", "net.layers", "(8, 8, 8, 8)"},
    {"nl8_ledger", "train.epochs", "1"},
    {"nl8_mnist", "data.n", "100"},
    {"nl8_mnist", "net.layers", "(8, 8, 8, 8)"},
    {"nl8_mnist", "train.epochs", "1"},
    {"nl8_mnist_batch_norm", "data.n", "100"},
    {"nl8_mnist_batch_norm", "net.layers", "(8, 8, 8, 8)"},
    {"nl8_mnist_batch_norm", "train.epochs", "1"},
    {"nl8_momentum", "data.n", "100"},
    {"nl8_momentum", "data.test", "60"},
    {"nl8_momentum", "net.layers", "(8, 8, 8, 8)"},
    {"nl8_momentum", "train.epochs", "1"},
    {"nl8_batch_norm", "data.n", "100"},
    {"nl8_batch_norm", "data.test", "60"},
    {"nl8_batch_norm", "net.layers", "(8, 8, 8, 8)"},
    {"nl8_batch_norm", "train.epochs", "1"},
    {"nl6_one_framework", "data.n", "60"},
    {"nl6_one_framework", "data.test", "60"},
    {"nl6_one_framework", "net.layers", "(8)"},
    {"nl6_one_framework", "train.epochs", "2"},
    {"nl6_one_framework", "train.seeds", "3"},
    {"nl6_unlocked", "data.n", "60"},
    {"nl6_unlocked", "data.test", "60"},
    {"nl6_unlocked", "net.layers", "(8)"},
    {"nl6_unlocked", "train.epochs", "2"},
};

/* Values whose effect cannot be seen here, each with the reason. */
static const struct { const char *claim, *key, *value, *because; } excused[] = {
    {"CP4", "sg.terms", "\"y1\"", "the labels of its four samples are 0: y adds nothing to s = c"},
    {"DY4", "data.standardise", "false",
     "the file of the test is not realizable, where DY4 says no more"},
};

/* ---- a case with a value of its own --------------------------------------------------------- */

static char *field_of(struct sg_case *c, const struct sg_case_key *key, size_t module)
{
    char *const base[SG_N_GROUPS] = {
        [SG_GROUP_TOP] = (char *)c, [SG_GROUP_DATA] = (char *)&c->data,
        [SG_GROUP_NET] = (char *)&c->net, [SG_GROUP_SG] = (char *)&c->module[module],
        [SG_GROUP_TRAIN] = (char *)&c->train};
    return base[key->group] + key->offset;
}

/* SG modules by number: none, one at the output, or one more at boundary 1. */
static void put_modules(struct sg_case *c, size_t n)
{
    struct sg_case plain;
    read_text(&plain, "claim = \"X\"; expect = \"holds\";");
    c->n_modules = n;
    for (size_t i = 0; i < n; i++)
        c->module[i] = plain.module[0];
    if (n > 1)
        c->module[0].at = 1;
    sg_case_free(&plain);
}

/* As the reader would put `text` there, with all its checks; false when it refuses. */
static bool put(struct sg_case *c, size_t number, const char *text)
{
    const struct sg_case_key *key = &sg_case_keys[number];
    struct sg_error err;
    struct sg_case_reader r;
    char line[SG_CASE_REALS_MAX * 32];
    config_t config;
    sg_case_reader_init(&r, c->path, &err);
    c->given[number] = true;
    memcpy(r.given, c->given, sizeof r.given);
    if (key->type == SG_KEY_GROUP_LIST) {
        put_modules(c, (size_t)atoi(text));
        return sg_case_check(c, &r) == SG_OK;
    }
    if (key->group == SG_GROUP_SG && c->n_modules == 0)
        return false;
    snprintf(line, sizeof line, "%s = %s;\n", key->name, text);
    config_init(&config);
    bool fine = sg_case_parse(&config, line);
    const config_setting_t *value = config_setting_get_elem(config_root_setting(&config), 0);
    const size_t n = key->group == SG_GROUP_SG ? c->n_modules : 1;
    for (size_t i = 0; fine && i < n; i++)
        fine = sg_case_put(field_of(c, key, i) - key->offset, key, value, &r) == SG_OK;
    config_destroy(&config);
    return fine && sg_case_check(c, &r) == SG_OK;
}

/* A file with two columns of labels and two of other numbers. */
static char *write_csv(void)
{
    char path[] = "/tmp/sg_keys_XXXXXX.csv";
    const int fd = mkstemps(path, 4);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    CHECK(out != NULL);
    struct sg_rng *rng = sg_base_rng_alloc(2385, "test", 0, "csv");
    fputs("a,b,other,y\n", out);
    for (int i = 0; i < 24; i++) {
        const double a = sg_base_rng_gaussian(rng), b = sg_base_rng_gaussian(rng);
        const double other = sg_base_rng_gaussian(rng), y = sg_base_rng_gaussian(rng);
        fprintf(out, "%.17g,%.17g,%d,%d\n", a, 3 + b + a / 2, other > 0, y + a > 0);
    }
    sg_base_rng_free(rng);
    CHECK(fclose(out) == 0);
    return sg_base_format("%s", path);
}

/* The case with that file's data; false when it is none then. */
static bool put_csv(struct sg_case *c, const char *file)
{
    const size_t kind = sg_case_key_find("data.kind");
    for (size_t k = 0; k < sg_case_key_count(); k++) {
        const struct sg_case_key *key = &sg_case_keys[k];
        if (key->only != SG_ANY_DATA && !((unsigned)key->only & SG_ONLY_CSV))
            c->given[k] = false;
    }
    snprintf(c->data.file, sizeof c->data.file, "%s", file);
    c->data.target.n = 1;
    snprintf(c->data.target.value[0], sizeof c->data.target.value[0], "y");
    c->given[sg_case_key_find("data.file")] = c->given[sg_case_key_find("data.target")] = true;
    return put(c, kind, "\"csv\"");
}

static void read_base(struct sg_case *c, const char *path)
{
    struct sg_error err;
    if (sg_case_read(c, path, &err) != SG_OK)
        fail_msg("%s", err.text);
    free(c->control);
    c->control = NULL;
    c->has_control = false;
    c->replicates = 1;
    for (size_t i = 0; i < COUNT(smaller); i++)
        if (strcmp(smaller[i].name, c->name) == 0) {
            const size_t number = sg_case_key_find(smaller[i].key);
            const bool was = c->given[number];
            if (!put(c, number, smaller[i].value))
                fail_msg("%s: %s = %s is refused", path, smaller[i].key, smaller[i].value);
            c->given[number] = was;
        }
}

/* ---- other values --------------------------------------------------------------------------- */

enum { VALUES_MAX = 16, VALUE_TEXT = SG_CASE_REALS_MAX * 28 };
struct values { size_t n; bool each; char *text[VALUES_MAX]; };

static void SG_PRINTF(2, 3) add_value(struct values *v, const char *fmt, ...)
{
    SG_REQUIRE(v->n < VALUES_MAX);
    va_list args;
    va_start(args, fmt);
    SG_REQUIRE(vasprintf(&v->text[v->n++], fmt, args) >= 0);
    va_end(args);
}

static void add_numbers(struct values *v, const struct sg_case_key *key, double now)
{
    const double step = key->type == SG_KEY_INT ? 1 : 0.125 * (now == 0 ? 1 : now);
    const double others[] = {now - step, now / 2, now + step, 2 * now, key->low, 2, 3, 5, 0.01};
    for (size_t i = 0; i < COUNT(others); i++) {
        const double x = key->type == SG_KEY_INT ? round(others[i]) : others[i];
        if (x != now && x >= key->low && x <= key->high && !(key->above && x == key->low))
            add_value(v, "%.17g", x);
    }
}

/* "(2, 3)": the list with each number more by `more` and times `factor`. */
static void write_list(char text[VALUE_TEXT], const struct sg_case_key *key, const void *field,
                       int more, double factor)
{
    const struct sg_int_list *ints = field;
    const struct sg_real_list *reals = field;
    const size_t n = key->type == SG_KEY_INTS ? ints->n : reals->n;
    size_t used = (size_t)snprintf(text, VALUE_TEXT, "(");
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, VALUE_TEXT - used, "%s%.17g", i ? ", " : "",
                                 key->type == SG_KEY_INTS ? ints->value[i] + more
                                                          : factor * reals->value[i]);
    snprintf(text + used, VALUE_TEXT - used, ")");
}

static void add_lists(struct values *v, const struct sg_case_key *key, const void *field)
{
    const bool whole = key->type == SG_KEY_INTS;
    char own[VALUE_TEXT], other[VALUE_TEXT];
    write_list(own, key, field, 0, 1);
    write_list(other, key, field, 1, 1.125);
    const char *const others[] = {other, whole ? "(2)" : "(1)",
                                  whole ? "(3, 2)" : "(2, 0.5, 0.5, 1)"};
    for (size_t i = 0; i < COUNT(others); i++)
        if (strcmp(others[i], own) != 0 && strcmp(others[i], "()") != 0)
            add_value(v, "%s", others[i]);
}

static void add_words(struct values *v, const struct sg_case_key *key, const struct sg_case *c,
                      const void *field)
{
    static const char *const terms[] = {"", "h", "y", "hy", "1", "h1", "y1", "hy1"};
    if (key->type == SG_KEY_CHOICE)
        for (size_t i = 0; key->choices[i].name; i++)
            if (key->choices[i].value != *(const int *)field)
                add_value(v, "\"%s\"", key->choices[i].name);
    for (unsigned t = 1; key->type == SG_KEY_TERMS && t < COUNT(terms); t++)
        if (t != *(const unsigned *)field)
            add_value(v, "\"%s\"", terms[t]);
    for (size_t at = 1; key->type == SG_KEY_AT && at <= c->net.layers.n + 1; at++)
        if (c->n_modules && at != sg_case_boundary(c, 0))
            add_value(v, "%zu", at);
    for (size_t i = 0; i < COUNT(hints); i++)
        if (sg_case_key_find(hints[i].key) == (size_t)(key - sg_case_keys))
            add_value(v, "%s", hints[i].value);
}

/* Values that a case may have instead of its own.  each: every one must matter, not only some. */
static struct values other_values(struct sg_case *c, const struct sg_case_key *key)
{
    const void *field = field_of(c, key, 0);
    struct values v = {0};
    switch (key->type) {
    case SG_KEY_INT: add_numbers(&v, key, *(const int *)field); break;
    case SG_KEY_REAL: add_numbers(&v, key, *(const double *)field); break;
    case SG_KEY_BOOL: add_value(&v, *(const bool *)field ? "false" : "true"); break;
    case SG_KEY_INTS:
    case SG_KEY_REALS: add_lists(&v, key, field); break;
    case SG_KEY_GROUP_LIST:
        for (size_t n = 0; n < 3; n++)
            if (n != c->n_modules)
                add_value(&v, "%zu", n);
        break;
    default: add_words(&v, key, c, field); break;
    }
    v.each = key->type == SG_KEY_CHOICE || key->type == SG_KEY_TERMS || key->type == SG_KEY_AT;
    return v;
}

/* ---- evidence as one number ----------------------------------------------------------------- */

static uint64_t add_bytes(uint64_t digest, const void *bytes, size_t n)
{
    return n ? sg_base_digest(digest, bytes, n) : digest;
}

static uint64_t digest_of(const struct sg_evidence *ev, enum sg_status status)
{
    uint64_t d = add_bytes(SG_BASE_DIGEST, &status, sizeof status);
    d = add_bytes(d, ev->note, strlen(ev->note));
    for (size_t i = 0; i < ev->n_rows; i++) {
        const struct sg_row *row = &ev->row[i];
        const double numbers[] = {row->measured, row->predicted, row->tolerance, row->low,
                                  row->high};
        d = add_bytes(d, row->id, strlen(row->id));
        d = add_bytes(d, row->what, strlen(row->what));
        d = add_bytes(d, numbers, sizeof numbers);
        d = add_bytes(d, &row->state, sizeof row->state);
    }
    for (size_t i = 0; i < ev->n_series; i++) {
        const struct sg_series *s = &ev->series[i];
        d = add_bytes(d, s->value, s->rows * s->width * sizeof *s->value);
    }
    for (size_t i = 0; i < ev->n_listings; i++) {
        const struct sg_listing *l = &ev->listing[i];
        for (size_t r = 0; r < l->n_rows; r++)
            d = add_bytes(d, l->row[r], strlen(l->row[r]));
        d = add_bytes(d, l->value, l->n_rows * (l->n_columns - 1) * sizeof *l->value);
    }
    return d;
}

/* The digest of what one replicate of a case comes to, with or without what is drawn in figures.
 * SG_BAD_INPUT: the case is refused, with the line.  SG_IO: its data are not here. */
static enum sg_status evidence_of(uint64_t *digest, const struct sg_claim *claim,
                                  const struct sg_case *c, bool figure, struct sg_error *err)
{
    struct sg_data data = {0};
    struct sg_evidence ev = {0};
    const struct sg_trial trial = {.claim = claim, .c = c, .data = &data,
                                   .seed = (uint64_t)c->seed, .figure = figure};
    enum sg_status status = sg_claim_fits(claim, c, err);
    if (status != SG_OK)
        return status;
    if (claim->needs_data)
        status = sg_case_make_data(&data, c, trial.seed, 0, err);
    if (status == SG_OK) {
        status = claim->measure(&ev, &trial);
        *digest = digest_of(&ev, status);
    }
    sg_claim_evidence_free(&ev);
    sg_data_free(&data);
    return status == SG_BAD_INPUT || status == SG_IO ? status : SG_OK;
}

/* ---- every key in every case ---------------------------------------------------------------- */

struct base {
    struct sg_case c;
    const struct sg_claim *claim;
    bool own;                  /* the claim's own case */
    bool known[2];             /* what it comes to, without and with figures: made when asked for */
    enum sg_status status;
    uint64_t digest[2];
    double seconds;
    struct sg_error err;
};
/* Of a key in a case: how many other values are accepted, and how many of them change a bit.
 * told, idle: sets of values by `bit_of`.  Some value that is told apart from another, some that
 * comes to what the case's own does. */
struct look {
    struct base *base;
    size_t key, accepted, changed;
    uint32_t told, idle;
    char first_idle[64];
};
/* The looks from `first` on are still to be done. */
struct looks { struct base *base; size_t n_bases; struct look *look; size_t first, n; };

static double thread_seconds(void)
{
    struct timespec t;
    SG_REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What the case itself comes to: SG_OK unless it is refused or its data are not here. */
static enum sg_status look_at_base(struct base *b, bool figure)
{
    if (!b->known[figure] && b->status == SG_OK)
        b->status = evidence_of(&b->digest[figure], b->claim, &b->c, figure, &b->err);
    b->known[figure] = true;
    return b->status;
}

/* Does the case, which fits the claim, come to something else?  The figure is asked for where
 * nothing else shows it.  False when it is refused after all. */
static bool comes_to_another(bool *is, struct base *base, const struct sg_case *c)
{
    struct sg_error err;
    *is = false;
    for (int figure = 0; figure < 2 && !*is; figure++) {
        uint64_t digest;
        if (look_at_base(base, figure) != SG_OK)
            return false;
        const enum sg_status status = evidence_of(&digest, base->claim, c, figure, &err);
        if (status == SG_BAD_INPUT)
            return false;
        *is = status != SG_OK || digest != base->digest[figure];
    }
    return true;
}

/* The value of the key in the case.  Where only some other value has to matter: one bit for all. */
static uint32_t bit_of(struct sg_case *c, const struct sg_case_key *key)
{
    const void *field = field_of(c, key, 0);
    switch (key->type) {
    case SG_KEY_CHOICE: return UINT32_C(1) << *(const int *)field;
    case SG_KEY_TERMS: return UINT32_C(1) << *(const unsigned *)field;
    case SG_KEY_AT: return c->n_modules ? UINT32_C(1) << sg_case_boundary(c, 0) : 0;
    default: return 1;
    }
}

static void look_at_value(struct look *look, struct sg_case *c, const char *text)
{
    const struct sg_case_key *key = &sg_case_keys[look->key];
    const uint32_t own = bit_of(c, key);
    struct sg_error err;
    bool changed;
    if (!put(c, look->key, text) || sg_claim_fits(look->base->claim, c, &err) != SG_OK ||
        !comes_to_another(&changed, look->base, c))
        return;
    look->accepted++;
    look->changed += changed;
    if (changed)
        look->told |= own | bit_of(c, key);
    else
        look->idle |= bit_of(c, key);
    if (!changed && !look->first_idle[0])
        snprintf(look->first_idle, sizeof look->first_idle, "%s", text);
}

static void look_at_key(struct look *look)
{
    const double start = thread_seconds();
    struct sg_case *c = sg_base_copy(&look->base->c, 1, sizeof *c);
    struct values v = other_values(c, &sg_case_keys[look->key]);
    for (size_t k = 0; k < v.n; k++) {
        *c = look->base->c;
        if (look->base->status == SG_OK && (v.each || look->changed == 0))
            look_at_value(look, c, v.text[k]);
        free(v.text[k]);
    }
    look->base->seconds += thread_seconds() - start;
    free(c);
}

static bool is_of_the_judge(const char *name)
{
    static const char *const own[] = {"claim", "expect", "seed", "replicates", "budget"};
    for (size_t i = 0; i < COUNT(own); i++)
        if (strcmp(own[i], name) == 0)
            return true;
    return false;
}

/* free: of more than one value. */
static bool declares(const struct sg_claim *claim, const char *name, bool free)
{
    struct sg_claim_key key;
    for (size_t i = 0; sg_claim_reads(&key, claim, i); i++)
        if (strcmp(key.name, name) == 0 && (!free || !key.values[0] || strchr(key.values, '|')))
            return true;
    return false;
}

/* The cases that come with the program, but for large ones: each claim's own first. */
static size_t read_bases(struct base **bases, const char *csv)
{
    glob_t found;
    CHECK(glob("cases/*.cfg", 0, NULL, &found) == 0);
    *bases = SG_NEW(2 * found.gl_pathc, struct base);
    size_t n = 0;
    for (int own = 1; own >= 0; own--)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            struct base *b = &(*bases)[n];
            read_base(&b->c, found.gl_pathv[i]);
            if (sg_case_is_training(&b->c)) {      /* tests/study looks at its keys */
                sg_case_free(&b->c);
                continue;
            }
            b->claim = sg_claim_find(b->c.claim);
            CHECK(b->claim != NULL);
            b->own = strcmp(b->claim->name, b->c.name) == 0;
            if (b->own == own && !sg_case_is_large(&b->c))
                n++;
            else
                sg_case_free(&b->c);
        }
    globfree(&found);
    const size_t files = n;
    for (size_t i = 0; i < files; i++) {
        (*bases)[n] = (*bases)[i];
        (*bases)[n].own = false;
        struct sg_case *c = &(*bases)[n].c;
        struct sg_error err;
        if ((*bases)[i].own && c->data.kind != SG_DATA_CSV && put_csv(c, csv) &&
            sg_claim_fits((*bases)[n].claim, c, &err) == SG_OK) {
            strcpy(c->name + strlen(c->name), "+csv");
            n++;
        }
    }
    return n;
}

static const char *excuse(const struct sg_claim *claim, const char *key, const char *value)
{
    for (size_t i = 0; i < COUNT(excused); i++)
        if (strcmp(excused[i].claim, claim->id) == 0 && strcmp(excused[i].key, key) == 0 &&
            strcmp(excused[i].value, value) == 0)
            return excused[i].because;
    return NULL;
}

/* The values of the key that the claim's cases tell apart from another, and in how many looks some
 * value was accepted. */
static uint32_t told_of(size_t *accepted, const struct looks *all, size_t n,
                        const struct sg_claim *claim, size_t key)
{
    uint32_t told = 0;
    *accepted = 0;
    for (size_t i = 0; i < n; i++)
        if (all->look[i].base->claim == claim && all->look[i].key == key) {
            told |= all->look[i].told;
            *accepted += all->look[i].accepted > 0;
        }
    return told;
}

static uint32_t idle_of(const struct looks *all, size_t n, const struct sg_claim *claim, size_t key)
{
    uint32_t idle = 0;
    for (size_t i = 0; i < n; i++)
        if (all->look[i].base->claim == claim && all->look[i].key == key)
            idle |= all->look[i].idle;
    return idle;
}

/* Does the claim's own case leave it open whether the key matters? */
static bool is_open(const struct looks *all, size_t done, const struct sg_claim *claim, size_t key)
{
    size_t accepted;
    const uint32_t told = told_of(&accepted, all, done, claim, key);
    return accepted == 0 || (idle_of(all, done, claim, key) & ~told) != 0;
}

/* The looks of one claim, one case after another.  What earlier cases settle needs no later one. */
static void look_at_claim(size_t number, void *context)
{
    struct looks *all = context;
    const struct sg_claim *claim = sg_claims[number];
    for (size_t i = all->first; i < all->n; i++) {
        struct look *look = &all->look[i];
        if (look->base->claim == claim &&
            (look->base->own || is_open(all, all->n, claim, look->key)))
            look_at_key(look);
    }
}

/* Looks of all keys in the claims' own cases, or in their other cases of the declared keys that
 * were refused there or changed nothing. */
static size_t plan(struct looks *all, size_t done, bool own)
{
    size_t n = done;
    for (size_t b = 0; b < all->n_bases; b++)
        for (size_t k = 0; k < sg_case_key_count(); k++) {
            struct base *base = &all->base[b];
            char name[SG_CASE_KEY_NAME_MAX];
            sg_case_key_name(name, k);
            if (!sg_case_key_is_setting(k) || is_of_the_judge(name) || base->own != own)
                continue;
            if (own || (declares(base->claim, name, true) && is_open(all, done, base->claim, k)))
                all->look[n++] = (struct look){.base = base, .key = k};
        }
    return n;
}

/* Another of the claim's cases has another choice.  (kind = "csv" alone is refused: it needs a
 * file.) */
static bool is_varied(struct look *look, const struct looks *all)
{
    const struct sg_case_key *key = &sg_case_keys[look->key];
    bool is = false;
    for (size_t b = 0; b < all->n_bases && key->type == SG_KEY_CHOICE; b++)
        is = is || (all->base[b].claim == look->base->claim &&
                    *(int *)field_of(&all->base[b].c, key, 0) !=
                        *(int *)field_of(&look->base->c, key, 0));
    return is;
}

/* What is wrong with a key; NULL: nothing. */
static const char *fault_of(const struct look *look, const struct looks *all, size_t n)
{
    const struct sg_claim *claim = look->base->claim;
    char name[SG_CASE_KEY_NAME_MAX];
    size_t accepted;
    sg_case_key_name(name, look->key);
    if (look->accepted && !declares(claim, name, false))
        return "is accepted, though not declared";
    return look->idle & ~told_of(&accepted, all, n, claim, look->key) ? "changes nothing" : NULL;
}

/* A declared key whose other values are refused in every case, since they want other keys beside
 * them: loss = "logistic" wants labels.  It is counted; tests of its claim have to try it. */
static bool is_untried(struct look *look, const struct looks *all, size_t n)
{
    const struct sg_claim *claim = look->base->claim;
    char name[SG_CASE_KEY_NAME_MAX];
    sg_case_key_name(name, look->key);
    size_t accepted;
    told_of(&accepted, all, n, claim, look->key);
    return look->base->own && declares(claim, name, true) && accepted == 0 && !is_varied(look, all);
}

static void tell(const struct looks *all, size_t n)
{
    size_t bad = 0, excuses = 0, changed = 0, refused = 0, untried = 0;
    for (size_t i = 0; i < n; i++) {
        struct look *look = &all->look[i];
        char name[SG_CASE_KEY_NAME_MAX];
        sg_case_key_name(name, look->key);
        const char *fault = fault_of(look, all, n);
        const char *because = fault ?
            excuse(look->base->claim, name, look->first_idle) : NULL;
        if (because)
            print_message("             %s: %s %s: %s\n", look->base->c.name, name, fault, because);
        else if (fault)
            print_error("%s: %s %s %s\n", look->base->c.name, name, fault,
                        look->first_idle);
        changed += look->changed > 0;
        refused += look->accepted == 0;
        excuses += because != NULL;
        bad += fault && !because;
        untried += is_untried(look, all, n);
    }
    print_message("             %zu keys change the evidence, %zu are refused (%zu of them are "
                  "declared: they want others beside them), %zu are excused\n",
                  changed, refused, untried, excuses);
    for (size_t b = 0; b < all->n_bases; b++)
        if (all->base[b].seconds > SLOW)
            print_message("             %s took %.1f s; make it smaller\n", all->base[b].c.name,
                          all->base[b].seconds);
    CHECK(bad == 0);
    CHECK(changed > 0 && refused > 0);
}

static void every_key_matters_or_is_refused(void **state)
{
    (void)state;
    struct looks all = {0};
    size_t n_claims = 0;
    while (sg_claims[n_claims])
        n_claims++;
    sg_base_set_jobs(2);
    char *csv = write_csv();
    all.n_bases = read_bases(&all.base, csv);
    all.look = SG_NEW(2 * all.n_bases * sg_case_key_count(), struct look);
    all.n = plan(&all, 0, true);
    CHECK_STATUS(sg_base_parallel_for(n_claims, look_at_claim, &all), SG_OK);
    all.first = all.n;
    all.n = plan(&all, all.n, false);
    CHECK_STATUS(sg_base_parallel_for(n_claims, look_at_claim, &all), SG_OK);
    for (size_t b = 0; b < all.n_bases; b++) {
        context("%s: %s", all.base[b].c.name, all.base[b].err.text);
        CHECK(all.base[b].status != SG_BAD_INPUT);
        CHECK(all.base[b].known[0] || !all.base[b].own);
        if (all.base[b].status == SG_IO)
            print_message("             %s has no data here\n", all.base[b].c.name);
    }
    tell(&all, all.n);
    for (size_t b = 0; b < all.n_bases; b++)
        sg_case_free(&all.base[b].c);
    unlink(csv);
    free(csv);
    free(all.base);
    free(all.look);
    sg_base_set_jobs(1);
}

/* A claim without a case of its own, or that does not say what it reads, would be left out. */
static void every_claim_is_looked_at(void **state)
{
    (void)state;
    for (size_t i = 0; sg_claims[i]; i++) {
        char path[SG_CASE_TEXT_MAX];
        snprintf(path, sizeof path, "cases/%s.cfg", sg_claims[i]->name);
        CHECK(access(path, R_OK) == 0);
        CHECK(sg_claims[i]->reads != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_claim_is_looked_at),
                                       TEST(every_key_matters_or_is_refused)};
    return RUN(tests);
}
