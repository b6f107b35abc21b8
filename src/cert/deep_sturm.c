/* Real eigenvalues of DY8's reduced system, counted exactly: characteristic polynomial over Q and
 * a Sturm sequence (FLINT). */
#ifdef SG_HAVE_FLINT
#include "cert/exact.h"
#include "synthgrad/cert.h"

static void read_matrix(fmpq_mat_t out, const struct sg_rational *from, size_t rows, size_t columns)
{
    fmpq_mat_init(out, (slong)rows, (slong)columns);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            const struct sg_rational *a = &from[i * columns + j];
            SG_REQUIRE(a->den > 0);
            fmpq_set_si(fmpq_mat_entry(out, (slong)i, (slong)j), a->num, (ulong)a->den);
        }
}

/* sum += factor A B C, or without C. */
static void add_product(fmpq_mat_t sum, const fmpq_t factor, const fmpq_mat_t A, const fmpq_mat_t B,
                        const fmpq_mat_struct *C)
{
    fmpq_mat_t AB, ABC;
    fmpq_mat_init(AB, fmpq_mat_nrows(A), fmpq_mat_ncols(B));
    fmpq_mat_init(ABC, fmpq_mat_nrows(sum), fmpq_mat_ncols(sum));
    fmpq_mat_mul(AB, A, B);
    if (C)
        fmpq_mat_mul(ABC, AB, C);
    else
        fmpq_mat_set(ABC, AB);
    fmpq_mat_scalar_mul_fmpq(ABC, ABC, factor);
    fmpq_mat_add(sum, sum, ABC);
    fmpq_mat_clear(AB);
    fmpq_mat_clear(ABC);
}

/* What the equations are made of. */
struct parts {
    fmpq_mat_t S, R, W2, W2T, VV, WWS, NS, PR, PTS, SW1;
    fmpq_t minus, one, minus_kappa;
};

static void make_parts(struct parts *p, const struct sg_cert_two_layers *s)
{
    const slong d = (slong)s->d, K = (slong)s->K, m = (slong)s->m;
    fmpq_mat_t W1, W1T, P, PT, N;
    read_matrix(W1, s->W1, s->d, s->K);
    read_matrix(p->W2, s->W2, s->K, s->m);
    read_matrix(p->S, s->S, s->d, s->d);
    read_matrix(p->R, s->R, s->m, s->m);
    fmpq_mat_init(W1T, K, d);
    fmpq_mat_init(p->W2T, m, K);
    fmpq_mat_init(P, d, m);
    fmpq_mat_init(PT, m, d);
    fmpq_mat_init(N, d, d);
    fmpq_mat_init(p->VV, m, m);
    fmpq_mat_init(p->WWS, d, d);
    fmpq_mat_init(p->NS, d, d);
    fmpq_mat_init(p->PR, d, m);
    fmpq_mat_init(p->PTS, m, d);
    fmpq_mat_init(p->SW1, d, K);
    fmpq_mat_transpose(W1T, W1);
    fmpq_mat_transpose(p->W2T, p->W2);
    fmpq_mat_mul(P, W1, p->W2);
    fmpq_mat_transpose(PT, P);
    fmpq_mat_mul(p->VV, p->W2T, p->W2);
    fmpq_mat_mul(N, W1, W1T);
    fmpq_mat_mul(p->WWS, N, p->S);
    fmpq_mat_mul(p->NS, P, PT);
    fmpq_mat_add(N, N, p->NS);
    if (s->e) {
        fmpq_mat_t e, eT;
        read_matrix(e, s->e, s->d, 1);
        fmpq_mat_init(eT, 1, d);
        fmpq_mat_transpose(eT, e);
        fmpq_mat_mul(p->NS, e, eT);
        fmpq_mat_add(N, N, p->NS);
        fmpq_mat_clear(e);
        fmpq_mat_clear(eT);
    }
    fmpq_mat_mul(p->NS, N, p->S);
    fmpq_mat_mul(p->PR, P, p->R);
    fmpq_mat_mul(p->PTS, PT, p->S);
    fmpq_mat_mul(p->SW1, p->S, W1);
    fmpq_init(p->minus);
    fmpq_init(p->one);
    fmpq_init(p->minus_kappa);
    fmpq_set_si(p->minus, -1, 1);
    fmpq_set_si(p->one, 1, 1);
    fmpq_set_si(p->minus_kappa, -s->kappa.num, (ulong)s->kappa.den);
    fmpq_mat_clear(W1);
    fmpq_mat_clear(W1T);
    fmpq_mat_clear(P);
    fmpq_mat_clear(PT);
    fmpq_mat_clear(N);
}

static void clear_parts(struct parts *p)
{
    fmpq_mat_struct *const owned[] = {p->S,   p->R,  p->W2, p->W2T, p->VV,
                                      p->WWS, p->NS, p->PR, p->PTS, p->SW1};
    for (size_t k = 0; k < sizeof owned / sizeof *owned; k++)
        fmpq_mat_clear(owned[k]);
    fmpq_clear(p->minus);
    fmpq_clear(p->one);
    fmpq_clear(p->minus_kappa);
}

/* Column by column: the equations applied to one unit vector (u, v, b). */
static void column(fmpq_mat_t J, slong j, const struct parts *p, const fmpq_mat_t u,
                   const fmpq_mat_t v, const fmpq_mat_t b)
{
    fmpq_mat_t du, dv, db, uT;
    fmpq_mat_init(du, fmpq_mat_nrows(u), fmpq_mat_ncols(u));
    fmpq_mat_init(dv, fmpq_mat_nrows(v), fmpq_mat_ncols(v));
    fmpq_mat_init(db, fmpq_mat_nrows(b), fmpq_mat_ncols(b));
    fmpq_mat_init(uT, fmpq_mat_ncols(u), fmpq_mat_nrows(u));
    fmpq_mat_transpose(uT, u);
    add_product(du, p->minus, p->S, u, p->VV);
    add_product(du, p->minus, p->WWS, u, NULL);
    add_product(du, p->minus, p->S, v, p->W2);
    add_product(dv, p->one, p->WWS, u, p->W2T);
    add_product(dv, p->minus_kappa, p->NS, v, NULL);
    add_product(dv, p->minus_kappa, p->PR, b, NULL);
    add_product(db, p->minus, uT, p->SW1, NULL);
    add_product(db, p->minus_kappa, p->PTS, v, NULL);
    add_product(db, p->minus_kappa, p->R, b, NULL);
    fmpq_mat_struct *const part[3] = {du, dv, db};
    slong row = 0;
    for (size_t k = 0; k < 3; k++)
        for (slong i = 0; i < fmpq_mat_nrows(part[k]); i++)
            for (slong c = 0; c < fmpq_mat_ncols(part[k]); c++)
                fmpq_set(fmpq_mat_entry(J, row++, j), fmpq_mat_entry(part[k], i, c));
    fmpq_mat_clear(du);
    fmpq_mat_clear(dv);
    fmpq_mat_clear(db);
    fmpq_mat_clear(uT);
}

static void matrix(fmpq_mat_t J, const struct parts *p, const struct sg_cert_two_layers *s)
{
    fmpq_mat_t u, v, b;
    fmpq_mat_init(u, (slong)s->d, (slong)s->m);
    fmpq_mat_init(v, (slong)s->d, (slong)s->K);
    fmpq_mat_init(b, (slong)s->m, (slong)s->K);
    fmpq_mat_struct *const part[3] = {u, v, b};
    slong j = 0;
    for (size_t k = 0; k < 3; k++)
        for (slong i = 0; i < fmpq_mat_nrows(part[k]); i++)
            for (slong c = 0; c < fmpq_mat_ncols(part[k]); c++) {
                fmpq_set_si(fmpq_mat_entry(part[k], i, c), 1, 1);
                column(J, j++, p, u, v, b);
                fmpq_set_si(fmpq_mat_entry(part[k], i, c), 0, 1);
            }
    fmpq_mat_clear(u);
    fmpq_mat_clear(v);
    fmpq_mat_clear(b);
}

/* A finite double is a rational: its sign under the polynomial, exactly. */
static int sign_at(const fmpz_poly_t f, double x)
{
    fmpq_t at, value;
    fmpq_init(at);
    fmpq_init(value);
    sg_exact_rational(at, x);
    fmpz_poly_evaluate_fmpq(value, f, at);
    const int sign = fmpq_sgn(value);
    fmpq_clear(at);
    fmpq_clear(value);
    return sign;
}

void sg_cert_two_layer_roots(struct sg_cert_roots *roots, const struct sg_cert_two_layers *s,
                             double low, double high)
{
    SG_REQUIRE(roots && s && isfinite(low) && isfinite(high));
    const slong size = (slong)(s->d * s->m + s->d * s->K + s->m * s->K);
    struct parts p;
    fmpq_mat_t J;
    fmpq_poly_t chi;
    fmpz_poly_t f, derivative, common;
    slong negative = 0, positive = 0;
    make_parts(&p, s);
    fmpq_mat_init(J, size, size);
    matrix(J, &p, s);
    fmpq_poly_init(chi);
    fmpz_poly_init(f);
    fmpz_poly_init(derivative);
    fmpz_poly_init(common);
    fmpq_mat_charpoly(chi, J);
    fmpq_poly_get_numerator(f, chi);
    *roots = (struct sg_cert_roots){0};
    while (roots->zeros < (size_t)size && fmpz_is_zero(fmpz_poly_get_coeff_ptr(f, 0))) {
        fmpz_poly_shift_right(f, f, 1);
        roots->zeros++;
    }
    roots->degree = (size_t)fmpz_poly_degree(f);
    roots->bracketed = sign_at(f, low) * sign_at(f, high) < 0;
    fmpz_poly_derivative(derivative, f);
    fmpz_poly_gcd(common, f, derivative);
    fmpz_poly_div(f, f, common);                         /* squarefree: the same roots, each once */
    if (fmpz_poly_degree(f) > 0)
        _fmpz_poly_num_real_roots_sturm(&negative, &positive, f->coeffs, f->length);
    roots->negative = (size_t)negative;
    roots->positive = (size_t)positive;
    fmpq_mat_clear(J);
    fmpq_poly_clear(chi);
    fmpz_poly_clear(f);
    fmpz_poly_clear(derivative);
    fmpz_poly_clear(common);
    clear_parts(&p);
    /* FLINT keeps integers per thread; this thread may end */
    flint_cleanup();
}
#else
typedef int sg_cert_not_built;                           /* an empty translation unit is not C */
#endif
