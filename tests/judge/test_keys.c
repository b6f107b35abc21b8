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
    {"ad1_artificial_data", "train.seeds", "8"},
    {"dy9_fast_sg", "data.n", "24"},
    {"dy11_delay", "train.tau", "(0, 1, 2, 5)"},
    {"nl1_learning_curves", "data.n", "60"},
    {"nl1_learning_curves", "data.test", "60"},
    {"nl1_learning_curves", "net.layers", "(8)"},
    {"nl1_learning_curves", "train.epochs", "2"},
    {"nl2_seen_loss", "data.side", "6"},
    {"nl2_seen_loss", "train.steps", "64"},
    {"nl3_dissimilarity", "data.n", "100"},
    {"nl3_dissimilarity", "data.test", "60"},
    {"nl3_dissimilarity", "net.layers", "(8, 8, 8, 8)"},
    {"nl3_dissimilarity", "train.epochs", "1"},
    {"nl4_probes", "data.n", "100"},
    {"nl4_probes", "data.test", "60"},
    {"nl4_probes", "net.layers", "(8, 8, 8, 8)"},
    {"nl4_probes", "train.epochs", "1"},
    {"nl5_weight_norms", "data.n", "100"},
    {"nl5_weight_norms", "data.test", "60"},
    {"nl5_weight_norms", "net.layers", "(8, 8, 8, 8)"},
    {"nl5_weight_norms", "train.epochs", "1"},
    {"nl6_one_framework", "data.n", "60"},
    {"nl6_one_framework", "data.test", "60"},
    {"nl6_one_framework", "net.layers", "(8)"},
    {"nl6_one_framework", "train.epochs", "2"},
    {"nl6_unlocked", "data.n", "60"},
    {"nl6_unlocked", "data.test", "60"},
    {"nl6_unlocked", "net.layers", "(8)"},
    {"nl6_unlocked", "train.epochs", "2"},
};

/* Keys whose effect cannot be seen here, each with the reason. */
static const struct { const char *claim, *key, *because; } excused[] = {
    {"DY4", "data.standardise", "the file of the test is not realizable, where DY4 says no more"},
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
    const double others[] = {now + step, now - step, 2 * now, now / 2, key->low, 2, 3, 5, 0.01};
    for (size_t i = 0; i < COUNT(others); i++) {
        const double x = key->type == SG_KEY_INT ? round(others[i]) : others[i];
        if (x != now && x >= key->low && x <= key->high && !(key->above && x == key->low))
            add_value(v, "%.17g", x);
    }
}

static void add_lists(struct values *v, const struct sg_case_key *key, const void *field)
{
    const struct sg_int_list *ints = field;
    const struct sg_real_list *reals = field;
    char text[VALUE_TEXT] = "(";
    size_t used = 1;
    if (key->type == SG_KEY_INTS)
        for (size_t i = 0; i < ints->n; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", i ? ", " : "",
                                     ints->value[i] + 1);
    else
        for (size_t i = 0; i < reals->n; i++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.17g", i ? ", " : "",
                                     1.125 * reals->value[i]);
    if (used > 1)
        add_value(v, "%s)", text);
    add_value(v, key->type == SG_KEY_INTS ? "(2)" : "(1.0)");
    add_value(v, key->type == SG_KEY_INTS ? "(3, 2)" : "(2.0, 0.5, 0.5, 1.0)");
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
    return n ? sg_case_digest(digest, bytes, n) : digest;
}

static uint64_t digest_of(const struct sg_judgement *j)
{
    const struct sg_evidence *ev = &j->evidence;
    uint64_t d = add_bytes(SG_CASE_DIGEST, &j->verdict, sizeof j->verdict);
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

/* The digest of what a case comes to; false when it is refused, with the line. */
static bool evidence_of(uint64_t *digest, enum sg_verdict *verdict, const struct sg_case *c,
                        struct sg_error *err)
{
    struct sg_judgement j = {0};
    const struct sg_judge_options options = {0};
    const enum sg_status status = sg_claim_judge(&j, c, &options, err);
    *digest = digest_of(&j);
    *verdict = j.verdict;
    sg_claim_judgement_free(&j);
    return status != SG_BAD_INPUT;
}

/* ---- every key in every case ---------------------------------------------------------------- */

struct base {
    struct sg_case c;
    const struct sg_claim *claim;
    uint64_t digest;
    bool own, fits, here;      /* the claim's own case; it is not refused; its data are here */
    struct sg_error err;
};
/* Of a key in a case: how many other values are accepted, and the first of them that changes
 * nothing, where none may or where all do. */
struct look { struct base *base; size_t key, accepted, changed; char idle[64]; double seconds; };
struct looks { struct base *base; size_t n_bases; struct look *look; };

static void look_at_base(size_t i, void *context)
{
    struct base *b = &((struct looks *)context)->base[i];
    enum sg_verdict verdict;
    b->fits = evidence_of(&b->digest, &verdict, &b->c, &b->err);
    b->here = b->fits && verdict != SG_SKIPPED;
}

static double thread_seconds(void)
{
    struct timespec t;
    SG_REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void look_at_key(size_t i, void *context)
{
    struct look *look = &((struct looks *)context)->look[i];
    const double start = thread_seconds();
    struct sg_case *c = sg_base_copy(&look->base->c, 1, sizeof *c);
    struct values v = other_values(c, &sg_case_keys[look->key]);
    bool enough = !look->base->here;
    for (size_t k = 0; k < v.n; k++) {
        uint64_t digest;
        enum sg_verdict verdict;
        struct sg_error err;
        *c = look->base->c;
        if (!enough && put(c, look->key, v.text[k]) && evidence_of(&digest, &verdict, c, &err)) {
            const bool idle = digest == look->base->digest;
            look->accepted++;
            look->changed += !idle;
            if (idle && !look->idle[0])
                snprintf(look->idle, sizeof look->idle, "%s", v.text[k]);
            enough = !idle && !v.each;
        }
        free(v.text[k]);
    }
    if (look->changed && !v.each)
        look->idle[0] = '\0';
    look->seconds = thread_seconds() - start;
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

static const char *excuse(const struct sg_claim *claim, const char *key)
{
    for (size_t i = 0; i < COUNT(excused); i++)
        if (strcmp(excused[i].claim, claim->id) == 0 && strcmp(excused[i].key, key) == 0)
            return excused[i].because;
    return NULL;
}

/* Looks of all keys in the claims' own cases, or of the declared keys that were refused there in
 * their other ones. */
static size_t plan(struct looks *all, size_t done, bool own)
{
    size_t n = done;
    for (size_t b = 0; b < all->n_bases; b++)
        for (size_t k = 0; k < sg_case_key_count(); k++) {
            char name[SG_CASE_KEY_NAME_MAX];
            sg_case_key_name(name, k);
            bool wanted = sg_case_key_is_setting(k) && !is_of_the_judge(name) &&
                          all->base[b].own == own && all->base[b].here;
            for (size_t i = 0; wanted && !own && i < done; i++)
                wanted = all->look[i].key != k || all->look[i].base->claim != all->base[b].claim ||
                         all->look[i].accepted == 0;
            if (wanted && (own || declares(all->base[b].claim, name, true)))
                all->look[n++] = (struct look){.base = &all->base[b], .key = k};
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
static const char *fault_of(const struct look *look)
{
    const struct sg_claim *claim = look->base->claim;
    char name[SG_CASE_KEY_NAME_MAX];
    sg_case_key_name(name, look->key);
    if (look->accepted && !declares(claim, name, false))
        return "is accepted, though not declared";
    return look->idle[0] ? "changes nothing" : NULL;
}

/* A declared key whose other values are refused in every case, since they want other keys beside
 * them: loss = "logistic" wants labels.  It is counted; tests of its claim have to try it. */
static bool is_untried(struct look *look, const struct looks *all, size_t n)
{
    const struct sg_claim *claim = look->base->claim;
    char name[SG_CASE_KEY_NAME_MAX];
    sg_case_key_name(name, look->key);
    bool tried = is_varied(look, all) || !declares(claim, name, true);
    for (size_t i = 0; i < n && !tried; i++)
        tried = all->look[i].base->claim == claim && all->look[i].key == look->key &&
                all->look[i].accepted > 0;
    return !tried && look->base->own;
}

static void tell(const struct looks *all, size_t n)
{
    size_t bad = 0, excuses = 0, changed = 0, refused = 0, untried = 0;
    for (size_t i = 0; i < n; i++) {
        struct look *look = &all->look[i];
        char name[SG_CASE_KEY_NAME_MAX];
        sg_case_key_name(name, look->key);
        const char *fault = fault_of(look);
        const char *because = fault ? excuse(look->base->claim, name) : NULL;
        if (because)
            print_message("             %s: %s %s: %s\n", look->base->c.name, name, fault, because);
        else if (fault)
            print_error("%s: %s %s %s\n", look->base->c.name, name, fault, look->idle);
        if (look->seconds > 4)
            print_message("             %s: %s took %.1f s; make the case smaller\n",
                          look->base->c.name, name, look->seconds);
        changed += look->changed > 0;
        refused += look->accepted == 0;
        excuses += because != NULL;
        bad += fault && !because;
        untried += is_untried(look, all, n);
    }
    print_message("             %zu keys change the evidence, %zu are refused (%zu of them are "
                  "declared: they want others beside them), %zu are excused\n",
                  changed, refused, untried, excuses);
    CHECK(bad == 0);
    CHECK(changed > 0 && refused > 0);
}

static void every_key_matters_or_is_refused(void **state)
{
    (void)state;
    struct looks all = {0};
    sg_base_set_jobs(2);
    char *csv = write_csv();
    all.n_bases = read_bases(&all.base, csv);
    all.look = SG_NEW(2 * all.n_bases * sg_case_key_count(), struct look);
    CHECK_STATUS(sg_base_parallel_for(all.n_bases, look_at_base, &all), SG_OK);
    for (size_t b = 0; b < all.n_bases; b++) {
        context("%s: %s", all.base[b].c.name, all.base[b].err.text);
        CHECK(all.base[b].fits);
        if (!all.base[b].here)
            print_message("             %s has no data here\n", all.base[b].c.name);
    }
    const size_t own = plan(&all, 0, true);
    CHECK_STATUS(sg_base_parallel_for(own, look_at_key, &all), SG_OK);
    const size_t n = plan(&all, own, false);
    struct looks others = {.look = all.look + own};
    CHECK_STATUS(sg_base_parallel_for(n - own, look_at_key, &others), SG_OK);
    tell(&all, n);
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
