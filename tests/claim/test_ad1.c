/* AD1: a small table, with its control; no data but two classes with a bias. */
#include <math.h>
#include <stdlib.h>

#include "claim/judge.h"

static void a_small_table_holds_and_its_control_does_not(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/ad1_artificial_data.cfg", 1);
    c.train.seeds = 3;
    c.control->train.seeds = 2;
    struct sg_judgement j = judge(&c, 4711);
    context("%s", j.evidence.note);
    CHECK(j.ok && j.verdict == SG_HOLDS && j.control_ok && j.control_verdict == SG_FAILS);
    row_id(&j, "gap");
    row_id(&j, "softmax-unequal");
    row_id(&j, "deep-log");
    CHECK(j.evidence.n_listings == 4);
    const struct sg_listing *paper = &j.evidence.listing[0];
    CHECK(paper->n_rows == 6 && paper->n_columns == 9);
    for (size_t row = 0; row < 6; row++)
        CHECK(paper->value[row * 8] >= 0 && paper->value[row * 8] < 4e-5);   /* MSE: small */
    const struct sg_listing *columns = &j.evidence.listing[3];
    CHECK(columns->n_rows == 3 && columns->n_columns == 9);
    /* medians: of the gap from equal columns, 5 %, 95 %, from unequal ones */
    const double *noisy = columns->value + 8;
    CHECK(noisy[3] < 1e-3 * noisy[0]);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Runs that cannot arrive within their steps are no evidence. */
static void too_few_arrive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/ad1_artificial_data.cfg", 1);
    c.has_control = false;
    c.train.seeds = 2;
    c.train.steps = 16;
    struct sg_judgement j = judge(&c, 1);
    CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, "raise train.steps"));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* The sets are its own: what it does not read is refused at its line. */
static void other_data_are_refused(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err;
    struct sg_judgement j;
    const struct sg_judge_options options = {0};
    read_case(&c, "cases/ad1_artificial_data.cfg", 1);
    c.data.bias = false;
    CHECK_STATUS(sg_claim_judge(&j, &c, &options, &err), SG_BAD_INPUT);
    CHECK(strstr(err.text, "data.bias"));
    c.data.bias = true;
    c.given[sg_case_key_find("data.n")] = true;
    CHECK_STATUS(sg_claim_judge(&j, &c, &options, &err), SG_BAD_INPUT);
    CHECK(strstr(err.text, "data.n"));
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_small_table_holds_and_its_control_does_not),
        cmocka_unit_test(too_few_arrive),
        cmocka_unit_test(other_data_are_refused),
    };
    sg_base_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
