/* The keys that a claim reads, by experiment. */
#include "claim/judge.h"

static const struct sg_claim toy = {
    .id = "TOY", .name = "toy",
    .reads = "experiment=main|deep net.layers@main=() net.layers@deep! train.mu"
             " train.nu@deep=0.5|0.25 @deep train.steps! @ train.seeds"};

static void words_are_taken_apart(void **state)
{
    (void)state;
    static const struct sg_claim_key wanted[] = {
        {"experiment", "main|deep", "", false}, {"net.layers", "()", "main", false},
        {"net.layers", "", "deep", true},       {"train.mu", "", "", false},
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
}

/* NULL: it fits.  Else it is refused with these words. */
static void fits(const char *text, const char *words)
{
    char path[] = "/tmp/sg_reads_XXXXXX.cfg";
    const int fd = mkstemps(path, 4);
    struct sg_case c;
    struct sg_error err = {{0}};
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
    CHECK_STATUS(sg_case_read(&c, path, &err), SG_OK);
    unlink(path);
    const enum sg_status status = sg_claim_fits(&toy, &c, &err);
    context("%s: %s", text, err.text);
    CHECK(status == (words ? SG_BAD_INPUT : SG_OK) && (!words || strstr(err.text, words)));
    sg_case_free(&c);
}

#define START "claim = \"TOY\"; expect = \"holds\"; "
#define DEEP START "experiment = \"deep\"; net = { layers = (2); }; "
static void an_experiment_reads_its_own_keys(void **state)
{
    (void)state;
    fits(START "train = { mu = 0.1; seeds = 3; };", NULL);
    fits(START "net = { layers = (2); };", "says nothing about such a net.layers");
    fits(START "train = { nu = 0.5; };", "this experiment of claim TOY does not read train.nu");
    fits(START "train = { steps = 5; };", "experiment = \"deep\" does");
    fits(START "experiment = \"map\";", "says nothing about such a experiment");
    fits(DEEP "train = { steps = 5; nu = 0.5; };", NULL);
    fits(DEEP "train = { steps = 5; nu = 0.4; };", "says nothing about such a train.nu");
    fits(DEEP "train = { nu = 0.5; };", "needs train.steps");
    fits(START "experiment = \"deep\"; train = { steps = 5; nu = 0.5; };", "needs net.layers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(words_are_taken_apart),
        TEST(an_experiment_reads_its_own_keys),
    };
    return RUN(tests);
}
