/* The joint critical point at least squares, proved in ball arithmetic (p = x W, one SG).
 *
 * Where z = (p, y, 1) has dependent columns, as with one-hot labels, phi is not alone: phi* + null
 * space of z gives the same s.  The SG's rows of columns that depend on others are then held at
 * phi*.  That loses nothing: g = z phi* for every W, so s - g = z_B (phi - phi*)_B on the other
 * columns B, and E[z_B^T (s - g)] = 0 with S_{z_B} nonsingular makes s = g on every sample. */
#include <math.h>

#include "lab/certify.h"
#include "lab/record.h"
#include "lab/twin.h"

/* Power of two near |v|, so that dividing by it is exact; 1 for 0. */
static double power_near(const double *v, size_t n, size_t stride)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(v[i * stride]));
    return most > 0 ? exp2(floor(log2(most))) : 1;
}

/* The samples with each column of X, and y as a whole, divided by a power of two: W, B, C and the
 * updates are multiplied by such, so that a critical point stays one. */
static struct sg_cert_data scaled(struct sg_lab *lab)
{
    const struct sg_data *data = lab->trial->data;
    const size_t n = data->n, d = data->d, m = data->m;
    double *x = SG_TAKE(lab, n * d, double), *y = SG_TAKE(lab, n * m, double);
    const double of_y = power_near(data->y, n * m, 1);
    for (size_t j = 0; j < d; j++) {
        const double of_x = power_near(data->x + j, n, d);
        for (size_t i = 0; i < n; i++)
            x[i * d + j] = data->x[i * d + j] / of_x;
    }
    for (size_t i = 0; i < n * m; i++)
        y[i] = data->y[i] / of_y;
    return (struct sg_cert_data){.n = n, .d = d, .m = m, .x = x, .y = y};
}

/* Which columns of z (n x q) to hold: those whose part across all columns that are kept is below
 * sqrt(u) of them.  Gram-Schmidt twice, the constant and the labels first, then p.  Any choice
 * makes a proof; a column kept in vain leaves it undecided. */
static size_t find_dependent(bool *held, const double *z, size_t n, size_t q, struct sg_lab *lab)
{
    double *basis = SG_TAKE(lab, q * n, double);
    size_t kept = 0, count = 0;
    for (size_t j = q; j-- > 0;) {
        double *v = basis + kept * n;
        for (size_t i = 0; i < n; i++)
            v[i] = z[i * q + j];
        const double length = sg_base_norm(v, n);
        for (size_t k = 0; k < 2 * kept; k++) {
            const double *e = basis + (k % kept) * n, along = sg_base_dot(e, v, n);
            for (size_t i = 0; i < n; i++)
                v[i] -= along * e[i];
        }
        const double left = sg_base_norm(v, n);
        held[j] = !(left > sqrt(SG_UNIT_ROUNDOFF) * length);
        count += held[j];
        for (size_t i = 0; i < n && !held[j]; i++)
            v[i] /= left;
        kept += !held[j];
    }
    return count;
}

/* held: of each column of z, 0 or 1. */
static void record_critical(struct sg_lab *lab, const struct sg_cert_data *data, const bool *held,
                            enum sg_status status, const struct sg_cert_critical *point)
{
    const size_t q = 2 * data->m + 1;
    size_t *flag = SG_TAKE(lab, q, size_t);
    for (size_t i = 0; i < q; i++)
        flag[i] = held[i];
    struct sg_record *r = sg_lab_record(lab, "critical", "critical-proved");
    sg_record_data(r, data);
    sg_record_wholes(r, "held", flag, q);
    sg_record_outcome(r, status);
    sg_record_number(r, "box", point->box);
    sg_record_number(r, "gradient", point->gradient);
    sg_record_end(r);
}

void sg_twin_certify(struct sg_twin *t)
{
    struct sg_lab *lab = t->lab;
    const unsigned terms = t->arch.arch.modules[0].terms;
    if (lab->status != SG_OK || t->chain.n_layers > 1 || !(terms & SG_H) || !(terms & SG_Y))
        return;
    if (t->fit->rank < t->fit->d) {
        sg_lab_note(lab,
                    "no certificate of the critical point: S_x is singular, so it is not alone");
        return;
    }
    const size_t n = t->fit->n, m = t->fit->m, q = t->fit->q;
    if (!sg_lab_certifies(lab, (t->fit->d + q) * m))
        return;
    const struct sg_cert_data data = scaled(lab);
    const size_t of_z = sg_closed_chain_regressors(NULL, &t->chain, &t->rows, t->fit->w, 0);
    double *z = SG_TAKE(lab, n * of_z, double);
    bool *held = SG_TAKE(lab, q, bool);
    (void)sg_closed_chain_regressors(z, &t->chain, &t->rows, t->fit->w, 0);
    const size_t count = find_dependent(held, z, n, of_z, lab) + q - of_z;
    held[q - 1] = held[q - 1] || !(terms & SG_ONE);
    struct sg_cert_critical point;
    const enum sg_status status = sg_cert_critical(&point, &data, held);
    record_critical(lab, &data, held, status, &point);
    static const char whole[] =
        "a box around (W*, phi*) holds exactly one joint critical point, and |grad L| = 0 there";
    const char *what = count == 0
                           ? whole
                           : sg_lab_format(lab,
                                           "%s (%zu of %zu rows of phi, of dependent columns, at "
                                           "phi*)",
                                           whole, count, q);
    sg_lab_proved(lab, "critical-proved", what, status, SG_OK,
                  "Krawczyk's operator, |grad L| below u^{3/2} of its terms over the enclosure; "
                  "binary64 samples, exact, divided by powers of two");
    if (status == SG_OK)
        sg_lab_note(lab,
                    "proved: one joint critical point with all unknowns within %.3g max(1, |.|) "
                    "of (W*, phi*)",
                    point.box);
}
