/* DY5: V twice, for the search and apart from it. */
#include <math.h>

#include "claim/dy5/parts.h"

double sg_dy5_v(const double *w, const double *phi, void *context)
{
    struct sg_dy5_energy *v = context;
    const size_t n = v->rows->n, d = v->rows->d, m = v->rows->m, q = 2 * m + 1;
    for (size_t i = 0; i < d * m; i++)
        v->delta[i] = w[i] - v->fit->w[i];
    for (size_t i = 0; i < q * m; i++)
        v->psi[i] = phi[i] - v->exact[i];
    sg_base_mul(v->x_delta, v->rows->x, v->delta, n, d, m);
    for (size_t i = 0; i < n; i++)                       /* z = (p, y, 1), p = p* + x delta */
        for (size_t j = 0; j < q; j++)
            v->z[i * q + j] = v->fit->z[i * q + j] + (j < m ? v->x_delta[i * m + j] : 0);
    sg_base_mul(v->z_psi, v->z, v->psi, n, q, m);
    return (sg_base_dot(v->x_delta, v->x_delta, n * m) + sg_base_dot(v->z_psi, v->z_psi, n * m)) /
           (double)n;
}

struct sg_dy5_energy *sg_dy5_energy(struct sg_lab *lab, const struct sg_data *rows,
                                    const struct sg_fit *fit)
{
    const size_t n = rows->n, q = fit->q, m = rows->m;
    struct sg_dy5_energy *v = SG_TAKE(lab, 1, struct sg_dy5_energy);
    *v = (struct sg_dy5_energy){rows, fit, SG_TAKE(lab, rows->d * m, double),
                                SG_TAKE(lab, n * m, double), SG_TAKE(lab, q * m, double),
                                SG_TAKE(lab, n * m, double), SG_TAKE(lab, n * q, double),
                                SG_TAKE(lab, q * m, double), SG_TAKE(lab, q, double)};
    sg_closed_exact_sg(v->exact, m);
    return v;
}

double sg_dy5_sigma(struct sg_lab *lab, const struct sg_dy5_energy *v)
{
    const size_t n = v->rows->n, q = v->fit->q, least = n < q ? n : q;
    sg_lab_try(lab, sg_base_singular_values(v->sigma, v->z, n, q));
    return v->sigma[least - 1] / sqrt((double)n);
}

struct sg_dy5_fresh *sg_dy5_fresh(struct sg_lab *lab)
{
    const struct sg_data *data = lab->trial->data;
    struct sg_dy5_fresh *f = SG_TAKE(lab, 1, struct sg_dy5_fresh);
    *f = (struct sg_dy5_fresh){data, SG_TAKE(lab, data->d * data->m, double),
                               SG_TAKE(lab, data->n * (2 * data->m + 1), long double),
                               SG_TAKE(lab, data->n * data->m, long double)};
    sg_lab_try(lab, sg_base_solve_least_squares(f->w_star, NULL, NULL, data->x, data->y, data->n,
                                                data->d, data->m));
    return f;
}

/* z, s - g of a sample; returns |x (W - W*)|^2. */
static long double look_at_sample(struct sg_dy5_fresh *f, size_t i, const double *w,
                                  const double *phi)
{
    const size_t d = f->data->d, m = f->data->m, q = 2 * m + 1;
    long double *z = f->z + i * q, *e = f->e + i * m, square = 0;
    for (size_t o = 0; o < m; o++) {
        long double p = 0, off = 0;
        for (size_t j = 0; j < d; j++) {
            const long double x = (long double)f->data->x[i * d + j], v = (long double)w[j * m + o];
            p += x * v;
            off += x * (v - (long double)f->w_star[j * m + o]);
        }
        z[o] = p;
        z[m + o] = (long double)f->data->y[i * m + o];
        square += off * off;
    }
    z[2 * m] = (long double)f->data->one[i];
    for (size_t o = 0; o < m; o++) {
        e[o] = z[m + o] - z[o];
        for (size_t k = 0; k < q; k++)
            e[o] += z[k] * (long double)phi[k * m + o];
    }
    return square;
}

/* |G| and |G|^4 / E|Z G|^2. */
static void look_at_slope(struct sg_dy5_seen *seen, const struct sg_dy5_fresh *f)
{
    const size_t n = f->data->n, m = f->data->m, q = 2 * m + 1;
    long double slope = 0, curvature = 0;
    for (size_t o = 0; o < m; o++) {
        long double column[2 * 64 + 1];          /* q; a case has at most 64 outputs */
        SG_REQUIRE(q <= sizeof column / sizeof *column);
        for (size_t k = 0; k < q; k++) {
            long double G = 0;
            for (size_t i = 0; i < n; i++)
                G += f->z[i * q + k] * f->e[i * m + o] / (long double)n;
            slope += G * G;
            column[k] = G;
        }
        for (size_t i = 0; i < n; i++) {
            long double along = 0;
            for (size_t k = 0; k < q; k++)
                along += f->z[i * q + k] * column[k];
            curvature += along * along / (long double)n;
        }
    }
    seen->slope = sqrt((double)slope);
    seen->gain = curvature > 0 ? (double)(slope * slope / curvature) : 0;
}

struct sg_dy5_seen sg_dy5_look(struct sg_dy5_fresh *f, const double *w, const double *phi)
{
    const size_t n = f->data->n, m = f->data->m;
    long double off = 0, error = 0, z = 0;
    for (size_t i = 0; i < n; i++)
        off += look_at_sample(f, i, w, phi) / (long double)n;
    for (size_t i = 0; i < n * m; i++)
        error += f->e[i] * f->e[i] / (long double)n;
    for (size_t i = 0; i < n * (2 * m + 1); i++)
        z += f->z[i] * f->z[i] / (long double)n;
    struct sg_dy5_seen seen = {.v = (double)(off + error), .error = (double)error,
                               .z = sqrt((double)z)};
    look_at_slope(&seen, f);
    return seen;
}
