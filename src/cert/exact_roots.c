/* Roots of polynomials with whole coefficients: counted by the side of the imaginary axis, and
 * isolated on the positive half line.  All signs are exact. */
#ifdef SG_HAVE_FLINT
#include <stdlib.h>

#include "cert/deep_exact.h"

/* ---- sides of the imaginary axis ----------------------------------------------------------- */

/* f of degree n without the root 0.  f(i w) / i^n = A(w) - i B(w), A of degree n, B of degree below
 * n, both real.  Sturm's chain A, B, -rem, ... counts the Cauchy index of B / A over the real line,
 * V(-inf) - V(inf) = left - right, and ends in the common factor of A and B, whose roots w are
 * those of f that come with their mirror image: on the axis, or as many left as right.
 * Source: Gantmacher, The Theory of Matrices, vol. 2, chapter XV, sections 3 and 6. */
struct chain { fmpz_poly_t last, next; slong index; };

static int sign_at_infinity(const fmpz_poly_t f, bool minus)
{
    const int sign = fmpz_sgn(fmpz_poly_lead(f));
    return minus && fmpz_poly_degree(f) % 2 ? -sign : sign;
}

/* (last, next) -> (next, -last mod next), but for positive factors. */
static void step(struct chain *c)
{
    fmpz_poly_t rest;
    ulong power;
    fmpz_poly_init(rest);
    fmpz_poly_pseudo_rem(rest, &power, c->last, c->next);
    if (fmpz_sgn(fmpz_poly_lead(c->next)) > 0 || power % 2 == 0)
        fmpz_poly_neg(rest, rest);
    if (!fmpz_poly_is_zero(rest)) {
        const int sign = fmpz_sgn(fmpz_poly_lead(rest));
        fmpz_poly_primitive_part(rest, rest);            /* with a positive lead */
        if (sign < 0)
            fmpz_poly_neg(rest, rest);
    }
    fmpz_poly_swap(c->last, c->next);
    fmpz_poly_swap(c->next, rest);
    fmpz_poly_clear(rest);
}

static void run_chain(struct chain *c, const fmpz_poly_t f)
{
    const slong n = fmpz_poly_degree(f);
    fmpz_t a;
    fmpz_init(a);
    fmpz_poly_init(c->last);
    fmpz_poly_init(c->next);
    c->index = 0;
    for (slong j = 0; j <= n; j++) {
        fmpz_poly_get_coeff_fmpz(a, f, n - j);
        if (j / 2 % 2)
            fmpz_neg(a, a);
        fmpz_poly_set_coeff_fmpz(j % 2 ? c->next : c->last, n - j, a);
    }
    while (!fmpz_poly_is_zero(c->next)) {
        c->index += sign_at_infinity(c->last, true) != sign_at_infinity(c->next, true);
        c->index -= sign_at_infinity(c->last, false) != sign_at_infinity(c->next, false);
        step(c);
    }
    fmpz_clear(a);
}

/* Real roots of f with multiplicity. */
static slong real_roots(const fmpz_poly_t f)
{
    slong roots = 0;
    fmpz_poly_factor_t part;
    if (fmpz_poly_degree(f) < 1)
        return 0;
    fmpz_poly_factor_init(part);
    fmpz_poly_factor_squarefree(part, f);
    for (slong i = 0; i < part->num; i++)
        roots += part->exp[i] * fmpz_poly_num_real_roots_sturm(&part->p[i]);
    fmpz_poly_factor_clear(part);
    return roots;
}

/* f without its roots 0; how many there were. */
static slong strip(fmpz_poly_t out, const fmpz_poly_t f)
{
    slong zeros = 0;
    SG_REQUIRE(!fmpz_poly_is_zero(f));
    while (fmpz_is_zero(fmpz_poly_get_coeff_ptr(f, zeros)))
        zeros++;
    fmpz_poly_shift_right(out, f, zeros);
    return zeros;
}

void sg_exact_sides_of(struct sg_exact_sides *sides, const fmpz_poly_t f)
{
    struct chain c;
    fmpz_poly_t g;
    fmpz_poly_init(g);
    sides->zeros = strip(g, f);
    run_chain(&c, g);
    const slong n = fmpz_poly_degree(g), mirrored = fmpz_poly_degree(c.last);
    sides->axis = real_roots(c.last);
    sides->left = (n - mirrored + c.index) / 2 + (mirrored - sides->axis) / 2;
    sides->right = n - sides->axis - sides->left;
    fmpz_poly_clear(c.last);
    fmpz_poly_clear(c.next);
    fmpz_poly_clear(g);
}

static void squarefree(fmpz_poly_t f)
{
    fmpz_poly_t derivative, common;
    fmpz_poly_init(derivative);
    fmpz_poly_init(common);
    fmpz_poly_derivative(derivative, f);
    fmpz_poly_gcd(common, f, derivative);
    fmpz_poly_div(f, f, common);
    fmpz_poly_clear(derivative);
    fmpz_poly_clear(common);
}

slong sg_exact_positive(const fmpz_poly_t f)
{
    slong negative = 0, positive = 0;
    fmpz_poly_t g;
    fmpz_poly_init(g);
    strip(g, f);
    squarefree(g);
    if (fmpz_poly_degree(g) > 0)
        _fmpz_poly_num_real_roots_sturm(&negative, &positive, g->coeffs, g->length);
    fmpz_poly_clear(g);
    return positive;
}

/* ---- positive roots ------------------------------------------------------------------------ */

/* Descartes' rule on (a, b): the sign changes of (1 + x)^n f((a + b x) / (1 + x)) are the number of
 * roots there, or more by an even number.  So 0 and 1 are exact.
 * Source: Collins and Akritas, SYMSAC 1976. */
struct search {
    const fmpz_poly_struct *f;
    struct sg_exact_root *root;
    size_t n, most;
    int bits;
    bool failed;
};

/* Halvings of an interval in which nothing is decided: two roots nearer than that, relative to
 * their size, count as one that is multiple. */
enum { HALVINGS = 200 };

static void root_set(struct sg_exact_root *r, const fmpz_t low, const fmpz_t high, slong exponent)
{
    fmpz_init_set(r->low, low);
    fmpz_init_set(r->high, high);
    r->exponent = exponent;
}

void sg_exact_root_clear(struct sg_exact_root *r)
{
    fmpz_clear(r->low);
    fmpz_clear(r->high);
}

/* g(x) = f(2^exponent x), but for a positive factor. */
static void zoom(fmpz_poly_t g, const fmpz_poly_t f, slong exponent)
{
    const slong n = fmpz_poly_degree(f);
    fmpz_poly_set(g, f);
    for (slong k = 0; k <= n; k++) {
        fmpz *a = fmpz_poly_get_coeff_ptr(g, k);
        fmpz_mul_2exp(a, a, (ulong)(exponent > 0 ? k * exponent : (n - k) * -exponent));
    }
}

static int sign_at(const fmpz_poly_t f, const fmpz_t at, slong exponent)
{
    fmpz_poly_t g;
    fmpz_t value;
    fmpz_poly_init(g);
    fmpz_init(value);
    zoom(g, f, exponent);
    fmpz_poly_evaluate_fmpz(value, g, at);
    const int sign = fmpz_sgn(value);
    fmpz_poly_clear(g);
    fmpz_clear(value);
    return sign;
}

/* Of the derivative there; 0 at a multiple root. */
static int slope_at(const fmpz_poly_t f, const fmpz_t at, slong exponent)
{
    fmpz_poly_t derivative;
    fmpz_poly_init(derivative);
    fmpz_poly_derivative(derivative, f);
    const int sign = sign_at(derivative, at, exponent);
    fmpz_poly_clear(derivative);
    return sign;
}

static slong changes(const fmpz_poly_t f, const struct sg_exact_root *in)
{
    fmpz_poly_t g;
    fmpz_t width, power;
    slong count = 0;
    int last = 0;
    fmpz_poly_init(g);
    fmpz_init(width);
    fmpz_init_set_ui(power, 1);
    zoom(g, f, in->exponent);
    fmpz_poly_taylor_shift(g, g, in->low);
    fmpz_sub(width, in->high, in->low);
    for (slong k = 0; k < g->length; k++) {
        fmpz_mul(g->coeffs + k, g->coeffs + k, power);
        fmpz_mul(power, power, width);
    }
    fmpz_poly_reverse(g, g, fmpz_poly_length(f));
    fmpz_one(width);
    fmpz_poly_taylor_shift(g, g, width);
    for (slong k = 0; k < g->length; k++) {
        const int sign = fmpz_sgn(g->coeffs + k);
        count += sign * last < 0;
        last = sign ? sign : last;
    }
    fmpz_poly_clear(g);
    fmpz_clear(width);
    fmpz_clear(power);
    return count;
}

/* Cuts at 2^j between if the interval spans more than an octave, else in the middle. */
static void cut(fmpz_t at, struct sg_exact_root *in)
{
    const slong low = (slong)fmpz_bits(in->low), high = (slong)fmpz_bits(in->high);
    if (high > low + 1) {
        fmpz_one(at);
        fmpz_mul_2exp(at, at, (ulong)((low + high - 1) / 2));
        return;
    }
    fmpz_mul_2exp(in->low, in->low, 1);
    fmpz_mul_2exp(in->high, in->high, 1);
    in->exponent--;
    fmpz_add(at, in->low, in->high);
    fmpz_fdiv_q_2exp(at, at, 1);
}

static bool is_narrow(const struct sg_exact_root *r, int bits)
{
    fmpz_t width;
    fmpz_init(width);
    fmpz_sub(width, r->high, r->low);
    fmpz_mul_2exp(width, width, (ulong)bits);
    const bool narrow = fmpz_cmp(width, r->low) <= 0;
    fmpz_clear(width);
    return narrow;
}

/* One simple root in (low, high), where f has opposite signs near the ends.  false: the lower end
 * is a multiple root. */
static bool refine(struct sg_exact_root *r, const fmpz_poly_t f, int bits)
{
    fmpz_t at;
    fmpz_init(at);
    int below = sign_at(f, r->low, r->exponent);
    if (below == 0)                                      /* the end is a root of its own */
        below = slope_at(f, r->low, r->exponent);
    while (below != 0 && !is_narrow(r, bits)) {
        cut(at, r);
        const int sign = sign_at(f, at, r->exponent);
        if (sign == 0 || sign == below)
            fmpz_set(r->low, at);
        if (sign == 0 || sign != below)
            fmpz_set(r->high, at);
    }
    fmpz_clear(at);
    return below != 0;
}

static void keep(struct search *s, const struct sg_exact_root *in)
{
    s->failed = s->failed || s->n == s->most;
    if (s->failed)
        return;
    struct sg_exact_root *r = &s->root[s->n++];
    root_set(r, in->low, in->high, in->exponent);
    if (!fmpz_equal(in->low, in->high))
        s->failed = !refine(r, s->f, s->bits);
}

static void look(struct search *s, const struct sg_exact_root *in, int depth)
{
    struct sg_exact_root half;
    fmpz_t at;
    if (s->failed)
        return;
    const slong count = changes(s->f, in);
    if (count == 1)
        keep(s, in);
    s->failed = s->failed || (count > 1 && depth == HALVINGS);
    if (count <= 1 || s->failed)
        return;
    root_set(&half, in->low, in->high, in->exponent);
    fmpz_init(at);
    cut(at, &half);
    struct sg_exact_root low, point, high;
    root_set(&low, half.low, at, half.exponent);
    root_set(&point, at, at, half.exponent);
    root_set(&high, at, half.high, half.exponent);
    look(s, &low, depth + 1);
    if (!s->failed && sign_at(s->f, at, half.exponent) == 0) {
        s->failed = slope_at(s->f, at, half.exponent) == 0;
        keep(s, &point);
    }
    look(s, &high, depth + 1);
    struct sg_exact_root *const owned[] = {&half, &low, &point, &high};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        sg_exact_root_clear(owned[k]);
    fmpz_clear(at);
}

/* Roots are below 2^(bits of the bound). */
static slong bound_bits(const fmpz_poly_t f)
{
    fmpz_t bound;
    fmpz_init(bound);
    fmpz_poly_bound_roots(bound, f);
    const slong bits = (slong)fmpz_bits(bound);
    fmpz_clear(bound);
    return bits;
}

bool sg_exact_isolate(struct sg_exact_root *root, size_t *n, size_t most, const fmpz_poly_t f,
                      int bits)
{
    fmpz_poly_t g, mirror;
    fmpz_t low, high;
    fmpz_poly_init(g);
    fmpz_poly_init(mirror);
    fmpz_init_set_ui(low, 1);
    fmpz_init_set_ui(high, 1);
    strip(g, f);
    fmpz_poly_primitive_part(g, g);
    struct search s = {g, root, 0, most, bits, false};
    if (fmpz_poly_degree(g) > 0) {
        fmpz_poly_reverse(mirror, g, fmpz_poly_length(g));
        const slong below = bound_bits(mirror);          /* 1 / root < 2^below */
        fmpz_mul_2exp(high, high, (ulong)(below + bound_bits(g)));
        struct sg_exact_root all;
        root_set(&all, low, high, -below);
        look(&s, &all, 0);
        sg_exact_root_clear(&all);
    }
    for (size_t i = 0; i < s.n && s.failed; i++)
        sg_exact_root_clear(&root[i]);
    *n = s.failed ? 0 : s.n;
    fmpz_poly_clear(g);
    fmpz_poly_clear(mirror);
    fmpz_clear(low);
    fmpz_clear(high);
    return !s.failed;
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
