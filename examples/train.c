/* train: a small net on made digits, by backprop and with one linear synthetic gradient in its
 * middle.  Prints the test accuracy after each epoch.
 *
 *     cc train.c $(pkg-config --cflags --libs synthgrad) -o train */
#include <stdio.h>
#include <synthgrad/synthgrad.h>

enum { SEEN = 1000, UNSEEN = 500, BATCH = 50, EPOCHS = 5 };

/* dense 64, relu, dense 64, relu, dense 10; the SG sits after the first relu, boundary 2 */
static struct sg_net *net_alloc(bool synthetic)
{
    const struct sg_layer layers[] = {{SG_DENSE, 64, true},
                                      {SG_RELU, 64, false},
                                      {SG_DENSE, 64, true},
                                      {SG_RELU, 64, false},
                                      {SG_DENSE, SG_DIGIT_CLASSES, true}};
    const struct sg_module module = {.at = 2,
                                     .family = SG_LINEAR,
                                     .terms = SG_H | SG_Y | SG_ONE,
                                     .target = SG_TARGET_TRUE,
                                     .mix = 1};
    const struct sg_arch arch = {.dtype = SG_F32,
                                 .loss = SG_SOFTMAX_XENT,
                                 .inputs = SG_DIGIT_SIDE * SG_DIGIT_SIDE,
                                 .labels = SG_DIGIT_CLASSES,
                                 .n_layers = sizeof layers / sizeof *layers,
                                 .layers = layers,
                                 .n_modules = synthetic ? 1 : 0,
                                 .modules = &module};
    return sg_net_alloc(&arch);
}

static void make_digits(struct sg_images *images, size_t n, const char *purpose)
{
    struct sg_rng *rng = sg_base_rng_alloc(1, "example", 0, purpose);
    sg_data_make_digits(images, n, rng);
    sg_base_rng_free(rng);
}

static enum sg_status train(const char *rule, bool synthetic, const struct sg_images *seen,
                            const struct sg_images *unseen)
{
    const struct sg_opt adam = {SG_ADAM, 1e-3, 0.9, 0.999, 1e-8};
    struct sg_net *net = net_alloc(synthetic);
    const struct sg_train_spec spec = {.net = net,
                                       .net_opt = adam,
                                       .sg_opt = adam,
                                       .init = SG_HE,
                                       .images = seen,
                                       .batch = BATCH,
                                       .name = "example",
                                       .seed = 1};
    struct sg_train *run = sg_train_alloc(&spec);
    enum sg_status status = SG_OK;
    printf("%-20s", rule);
    for (int epoch = 0; epoch < EPOCHS && status == SG_OK; epoch++) {
        status = sg_train_advance(run, sg_train_epoch_steps(run));
        printf(" %6.3f", sg_train_score(run, unseen).accuracy);
    }
    printf("\n");
    sg_train_free(run);
    sg_net_free(net);
    return status;
}

int main(void)
{
    struct sg_images seen, unseen;
    sg_base_init();
    make_digits(&seen, SEEN, "seen");
    make_digits(&unseen, UNSEEN, "unseen");
    sg_data_images_standardise(&seen, &unseen);
    enum sg_status status = train("backprop", false, &seen, &unseen);
    if (status == SG_OK)
        status = train("synthetic gradient", true, &seen, &unseen);
    if (status != SG_OK)
        fprintf(stderr, "train: %s\n", sg_base_status_text(status));
    sg_data_images_free(&seen);
    sg_data_images_free(&unseen);
    return status == SG_OK ? 0 : 1;
}
