/* DY8 as a claim: it holds on its case, its control and a backprop case break it, and another net is none of its business. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "claim/judge.h"

#define CASE "cases/dy8_repelling_minima.cfg"

static void holds_for_untuned_seeds(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 2);
    for (uint64_t seed = 4711; seed < 4714; seed++) {
        struct sg_judgement j = judge(&c, seed);
        if (!j.ok || j.verdict != SG_HOLDS || j.control_verdict != SG_FAILS)
            for (size_t r = 0; r < j.evidence.n_rows; r++)
                if (!j.evidence.row[r].ok)
                    fail_msg("seed %llu: %s, measured %.17g predicted %.17g tolerance %.17g", (unsigned long long)seed, j.evidence.row[r].what,
                             j.evidence.row[r].measured, j.evidence.row[r].predicted, j.evidence.row[r].tolerance);
        assert_true(j.ok);
        sg_claim_judgement_free(&j);
    }
    sg_case_free(&c);
}

/* Beyond the critical kappa = 0.009402957... the instance attracts; with mix = 0 nothing is applied and nothing leaves. */
static void fails_where_the_minimum_attracts(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    c.has_control = false;
    c.train.nu = 0.0760 * c.train.mu / 8.0;
    struct sg_judgement j = judge(&c, 3);
    assert_int_equal(j.verdict, SG_FAILS);
    sg_claim_judgement_free(&j);
    c.train.nu = 0.008;
    c.module[0].mix = 0.0;
    j = judge(&c, 3);
    assert_int_equal(j.verdict, SG_FAILS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Another width is another net: neither holds nor fails. */
static void another_net_is_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 1);
    c.has_control = false;
    c.net.layers.value[0] = 3;
    struct sg_judgement j = judge(&c, 1);
    assert_int_equal(j.verdict, SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* The found minima: each repels, leaves at its rate, and where the case has a flight it comes to rest elsewhere; kappa beyond the critical one does not
 * repel. */
static void found_minima_hold(void **state)
{
    (void)state;
    static const struct { const char *path; size_t rows; } found[] = {{"cases/dy8_two_layers.cfg", 4}, {"cases/dy8_three_layers.cfg", 3},
        {"cases/dy8_four_layers.cfg", 3}, {"cases/dy8_three_scalar.cfg", 7}, {"cases/dy8_three_isotropic.cfg", 7}, {"cases/dy8_share.cfg", 5},
        {"cases/dy8_four_layers_rests.cfg", 7}};
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        struct sg_case c;
        struct sg_error err;
        if (sg_case_read(&c, found[i].path, &err) != SG_OK)
            fail_msg("%s", err.text);
        struct sg_judgement j = judge(&c, 4711 + i);
        assert_true(j.ok);
        assert_true(j.has_control);
        assert_int_equal(j.verdict, SG_HOLDS);
        assert_int_equal(count_rows(&j, false), found[i].rows);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* A given minimum needs its weights. */
static void map_alone_is_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err;
    assert_int_equal(sg_case_read(&c, "cases/dy8_two_layers.cfg", &err), SG_OK);
    c.has_control = false;
    c.net.weights.n = 0;
    struct sg_judgement j = judge(&c, 1);
    assert_int_equal(j.verdict, SG_INCONCLUSIVE);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

/* Bits do not depend on the number of threads. */
static void same_bits_for_any_jobs(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, CASE, 3);
    c.has_control = false;
    check_same_bits(&c, 9);
    sg_case_free(&c);
}

/* A given minimum, a random one, and one of six layers. */
static void maps_hold_and_their_controls_do_not(void **state)
{
    (void)state;
    const char *const path[] = {"cases/dy8_map.cfg", "cases/dy8_map_random.cfg", "cases/dy8_map_deep.cfg"};
    for (size_t k = 0; k < sizeof path / sizeof *path; k++) {
        struct sg_case c;
        read_case(&c, path[k], 1);
        struct sg_judgement j = judge(&c, 4721);
        context("%s: %s", path[k], j.evidence.note);
        CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
        sg_claim_judgement_free(&j);
        sg_case_free(&c);
    }
}

/* A minimum that attracts nowhere within its steps gives no verdict. */
static void a_slow_map_is_inconclusive(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/dy8_map.cfg", 1);
    c.has_control = false;
    c.train.steps = 16;
    struct sg_judgement j = judge(&c, 4721);
    CHECK(j.verdict == SG_INCONCLUSIVE && strstr(j.evidence.note, "train.steps"));
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holds_for_untuned_seeds),
        TEST(fails_where_the_minimum_attracts),
        TEST(another_net_is_inconclusive),
        TEST(found_minima_hold),
        TEST(map_alone_is_inconclusive),
        TEST(same_bits_for_any_jobs),
        TEST(maps_hold_and_their_controls_do_not),
        TEST(a_slow_map_is_inconclusive),
    };
    return RUN(tests);
}
