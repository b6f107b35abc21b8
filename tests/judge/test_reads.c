/* The keys that a claim reads, by experiment, and every refusal. */
#include "judge/text.h"

#include "judge/judge.h"

static const struct sg_claim toy = {
    .id = "TOY", .name = "toy",
    .reads = "experiment=main|deep net.layers@main=() net.layers@deep! train.mu"
             " train.nu@deep=0.5|0.25 @deep train.steps! @ train.seeds"};

static void words_are_taken_apart(void **state)
{
    (void)state;
    static const struct sg_claim_key wanted[] = {
        {"experiment", "main|deep", "", false},  {"net.layers", "()", "main", false},
        {"net.layers", "", "deep", true},        {"train.mu", "", "", false},
        {"train.nu", "0.5|0.25", "deep", false}, {"train.steps", "", "deep", true},
        {"train.seeds", "", "", false}};
    struct sg_claim_key key;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        context("key %zu", i);
        CHECK(sg_claim_reads(&key, &toy, i));
        CHECK(strcmp(key.name, wanted[i].name) == 0 && strcmp(key.values, wanted[i].values) == 0);
        CHECK(strcmp(key.experiment, wanted[i].experiment) == 0);
        CHECK(key.required == wanted[i].required);
    }
    CHECK(!sg_claim_reads(&key, &toy, COUNT(wanted)));
    const struct sg_claim nothing = {.reads = ""}, blanks = {.reads = "  train.mu=0.5!  seed "};
    CHECK(!sg_claim_reads(&key, &nothing, 0));
    CHECK(sg_claim_reads(&key, &blanks, 0) && key.required && strcmp(key.values, "0.5") == 0);
    CHECK(sg_claim_reads(&key, &blanks, 1) && !key.required && strcmp(key.name, "seed") == 0);
    CHECK(!sg_claim_reads(&key, &blanks, 2));
    const struct sg_claim unknown = {.reads = "train.mi"}, silent = {.id = "T"};
    CHECK_ABORTS((void)sg_claim_reads(&key, &unknown, 0));
    CHECK_ABORTS((void)sg_claim_reads(&key, &silent, 0));
}

/* NULL: the case fits the claim.  Else it is refused with exactly these words after the file. */
static void fits(const struct sg_claim *claim, const char *text, const char *words)
{
    struct sg_case c;
    struct sg_error err = {""};
    read_text(&c, text);
    const enum sg_status status = sg_claim_fits(claim, &c, &err);
    const char *found = strstr(err.text, ".cfg:");
    context("%s: %s", text, err.text);
    CHECK(status == (words ? SG_BAD_INPUT : SG_OK));
    CHECK(!words || (found && strcmp(found + strlen(".cfg:"), words) == 0));
    sg_case_free(&c);
}

#define START "claim = \"TOY\"; expect = \"holds\"; "
#define DEEP START "experiment = \"deep\"; net = { layers = (2); }; "
static void an_experiment_reads_its_own_keys(void **state)
{
    (void)state;
    fits(&toy, START "train = { mu = 0.1; seeds = 3; };", NULL);
    fits(&toy, START "\nnet = { layers = (2); };",
         "2: claim TOY says nothing about such a net.layers; write net.layers = ()");
    fits(&toy, START "train = {\n nu = 0.5; };",
         "2: this experiment of claim TOY does not read train.nu, experiment = \"deep\" does; take "
         "it out, or choose that");
    fits(&toy, START "\nexperiment = \"map\";",
         "2: claim TOY says nothing about such an experiment; write experiment = \"main\" or "
         "\"deep\"");
    fits(&toy, DEEP "train = { steps = 5; nu = 0.5; };", NULL);
    fits(&toy, DEEP "train = { steps = 5; nu = 0.25; };", NULL);
    fits(&toy, DEEP "\ntrain = { steps = 5; nu = 0.4; };",
         "2: claim TOY says nothing about such a train.nu; write train.nu = 0.5 or 0.25");
    fits(&toy, DEEP "train = { nu = 0.5; };",
         " claim TOY needs train.steps, which the case does not give; `synthgrad explain TOY` "
         "lists its keys, cases/toy.cfg is an example");
    fits(&toy, START "experiment = \"deep\"; train = { steps = 5; nu = 0.5; };",
         " claim TOY needs net.layers, which the case does not give; `synthgrad explain TOY` lists "
         "its keys, cases/toy.cfg is an example");
}

/* A default that the claim says nothing about is refused at its group, or at the file's begin. */
static void defaults_are_values(void **state)
{
    (void)state;
    static const struct sg_claim sigmoid = {.id = "T", .reads = "net.loss=abs|logistic|softmax"};
    fits(&sigmoid, "\nclaim = \"TOY\"; expect = \"holds\";",
         "1: claim T says nothing about such a net.loss; write net.loss = \"abs\", \"logistic\" or "
         "\"softmax\"");
    fits(&sigmoid, START "net = { loss = \"abs\"; };", NULL);
}

static void the_control_is_looked_at(void **state)
{
    (void)state;
    fits(&toy, START "control = { mu = 0.1; };", NULL);
    fits(&toy, START "\n\ncontrol = {\n seeds = 3; layers = (2); };",
         "4: claim TOY says nothing about such a net.layers (in control); write net.layers = ()");
    fits(&toy, DEEP "train = { steps = 5; nu = 0.5; };\ncontrol = { nu = 0.3; };",
         "2: claim TOY says nothing about such a train.nu (in control); write train.nu = 0.5 or "
         "0.25");
    fits(&toy, START "\ncontrol = { nu = 0.3; };",
         "2: this experiment of claim TOY does not read train.nu (in control), experiment = "
         "\"deep\" does; take it out, or choose that");
    struct sg_case c;
    struct sg_error err = {""};
    read_text(&c, START "\ncontrol = { batch = 3; };");
    CHECK_STATUS(sg_claim_fits(&toy, &c, &err), SG_BAD_INPUT);
    context("%s", err.text);
    CHECK(strstr(err.text, ".cfg:2: claim TOY says nothing about train.batch (in control)"));
    sg_case_free(&c);
}

static void modules(void **state)
{
    (void)state;
    static const struct sg_claim none = {.id = "T", .reads = "sg=()"};
    static const struct sg_claim one = {.id = "T", .reads = "sg=one sg.mix net.layers"};
    static const struct sg_claim some = {.id = "T", .reads = "sg=some sg.at net.layers sg.mix"};
    static const struct sg_claim any = {.id = "T", .reads = "sg=any sg.at sg.mix net.layers"};
    static const struct sg_claim full = {.id = "T", .reads = "sg=one sg.mix=1.0"};
    static const char two[] = START "net = { layers = (2); };\nsg = ({ at = 1; }, { });";
    fits(&none, START "sg = ();", NULL);
    fits(&none, START, "1: claim T is about nets with no SG module; write sg = ();");
    fits(&none, START "\nsg = ({ });",
         "2: claim T is about nets with no SG module; write sg = ();");
    fits(&one, START, NULL);
    fits(&one, START "sg = ({ mix = 0.5; });", NULL);
    fits(&one, START "\nsg = ();",
         "2: claim T is about nets with one SG module; write sg = ( { at = \"output\"; } );");
    fits(&some, two, NULL);
    fits(&some, START "\nsg = ();",
         "2: claim T is about nets with SG modules; write sg = ( { at = \"output\"; } );");
    fits(&any, two, NULL);
    fits(&any, START "sg = ();", NULL);
    fits(&full, START "sg = (\n{ mix = 0.5; });",
         "2: claim T says nothing about such a sg.mix; write sg.mix = 1.0");
    fits(&full, START "sg = ({ mix = 1.0; });", NULL);
}

/* The judge's own keys are every claim's. */
static void the_judge_reads_its_own(void **state)
{
    (void)state;
    static const struct sg_claim nothing = {.id = "T", .reads = ""};
    fits(&nothing, START "seed = 3; replicates = 2; budget = \"a night\";", NULL);
}

/* Who else reads a key, in so many words. */
static void readers_are_named(void **state)
{
    (void)state;
    static const struct sg_claim a = {.id = "A", .reads = "train.mu train.nu net.loss=mse sg=()"};
    static const struct sg_claim b = {.id = "B",
                                      .reads = "train.mu net.loss=mse|abs train.tau@deep"};
    static const struct sg_claim d = {.id = "D", .reads = "train.mu train.tau=(1) sg=one"};
    static const struct sg_claim e = {.id = "E",
                                      .reads = "train.mu train.nu=0.5 train.nu@deep sg=any"};
    static const struct sg_claim *const claims[] = {&a, &b, &d, &e, NULL};
    static const struct { const char *name; size_t found; const char *text; } of[] = {
        {"train.batch", 0, ""},   {"train.tau", 1, "B"}, {"net.loss", 1, "B"},
        {"train.nu", 2, "A and E"}, {"sg", 2, "D and E"},  {"train.mu", 4, "A, B, D and others"}};
    char text[SG_CASE_TEXT_MAX];
    for (size_t i = 0; i < COUNT(of); i++) {
        const size_t found = sg_claim_name_readers(text, claims, of[i].name, 3);
        context("%s: %zu, %s", of[i].name, found, text);
        CHECK(found == of[i].found && strcmp(text, of[i].text) == 0);
    }
    CHECK(sg_claim_name_readers(text, claims, "train.mu", 4) == 4);
    CHECK(strcmp(text, "A, B, D and E") == 0);
}

/* Of every key of the schema, a claim that reads none: its line, and the grammar that goes with the
 * number of readers. */
static void what_nobody_reads_is_refused_at_its_line(void **state)
{
    (void)state;
    static const struct sg_claim nothing = {.id = "T", .reads = ""};
    size_t refused = 0;
    for (size_t k = 0; k < sg_case_key_count(); k++) {
        struct sg_case c;
        struct sg_error err = {""};
        char name[SG_CASE_KEY_NAME_MAX], text[SG_CASE_TEXT_MAX], wanted[2 * SG_CASE_TEXT_MAX];
        sg_case_key_name(name, k);
        read_text(&c, START);
        c.given[k] = true;
        c.line[k] = 2385;
        const enum sg_status status = sg_claim_fits(&nothing, &c, &err);
        const size_t n = sg_claim_name_readers(text, sg_claims, name, 3);
        snprintf(wanted, sizeof wanted,
                 ".cfg:2385: claim T says nothing about %s%s%s%s; take it out", name,
                 n ? ", but " : "", text, n == 0 ? "" : n == 1 ? " does" : " do");
        context("%s, read by %zu: %s", name, n, err.text);
        CHECK(status == SG_OK || (status == SG_BAD_INPUT && strstr(err.text, wanted)));
        refused += status != SG_OK;
        sg_case_free(&c);
    }
    /* All but the judge's five, the four groups and control. */
    CHECK(refused == sg_case_key_count() - 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_taken_apart), TEST(an_experiment_reads_its_own_keys),
        TEST(defaults_are_values), TEST(the_control_is_looked_at), TEST(modules),
        TEST(the_judge_reads_its_own), TEST(readers_are_named),
        TEST(what_nobody_reads_is_refused_at_its_line)};
    return RUN(tests);
}
