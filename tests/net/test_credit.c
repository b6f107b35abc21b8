/* What the credit rules depend on, bit for bit (NL6); the evaluation in pieces and on two threads;
 * the fixed matrices; the start. */
#include "ball.h"

#include <pthread.h>
#include <string.h>

/* ---- dependence ------------------------------------------------------------------------ */

/* dense, relu, dense, relu, dense, relu, dense without biases; the rules sit after the
 * relus (boundaries 2, 4, 6). */
enum { WIDTH = 7, INPUTS = 5, LABELS = 3, ROWS = 9, UNIT = 2, CHAIN = 7, LOSS = 7 };
static const struct sg_layer chain[CHAIN] = {{SG_DENSE, WIDTH, false}, {SG_RELU, 0, false},
                                             {SG_DENSE, WIDTH, false}, {SG_RELU, 0, false},
                                             {SG_DENSE, WIDTH, false}, {SG_RELU, 0, false},
                                             {SG_DENSE, LABELS, false}};

/* reads_loss: dl/dp, which is no input of an SG; the labels are. */
struct rule {
    const char *name;
    enum sg_credit credit;
    size_t sg_at;
    bool reads_weights, reads_slopes, reads_loss;
};
static const struct rule rules[] = {
    /* slopes are read too, but the silent unit's weights are zero: nothing comes through */
    {"backprop", SG_TRUE, 0, true, false, true},
    {"SG + prop", SG_TRUE, LOSS, true, false, true},
    {"feedback", SG_FEEDBACK, 0, false, true, true},
    {"direct", SG_DIRECT, 0, false, false, true},
    {"kickback", SG_KICKBACK, 0, false, false, true},
    {"nothing", SG_NOTHING, 0, false, false, false},
    {"SG", SG_TRUE, 2, false, false, false},
};

static struct sg_net *chain_net(const struct rule *rule)
{
    const struct sg_module module = {rule->sg_at, SG_LINEAR, 7, SG_TARGET_ARRIVING, 1.0, 0};
    enum sg_credit credit[CHAIN + 1] = {SG_TRUE};
    for (size_t i = 2; i < CHAIN; i += 2)
        credit[i] = rule->credit;
    const struct sg_arch arch = {.inputs = INPUTS,
                                 .labels = LABELS,
                                 .n_layers = CHAIN,
                                 .layers = chain,
                                 .n_modules = rule->sg_at ? 1 : 0,
                                 .modules = &module,
                                 .credit = credit,
                                 .seed = 11};
    return sg_net_alloc(&arch);
}

/* Did the first layer's update, and did p, keep their bits? */
struct change { bool update, output; };

static struct change after(struct served *s, const double *w)
{
    const size_t below = sg_net_layer_offset(s->net, 1);
    double *dw = sg_base_copy(s->dw, below, sizeof *dw),
           *p = sg_base_copy(sg_net_view(s->work, SG_VIEW_H, LOSS), ROWS * LABELS, sizeof *p);
    double *kept = sg_base_copy(s->w, s->sizes.w, sizeof *kept);
    memcpy(s->w, w, s->sizes.w * sizeof *w);
    served_eval(s, true);
    const struct change change = {memcmp(dw, s->dw, below * sizeof *dw) != 0,
                                  memcmp(p, sg_net_view(s->work, SG_VIEW_H, LOSS),
                                         ROWS * LABELS * sizeof *p) != 0};
    memcpy(s->w, kept, s->sizes.w * sizeof *kept);
    served_eval(s, true);
    free(dw); free(p); free(kept);
    return change;
}

/* Two changes above the first block: of the weights into a unit that is silent (its outgoing
 * weights are 0), which leaves p and the loss bit-identical but switches the unit's slopes: seen by
 * who walks down through the layers without their weights; and of everything.  The first layer's
 * update changes exactly where the rule says so.  Weights alone: who_reads_weights. */
static void dependence(void **state)
{
    (void)state;
    for (size_t t = 0; t < 10 * COUNT(rules); t++) {
        const struct rule *rule = &rules[t % COUNT(rules)];
        struct sg_rng *rng = test_rng("dependence", t / COUNT(rules));
        struct sg_net *net = chain_net(rule);
        struct meal f = random_meal(net, ROWS, true, rng);
        const size_t into = sg_net_layer_offset(net, 4), top = sg_net_layer_offset(net, 6);
        context("seed %llu, %s %zu", (unsigned long long)test_seed(), rule->name, t / COUNT(rules));
        for (size_t j = 0; j < LABELS; j++)
            f.w[top + UNIT * LABELS + j] = 0;                     /* unit UNIT of h_6 is silent */
        struct served s = serve(net, &f);
        served_eval(&s, true);
        double *w = sg_base_copy(f.w, s.sizes.w, sizeof *w);

        for (size_t i = 0; i < WIDTH; i++)
            /* the silent unit's slopes switch */
            w[into + i * WIDTH + UNIT] *= -1.5;
        struct change c = after(&s, w);
        CHECK(!c.output);
        CHECK(c.update == rule->reads_slopes);

        memcpy(w, f.w, s.sizes.w * sizeof *w);
        for (size_t i = sg_net_layer_offset(net, 1); i < s.sizes.w; i++)
            w[i] += random_between(-1, 1, rng);
        c = after(&s, w);
        CHECK(c.output);
        CHECK(c.update == rule->reads_loss);
        free(w);
        free_meal(&f);
        free_served(&s);
        sg_base_rng_free(rng);
    }
}

/* The same net without rectifiers: a unit whose incoming weights are 0 still passes
 * its gradient down to them. */
static void who_reads_weights(void **state)
{
    (void)state;
    for (size_t t = 0; t < COUNT(rules); t++) {
        const struct rule *rule = &rules[t];
        const struct sg_layer layers[4] = {{SG_DENSE, WIDTH, false},
                                           {SG_DENSE, WIDTH, false},
                                           {SG_DENSE, WIDTH, false},
                                           {SG_DENSE, LABELS, false}};
        const struct sg_module module = {rule->sg_at == LOSS ? 4 : 1, SG_LINEAR, 7,
                                         SG_TARGET_ARRIVING,          1.0,       0};
        const enum sg_credit credit[5] = {SG_TRUE, rule->credit, rule->credit, rule->credit,
                                          SG_TRUE};
        const struct sg_arch arch = {.inputs = INPUTS,
                                     .labels = LABELS,
                                     .n_layers = 4,
                                     .layers = layers,
                                     .n_modules = rule->sg_at ? 1 : 0,
                                     .modules = &module,
                                     .credit = credit,
                                     .seed = 5};
        struct sg_rng *rng = test_rng("weights", 0);
        struct sg_net *net = sg_net_alloc(&arch);
        struct meal f = random_meal(net, ROWS, true, rng);
        const size_t second = sg_net_layer_offset(net, 1);
        context("%s", rule->name);
        for (size_t i = 0; i < INPUTS; i++)
            f.w[i * WIDTH + UNIT] = 0;                            /* unit UNIT of h_1 is 0 */
        struct served s = serve(net, &f);
        served_eval(&s, true);
        double *dw = sg_base_copy(s.dw, second, sizeof *dw),
               *p = sg_base_copy(sg_net_view(s.work, SG_VIEW_H, 4), ROWS * LABELS, sizeof *p);
        for (size_t j = 0; j < WIDTH; j++)
            ((double *)s.w)[second + UNIT * WIDTH + j] += 0.75;   /* what leaves it */
        served_eval(&s, true);
        CHECK_SAME(p, (const double *)sg_net_view(s.work, SG_VIEW_H, 4), ROWS * LABELS);
        CHECK((memcmp(dw, s.dw, second * sizeof *dw) != 0) == rule->reads_weights);
        free(dw); free(p);
        free_meal(&f);
        free_served(&s);
        sg_base_rng_free(rng);
    }
}

/* Nothing that is not read has to be finite: everything above the SG, and the weights above a
 * direct rule's own, may be NaN. */
static void not_read(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("not read", 0);
    struct sg_net *net = chain_net(&rules[6]);
    struct meal f = random_meal(net, ROWS, true, rng);
    struct served s = serve(net, &f);
    served_eval(&s, true);
    const size_t below = sg_net_layer_offset(net, 2);
    double *dw = sg_base_copy(s.dw, below, sizeof *dw);
    for (size_t i = below; i < s.sizes.w; i++)
        ((double *)s.w)[i] = SG_NAN;
    served_eval(&s, true);
    CHECK_SAME(dw, (double *)s.dw, below);
    /* a NaN goes through a rectifier */
    CHECK(isnan(s.metrics.loss));
    free(dw);
    free_meal(&f);
    free_served(&s);
    sg_base_rng_free(rng);
}

/* ---- pieces ---------------------------------------------------------------------------- */

static void same_as(const struct served *a, const struct served *b)
{
    const size_t real = a->dtype == SG_F32 ? sizeof(float) : sizeof(double);
    const struct sg_metrics metrics = sg_net_metrics(b->work);
    CHECK_SAME((const char *)a->dw, (const char *)b->dw, a->sizes.w * real);
    CHECK_SAME((const char *)a->dphi, (const char *)b->dphi, a->sizes.phi * real);
    CHECK_SAME((const char *)a->aux, (const char *)b->aux, a->sizes.aux * real);
    CHECK(a->metrics.loss == metrics.loss && a->metrics.sg_loss == metrics.sg_loss);
}

/* Cut anywhere, top first; at a module with mix 1 that trains towards what
 * arrives, bottom first as well. */
static void pieces(void **state)
{
    (void)state;
    size_t bottom_first = 0;
    for (uint64_t t = 0; t < 120; t++) {
        struct sg_rng *rng = test_rng("pieces", t);
        struct deep_arch r;
        const bool many = t % 5 == 4;
        random_deep(&r, random_size(2, DEEP_BLOCKS, rng), many ? 1 : 2, many ? 4 : 8,
                    many ? DEEP_NO_BATCHNORM : 0, rng);
        r.arch.dtype = t % 3 == 2 ? SG_F32 : SG_F64;
        if (many)
            r.arch.inputs = 200;                                  /* several blocks */
        const size_t n = many ? 100 : random_size(2, 12, rng), top = r.arch.n_layers,
                     cut = random_size(1, top - 1, rng);
        if (t % 2) {
            r.modules[0] = (struct sg_module){cut, SG_LINEAR, 7, SG_TARGET_ARRIVING, 1.0, 0};
            r.arch.n_modules = 1;
            if (t % 4 == 3)
                /* apply leaves something to grad */
                r.modules[0].family = SG_MLP, r.modules[0].hidden = 3;
            memset(r.credit, 0, sizeof r.credit);
        }
        const bool unlocked = t % 2;
        struct sg_net *net = sg_net_alloc(&r.arch), *again = sg_net_alloc(&r.arch);
        struct meal f = random_meal(net, n, true, rng);
        struct served whole = serve(net, &f);
        served_eval(&whole, true);
        for (int order = 0; order < (unlocked ? 2 : 1); order++) {
            struct served cutted = serve(order ? sg_net_alloc(&r.arch) : again, &f);
            const struct sg_state state_now = {cutted.w, cutted.phi, cutted.aux};
            const struct sg_batch batch = served_batch(&cutted);
            const unsigned want = EVERYTHING | SG_TRAIN;
            context("seed %llu, pieces %llu: cut at %zu of %zu, order %d",
                    (unsigned long long)test_seed(), (unsigned long long)t, cut, top, order);
            sg_net_forward(cutted.net, 0, cut, &state_now, &batch, want, cutted.work);
            /* the lower part's update before the upper part has even begun */
            if (order)
                sg_net_backward(cutted.dw, cutted.dphi, cutted.net, 0, cut, &state_now, &batch,
                                want, cutted.work);
            sg_net_forward(cutted.net, cut, top, &state_now, &batch, want, cutted.work);
            sg_net_backward(cutted.dw, cutted.dphi, cutted.net, cut, top, &state_now, &batch, want,
                            cutted.work);
            if (!order)
                sg_net_backward(cutted.dw, cutted.dphi, cutted.net, 0, cut, &state_now, &batch,
                                want, cutted.work);
            bottom_first += order != 0;
            same_as(&whole, &cutted);
            free_served(&cutted);
        }
        free_meal(&f);
        free_served(&whole);
        sg_base_rng_free(rng);
    }
    CHECK(bottom_first == 60);
}

struct lower { struct served *s; struct sg_state state; struct sg_batch batch; size_t cut; };

static void *lower_part(void *context)
{
    const struct lower *l = context;
    for (int again = 0; again < 20; again++)
        sg_net_backward(l->s->dw, l->s->dphi, l->s->net, 0, l->cut, &l->state, &l->batch,
                        EVERYTHING | SG_TRAIN, l->s->work);
    return NULL;
}

/* Two threads on one work, each with its own part, at the same time. */
static void two_threads(void **state)
{
    (void)state;
    for (uint64_t t = 0; t < 6; t++) {
        struct sg_rng *rng = test_rng("threads", t);
        struct deep_arch r;
        random_deep(&r, 3, 20, 40, DEEP_TRUE, rng);
        const size_t top = r.arch.n_layers, cut = r.end[2];
        r.modules[0] = (struct sg_module){cut, SG_LINEAR, 7, SG_TARGET_ARRIVING, 1.0, 0};
        r.arch.n_modules = 1;
        r.arch.dtype = t % 2 ? SG_F32 : SG_F64;
        context("seed %llu, threads %llu", (unsigned long long)test_seed(), (unsigned long long)t);
        struct sg_net *net = sg_net_alloc(&r.arch), *other = sg_net_alloc(&r.arch);
        struct meal f = random_meal(net, 40, true, rng);
        struct served whole = serve(net, &f), shared = serve(other, &f);
        served_eval(&whole, true);
        struct lower lower = {&shared,
                              {shared.w, shared.phi, shared.aux},
                              served_batch(&shared),
                              cut};
        sg_net_forward(other, 0, cut, &lower.state, &lower.batch, EVERYTHING | SG_TRAIN,
                       shared.work);
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, lower_part, &lower) == 0);
        for (int again = 0; again < 20; again++) {
            /* the running moments move once */
            const struct sg_state upper = {shared.w, shared.phi, again == 0 ? shared.aux : NULL};
            sg_net_forward(other, cut, top, &upper, &lower.batch, EVERYTHING | SG_TRAIN,
                           shared.work);
            sg_net_backward(shared.dw, shared.dphi, other, cut, top, &upper, &lower.batch,
                            EVERYTHING | SG_TRAIN, shared.work);
        }
        CHECK(pthread_join(thread, NULL) == 0);
        same_as(&whole, &shared);
        free_meal(&f);
        free_served(&whole);
        free_served(&shared);
        sg_base_rng_free(rng);
    }
}

/* ---- fixed matrices, running moments, start -------------------------------------------- */

/* N(0, 1 / rows): mean and variance within six standard errors; another seed or boundary is another
 * matrix, the same seed the same one. */
static void fixed_matrices(void **state)
{
    (void)state;
    const struct sg_layer layers[3] = {{SG_DENSE, 60, false},
                                       {SG_DENSE, 60, false},
                                       {SG_DENSE, 50, false}};
    for (enum sg_credit credit = SG_FEEDBACK; credit < SG_CREDITS; credit++) {
        const enum sg_credit credits[4] = {SG_TRUE, credit, credit, SG_TRUE};
        struct sg_arch arch = {.inputs = 3,
                               .labels = 50,
                               .n_layers = 3,
                               .layers = layers,
                               .credit = credits,
                               .seed = test_seed()};
        struct sg_net *net = sg_net_alloc(&arch), *same = sg_net_alloc(&arch);
        arch.seed++;
        struct sg_net *other = sg_net_alloc(&arch);
        const double *a = sg_net_fixed(net, 2), *b = sg_net_fixed(net, 1);
        enum { n = 50 * 60 };
        CHECK(sg_net_fixed(net, 3) == NULL);
        CHECK_SAME(a, (const double *)sg_net_fixed(same, 2), n);
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++) {
            sum += a[i];
            squares += a[i] * a[i];
            CHECK(credit != SG_KICKBACK || a[i] == 1);
        }
        if (credit != SG_KICKBACK) {
            CHECK(memcmp(a, sg_net_fixed(other, 2), n * sizeof *a) != 0 &&
                  memcmp(a, b, n * sizeof *a) != 0);
            CHECK_BOUND(fabs(sum / n), 6 * sqrt(1.0 / 50 / n));
            CHECK_CLOSE(squares / n, 1.0 / 50, 6 * sqrt(2.0 / n) / 50);
        }
        sg_net_free(net);
        sg_net_free(same);
        sg_net_free(other);
    }
}

/* Over and over on one batch the running moments tend to the batch's, and then both modes give the
 * same p: the distance shrinks by 0.9 a step, so after 400 steps it is below 1e-18 of where it
 * began, and what is left is rounding, a few u at each of two layers of a slope of order 1; only
 * the batch of training mode moves them. */
static void running_moments(void **state)
{
    (void)state;
    struct sg_rng *rng = test_rng("moments", 0);
    const struct sg_layer layers[3] = {{SG_DENSE, 6, true},
                                       {SG_BATCHNORM, 0, false},
                                       {SG_DENSE, 2, true}};
    const struct sg_arch arch = {.inputs = 4, .labels = 2, .n_layers = 3, .layers = layers};
    struct sg_net *net = sg_net_alloc(&arch);
    struct meal f = random_meal(net, 30, true, rng);
    struct served s = serve(net, &f);
    for (int step = 0; step < 400; step++)
        served_eval(&s, true);
    struct deep v = deep_eval(net, &arch, &f);
    double *aux = sg_base_copy(s.aux, s.sizes.aux, sizeof *aux);
    served_eval(&s, false);
    CHECK_SAME(aux, (double *)s.aux, s.sizes.aux);
    const double *p = sg_net_view(s.work, SG_VIEW_H, 3);
    /* the ball of p, ten times: a fixed point of x <- 0.9 x + 0.1 b keeps b's
     * error, and adds 1.9 u / 0.1 */
    for (size_t l = 0; l < 30 * 2; l++)
        CHECK_CLOSE(p[l], (double)v.h[3][l].v, 10 * (double)v.h[3][l].e);
    const struct sg_state no_aux = {s.w, s.phi, NULL};
    const struct sg_batch batch = served_batch(&s);
    /* which moments? */
    CHECK_ABORTS(sg_net_eval(s.dw, s.dphi, NULL, net, s.w, s.phi, &batch, SG_WANT_W, s.work));
    sg_net_eval_state(s.dw, s.dphi, NULL, net, &no_aux, &batch, SG_WANT_W | SG_TRAIN, s.work);
    CHECK_SAME(aux, (double *)s.aux, s.sizes.aux);
    free(aux);
    deep_free(&v);
    free_meal(&f);
    free_served(&s);
    sg_base_rng_free(rng);
}

/* Variance 2 / in or 2 / (in + out) within six standard errors, biases and shifts 0, scales 1,
 * running moments of nothing seen. */
static void start(void **state)
{
    (void)state;
    const struct sg_layer layers[3] = {{SG_DENSE, 70, true},
                                       {SG_BATCHNORM, 0, false},
                                       {SG_DENSE, 40, true}};
    const struct sg_arch arch = {.inputs = 50, .labels = 40, .n_layers = 3, .layers = layers};
    struct sg_net *net = sg_net_alloc(&arch);
    const struct sg_sizes sizes = sg_net_sizes(net);
    for (int he = 0; he < 2; he++) {
        struct sg_rng *rng = test_rng("start", (uint64_t)he);
        double *w = SG_NEW(sizes.w, double), *aux = SG_NEW(sizes.aux, double), squares = 0;
        sg_net_init(w, aux, net, he ? SG_HE : SG_GLOROT, rng);
        for (size_t i = 0; i < 50 * 70; i++)
            squares += w[i] * w[i];
        const double want = he ? 2.0 / 50 : 2.0 / 120;
        CHECK_CLOSE(squares / 3500, want, 6 * want * sqrt(2.0 / 3500));
        for (size_t j = 0; j < 70; j++)
            CHECK(w[3500 + j] == 0 && w[3570 + j] == 1 && w[3640 + j] == 0 && aux[j] == 0 &&
                  aux[70 + j] == 1);
        CHECK(sg_net_aux_offset(net, 1) == 0 && sizes.aux == 140 && w[3710] != 0 &&
              w[sizes.w - 1] == 0);
        sg_net_init(w, NULL, net, SG_HE, rng);
        free(w);
        free(aux);
        sg_base_rng_free(rng);
    }
    sg_net_free(net);
}

/* ---- refusals -------------------------------------------------------------------------- */

static void alloc_with(struct sg_layer second, enum sg_credit first_credit,
                       enum sg_credit second_credit, enum sg_credit top_credit)
{
    const struct sg_layer layers[3] = {{SG_DENSE, 4, true}, second, {SG_DENSE, 2, true}};
    const enum sg_credit credit[4] = {SG_TRUE, first_credit, second_credit, top_credit};
    const struct sg_arch arch = {.inputs = 3,
                                 .labels = 2,
                                 .n_layers = 3,
                                 .layers = layers,
                                 .credit = credit};
    sg_net_free(sg_net_alloc(&arch));
}

static void refuses(void **state)
{
    (void)state;
    const struct sg_layer relu = {SG_RELU, 0, false}, wide = {SG_RELU, 4, false};
    CHECK_EXITS(alloc_with(relu, SG_DIRECT, SG_FEEDBACK, SG_NOTHING), 99);
    CHECK_EXITS(alloc_with(wide, SG_KICKBACK, SG_DIRECT, SG_TRUE), 99);
    CHECK_ABORTS(alloc_with((struct sg_layer){SG_RELU, 5, false}, SG_TRUE, SG_TRUE, SG_TRUE));
    CHECK_ABORTS(alloc_with((struct sg_layer){SG_BATCHNORM, 0, true}, SG_TRUE, SG_TRUE, SG_TRUE));
    /* no matrix to stand in for */
    CHECK_ABORTS(alloc_with(relu, SG_FEEDBACK, SG_TRUE, SG_TRUE));
    /* nothing above the output */
    CHECK_ABORTS(alloc_with(relu, SG_TRUE, SG_TRUE, SG_FEEDBACK));
    CHECK_ABORTS(alloc_with(relu, SG_TRUE, SG_TRUE, SG_DIRECT));
    CHECK_ABORTS(alloc_with(relu, SG_TRUE, SG_TRUE, SG_KICKBACK));
    CHECK_ABORTS(alloc_with(relu, SG_TRUE, SG_CREDITS, SG_TRUE));
    struct sg_net *net = chain_net(&rules[0]);
    struct sg_rng *rng = test_rng("refuses", 0);
    struct meal f = random_meal(net, ROWS, true, rng);
    struct served s = serve(net, &f);
    const struct sg_state now = {s.w, s.phi, NULL};
    const struct sg_batch batch = served_batch(&s);
    CHECK_ABORTS(sg_net_forward(net, 3, 3, &now, &batch, 0, s.work));
    CHECK_ABORTS(sg_net_backward(s.dw, s.dphi, net, 2, CHAIN + 1, &now, &batch, 0, s.work));
    CHECK_ABORTS(sg_net_init(s.w, NULL, net, (enum sg_init)7, rng));
    CHECK(!sg_net_is_linear(net));
    free_meal(&f);
    free_served(&s);
    sg_base_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(dependence),      TEST(who_reads_weights),
                                       TEST(not_read),        TEST(pieces),
                                       TEST(two_threads),     TEST(fixed_matrices),
                                       TEST(running_moments), TEST(start),
                                       TEST(refuses)};
    return RUN(tests);
}
