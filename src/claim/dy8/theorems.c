/* DY8, theorems T1 to T4 and the scalar case over random instances and a scan of kappa. */
#include <math.h>
#include <string.h>

#include "claim/dy8/parts.h"

enum { INSTANCES = 12, KAPPAS = 13, FULL_FACTOR = 20, LARGEST = 4 };
enum which { T1, T2, T3, T4 };

/* ---- instances -------------------------------------------------------------------------- */

/* Symmetric positive definite (n x n) with eigenvalues e^(+-spread), or the identity times a number
 * for spread 0. */
static void draw_moments(struct sg_lab *lab, double *a, size_t n, double spread, struct sg_rng *rng)
{
    double g[LARGEST * LARGEST], q[LARGEST * LARGEST], lambda[LARGEST];
    const double scale = exp(2 * sg_base_rng_uniform(rng) - 1);
    sg_base_rng_gaussians(g, n * n, rng);
    sg_lab_try(lab, sg_base_qr_q(q, g, n, n));
    for (size_t i = 0; i < n; i++)
        lambda[i] = scale * exp(spread * (2 * sg_base_rng_uniform(rng) - 1));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = spread == 0 ? (i == j) * scale : 0;
            for (size_t k = 0; k < n && spread != 0; k++)
                sum += q[i * n + k] * lambda[k] * q[j * n + k];
            a[i * n + j] = a[j * n + i] = sum;
        }
}

struct instance { struct sg_deep deep; double w[2 * LARGEST * LARGEST], M[81]; };

/* T1: any S, R, shapes with K >= d.  T2: S = c I, m = 1.  T3: d = 1, R = rho I.  T4: K = 1, any S
 * and R; where d > 1 the reduced system has zeros of its own.  Every third instance of T1 lies near
 * the exact one, where the positive pair is: elsewhere there is rarely one, and zero is even
 * too. */
static struct instance draw(struct sg_lab *lab, enum which which, size_t t, struct sg_rng *rng)
{
    static const double exact[] = {0.1, 0.1, 0.1, 0.3, 0.0, 0.05}, exact_R[] = {10, 0, 0, 0.01};
    const bool near = which == T1 && t % 3 == 0;
    const size_t d = near || which == T3 ? 1 : 1 + sg_base_rng_index(rng, 3);
    const size_t m = near ? 2 : which == T2 ? 1 : 1 + sg_base_rng_index(rng, 3);
    const size_t K = near ? 2 : which == T4 ? 1 : d + sg_base_rng_index(rng, 2);
    struct instance x = {.deep = {.n_layers = 2, .at = 1, .width = {d, K, m}}};
    double S[LARGEST * LARGEST], R[LARGEST * LARGEST], P[LARGEST * LARGEST];
    draw_moments(lab, S, d, which == T2 || d == 1 ? 0 : 2, rng);
    draw_moments(lab, R, m, which == T3 || m == 1 ? 0 : 3, rng);
    sg_base_rng_gaussians(x.w, K * (d + m), rng);
    const double scale = exp(2 * sg_base_rng_uniform(rng) - 1.5);
    for (size_t i = 0; i < K * (d + m); i++)
        x.w[i] = near ? exact[i] * (1 + 0.1 * x.w[i]) : scale * x.w[i];
    if (near) {
        S[0] = 1;
        memcpy(R, exact_R, sizeof exact_R);
    }
    sg_closed_deep_product(P, &x.deep, x.w, 0, 2);
    sg_closed_deep_centred_moments(x.M, S, R, P, d, m);
    return x;
}

/* ---- scans ------------------------------------------------------------------------------ */

/* What a scan of kappa finds: eigenvalues within their own errors of zero decide nothing. */
struct scan {
    size_t decided, undecided, odd, repelling, unstable;
    double angle, angle_error;                           /* the largest */
};
static const double SECTOR = 60;

/* Item 10: the angle of each eigenvalue from the negative axis is below 60 degrees.  An error e
 * moves it by e / |lambda|; one above a tenth of the sector shows nothing and is left out. */
static void widen(struct scan *scan, const struct sg_deep_mode *mode, size_t n)
{
    const double degrees = 90 / acos(0.0);
    for (size_t i = 0; i < n; i++) {
        const double angle = degrees * fabs(carg(-mode[i].lambda));
        const double error = degrees * mode[i].error / cabs(mode[i].lambda);
        if (error < SECTOR / 10 && angle > scan->angle) {
            scan->angle = angle;
            scan->angle_error = error;
        }
    }
}

static void look(struct sg_lab *lab, struct scan *scan, const struct instance *x, double kappa)
{
    size_t n;
    bool clear;
    const struct sg_deep_mode *mode = sg_dy8_reduced(lab, &n, &x->deep, x->w, NULL, x->M, kappa);
    const size_t positive = sg_dy8_positive(&clear, mode, n);
    bool right = false;
    for (size_t i = 0; i < n; i++)
        right = right || sg_deep_mode_side(&mode[i]) > 0;
    scan->decided += clear;
    scan->undecided += !clear;
    scan->odd += clear && positive % 2;
    scan->repelling += clear && positive > 0;
    scan->unstable += right;
    widen(scan, mode, n);
}

static void check_scan(struct sg_lab *lab, enum which which, struct sg_rng *rng)
{
    static const char *const id[] = {[T2] = "T2", [T3] = "T3", [T4] = "T4"};
    static const char *const none_right[] = {
        [T2] = "T2 (S = cI, m = 1): instances and kappas with an eigenvalue right of zero",
        [T3] = "T3 (d = 1, R = rho I): instances and kappas with an eigenvalue right of zero",
        [T4] = "T4 (k = 1): instances and kappas with an eigenvalue right of zero"};
    const size_t n = INSTANCES * (lab->trial->full ? FULL_FACTOR : 1);
    struct scan scan = {0};
    for (size_t t = 0; t < n && lab->status == SG_OK; t++) {
        struct sg_lab own = sg_lab_begin(lab->ev, lab->trial);   /* gives back what one took */
        const struct instance x = draw(&own, which, t, rng);
        for (size_t k = 0; k < KAPPAS; k++)
            look(&own, &scan, &x, pow(10, -4 + 6 * (double)k / (KAPPAS - 1)));
        sg_lab_try(lab, sg_lab_end(&own));
    }
    if (which == T1) {
        sg_lab_count(lab, SG_CLOSED_FORM, "T1", "T1 (two layers): instances and kappas with an odd "
                     "number of positive real eigenvalues", scan.odd, 0, "an eigenvalue within its "
                     "error of zero decides nothing");
        sg_lab_fact(lab, SG_CLOSED_FORM, "T1-not-empty", "T1 is not empty: among them some with "
                    "positive real eigenvalues", scan.repelling > 0, "count");
    } else
        sg_lab_count(lab, SG_CLOSED_FORM, id[which], none_right[which], scan.unstable, 0, "beyond "
                     "the eigenvalue's error");
    if (which != T1)
        sg_lab_below(lab, SG_CLOSED_FORM, sg_lab_format(lab, "%s-sector", id[which]),
                     sg_lab_format(lab, "%s: largest angle of an eigenvalue from the negative axis "
                                   "in degrees, Re lambda < -|lambda|/2", id[which]),
                     scan.angle, SECTOR,
                     (struct sg_tol){scan.angle_error, "the eigenvalue's error over its modulus",
                                     0});
    if (which != T4 && scan.decided < scan.undecided)    /* T4's zeros are structural */
        sg_lab_stop(lab, SG_UNPROVED, "T%d: only %zu of %zu instances and kappas are decided",
                    (int)which + 1, scan.decided, scan.decided + scan.undecided);
}

/* ---- single cases ----------------------------------------------------------------------- */

/* d = K = m = 1: the cubic of the statement vanishes at the eigenvalues, and Routh-Hurwitz holds.
 * dgeev's eigenvalues are those of J + E, |E| <= 4 u |J|, whose quartic is off by 4 (2 |J|)^3
 * |E|. */
static void check_scalar(struct sg_lab *lab, struct sg_rng *rng)
{
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 1, 1}};
    double w[2], S, R, P, M[9], J[16], c[3], norm = SG_NAN, worst = 0;
    struct sg_deep_mode mode[4];
    bool hurwitz = true;
    for (size_t t = 0; t < INSTANCES && lab->status == SG_OK; t++) {
        const double kappa = exp(8 * sg_base_rng_uniform(rng) - 5);
        sg_base_rng_gaussians(w, 2, rng);
        draw_moments(lab, &S, 1, 0, rng);
        draw_moments(lab, &R, 1, 0, rng);
        P = w[0] * w[1];
        sg_closed_deep_centred_moments(M, &S, &R, &P, 1, 1);
        sg_lab_try(lab, sg_closed_deep_reduced(J, &deep, w, NULL, M, kappa));
        sg_deep_modes(lab, mode, NULL, NULL, J, 4);
        sg_lab_try(lab, sg_base_norm2(&norm, J, 4, 4));
        hurwitz = hurwitz && sg_closed_deep_scalar(c, w[0], w[1], S, R, kappa) > 0 && c[0] > 0 &&
                  c[1] > 0 && c[2] > 0;
        for (size_t i = 0; i < 4; i++) {
            const double complex z = mode[i].lambda, cubic = ((z + c[2]) * z + c[1]) * z + c[0];
            worst = sg_base_max(worst, cabs((z + kappa) * cubic) / pow(norm, 4));
        }
    }
    sg_lab_zero(lab, SG_CLOSED_FORM, "scalar", "scalar case: (lambda + kappa) times the cubic at "
                "the eigenvalues, over |J|^4", worst,
                (struct sg_tol){4 * 8 * 4 * SG_UNIT_ROUNDOFF, "backward error 4 u |J| of dgeev: "
                                "the polynomial moves by 4 (2 |J|)^3 of it", 1});
    sg_lab_fact(lab, SG_CLOSED_FORM, "scalar-hurwitz", "scalar case: Routh-Hurwitz conditions of "
                "the cubic", hurwitz, "signs");
}

/* No smaller sector does: d = K = m = 1, S = 1, W_1 = W_2 = 1, R = 1/kappa.  The cubic is
 * (lambda + 2)(lambda^2 + lambda + 1) and kappa (2 lambda^2 + 5 lambda + 2), so its root near
 * e^(2 pi i/3) lies kappa away, up to kappa^2, and its angle is off 60 degrees by kappa rad. */
static void check_sharp(struct sg_lab *lab)
{
    static const double kappa = 1e-3, w[2] = {1, 1}, S = 1, P = 1;
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {1, 1, 1}};
    const double R = 1 / kappa, radian = 90 / acos(0.0);
    struct instance x = {.deep = deep};
    struct scan scan = {0};
    memcpy(x.w, w, sizeof w);
    sg_closed_deep_centred_moments(x.M, &S, &R, &P, 1, 1);
    look(lab, &scan, &x, kappa);
    sg_lab_equal(lab, SG_CLOSED_FORM, "sector-sharp", "scalar case, R = 1/kappa, kappa = 1e-3: "
                 "angle of the widest eigenvalue from the negative axis in degrees", scan.angle,
                 SECTOR, (struct sg_tol){2 * kappa * radian + scan.angle_error, "the root is kappa "
                                         "away from e^(2 pi i/3), up to kappa^2", 0});
}

/* T1 needs its hypothesis: with the ones among the columns of X, 1 = x e, and a constant term, one
 * real eigenvalue alone is right of zero.  The characteristic polynomial over Q (degree 12, the
 * constant's two zeros left out) has one positive root; here both spectra are counted. */
static void check_intercept(struct sg_lab *lab)
{
    static const double kappa = 0.0006315, e[2] = {1.765, -1.439};
    static const double w[8] = {-0.6057, 0.04155, 2.327, 0.8373, 0.07443, -0.06601, -3.45, -1.073};
    static const double l_x[4] = {0.7492, 0, 0.3326, 0.3733}, l_r[4] = {0.133, 0, -3.606, 2.598};
    const struct sg_deep deep = {.n_layers = 2, .at = 1, .width = {2, 2, 2}};
    const size_t full = sg_closed_deep_n_w(&deep) + sg_closed_deep_n_phi(&deep);
    double S[4], R[4], P[4], M[25], Se[2], PSe[2], *J = SG_TAKE(lab, full * full, double);
    struct sg_deep_mode *mode = SG_TAKE(lab, full, struct sg_deep_mode);
    size_t r;
    bool clear;
    sg_base_mul_nt(S, l_x, l_x, 2, 2, 2);
    sg_base_mul_nt(R, l_r, l_r, 2, 2, 2);
    sg_base_mul(Se, S, e, 2, 2, 1);
    const double square = sg_base_dot(e, Se, 2);         /* E[1 1] = e^T S e has to be 1 */
    for (size_t i = 0; i < 4; i++)
        S[i] /= square;
    sg_closed_deep_product(P, &deep, w, 0, 2);
    sg_closed_deep_centred_moments(M, S, R, P, 2, 2);
    sg_base_mul(Se, S, e, 2, 2, 1);
    sg_base_mul_tn(PSe, P, Se, 2, 2, 1);
    for (size_t i = 0; i < 2; i++) {
        M[i * 5 + 4] = M[20 + i] = Se[i];
        M[(2 + i) * 5 + 4] = M[22 + i] = PSe[i];
    }
    sg_closed_deep_flow(J, &deep, w, M, kappa);
    sg_deep_modes(lab, mode, NULL, NULL, J, full);
    const struct sg_deep_mode *reduced = sg_dy8_reduced(lab, &r, &deep, w, NULL, M, kappa);
    sg_lab_count(lab, SG_CLOSED_FORM, "intercept-reduced", "T1 without its hypothesis (intercept "
                 "and constant): positive real eigenvalues, reduced", sg_dy8_positive(&clear,
                                                                                      reduced, r),
                 1, "beyond ten of their errors; odd");
    sg_lab_count(lab, SG_CLOSED_FORM, "intercept-full", "T1 without its hypothesis (intercept and "
                 "constant): positive real eigenvalues, full flow", sg_dy8_positive(&clear, mode,
                                                                                    full), 1,
                 "beyond ten of their errors; odd");
    const struct sg_deep_mode top = sg_dy8_top(reduced, r);
    sg_dy8_certify_intercept(lab, &top);
    sg_dy8_certify_singular(lab);
}

void sg_dy8_theorems(struct sg_lab *lab)
{
    struct sg_rng *rng = sg_lab_rng(lab, "theorems");
    for (int which = T1; which <= T4; which++)
        check_scan(lab, (enum which)which, rng);
    check_scalar(lab, rng);
    check_sharp(lab);
    check_intercept(lab);
}
