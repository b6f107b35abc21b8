/* CP3 as a claim: holds where the loss is zero; with noise exactly the families that cannot produce g lose the point. */
#include <stdio.h>

#include "claim/judge.h"

static void holds(void **state)
{
    (void)state;
    check_case_holds("cases/cp3_zero_loss.cfg", 2, 14);
}

/* Over all phi, without a ones column in X: y, 1, h1 and y1 lose a noisy least-squares point; h keeps it (E[p^T r*] = 0), hy and hy1 produce g. */
static void who_loses_the_point(void **state)
{
    (void)state;
    const struct { const char *family; bool keeps; } expected[] = {{"h", true}, {"y", false}, {"hy", true}, {"1", false},
                                                                   {"h1", false}, {"y1", false}, {"hy1", true}};
    struct sg_case c;
    read_case(&c, "cases/cp3_zero_loss.cfg", 2);
    c.data.noise = 0.3;
    struct sg_judgement j = judge(&c, 8);
    CHECK(j.verdict == SG_FAILS);
    for (size_t i = 0; i < COUNT(expected); i++) {
        bool found = false, ok = false;
        char what[100];
        snprintf(what, sizeof what, "joint update at the best of all phi, family %s", expected[i].family);
        for (size_t r = 0; r < j.evidence.n_rows; r++)
            if (strcmp(j.evidence.row[r].what, what) == 0) {
                found = true;
                ok = j.evidence.row[r].ok;
            }
        context("%s", what);
        CHECK(found);
        CHECK(ok == expected[i].keeps);
    }
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* A hidden layer and an SG below it; rank-deficient X. */
static void holds_elsewhere(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp3_zero_loss.cfg", 1);
    c.has_control = false;
    c.data.rank = 3;
    struct sg_judgement j = judge(&c, 2);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    c.net.layers = (struct sg_int_list){.n = 1, .value = {4}};
    c.module[0].at = 1;
    c.train.units = SG_UNITS_ABSOLUTE;
    c.train.mu = c.train.nu = 0.002;
    j = judge(&c, 2);
    CHECK(j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(holds), TEST(who_loses_the_point), TEST(holds_elsewhere)};
    return RUN(tests);
}
