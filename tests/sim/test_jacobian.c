/* The finite-difference Jacobian of the step: against the closed form at any state, order and
 * delay, and its own bound both ways. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/closed.h"
#include "synthgrad/sim.h"

/* ---- linear regression with an SG, whose Jacobian is known ----------------------------- */

struct instance {
    struct sg_data data;
    struct sg_batch batch;
    struct sg_net *net;
    size_t nw, np, s;              /* sizes of W, phi, both */
    double mu, nu;
};

static struct instance make_instance(struct sg_rng *rng)
{
    const size_t d = random_size(1, 4, rng), m = random_size(1, 3, rng);
    const struct sg_layer layer = {SG_DENSE, m, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H | SG_Y | SG_ONE, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.loss = SG_MSE,
                                 .inputs = d,
                                 .labels = m,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    struct instance in = {.data = random_data(random_size(3, 30, rng), d, m, rng),
                          .net = sg_net_alloc(&arch),
                          .nw = d * m,
                          .np = (2 * m + 1) * m,
                          .mu = random_between(0.05, 0.4, rng),
                          .nu = random_between(0.05, 0.4, rng)};
    in.batch = sg_sim_batch(&in.data);
    in.s = in.nw + in.np;
    return in;
}

static struct sg_sim *make_sim(const struct instance *in, const struct sg_field *field,
                               struct sg_timing timing, const double *state)
{
    const struct sg_sim_spec spec = {.field = field,
                                     .net_opt = {.rate = in->mu},
                                     .sg_opt = {.rate = in->nu},
                                     .timing = timing};
    return sg_sim_alloc(&spec, state, state + in->nw);
}

/* Adds j[row0.., column0..] (rows x columns of a matrix of size s), minus the identity where
 * asked, times right (columns x size), to out (rows x size). */
static void add_block(double *out, const double *j, size_t s, size_t row0, size_t rows,
                      size_t column0, size_t columns, bool minus_identity, const double *right,
                      size_t size)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < columns; k++) {
            const double entry = j[(row0 + i) * s + column0 + k] -
                                 (minus_identity && i == k ? 1 : 0);
            for (size_t c = 0; c < size; c++)
                out[i * size + c] += entry * right[k * size + c];
        }
}

/* The rows that pick (w or phi) `ago` steps back out of the state. */
static double *picking(size_t ago, size_t offset, size_t rows, size_t s, size_t size)
{
    double *pick = SG_NEW(rows * size, double);
    for (size_t i = 0; i < rows; i++)
        pick[i * size + ago * s + offset + i] = 1;
    return pick;
}

/* One of the two updates: theta+ = theta_now - rate direction(w read at a, phi read at b), by the
 * chain rule over where each was read. w_rows, phi_rows: d(what was read)/d(state).  of_sg chooses
 * the rows of the closed Jacobian at (w, phi). */
static double *update_rows(bool of_sg, const struct instance *in, const double *w,
                           const double *phi, const double *w_rows, const double *phi_rows,
                           size_t size)
{
    const size_t s = in->s, rows = of_sg ? in->np : in->nw, row0 = of_sg ? in->nw : 0;
    double *closed = SG_NEW(s * s, double), *out = picking(0, row0, rows, s, size);
    sg_closed_joint_jacobian(closed, &in->data, w, phi, in->mu, in->nu);
    add_block(out, closed, s, row0, rows, 0, in->nw, !of_sg, w_rows, size);
    add_block(out, closed, s, row0, rows, in->nw, in->np, of_sg, phi_rows, size);
    free(closed);
    return out;
}

static double *expected_jacobian(const struct instance *in, struct sg_timing t, const double *state,
                                 const double *next, size_t size)
{
    const size_t s = in->s, nw = in->nw, np = in->np;
    double *j = SG_NEW(size * size, double), *result[2] = {NULL, NULL};
    for (size_t i = s; i < size; i++)
        j[i * size + i - s] = 1;                                   /* the past moves on by one */
    for (int turn = 0; turn < 2; turn++) {
        const bool of_sg = t.net_phi == -1 ? turn == 0 : turn == 1;
        const int w_ago = of_sg ? t.sg_w : t.net_w, phi_ago = of_sg ? t.sg_phi : t.net_phi;
        double *w_rows = w_ago < 0 ? result[0] : picking((size_t)w_ago, 0, nw, s, size);
        double *phi_rows = phi_ago < 0 ? result[1] : picking((size_t)phi_ago, nw, np, s, size);
        const double *w = w_ago < 0 ? next : state + (size_t)w_ago * s,
                     *phi = (phi_ago < 0 ? next : state + (size_t)phi_ago * s) + nw;
        result[of_sg] = update_rows(of_sg, in, w, phi, w_rows, phi_rows, size);
        if (w_ago >= 0)
            free(w_rows);
        if (phi_ago >= 0)
            free(phi_rows);
    }
    memcpy(j, result[0], nw * size * sizeof *j);
    memcpy(j + nw * size, result[1], np * size * sizeof *j);
    free(result[0]);
    free(result[1]);
    return j;
}

/* |difference - closed| <= bound, the bound the function promises; and the bound is no larger than
 * what rounding makes it: along one coordinate the step is a parabola, so two differences of
 * K-rounded values of size V differ by at most 4 K u V / h, and 10 u V / h is added
 * (h as documented: cbrt(u) max(1, |state|)).  V: a step's terms, K: their number. */
static void check_jacobian(const struct instance *in, struct sg_timing timing, struct sg_rng *rng)
{
    const int all[4] = {timing.net_w, timing.net_phi, timing.sg_w, timing.sg_phi};
    size_t past = 0;
    for (int i = 0; i < 4; i++)
        past = all[i] > (int)past ? (size_t)all[i] : past;
    const size_t size = (past + 1) * in->s;
    const struct sg_field field = sg_sim_net_field(in->net, in->data.n);
    double *state = random_vector(size, 0.8, rng), *next = SG_NEW(size, double),
           *got = SG_NEW(size * size, double), bound = SG_NAN;
    struct sg_sim *sim = make_sim(in, &field, timing, state);
    CHECK(sg_sim_state_size(sim) == size);
    sg_sim_set_state(sim, state);
    sg_sim_step(sim, &in->batch);
    sg_sim_get_state(next, sim);
    sg_approx_step_jacobian(got, &bound, sim, state, &in->batch);
    double *want = expected_jacobian(in, timing, state, next, size), *after = SG_NEW(size, double);
    CHECK_ALL(got, want, bound, size * size);
    sg_sim_get_state(after, sim);
    CHECK_SAME(after, state, size);                                /* left where it was asked */

    double moment = 0, largest = sg_base_max_abs(state, size);
    for (size_t i = 0; i < in->data.n; i++)
        moment = sg_base_max(moment, 1 + frobenius(in->data.x + i * in->data.d, in->data.d)
                                         + frobenius(in->data.y + i * in->data.m, in->data.m));
    const double lifted = 1 + frobenius(state, size),
                 h = cbrt(SG_UNIT_ROUNDOFF) * sg_base_max(1, largest);
    const double v = largest + (in->mu + in->nu) * moment * moment * lifted * lifted * lifted;
    const double k = (double)(in->data.n + in->s + 10);
    CHECK_BOUND(bound, (4 * k + 10) * SG_UNIT_ROUNDOFF * v / h);
    free(state); free(next); free(got); free(want); free(after);
    sg_sim_free(sim);
}

static void closed_form_at_any_state(void **state)
{
    (void)state;
    const struct sg_timing timings[] = {{0, 0, 0, 0},  {0, -1, 0, 0}, {0, 0, -1, 0}, {1, 1, 0, 0},
                                        {2, 2, 0, 0},  {0, 0, 2, 0},  {0, 0, 1, 1},  {0, 0, 3, 3},
                                        {1, -1, 0, 2}, {0, 1, -1, 0}, {2, 0, 1, 0}};
    for (uint64_t t = 0; t < 44; t++) {
        struct sg_rng *rng = test_rng("jacobian", t);
        struct instance in = make_instance(rng);
        context("seed %llu, replicate %llu: n %zu, d %zu, m %zu, timing %zu",
                (unsigned long long)test_seed(), (unsigned long long)t, in.data.n, in.data.d,
                in.data.m, (size_t)(t % COUNT(timings)));
        check_jacobian(&in, timings[t % COUNT(timings)], rng);
        sg_net_free(in.net);
        sg_data_free(&in.data);
        sg_base_rng_free(rng);
    }
}

/* ---- a map with a third derivative: what truncation does ------------------------------- */

static const double steep = 40;

/* w_i <- w_i - rate (e^(steep w_i) + w_(i+1)). */
static void steep_eval(void *dw, void *dphi, struct sg_metrics *metrics,
                       const struct sg_field *field, const void *w, const void *phi,
                       const struct sg_batch *batch, unsigned want, void *work)
{
    (void)dphi; (void)metrics; (void)phi; (void)batch; (void)want; (void)work;
    for (size_t i = 0; i < field->sizes.w; i++)
        ((double *)dw)[i] = exp(steep * ((const double *)w)[i]) +
                            ((const double *)w)[(i + 1) % field->sizes.w];
}

static void *no_work(const struct sg_field *field)
{
    (void)field;
    return NULL;
}

static void free_nothing(void *work)
{
    (void)work;
}

/* With increments h and h/2 the errors are h^2/6 F''' and a quarter of it: the better one comes
 * back and the bound is three quarters.  The next term is (steep h)^2 / 20 < 1e-5 of that
 * (h < 3e-4), rounding is 20 u V / h with V < 2 the values
 * (four evaluations and the bound's own). */
static void truncation(void **state)
{
    (void)state;
    const struct sg_field field = {.dtype = SG_F64,
                                   .sizes = {.w = 2},
                                   .eval = steep_eval,
                                   .work_alloc = no_work,
                                   .work_free = free_nothing};
    const double starts[][2] = {{0.13, -0.4}, {0.05, 0.11}, {-1.9, 0.1}, {0.12, -3.7}};
    for (size_t c = 0; c < COUNT(starts); c++) {
        const double *w = starts[c], rate = 0.01,
                     top = fabs(w[0]) > fabs(w[1]) ? fabs(w[0]) : fabs(w[1]);
        const double h = cbrt(SG_UNIT_ROUNDOFF) * (top > 1 ? top : 1),
                     third = -rate * steep * steep * steep;
        const struct sg_sim_spec spec = {.field = &field,
                                         .net_opt = {.rate = rate},
                                         .sg_opt = {.rate = 0}};
        struct sg_sim *sim = sg_sim_alloc(&spec, w, NULL);
        double got[4], bound, worst = 0;
        sg_approx_step_jacobian(got, &bound, sim, w, NULL);
        const double noise = 20 * SG_UNIT_ROUNDOFF * (2 + top) / h;
        for (size_t i = 0; i < 2; i++) {
            const double e = exp(steep * w[i]), error = third * e * h * h / 24;
            CHECK_CLOSE(got[3 * i] - (1 - rate * steep * e), error, 1e-4 * fabs(error) + noise);
            CHECK_CLOSE(got[2 * i + 1 - i], -rate, noise);
            worst = fmax(worst, fabs(error));
        }
        CHECK(worst > 20 * noise);
        CHECK_CLOSE(bound, 3 * worst, 1e-4 * 3 * worst + noise);
        sg_sim_free(sim);
    }
}

/* w <- w / 2 on one weight near 0: two differences of exact halves, so the bound is 10 u V / h with
 * V = (w + h/2) / 2 the value seen, not one that is made up.  Rounding in the
 * differences: 2 u V / h each. */
static void half_eval(void *dw, void *dphi, struct sg_metrics *metrics,
                      const struct sg_field *field, const void *w, const void *phi,
                      const struct sg_batch *batch, unsigned want, void *work)
{
    (void)dphi; (void)metrics; (void)field; (void)phi; (void)batch; (void)want; (void)work;
    *(double *)dw = *(const double *)w;
}

static void bound_of_small_values(void **state)
{
    (void)state;
    const struct sg_field field = {.dtype = SG_F64,
                                   .sizes = {.w = 1},
                                   .eval = half_eval,
                                   .work_alloc = no_work,
                                   .work_free = free_nothing};
    const struct sg_sim_spec spec = {.field = &field,
                                     .net_opt = {.rate = 0.5},
                                     .sg_opt = {.rate = 0}};
    const double h = cbrt(SG_UNIT_ROUNDOFF), w = 0.46 * h, v = (w + h / 2) / 2;
    struct sg_sim *sim = sg_sim_alloc(&spec, &w, NULL);
    double got, bound;
    sg_approx_step_jacobian(&got, &bound, sim, &w, NULL);
    CHECK_CLOSE(got, 0.5, bound);
    CHECK_CLOSE(bound, 10 * SG_UNIT_ROUNDOFF * v / h, 4 * SG_UNIT_ROUNDOFF * v / h);
    sg_sim_free(sim);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(closed_form_at_any_state), TEST(truncation),
                                       TEST(bound_of_small_values)};
    return RUN(tests);
}
