/* A case file: read, held against its claim, and made into an architecture; where they are small
 * and no files, its data too. */
#include "fuzz.h"
#include "synthgrad/study.h"

static void make_data(const struct sg_case *c)
{
    struct sg_data data;
    struct sg_error err = {""};
    const int kind = c->data.kind;
    const bool numbers = kind == SG_DATA_GAUSSIAN || kind == SG_DATA_CLASSES
                             ? c->data.n <= 60 && c->data.d <= 8 && c->data.outputs <= 4
                         : kind == SG_DATA_GRID ? c->data.side <= 8
                                                : kind == SG_DATA_MOMENTS;
    if (!numbers)
        return;
    const enum sg_status status = sg_case_make_data(&data, c, (uint64_t)c->seed, 0, &err);
    if (status == SG_OK) {
        SG_REQUIRE(data.n > 0 && sg_base_all_finite(data.x, data.n * data.d) &&
                   sg_base_all_finite(data.y, data.n * data.m));
        sg_data_free(&data);
    } else {
        SG_REQUIRE(err.text[0] != '\0' && !strchr(err.text, '\n'));
    }
}

/* A small training that may run is run: it ends, or is refused in one line. */
static void train(const struct sg_case *c)
{
    struct sg_study study;
    struct sg_error err = {""};
    const struct sg_study_options options = {.seeds = 1, .n_against = 1,
                                             .against = {SG_RULE_SG_EVERYWHERE}};
    size_t units = 0;
    for (size_t i = 0; i < c->net.layers.n; i++)
        units += (size_t)c->net.layers.value[i];
    for (size_t i = 0; i < c->n_modules; i++)
        units += c->module[i].family == SG_MLP ? (size_t)c->module[i].hidden : 0;
    const bool small = c->data.n <= 30 && c->data.d <= 6 && c->data.outputs <= 3 && units <= 20 &&
                       (c->given[sg_case_key_find("train.steps")] ? c->train.steps <= 20
                                                                  : c->train.epochs <= 3) &&
                       c->train.tau.value[0] <= 30;
    if (!small)
        return;
    const enum sg_status status = sg_study_run(&study, c, &options, &err);
    if (status == SG_OK)
        SG_REQUIRE(study.headline && study.run && study.run[0].looks >= 1);
    else
        fuzz_check_refusal(status, &err);
    sg_study_free(&study);
}

static void look_at(const struct sg_case *c)
{
    struct sg_error err = {""};
    struct sg_case_arch arch;
    const struct sg_claim *claim = sg_claim_find(c->claim);
    if (claim && sg_claim_fits(claim, c, &err) != SG_OK)
        fuzz_check_refusal(SG_BAD_INPUT, &err);
    const bool trains = sg_study_fits(c, &err) == SG_OK;
    if (!trains)
        fuzz_check_refusal(SG_BAD_INPUT, &err);
    else if (c->data.kind == SG_DATA_GAUSSIAN || c->data.kind == SG_DATA_CLASSES)
        train(c);
    if (sg_case_make_arch(&arch, c, 3, c->net.loss == SG_SOFTMAX_XENT ? 2 : 1, &err) != SG_OK)
        fuzz_check_refusal(SG_BAD_INPUT, &err);
    for (size_t i = 0; i < c->train.tau.n; i++)
        (void)sg_case_timing(c, c->train.tau.value[i]);
    make_data(c);
}

FUZZ_TARGET(fuzz_case)
{
    static struct fuzz_file file;
    fuzz_file_write(&file, bytes, size);
    struct sg_case c;
    struct sg_error err = {""};
    const enum sg_status status = sg_case_read(&c, file.path, &err);
    if (status == SG_OK) {
        SG_REQUIRE(c.has_control == (c.control != NULL) && (!c.control || !c.control->has_control));
        look_at(&c);
        if (c.control)
            look_at(c.control);
        sg_case_free(&c);
    } else {
        fuzz_check_refusal(status, &err);
    }
}
