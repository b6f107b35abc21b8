/* Statistics of empirical claims: a handful of seeds, and what they allow one to say. */
#include "lab/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static const double CONFIDENCE = 0.95;

double sg_claim_quantile(const double *values, size_t n, double fraction)
{
    SG_REQUIRE(n > 0 && fraction >= 0 && fraction <= 1);
    if (!sg_base_all_finite(values, n))
        return SG_NAN;
    double *sorted = sg_base_copy(values, n, sizeof *values);
    sg_base_sort(sorted, n);
    const double place = fraction * (double)(n - 1);
    const size_t below = (size_t)place, above = below + 1 < n ? below + 1 : below;
    const double value = sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
    free(sorted);
    return value;
}

/* The mean, and the standard error of it; NaN for n < 2. */
static double mean_of(double *error, const double *values, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += values[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    *error = n < 2 ? SG_NAN : sqrt(squares / (double)(n - 1) / (double)n);
    return mean;
}

double sg_lab_t_interval(struct sg_t_interval *interval, const double *values, size_t n,
                         double confidence)
{
    double error;
    const double mean = mean_of(&error, values, n);
    const double half =
        n < 2 ? SG_NAN : gsl_cdf_tdist_Qinv((1 - confidence) / 2, (double)n - 1) * error;
    *interval = (struct sg_t_interval){mean - half, mean + half, confidence};
    return mean;
}

double sg_lab_t_test(const double *values, size_t n)
{
    double error;
    const double mean = mean_of(&error, values, n);
    if (n < 2 || !isfinite(mean) || !isfinite(error) || (mean == 0.0 && error == 0.0))
        return 1;
    return error > 0 ? 2 * gsl_cdf_tdist_Q(fabs(mean) / error, (double)n - 1) : 0;
}

/* The k-th smallest p value is held against alpha / (n - k + 1), until one is larger.  What comes
 * after that one has the interval of the same confidence, which its larger p value keeps around 0.
 */
void sg_lab_holm(double *each, const double *p, size_t n, double confidence)
{
    const double alpha = 1 - confidence;
    size_t left = n;
    for (size_t i = 0; i < n; i++)
        each[i] = 0;
    for (size_t done = 0; done < n; done++) {
        size_t next = n;
        for (size_t i = 0; i < n; i++)
            if (each[i] == 0.0 && (next == n || p[i] < p[next]))
                next = i;
        each[next] = 1 - alpha / (double)left;
        left -= p[next] <= alpha / (double)left && left > 1;
    }
}

static void add_effect(struct sg_lab *lab, const struct sg_effect *e, double confidence, size_t of)
{
    const bool large = sg_case_is_large(lab->trial->c), secondary = of > 0;
    const size_t needed = large ? SG_LAB_SEEDS_LARGE : SG_LAB_SEEDS;
    struct sg_t_interval interval;
    const double mean = sg_lab_t_interval(&interval, e->each, e->n, confidence);
    const char *words =
        sg_lab_format(lab, "Student t over %zu seeds%s", e->n,
                      large && e->n < SG_LAB_SEEDS ? ", fewer than 8, as one costs so much" : "");
    if (secondary)
        words = sg_lab_format(lab, "%s; Holm over %zu secondary effects", words, of);
    if (e->n < needed) {
        words = sg_lab_format(lab, "open: %zu seeds, and a verdict needs %zu", e->n, needed);
        interval.low = interval.high = SG_NAN;
        if (!secondary)
            sg_lab_note(lab, "%s; write train.seeds = %d", words, SG_LAB_SEEDS);
    }
    sg_lab_effect(lab, e->id, e->what, mean, interval, secondary, words);
}

static void add_line(struct sg_lab *lab, const struct sg_effect *e, double confidence)
{
    struct sg_t_interval interval;
    size_t plus = 0;
    for (size_t i = 0; i < e->n; i++)
        plus += e->each[i] > 0;
    const double mean = sg_lab_t_interval(&interval, e->each, e->n, confidence);
    sg_claim_listing_row(lab->ev, e->name,
                         (const double[]){mean, interval.low, interval.high, 100 * confidence,
                                          sg_lab_t_test(e->each, e->n), (double)plus,
                                          (double)e->n});
}

void sg_lab_effects(struct sg_lab *lab, const struct sg_effect *effect, size_t n)
{
    double *p = SG_TAKE(lab, n, double), *confidence = SG_TAKE(lab, n, double);
    for (size_t i = 0; i < n; i++)
        p[i] = sg_lab_t_test(effect[i].each, effect[i].n);
    confidence[0] = CONFIDENCE;
    sg_lab_holm(confidence + 1, p + 1, n - 1, CONFIDENCE);
    sg_claim_listing(lab->ev,
                     "effects over seeds, the primary one first; Student t, Holm over the others",
                     "effect|mean|from|to|confidence, %|p|positive|seeds");
    for (size_t i = 0; i < n; i++) {
        add_effect(lab, &effect[i], confidence[i], i == 0 ? 0 : n - 1);
        add_line(lab, &effect[i], confidence[i]);
    }
}
