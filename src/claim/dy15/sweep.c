/* DY15: small starts that are not balanced; and depths, places and kappas. */
#include <math.h>

#include "claim/dy15/parts.h"
#include "lab/deep_pair.h"

/* ---- smaller and smaller starts ------------------------------------------------------------- */

enum { SIZES = 3 };
/* Shares of sigma^(1/N), a root of two apart; how unequal the layers are. */
static const double LARGEST = 0.3, SKEW = 0.3;

/* A start of size eps leaves the ledger at eps^2 times a matrix.  With error = C eps^2 (1 + k
 * eps^2), two sizes a root of two apart differ in error / eps^2 by C k eps^2 of the smaller.  Both
 * pairs say what k is.  flow: what following the flow leaves open. */
void sg_dy15_sweep(struct sg_lab *lab, struct sg_dy15 *s, double flow)
{
    double x[SIZES] = {0}, y[SIZES] = {0}, off[SIZES], error[SIZES] = {0}, part[SIZES] = {0};
    double *w = SG_TAKE(lab, s->t->n_w, double), worst_share = 0, worst[2] = {0, 1};
    const uint64_t most = (uint64_t)lab->trial->c->train.steps;
    for (int i = 0; i < SIZES && lab->status == SG_OK; i++) {
        const double eps = LARGEST * exp2(-0.5 * i);
        sg_dy15_start(w, lab, s, eps * sg_dy15_mean_size(s), SKEW);
        const struct sg_dy15_end end = sg_dy15_flow(lab, s, SG_DY15_SG, w, NULL, most);
        if (!end.converged)
            sg_lab_stop(lab, SG_BUDGET, "a start of size %.2g was not over its plateau after "
                        "%llu steps; raise train.steps", eps, (unsigned long long)end.steps);
        const struct sg_dy15_bound bound = sg_dy15_nearby(lab, s, SG_DY15_SG, &end, HUGE_VAL);
        error[i] = sg_dy15_error(lab, s, SG_DY15_SG, end.w);
        part[i] = error[i] / (eps * eps);
        x[i] = log(eps);
        y[i] = log(error[i]);
        if (error[i] / bound.weights > worst_share) {
            worst_share = error[i] / bound.weights;
            worst[0] = error[i];
            worst[1] = bound.weights;
        }
    }
    const double next = 2 * fmax(fabs(part[1] / part[2] - 1), fabs(part[0] / part[1] - 1) / 2);
    for (int i = 0; i < SIZES; i++) {
        const double share = next * exp2(SIZES - 1 - i) + flow / error[i];
        off[i] = share < 0.5 ? -log1p(-share) : HUGE_VAL;
    }
    sg_lab_equal(lab, SG_SIMULATED, "order", "small starts that are not balanced: order of the "
                 "layers' error in the start's size", sg_fit_slope(x, y, SIZES), 2,
                 (struct sg_tol){sg_fit_slope_error(x, off, SIZES), "twice what the starts show of "
                                 "the next order, and the flow's own bound", 2});
    sg_lab_below(lab, SG_SIMULATED, "small-starts", "the layers' error after small starts, below "
                 "what the ledger's start value allows", worst[0], worst[1],
                 (struct sg_tol){0, "none: the bound holds rounding", 0});
}

/* ---- the map -------------------------------------------------------------------------------- */

struct point { size_t N, at; double kappa; };

/* N layers whose hidden ones have as many units as there are modes. */
struct sg_dy15 *sg_dy15_make_point(struct sg_lab *lab, size_t N, size_t at, double kappa)
{
    const struct sg_trial *trial = lab->trial;
    const size_t d = trial->data->d, m = trial->data->m;
    struct sg_case *c = SG_TAKE(lab, 1, struct sg_case);
    *c = *trial->c;
    c->net.layers.n = N - 1;
    for (size_t i = 0; i + 1 < N; i++)
        c->net.layers.value[i] = (int)(d < m ? d : m);
    c->n_modules = at ? 1 : N - 1;
    for (size_t j = 0; j < c->n_modules; j++) {
        c->module[j] = trial->c->module[0];
        c->module[j].at = (int)(at ? at : j + 1);
    }
    c->train.nu = kappa * c->train.mu;
    return sg_dy15_make_for(lab, c);
}

static void check_point(struct sg_lab *lab, void *context)
{
    const struct point *p = context;
    const size_t N = p->N;
    struct sg_dy15 *s = sg_dy15_make_point(lab, N, p->at, p->kappa);
    const uint64_t most = (uint64_t)lab->trial->c->train.steps;
    if (!s || lab->status != SG_OK)
        return;
    sg_lab_fact(lab, SG_CLOSED_FORM, "attracts", "the predicted minimum attracts, at every depth, "
                "place and kappa", sg_closed_deep_attracts(&s->fate), "ten times dgeev's error");
    const struct sg_dy15_end end = sg_dy15_flow(lab, s, SG_DY15_SG, s->w_0, s->phi_0, most);
    if (!end.converged) {
        sg_lab_stop(lab, SG_BUDGET, "%zu layers, SG at %zu (0: everywhere), kappa = %.3g: still "
                    "moving after %llu steps; raise train.steps", N, p->at, p->kappa,
                    (unsigned long long)end.steps);
        return;
    }
    const double allowed = 1e-5 * sg_base_dot(s->w_0, s->w_0, s->t->n_w);
    const struct sg_dy15_bound bound = sg_dy15_nearby(lab, s, SG_DY15_SG, &end, allowed);
    sg_lab_zero(lab, SG_SIMULATED, sg_lab_format(lab, "layers-%zu", N),
                sg_lab_format(lab, "%zu layers: singular values of all layers, every place and "
                              "kappa", N),
                sg_dy15_error(lab, s, SG_DY15_SG, end.w),
                (struct sg_tol){bound.weights, "twice Newton's step from the ledger's change",
                                sg_dy15_least(s->factor[SG_DY15_SG])});
    sg_dy15_sharpness(lab, s, SG_DY15_SG, &end, &bound,
                      sg_lab_format(lab, "sharpness-%zu", N));
    sg_dy15_limits(lab, s, &end, &bound);
}

void sg_dy15_map(struct sg_lab *lab)
{
    static const double kappas[] = {0.3, 3, 0.1, 1, 10, 100};
    const size_t deepest = lab->trial->full ? 6 : 3, n_kappas = lab->trial->full ? 6 : 2;
    for (size_t N = 2; N <= deepest; N++)
        for (size_t at = 0; at < N; at++)
            for (size_t k = 0; k < n_kappas && lab->status == SG_OK; k++)
                if (at > 0 || N > 2)
                    sg_lab_part(lab, check_point, &(struct point){N, at, kappas[k]});
}
