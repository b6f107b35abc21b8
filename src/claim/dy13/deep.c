/* DY13 (c): any net with the SG at its output.  A step of the weights is one along
 * d = grad L + b, b = E[J^T e].  Where grad L has the Lipschitz constant Lam and mu Lam <= 1,
 *   L+ <= L - mu <grad L, d> + mu/2 |d|^2 = L - mu/2 |grad L|^2 + mu/2 |b|^2,
 * and the |b|^2 are summable by (a).  Relu's gradient is not Lipschitz: of it only (a) is a row. */
#include <math.h>
#include <string.h>

#include "claim/dy13/parts.h"

enum { STARTS = 4, DRAWN_STEPS = 200 };
/* |grad L| at the end over that at the start: linear nets come in linearly; sigmoid nets on long
 * flat ways. */
static const double DROP_LINEAR = 1e-8, DROP_SIGMOID = 0.1;

struct deep {
    struct sg_data rows;
    struct sg_case_arch arch;
    struct sg_net *net, *plain;
    struct sg_field field, plain_field;
    struct sg_batch batch;
    struct sg_net_work *work;         /* of the plain net: h and grad L at the weights now */
    struct sg_sim *sim, *backprop;
    struct sg_dy13_place *place;
    size_t n_w, n_phi, at, roundings;
    bool is_output, is_smooth;
    double mu, theta, y2;             /* y2: E|y|^2 */
    double *w, *phi, *gradient, *before, *exact;
};

static void end_deep(void *deep)
{
    struct deep *x = deep;
    sg_sim_free(x->sim);
    sg_sim_free(x->backprop);
    sg_net_work_free(x->work);
    sg_net_free(x->net);
    sg_net_free(x->plain);
    sg_data_free(&x->rows);
}

static bool make_rows(struct sg_lab *lab, struct deep *x)
{
    const struct sg_data *from = lab->trial->data;
    if (lab->trial->c->train.form == SG_FORM_COMPRESSED)
        return sg_lab_try(lab, sg_data_compress(&x->rows, from));
    x->rows = (struct sg_data){from->n, from->d, from->m,
                               sg_base_copy(from->x, from->n * from->d, sizeof(double)),
                               sg_base_copy(from->y, from->n * from->m, sizeof(double)),
                               sg_base_copy(from->one, from->n, sizeof(double))};
    return true;
}

static bool make_nets(struct sg_lab *lab, struct deep *x)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_error err = {{0}};
    const enum sg_status status = sg_case_make_arch(&x->arch, c, x->rows.d, x->rows.m, &err);
    if (status != SG_OK) {
        sg_lab_stop(lab, status, "%s", err.text);
        return false;
    }
    struct sg_arch plain = x->arch.arch;
    plain.n_modules = 0;
    x->net = sg_net_alloc(&x->arch.arch);
    x->plain = sg_net_alloc(&plain);
    x->work = sg_net_work_alloc(x->plain, x->rows.n);
    x->field = sg_sim_net_field(x->net, x->rows.n);
    x->plain_field = sg_sim_net_field(x->plain, x->rows.n);
    x->batch = sg_sim_batch(&x->rows);
    x->at = x->arch.arch.modules[0].at;
    x->is_output = x->at == x->arch.arch.n_layers;
    x->is_smooth = c->net.activation != SG_RELU;
    return true;
}

static void make_sims(struct sg_lab *lab, struct deep *x)
{
    const struct sg_case *c = lab->trial->c;
    x->n_w = x->field.sizes.w;
    x->n_phi = x->field.sizes.phi;
    x->mu = c->train.mu;
    x->theta = sg_case_theta(c);
    x->w = SG_TAKE(lab, x->n_w, double);
    x->phi = SG_TAKE(lab, x->n_phi, double);
    x->gradient = SG_TAKE(lab, x->n_w, double);
    x->before = SG_TAKE(lab, x->n_w, double);
    const struct sg_sim_spec spec = {.field = &x->field, .net_opt = {.rate = x->mu},
                                     .sg_opt = {.rate = x->theta},
                                     .sg_step = (enum sg_step_rule)c->train.sg_step},
                             plain = {.field = &x->plain_field, .net_opt = {.rate = x->mu}};
    x->sim = sg_sim_alloc(&spec, x->w, x->phi);
    x->backprop = sg_sim_alloc(&plain, x->w, NULL);
    const size_t k = sg_net_width(x->net, x->at), m = x->rows.m;
    const unsigned terms = x->arch.module[0].terms;
    x->place = sg_dy13_place(lab, k, m, terms, x->rows.n);
    x->exact = SG_TAKE(lab, x->place->rows * k, double);
    x->y2 = sg_base_dot(x->rows.y, x->rows.y, x->rows.n * m) / (double)x->rows.n;
    x->roundings = x->rows.n + 2 * x->place->rows + 10;
    for (size_t i = 0; i < x->arch.arch.n_layers; i++)
        x->roundings += sg_net_width(x->net, i + 1) + 8;
}

/* ---- Phi* ------------------------------------------------------------------------------------ */

/* V = W_{at+1} ... W_N (k x m) of a linear net. */
static void upper_product(struct sg_lab *lab, double *v, const struct deep *x, const double *w)
{
    const size_t k = x->place->k;
    double *product = SG_TAKE(lab, k * k, double);
    for (size_t i = 0; i < k; i++)
        product[i * k + i] = 1;
    for (size_t l = x->at, in = k; l < x->arch.arch.n_layers; l++) {
        const size_t out = sg_net_width(x->net, l + 1);
        double *next = SG_TAKE(lab, k * out, double);
        sg_base_mul(next, product, w + sg_net_layer_offset(x->net, l), k, in, out);
        product = next;
        in = out;
    }
    memcpy(v, product, k * x->rows.m * sizeof *v);
}

struct exact_ask { const struct deep *x; const double *w; double *to; };

/* (V V^T; -V^T; 0), of the terms that the module has. */
static void fill_exact(struct sg_lab *lab, void *context)
{
    const struct exact_ask *ask = context;
    const struct sg_dy13_place *p = ask->x->place;
    const size_t k = p->k, m = p->m;
    double *v = SG_TAKE(lab, k * m, double), *to = ask->to;
    if (ask->x->is_output)
        for (size_t i = 0; i < k; i++)
            v[i * m + i] = 1;
    else
        upper_product(lab, v, ask->x, ask->w);
    if (p->terms & SG_H) {
        sg_base_mul_nt(to, v, v, k, m, k);
        to += k * k;
    }
    for (size_t o = 0; (p->terms & SG_Y) && o < m; o++)
        for (size_t i = 0; i < k; i++)
            *to++ = -v[i * m + o];
}

/* ---- a run ----------------------------------------------------------------------------------- */

struct course {
    struct sg_dy13_track track;
    struct sg_dy13_bound descent;
    double first, now, loss_0, loss;  /* |grad L| at the start and now; L */
    double sum_gradient, sum_b;       /* of |grad L|^2 and |b|^2 */
    double lipschitz;                 /* the largest |change of grad L| / |change of W| */
    uint64_t t;
    bool arrived;
};

static double look_at_loss(struct deep *x, const double *w)
{
    struct sg_metrics metrics;
    sg_net_eval(x->gradient, NULL, &metrics, x->plain, w, NULL, &x->batch,
                SG_WANT_W | SG_WANT_METRICS | SG_TRAIN, x->work);
    return metrics.loss;
}

/* L is a mean of squares of p - y, each off by its roundings' share of |p| + |y|. */
static void check_descent(struct course *c, const struct deep *x, double before, double g2,
                          double b2)
{
    const double rounding = (double)x->roundings * SG_UNIT_ROUNDOFF * 10 * (before + x->y2);
    sg_dy13_keep_bound(&c->descent, c->loss / c->loss_0,
                       (before - x->mu / 2 * g2 + x->mu / 2 * b2) / c->loss_0,
                       rounding / c->loss_0);
}

static void step(struct sg_lab *lab, struct deep *x, struct course *c)
{
    const double *phi = sg_sim_phi(x->sim), before = c->loss;
    const struct sg_dy13_pair pair = {x->rows.n, sg_net_view(x->work, SG_VIEW_H, x->at),
                                      x->rows.y, x->rows.one};
    const struct sg_dy13_look look =
        sg_dy13_look(x->place, &pair, phi, c->track.rule == SG_STEP_LINE_SEARCH);
    memcpy(x->w, sg_sim_w(x->sim), x->n_w * sizeof *x->w);
    memcpy(x->before, x->gradient, x->n_w * sizeof *x->before);
    sg_sim_step(x->sim, &x->batch);
    const double *w = sg_sim_w(x->sim);
    memcpy(x->exact, x->place->exact, x->place->rows * x->place->k * sizeof *x->exact);
    struct exact_ask ask = {x, w, x->exact};
    if (!x->is_output)
        sg_lab_part(lab, fill_exact, &ask);
    sg_dy13_follow(&c->track, x->place, &look, sg_sim_phi(x->sim), x->exact,
                   (double)x->roundings);
    memcpy(x->place->exact, x->exact, x->place->rows * x->place->k * sizeof *x->exact);
    c->loss = look_at_loss(x, w);
    double g2 = 0, b2 = 0, moved = 0, turned = 0;
    for (size_t i = 0; i < x->n_w; i++) {
        const double by = x->w[i] - w[i], b = by / x->mu - x->before[i],
                     turn = x->gradient[i] - x->before[i];
        g2 += x->before[i] * x->before[i];
        b2 += b * b;
        moved += by * by;
        turned += turn * turn;
    }
    check_descent(c, x, before, g2, b2);
    c->sum_gradient += g2;
    c->sum_b += b2;
    c->now = sg_base_norm(x->gradient, x->n_w);
    /* where W hardly moves the quotient is rounding's */
    if (sqrt(moved) > 1e-6 * x->mu * c->first)
        c->lipschitz = fmax(c->lipschitz, sqrt(turned / moved));
    c->t++;
}

/* A start of Glorot's size; Phi of a scale from 0.01 to 0.3. */
static void draw_start(struct deep *x, struct sg_rng *rng)
{
    sg_net_init(x->w, NULL, x->net, SG_GLOROT, rng);
    const double scale = pow(10, 1.5 * sg_base_rng_uniform(rng) - 2);
    sg_base_rng_gaussians(x->phi, x->n_phi, rng);
    for (size_t i = 0; i < x->n_phi; i++)
        x->phi[i] *= scale;
}

static struct course begin(struct sg_lab *lab, struct deep *x)
{
    sg_sim_restart(x->sim, x->w, x->phi, x->mu, x->theta);
    sg_sim_restart(x->backprop, x->w, NULL, x->mu, 0);
    struct exact_ask ask = {x, x->w, x->place->exact};
    sg_lab_part(lab, fill_exact, &ask);
    struct course c = {.track = sg_dy13_start(x->place,
                                              (enum sg_step_rule)lab->trial->c->train.sg_step,
                                              x->theta, x->phi)};
    c.loss = c.loss_0 = look_at_loss(x, x->w);
    c.first = c.now = sg_base_norm(x->gradient, x->n_w);
    return c;
}

static void say_smooth(struct sg_lab *lab, const struct deep *x, const struct course *c,
                       double drop)
{
    if (x->mu * c->lipschitz > 1) {
        sg_lab_stop(lab, SG_HYPOTHESIS,
                    "the statement supposes mu Lam <= 1, and grad L changed by %.3g of a step, "
                    "which is more than 1/mu = %.3g; take a smaller train.mu",
                    c->lipschitz, 1 / x->mu);
        return;
    }
    sg_lab_below(lab, SG_SIMULATED, "descent",
                 "L after a step: at most L - mu/2 |grad L|^2 + mu/2 |b|^2, over L at the start",
                 c->descent.measured, c->descent.bound,
                 (struct sg_tol){c->descent.tolerance, "rounding of L", 1});
    const double scale = c->loss_0 + x->mu / 2 * c->sum_b;
    sg_lab_below(lab, SG_SIMULATED, "gradients",
                 "mu/2 sum |grad L|^2: at most L_0 - L_T + mu/2 sum |b|^2, over L_0 and that sum",
                 x->mu / 2 * c->sum_gradient / scale,
                 (c->loss_0 - c->loss + x->mu / 2 * c->sum_b) / scale,
                 (struct sg_tol){(double)(x->roundings + c->t) * SG_UNIT_ROUNDOFF * 10 *
                                     (1 + x->y2 / scale),
                                 "rounding of L, and of the sums", 1});
    if (!c->arrived)
        sg_lab_stop(lab, SG_BUDGET, "|grad L| is %.2g of its start after %llu steps, not %.0g; "
                    "raise train.steps", c->now / c->first, (unsigned long long)c->t, drop);
    sg_lab_below(lab, SG_SIMULATED, "gradient", "|grad L| at the end over the start's",
                 c->now / c->first, drop,
                 (struct sg_tol){(double)x->roundings * SG_UNIT_ROUNDOFF * 10,
                                 "rounding of grad L", 0});
}

/* |grad L| of backprop after as many steps from the same weights. */
static double of_backprop(struct sg_lab *lab, struct deep *x, uint64_t steps)
{
    sg_lab_try(lab, sg_sim_advance(x->backprop, &x->batch, steps));
    look_at_loss(x, sg_sim_w(x->backprop));
    return sg_base_norm(x->gradient, x->n_w);
}

struct ask { struct deep *x; size_t index; struct sg_rng *rng; };

static void from_one_start(struct sg_lab *lab, void *context)
{
    struct ask *ask = context;
    struct deep *x = ask->x;
    const struct sg_case *k = lab->trial->c;
    const bool draw = lab->trial->figure && ask->index == 0;
    const double drop = k->net.activation == SG_SIGMOID ? DROP_SIGMOID : DROP_LINEAR;
    draw_start(x, ask->rng);
    struct course c = begin(lab, x);
    while (c.t < (uint64_t)k->train.steps && lab->status == SG_OK && isfinite(c.loss) &&
           !c.arrived && !(c.t >= DRAWN_STEPS && sg_dy13_is_broken(&c.track))) {
        step(lab, x, &c);
        c.arrived = x->is_smooth && c.now <= drop * c.first;
        if (!draw || (c.t > DRAWN_STEPS && c.t % 100))
            continue;
        const uint64_t behind = c.t - sg_sim_time(x->backprop);
        const double plain = of_backprop(lab, x, behind);
        look_at_loss(x, sg_sim_w(x->sim));
        sg_lab_point(lab, (const double[]){(double)c.t, c.now, plain,
                                           c.track.psi / c.track.psi0, c.loss});
    }
    sg_dy13_say(lab, &c.track);
    if (x->is_smooth)
        say_smooth(lab, x, &c, drop);
    else if (draw)
        sg_lab_note(lab, "no verdict on relu's gradient, which is not Lipschitz: |grad L| after "
                    "%llu steps is %.2g of the start's, and %.2g under backprop from the same "
                    "weights", (unsigned long long)c.t, c.now / c.first,
                    of_backprop(lab, x, c.t - sg_sim_time(x->backprop)) / c.first);
}

void sg_dy13_deep(struct sg_lab *lab)
{
    struct deep *x = SG_TAKE(lab, 1, struct deep);
    sg_lab_own(lab, x, end_deep);
    if (!make_rows(lab, x) || !make_nets(lab, x))
        return;
    make_sims(lab, x);
    struct sg_rng *rng = sg_lab_rng(lab, "starts");
    if (lab->trial->figure)
        sg_lab_series(lab, "course", "step gradient backprop psi loss");
    struct ask ask = {x, 0, rng};
    for (; ask.index < STARTS && lab->status == SG_OK; ask.index++)
        sg_lab_part(lab, from_one_start, &ask);
}
