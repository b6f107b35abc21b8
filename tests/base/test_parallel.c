/* Parallel loops: every index once, as many threads as jobs allow and no
 * more, nested, interrupted. */
#include "support.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void pause_ns(long ns)
{
    const struct timespec t = {0, ns};
    nanosleep(&t, NULL);
}

/* ---- every index once ------------------------------------------------------------------ */

struct tally { atomic_int *seen; atomic_int running, most; };

static void count_me(size_t i, void *context_v)
{
    struct tally *tally = context_v;
    const int now = atomic_fetch_add(&tally->running, 1) + 1;
    int most = atomic_load(&tally->most);
    while (now > most && !atomic_compare_exchange_weak(&tally->most, &most, now))
        ;
    if (i % 7 == 0)
        pause_ns(20000);
    atomic_fetch_add(&tally->seen[i], 1);
    atomic_fetch_sub(&tally->running, 1);
}

static void every_index_once(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, 2, 3, 8, 9, 500}, jobs[] = {1, 2, 3, 8};
    for (size_t j = 0; j < COUNT(jobs); j++)
        for (size_t s = 0; s < COUNT(sizes); s++) {
            context("%zu indices, %zu jobs", sizes[s], jobs[j]);
            struct tally tally = {.seen = SG_NEW(sizes[s] + 1, atomic_int)};
            sg_base_set_jobs(jobs[j]);
            CHECK(sg_base_jobs() == jobs[j]);
            CHECK_STATUS(sg_base_parallel_for(sizes[s], count_me, &tally), SG_OK);
            for (size_t i = 0; i < sizes[s]; i++)
                CHECK(atomic_load(&tally.seen[i]) == 1);
            CHECK(atomic_load(&tally.seen[sizes[s]]) == 0);
            CHECK((size_t)atomic_load(&tally.most) <= jobs[j]);
            free(tally.seen);
        }
    sg_base_set_jobs(1);
    CHECK_ABORTS(sg_base_set_jobs(0));
}

/* ---- threads really meet, at any depth of nesting, and come back afterwards ------------ */

enum { MEET = 4 };
static atomic_int inside;

/* Waits, at most ten seconds, until MEET bodies are inside at once. */
static void meet(size_t i, void *ok)
{
    atomic_fetch_add(&inside, 1);
    for (int t = 0; t < 10000 && atomic_load(&inside) < MEET; t++)
        pause_ns(1000000);
    ((bool *)ok)[i] = atomic_load(&inside) >= MEET;
}

static void inner_meeting(size_t i, void *ok)
{
    ((enum sg_status *)ok)[i] = SG_REFUTED;
    bool met[MEET] = {false};
    atomic_store(&inside, 0);
    if (sg_base_parallel_for(MEET, meet, met) == SG_OK && met[0] && met[1] && met[2] && met[3])
        ((enum sg_status *)ok)[i] = SG_OK;
}

static void all_threads_work(void **state)
{
    (void)state;
    sg_base_set_jobs(MEET);
    for (int round = 0; round < 3; round++) {
        bool met[MEET] = {false};
        atomic_store(&inside, 0);
        CHECK_STATUS(sg_base_parallel_for(MEET, meet, met), SG_OK);
        for (size_t i = 0; i < MEET; i++)
            CHECK(met[i]);
        enum sg_status nested = SG_UNPROVED;
        /* a loop of one leaves its threads to the inner loop */
        CHECK_STATUS(sg_base_parallel_for(1, inner_meeting, &nested), SG_OK);
        CHECK_STATUS(nested, SG_OK);
    }
    sg_base_set_jobs(1);
}

/* ---- the result does not depend on the number of threads ------------------------------- */

enum { OUTER = 13, INNER = 29 };
struct grid { double *out; size_t row; };

static void cell(size_t j, void *grid_v)
{
    struct grid *grid = grid_v;
    double x = 0.3 + (double)(grid->row * INNER + j) / 377;
    for (int k = 0; k < 200; k++)
        x = 3.9 * x * (1 - x / 2) / 2;
    grid->out[grid->row * INNER + j] = sin(x) + (double)j;
}

static void row_of_cells(size_t i, void *out)
{
    struct grid grid = {out, i};
    if (sg_base_parallel_for(INNER, cell, &grid) != SG_OK)
        grid.out[i * INNER] = SG_NAN;
}

static void nested_and_reproducible(void **state)
{
    (void)state;
    double alone[OUTER * INNER] = {0}, together[OUTER * INNER];
    for (size_t i = 0; i < OUTER; i++)
        for (size_t j = 0; j < INNER; j++)
            cell(j, &(struct grid){alone, i});
    const size_t jobs[] = {1, 2, 8};
    for (size_t k = 0; k < COUNT(jobs); k++) {
        context("%zu jobs", jobs[k]);
        memset(together, 0, sizeof together);
        sg_base_set_jobs(jobs[k]);
        CHECK_STATUS(sg_base_parallel_for(OUTER, row_of_cells, together), SG_OK);
        CHECK_SAME(alone, together, OUTER * INNER);
    }
    sg_base_set_jobs(1);
}

/* ---- Ctrl-C: it stays until it is taken back, so each scenario has a process of its own - */

struct stop { size_t at; atomic_size_t done; };

static void stop_at(size_t i, void *stop_v)
{
    struct stop *stop = stop_v;
    if (i == stop->at)
        sg_base_interrupt();
    atomic_fetch_add(&stop->done, 1);
}

/* Exit 0 when the loop of n, interrupted inside body `at`, ended with `status` after at least
 * `least` and at most `most` bodies. */
static void interrupted_loop(size_t n, size_t at, size_t jobs, enum sg_status status, size_t least,
                             size_t most)
{
    struct stop stop = {.at = at};
    sg_base_set_jobs(jobs);
    if (sg_base_interrupted())
        child_finish(1);
    if (sg_base_parallel_for(n, stop_at, &stop) != status)
        child_finish(2);
    if (!sg_base_interrupted())
        child_finish(3);
    const size_t done = atomic_load(&stop.done);
    if (done < least || done > most)
        child_finish(4);
    struct stop none = {.at = SIZE_MAX};
    if (sg_base_parallel_for(5, stop_at, &none) != SG_INTERRUPTED || atomic_load(&none.done) != 0)
        child_finish(5);
    if (sg_base_parallel_for(0, stop_at, &none) != SG_OK)
        child_finish(6);
    sg_base_resume();
    if (sg_base_interrupted() || sg_base_parallel_for(5, stop_at, &none) != SG_OK ||
        atomic_load(&none.done) != 5)
        child_finish(7);
    child_finish(0);
}

static void interrupts(void **state)
{
    (void)state;
    CHECK_EXITS(interrupted_loop(1000, 5, 1, SG_INTERRUPTED, 6, 6), 0);
    CHECK_EXITS(interrupted_loop(1000, 0, 1, SG_INTERRUPTED, 1, 1), 0);
    /* all had started */
    CHECK_EXITS(interrupted_loop(1000, 999, 1, SG_OK, 1000, 1000), 0);
    CHECK_EXITS(interrupted_loop(1000, 998, 1, SG_INTERRUPTED, 999, 999), 0);
    CHECK_EXITS(interrupted_loop(100000000, 5, 4, SG_INTERRUPTED, 6, 99999999), 0);
}

/* ---- a pass that threads share --------------------------------------------------------- */

struct shared { size_t n, unit; atomic_int *seen; atomic_size_t parts; atomic_int wrong; };

static void mark(size_t part, size_t parts, void *context_v)
{
    struct shared *shared = context_v;
    size_t from, to;
    sg_base_share(&from, &to, shared->n, shared->unit, part, parts);
    if (!(from <= to && to <= shared->n && (from % shared->unit == 0 || from == shared->n)))
        atomic_fetch_add(&shared->wrong, 1);
    for (size_t i = from; i < to; i++)
        atomic_fetch_add(&shared->seen[i], 1);
    atomic_store(&shared->parts, parts);
}

/* No matter how many threads: every entry once; as many parts as jobs, at most `most`; and
 * again, since the threads stay. */
static void every_entry_once(void **state)
{
    (void)state;
    const size_t sizes[] = {0, 1, 5, 64, 1000}, jobs[] = {1, 2, 3, 8},
                 mosts[] = {0, 1, 2, SIZE_MAX};
    for (size_t j = 0; j < COUNT(jobs); j++)
        for (size_t s = 0; s < COUNT(sizes); s++)
            for (size_t m = 0; m < COUNT(mosts); m++) {
                const size_t want = mosts[m] == 0 ? 1 : mosts[m] < jobs[j] ? mosts[m] : jobs[j];
                struct shared shared = {.n = sizes[s],
                                        .unit = 16,
                                        .seen = SG_NEW(sizes[s] + 1, atomic_int)};
                sg_base_set_jobs(jobs[j]);
                for (int round = 1; round <= 20; round++) {
                    context("%zu entries, %zu jobs, at most %zu, round %d", sizes[s], jobs[j],
                            mosts[m], round);
                    sg_base_split(mosts[m], mark, &shared);
                    CHECK(atomic_load(&shared.parts) == want && atomic_load(&shared.wrong) == 0);
                    for (size_t i = 0; i < sizes[s]; i++)
                        CHECK(atomic_load(&shared.seen[i]) == round);
                }
                free(shared.seen);
            }
    sg_base_set_jobs(1);
}

/* Inside a loop that has all the jobs there is nobody to share with; when
 * it is over there is again. */
static void share_alone(size_t i, void *context_v)
{
    struct shared *shared = (struct shared *)context_v + i;
    sg_base_split(SIZE_MAX, mark, shared);
}

static void within_the_jobs(void **state)
{
    (void)state;
    enum { LOOPS = 40, N = 100, JOBS = 3 };
    struct shared shared[LOOPS];
    sg_base_set_jobs(JOBS);
    for (size_t i = 0; i < LOOPS; i++)
        shared[i] = (struct shared){.n = N, .unit = 1, .seen = SG_NEW(N, atomic_int)};
    CHECK_STATUS(sg_base_parallel_for(LOOPS, share_alone, shared), SG_OK);
    for (size_t i = 0; i < LOOPS; i++) {
        for (size_t e = 0; e < N; e++)
            CHECK(atomic_load(&shared[i].seen[e]) == 1);
        CHECK(atomic_load(&shared[i].parts) <= JOBS);
        free(shared[i].seen);
    }
    struct shared after = {.n = N, .unit = 1, .seen = SG_NEW(N, atomic_int)};
    sg_base_split(SIZE_MAX, mark, &after);
    CHECK(atomic_load(&after.parts) == JOBS);
    free(after.seen);
    sg_base_set_jobs(1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_index_once),        TEST(all_threads_work),
                                       TEST(nested_and_reproducible), TEST(interrupts),
                                       TEST(every_entry_once),        TEST(within_the_jobs)};
    return RUN(tests);
}
