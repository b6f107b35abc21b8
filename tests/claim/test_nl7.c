/* NL7: observed runs have backprop's bits, in both forms and with depth; a trace of mixing has not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "synthgrad/claim.h"

static void judge(int form, int hidden, bool expected)
{
    struct sg_case c;
    struct sg_error err;
    struct sg_judgement j;
    const struct sg_judge_options options = {0};
    if (sg_case_read(&c, "cases/nl7_observe_only.cfg", &err) != SG_OK)
        fail_msg("%s", err.text);
    c.train.form = c.control->train.form = form;
    if (hidden)
        c.net.layers = c.control->net.layers = (struct sg_int_list){.n = 1, .value = {hidden}};
    if (!expected)
        c.module[0].mix = 1e-9;
    assert_int_equal(sg_claim_judge(&j, &c, &options, &err), SG_OK);
    assert_int_equal(j.ok, expected);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void observing_changes_no_bit(void **state)
{
    (void)state;
    for (int form = SG_FORM_SAMPLE; form <= SG_FORM_COMPRESSED; form++)
        for (int hidden = 0; hidden < 4; hidden += 3) {
            judge(form, hidden, true);
            judge(form, hidden, false);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(observing_changes_no_bit)};
    sg_base_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
