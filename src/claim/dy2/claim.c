/* DY2: weights trained by a frozen SG, s = p A + y B + C with nu = 0, in closed form: every step,
 * the limit, and when there is one.
 *
 * Mode i of W_t - W_inf in the eigenbasis of S_x is multiplied from the right by M_i = I - mu
 * lambda_i A each step.  So W_t converges from every start iff |1 - mu lambda_i a_j| < 1 for all
 * lambda_i > 0 and all eigenvalues a_j of A: iff mu lambda_max |a_j|^2 < 2 Re(a_j) for all j. */
#include <math.h>
#include <string.h>

#include "claim/dy2/parts.h"
#include "lab/tolerance.h"

/* Eigenvalues in the right half plane: with several outputs the first two are a complex pair. */
static void draw_eigenvalues(double complex *a, size_t m, struct sg_rng *rng)
{
    for (size_t j = 0; j < m; j++)
        a[j] = 0.5 + sg_base_rng_uniform(rng);
    if (m > 1) {
        a[0] = SG_COMPLEX(creal(a[0]), creal(a[0]) * (0.5 + sg_base_rng_uniform(rng)));
        a[1] = conj(a[0]);
    }
}

/* {1 - mu lambda_i a_j} against dgeev of the weights' block of the joint Jacobian: that is similar
 * to them by V and A's eigenvectors. */
static void check_spectrum(struct sg_lab *lab, const struct sg_frozen *f)
{
    const struct sg_shallow *s = f->s;
    const size_t m = s->fit->m, n_w = s->n_w;
    double *joint = SG_TAKE(lab, s->size * s->size, double),
           *block = SG_TAKE(lab, n_w * n_w, double);
    double complex *closed = SG_TAKE(lab, n_w, double complex);
    sg_closed_joint_jacobian(joint, &s->rows, f->limit, f->phi, f->critical, 0);
    for (size_t i = 0; i < n_w; i++) {
        memcpy(block + i * n_w, joint + i * s->size, n_w * sizeof *block);
        closed[i] = 1 - f->critical * s->fit->lambda_x[i / m] * f->a[i % m];
    }
    sg_lab_spectrum(lab, SG_CLOSED_FORM, "spectrum",
                    "spectrum at the limit: 1 - mu lambda_i a_j against dgeev of the step's "
                    "Jacobian, largest distance",
                    NULL, block, closed, n_w, sg_tol_dgeev(lab, block, n_w, f->K));
}

static void check_limit(struct sg_lab *lab, const struct sg_frozen *f, struct sg_rng *rng)
{
    const double steps = (double)f->s->c->train.steps;
    const struct sg_tol tol = sg_frozen_limit_tolerance(f, steps);
    if (sg_shallow_tells(lab, tol.value))
        sg_lab_equal(lab, SG_SIMULATED, "limit",
                     "mu limit, bisected on returning, over min_j 2 Re(a_j) / (lambda_max |a_j|^2)",
                     sg_frozen_find_limit(lab, f, steps, rng) / f->critical, 1.0, tol);
}

/* One eigenvalue (a pair) of A turned into the left half plane: no rate at all will do. */
static void check_left_half_plane(struct sg_lab *lab, const struct sg_frozen *f, struct sg_rng *rng)
{
    struct sg_shallow *s = f->s;
    const double budget = (double)s->c->train.steps;
    double complex a[SG_FROZEN_OUTPUTS_MOST];
    size_t leaves = 0, tried = 0;
    memcpy(a, f->a, s->fit->m * sizeof *a);
    for (size_t j = 0; j < s->fit->m && j < 2; j++) /* the reflection: -conj(a) */
        a[j] = -conj(f->a[j]);
    const struct sg_frozen left = sg_frozen_make(lab, s, a, rng);
    const double *offset = sg_frozen_offset(lab, &left, rng);
    for (int k = -4; k <= 4; k++, tried++) {
        const double mu = pow(10, k / 2.0) * f->critical;
        const double growth = sg_frozen_log_radius(&left, mu, s->rate_x.largest);
        if (!sg_lab_afford(lab, log(400 * f->K) / growth, budget, "see a start leave",
                           "raise train.steps"))
            return;
        leaves += sg_shallow_fate(s, offset, mu, s->nu, (uint64_t)budget) == SG_LEAVES;
    }
    sg_lab_count(lab, SG_SIMULATED, "left-half-plane",
                 "one eigenvalue of A with Re(a) < 0: rates out of nine, over four decades, at "
                 "which the start leaves",
                 leaves, tried, "exact count");
}

static void says(struct sg_lab *lab, void *on)
{
    struct sg_shallow *s = on;
    const struct sg_case_train *train = &s->c->train;
    struct sg_rng *rng = sg_lab_rng(lab, "frozen");
    double complex a[SG_FROZEN_OUTPUTS_MOST];
    const bool figure = lab->trial->figure && s->fit->m == 2;
    draw_eigenvalues(a, s->fit->m, rng);
    const struct sg_frozen f = sg_frozen_make(lab, s, a, rng);
    const double mu = sg_lab_rate(train->mu, train->units, f.critical, SG_NAN);
    const struct sg_dy2_rate rate[] = {{"case", "the case's rate", mu, true},
                                       {"half", "half the limit", f.critical / 2, true},
                                       {"beyond", "1.01 of the limit", 1.01 * f.critical, false}};
    if (figure)
        sg_dy2_draw_spirals(lab, &f, rng);
    for (int k = 0; k < 3; k++)
        sg_dy2_check_rate(lab, &f, rate[k], rng);
    check_spectrum(lab, &f);
    check_limit(lab, &f, rng);
    check_left_half_plane(lab, &f, rng);
    sg_dy2_certify(lab, &f, mu);
    if (s->nu > 0)
        sg_lab_note(lab, "nu > 0: the SG learns, and the statement is about one that does not");
    if (mu >= f.critical)
        sg_lab_note(lab,
                    "mu is beyond its limit and W does not come to rest, as the statement says; "
                    "take less than 1 in critical units");
    if (figure)
        sg_dy2_draw_disc(lab, s, rng);
}

const struct sg_claim sg_claim_dy2 = {
    .id = "DY2",
    .name = "dy2_frozen_sg",
    .title = "a frozen SG in closed form: when it trains, and towards what",
    .needs_data = true,
    .reads = SG_READS_TABLE SG_READS_REGRESSION SG_READS_FULL_SG
    " train.form train.units=critical|absolute train.mu train.nu! train.steps",
    .measure = sg_lab_measure,
    .on = &sg_on_shallow,
    .says = says,
    .statement =
        "Linear regression trained by a synthetic gradient s = p A + y B + C that does not learn "
        "(nu = 0), A nonsingular.  Row i of V^T (W_t - W_inf) in the eigenbasis of S_x = E[x^T x] "
        "is what it was at the start times (I - mu lambda_i A)^t, W_inf = -S_x^+ (E[x^T y] B + "
        "E[x^T 1] C) A^{-1} plus the part of W_0 in the null space of X.  So it converges from "
        "every start iff 0 < mu < 2 Re(a_j) / (lambda_max |a_j|^2) for every eigenvalue a_j of A; "
        "with one output iff 0 < mu alpha lambda_max < 2.  With Re(a_j) <= 0 for some j no rate "
        "will do.  In critical units mu is a multiple of that limit.",
};
