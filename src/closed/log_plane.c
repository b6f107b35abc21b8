/* Without a ones column: joint critical points p = a P_X y + b P_X 1 of logistic regression with a
 * linear SG, a search in one direction (CP6). */
#include <stdlib.h>
#include <string.h>

#include "synthgrad/logloss.h"

static const double PI = 3.14159265358979323846;

struct plane {
    size_t n;
    const double *y;
    size_t *label;
    double *u, *v;          /* P_X y, P_X 1 */
    double m[3];            /* Gram matrix of the residuals: yy, y1, 11 */
    double *ray;            /* n: cos u + sin v */
    bool open;
};

/* (a, b) = r (cos, sin) with the least loss on the line; r's sign comes with it.  False
 * where the line separates. */
static bool on_line(double *ab, struct plane *s, double angle)
{
    struct sg_regression *r = NULL;
    for (size_t i = 0; i < s->n; i++)
        s->ray[i] = cos(angle) * s->u[i] + sin(angle) * s->v[i];
    if (sg_closed_regression_alloc(&r, s->ray, s->label, s->n, 1, 1) != SG_OK)
        return false;
    const bool finite = !r->separated;
    ab[0] = finite ? r->b[0] * cos(angle) : SG_NAN;
    ab[1] = finite ? r->b[0] * sin(angle) : SG_NAN;
    sg_closed_regression_free(r);
    return finite;
}

/* det[(E[y g], E[g]), M e] at the minimum in the direction e; NaN where there is none. */
static double turning(double *ab, struct plane *s, double angle)
{
    if (!on_line(ab, s, angle)) {
        s->open = true;
        return SG_NAN;
    }
    double yg = 0, g = 0;
    for (size_t i = 0; i < s->n; i++) {
        const double p = ab[0] * s->u[i] + ab[1] * s->v[i], one = 1 / (1 + exp(-p)) - s->y[i];
        yg += s->y[i] * one;
        g += one;
    }
    const double a = cos(angle), b = sin(angle);
    return yg * (s->m[1] * a + s->m[2] * b) - g * (s->m[0] * a + s->m[1] * b);
}

static enum sg_status project(struct plane *s, const struct sg_data *data)
{
    const size_t n = data->n, d = data->d;
    double *both = SG_NEW(2 * n, double), *w = SG_NEW(2 * d, double), *fit = SG_NEW(2 * n, double);
    for (size_t i = 0; i < n; i++) {
        both[2 * i] = data->y[i];
        both[2 * i + 1] = 1;
    }
    const enum sg_status status =
        sg_base_solve_least_squares(w, NULL, NULL, data->x, both, n, d, 2);
    sg_base_mul(fit, data->x, w, n, d, 2);
    for (size_t i = 0; i < n; i++) {
        const double y = data->y[i] - fit[2 * i], one = 1 - fit[2 * i + 1];
        s->u[i] = fit[2 * i];
        s->v[i] = fit[2 * i + 1];
        s->m[0] += y * y;
        s->m[1] += y * one;
        s->m[2] += one * one;
    }
    free(both);
    free(w);
    free(fit);
    return status;
}

/* The directions of descent at 0 are a half circle around minus the gradient there; on its
 * border the minimum is at 0. */
static double middle_direction(const struct plane *s)
{
    double of_u = 0, of_v = 0;
    for (size_t i = 0; i < s->n; i++) {
        of_u += s->u[i] * (s->y[i] - 0.5);
        of_v += s->v[i] * (s->y[i] - 0.5);
    }
    return atan2(of_v, of_u);
}

enum sg_status sg_closed_log_plane(double *found_ab, size_t *found, bool *open,
                                   const struct sg_data *data, size_t looks, size_t most)
{
    SG_REQUIRE(found && open && data && data->m == 1 && looks >= 2);
    struct plane s = {.n = data->n, .y = data->y};
    size_t c;
    *found = 0;
    enum sg_status status = sg_closed_classes(&s.label, &c, data);
    if (status != SG_OK)
        return status;
    s.u = SG_NEW(s.n, double);
    s.v = SG_NEW(s.n, double);
    s.ray = SG_NEW(s.n, double);
    status = project(&s, data);
    const double start = middle_direction(&s) - PI / 2;
    double ab[2], before = SG_NAN;
    for (size_t k = 0; k < looks && status == SG_OK; k++) {
        const double step = PI / (double)looks, here = start + ((double)k + 0.5) * step,
                     value = turning(ab, &s, here);
        if (before * value < 0) {                                   /* false with NaN */
            double low = here - step, high = here;
            for (int i = 0; i < 60; i++) {
                const double mid = low + (high - low) / 2;
                if (turning(ab, &s, mid) * before > 0)
                    low = mid;
                else
                    high = mid;
            }
            if (*found < most && on_line(ab, &s, high))
                memcpy(found_ab + 2 * (*found)++, ab, sizeof ab);
        }
        before = value;
    }
    *open = s.open;
    free(s.label);
    free(s.u);
    free(s.v);
    free(s.ray);
    return status;
}
