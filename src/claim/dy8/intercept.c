/* DY8, T1 without its hypothesis, in exact arithmetic: with an intercept among the columns of X and a constant term, one real root alone is positive. */
#include "claim/dy8/parts.h"
#include "synthgrad/cert.h"

/* The instance of check_intercept (dy8_theorems.c), its decimals as fractions.  S = L_x L_x^T / (e^T L_x L_x^T e): E[1] = 1. */
void sg_dy8_certify_intercept(struct sg_evidence *ev, double root, double error)
{
#ifdef SG_HAVE_FLINT
    static const struct sg_rational W1[] = {{-6057, 10000}, {4155, 100000}, {2327, 1000}, {8373, 10000}};
    static const struct sg_rational W2[] = {{7443, 100000}, {-6601, 100000}, {-345, 100}, {-1073, 1000}};
    static const struct sg_rational e[] = {{1765, 1000}, {-1439, 1000}};
    static const int64_t l_x[4] = {7492, 0, 3326, 3733}, l_r[4] = {133, 0, -3606, 2598};       /* over 10^4 and 10^3 */
    struct sg_rational S[4], R[4];
    int64_t square = 0;                                  /* e^T L_x L_x^T e, over 10^14 */
    for (size_t i = 0; i < 4; i++) {
        const size_t a = i / 2 * 2, b = i % 2 * 2;
        S[i].num = l_x[a] * l_x[b] + l_x[a + 1] * l_x[b + 1];
        R[i] = (struct sg_rational){l_r[a] * l_r[b] + l_r[a + 1] * l_r[b + 1], 1000000};
        square += e[i / 2].num * S[i].num * e[i % 2].num;
    }
    for (size_t i = 0; i < 4; i++)
        S[i] = (struct sg_rational){S[i].num * 1000000, square};                                /* below 2^63: about 10^14 each */
    const struct sg_cert_two_layers system = {.d = 2, .K = 2, .m = 2, .W1 = W1, .W2 = W2, .S = S, .R = R, .e = e, .kappa = {6315, 10000000}};
    struct sg_cert_roots roots;
    sg_cert_two_layer_roots(&roots, &system, root - error, root + error);
    sg_claim_compare(ev, SG_CERTIFIED, "T1 without its hypothesis: degree of the characteristic polynomial over Q, roots 0 left out", (double)roots.degree,
                     12.0, 0.0, "integer");
    sg_claim_compare(ev, SG_CERTIFIED, "T1 without its hypothesis: roots in (0, inf), Sturm sequence over Q", (double)roots.positive, 1.0, 0.0,
                     "integer: odd");
    sg_claim_fact(ev, SG_CERTIFIED, "T1 without its hypothesis: it is within the error bound of the floating eigenvalue, by signs over Q", roots.bracketed,
                  "intermediate value theorem");
#else
    (void)ev;                                            /* the note of the exact instance says that exact counts are not built */
    (void)root;
    (void)error;
#endif
}
