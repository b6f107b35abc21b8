/* CP5's formulas against sums over the samples, finite differences and the recursion itself. */
#include <stdlib.h>
#include <string.h>

#include "support.h"
#include "synthgrad/closed.h"

struct instance { struct sg_data data; struct sg_fit *fit; bool constant; double *w, scale; };

static void make_instance(struct instance *in, bool constant, double condition, struct sg_rng *rng)
{
    const struct sg_gaussian spec = {.n = 40,
                                     .d = random_size(3, 6, rng),
                                     .outputs = 1,
                                     .condition = condition,
                                     .noise = 0.5,
                                     .bias = constant};
    *in = (struct instance){.constant = constant, .w = random_vector(spec.d, 1.0, rng)};
    CHECK_STATUS(sg_data_make_gaussian(&in->data, &spec, rng), SG_OK);
    CHECK_STATUS(sg_closed_fit_alloc(&in->fit, &in->data), SG_OK);
    /* the size of a product of two of p, y, each within sqrt(lambda_max d) (|w| + |w*| + 1) */
    const double size = sqrt(in->fit->lambda_x[0] * (double)spec.d) *
                            (frobenius(in->w, spec.d) + 2 * frobenius(in->fit->w, spec.d) + 1) +
                        sqrt(in->fit->s_z[4]);
    in->scale = (double)spec.n * SG_UNIT_ROUNDOFF * size * size;
}

static void free_instance(struct instance *in)
{
    sg_closed_fit_free(in->fit);
    sg_data_free(&in->data);
    free(in->w);
}

/* E[r], cov(p, r) and var(p) over the samples (uncentred without a constant), and E[x^T s],
 * s = (cov / var) (p - E[p]) + E[r]. */
static struct sg_no_labels by_samples(double *dw, const struct instance *in, const double *w)
{
    const size_t n = in->data.n, d = in->data.d;
    long double p_mean = 0, r_mean = 0, cov = 0, var = 0;
    double *p = SG_NEW(n, double);
    naive_mul(p, NULL, in->data.x, false, w, false, n, d, 1);
    for (size_t i = 0; i < n && in->constant; i++) {
        p_mean += (long double)p[i] / (long double)n;
        r_mean += ((long double)p[i] - (long double)in->data.y[i]) / (long double)n;
    }
    for (size_t i = 0; i < n; i++) {
        cov += ((long double)p[i] - p_mean) *
               ((long double)p[i] - (long double)in->data.y[i] - r_mean) / (long double)n;
        var += ((long double)p[i] - p_mean) * ((long double)p[i] - p_mean) / (long double)n;
    }
    for (size_t j = 0; j < d && dw; j++) {
        long double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (long double)in->data.x[i * d + j] *
                   (cov / var * ((long double)p[i] - p_mean) + r_mean);
        dw[j] = (double)(sum / (long double)n);
    }
    free(p);
    return (struct sg_no_labels){(double)cov, (double)var, (double)r_mean};
}

static void state_update_and_set_are_what_samples_say(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("set", replicate);
        struct instance in;
        make_instance(&in, replicate % 2, 10, rng);
        const size_t d = in.data.d;
        double *dw = SG_NEW(d, double), *want = SG_NEW(d, double),
               *direction = random_vector(d, 1.0, rng), *w = SG_NEW(d, double);
        context("replicate %llu, d %zu", (unsigned long long)replicate, d);
        const struct sg_no_labels at = sg_closed_no_labels_state(in.fit, in.constant, in.w),
                                  of = by_samples(want, &in, in.w);
        CHECK_CLOSE(at.covariance, of.covariance, in.scale);
        CHECK_CLOSE(at.variance, of.variance, in.scale);
        CHECK_CLOSE(at.residual, of.residual, in.scale);
        sg_closed_no_labels_update(dw, in.fit, in.constant, in.w);
        CHECK_ALL(dw, want,
                  10 * in.scale * sqrt(in.fit->lambda_x[0]) *
                      (1 + 1 / sqrt(of.variance) + fabs(of.covariance) / pow(of.variance, 1.5)) /
                      10,
                  d);
        sg_closed_no_labels_point(w, in.fit, in.constant, direction, 1);
        const struct sg_no_labels on = by_samples(NULL, &in, w);
        CHECK_BOUND(fabs(on.covariance), in.scale);
        CHECK_BOUND(fabs(on.residual), in.scale);
        sg_closed_no_labels_point(w, in.fit, in.constant, direction, 1.01);
        CHECK(by_samples(NULL, &in, w).covariance > 0);
        sg_closed_no_labels_point(w, in.fit, in.constant, direction, 0.99);
        CHECK(by_samples(NULL, &in, w).covariance < 0);
        free(dw); free(want); free(direction); free(w);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* S_x = I: the recursion w' = w - mu E[x^T s] of the formula for one step, iterated, is the formula
 * for t; the excess is the loss there. */
static void whitened_steps_iterate(void **state)
{
    (void)state;
    for (uint64_t replicate = 0; replicate < 20; replicate++) {
        struct sg_rng *rng = test_rng("steps", replicate);
        struct instance in;
        make_instance(&in, replicate % 2, 1, rng);
        const size_t d = in.data.d;
        const double mu = random_between(0.2, 0.8, rng);
        double *dw = SG_NEW(d, double), *w = sg_base_copy(in.w, d, sizeof *in.w),
               *closed = SG_NEW(d, double);
        const struct sg_no_labels_ray ray = sg_closed_no_labels_ray(in.fit, in.constant, in.w);
        /* sum of 1/tau_t: an error of one step turns the line by this much */
        double turned = 0;
        for (uint64_t t = 1; t <= 30; t++) {
            turned += 1 / fabs(ray.c + pow(1 - mu, (double)(t - 1)) * (ray.tau - ray.c));
            sg_closed_no_labels_update(dw, in.fit, in.constant, w);
            for (size_t i = 0; i < d; i++)
                w[i] -= mu * dw[i];
            sg_closed_no_labels_step(closed, in.fit, in.constant, in.w, mu, t);
            context("replicate %llu, d %zu, mu %g, t %llu", (unsigned long long)replicate, d, mu,
                    (unsigned long long)t);
            CHECK_ALL(w, closed, in.scale * turned, d);
        }
        sg_closed_no_labels_limit(closed, in.fit, in.constant, in.w);
        for (size_t i = 0; i < d; i++)
            dw[i] = closed[i] - in.fit->w[i];
        const double distance = sg_base_norm(dw, d);
        CHECK_CLOSE(sg_closed_no_labels_excess(in.fit, in.constant, in.w), distance * distance / 2,
                    in.scale);
        CHECK_BOUND(fabs(by_samples(NULL, &in, closed).covariance), in.scale * (1 + 1 / ray.tau));
        free(dw); free(w); free(closed);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
}

/* The curve's slope is -S_x w; it meets the set where it says; and E[p r] near a point of the set
 * is multiplied by 1 - mu rate in one step with the best alpha, on attracting and on repelling
 * parts.  Central differences: C = 10 times h^2 of the third
 * derivative's size, and rounding / h. */
static void curve_arrival_and_rate(void **state)
{
    (void)state;
    size_t attracting = 0, repelling = 0;
    for (uint64_t replicate = 0; replicate < 40; replicate++) {
        struct sg_rng *rng = test_rng("curve", replicate);
        struct instance in;
        make_instance(&in, false, 10, rng);
        const size_t d = in.data.d;
        const double top = in.fit->lambda_x[0], h = 1e-4 / top, mu = 0.05 / top;
        double *ahead = SG_NEW(d, double), *behind = SG_NEW(d, double), *s_w = SG_NEW(d, double),
               *dw = SG_NEW(d, double), *direction = random_vector(d, 1.0, rng), a;
        context("replicate %llu, d %zu", (unsigned long long)replicate, d);
        sg_closed_no_labels_curve(ahead, in.fit, in.w, h);
        sg_closed_no_labels_curve(behind, in.fit, in.w, -h);
        sg_base_mul(s_w, in.fit->s_x, in.w, d, d, 1);
        for (size_t i = 0; i < d; i++)
            CHECK_CLOSE((ahead[i] - behind[i]) / (2 * h), -s_w[i],
                        10 * frobenius(in.w, d) *
                            (h * h * top * top * top + 10 * (double)d * SG_UNIT_ROUNDOFF / h));

        /* E[p r] < 0: outwards there always is one */
        sg_closed_no_labels_point(in.w, in.fit, false, direction, 0.5);
        CHECK_STATUS(sg_closed_no_labels_arrival(ahead, &a, in.fit, in.w, 0), SG_OK);
        CHECK(a < 0);
        CHECK_BOUND(fabs(by_samples(NULL, &in, ahead).covariance),
                    10 * in.scale * exp(-2 * a * top));

        for (int k = 0; k < 20; k++) {
            sg_base_rng_direction(direction, d, rng);
            sg_closed_no_labels_point(in.w, in.fit, false, direction, 1);
            const double rate = sg_closed_no_labels_rate(in.fit, in.w);
            double ratio[2];
            /* the mean over both sides is off by h^2 only */
            for (int side = 0; side < 2; side++) {
                sg_closed_no_labels_curve(ahead, in.fit, in.w, side ? h : -h);
                const double before = sg_closed_no_labels_state(in.fit, false, ahead).covariance;
                sg_closed_no_labels_update(dw, in.fit, false, ahead);
                for (size_t i = 0; i < d; i++)
                    ahead[i] -= mu * dw[i];
                ratio[side] = sg_closed_no_labels_state(in.fit, false, ahead).covariance / before;
            }
            if (fabs(rate) > 0.1 * top && fabs(rate) < 5 * top) {
                CHECK_CLOSE((ratio[0] + ratio[1]) / 2, 1 - mu * rate, 0.01 * mu * fabs(rate));
                attracting += rate > 0;
                repelling += rate < 0;
            }
        }
        free(ahead); free(behind); free(s_w); free(dw); free(direction);
        free_instance(&in);
        sg_base_rng_free(rng);
    }
    CHECK(attracting > 0 && repelling > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(state_update_and_set_are_what_samples_say),
        TEST(whitened_steps_iterate),
        TEST(curve_arrival_and_rate),
    };
    sg_base_init();
    return RUN(tests);
}
