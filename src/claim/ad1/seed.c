/* AD1: one seed of one set, its case, data and random streams. */
#include <math.h>
#include <string.h>

#include "claim/ad1/parts.h"
#include "lab/own.h"

struct sg_case *sg_ad1_case(const struct sg_ad1_task *task)
{
    struct sg_case *c = SG_TAKE(task->lab, 1, struct sg_case);
    memcpy(c, task->lab->trial->c, sizeof *c);
    c->data.n = (int)task->set->n;
    c->data.d = (int)task->set->k + 1;
    c->data.labels = (int)task->set->labels;
    return c;
}

struct sg_rng *sg_ad1_rng(const struct sg_ad1_task *task, const char *purpose)
{
    return sg_lab_own_rng(task->lab, sg_base_rng_alloc(task->lab->trial->seed, task->set->name,
                                                       task->seed, purpose));
}

double sg_ad1_spectrum_middle(const struct sg_ad1_task *task)
{
    const size_t n = task->data->n, d = task->data->d;
    double *sigma = SG_TAKE(task->lab, d, double);
    sg_lab_try(task->lab, sg_base_singular_values(sigma, task->data->x, n, d));
    return (sigma[0] * sigma[0] + sigma[d - 1] * sigma[d - 1]) / 2 / (double)n;
}

double sg_ad1_least_squares(const struct sg_ad1_task *task)
{
    const size_t n = task->data->n, d = task->data->d;
    double *w = SG_TAKE(task->lab, d, double), *r = SG_TAKE(task->lab, n, double);
    sg_lab_try(task->lab, sg_base_solve_least_squares(w, NULL, NULL, task->data->x, task->data->y,
                                                      n, d, 1));
    sg_base_mul(r, task->data->x, w, n, d, 1);
    for (size_t i = 0; i < n; i++)
        r[i] -= task->data->y[i];
    return sg_base_dot(r, r, n) / 2 / (double)n;
}
