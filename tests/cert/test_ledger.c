/* DY14's step in rational arithmetic: drawn nets are proved, each broken hypothesis is refuted. */
#include "support.h"

#include "synthgrad/cert.h"

enum { N = 5, D = 3, M = 2, LAYERS = 4, NUMBERS = 200 };

struct drawn {
    struct sg_cert_ledger net;
    struct sg_cert_ledger_module module[LAYERS];
    double w[NUMBERS], phi[NUMBERS], x[N * D], y[N * M];
};

static const size_t width[LAYERS + 1] = {D, 4, 3, 4, M};

/* SGs after all three hidden layers, the middle one by half. */
static void draw(struct drawn *r, uint64_t seed, bool relu)
{
    struct sg_rng *rng = sg_base_rng_alloc(seed, "test", 0, "exact ledger");
    *r = (struct drawn){.net = {.n = N,
                                .m = M,
                                .layers = LAYERS,
                                .width = width,
                                .relu = relu,
                                .modules = 3,
                                .module = r->module,
                                .w = r->w,
                                .phi = r->phi,
                                .x = r->x,
                                .y = r->y,
                                .mu = 0.1}};
    for (size_t j = 0; j < 3; j++)
        r->module[j] = (struct sg_cert_ledger_module){
            .at = j + 1, .terms = 7, .arriving = true, .mix = j == 1 ? 0.3 : 1};
    sg_base_rng_gaussians(r->w, NUMBERS, rng);
    sg_base_rng_gaussians(r->phi, NUMBERS, rng);
    sg_base_rng_gaussians(r->x, N * D, rng);
    sg_base_rng_gaussians(r->y, N * M, rng);
    sg_base_rng_free(rng);
}

#ifdef SG_HAVE_FLINT
static void drawn_nets_are_proved(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        for (int relu = 0; relu < 2; relu++) {
            struct drawn r;
            draw(&r, seed, relu);
            context("seed %d, relu %d", (int)seed, relu);
            CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_OK);
            r.net.modules = 0;
            CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_OK);
        }
}

static void broken_hypotheses_are_refuted(void **state)
{
    (void)state;
    for (int relu = 0; relu < 2; relu++) {
        struct drawn r;
        draw(&r, 7, relu);
        r.module[0].arriving = false;
        CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_REFUTED);
        r.module[0].arriving = true;
        r.module[2].arriving = false; /* nothing above it: the true gradient is what arrives */
        CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_OK);
        r.module[1].terms = 6;
        CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_REFUTED);
        r.module[1].mix = 0; /* and an SG that is not applied owes nothing */
        CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_OK);
    }
}

/* Numbers far apart, whose powers of two lie on both sides of 1. */
static void every_double_is_taken_exactly(void **state)
{
    (void)state;
    struct drawn r;
    draw(&r, 3, false);
    r.w[0] = 0x1.23456789abcdep70;
    r.w[1] = -0x1.3p-300;
    r.x[0] = 0;
    CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_OK);
    r.w[2] = SG_NAN;
    CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_NOT_FINITE);
}
#else
static void without_flint_nothing_is_proved(void **state)
{
    (void)state;
    struct drawn r;
    draw(&r, 1, false);
    CHECK_STATUS(sg_cert_ledger_step(&r.net), SG_UNPROVED);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef SG_HAVE_FLINT
        TEST(drawn_nets_are_proved), TEST(broken_hypotheses_are_refuted),
        TEST(every_double_is_taken_exactly)
#else
        TEST(without_flint_nothing_is_proved)
#endif
    };
    return RUN(tests);
}
