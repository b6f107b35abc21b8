/* CP2 at depth: random nets, the SG at any boundary, and solutions of the joint equations among which many are saddles.
 *
 * Solutions are found, not made: Levenberg-Marquardt on F(w, phi) = 0 from saddles pushed away and from far away, each
 * start with a random SG.  A critical value of the loss is E|y|^2/2 - 1/2 sum over S of sigma_i^2, S at most as many singular triplets of the
 * least-squares map as the narrowest layer has units; the least takes the largest, so a solution whose loss lies beyond the middle between the
 * two lowest critical values is no global minimum: a saddle (a deep linear loss has no other critical points). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/old.h"
#include "claim/cp2/parts.h"
#include "lab/old.h"
#include "synthgrad/deep.h"

enum { INSTANCES = 24, FULL_INSTANCES = 500, STARTS = 3, NEAR = 2, ITERATIONS = 60, SAMPLED = 3 };
enum { NUMBERS = 60, FULL_NUMBERS = 300 };      /* w and phi together: the solver's cost is their cube (300: all widths 8 at depth 2) */

struct net {
    struct sg_twin *t;
    struct sg_deep deep;
    double *sigma;                    /* [min(d, m)], descending */
    size_t rank, most;                /* of the least-squares map; triplets a critical point can have */
    double least, gap, last;          /* the least loss above least squares, from there to the next critical value, and from the highest but one
                                       * to the highest, the zero map's */
};

/* A solution is sharp if its bound says much: |grad L| below SHARP of the product's slope at 0.  Only a sharp one can be counted as a saddle. */
static const double SHARP = 1e-6;
struct tally { size_t starts, solutions, sharp, saddles, nonzero; };      /* nonzero: saddles other than the zero map */

/* ---- an instance ------------------------------------------------------------------------------------------------------ */

static size_t up_to(int most, struct sg_rng *rng)
{
    return 1 + sg_base_rng_index(rng, (size_t)most);
}

static size_t numbers(const struct sg_case *c)
{
    size_t count = 0, in = (size_t)c->data.d, at = (size_t)c->module[0].at;
    for (size_t l = 0; l <= c->net.layers.n; l++) {
        const size_t m = (size_t)c->data.outputs, out = l < c->net.layers.n ? (size_t)c->net.layers.value[l] : m;
        count += in * out + (l + 1 == at ? out * (out + m + 1) : 0);
        in = out;
    }
    return count;
}

/* One third realizable, one half of any rank, as for one layer; depth uniform, then widths, then the boundary.  Too large: drawn again. */
static void draw(struct sg_case *c, const struct sg_case *from, size_t limit, struct sg_rng *rng)
{
    do {
        *c = *from;
        c->n_modules = 1;
        c->net.layers.n = up_to((int)from->net.layers.n, rng);
        for (size_t l = 0; l < c->net.layers.n; l++)
            c->net.layers.value[l] = (int)up_to(from->net.layers.value[l], rng);
        c->module[0].at = (int)up_to((int)c->net.layers.n + 1, rng);
        c->data.d = (int)up_to(from->data.d, rng);
        c->data.outputs = (int)up_to(from->data.outputs, rng);
        c->data.bias = sg_base_rng_index(rng, 2) == 0;
        c->data.noise = sg_base_rng_index(rng, 3) == 0 ? 0 : from->data.noise;
        const int rank = (int)up_to(c->data.d < c->data.n ? c->data.d : c->data.n, rng);
        c->data.rank = sg_base_rng_index(rng, 2) == 0 ? rank : 0;
    } while (numbers(c) > limit);
}

/* sigma, and where the two lowest critical values are. */
static enum sg_status find_values(struct net *net, struct sg_rng *rng)
{
    const struct sg_twin *t = net->t;
    const size_t d = t->fit->d, m = t->fit->m, few = d < m ? d : m;
    double *zero = SG_NEW(t->n_w, double);
    net->deep = (struct sg_deep){.n_layers = t->chain.n_layers, .at = t->chained[0].at};
    memcpy(net->deep.width, t->width, (t->chain.n_layers + 1) * sizeof *t->width);
    net->sigma = SG_NEW(few, double);
    const enum sg_status status = sg_closed_deep_critical_point(zero, net->sigma, &net->deep, &t->rows, NULL, 0, rng);
    net->most = few;
    for (size_t l = 0; l <= t->chain.n_layers; l++)
        net->most = t->width[l] < net->most ? t->width[l] : net->most;
    const double n = (double)(t->fit->n + m), cut = sqrt(n * SG_UNIT_ROUNDOFF) * net->sigma[0];     /* as deep_points.c counts */
    while (net->rank < few && net->sigma[net->rank] > cut)
        net->rank++;
    net->most = net->rank < net->most ? net->rank : net->most;
    for (size_t i = net->most; i < few; i++)
        net->least += net->sigma[i] * net->sigma[i] / 2;
    const double last = net->most > 0 ? net->sigma[net->most - 1] : 0, next = net->most < few ? net->sigma[net->most] : 0;
    net->last = net->rank > 0 ? net->sigma[net->rank - 1] * net->sigma[net->rank - 1] / 2 : 0;
    net->gap = (last - next) * (last + next) / 2;
    free(zero);
    return status;
}

/* The zero map's loss above least squares, the highest critical value. */
static double zero_map(const struct net *net)
{
    double sum = 0;
    for (size_t i = 0; i < net->rank; i++)
        sum += net->sigma[i] * net->sigma[i] / 2;
    return sum;
}

/* 1/2 E|x (P - W*)|^2, the loss above least squares. */
static double above_least_squares(const struct net *net, const double *w)
{
    const struct sg_fit *fit = net->t->fit;
    double *p = SG_NEW(fit->d * fit->m, double), *off = SG_NEW(fit->n * fit->m, double);
    sg_closed_chain_product(p, &net->t->chain, w, 0, net->t->chain.n_layers);
    for (size_t i = 0; i < fit->d * fit->m; i++)
        p[i] -= fit->w[i];
    sg_base_mul(off, net->t->rows.x, p, fit->n, fit->d, fit->m);
    const double norm = sg_base_norm(off, fit->n * fit->m);
    free(p);
    free(off);
    return norm * norm / (2 * (double)fit->n);
}

/* A critical point with `count` random triplets, each set equally likely, without number `missing` (net->rank: any). */
static enum sg_status sample_critical(double *w, const struct net *net, size_t count, size_t missing, struct sg_rng *rng)
{
    size_t keep[2 * SG_DEEP_LAYERS_MAX] = {0}, used = 0, left = net->rank - (missing < net->rank);
    for (size_t i = 0; i < net->rank && used < count; i++)
        if (i != missing && sg_base_rng_index(rng, left--) < count - used)
            keep[used++] = i;
    return sg_closed_deep_critical_point(w, NULL, &net->deep, &net->t->rows, keep, used, rng);
}

/* A saddle other than the zero map where there is one (two triplets), else the zero map: one of the largest `most` triplets is missing. */
static enum sg_status sample_saddle(double *w, const struct net *net, struct sg_rng *rng)
{
    if (net->rank < 2)
        return sample_critical(w, net, 0, net->rank, rng);
    const size_t missing = sg_base_rng_index(rng, net->most), most = net->most < net->rank ? net->most : net->rank - 1;
    return sample_critical(w, net, 1 + sg_base_rng_index(rng, most), missing, rng);
}

/* ---- solutions -------------------------------------------------------------------------------------------------------- */

static double log_uniform(double from, double to, struct sg_rng *rng)
{
    return from * pow(to / from, sg_base_rng_uniform(rng));
}

static double typical(const struct sg_twin *t)
{
    return sg_base_norm(t->fit->w, t->fit->d * t->fit->m) / sqrt((double)(t->fit->d * t->fit->m));
}

/* Two near a saddle, its entries pushed by 1% to 30% of the geometric mean weight that W* asks of a layer; one from 10% to 300% of it. */
static enum sg_status make_start(double *state, const struct net *net, bool near, struct sg_rng *rng)
{
    const struct sg_twin *t = net->t;
    const double size = pow(typical(t), 1 / (double)t->chain.n_layers), scale = size * log_uniform(0.01, 0.3, rng) * (near ? 1 : 10);
    double *noise = SG_NEW(t->n_w + t->n_phi, double);
    enum sg_status status = SG_OK;
    memset(state, 0, (t->n_w + t->n_phi) * sizeof *state);
    if (near)
        status = sample_saddle(state, net, rng);
    sg_base_rng_gaussians(noise, t->n_w + t->n_phi, rng);
    const double of_phi = log_uniform(0.1, 1, rng);
    for (size_t i = 0; i < t->n_w + t->n_phi; i++)
        state[i] += noise[i] * (i < t->n_w ? scale : of_phi);
    free(noise);
    return status;
}

/* sqrt(E|x|^2 E|y|^2) >= |E[x^T y]|, the slope of the product's loss at 0. */
static double slope_scale(const struct sg_twin *t)
{
    const size_t n = t->rows.n;
    return sg_base_norm(t->rows.x, n * t->rows.d) * sg_base_norm(t->rows.y, n * t->rows.m) / (double)n;
}

static bool solved(const double *state, const double *f, void *context)
{
    struct sg_twin *t = context;
    double residual, level;
    sg_twin_eval(t, state, state + t->n_w);
    return sg_twin_solved(&residual, &level, t, f);
}

static enum sg_status check_solutions(struct sg_evidence *ev, const struct net *net, struct tally *tally, struct sg_rng *rng)
{
    struct sg_twin *t = net->t;
    struct sg_critical *solver = sg_sim_critical_alloc(&t->field);
    double *state = SG_NEW(t->n_w + t->n_phi, double);
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < STARTS && status == SG_OK; i++) {
        status = make_start(state, net, i < NEAR, rng);
        if (status != SG_OK)
            break;
        tally->starts++;
        const enum sg_status end = sg_sim_solve_critical(state, solver, &t->batch, ITERATIONS, solved, t);
        if (end != SG_OK)
            continue;
        const struct sg_twin_look seen = sg_twin_look(t, state);
        tally->solutions++;
        const bool sharp = sg_base_within(seen.bound, SHARP * slope_scale(t));
        tally->sharp += sharp;
        const double above = above_least_squares(net, state);
        const bool saddle = sharp && above - net->least > net->gap / 2;
        tally->saddles += saddle;
        tally->nonzero += saddle && zero_map(net) - above > net->last / 2;
        sg_claim_bound(ev, SG_SIMULATED, "|grad L| at the joint solutions found, against the bound that F gives", seen.gradient, seen.bound,
                       "|F_w|, |F_phi| / sigma_min+(z) through the layers; rounding of every term by the same walk over absolute values");
    }
    sg_sim_critical_free(solver);
    free(state);
    return status;
}

/* ---- critical points are solutions ------------------------------------------------------------------------------------ */

/* How much larger than rounding at w the gradient of a sampled point may be, count triplets kept: dgelsd's W* leaves u cond(X), and
 * C_i C_i^+ = 1 up to u cond(C_i), where cond(C_{N-1}) = cond(W_N) and cond(C_{i-1}) <= cond(W_i) cond(C_i) on the rank kept.  Inexact
 * singular vectors add no more than rounding: only their residual enters, sigma_i need not be apart.  10: dgelsd's constant. */
static enum sg_status sampled_condition(double *factor, const struct net *net, const double *w, size_t count)
{
    const struct sg_twin *t = net->t;
    const struct sg_fit *fit = t->fit;
    double all = 1, cond = 1;
    enum sg_status status = SG_OK;
    for (size_t l = t->chain.n_layers; l-- > 1 && count > 0 && status == SG_OK;) {
        const size_t in = t->width[l], out = t->width[l + 1];
        double *sigma = SG_NEW(in < out ? in : out, double);
        status = sg_base_singular_values(sigma, w + sg_net_layer_offset(t->net, l), in, out);
        cond *= sigma[0] / sigma[count - 1];
        all += cond;
        free(sigma);
    }
    *factor = 10 * all * sqrt(fit->lambda_x[0] / fit->lambda_x[fit->rank - 1]);
    return status;
}

/* At sampled critical points, minima and saddles: grad L = 0, and F(w, phi*) = (grad L, 0). */
static enum sg_status check_sampled(struct sg_evidence *ev, const struct net *net, struct sg_rng *rng)
{
    struct sg_twin *t = net->t;
    double *state = SG_NEW(t->n_w + t->n_phi, double), *gradient = SG_NEW(t->n_w, double), rounding, factor;
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < SAMPLED && status == SG_OK; i++) {
        const size_t count = i == 0 ? net->most : sg_base_rng_index(rng, net->most + 1);
        status = sample_critical(state, net, count, net->rank, rng);
        if (status == SG_OK)
            status = sampled_condition(&factor, net, state, count);
        if (status != SG_OK)
            break;
        sg_twin_gradient(gradient, &rounding, t, state);
        sg_claim_bound(ev, SG_CLOSED_FORM, "|grad L| at sampled critical points, saddles among them", sg_base_norm(gradient, t->n_w),
                       factor * rounding, "10 (1 + sum of cond(C_i)) cond(X) times rounding of every term at w");
        sg_closed_chain_exact_sg(state + t->n_w, &t->chain, state);
        sg_twin_eval(t, state, state + t->n_w);
        for (size_t k = 0; k < t->n_w; k++)
            gradient[k] -= t->dw[k];
        sg_claim_bound(ev, SG_CLOSED_FORM, "joint update with phi* there, against (grad L, 0)",
                       hypot(sg_base_norm(gradient, t->n_w), sg_base_norm(t->dphi, t->n_phi)),
                       rounding + hypot(sg_base_norm(t->u_w, t->n_w), sg_base_norm(t->u_phi, t->n_phi)), "rounding of both");
    }
    free(state);
    free(gradient);
    return status;
}

/* ---- all together ------------------------------------------------------------------------------------------------------ */

static enum sg_status check_net(struct sg_evidence *ev, const struct sg_case *c, const struct sg_data *data, struct tally *tally, struct sg_rng *rng)
{
    struct net net = {0};
    enum sg_status status = sg_twin_alloc(&net.t, c, data, ev);
    if (status == SG_OK)
        status = find_values(&net, rng);
    if (status == SG_OK)
        status = check_solutions(ev, &net, tally, rng);
    if (status == SG_OK)
        status = check_sampled(ev, &net, rng);
    sg_twin_free(net.t);
    free(net.sigma);
    return status;
}

static void report(struct sg_evidence *ev, const struct tally *tally)
{
    sg_claim_fact(ev, SG_SIMULATED, "at least a fifth of the solutions are saddles", tally->solutions > 0 && 5 * tally->saddles >= tally->solutions,
                  "loss beyond the middle between the two lowest critical values, and |grad L| certainly small");
    sg_claim_fact(ev, SG_SIMULATED, "saddles other than the zero map among them", tally->nonzero > 0,
                  "loss below the middle between the two highest critical values as well");
    sg_claim_compare(ev, SG_SIMULATED, "starts that ended in no solution: no evidence, counted", (double)(tally->starts - tally->solutions), 0,
                     (double)tally->starts - 1, "one solution is needed, the rest is for information");
    snprintf(ev->note, sizeof ev->note,
             "replicate 0: %zu solutions, %zu with a bound below 1e-6 of the slope at 0, %zu of these saddles (%zu not the zero map); %zu starts in vain",
             tally->solutions, tally->sharp, tally->saddles, tally->nonzero, tally->starts - tally->solutions);
}

enum sg_status sg_cp2_depth(struct sg_evidence *ev, const struct sg_trial *trial)
{
    if (trial->c->net.layers.n == 0 || trial->c->data.kind != SG_DATA_GAUSSIAN || trial->c->n_modules != 1) {
        snprintf(ev->note, sizeof ev->note, "drawn nets need hidden layers, gaussian data and one SG");
        return SG_HYPOTHESIS;
    }
    struct sg_case *c = SG_NEW(1, struct sg_case);
    struct sg_rng *rng = sg_claim_rng(trial, "starts"), *nets = sg_claim_rng(trial, "nets");   /* the same nets with labels and without */
    struct tally tally = {0};
    enum sg_status status = SG_OK;
    for (size_t i = 0; i < (trial->full ? FULL_INSTANCES : INSTANCES) && status == SG_OK; i++) {
        struct sg_data data = {0};
        draw(c, trial->c, trial->full ? FULL_NUMBERS : NUMBERS, nets);
        const uint64_t seed = (uint64_t)(sg_base_rng_uniform(nets) * 0x1p53);      /* another data set for each net */
        status = sg_claim_make_data(&data, ev, c, seed, trial->replicate);
        if (status == SG_OK)
            status = check_net(ev, c, &data, &tally, rng);
        sg_data_free(&data);
    }
    if (status == SG_OK)
        report(ev, &tally);
    sg_base_rng_free(rng);
    sg_base_rng_free(nets);
    free(c);
    return status;
}
