/* Memory: aligned, zeroed, never NULL, and an end of the process where there is none. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

static bool all_zero(const unsigned char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i])
            return false;
    return true;
}

static void aligned_and_zeroed(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < 700; bytes += bytes < 70 ? 1 : 13) {
        context("%zu bytes", bytes);
        /* the second block is most likely the first one, dirtied */
        for (int again = 0; again < 3; again++) {
            unsigned char *p = sg_base_alloc(bytes, 1);
            CHECK(p != NULL && (uintptr_t)p % 64 == 0);
            CHECK(all_zero(p, bytes));
            memset(p, 0xa5, bytes);
            free(p);
        }
    }
    double *a = SG_NEW(12345, double);
    CHECK(all_zero((unsigned char *)a, 12345 * sizeof *a));
    memset(a, 1, 12345 * sizeof *a);
    free(a);
}

static void distinct_blocks(void **state)
{
    (void)state;
    void *a = sg_base_alloc(0, 8), *b = sg_base_alloc(0, 8), *c = sg_base_alloc(8, 0);
    CHECK(a && b && c && a != b && b != c && a != c);
    free(a);
    free(b);
    free(c);
}

static void copies(void **state)
{
    (void)state;
    const double from[] = {2.385, -0.17, 5.5e-310, 4.25, 9.75};
    double *to = sg_base_copy(from, 3, sizeof *from);
    CHECK((uintptr_t)to % 64 == 0);
    CHECK_SAME(to, from, 3);
    free(to);
    void *nothing = sg_base_copy(NULL, 0, 8);
    CHECK(nothing != NULL);
    free(nothing);
}

static void formats(void **state)
{
    (void)state;
    char *text = sg_base_format("%s-%04d-%.3f", "left", 42, 2.3854);
    CHECK(strcmp(text, "left-0042-2.385") == 0);
    free(text);
}

/* 1,000 elements pushed one by one: all kept, room always larger than the count, few moves. */
static void grows(void **state)
{
    (void)state;
    size_t capacity = 0, moves = 0;
    uint64_t *array = NULL;
    for (size_t count = 0; count < 1000; count++) {
        uint64_t *before = array;
        array = sg_base_grow(array, count, &capacity, sizeof *array);
        moves += array != before;
        CHECK(capacity > count);
        array[count] = count * UINT64_C(0x9e3779b97f4a7c15);
    }
    for (size_t i = 0; i < 1000; i++)
        CHECK(array[i] == i * UINT64_C(0x9e3779b97f4a7c15));
    CHECK(moves <= 10);                                    /* doubling */
    CHECK(sg_base_grow(array, capacity - 1, &capacity, sizeof *array) == array);
    free(array);
}

static void exhaustion_ends_the_process(void **state)
{
    (void)state;
    CHECK_EXITS(free(sg_base_alloc(SIZE_MAX / 8, 16)), 3);       /* the product overflows */
    CHECK_EXITS(free(sg_base_alloc(SIZE_MAX / 16 + 1, 16)), 3);  /* to exactly 0 */
    /* rounding up to the alignment would overflow */
    CHECK_EXITS(free(sg_base_alloc(SIZE_MAX, 1)), 3);
    CHECK_EXITS(free(sg_base_alloc(SIZE_MAX - 3, 1)), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(aligned_and_zeroed),
                                       TEST(distinct_blocks),
                                       TEST(copies),
                                       TEST(formats),
                                       TEST(grows),
                                       TEST(exhaustion_ends_the_process)};
    return RUN(tests);
}
