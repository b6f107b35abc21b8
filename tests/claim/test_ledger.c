/* The ledger of a run against its identity: nets of every kind, in both types, under every rule. */
#include "lab/ledger.h"

#include <math.h>
#include <string.h>

#include "judge.h"
#include "synthgrad/sim.h"

enum { INPUTS = 5, LABELS = 3, ROWS = 12, STEPS = 200, BLOCKS = 3 };

/* Three hidden blocks and a dense output, with a bias where there is no batch norm. */
struct kind {
    bool batch_norm, bias;
    enum sg_layer_kind activation; /* SG_DENSE: none */
    enum sg_loss_kind loss;
    enum sg_credit credit;
    unsigned cut; /* bit b: an SG after block b */
    unsigned terms;
    enum sg_target target;
    double mix;
    enum sg_dtype dtype;
    size_t batch;
    enum sg_opt_kind optimiser;
    bool ball; /* the ledger is told of the momentum */
};

struct built {
    struct sg_layer layer[3 * BLOCKS + 1];
    struct sg_module module[BLOCKS];
    enum sg_credit credit[3 * BLOCKS + 2];
    struct sg_arch arch;
};

static void build(struct built *b, const struct kind *k)
{
    static const size_t width[BLOCKS] = {6, 4, 5};
    *b = (struct built){.arch = {.dtype = k->dtype,
                                 .loss = k->loss,
                                 .inputs = INPUTS,
                                 .labels = LABELS,
                                 .layers = b->layer,
                                 .modules = b->module,
                                 .credit = b->credit,
                                 .seed = 7}};
    size_t *n = &b->arch.n_layers;
    for (size_t block = 0; block < BLOCKS; block++) {
        b->layer[(*n)++] = (struct sg_layer){SG_DENSE, width[block], k->bias && !k->batch_norm};
        if (k->batch_norm)
            b->layer[(*n)++] = (struct sg_layer){.kind = SG_BATCHNORM};
        if (k->activation != SG_DENSE)
            b->layer[(*n)++] = (struct sg_layer){.kind = k->activation};
        b->credit[*n] = k->credit;
        if (k->cut & 1u << block)
            b->module[b->arch.n_modules++] = (struct sg_module){
                .at = *n, .terms = k->terms, .target = k->target, .mix = k->mix};
    }
    b->layer[(*n)++] = (struct sg_layer){SG_DENSE, LABELS, true};
}

/* Numbers in the net's dtype. */
union numbers {
    double d[400];
    float f[400];
};

static void put(union numbers *to, enum sg_dtype dtype, size_t i, double value)
{
    if (dtype == SG_F32)
        to->f[i] = (float)value;
    else
        to->d[i] = value;
}

struct run {
    struct built b;
    struct sg_net *net;
    struct sg_net_work *work;
    struct sg_ledger *ledger;
    union numbers w, phi, dw, dphi, x, y, one;
    struct sg_moments moments[2];
    union numbers m[2], v[2];
};

static void draw(struct run *r, const struct kind *k, struct sg_rng *rng)
{
    const struct sg_sizes sizes = sg_net_sizes(r->net);
    CHECK(sizes.w <= 400 && sizes.phi <= 400);
    for (size_t i = 0; i < sizes.w; i++)
        put(&r->w, k->dtype, i, 0.5 * sg_base_rng_gaussian(rng));
    for (size_t i = 0; i < sizes.phi; i++)
        put(&r->phi, k->dtype, i, 0.3 * sg_base_rng_gaussian(rng));
    for (size_t i = 0; i < ROWS * INPUTS; i++)
        put(&r->x, k->dtype, i, sg_base_rng_gaussian(rng));
    for (size_t i = 0; i < ROWS; i++) {
        put(&r->one, k->dtype, i, 1);
        for (size_t j = 0; j < LABELS; j++)
            put(&r->y, k->dtype, i * LABELS + j,
                k->loss == SG_SOFTMAX_XENT ? (double)(i % LABELS == j)
                                           : sg_base_rng_gaussian(rng));
    }
}

/* STEPS steps of all parts from one state; each on `batch` rows from the start of x, shifted. */
static void run(struct run *r, const struct kind *k, uint64_t seed)
{
    const double mu = k->optimiser == SG_MOMENTUM ? 0.0005 : 0.005, nu = 1.5 * mu;
    const size_t real = k->dtype == SG_F32 ? sizeof(float) : sizeof(double);
    struct sg_rng *rng = sg_base_rng_alloc(seed, "ledger", 0, "run");
    memset(r, 0, sizeof *r);
    build(&r->b, k);
    r->net = sg_net_alloc(&r->b.arch);
    r->work = sg_net_work_alloc(r->net, ROWS);
    r->ledger = sg_ledger_alloc(r->net, mu, nu);
    if (k->ball)
        sg_ledger_heavy_ball(r->ledger, 0.9);
    draw(r, k, rng);
    const struct sg_sizes sizes = sg_net_sizes(r->net);
    const struct sg_opt opt[2] = {{k->optimiser, mu, 0.9, 0.999, 1e-8},
                                  {k->optimiser, nu, 0.9, 0.999, 1e-8}};
    for (int i = 0; i < 2; i++)
        r->moments[i] = (struct sg_moments){&r->m[i], &r->v[i], 0};
    sg_ledger_start(r->ledger, &r->w, &r->phi);
    for (size_t t = 0; t < STEPS; t++) {
        const size_t first = k->batch == ROWS ? 0 : t % (ROWS - k->batch);
        const struct sg_batch batch = {k->batch, (char *)&r->x + first * INPUTS * real,
                                       (char *)&r->y + first * LABELS * real, &r->one};
        const struct sg_state state = {&r->w, &r->phi, NULL};
        sg_net_eval_state(&r->dw, &r->dphi, NULL, r->net, &state, &batch,
                          SG_WANT_W | SG_WANT_PHI | SG_TRAIN, r->work);
        const bool plain = k->optimiser == SG_GD;
        sg_net_opt_step(&r->w, plain ? NULL : &r->moments[0], &r->w, &r->dw, &opt[0], k->dtype,
                        sizes.w);
        sg_net_opt_step(&r->phi, plain ? NULL : &r->moments[1], &r->phi, &r->dphi, &opt[1],
                        k->dtype, sizes.phi);
        sg_ledger_step(r->ledger, &r->w, &r->phi, &batch, r->work);
    }
    sg_base_rng_free(rng);
}

static void end(struct run *r)
{
    sg_ledger_free(r->ledger);
    sg_net_work_free(r->work);
    sg_net_free(r->net);
}

#define BASE .terms = 7, .target = SG_TARGET_ARRIVING, .mix = 1, .batch = ROWS, .bias = true

/* Every balance closes within its bound, which is far below what moved. */
static void check_closes(const struct kind *k, size_t balances, const char *what)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct run r;
        run(&r, k, seed);
        CHECK(sg_ledger_count(r.ledger) == balances);
        for (size_t i = 0; i < sg_ledger_count(r.ledger); i++) {
            const struct sg_ledger_reading x = sg_ledger_read(r.ledger, i);
            if (!(x.error <= x.bound))
                fprintf(stderr, "%s, seed %d, boundary %zu: error %.17g, bound %.17g\n", what,
                        (int)seed, x.boundary, x.error, x.bound);
            CHECK(x.error <= x.bound);
            /* 200 steps, each 4 u of |B|^2 and some 100 u of 2 mu |B|^2 at its worst, |B|^2 < 30.
             * What an SG moves is far above it: a wrong term would be seen. */
            const double u = k->dtype == SG_F32 ? 0x1p-24 : 0x1p-53;
            CHECK(x.bound <= 200 * 5 * 30 * u);
            CHECK(!x.sg || x.moved > (k->dtype == SG_F32 ? 2 * x.bound : 1e-4));
            CHECK(fabs(x.below - x.above - x.sides_sg - x.squares) <= 3 * x.bound);
        }
        end(&r);
    }
}

static void every_kind_of_net_closes(void **state)
{
    (void)state;
    static const enum sg_loss_kind loss[] = {SG_MSE, SG_ABS, SG_SOFTMAX_XENT};
    static const unsigned cut[] = {0, 1, 2, 5, 7};
    struct kind k;
    for (size_t l = 0; l < 3; l++)
        for (size_t c = 0; c < 5; c++)
            for (int half = 0; half < 2; half++) {
                k = (struct kind){BASE, .loss = loss[l], .cut = cut[c]};
                k.mix = half ? 0.4 : 1;
                k.batch = half ? 7 : ROWS;
                check_closes(&k, 3, "linear");
                k.activation = SG_RELU;
                check_closes(&k, 3, "relu");
                k.batch_norm = true;
                check_closes(&k, 6, "relu and batch norm");
            }
    check_closes(&(struct kind){BASE, .cut = 7, .activation = SG_RELU, .dtype = SG_F32}, 3,
                 "relu in float32");
    check_closes(&(struct kind){BASE, .cut = 7, .batch_norm = true, .dtype = SG_F32}, 6,
                 "batch norm in float32");
    k = (struct kind){BASE, .cut = 2};
    k.target = SG_TARGET_TRUE;
    check_closes(&k, 3, "one true target");
}

/* What stands in for W: a fixed matrix, nothing, or dl/dp times one. */
static void every_rule_closes(void **state)
{
    (void)state;
    for (int relu = 0; relu < 2; relu++) {
        struct kind k = {BASE, .activation = relu ? SG_RELU : SG_DENSE};
        k.credit = SG_FEEDBACK;
        check_closes(&k, 3, "feedback alignment");
        k.credit = SG_NOTHING;
        check_closes(&k, 3, "no propagation");
        k.credit = SG_DIRECT;
        check_closes(&k, relu ? 1 : 3, "direct feedback");
        k.credit = SG_KICKBACK;
        check_closes(&k, relu ? 1 : 3, "kickback");
        k.cut = 2;
        k.mix = 0.4;
        k.credit = SG_FEEDBACK;
        check_closes(&k, 3, "an SG mixed with feedback alignment");
    }
}

/* A heavy ball's ledger is exact too, at the state that it heads for. */
static void heavy_balls_close(void **state)
{
    (void)state;
    for (int half = 0; half < 2; half++) {
        struct kind k = {BASE, .cut = half ? 7 : 2, .optimiser = SG_MOMENTUM, .ball = true};
        k.mix = half ? 0.4 : 1;
        k.batch = half ? 7 : ROWS;
        check_closes(&k, 3, "heavy ball, linear");
        k.activation = SG_RELU;
        check_closes(&k, 3, "heavy ball, relu");
        k.batch_norm = true;
        check_closes(&k, 6, "heavy ball, batch norm");
        k.dtype = SG_F32;
        check_closes(&k, 6, "heavy ball, float32");
        k = (struct kind){BASE, .credit = SG_FEEDBACK, .optimiser = SG_MOMENTUM, .ball = true};
        check_closes(&k, 3, "heavy ball, feedback alignment");
    }
}

/* The worst error over its bound. */
static double broken_by(const struct kind *k)
{
    double worst = 0;
    struct run r;
    run(&r, k, 1);
    for (size_t i = 0; i < sg_ledger_count(r.ledger); i++) {
        const struct sg_ledger_reading x = sg_ledger_read(r.ledger, i);
        CHECK(isfinite(x.error));
        worst = fmax(worst, x.error / x.bound);
    }
    end(&r);
    return worst;
}

static void hypotheses_are_needed(void **state)
{
    (void)state;
    CHECK(broken_by(&(struct kind){BASE, .cut = 7}) < 1);
    CHECK(broken_by(&(struct kind){.terms = 7, .target = SG_TARGET_TRUE, .mix = 1, .batch = ROWS,
                                   .cut = 7}) > 1e8);
    CHECK(broken_by(&(struct kind){.terms = 6, .target = SG_TARGET_ARRIVING, .mix = 1,
                                   .batch = ROWS, .cut = 7}) > 1e8);
    CHECK(broken_by(&(struct kind){BASE, .cut = 7, .activation = SG_SIGMOID}) > 1e8);
    CHECK(broken_by(&(struct kind){BASE, .cut = 7, .optimiser = SG_ADAM}) > 1e8);
    CHECK(broken_by(&(struct kind){BASE, .cut = 7, .optimiser = SG_MOMENTUM}) > 1e8);
}

/* D of a linear net, by the definition's loops. */
static void balance_is_its_definition(void **state)
{
    (void)state;
    struct run r;
    struct kind k = {BASE, .cut = 2};
    k.mix = 0.4;
    run(&r, &k, 3);
    double D[16], kept[16];
    const double *B = r.w.d + sg_net_layer_offset(r.net, 1), *b = B + 6 * 4,
                 *W = r.w.d + sg_net_layer_offset(r.net, 2), *A = r.phi.d;
    sg_ledger_balance(D, kept, r.ledger, 1);
    CHECK(sg_ledger_size(r.ledger, 1) == 16);
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++) {
            double sum = b[i] * b[j] - 0.4 * (A[4 * i + j] + A[4 * j + i]) / 1.5;
            for (size_t a = 0; a < 6; a++)
                sum += B[4 * a + i] * B[4 * a + j];
            for (size_t a = 0; a < 5; a++)
                sum -= W[5 * i + a] * W[5 * j + a];
            CHECK_CLOSE(D[4 * i + j], sum, 1e-14);
            CHECK(fabs(kept[4 * i + j]) < 1e-12);
        }
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(every_kind_of_net_closes), TEST(every_rule_closes),
                                       TEST(heavy_balls_close), TEST(hypotheses_are_needed),
                                       TEST(balance_is_its_definition)};
    return RUN(tests);
}
