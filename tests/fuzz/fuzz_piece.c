/* What a killed run left behind, read back by the same run: its checkpoint.
 *
 * The first byte says what the others are:
 *   0  the file
 *   1  what the file keeps, in a file that is whole: forged, so the run may end anywhere
 *   2  two bytes a place, and what is written there, in a file that is right
 *   3  two bytes a place where a right file is cut off, and what comes after it
 * A file is recalled when it is, byte for byte, one that a run of this case may have written.  What
 * is refused leaves no trace.  The run goes on from what is recalled, wherever that leads it. */
#include "lab/nl.h"
#include "fuzz.h"

enum { SIDE = 2, IMAGES = 4, CLASSES = 2, EPOCHS = 2, MOST = 1 << 12 };

static struct {
    char *folder, *path;                    /* the checkpoint's */
    struct sg_nl_images images;             /* one set to train and to test on */
    struct sg_case c;
    struct sg_store *store;
    uint8_t right[MOST];                    /* a file that is right: maker, bytes, digest */
    size_t length, kept;                    /* of all of it, of the bytes */
} the;

static const struct sg_nl_run run = {
    .piece = "run",
    .net = {.dtype = SG_F64,
            .depth = 1,
            .width = 3,
            .activation = SG_RELU,
            .batch_norm = true,
            .n_sg = 1,
            .sg_after = {1},
            .mix = 1},
    .net_opt = {.kind = SG_ADAM, .rate = 0.1, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
    .sg_opt = {.kind = SG_ADAM, .rate = 0.1, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8},
    .batch = IMAGES, .epochs = EPOCHS, .decay = true};

static struct sg_trial trial(void)
{
    return (struct sg_trial){.c = &the.c, .seed = 7, .store = the.store};
}

static void clean(void)
{
    const struct sg_trial t = trial();
    sg_claim_forget(&t, "run");
    sg_claim_forget(&t, "run-checkpoint");
    for (int up = 0; up < 3; up++) {
        char *path = sg_base_format("%s%s", the.folder,
                                    up == 0   ? "/fuzz/pieces"
                                    : up == 1 ? "/fuzz"
                                              : "");
        (void)rmdir(path);
        free(path);
    }
    sg_claim_store_free(the.store);
    sg_data_images_free(&the.images.seen);
    free(the.folder);
    free(the.path);
}

/* What a checkpoint looks like: the size is the run's own, the bytes are zeros. */
static void start(void)
{
    struct sg_error err = {""};
    the.folder = fuzz_folder();
    strcpy(the.c.name, "fuzz");
    the.store = sg_claim_store_alloc(the.folder, &the.c);
    the.path = sg_base_format("%s/fuzz/pieces/run-checkpoint.7.0", the.folder);
    sg_data_images_alloc(&the.images.seen, IMAGES, SIDE, SIDE, CLASSES);
    for (size_t i = 0; i < IMAGES * SIDE * SIDE; i++)
        the.images.seen.pixel[i] = (unsigned char)(37 * i * i + 11 * i);
    for (size_t i = 0; i < IMAGES; i++)
        the.images.seen.label[i] = i % CLASSES;
    the.images.unseen = the.images.seen;
    const struct sg_trial t = trial();
    struct sg_net *net = sg_nl_net_alloc(&run.net, SIDE * SIDE, CLASSES);
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = run.net_opt,
                                       .sg_opt = run.sg_opt,
                                       .init = SG_HE,
                                       .images = &the.images.seen,
                                       .batch = run.batch,
                                       .name = "fuzz"};
    struct sg_train *same = sg_train_alloc(&spec);
    the.kept = sizeof(uint64_t) + EPOCHS * sizeof(struct sg_nl_epoch) + sg_train_bytes(same);
    void *zeros = SG_NEW(the.kept, char);
    SG_REQUIRE(sg_claim_keep(&t, "run-checkpoint", zeros, the.kept, &err) == SG_OK);
    free(zeros);
    sg_train_free(same);
    sg_net_free(net);
    FILE *file = fopen(the.path, "rb");
    SG_REQUIRE(file != NULL);
    the.length = fread(the.right, 1, sizeof the.right, file);
    fclose(file);
    SG_REQUIRE(the.length < sizeof the.right && the.length > the.kept + sizeof(uint64_t));
    atexit(clean);
}

static size_t head_size(void)
{
    return the.length - the.kept - sizeof(uint64_t);
}

/* A file around these bytes, which may be fewer than a run keeps. */
static void forge(uint8_t file[MOST], const uint8_t *bytes, size_t size)
{
    const size_t head = head_size();
    memcpy(file, the.right, the.length);
    memcpy(file + head, bytes, size < the.kept ? size : the.kept);
    const uint64_t digest = sg_base_digest(SG_BASE_DIGEST, file + head, the.kept);
    for (size_t i = 0; i < sizeof digest; i++)           /* least first, on every machine */
        file[head + the.kept + i] = (uint8_t)(digest >> 8 * i);
}

static bool is_whole(const uint8_t *file, size_t length)
{
    uint8_t same[MOST];
    const size_t head = head_size();
    if (length != the.length)
        return false;
    forge(same, file + head, the.kept);
    return memcmp(same, file, length) == 0;
}

FUZZ_TARGET(fuzz_piece)
{
    if (!the.folder)
        start();
    const uint8_t kind = size ? bytes[0] % 4 : 0;
    uint8_t file[MOST];
    size_t length = the.length;
    bytes += size > 0;
    size -= size > 0;
    const size_t at = (size >= 2 ? (size_t)bytes[0] | (size_t)bytes[1] << 8 : 0) % the.length,
                 rest = size >= 2 ? size - 2 : 0;
    if (kind == 0) {
        length = size < MOST ? size : MOST;
        memcpy(file, bytes, length);
    } else {
        forge(file, bytes, kind == 1 ? size : 0);
        if (kind >= 2 && rest > 0)
            memcpy(file + at, bytes + 2, rest < MOST - at ? rest : MOST - at);
        if (kind == 3)
            length = at + (rest < MOST - at ? rest : MOST - at);
    }
    fuzz_put(the.path, file, length);

    const struct sg_trial t = trial();
    uint8_t back[MOST], before[MOST];
    memset(back, 0xa5, the.kept);
    memset(before, 0xa5, the.kept);
    const bool recalled = sg_claim_recall(back, the.kept, &t, "run-checkpoint");
    SG_REQUIRE(recalled == is_whole(file, length));
    SG_REQUIRE(memcmp(back, recalled ? file + head_size() : before, the.kept) == 0);
    if (recalled) {
        struct sg_nl_epoch curve[EPOCHS];
        struct sg_error err = {""};
        const enum sg_status status = sg_nl_train(curve, NULL, NULL, &run, &t, &the.images, &err);
        SG_REQUIRE(status == SG_OK || status == SG_DIVERGED);
        sg_claim_forget(&t, "run");
    }
}
