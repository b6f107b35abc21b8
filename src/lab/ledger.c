/* The ledger of a run: which balances a net has, and what the steps do to them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/real.h"
#include "lab/ledger_internal.h"

double sg_ledger_real(const struct sg_net *net, const void *array, size_t i)
{
    return sg_real_at(array, i, sg_net_arch(net)->dtype);
}

static void widen(double *out, const struct sg_net *net, const void *in, size_t n)
{
    if (sg_net_arch(net)->dtype == SG_F64)
        memcpy(out, in, n * sizeof *out);
    else
        for (size_t i = 0; i < n; i++)
            out[i] = sg_ledger_real(net, in, i);
}

/* ---- which balances there are --------------------------------------------------------------- */

static const struct sg_module *module_at(size_t *index, const struct sg_arch *arch,
                                         size_t boundary)
{
    *index = SG_LEDGER_NO_MODULE;
    for (size_t j = 0; j < arch->n_modules; j++)
        if (arch->modules[j].at == boundary) {
            *index = j;
            return &arch->modules[j];
        }
    return NULL;
}

static enum sg_credit credit_at(const struct sg_arch *arch, size_t boundary)
{
    return arch->credit ? arch->credit[boundary] : SG_TRUE;
}

static double mix_at(const struct sg_arch *arch, size_t boundary)
{
    size_t index;
    const struct sg_module *module = module_at(&index, arch, boundary);
    return module ? module->mix : 0;
}

/* Does a boundary pass on what arrives, as it is? */
static bool passes(const struct sg_arch *arch, size_t boundary)
{
    return credit_at(arch, boundary) == SG_TRUE && mix_at(arch, boundary) == 0;
}

static bool is_direct(const struct sg_arch *arch, size_t boundary)
{
    const enum sg_credit credit = credit_at(arch, boundary);
    return (credit == SG_DIRECT || credit == SG_KICKBACK) && mix_at(arch, boundary) == 0;
}

/* F (k x o) of direct feedback: delta_{i+1} F^T = dl/dp R_i for every dl/dp, where delta_{i+1} is
 * dl/dp itself or dl/dp R_{i+1}.  False without one. */
static bool direct_standin(double *F, double *gap, const struct sg_net *net, size_t i)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const size_t top = arch->n_layers, m = sg_net_width(net, top), k = sg_net_width(net, i),
                 o = sg_net_width(net, i + 1);
    double *R = SG_NEW(m * k, double), *R_up = SG_NEW(m * o, double), *M = SG_NEW(o * k, double),
           *again = SG_NEW(m * k, double);
    bool found = true;
    widen(R, net, sg_net_fixed(net, i), m * k);
    if (i + 1 == top && passes(arch, top))
        memcpy(M, R, m * k * sizeof *M);
    else if (i + 1 < top && is_direct(arch, i + 1)) {
        size_t rank;
        widen(R_up, net, sg_net_fixed(net, i + 1), m * o);
        found = sg_base_solve_least_squares(M, &rank, NULL, R_up, R, m, o, k) == SG_OK;
        sg_base_mul(again, R_up, M, m, o, k);
        for (size_t e = 0; e < m * k; e++)
            again[e] -= R[e];
        *gap = sg_base_norm(again, m * k);
        /* dgelsd is backward stable: 10 (m + o) u of |R_up| |M| is rounding */
        found = found && *gap <= 10 * (double)(m + o) * SG_UNIT_ROUNDOFF *
                                     (sg_base_norm(R_up, m * o) * sg_base_norm(M, o * k) +
                                      sg_base_norm(R, m * k));
    } else
        found = false;
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < o; b++)
            F[a * o + b] = M[b * k + a];
    free(R);
    free(R_up);
    free(M);
    free(again);
    return found;
}

/* Fills square and standin by the rule at the boundary.  False where nothing stands in for W. */
static bool read_rule(struct sg_ledger_cut *cut, const struct sg_net *net)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const size_t entries = cut->units * cut->out;
    const double mix = mix_at(arch, cut->at);
    bool found = true;
    cut->square = credit_at(arch, cut->at) == SG_TRUE ? 1 : mix;
    switch (mix == 1.0 ? SG_NOTHING : credit_at(arch, cut->at)) {
    case SG_FEEDBACK:
        cut->standin = SG_NEW(entries, double);
        widen(cut->standin, net, sg_net_fixed(net, cut->at), entries);
        break;
    case SG_DIRECT:
    case SG_KICKBACK:
        cut->standin = SG_NEW(entries, double);
        found = direct_standin(cut->standin, &cut->gap, net, cut->at);
        break;
    case SG_TRUE:
    case SG_NOTHING:
    case SG_CREDITS: break;
    }
    for (size_t e = 0; cut->standin && e < entries; e++)
        cut->standin[e] *= 1 - mix;
    return found;
}

static void take(struct sg_ledger_cut *cut)
{
    double **const part[] = {&cut->first, &cut->squares, &cut->below, &cut->above, &cut->sg};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        *part[i] = SG_NEW(cut->size, double);
    cut->scratch = SG_NEW(7 * cut->size, double);
}

static void read_module(struct sg_ledger_cut *cut, const struct sg_arch *arch)
{
    size_t index;
    const struct sg_module *module = module_at(&index, arch, cut->at);
    cut->module = SG_LEDGER_NO_MODULE;
    cut->mix = mix_at(arch, cut->at);
    if (module && cut->mix != 0 && module->family == SG_LINEAR && (module->terms & SG_H))
        cut->module = index;
}

/* The balance at a boundary that a dense layer reads.  False where there is none. */
static bool make_cut(struct sg_ledger_cut *cut, const struct sg_net *net, size_t at)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const struct sg_layer *layers = arch->layers;
    size_t below = at - 1; /* a layer, and the boundary under it */
    const bool activated = layers[below].kind == SG_RELU || layers[below].kind == SG_SIGMOID;
    if (activated && (below == 0 || !passes(arch, below)))
        return false;
    below -= activated;
    const enum sg_layer_kind owner = layers[below].kind;
    if (owner != SG_DENSE && owner != SG_BATCHNORM)
        return false;
    *cut = (struct sg_ledger_cut){
        .kind = !activated && owner == SG_DENSE ? SG_LEDGER_MATRIX : SG_LEDGER_UNITS,
        .at = at,
        .units = sg_net_width(net, at),
        .layer = below,
        .batch_norm = owner == SG_BATCHNORM,
        .bias = owner == SG_DENSE && layers[below].bias,
        .in = sg_net_width(net, below),
        .out = sg_net_width(net, at + 1)};
    cut->size = cut->kind == SG_LEDGER_MATRIX ? cut->units * cut->units : cut->units;
    if (!read_rule(cut, net)) {
        free(cut->standin);
        return false;
    }
    read_module(cut, arch);
    take(cut);
    return true;
}

/* The weights right under a batch norm, if they are. */
static bool make_norm(struct sg_ledger_cut *cut, const struct sg_net *net,
                      const struct sg_ledger_cut *over)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const size_t bn = over->layer;
    if (!over->batch_norm || bn == 0 || arch->layers[bn - 1].kind != SG_DENSE || !passes(arch, bn))
        return false;
    *cut = (struct sg_ledger_cut){.kind = SG_LEDGER_NORM,
                                  .at = over->at,
                                  .units = over->units,
                                  .size = over->units,
                                  .layer = bn - 1,
                                  .in = sg_net_width(net, bn - 1),
                                  .module = SG_LEDGER_NO_MODULE};
    take(cut);
    return true;
}

struct sg_ledger *sg_ledger_alloc(const struct sg_net *net, double mu, double nu)
{
    const struct sg_arch *arch = sg_net_arch(net);
    const struct sg_sizes sizes = sg_net_sizes(net);
    struct sg_ledger *l = SG_NEW(1, struct sg_ledger);
    *l = (struct sg_ledger){.net = net,
                            .mu = mu,
                            .kappa = nu / mu,
                            .n_w = sizes.w,
                            .n_phi = sizes.phi,
                            .cut = SG_NEW(2 * arch->n_layers, struct sg_ledger_cut),
                            .w = SG_NEW(sizes.w, double),
                            .w_next = SG_NEW(sizes.w, double),
                            .dw = SG_NEW(sizes.w, double),
                            .phi = SG_NEW(sizes.phi + 1, double),
                            .phi_next = SG_NEW(sizes.phi + 1, double)};
    for (size_t at = 1; at < arch->n_layers; at++)
        if (arch->layers[at].kind == SG_DENSE && make_cut(&l->cut[l->cuts], net, at)) {
            l->cuts++;
            if (make_norm(&l->cut[l->cuts], net, &l->cut[l->cuts - 1]))
                l->cuts++;
        }
    return l;
}

void sg_ledger_free(struct sg_ledger *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->cuts; i++) {
        struct sg_ledger_cut *cut = &l->cut[i];
        void *const part[] = {cut->standin, cut->first, cut->squares, cut->below,
                              cut->above,   cut->sg,    cut->scratch};
        for (size_t p = 0; p < sizeof part / sizeof *part; p++)
            free(part[p]);
    }
    sg_ledger_ball_free(l);
    free(l->cut);
    free(l->w);
    free(l->w_next);
    free(l->dw);
    free(l->phi);
    free(l->phi_next);
    free(l);
}

/* ---- a run ---------------------------------------------------------------------------------- */

/* D at w and phi, or at z.  parts (3 size): below, above and sg. */
static void read_sides(double *D, double *parts, const struct sg_ledger *l,
                       const struct sg_ledger_cut *cut)
{
    double *below = parts, *above = below + cut->size, *sg = above + cut->size;
    const double *w = l->ball ? l->ball->w_z : l->w;
    sg_ledger_below(below, cut, l->net, w);
    sg_ledger_above(above, cut, l->net, w);
    sg_ledger_sg(sg, l, cut, l->ball ? l->ball->phi_z : l->phi);
    for (size_t e = 0; e < cut->size; e++)
        D[e] = below[e] - above[e] - sg[e];
}

void sg_ledger_start(struct sg_ledger *l, const void *w, const void *phi)
{
    widen(l->w, l->net, w, l->n_w);
    widen(l->phi, l->net, phi, l->n_phi);
    sg_ledger_ball_start(l);
    for (size_t i = 0; i < l->cuts; i++) {
        struct sg_ledger_cut *cut = &l->cut[i];
        read_sides(cut->first, cut->scratch, l, cut);
        memcpy(cut->below, cut->scratch, cut->size * sizeof(double));
        memcpy(cut->above, cut->scratch + cut->size, cut->size * sizeof(double));
        memcpy(cut->sg, cut->scratch + 2 * cut->size, cut->size * sizeof(double));
        memset(cut->squares, 0, cut->size * sizeof(double));
        cut->bound = sg_ledger_read_rounding(l, cut, l->w, l->phi);
    }
}

/* B[:,j] . dB[:,j] = eps r_j^2 gamma_j dgamma_j under batch norm, so a step moves |B[:,j]|^2 by the
 * square and by -2 mu times this. */
static void add_epsilon(const struct sg_ledger *l, struct sg_ledger_cut *cut,
                        const struct sg_batch *batch, const struct sg_net_work *work)
{
    const size_t gamma = sg_net_layer_offset(l->net, cut->layer + 1);
    for (size_t j = 0; j < cut->units; j++)
        cut->squares[j] += 2 * SG_BATCHNORM_EPS * sg_ledger_r2(l, cut, j, batch, work) *
                           l->w[gamma + j] * sg_ledger_ball_step(l, gamma + j);
}

void sg_ledger_step(struct sg_ledger *l, const void *w, const void *phi,
                    const struct sg_batch *batch, const struct sg_net_work *work)
{
    widen(l->w_next, l->net, w, l->n_w);
    widen(l->phi_next, l->net, phi, l->n_phi);
    sg_ledger_ball_shift(l);
    for (size_t i = 0; i < l->n_w; i++)
        l->dw[i] = l->w_next[i] - l->w[i];
    sg_ledger_ball_move(l);
    for (size_t i = 0; i < l->cuts; i++) {
        struct sg_ledger_cut *cut = &l->cut[i];
        double *below = cut->scratch, *above = below + cut->size;
        sg_ledger_below(below, cut, l->net, l->dw);
        sg_ledger_square_above(above, cut, l->net, l->dw);
        for (size_t e = 0; e < cut->size; e++)
            below[e] -= above[e];
        sg_ledger_ball_squares(below, l, i);
        for (size_t e = 0; e < cut->size; e++)
            cut->squares[e] += below[e];
        if (cut->kind == SG_LEDGER_NORM && work)
            add_epsilon(l, cut, batch, work);
        cut->bound += work ? sg_ledger_step_rounding(l, cut, batch, work) : SG_NAN;
        cut->bound += sg_ledger_ball_rounding(l, cut);
    }
    double *swap = l->w;
    l->w = l->w_next;
    l->w_next = swap;
    swap = l->phi;
    l->phi = l->phi_next;
    l->phi_next = swap;
}

/* ---- reading -------------------------------------------------------------------------------- */

size_t sg_ledger_count(const struct sg_ledger *l)
{
    return l->cuts;
}

size_t sg_ledger_size(const struct sg_ledger *l, size_t entry)
{
    SG_REQUIRE(entry < l->cuts);
    return l->cut[entry].size;
}

static double trace(const struct sg_ledger_cut *cut, const double *a)
{
    const size_t step = cut->kind == SG_LEDGER_MATRIX ? cut->units + 1 : 1;
    double sum = 0;
    for (size_t j = 0; j < cut->units; j++)
        sum += a[j * step];
    return sum;
}

void sg_ledger_balance(double *balance, double *residual, const struct sg_ledger *l, size_t entry)
{
    SG_REQUIRE(entry < l->cuts);
    const struct sg_ledger_cut *cut = &l->cut[entry];
    double *D = SG_NEW(cut->size, double);
    read_sides(D, cut->scratch, l, cut);
    if (balance)
        memcpy(balance, D, cut->size * sizeof *D);
    for (size_t e = 0; residual && e < cut->size; e++)
        residual[e] = D[e] - cut->first[e] - cut->squares[e];
    free(D);
}

struct sg_ledger_reading sg_ledger_read(const struct sg_ledger *l, size_t entry)
{
    SG_REQUIRE(entry < l->cuts);
    const struct sg_ledger_cut *cut = &l->cut[entry];
    const double *start[] = {cut->below, cut->above, cut->sg};
    double *D = SG_NEW(cut->size, double), trace_of[3], norm_of[3];
    read_sides(D, cut->scratch, l, cut);
    for (int side = 0; side < 3; side++) {
        double *now = cut->scratch + (size_t)side * cut->size;
        for (size_t e = 0; e < cut->size; e++)
            now[e] -= start[side][e];
        trace_of[side] = trace(cut, now);
        norm_of[side] = sg_base_norm(now, cut->size);
    }
    for (size_t e = 0; e < cut->size; e++)
        D[e] -= cut->first[e];
    const double drift = sg_base_norm(D, cut->size);
    for (size_t e = 0; e < cut->size; e++)
        D[e] -= cut->squares[e];
    const struct sg_ledger_reading reading = {
        .boundary = cut->at,
        .kind = cut->kind,
        .sg = cut->mix != 0,
        .below = trace_of[0],
        .above = trace_of[1],
        .sides_sg = trace_of[2],
        .squares = trace(cut, cut->squares),
        .moved = cut->mix != 0 ? norm_of[2] : norm_of[0],
        .drift = drift,
        .error = sg_base_norm(D, cut->size),
        .bound = cut->bound + sg_ledger_read_rounding(l, cut, l->w, l->phi) +
                 sg_ledger_ball_rest(l, cut)};
    free(D);
    return reading;
}
