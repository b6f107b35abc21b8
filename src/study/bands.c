/* Numbers of looks over the seeds of a rule. */
#include <math.h>

#include "study/study.h"

static void add(struct sg_study_band *band, double value)
{
    if (!isfinite(value))
        return;
    band->mean = band->n == 0 ? value : band->mean + value;
    band->low = band->n == 0 || value < band->low ? value : band->low;
    band->high = band->n == 0 || value > band->high ? value : band->high;
    band->n++;
}

static struct sg_study_band done(struct sg_study_band band)
{
    if (band.n == 0)
        return (struct sg_study_band){SG_NAN, SG_NAN, SG_NAN, 0};
    band.mean /= (double)band.n;
    return band;
}

static double field(const void *record, size_t offset)
{
    return *(const double *)(const void *)((const char *)record + offset);
}

static const struct sg_study_run *run_of(const struct sg_study *s, size_t arm, size_t seed)
{
    return &s->run[arm * s->seeds + seed];
}

struct sg_study_band sg_study_look_band(const struct sg_study *s, size_t arm, size_t look,
                                        size_t offset)
{
    SG_REQUIRE(s);
    struct sg_study_band band = {0};
    for (size_t i = 0; i < s->seeds; i++)
        if (look < run_of(s, arm, i)->looks)
            add(&band, field(&run_of(s, arm, i)->look[look], offset));
    return done(band);
}

struct sg_study_band sg_study_layer_band(const struct sg_study *s, size_t arm, size_t look,
                                         size_t b, size_t offset)
{
    SG_REQUIRE(s);
    struct sg_study_band band = {0};
    for (size_t i = 0; i < s->seeds; i++)
        if (look < run_of(s, arm, i)->looks)
            add(&band, field(&run_of(s, arm, i)->layer[look * s->layers + b], offset));
    return done(band);
}

struct sg_study_band sg_study_module_band(const struct sg_study *s, size_t arm, size_t look,
                                          size_t j, size_t offset)
{
    SG_REQUIRE(s);
    const size_t modules = s->arm[arm].n_modules;
    struct sg_study_band band = {0};
    for (size_t i = 0; i < s->seeds; i++)
        if (look < run_of(s, arm, i)->looks)
            add(&band, field(&run_of(s, arm, i)->module[look * modules + j], offset));
    return done(band);
}

size_t sg_study_last(const struct sg_study *s, size_t arm)
{
    SG_REQUIRE(s);
    size_t looks = s->looks;
    for (size_t i = 0; i < s->seeds; i++)
        if (run_of(s, arm, i)->looks < looks)
            looks = run_of(s, arm, i)->looks;
    return looks > 0 ? looks - 1 : 0;
}

struct sg_study_share sg_study_dy6(const struct sg_study *s, size_t arm)
{
    SG_REQUIRE(s);
    struct sg_study_share share = {0};
    for (size_t i = 0; i < s->seeds; i++)
        for (size_t k = 0; k < run_of(s, arm, i)->looks; k++) {
            share.met += run_of(s, arm, i)->look[k].error < 1;
            share.of++;
        }
    return share;
}
