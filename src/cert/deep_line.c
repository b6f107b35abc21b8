/* DY8 for every kappa > 0 at once: the characteristic polynomial chi(lambda; kappa) of the full
 * flow over Q[kappa], its roots by the side of the imaginary axis at one kappa, and all kappa at
 * which that can change.
 *
 * chi = lambda^z (lambda + kappa)^c p(lambda; kappa): z roots 0 at every kappa, and c = K for data
 * of mean 0, whose constants decouple (c = 0 where that does not divide).  p is monic of degree n
 * in lambda and of total degree n.  A root of p can reach the axis only
 *   at 0, where p(0; kappa) = 0, or
 *   with its mirror image, where r = product over i < j of (lambda_i + lambda_j) = 0: up to sign
 *   the resultant of the even and the odd part of p (Orlando), a polynomial in kappa of degree at
 *   most n (n - 1) / 2.
 * Both are polynomials with whole coefficients.  Their positive roots are isolated, and must be
 * simple.  Then p(0; .) changes sign at its own, so that one real eigenvalue passes 0; and at one
 * of r one sum lambda_i + lambda_j does, a real one (complex ones vanish in pairs): an imaginary
 * pair passes the axis and the counts change by 2, or two real eigenvalues are mirrored, none is on
 * the axis, and the counts stay. */
#ifdef SG_HAVE_FLINT
#include <stdlib.h>

#include "cert/deep_exact.h"

struct sg_cert_deep {
    slong size, n_phi, constants;
    bool regular;
    slong rests;
    fmpz_t scale;
    fmpz_poly_t *a;              /* size + 1: of lambda^j, in kappa */
    slong zeros;                 /* z */
};

/* ---- chi --------------------------------------------------------------------------------- */

static void common_denominator(fmpz_t scale, const fmpq_mat_t A)
{
    for (slong i = 0; i < fmpq_mat_nrows(A); i++)
        for (slong j = 0; j < fmpq_mat_ncols(A); j++)
            fmpz_lcm(scale, scale, fmpq_mat_entry_den(A, i, j));
}

/* chi of one kappa, from the Jacobian there.  scale: lambda is counted in units of 1/scale, a
 * common denominator, so that all coefficients are whole. */
static void flow_chi(fmpz_poly_t chi, fmpz_t scale, const struct sg_exact_flow *flow,
                     const fmpq_t kappa)
{
    fmpz_mat_t J;
    fmpq_t entry;
    fmpz_mat_init(J, flow->size, flow->size);
    fmpq_init(entry);
    fmpz_one(scale);
    common_denominator(scale, flow->weights);
    common_denominator(scale, flow->sg);
    fmpz_mul(scale, scale, fmpq_denref(kappa));
    for (slong i = 0; i < flow->size; i++)
        for (slong j = 0; j < flow->size; j++) {
            if (i < flow->n_w)
                fmpq_set(entry, fmpq_mat_entry(flow->weights, i, j));
            else
                fmpq_mul(entry, fmpq_mat_entry(flow->sg, i - flow->n_w, j), kappa);
            fmpq_mul_fmpz(entry, entry, scale);
            fmpz_set(fmpz_mat_entry(J, i, j), fmpq_numref(entry));
        }
    fmpz_mat_charpoly(chi, J);
    fmpz_mat_clear(J);
    fmpq_clear(entry);
}

/* Kappa stands in n_phi rows: n_phi + 1 values of it determine the coefficients. */
static void find_chi(struct sg_cert_deep *deep, const struct sg_exact_flow *flow)
{
    const slong nodes = deep->n_phi + 1;
    fmpz_poly_t chi;
    fmpq_t kappa;
    fmpz *at = _fmpz_vec_init(nodes), *value = _fmpz_vec_init(nodes * (deep->size + 1));
    fmpz_poly_init(chi);
    fmpq_init(kappa);
    for (slong k = 0; k < nodes; k++) {
        fmpz_set_si(at + k, k);
        fmpq_set_si(kappa, k, 1);
        flow_chi(chi, deep->scale, flow, kappa);
        for (slong j = 0; j <= deep->size; j++)
            fmpz_poly_get_coeff_fmpz(value + j * nodes + k, chi, j);
    }
    for (slong j = 0; j <= deep->size; j++)
        fmpz_poly_interpolate_fmpz_vec(deep->a[j], at, value + j * nodes, nodes);
    while (fmpz_poly_is_zero(deep->a[deep->zeros]))
        deep->zeros++;
    _fmpz_vec_clear(at, nodes);
    _fmpz_vec_clear(value, nodes * (deep->size + 1));
    fmpz_poly_clear(chi);
    fmpq_clear(kappa);
}

enum sg_status sg_cert_deep_alloc(struct sg_cert_deep **deep,
                                  const struct sg_cert_minimum *minimum)
{
    SG_REQUIRE(deep && minimum);
    struct sg_exact_flow flow;
    *deep = NULL;
    const enum sg_status status = sg_exact_flow_init(&flow, minimum);
    if (status != SG_OK) {
        flint_cleanup();
        return status;
    }
    struct sg_cert_deep *made = SG_NEW(1, struct sg_cert_deep);
    *made = (struct sg_cert_deep){.size = flow.size, .n_phi = flow.n_phi,
                                  .constants = flow.constants, .regular = flow.regular,
                                  .rests = flow.rests};
    made->a = SG_NEW((size_t)flow.size + 1, fmpz_poly_t);
    for (slong j = 0; j <= flow.size; j++)
        fmpz_poly_init(made->a[j]);
    fmpz_init(made->scale);
    find_chi(made, &flow);
    sg_exact_flow_clear(&flow);
    *deep = made;
    return SG_OK;
}

void sg_cert_deep_free(struct sg_cert_deep *deep)
{
    if (!deep)
        return;
    for (slong j = 0; j <= deep->size; j++)
        fmpz_poly_clear(deep->a[j]);
    fmpz_clear(deep->scale);
    free(deep->a);
    free(deep);
    flint_cleanup();         /* FLINT keeps integers per thread; this thread may end */
}

/* chi at kappa, up to a positive factor: its coefficients are homogeneous polynomials of degree
 * n_phi in numerator and denominator. */
static void chi_at(fmpz_poly_t chi, const struct sg_cert_deep *deep, const fmpq_t kappa)
{
    fmpq_t value;
    fmpz_t power;
    fmpq_init(value);
    fmpz_init(power);
    fmpz_pow_ui(power, fmpq_denref(kappa), (ulong)deep->n_phi);
    fmpz_poly_zero(chi);
    for (slong j = 0; j <= deep->size; j++) {
        fmpz_poly_evaluate_fmpq(value, deep->a[j], kappa);
        fmpq_mul_fmpz(value, value, power);
        fmpz_poly_set_coeff_fmpz(chi, j, fmpq_numref(value));
    }
    fmpz_poly_primitive_part(chi, chi);
    fmpq_clear(value);
    fmpz_clear(power);
}

/* ---- one kappa --------------------------------------------------------------------------- */

static enum sg_status count_sides(struct sg_cert_sides *sides, const fmpz_poly_t chi, bool regular,
                                  slong rests)
{
    struct sg_exact_sides s;
    sg_exact_sides_of(&s, chi);
    *sides = (struct sg_cert_sides){.size = (size_t)fmpz_poly_degree(chi),
                                    .zeros = (size_t)s.zeros,
                                    .left = (size_t)s.left,
                                    .axis = (size_t)s.axis,
                                    .right = (size_t)s.right,
                                    .positive = (size_t)sg_exact_positive(chi),
                                    .rests = (size_t)rests,
                                    .regular = regular};
    if (s.right > 0)
        return SG_REFUTED;
    return s.axis == 0 && regular && s.zeros == rests ? SG_OK : SG_UNPROVED;
}

enum sg_status sg_cert_deep_sides(struct sg_cert_sides *sides, const struct sg_cert_deep *deep,
                                  double mu, double nu)
{
    SG_REQUIRE(sides && deep);
    fmpq_t kappa;
    *sides = (struct sg_cert_sides){0};
    if (!isfinite(mu) || !isfinite(nu))
        return SG_NOT_FINITE;
    if (!(mu > 0) || !(nu > 0))
        return SG_HYPOTHESIS;
    fmpq_init(kappa);
    sg_exact_kappa(kappa, mu, nu);
    fmpz_poly_t chi;
    fmpz_poly_init(chi);
    chi_at(chi, deep, kappa);
    const enum sg_status status = count_sides(sides, chi, deep->regular, deep->rests);
    fmpq_clear(kappa);
    fmpz_poly_clear(chi);
    return status;
}

enum sg_status sg_cert_minimum_sides(struct sg_cert_sides *sides,
                                     const struct sg_cert_minimum *minimum, double mu, double nu)
{
    SG_REQUIRE(sides && minimum);
    struct sg_exact_flow flow;
    *sides = (struct sg_cert_sides){0};
    if (!isfinite(mu) || !isfinite(nu))
        return SG_NOT_FINITE;
    if (!(mu > 0) || !(nu > 0))
        return SG_HYPOTHESIS;
    enum sg_status status = sg_exact_flow_init(&flow, minimum);
    if (status == SG_OK) {
        fmpq_t kappa;
        fmpz_t scale;
        fmpz_poly_t chi;
        fmpq_init(kappa);
        fmpz_init(scale);
        fmpz_poly_init(chi);
        sg_exact_kappa(kappa, mu, nu);
        flow_chi(chi, scale, &flow, kappa);
        status = count_sides(sides, chi, flow.regular, flow.rests);
        fmpq_clear(kappa);
        fmpz_clear(scale);
        fmpz_poly_clear(chi);
        sg_exact_flow_clear(&flow);
    }
    flint_cleanup();         /* FLINT keeps integers per thread; this thread may end */
    return status;
}

/* Exactly one of the two values is negative, neither is 0. */
bool sg_cert_deep_brackets(const struct sg_cert_deep *deep, double mu, double nu, double low,
                           double high)
{
    fmpq_t kappa, x, scale, value[2];
    fmpz_poly_t chi, p;
    const double end[2] = {low, high};
    SG_REQUIRE(isfinite(low) && isfinite(high) && mu > 0 && nu > 0);
    fmpq_init(kappa);
    fmpq_init(x);
    fmpq_init(scale);
    fmpz_poly_init(chi);
    fmpz_poly_init(p);
    sg_exact_kappa(kappa, mu, nu);
    fmpq_set_fmpz(scale, deep->scale);
    chi_at(chi, deep, kappa);
    fmpz_poly_shift_right(p, chi, deep->zeros);
    for (int k = 0; k < 2; k++) {
        fmpq_init(value[k]);
        sg_exact_rational(x, end[k]);
        fmpq_mul(x, x, scale);
        fmpz_poly_evaluate_fmpq(value[k], p, x);
    }
    const bool opposite = fmpq_sgn(value[0]) * fmpq_sgn(value[1]) < 0;
    for (int k = 0; k < 2; k++)
        fmpq_clear(value[k]);
    fmpq_clear(kappa);
    fmpq_clear(x);
    fmpq_clear(scale);
    fmpz_poly_clear(chi);
    fmpz_poly_clear(p);
    return opposite;
}

/* ---- every kappa ------------------------------------------------------------------------- */

/* p at a whole kappa > 0, from chi there.  false: (lambda + kappa)^constants does not divide. */
static bool without_known(fmpz_poly_t p, const struct sg_cert_deep *deep, slong kappa,
                          slong constants)
{
    fmpz_poly_t linear, rest;
    fmpz_t value, at;
    fmpz_init(value);
    fmpz_init_set_si(at, kappa);
    fmpz_poly_init(linear);
    fmpz_poly_init(rest);
    fmpz_poly_zero(p);
    for (slong j = deep->zeros; j <= deep->size; j++) {
        fmpz_poly_evaluate_fmpz(value, deep->a[j], at);
        fmpz_poly_set_coeff_fmpz(p, j - deep->zeros, value);
    }
    fmpz_mul(value, deep->scale, at);
    fmpz_poly_set_coeff_fmpz(linear, 0, value);
    fmpz_poly_set_coeff_si(linear, 1, 1);
    bool divides = true;
    for (slong k = 0; k < constants && divides; k++) {
        fmpz_poly_divrem(p, rest, p, linear);
        divides = fmpz_poly_is_zero(rest);
    }
    fmpz_clear(value);
    fmpz_clear(at);
    fmpz_poly_clear(linear);
    fmpz_poly_clear(rest);
    return divides;
}

/* p = even(lambda^2) + lambda odd(lambda^2).  false: a leading coefficient vanishes. */
static bool halves_resultant(fmpz_t r, const fmpz_poly_t p)
{
    fmpz_poly_t half[2];
    const slong n = fmpz_poly_degree(p);
    for (slong k = 0; k < 2; k++) {
        fmpz_poly_init(half[k]);
        for (slong j = k; j <= n; j += 2)
            fmpz_poly_set_coeff_fmpz(half[k], j / 2, fmpz_poly_get_coeff_ptr(p, j));
    }
    const bool full = n > 0 && !fmpz_is_zero(fmpz_poly_get_coeff_ptr(p, n - 1));
    if (full)
        fmpz_poly_resultant(r, half[0], half[1]);
    fmpz_poly_clear(half[0]);
    fmpz_poly_clear(half[1]);
    return full;
}

/* r(kappa), by its values at 1, 2, ...  p is whole in kappa as chi is and its divisor is monic.
 * That it is a polynomial follows from more whole kappa than its remainder's degree, size, allows.
 */
static bool find_mirrored(fmpz_poly_t out, const struct sg_cert_deep *deep)
{
    fmpz_poly_t p;
    fmpz_poly_init(p);
    const slong constants = without_known(p, deep, 1, deep->constants) ? deep->constants : 0;
    const slong n = deep->size - deep->zeros - constants, least = n * (n - 1) / 2 + 1;
    const slong nodes = least > deep->size ? least : deep->size + 1;
    fmpz *at = _fmpz_vec_init(nodes), *value = _fmpz_vec_init(nodes);
    bool found = n > 1;
    for (slong k = 0; k < nodes && found; k++) {
        fmpz_set_si(at + k, k + 1);
        found = without_known(p, deep, k + 1, constants) && halves_resultant(value + k, p);
    }
    if (found)
        fmpz_poly_interpolate_fmpz_vec(out, at, value, nodes);
    _fmpz_vec_clear(at, nodes);
    _fmpz_vec_clear(value, nodes);
    fmpz_poly_clear(p);
    return found && !fmpz_poly_is_zero(out);
}

/* One end as a double, exactly where its digits allow it, or rounded outward. */
static double end_of(const fmpz_t at, slong exponent, bool up)
{
    slong shift;
    const double fraction = fmpz_get_d_2exp(&shift, at);     /* toward 0 */
    const bool exact = fmpz_bits(at) - fmpz_val2(at) <= 53;
    const double value = ldexp(fraction, (int)(shift + exponent));
    return up && !exact ? nextafter(value, HUGE_VAL) : value;
}

/* Puts the roots into the line, in order. */
static bool add_roots(struct sg_cert_line *line, const fmpz_poly_t f, bool real)
{
    enum { BITS = 34 };                                  /* 6e-11 */
    struct sg_exact_root root[SG_CERT_CROSSINGS_MOST];
    size_t n;
    bool apart = sg_exact_isolate(root, &n, SG_CERT_CROSSINGS_MOST, f, BITS);
    for (size_t i = 0; i < n; i++) {
        const struct sg_interval kappa = {end_of(root[i].low, root[i].exponent, false),
                                          end_of(root[i].high, root[i].exponent, true)};
        sg_exact_root_clear(&root[i]);
        if (line->n == SG_CERT_CROSSINGS_MOST || !(kappa.low > 0) || !isfinite(kappa.high))
            apart = false;
        if (!apart)
            continue;
        size_t k = line->n++;
        for (; k > 0 && line->crossing[k - 1].kappa.low > kappa.low; k--)
            line->crossing[k] = line->crossing[k - 1];
        line->crossing[k] = (struct sg_cert_crossing){kappa, real};
    }
    return apart;
}

/* A kappa between two crossings. */
static double between(const struct sg_cert_line *line, size_t k)
{
    const double low = k > 0 ? line->crossing[k - 1].kappa.high : 0;
    const double high = k < line->n ? line->crossing[k].kappa.low : 2 * fmax(low, 0.5);
    return low + (high - low) / 2;
}

static void leave_out_mirrored(struct sg_cert_line *line)
{
    size_t n = 0;
    for (size_t k = 0; k < line->n; k++) {
        if (line->between[k].right == line->between[k + 1].right)
            continue;
        line->crossing[n++] = line->crossing[k];
        line->between[n] = line->between[k + 1];
        line->fate[n] = line->fate[k + 1];
    }
    line->n = n;
}

enum sg_status sg_cert_deep_line(struct sg_cert_line *line, const struct sg_cert_deep *deep)
{
    SG_REQUIRE(line && deep);
    fmpz_poly_t mirrored;
    *line = (struct sg_cert_line){.critical = {SG_NAN, SG_NAN}};
    fmpz_poly_init(mirrored);
    bool known = find_mirrored(mirrored, deep) && add_roots(line, mirrored, false) &&
                 add_roots(line, deep->a[deep->zeros], true);
    fmpz_poly_clear(mirrored);
    for (size_t k = 0; known && k <= line->n; k++) {
        const double kappa = between(line, k);
        known = (k == 0 || kappa > line->crossing[k - 1].kappa.high) &&
                (k == line->n || kappa < line->crossing[k].kappa.low);
        if (known)
            line->fate[k] = sg_cert_deep_sides(&line->between[k], deep, 1, kappa);
    }
    if (!known) {
        line->n = 0;
        return SG_UNPROVED;
    }
    leave_out_mirrored(line);
    if (line->fate[line->n] == SG_OK)
        line->critical = line->n > 0 ? line->crossing[line->n - 1].kappa
                                     : (struct sg_interval){0, 0};
    return line->fate[line->n];
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
