/* Status words, refusals, and the comparison every verdict goes through. */
#include "support.h"

#include <math.h>
#include <string.h>

static void names_and_texts(void **state)
{
    (void)state;
    const struct { enum sg_status status; const char *name, *text; } all[] = {
#define ROW(name, text) {name, #name, text},
        SG_STATUS_LIST(ROW)
#undef ROW
    };
    CHECK(COUNT(all) == 12);
    CHECK(SG_OK == 0);
    for (size_t i = 0; i < COUNT(all); i++) {
        CHECK((size_t)all[i].status == i);
        CHECK(strcmp(sg_base_status_name(all[i].status), all[i].name) == 0);
        CHECK(strcmp(sg_base_status_text(all[i].status), all[i].text) == 0);
    }
    CHECK(strcmp(sg_base_status_name((enum sg_status)77), "unknown status") == 0);
    CHECK(strcmp(sg_base_status_text((enum sg_status)77), "unknown status") == 0);
}

static void refusals(void **state)
{
    (void)state;
    struct sg_error err;
    CHECK_STATUS(sg_base_refuse(&err, "a.csv", 17, "%d is %s; mend it", 3, "odd"), SG_BAD_INPUT);
    CHECK(strcmp(err.text, "a.csv:17: 3 is odd; mend it") == 0);
    CHECK_STATUS(sg_base_refuse(&err, "a.csv", 0, "empty"), SG_BAD_INPUT);
    CHECK(strcmp(err.text, "a.csv: empty") == 0);
    CHECK_STATUS(sg_base_refuse(&err, NULL, 0, "no file"), SG_BAD_INPUT);
    CHECK(strcmp(err.text, "no file") == 0);
    CHECK_STATUS(sg_base_refuse(&err, NULL, 5, "no file either"), SG_BAD_INPUT);
    CHECK(strcmp(err.text, "no file either") == 0);
    CHECK_ABORTS((void)sg_base_refuse(NULL, NULL, 0, "nowhere to write"));
}

/* A long name keeps its last 200 bytes, a message longer than the room is cut, neither overruns. */
static void long_refusals(void **state)
{
    (void)state;
    struct { struct sg_error err; char guard[8]; } box;
    char name[2000];
    memset(name, 'n', sizeof name);
    for (size_t length = 600; length < sizeof name; length += 13) {
        context("length %zu", length);
        name[length] = '\0';
        memset(&box, '#', sizeof box);
        CHECK_STATUS(sg_base_refuse(&box.err, name, 4, "why"), SG_BAD_INPUT);
        CHECK(memcmp(box.guard, "########", 8) == 0);
        CHECK(strlen(box.err.text) == 3 + 200 + 7);             /* "..." the tail ":4: why" */
        CHECK(strcmp(box.err.text + 203, ":4: why") == 0);
        memset(&box, '#', sizeof box);
        CHECK_STATUS(sg_base_refuse(&box.err, "f", 4, "%s", name), SG_BAD_INPUT);
        CHECK(memcmp(box.guard, "########", 8) == 0);
        CHECK(strlen(box.err.text) ==
              (length + 5 < sizeof box.err.text ? length + 5 : sizeof box.err.text - 1));
        name[length] = 'n';
    }
}

/* Nothing in a file's name breaks the message out of its line. */
static void refusals_stay_on_one_line(void **state)
{
    (void)state;
    struct sg_error err;
    CHECK_STATUS(sg_base_refuse(&err, "a\nb\x1b.csv", 4, "why"), SG_BAD_INPUT);
    CHECK(strcmp(err.text, "a\\x0ab\\x1b.csv:4: why") == 0);
    CHECK(strcmp(sg_base_show("gr\xc3\xbc\xc3\x9f", 40).text, "gr\xc3\xbc\xc3\x9f") == 0);
    /* a right-to-left override */
    CHECK(strcmp(sg_base_show("\xe2\x80\xae" "ab", 40).text, "\\xe2\\x80\\xaeab") == 0);
    CHECK(strcmp(sg_base_show("abcdef", 5).text, "abcde...") == 0);
    CHECK(strcmp(sg_base_show("abcde", 5).text, "abcde") == 0);
    CHECK(sg_base_edit_distance("employed", "Employed") == 1 &&
          sg_base_edit_distance("steps", "stepz") == 2);
    CHECK(sg_base_edit_distance("", "abc") == 6 && sg_base_edit_distance("abc", "xabc") == 2 &&
          sg_base_edit_distance("ab", "ba") == 4);
}

static void aborts(void **state)
{
    (void)state;
    CHECK_ABORTS(sg_base_abort("file.c", 3, "n >= 1"));
    CHECK_ABORTS(SG_REQUIRE(1 > 2));
    CHECK_EXITS(SG_REQUIRE(2 > 1), 99);
}

static void within_fails_on_nan(void **state)
{
    (void)state;
    CHECK(sg_base_within(0.5, 0.5));
    CHECK(sg_base_within(0.0, 0.0));
    CHECK(!sg_base_within(nextafter(0.5, 1), 0.5));
    CHECK(!sg_base_within(SG_NAN, 1));
    CHECK(!sg_base_within(0, SG_NAN));
    CHECK(!sg_base_within(SG_NAN, HUGE_VAL));
    CHECK(sg_base_within(3.7, HUGE_VAL));
    CHECK(!sg_base_within(HUGE_VAL, 1e300));
}

static void maxima_keep_nan(void **state)
{
    (void)state;
    const double plain[] = {0.3, -7.25, 6.5, -0.0};
    CHECK(sg_base_max(2.385, -3) == 2.385 && sg_base_max(-3, 2.385) == 2.385);
    CHECK(isnan(sg_base_max(SG_NAN, 1)) && isnan(sg_base_max(1, SG_NAN)) &&
          isnan(sg_base_max(HUGE_VAL, SG_NAN)));
    CHECK(sg_base_max_abs(plain, 4) == 7.25);
    CHECK(sg_base_max_abs(plain, 1) == 0.3);
    CHECK(sg_base_max_abs(plain, 0) == 0);
    /* wherever the NaN stands, also before larger numbers */
    for (size_t at = 0; at < 4; at++) {
        double a[4] = {0.3, -7.25, 6.5, 8.5}, b[4] = {1.3, -9.5, 2.25, 8.5};
        CHECK(sg_base_max_abs_diff(a, b, 4) == 4.25);
        CHECK(sg_base_max_abs_diff(a, b, 2) == 2.25);
        CHECK(sg_base_all_finite(a, 4));
        a[at] = SG_NAN;
        CHECK(isnan(sg_base_max_abs(a, 4)));
        CHECK(isnan(sg_base_max_abs_diff(a, b, 4)) && isnan(sg_base_max_abs_diff(b, a, 4)));
        CHECK(!sg_base_all_finite(a, 4));
        CHECK(sg_base_all_finite(a, at));
        a[at] = -HUGE_VAL;
        CHECK(sg_base_max_abs(a, 4) == HUGE_VAL);
        CHECK(!sg_base_all_finite(a, 4));
    }
    CHECK(sg_base_max_abs_diff(plain, plain, 0) == 0);
    CHECK(SG_UNIT_ROUNDOFF == 0x1p-53);
    CHECK(1 + SG_UNIT_ROUNDOFF == 1 && 1 + 2 * SG_UNIT_ROUNDOFF > 1);
}

static void sorts_ascending(void **state)
{
    (void)state;
    double a[] = {2.385, -HUGE_VAL, 0.25, 2.385, -7.5, HUGE_VAL, 0.125};
    const double want[] = {-HUGE_VAL, -7.5, 0.125, 0.25, 2.385, 2.385, HUGE_VAL};
    sg_base_sort(a, COUNT(a));
    CHECK_SAME(a, want, COUNT(a));
    sg_base_sort(a, 0);
    CHECK_SAME(a, want, COUNT(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(names_and_texts), TEST(refusals),
                                       TEST(long_refusals),   TEST(refusals_stay_on_one_line),
                                       TEST(aborts),          TEST(within_fails_on_nan),
                                       TEST(maxima_keep_nan), TEST(sorts_ascending)};
    return RUN(tests);
}
