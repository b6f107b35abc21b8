/* Every hypothesis that a claim declares: a case that violates it is inconclusive and says so, and
 * the outcome is another one when the claim does not declare it. */
#include <sys/wait.h>

#include "judge/text.h"

#define LOGISTIC "net = { loss = \"logistic\"; }; sg = ( { } );"
#define MATCHING "net = { loss = \"logistic\"; }; sg = ( { family = \"sigmoid_linear\"; } );"
#define NL1(layers, batch)                                                                         \
    "data = { kind = \"digits\"; n = 60; test = 40; }; sg = ( { mix = 1.0; } );"                   \
    "net = { layers = " layers "; depths = (2); loss = \"softmax\"; };"                            \
    "train = { units = \"absolute\"; epochs = 1; seeds = 8; batch = " batch "; };"
#define NL6(experiment, layers, depths, train)                                                     \
    "experiment = \"" experiment "\"; data = { kind = \"digits\"; n = 60; test = 40; };"           \
    "net = { layers = " layers "; depths = " depths ";"                                            \
    " loss = \"softmax\"; activation = \"relu\"; };"                                               \
    "sg = ( { mix = 1.0; } ); train = { units = \"absolute\"; epochs = 1; seeds = 8; " train " };"
#define NL3(layers, at, test, batch)                                                               \
    "data = { kind = \"digits\"; n = 60; test = " test "; };"                                      \
    "net = { layers = " layers "; loss = \"softmax\"; activation = \"relu\"; };"                   \
    "sg = ( { at = " at "; } );"                                                                   \
    "train = { units = \"absolute\"; epochs = 1; seeds = 8; batch = " batch "; };"
/* The rows of a claim about the trained nets that NL3 and NL4 share. */
#define TRAINED(claim)                                                                             \
    {claim, "equal-blocks", NL3("(8, 8)", "1", "40", "20")},                                       \
    {claim, "cut", NL3("(8, 8, 8)", "3", "40", "20")},                                             \
    {claim, "test-images", NL3("(8, 8, 8)", "1", "39", "20")},                                     \
    {claim, "batch", NL3("(8, 8, 8)", "1", "40", "61")},                                \
    {claim, "factors", NL3("(8, 8, 8)", "1", "40", "20; mu_times = (1.0, 2.0)")}

/* The rows of a claim about the ledgers of nets, NL5 and NL8. */
#define LEDGER(layers, at, test, batch, rates)                                                     \
    "data = { kind = \"digits\"; n = 60; test = " test "; };"                                      \
    "net = { layers = " layers "; loss = \"softmax\"; activation = \"relu\";"                     \
    " type = \"float64\"; };"                                                                      \
    "sg = ( { at = " at "; target = \"arriving\"; } );"                                            \
    "train = { units = \"absolute\"; epochs = 1; batch = " batch "; " rates " };"
#define BOOKED(claim)                                                                              \
    {claim, "equal-blocks", LEDGER("(8, 8)", "1", "40", "20", "mu = 0.1; nu = 0.1;")},             \
    {claim, "cut", LEDGER("(8, 8, 8)", "3", "40", "20", "mu = 0.1; nu = 0.1;")},                   \
    {claim, "batch", LEDGER("(8, 8, 8)", "1", "40", "61", "mu = 0.1; nu = 0.1;")},                 \
    {claim, "rates", LEDGER("(8, 8, 8)", "1", "40", "20", "mu = 0.1; nu = 0.0;")},                 \
    {claim, "constant-rates", LEDGER("(8, 8, 8)", "1", "40", "20",                                 \
     "mu = 0.1; nu = 0.1; decay = true; optimiser = \"momentum\";")}

#define CP3_RATES                                                                                  \
    "train = { units = \"absolute\"; mu = 0.001; nu = 0.001; steps = 20; };"
#define CP5(data, terms, rates)                                                                    \
    "data = { n = 60; condition = 1.0; " data " }; sg = ( { terms = \"" terms "\"; } );"           \
    "train = { form = \"compressed\"; steps = 20000; " rates " };"
#define DY11_LINE "data = { n = 50; d = 2; bias = true; condition = 1.0; noise = 0.0; };"
#define DY11_TRAIN(tau, rates)                                                                     \
    "train = { delay = \"delayed_pairs\"; tau = " tau "; form = \"compressed\"; " rates " };"
#define DY11_TWO DY11_TRAIN("(2)", "mu = 0.1; nu = 0.4;")
#define DY12_TRAIN(rates) "train = { form = \"compressed\"; steps = 50; " rates " };"
#define DY12_RATES DY12_TRAIN("mu = 0.9; nu = 0.8;")
#define DY12_DEEP "experiment = \"deep\"; net = { layers = (2); }; sg = ( { at = 1; } );"

/* claim | hypothesis | what the case says besides claim and expect.  A row for each. */
static const struct { const char *claim, *id, *text; } rows[] = {
    {"CP1", "wide", "data = { outputs = 3; }; net = { layers = (4, 2); };"},
    {"CP2", "wide", "data = { outputs = 2; }; net = { layers = (1); };"},
    {"CP2", "layered", "experiment = \"drawn\"; net = { layers = (); };"},

    {"CP3", "wide", "data = { outputs = 2; noise = 0.0; }; net = { layers = (1); };" CP3_RATES},
    {"CP3", "d-above-m", "data = { d = 2; outputs = 2; noise = 0.5; bias = false; };" CP3_RATES},

    {"CP4", "nu", "net = { loss = \"abs\"; }; sg = ( { terms = \"1\"; } );"
     "train = { units = \"absolute\"; mu = 0.1; nu = 1.5; steps = 1000; };"},

    {"CP5", "m-one", CP5("d = 6; bias = false; outputs = 2;", "h", "mu = 0.01; nu = 0.05;")},
    {"CP5", "setting", CP5("d = 6; bias = false;", "h1", "mu = 0.01; nu = 0.05;")},
    {"CP5", "two-columns", CP5("d = 1; bias = false;", "h", "mu = 0.01; nu = 0.05;")},
    {"CP5", "S_x-nonsingular", CP5("d = 6; bias = false; rank = 4;", "h", "mu = 0.01; nu = 0.05;")},
    {"CP5", "noisy", CP5("d = 6; bias = false; noise = 0.0;", "h", "mu = 0.01; nu = 0.05;")},
    {"CP5", "small-steps", CP5("d = 6; bias = false;", "h", "mu = 1.01; nu = 0.05;")},

    {"DY11", "S_x-nonsingular", "data = { n = 100; d = 5; rank = 3; noise = 0.5; };" DY11_TWO},
    {"DY11", "S_z-nonsingular", "data = { n = 8; d = 3; outputs = 3; noise = 0.5; };" DY11_TWO},
    {"DY11", "rates",
     "data = { n = 100; d = 3; noise = 0.5; };" DY11_TRAIN("(2)", "mu = 1.2; nu = 0.4;")},
    {"DY11", "realizable-line", "data = { n = 50; d = 3; noise = 0.0; };" DY11_TWO},
    {"DY11", "realizable-rates", DY11_LINE DY11_TRAIN("(2)", "mu = 0.1; nu = 0.7;")},

    {"DY12", "S_x-nonsingular", "data = { n = 50; d = 4; rank = 3; noise = 0.5; };" DY12_RATES},
    {"DY12", "S_z-nonsingular", "data = { n = 8; d = 3; outputs = 3; noise = 0.5; };" DY12_RATES},
    {"DY12", "rates", "data = { n = 50; d = 4; noise = 0.5; };" DY12_TRAIN("mu = 1.1; nu = 0.8;")},
    {"DY12", "wide", DY12_DEEP "data = { n = 60; d = 4; outputs = 3; noise = 1.0; };" DY12_RATES},
    {"DY12", "condition", DY12_DEEP
     "data = { n = 60; d = 4; outputs = 2; noise = 1.0; condition = 1e12; };" DY12_RATES},

#define DY14(layers, sg, train)                                                                    \
    "data = { n = 12; d = 3; outputs = 2; condition = 3.0; };"                                     \
    "net = { layers = " layers "; }; sg = ( { " sg " } );"                                         \
    "train = { units = \"absolute\"; steps = 100; " train " };"
    {"DY14", "hidden-sg", DY14("(3)", "at = \"output\";", "mu = 0.01; nu = 0.02;")},
    {"DY14", "sg-learns", DY14("(3)", "at = 1;", "mu = 0.01; nu = 0.0;")},
    {"DY14", "batch-fits", DY14("(3)", "at = 1;", "mu = 0.01; nu = 0.02; batch = 13;")},
    {"DY13", "batch-fits", "experiment = \"minibatches\"; data = { n = 20; d = 3; };"
     "train = { sg_step = \"normalised\"; mu = 0.01; nu = 0.5; batch = 21; steps = 100; };"},
    {"DY13", "at-output", "experiment = \"deep\"; data = { n = 20; d = 3; };"
     "net = { layers = (3); activation = \"sigmoid\"; }; sg = ( { at = 1; } );"
     "train = { sg_step = \"normalised\"; units = \"absolute\"; mu = 0.01; nu = 0.5; "
     "steps = 100; };"},

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
#define DY8_RATES "train = { units = \"absolute\"; mu = 8.0; nu = 0.008; };"
    {"DY8", "own-net", "net = { layers = (3); }; sg = ( { at = 1; } );" DY8_RATES},
    {"DY8", "sg-inside", "net = { layers = (2); }; sg = ( { at = \"output\"; } );" DY8_RATES},
    {"DY8", "step-follows-flow", "net = { layers = (2); }; sg = ( { at = 1; } );"
     "train = { units = \"absolute\"; mu = 800.0; nu = 0.8; };"},
    {"DY8", "resolved", "data = { kind = \"moments\"; bias = false;"
     " S = (61.6, 7.7, 7.7, 1.0); R = (1e-11, 0.0, 0.0, 1e-11); };"
     "net = { layers = (2); weights = (0.1, 0.2, -0.8, -1.7, -0.01, 0.01, -0.02, 0.02); };"
     "sg = ( { at = 1; } ); train = { units = \"absolute\"; mu = 1.0; nu = 6e-6; };"},
    {"DY8", "wide", "experiment = \"map\"; net = { layers = (1); }; sg = ( { at = 1; } );"
     "data = { n = 60; d = 4; outputs = 2; condition = 2.0; };"},
    {"DY8", "conditioned", "experiment = \"map\"; net = { layers = (2); }; sg = ( { at = 1; } );"
     "data = { n = 60; d = 4; outputs = 2; condition = 1e6; };"},
    {"DY8", "two-units",
     "experiment = \"drawn\"; net = { layers = (2, 1); }; sg = ( { at = 1; } );"},

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

#define DY15_DATA "data = { n = 60; d = 4; outputs = 2; noise = 1.0; condition = 2.0; };"
#define DY15_SG "net = { layers = (2); }; sg = ( { at = 1; } );"
#define DY15_TRAIN(rates)                                                                          \
    "train = { form = \"compressed\"; units = \"absolute\"; " rates " steps = 20000; };"
#define DY15_RATES DY15_TRAIN("mu = 0.01; nu = 0.01;")
    {"DY15", "wide", DY15_DATA "net = { layers = (1); }; sg = ( { at = 1; } );" DY15_RATES},
    {"DY15", "S_x-nonsingular", "data = { n = 60; d = 4; outputs = 2; noise = 1.0; rank = 3;"
     " condition = 2.0; };" DY15_SG DY15_RATES},
    {"DY15", "full-rank-map", "data = { kind = \"csv\"; file = \"three.csv\";"
     " target = [\"u\", \"v\", \"w\"]; standardise_target = true; };" DY15_SG
     DY15_RATES},
    {"DY15", "S_z-nonsingular", "data = { n = 60; d = 4; outputs = 2; noise = 0.0;"
     " condition = 2.0; };" DY15_SG DY15_RATES},
    {"DY15", "small-step", DY15_DATA DY15_SG DY15_TRAIN("mu = 1.0; nu = 1.0;")},
    {"DY15", "attracts", DY15_DATA DY15_SG DY15_TRAIN("mu = 0.01; nu = 1e-15;")},

    {"CP6", "classes", "data = { kind = \"classes\"; n = 1; d = 2; };" LOGISTIC},
    {"CP6", "full-rank", "data = { kind = \"classes\"; n = 9; d = 12; };" LOGISTIC},
    {"CP6", "ones", "data = { kind = \"classes\"; n = 40; d = 3; labels = \"noisy\";"
     " one_hot = true; bias = false; }; net = { loss = \"softmax\"; }; sg = ( { } );"},
    {"CP6", "independent", "data = { kind = \"classes\"; n = 30; d = 1; labels = \"random\";"
     " bias = false; };" LOGISTIC},
    {"CP6", "M-nonsingular", "data = { kind = \"classes\"; n = 4; d = 3; labels = \"random\";"
     " bias = false; };" LOGISTIC},

    {"CP7", "two-classes", "data = { kind = \"csv\"; file = \"three.csv\";"
     " target = [\"u\", \"v\", \"w\"]; }; net = { loss = \"softmax\"; };"
     "sg = ( { family = \"sigmoid_linear\"; } );"},
    {"CP7", "classes", "data = { kind = \"classes\"; n = 1; d = 2; };" MATCHING},
    {"CP7", "full-rank", "data = { kind = \"classes\"; n = 5; d = 8; };" MATCHING},

    {"DY4", "realizable", ""},
    {"DY4", "S_x-nonsingular", "data = { noise = 0.0; n = 20; d = 23; };"},
    {"DY4", "full-rank", "data = { noise = 0.0; condition = 1.0; d = 2; outputs = 2; };"},
    {"DY4", "free-direction", "data = { noise = 0.0; condition = 4.0; d = 3; outputs = 2; };"},
    {"DY4", "limits", "data = { noise = 0.0; condition = 1.0; }; train = { mu = 0.3; nu = 1.7; };"},
    {"DY4", "attracts", "data = { noise = 0.0; condition = 1.0; };"
     "train = { mu = 0.7; nu = 1.1; };"},
    {"DY4", "small-rates", "data = { noise = 0.0; condition = 25.0; };"
     "train = { mu = 0.95; nu = 0.95; };"},

    {"NL1", "one-width", NL1("(8, 9)", "20")},
    {"NL1", "rates", NL1("(8)", "20; mu_times = (1.0, 2.0, 3.0)")},
    {"NL1", "batch", NL1("(8)", "61")},

    {"NL2", "places", "data = { kind = \"grid\"; side = 5; };"
     "net = { layers = (4, 4); loss = \"logistic\"; activation = \"relu\"; };"
     "sg = ( { at = 1; }, { at = 2; } );"
     "train = { units = \"absolute\"; seeds = 8; steps = 64; };"},

    TRAINED("NL3"), TRAINED("NL4"),

    {"NL5", "factors", LEDGER("(8, 8, 8)", "1", "40", "20",
                              "mu = 0.1; nu = 0.1; nu_times = (1.0);")},
    {"NL5", "test-images", LEDGER("(8, 8, 8)", "1", "39", "20", "mu = 0.1; nu = 0.1;")},
    BOOKED("NL5"), BOOKED("NL8"),

    {"NL6", "one-width", NL6("main", "(8, 8)", "(2)", "batch = 20;")},
    {"NL6", "one-depth", NL6("main", "(8)", "(2, 3)", "batch = 20;")},
    {"NL6", "delays", NL6("main", "(8)", "(2)", "batch = 20; tau = (0, 1);")},
    {"NL6", "rates", NL6("main", "(8)", "(2)", "batch = 20; nu_times = (1.0, 2.0);")},
    {"NL6", "batch", NL6("main", "(8)", "(2)", "batch = 61;")},

    {"NL7", "sg-learns", "data = { n = 40; d = 4; outputs = 2; }; sg = ( { mix = 0.0; } );"
     "train = { units = \"absolute\"; steps = 50; mu = 0.05; nu = 0.0; };"},
};

static char folder[64] = "/tmp/sg_hypotheses_XXXXXX";

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

/* Does the claim come to the same on the case?  In a process of its own: beyond a hypothesis it may
 * also abort, or not end. */
static bool comes_to(const struct sg_judgement *j, const struct sg_claim *claim,
                     const struct sg_case *c)
{
    enum { HANGS = 60 };
    int status = 0;
    if (child_start()) {
        alarm(HANGS);
        struct sg_judgement other;
        struct sg_error err;
        const struct sg_judge_options options = {.claim = claim};
        const bool judged = sg_claim_judge(&other, c, &options, &err) == SG_OK;
        const bool same = judged && other.verdict == j->verdict &&
                          other.evidence.n_rows == j->evidence.n_rows &&
                          strcmp(other.evidence.note, j->evidence.note) == 0;
        child_finish(same ? 0 : 1);
    }
    CHECK(wait(&status) > 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
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
    struct sg_error err = {""};
    if (read_text_in(&c, folder, file, &err) != SG_OK)
        fail_msg("%s", err.text);
    struct sg_judgement j = judge_with(claim, &c);
    context("%s, %s: %s, %s", claim->id, dropped->id, sg_claim_verdict_name(j.verdict),
            j.evidence.note);
    CHECK(j.verdict == SG_INCONCLUSIVE);
    CHECK(strstr(j.evidence.note, "the statement supposes that ") != NULL);
    CHECK(strstr(j.evidence.note, dropped->words) != NULL);
    CHECK(strstr(j.evidence.note, dropped->mend) != NULL);
    CHECK(!comes_to(&j, &without, &c));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
    free(file);
}

/* Cases and the data file that one of them names: labels of three classes. */
static void make_folder(void)
{
    CHECK(mkdtemp(folder) != NULL);
    strcat(folder, "/");
    char *path = sg_base_format("%sthree.csv", folder);
    FILE *out = fopen(path, "w");
    CHECK(out != NULL);
    fputs("a,u,v,w\n1,1,0,0\n2,0,1,0\n3,0,0,1\n4,1,0,0\n2.5,0,0,1\n3.5,0,1,0\n", out);
    CHECK(fclose(out) == 0);
    free(path);
}

static void remove_folder(void)
{
    char *path = sg_base_format("%sthree.csv", folder);
    CHECK(unlink(path) == 0 && rmdir(folder) == 0);
    free(path);
}

static void each_is_looked_at(void **state)
{
    (void)state;
    size_t bad = 0;
    make_folder();
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
    remove_folder();
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
