/* Made digits, minibatches and their order. */
#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/images.h"

static struct sg_images digits(size_t n, uint64_t replicate)
{
    struct sg_images images;
    struct sg_rng *rng = test_rng("digits", replicate);
    sg_data_make_digits(&images, n, rng);
    sg_base_rng_free(rng);
    return images;
}

/* ---- digits ---------------------------------------------------------------------------- */

static void test_digits_are_the_stream(void **state)
{
    (void)state;
    struct sg_images a = digits(70, 0), again = digits(70, 0), fewer = digits(33, 0),
                     other = digits(70, 1);
    CHECK(a.n == 70 && a.rows == 28 && a.columns == 28 && a.classes == 10 && a.mean == 0.0 &&
          a.scale == 1.0);
    for (size_t i = 0; i < a.n; i++)
        CHECK(a.label[i] == i % 10);
    CHECK_SAME(a.pixel, again.pixel, 70 * 784);
    CHECK_SAME(a.pixel, fewer.pixel, 33 * 784);
    /* every image is another one, also within a class */
    for (size_t i = 0; i < a.n; i++)
        CHECK(memcmp(a.pixel + i * 784, other.pixel + i * 784, 784) != 0 &&
              memcmp(a.pixel + i * 784, a.pixel + (i + 10) % 70 * 784, 784) != 0);
    sg_data_images_free(&a);
    sg_data_images_free(&again);
    sg_data_images_free(&fewer);
    sg_data_images_free(&other);
}

/* Ink on a ground: half a box of 25 pixels is more than any stroke covers, the faintest
 * pen reaches 0.7, and noise is cut off below 0: on the ground, most of the image,
 * every second pixel is 0. */
static void test_digits_have_ink_and_ground(void **state)
{
    (void)state;
    struct sg_images a = digits(500, 2);
    for (size_t i = 0; i < a.n; i++) {
        size_t ink = 0, ground = 0;
        for (size_t k = 0; k < 784; k++) {
            ink += a.pixel[i * 784 + k] >= 128;
            ground += a.pixel[i * 784 + k] == 0;
        }
        context("image %zu: %zu pixels of ink, %zu of ground", i, ink, ground);
        CHECK(ink >= 10 && ink <= 392 && ground >= 784 / 4);
    }
    sg_data_images_free(&a);
}

/* Labels belong to their images and classes differ: the nearest of ten class means is
 * right far more often than by chance (0.1 of 1,000 with a standard deviation of 0.0095),
 * and no class is below chance. */
/* How much ink each digit takes, as a share of black, mean over 400 of each: recorded when the
 * generator's difficulty was measured (head of src/data/digits.c).  A pen that is not lifted, a
 * stroke left out or doubled moves one of them by far more than the tenth of a standard error
 * allowed; the last bits of libm move none. */
static void test_digits_take_their_ink(void **state)
{
    (void)state;
    static const double recorded[SG_DIGIT_CLASSES] = {0.187332, 0.130627, 0.178904, 0.176841,
                                                      0.179190, 0.170708, 0.178276, 0.158439,
                                                      0.189340, 0.177785};
    struct sg_rng *rng = sg_base_rng_alloc(20261122, "ink", 0, "digits");
    struct sg_images images;
    sg_data_make_digits(&images, 400 * SG_DIGIT_CLASSES, rng);
    for (size_t digit = 0; digit < SG_DIGIT_CLASSES; digit++) {
        double sum = 0, squares = 0;
        for (size_t i = digit; i < images.n; i += SG_DIGIT_CLASSES) {
            double ink = 0;
            for (size_t k = 0; k < images.rows * images.columns; k++)
                ink += images.pixel[i * images.rows * images.columns + k] /
                       (255.0 * (double)(images.rows * images.columns));
            sum += ink / 400;
            squares += ink * ink / 400;
        }
        context("digit %zu: %.6f", digit, sum);
        CHECK_CLOSE(sum, recorded[digit], 0.1 * sqrt((squares - sum * sum) / 400));
    }
    sg_data_images_free(&images);
    sg_base_rng_free(rng);
}

static void test_digits_can_be_told_apart(void **state)
{
    (void)state;
    enum { TRAIN = 2000, TEST_N = 1000 };
    struct sg_images train = digits(TRAIN, 3), test = digits(TEST_N, 4);
    double *mean = SG_NEW(10 * 784, double);
    size_t right[10] = {0}, all = 0;
    for (size_t i = 0; i < TRAIN; i++)
        for (size_t k = 0; k < 784; k++)
            mean[train.label[i] * 784 + k] += train.pixel[i * 784 + k] * 10.0 / TRAIN;
    for (size_t i = 0; i < TEST_N; i++) {
        double nearest = (double)INFINITY;
        size_t guess = 0;
        for (size_t c = 0; c < 10; c++) {
            double square = 0.0;
            for (size_t k = 0; k < 784; k++)
                square += (test.pixel[i * 784 + k] - mean[c * 784 + k]) *
                          (test.pixel[i * 784 + k] - mean[c * 784 + k]);
            guess = square < nearest ? c : guess;
            nearest = square < nearest ? square : nearest;
        }
        right[test.label[i]] += guess == test.label[i];
    }
    for (size_t c = 0; c < 10; c++) {
        context("class %zu: %zu of 100 right", c, right[c]);
        /* three standard deviations of 100 guesses above chance */
        CHECK(right[c] > 10 + 3 * 3);
        all += right[c];
    }
    context("%zu of 1000 right", all);
    CHECK(all > 500 && all < 950);                         /* and no toy: a template does not do */
    free(mean);
    sg_data_images_free(&train);
    sg_data_images_free(&test);
}

/* ---- rows ------------------------------------------------------------------------------ */

static void test_standardised_pixels(void **state)
{
    (void)state;
    struct sg_images train = digits(40, 5), test = digits(10, 6);
    sg_data_images_standardise(&train, &test);
    CHECK(test.mean == train.mean && test.scale == train.scale);
    struct sg_data data;
    sg_data_from_images(&data, &train, false);
    const size_t size = data.n * data.d;
    long double sum = 0, squares = 0, raw = 0;
    for (size_t k = 0; k < size; k++) {
        sum += (long double)data.x[k];
        squares += (long double)data.x[k] * (long double)data.x[k];
        raw += (long double)train.pixel[k] * train.pixel[k];
    }
    /* mean and scale: three roundings each, and the variance is a difference of E p^2, which it
     * loses kappa = E p^2 / var of; x: three more. */
    const double u = SG_UNIT_ROUNDOFF,
                 kappa = (double)(raw / size) / (train.scale * train.scale * 255 * 255),
                 shift = train.mean / train.scale;
    CHECK_BOUND(fabs((double)(sum / size)), 8 * u * (1 + shift));
    CHECK_CLOSE((double)(squares / size), 1.0, 8 * u * (1 + kappa));
    sg_data_free(&data);
    memset(train.pixel, 51, train.n * 784);                /* one shade: nothing to divide by */
    sg_data_images_standardise(&train, NULL);
    CHECK(train.mean == 51 / 255.0 && train.scale == 1.0);
    sg_data_images_free(&train);
    sg_data_images_free(&test);
}

static void test_images_as_samples(void **state)
{
    (void)state;
    struct sg_images a = digits(23, 7);
    for (int bias = 0; bias < 2; bias++) {
        struct sg_data data;
        const size_t d = 784 + (size_t)bias;
        sg_data_from_images(&data, &a, bias == 1);
        CHECK(data.n == 23 && data.d == d && data.m == 10);
        for (size_t i = 0; i < 23; i++) {
            for (size_t j = 0; j < 784; j++)
                CHECK(data.x[i * d + j] == a.pixel[i * 784 + j] / 255.0);
            CHECK(!bias || data.x[i * d + 784] == 1.0);
            CHECK(data.one[i] == 1.0);
            for (size_t c = 0; c < 10; c++)
                CHECK(data.y[i * 10 + c] == (c == a.label[i] ? 1.0 : 0.0));
        }
        sg_data_free(&data);
    }
    const struct sg_images slice = sg_data_images_slice(&a, 5, 11);
    CHECK(slice.n == 11 && slice.pixel == a.pixel + 5 * 784 && slice.label == a.label + 5);
    CHECK_ABORTS(sg_data_images_slice(&a, 13, 11));
    sg_data_images_free(&a);
}

/* Rows in both dtypes: the float64 sample, or it rounded once.  Rows beyond n are left alone. */
static void check_rows(const struct sg_rows *rows, const struct sg_batch *batch,
                       const struct sg_data *data, const size_t *index, size_t n)
{
    CHECK(batch->n == n && batch->x == rows->x && batch->y == rows->y && batch->one == rows->one);
    for (size_t i = 0; i < n; i++) {
        const size_t from = index ? index[i] : i;
        const struct {
            const void *got;
            const double *want;
            size_t width;
        } parts[] = {{batch->x, data->x + from * data->d, data->d},
                     {batch->y, data->y + from * data->m, data->m},
                     {batch->one, data->one + from, 1}};
        for (size_t p = 0; p < 3; p++)
            for (size_t j = 0; j < parts[p].width; j++) {
                const size_t k = i * parts[p].width + j;
                if (rows->dtype == SG_F32)
                    CHECK(((const float *)parts[p].got)[k] == (float)parts[p].want[j]);
                else
                    CHECK(((const double *)parts[p].got)[k] == parts[p].want[j]);
            }
    }
}

static void test_gathered_rows(void **state)
{
    static const size_t index[] = {3, 0, 22, 3, 11};
    (void)state;
    struct sg_images a = digits(23, 8);
    struct sg_data as_samples, as_others, made;
    struct sg_rng *rng = test_rng("gathered", 0);
    sg_data_images_standardise(&a, NULL);
    sg_data_from_images(&as_samples, &a, false);
    struct sg_images other = a;                            /* the buffer keeps shades */
    other.mean += 0.125;
    other.scale *= 1.5;
    sg_data_from_images(&as_others, &other, false);
    made = random_data(30, 4, 2, rng);
    for (size_t i = 0; i < made.n; i++)
        made.one[i] = sg_base_rng_gaussian(rng);           /* as on compressed rows */
    for (int dtype = SG_F64; dtype <= SG_F32; dtype++) {
        struct sg_rows of_images, of_data;
        sg_data_rows_alloc(&of_images, (enum sg_dtype)dtype, 23, 784, 10);
        sg_data_rows_alloc(&of_data, (enum sg_dtype)dtype, 5, 4, 2);
        struct sg_batch batch = sg_data_gather_images(&of_images, &a, NULL, 23);
        check_rows(&of_images, &batch, &as_samples, NULL, 23);
        batch = sg_data_gather_images(&of_images, &a, index, 5);
        check_rows(&of_images, &batch, &as_samples, index, 5);
        batch = sg_data_gather_images(&of_images, &other, index, 5);
        check_rows(&of_images, &batch, &as_others, index, 5);
        batch = sg_data_gather(&of_data, &made, index, 5);
        check_rows(&of_data, &batch, &made, index, 5);
        batch = sg_data_gather(&of_data, &made, NULL, 3);
        check_rows(&of_data, &batch, &made, NULL, 3);
        CHECK_ABORTS(sg_data_gather(&of_data, &made, NULL, 6));
        CHECK_ABORTS(sg_data_gather_images(&of_data, &a, NULL, 1));
        CHECK_ABORTS(sg_data_gather_images(&of_images, &a, (const size_t[]){23}, 1));
        sg_data_rows_free(&of_images);
        sg_data_rows_free(&of_data);
    }
    sg_data_free(&as_samples);
    sg_data_free(&as_others);
    sg_data_free(&made);
    sg_data_images_free(&a);
    sg_base_rng_free(rng);
}

/* ---- order ----------------------------------------------------------------------------- */

static void test_an_epoch_takes_each_sample_once(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 23; n++)
        for (size_t batch = 1; batch <= n; batch++) {
            struct sg_batches *batches = sg_data_batches_alloc(n, batch, test_seed(), "epoch", 0);
            const size_t steps = sg_data_batches_steps(batches);
            CHECK(steps == n / batch);
            for (uint64_t epoch = 0; epoch < 3; epoch++) {
                bool taken[23] = {false};
                for (size_t step = 0; step < steps; step++) {
                    const size_t *index = sg_data_batches_at(batches, epoch * steps + step);
                    for (size_t i = 0; i < batch; i++) {
                        CHECK(index[i] < n && !taken[index[i]]);
                        taken[index[i]] = true;
                    }
                }
            }
            sg_data_batches_free(batches);
        }
    CHECK_ABORTS(sg_data_batches_alloc(5, 6, 1, "epoch", 0));
    CHECK_ABORTS(sg_data_batches_alloc(5, 0, 1, "epoch", 0));
}

static void test_order_resumes_anywhere(void **state)
{
    (void)state;
    enum { COUNT_N = 103, BATCH = 10, STEPS = 10, RUN_STEPS = 47 };
    struct sg_batches *batches = sg_data_batches_alloc(COUNT_N, BATCH, test_seed(), "resume", 3);
    size_t seen[RUN_STEPS][BATCH];
    for (size_t t = 0; t < RUN_STEPS; t++)
        memcpy(seen[t], sg_data_batches_at(batches, t), sizeof seen[t]);
    for (size_t k = 0; k < RUN_STEPS; k++) {
        const size_t t = k * 29 % RUN_STEPS;               /* forwards and back */
        struct sg_batches *fresh = sg_data_batches_alloc(COUNT_N, BATCH, test_seed(), "resume", 3);
        CHECK_SAME(sg_data_batches_at(batches, t), seen[t], BATCH);
        CHECK_SAME(sg_data_batches_at(fresh, t), seen[t], BATCH);
        sg_data_batches_free(fresh);
    }
    /* Another epoch, seed, name or replicate is another order. */
    struct sg_batches *others[] = {sg_data_batches_alloc(COUNT_N, BATCH, test_seed() + 1, "resume",
                                                         3),
                                   sg_data_batches_alloc(COUNT_N, BATCH, test_seed(), "resumf", 3),
                                   sg_data_batches_alloc(COUNT_N, BATCH, test_seed(), "resume", 4)};
    for (size_t k = 0; k < COUNT(others); k++) {
        CHECK(memcmp(sg_data_batches_at(others[k], 0), seen[0], sizeof seen[0]) != 0);
        sg_data_batches_free(others[k]);
    }
    for (size_t epoch = 1; epoch * STEPS < RUN_STEPS; epoch++)
        CHECK(memcmp(seen[epoch * STEPS], seen[0], sizeof seen[0]) != 0);
    /* A step far out costs no more than any other. */
    CHECK(sg_data_batches_at(batches, UINT64_MAX) != NULL);
    sg_data_batches_free(batches);
}

/* All 24 orders of four samples are equally likely: chi squared with 23 degrees of
 * freedom, the quantile of 1e-9. */
static void test_every_order_is_as_likely(void **state)
{
    enum { EPOCHS = 48000, ORDERS = 24 };
    (void)state;
    size_t count[256] = {0}, kinds = 0;
    double chi = 0.0;
    struct sg_batches *batches = sg_data_batches_alloc(4, 4, test_seed(), "likely", 0);
    for (uint64_t epoch = 0; epoch < EPOCHS; epoch++) {
        const size_t *p = sg_data_batches_at(batches, epoch);
        count[p[0] | p[1] << 2 | p[2] << 4 | p[3] << 6]++;
    }
    for (size_t k = 0; k < COUNT(count); k++) {
        const double expected = (double)EPOCHS / ORDERS, off = (double)count[k] - expected;
        kinds += count[k] > 0;
        chi += count[k] > 0 ? off * off / expected : 0.0;
    }
    CHECK(kinds == ORDERS);
    CHECK_BOUND(chi, gsl_cdf_chisq_Qinv(1e-9, ORDERS - 1));
    sg_data_batches_free(batches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_digits_are_the_stream),  TEST(test_digits_have_ink_and_ground),
        TEST(test_digits_take_their_ink),  TEST(test_digits_can_be_told_apart),
        TEST(test_standardised_pixels),    TEST(test_images_as_samples),
        TEST(test_gathered_rows),          TEST(test_an_epoch_takes_each_sample_once),
        TEST(test_order_resumes_anywhere), TEST(test_every_order_is_as_likely),
    };
    return RUN(tests);
}
