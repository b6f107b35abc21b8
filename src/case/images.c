/* The images of a case, found and read or made.  Which data a case has, in words. */
#include <stdlib.h>
#include <string.h>

#include "case/schema.h"

const char sg_case_mnist[] = "MNIST_DIR";

static enum sg_status refuse(const struct sg_case *c, struct sg_error *err, const char *fmt,
                             size_t a, size_t b, const char *file)
{
    struct sg_case_reader r;
    sg_case_reader_init(&r, c->path, err);
    return sg_case_refuse(&r, 0, fmt, a, b, sg_case_show(file).text);
}

/* The first `most` of a pair of files, with the classes of `like`. */
static enum sg_status read_pair(struct sg_images *images, const struct sg_case *c,
                                const struct sg_text_list *files, const struct sg_images *like,
                                size_t most, struct sg_error *err)
{
    char *path[2] = {NULL, NULL};
    enum sg_status status = SG_OK;
    for (size_t k = 0; k < 2 && status == SG_OK; k++) {
        path[k] = sg_case_find_file(c, files->value[k], ".gz", sg_case_mnist);
        if (!path[k])
            status = sg_case_not_found(c, files->value[k], sg_case_mnist, err);
    }
    if (status == SG_OK)
        status = sg_data_read_idx(images, path[0], path[1], like, most, err);
    if (status == SG_OK && images->n < most)
        status =
            refuse(c, err, "%zu images are wanted, but there are %zu in %s; make n or test smaller",
                   most, images->n, path[0]);
    free(path[0]);
    free(path[1]);
    return status;
}

static enum sg_status read_idx(struct sg_images *train, struct sg_images *test,
                               const struct sg_case *c, struct sg_error *err)
{
    enum sg_status status = read_pair(train, c, &c->data.train_files, NULL, (size_t)c->data.n, err);
    if (status == SG_OK && test)
        status = read_pair(test, c, &c->data.test_files, train, (size_t)c->data.test, err);
    if (status == SG_OK && test && (test->rows != train->rows || test->columns != train->columns))
        status = refuse(c, err,
                        "the images to test on are %zu x %zu, others than those to train on; "
                        "change %s",
                        test->rows, test->columns, c->data.test_files.value[0]);
    return status;
}

static void make_digits(struct sg_images *images, int n, uint64_t seed, uint64_t replicate,
                        const char *purpose)
{
    struct sg_rng *rng = sg_base_rng_alloc(seed, "case", replicate, purpose);
    sg_data_make_digits(images, (size_t)n, rng);
    sg_base_rng_free(rng);
}

enum sg_status sg_case_make_images(struct sg_images *train, struct sg_images *test,
                                   const struct sg_case *c, uint64_t seed, uint64_t replicate,
                                   struct sg_error *err)
{
    SG_REQUIRE(train && c && err);
    enum sg_status status = SG_OK;
    *train = (struct sg_images){0};
    if (test)
        *test = (struct sg_images){0};
    if (c->data.kind == SG_DATA_IDX) {
        status = read_idx(train, test, c, err);
    } else if (c->data.kind == SG_DATA_DIGITS) {
        make_digits(train, c->data.n, seed, replicate, "data");
        if (test)
            make_digits(test, c->data.test, seed, replicate, "test data");
    } else {
        struct sg_case_reader r;
        sg_case_reader_init(&r, c->path, err);
        status = sg_case_refuse(&r, 0,
                                "these data are no images; "
                                "write kind = \"digits\" or kind = \"idx\" in data");
    }
    if (status != SG_OK) {
        sg_data_images_free(train);
        sg_data_images_free(test);
    } else if (c->data.standardise) {
        sg_data_images_standardise(train, test);
    }
    return status;
}

/* ---- in words ------------------------------------------------------------------------------- */

static char *describe_idx(const struct sg_case *c)
{
    const char *file = c->data.train_files.value[0], *said = getenv(sg_case_mnist),
               *slash = strrchr(c->path, '/');
    const char *name = strcmp(file, "train-images-idx3-ubyte") == 0 ? "MNIST" : file;
    const int beside = slash ? (int)(slash + 1 - c->path) : 0;
    char *path = sg_case_find_file(c, file, ".gz", sg_case_mnist),
         *found_beside = sg_base_format("%.*s%s", beside, c->path, file);
    const bool own =
        file[0] == '/' || (path && strncmp(path, found_beside, strlen(found_beside)) == 0);
    char *text = own ? sg_base_format("%s, file of the case", sg_case_show(name).text)
                     : sg_base_format("%s (%s=%s)", sg_case_show(name).text, sg_case_mnist,
                                      sg_base_show(said ? said : "", 92).text);
    free(path);
    free(found_beside);
    return text;
}

char *sg_case_describe_data(const struct sg_case *c, uint64_t seed)
{
    SG_REQUIRE(c);
    static const char *const labels[] = {"linear", "noisy", "random"};
    const unsigned long long s = seed;
    switch ((enum sg_data_kind)c->data.kind) {
    case SG_DATA_CSV: return sg_base_format("%s", sg_case_show(c->data.file).text);
    case SG_DATA_IDX: return describe_idx(c);
    case SG_DATA_DIGITS: return sg_base_format("built-in digits, seed %llu", s);
    case SG_DATA_GRID:
        return sg_base_format("%d x %d grid, %s labels, seed %llu", c->data.side, c->data.side,
                              labels[c->data.labels], s);
    case SG_DATA_CLASSES:
        return sg_base_format("two classes, %s labels, seed %llu", labels[c->data.labels], s);
    case SG_DATA_MOMENTS:
        return sg_base_format("given moments, %zu inputs, %zu outputs", sg_case_moments_shape(c).d,
                              sg_case_moments_shape(c).m);
    case SG_DATA_GAUSSIAN: break;
    }
    return sg_base_format("Gaussian data, %d x %d, seed %llu", c->data.n, c->data.d, s);
}
