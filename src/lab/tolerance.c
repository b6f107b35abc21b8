/* Tolerances that carry their words. */
#include <math.h>
#include <stdlib.h>

#include "lab/tolerance.h"

static double norm2(struct sg_lab *lab, const double *a, size_t n)
{
    double norm = SG_NAN;
    sg_lab_try(lab, sg_base_norm2(&norm, a, n, n));
    return norm;
}

struct sg_tol sg_tol_dgeev(struct sg_lab *lab, const double *J, size_t size, double cond_T)
{
    return (struct sg_tol){10 * ((double)size * SG_UNIT_ROUNDOFF * norm2(lab, J, size)) * cond_T,
                           "Bauer-Fike: 10 size u |J| cond(T)", 0};
}

struct sg_tol sg_tol_dgeev_blocks(struct sg_lab *lab, const double *J, size_t size, size_t first)
{
    for (size_t i = first; i < size; i++)
        SG_REQUIRE(sg_base_max_abs(J + i * size, first) == 0);
    return (struct sg_tol){10 * ((double)size * SG_UNIT_ROUNDOFF * norm2(lab, J, size)),
                           "10 size u |J|: block triangular with symmetric blocks", 0};
}

/* Bauer-Fike for the spectrum of J_near, |J - J_near| away, still to be multiplied by cond(T). */
static struct sg_tol dgeev_near(struct sg_lab *lab, const double *J, const double *J_near,
                                size_t size)
{
    double *E = SG_TAKE(lab, size * size, double);
    for (size_t i = 0; i < size * size; i++)
        E[i] = J[i] - J_near[i];
    const double dgeev = 10 * ((double)size * SG_UNIT_ROUNDOFF * norm2(lab, J, size));
    return (struct sg_tol){dgeev + norm2(lab, E, size),
                           "Bauer-Fike: cond(T) times the norm of the two Jacobians' difference",
                           0};
}

struct sg_tol sg_tol_rounding(double ulps, double scale, const char *words)
{
    return (struct sg_tol){ulps * SG_UNIT_ROUNDOFF * scale, words, scale};
}

struct sg_tol sg_tol_dgeev_blocks_near(struct sg_lab *lab, const double *J, const double *J_near,
                                       size_t size, size_t first, double cond_T)
{
    struct sg_tol bauer_fike = dgeev_near(lab, J, J_near, size);
    const double E = bauer_fike.value;
    bauer_fike.value *= cond_T;
    double *B = SG_TAKE(lab, size * size, double);
    for (size_t i = 0; i < first; i++)
        for (size_t j = first; j < size; j++)
            B[i * size + j] = J[i * size + j];
    const double moved = (E + sqrt(E * E + 4 * E * norm2(lab, B, size))) / 2;
    return moved < bauer_fike.value
               ? (struct sg_tol){moved,
                                 "(|E| + sqrt(|E|^2 + 4 |E| |B|)) / 2, E the Jacobians' difference",
                                 0}
               : bauer_fike;
}

static int by_real_part(const void *a, const void *b)
{
    const double complex x = *(const double complex *)a, y = *(const double complex *)b;
    return (creal(x) > creal(y)) - (creal(x) < creal(y));
}

double sg_lab_spectrum_distance(const double complex *a, const double complex *b, size_t n)
{
    bool *taken = SG_NEW(n, bool);
    double distance = 0;
    for (size_t i = 0; i < n; i++) {
        size_t nearest = n;
        for (size_t j = 0; j < n; j++)
            if (!taken[j] && (nearest == n || cabs(a[i] - b[j]) < cabs(a[i] - b[nearest])))
                nearest = j;
        taken[nearest] = true;
        distance = sg_base_max(distance, cabs(a[i] - b[nearest]));
    }
    free(taken);
    return distance;
}

void sg_lab_spectrum(struct sg_lab *lab, enum sg_evidence_kind kind, const char *id,
                     const char *what, double complex *lambda, const double *J,
                     const double complex *closed, size_t size, struct sg_tol tol)
{
    double complex *found = lambda ? lambda : SG_TAKE(lab, size, double complex);
    sg_lab_try(lab, sg_base_eigen_general(found, NULL, J, size));
    qsort(found, size, sizeof *found, by_real_part);
    for (size_t i = 0; i < size; i++)
        tol.scale = fmax(tol.scale, cabs(closed[i]));
    sg_lab_zero(lab, kind, id, what, sg_lab_spectrum_distance(closed, found, size), tol);
}
