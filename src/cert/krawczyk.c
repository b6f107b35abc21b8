/* Krawczyk's operator: exactly one zero of a nonlinear system in a box, or none.
 *
 * K(box) = m - Y F(m) + (I - Y J(box)) (box - m) contains every zero in the box; when it lies in
 * the box's interior there is one and only one. */
#ifdef SG_HAVE_ARB
#include "cert/ball.h"

/* Y from J(m)'s midpoints, without error bounds.  Any Y will do for the proof, if it is invertible:
 * K in the interior implies that. */
static enum sg_status approximate_inverse(arb_mat_t Y, const arb_mat_t J, slong bits)
{
    arb_mat_t middle;
    arb_mat_init(middle, arb_mat_nrows(J), arb_mat_ncols(J));
    arb_mat_get_mid(middle, J);
    const bool found = arb_mat_is_finite(middle) && arb_mat_approx_inv(Y, middle, bits);
    arb_mat_clear(middle);
    return found && arb_mat_is_finite(Y) ? SG_OK : SG_SINGULAR;
}

/* K(box) from Y. */
static enum sg_status operate(arb_mat_t K, const arb_mat_t box, const arb_mat_t Y,
                              const struct sg_ball_system *s, slong bits)
{
    arb_mat_t m, F, J, YF;
    arb_mat_init(m, s->n, 1);
    arb_mat_init(F, s->n, 1);
    arb_mat_init(J, s->n, s->n);
    arb_mat_init(YF, s->n, 1);
    arb_mat_get_mid(m, box);
    enum sg_status status = s->at(F, NULL, m, s->context, bits);
    if (status == SG_OK) {
        arb_mat_mul(YF, Y, F, bits);
        status = s->at(F, J, box, s->context, bits);
    }
    if (status == SG_OK) {
        arb_mat_mul(J, Y, J, bits);
        for (slong i = 0; i < s->n; i++)
            arb_sub_ui(arb_mat_entry(J, i, i), arb_mat_entry(J, i, i), 1, bits);
        arb_mat_sub(F, box, m, bits);
        arb_mat_mul(K, J, F, bits); /* (Y J - I) (box - m) */
        arb_mat_add(K, K, YF, bits);
        arb_mat_sub(K, m, K, bits);
    }
    arb_mat_clear(m);
    arb_mat_clear(F);
    arb_mat_clear(J);
    arb_mat_clear(YF);
    return status;
}

/* box: n balls.  K(box) = m - Y F(m) + (I - Y J(box)) (box - m), Y a
 * floating-point inverse of J(m).
 *   SG_OK       K lies in the interior of the box: exactly one zero there.  The box shrinks to an
 *               enclosure of it.
 *   SG_REFUTED  K and the box are disjoint: there is no zero. */
static enum sg_status krawczyk(arb_mat_t box, const struct sg_ball_system *s, slong bits)
{
    enum { SHARPENINGS = 8 };
    arb_mat_t m, F, J, Y, K;
    arb_mat_init(m, s->n, 1);
    arb_mat_init(F, s->n, 1);
    arb_mat_init(J, s->n, s->n);
    arb_mat_init(Y, s->n, s->n);
    arb_mat_init(K, s->n, 1);
    arb_mat_get_mid(m, box);
    enum sg_status status = s->at(F, J, m, s->context, bits);
    if (status == SG_OK && approximate_inverse(Y, J, bits) != SG_OK)
        status = SG_UNPROVED;
    if (status == SG_OK)
        status = operate(K, box, Y, s, bits);
    if (status == SG_OK) {
        bool inside = true;
        for (slong i = 0; i < s->n; i++)
            inside =
                inside && arb_contains_interior(arb_mat_entry(box, i, 0), arb_mat_entry(K, i, 0));
        status = inside ? SG_OK : arb_mat_overlaps(K, box) ? SG_UNPROVED : SG_REFUTED;
    }
    /* K of a box around the zero contains it, so any intersection does. */
    for (int k = 0; k < SHARPENINGS && status == SG_OK; k++) {
        arb_mat_set(box, K);
        if (operate(K, box, Y, s, bits) != SG_OK || !arb_mat_contains(box, K))
            break;
    }
    arb_mat_clear(m);
    arb_mat_clear(F);
    arb_mat_clear(J);
    arb_mat_clear(Y);
    arb_mat_clear(K);
    return status;
}
enum sg_status sg_ball_largest_box(double *width, arb_mat_t point, const struct sg_ball_system *s,
                                   slong bits)
{
    enum { HALVINGS = 40 };
    enum sg_status status = SG_UNPROVED;
    arb_mat_t box;
    arb_mat_init(box, s->n, 1);
    for (int k = 0; k <= HALVINGS && status == SG_UNPROVED; k++) {
        *width = ldexp(1, -k);
        for (slong i = 0; i < s->n; i++) {
            const double at = arf_get_d(arb_midref(arb_mat_entry(point, i, 0)), ARF_RND_NEAR);
            arb_set_d(arb_mat_entry(box, i, 0), at);
            mag_set_d(arb_radref(arb_mat_entry(box, i, 0)), *width * fmax(1, fabs(at)));
        }
        if (!arb_mat_contains(box, point))
            break;
        status = krawczyk(box, s, bits);
    }
    if (status == SG_OK)
        arb_mat_set(point, box);
    arb_mat_clear(box);
    return status;
}
#else
typedef int sg_cert_not_built; /* an empty translation unit is not C */
#endif
