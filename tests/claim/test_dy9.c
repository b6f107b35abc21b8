/* DY9 as a claim: it holds for seeds that no tolerance was tuned to, its controls break it, and the output is exact to the bit. */
#include <string.h>

#include "claim/judge.h"

enum { ROWS = 5, OUTPUT_ROW = 4 };

static void holds(void **state)
{
    (void)state;
    static const char *const path[] = {"cases/dy9_fast_sg.cfg", "cases/dy9_deeper.cfg"};
    for (uint64_t seed = 4711; seed < 4713; seed++) {
        struct sg_case c;
        read_case(&c, path[seed % 2], 1);
        c.control->train.steps = 200;
        struct sg_judgement j = judge(&c, seed);
        if (!j.ok || j.verdict != SG_HOLDS || j.evidence.n_rows != ROWS)
            fail_msg("%s, seed %llu: %s, %zu rows, control %s", path[seed % 2], (unsigned long long)seed, sg_claim_verdict_name(j.verdict),
                     j.evidence.n_rows, sg_claim_verdict_name(j.control_verdict));
        assert_true(j.evidence.row[OUTPUT_ROW].measured == 0.0);
        assert_int_equal(j.control_verdict, SG_FAILS);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* A frozen SG, an SG beyond its own limit, and one without labels stay away from backprop however small mu is. */
static void fails_without_its_hypotheses(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct sg_case c;
        read_case(&c, "cases/dy9_fast_sg.cfg", 1);
        c.train.steps = 200;
        c.train.nu = i == 0 ? 0 : i == 1 ? 1.05 : c.train.nu;
        c.module[0].terms = i == 2 ? (unsigned)(SG_H | SG_ONE) : c.module[0].terms;
        struct sg_judgement j = judge(&c, 3);
        assert_int_equal(j.verdict, SG_FAILS);
        assert_false(j.evidence.row[0].ok);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* An SG at the output, or another order of updates, is another claim. */
static void needs_a_hidden_layer_and_plain_time(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct sg_case c;
        read_case(&c, "cases/dy9_fast_sg.cfg", 1);
        c.module[0].at = i == 0 ? -1 : 1;
        c.train.order = i == 1 ? SG_SG_FIRST : SG_SIMULTANEOUS;
        struct sg_judgement j = judge(&c, 1);
        assert_int_equal(j.verdict, SG_INCONCLUSIVE);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds),
        TEST(fails_without_its_hypotheses),
        TEST(needs_a_hidden_layer_and_plain_time),
    };
    return RUN(tests);
}
