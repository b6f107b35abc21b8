/* Every hypothesis that a claim declares: a case that violates it is inconclusive and says so, and
 * the outcome is another one when the claim does not declare it. */
#include "judge/text.h"

/* claim | hypothesis | what the case says besides claim and expect.  A row for each. */
static const struct { const char *claim, *id, *text; } rows[] = {
    {"DY3", "S_x-nonsingular", "data = { n = 5; d = 9; condition = 2.0; };"},
    {"DY3", "noisy", "data = { n = 40; d = 3; noise = 0.0; };"},
    {"DY3", "S_z-nonsingular", "data = { n = 5; d = 3; outputs = 3; };"},

    {"DY5", "S_x-nonsingular", "data = { n = 5; d = 9; };"
     "train = { search = \"backtracking\"; mu = 0.5; steps = 1000; };"},

    {"DY6", "S_x-nonsingular", "data = { n = 4; d = 7; };"},

#define DY9_DATA                                                                                   \
    "data = { n = 60; d = 6; outputs = 2; condition = 3.0; noise = 1.0; bias = false; };"
#define DY9_AT_1 "net = { layers = (2); }; sg = ( { at = 1; } );"
#define DY9_RATES "train = { form = \"compressed\"; mu = 0.0015; nu = 0.45; steps = 300; };"
    {"DY9", "hidden", DY9_DATA "net = { layers = (2); }; sg = ( { at = \"output\"; } );" DY9_RATES},
    {"DY9", "S_z-nonsingular",
     "data = { n = 4; d = 3; outputs = 2; condition = 2.0; };" DY9_AT_1 DY9_RATES},
    {"DY9", "nu-limit", DY9_DATA DY9_AT_1
     "train = { form = \"compressed\"; mu = 0.005; nu = 0.99; steps = 2000; };"},
    {"DY9", "fast", DY9_DATA DY9_AT_1
     "train = { form = \"compressed\"; mu = 0.0015; nu = 1e-8; steps = 300; };"},

#define DY10_DATA                                                                                  \
    "data = { n = 60; d = 5; outputs = 3; condition = 1.0; noise = 2.0; bias = false; };"
#define DY10_SG "sg = ( { at = 1; } );"
#define DY10_RATES "train = { form = \"compressed\"; mu = 0.02; nu = 0.7; steps = 400; };"
    {"DY10", "two-layers", DY10_DATA "net = { layers = (3, 3); };" DY10_SG DY10_RATES},
    {"DY10", "full-rank", "data = { n = 60; d = 5; outputs = 3; condition = 1.0; noise = 2.0;"
     " bias = false; rank = 4; }; net = { layers = (3); };" DY10_SG DY10_RATES},
    {"DY10", "small-step", DY10_DATA "net = { layers = (3); };" DY10_SG
     "train = { form = \"compressed\"; mu = 0.2; nu = 0.7; steps = 400; };"},
};

static struct sg_judgement judge_with(const struct sg_claim *claim, const struct sg_case *c)
{
    struct sg_judgement j;
    struct sg_error err = {""};
    const struct sg_judge_options options = {.claim = claim};
    context("%s: %s", claim->id, err.text);
    if (sg_claim_judge(&j, c, &options, &err) != SG_OK)
        fail_msg("%s", err.text);
    return j;
}

static bool is_same(const struct sg_judgement *a, const struct sg_judgement *b)
{
    return a->verdict == b->verdict && a->evidence.n_rows == b->evidence.n_rows &&
           strcmp(a->evidence.note, b->evidence.note) == 0;
}

static void check_row(const struct sg_claim *claim, size_t at, const char *text)
{
    enum { MOST = 32 };
    const struct sg_hypothesis *const dropped = claim->supposes[at];
    const struct sg_hypothesis *left[MOST] = {NULL};
    struct sg_claim without = *claim;
    size_t n = 0;
    for (size_t i = 0; claim->supposes[i]; i++) {
        CHECK(n + 1 < MOST);
        if (i != at)
            left[n++] = claim->supposes[i];
    }
    without.supposes = left;

    char *file = sg_base_format("claim = \"%s\"; expect = \"inconclusive\";\n%s", claim->id, text);
    struct sg_case c;
    read_text(&c, file);
    struct sg_judgement j = judge_with(claim, &c), other = judge_with(&without, &c);
    context("%s, %s: %s, %s; without it %s, %zu rows, %s", claim->id, dropped->id,
            sg_claim_verdict_name(j.verdict), j.evidence.note,
            sg_claim_verdict_name(other.verdict), other.evidence.n_rows, other.evidence.note);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    CHECK(strstr(j.evidence.note, "the statement supposes that ") != NULL);
    CHECK(strstr(j.evidence.note, dropped->words) != NULL);
    CHECK(strstr(j.evidence.note, dropped->mend) != NULL);
    CHECK(!is_same(&j, &other));
    sg_claim_judgement_free(&j);
    sg_claim_judgement_free(&other);
    sg_case_free(&c);
    free(file);
}

static void each_is_looked_at(void **state)
{
    (void)state;
    size_t bad = 0;
    for (size_t i = 0; sg_claims[i]; i++)
        for (size_t k = 0; sg_claims[i]->supposes && sg_claims[i]->supposes[k]; k++) {
            const struct sg_hypothesis *h = sg_claims[i]->supposes[k];
            size_t found = 0;
            CHECK(h->id[0] && h->words[0] && h->mend[0] && h->met);
            for (size_t r = 0; r < COUNT(rows); r++)
                if (strcmp(rows[r].claim, sg_claims[i]->id) == 0 &&
                    strcmp(rows[r].id, h->id) == 0) {
                    check_row(sg_claims[i], k, rows[r].text);
                    found++;
                }
            if (found == 0 && ++bad)
                print_error("%s: the hypothesis %s (%s) has no row here\n", sg_claims[i]->id, h->id,
                            h->words);
        }
    CHECK(bad == 0);
}

/* A row of a hypothesis that is not declared any more shows that it was dropped. */
static void each_row_is_of_one(void **state)
{
    (void)state;
    for (size_t r = 0; r < COUNT(rows); r++) {
        const struct sg_claim *claim = sg_claim_find(rows[r].claim);
        bool declared = false;
        CHECK(claim != NULL);
        for (size_t k = 0; claim->supposes && claim->supposes[k]; k++)
            declared = declared || strcmp(claim->supposes[k]->id, rows[r].id) == 0;
        context("%s does not declare %s", rows[r].claim, rows[r].id);
        CHECK(declared);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(each_is_looked_at), TEST(each_row_is_of_one)};
    return RUN(tests);
}
