/* NL3: what an SG does to the block below it is found for any seed, and not with sigmoids; SGs that
 * only observe change nothing; nets are trained once for whoever asks. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "lab/nl_trained.h"
#include "judge.h"

static void small(struct sg_case *c)
{
    read_case(c, "cases/nl3_dissimilarity.cfg", 1);
    struct sg_case *both[] = {c, c->control};
    for (size_t i = 0; i < 2; i++) {
        both[i]->net.layers.n = 4;
        both[i]->module[0].at = 2;
        both[i]->data.n = both[i]->data.test = 150;
        both[i]->train.seeds = SG_LAB_SEEDS;
        both[i]->train.epochs = 4;
    }
}

static void observing_cuts_nothing(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    for (uint64_t seed = 1; seed < 4; seed++) {
        struct sg_judgement j = judge_control(&c, seed);
        context("seed %llu: %s", (unsigned long long)seed, j.evidence.note);
        size_t effects = 0;
        for (size_t i = 0; i < j.evidence.n_rows; i++) {
            const struct sg_row *row = &j.evidence.row[i];
            const bool effect = row->form == SG_ROW_EFFECT;
            effects += effect;
            CHECK(effect ? row->measured == 0 && row->low == 0 && row->high == 0
                         : row->ok); /* bit for bit */
        }
        CHECK(effects == 4 && j.evidence.n_rows == 6 && j.verdict == SG_INCONCLUSIVE);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

static const struct sg_listing *listing_of(const struct sg_judgement *j, const char *title)
{
    for (size_t i = 0; i < j->evidence.n_listings; i++)
        if (strncmp(j->evidence.listing[i].title, title, strlen(title)) == 0)
            return &j->evidence.listing[i];
    fail_msg("no table \"%s\"", title);
    return NULL;
}

/* Of 6 blocks with one SG after 3: sigma's exponents are 1 and 3/2 after its blocks 2 and 3, and
 * after blocks 1 and 2 with SGs everywhere.  So all that is measured there is the same, up to
 * rounding: sums over 400 images and products of 7 layers, 1e-12 relative with room of a thousand.
 * The linear net has no larger share below an SG. */
static void check_linear(const struct sg_listing *l)
{
    enum { RULES = 3, SHARE = 0, MEASURES = 3, ALIKE = MEASURES * RULES };
    const size_t width = l->n_columns - 1;
    CHECK(l->n_rows == 6 && width == ALIKE + 2);
    for (size_t block = 0; block < l->n_rows; block++) {
        const double *value = l->value + block * width, *above = value - width;
        for (size_t k = 0; k < MEASURES && (block == 1 || block == 2); k++)
            CHECK(fabs(value[k * RULES + 1] / above[k * RULES + 2] - 1) <= 1e-12);
        CHECK(value[SHARE] > value[SHARE + 1] && value[SHARE + 1] > value[SHARE + 2]);
        CHECK(value[ALIKE] > 0.9 && value[ALIKE] < 1 && value[ALIKE + 1] < 1);
    }
}

/* Seeds, and so digits, that nothing was tuned to. */
static void classes_below_an_sg(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/nl3_dissimilarity.cfg", 1);
    struct sg_judgement j = judge(&c, 4711);
    const struct sg_row *share = row_id(&j, "share");
    context("%s", j.evidence.note);
    CHECK(j.verdict == SG_REPRODUCED && j.has_control && j.control_ok);
    CHECK(share->ok && !share->secondary && share->low > 0.1 && share->high < 0.5);
    CHECK(strstr(share->what, "(relu, batch norm, Adam)") != NULL);
    /* The rule is seen in CKA with the least p of 8 starts, and makes less of a difference than a
     * start does: columns energy, ratio, p, least p are the last four. */
    const struct sg_listing *energy = listing_of(&j, "backprop and a rule");
    CHECK(energy->n_rows == 6 && energy->n_columns == 8);
    for (size_t row = 0; row < energy->n_rows; row++) {
        const double *value = energy->value + row * (energy->n_columns - 1);
        CHECK(value[4] > 0 && value[4] < 1 && value[5] == 1.0 / 128 && value[6] == 1.0 / 128);
    }
    CHECK(listing_of(&j, "the nets over 8 seeds")->n_rows == 4);
    check_linear(listing_of(&j, "DY15"));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
    read_case(&c, "cases/nl3_sigmoid.cfg", 1);
    j = judge(&c, 4711);
    CHECK(j.ok && j.verdict == SG_NOT_REPRODUCED && row_id(&j, "share")->measured < 0.1);
    CHECK(strstr(row_id(&j, "share")->what, "(sigmoid, batch norm, Adam)") != NULL);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static size_t files_in(const char *folder, bool unlink_them)
{
    DIR *open = opendir(folder);
    size_t n = 0;
    CHECK(open != NULL);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;)
        if (entry->d_name[0] != '.') {
            char *path = sg_base_format("%s/%s", folder, entry->d_name);
            CHECK(!unlink_them || unlink(path) == 0);
            free(path);
            n++;
        }
    closedir(open);
    return n;
}

/* The portraits that NL3 leaves are those that NL4 would have made, and takes: no piece is added.
 */
static void trained_once(void **state)
{
    (void)state;
    char folder[] = "/tmp/synthgrad-nl3-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    char *pieces = sg_base_format("%s/nl_trained/pieces", folder),
         *above = sg_base_format("%s/nl_trained", folder);
    struct sg_case c, probes;
    struct sg_error err;
    small(&c);
    read_case(&probes, "cases/nl4_probes.cfg", 1);
    probes.data = c.data;
    probes.net = c.net;
    probes.module[0] = c.module[0];
    probes.train = c.train;
    const uint64_t seed = 3;
    const struct sg_judge_options kept = {.seed = &seed, .out = folder};
    struct sg_judgement j, again, fresh, shared;
    CHECK_STATUS(sg_claim_judge(&j, &c, &kept, &err), SG_OK);
    CHECK(files_in(pieces, false) == 4 * SG_LAB_SEEDS);
    CHECK_STATUS(sg_claim_judge(&again, &c, &kept, &err), SG_OK);
    for (size_t i = 0; i < j.evidence.n_rows; i++)
        CHECK(j.evidence.row[i].measured == again.evidence.row[i].measured);
    fresh = judge(&probes, seed);
    CHECK_STATUS(sg_claim_judge(&shared, &probes, &kept, &err), SG_OK);
    CHECK(files_in(pieces, false) == 4 * SG_LAB_SEEDS);
    for (size_t i = 0; i < fresh.evidence.n_rows; i++)
        CHECK(fresh.evidence.row[i].measured == shared.evidence.row[i].measured);
    /* Other nets, other pieces: a probe of these with another rate is not the old one. */
    probes.train.mu *= 2;
    sg_claim_judgement_free(&shared);
    CHECK_STATUS(sg_claim_judge(&shared, &probes, &kept, &err), SG_OK);
    CHECK(fresh.evidence.row[1].measured != shared.evidence.row[1].measured);
    sg_claim_judgement_free(&j);
    sg_claim_judgement_free(&again);
    sg_claim_judgement_free(&fresh);
    sg_claim_judgement_free(&shared);
    sg_case_free(&c);
    sg_case_free(&probes);
    CHECK(files_in(pieces, true) == 4 * SG_LAB_SEEDS && rmdir(pieces) == 0 && rmdir(above) == 0 &&
          rmdir(folder) == 0);
    free(pieces);
    free(above);
}

static struct sg_judgement judge_at(struct sg_case *c, double mu, double nu,
                                    const double mu_times[4], const double nu_times[2])
{
    struct sg_case_train *train = &c->train;
    train->mu = mu;
    train->nu = nu;
    train->mu_times = (struct sg_real_list){.n = mu_times ? 4 : 0};
    train->nu_times = (struct sg_real_list){.n = nu_times ? 2 : 0};
    for (size_t i = 0; i < train->mu_times.n; i++)
        train->mu_times.value[i] = mu_times[i];
    for (size_t i = 0; i < train->nu_times.n; i++)
        train->nu_times.value[i] = nu_times[i];
    return judge(c, 5);
}

/* The rate of a rule is the case's times the rule's factor: doubled factors are doubled rates, bit
 * for bit; one rule's factor is not another's. */
static void each_rule_has_its_rates(void **state)
{
    (void)state;
    struct sg_case c;
    small(&c);
    const double twice[4] = {2, 2, 2, 2}, one_sg[4] = {1, 2, 1, 1}, last_nu[2] = {1, 2};
    struct sg_judgement plain = judge_at(&c, 1e-3, 2e-3, NULL, NULL),
                        doubled = judge_at(&c, 2e-3, 4e-3, NULL, NULL),
                        factors = judge_at(&c, 1e-3, 2e-3, twice, twice),
                        one = judge_at(&c, 1e-3, 2e-3, one_sg, last_nu);
    for (size_t i = 0; i < doubled.evidence.n_rows; i++)
        CHECK(doubled.evidence.row[i].measured == factors.evidence.row[i].measured);
    const struct sg_listing *before = listing_of(&plain, "the nets over"),
                            *after = listing_of(&one, "the nets over");
    const size_t columns = before->n_columns - 1;
    const bool changes[4] = {false, true, true, false};
    for (size_t rule = 0; rule < 4; rule++) {
        const double *a = before->value + rule * columns, *b = after->value + rule * columns;
        CHECK(a[0] == 1e-3 && b[0] == 1e-3 * one_sg[rule]);
        if (rule == 1 || rule == 2)
            CHECK(a[1] == 2e-3 && b[1] == 2e-3 * last_nu[rule - 1]);
        CHECK((a[8] != b[8]) == changes[rule]);
    }
    sg_claim_judgement_free(&plain);
    sg_claim_judgement_free(&doubled);
    sg_claim_judgement_free(&factors);
    sg_claim_judgement_free(&one);
    sg_case_free(&c);
}

static void wrong_settings_are_inconclusive(void **state)
{
    (void)state;
#define CASE(layers, at, test, batch) \
    "claim = \"NL3\"; expect = \"reproduced\"; data = { kind = \"digits\"; n = 60; test = " test \
    "; };" \
    "net = { layers = " layers "; loss = \"softmax\"; activation = \"relu\"; };" \
    "sg = ( { at = " at \
    "; } ); train = { units = \"absolute\"; epochs = 1; seeds = 8; batch = " batch "; };"
    check_inconclusive(CASE("(8, 8, 9)", "1", "40", "20"), "layer 3 has 9 units, the first 8");
    check_inconclusive(CASE("(8, 8)", "1", "40", "20"), "net.layers has 2");
    check_inconclusive(CASE("(8, 8, 8)", "3", "40", "20"), "it is at boundary 3 of 3 layers");
    check_inconclusive(CASE("(8, 8, 8)", "\"output\"", "40", "20"),
                       "it is at boundary 4 of 3 layers");
    check_inconclusive(CASE("(8, 8, 8)", "1", "39", "20"), "there are 39");
    check_inconclusive(CASE("(8, 8, 8)", "1", "40", "61"), "batch = 61 > n = 60");
    check_inconclusive(CASE("(8, 8, 8)", "1", "40", "20; mu_times = (1.0, 2.0)"),
                       "train.mu_times has 2 numbers, arms are 4");
    check_inconclusive(CASE("(8, 8, 8)", "1", "40", "20; nu_times = (1.0, 0.0)"),
                       "train.nu_times has 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(classes_below_an_sg), TEST(observing_cuts_nothing),
                                       TEST(each_rule_has_its_rates),
                                       TEST(trained_once), TEST(wrong_settings_are_inconclusive)};
    return RUN(tests);
}
