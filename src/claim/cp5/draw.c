/* CP5's figure: two features, no constant.  Panel 0: S_x = I; panel 1: correlated features.  The
 * set, level lines of the loss, and runs from all round with alpha trained from 0 by small
 * steps. */
#include <math.h>
#include <string.h>

#include "claim/cp5/parts.h"
#include "lab/own.h"

enum { D = 2, SAMPLES = 40, ARC = 240, LEVELS = 6, RING = 22, NEAR_STARTS = 7 };

/* rows: the samples, compressed. */
struct panel {
    double number;
    struct sg_data data, rows;
    struct sg_fit *fit;
    struct sg_net *net;
};

/* y = X (1, 0.55) + noise, so that both panels have their least squares in the same corner. */
static void make_panel(struct sg_lab *lab, struct panel *p, int number, struct sg_rng *rng)
{
    const struct sg_gaussian spec = {
        .n = SAMPLES, .d = D, .outputs = 1, .condition = number ? 8 : 1, .noise = 0.3};
    const struct sg_layer layer = {SG_DENSE, 1, false};
    const struct sg_module module = {1, SG_LINEAR, SG_H, SG_TARGET_TRUE, 1.0, 0};
    const struct sg_arch arch = {.dtype = SG_F64,
                                 .loss = SG_MSE,
                                 .inputs = D,
                                 .labels = 1,
                                 .n_layers = 1,
                                 .layers = &layer,
                                 .n_modules = 1,
                                 .modules = &module};
    *p = (struct panel){.number = number, .net = sg_lab_own_net(lab, sg_net_alloc(&arch))};
    sg_lab_own_rows(lab, &p->data);
    sg_lab_own_rows(lab, &p->rows);
    if (!sg_lab_try(lab, sg_data_make_gaussian(&p->data, &spec, rng)))
        return;
    for (size_t i = 0; i < SAMPLES; i++)
        p->data.y[i] =
            p->data.x[i * D] + 0.55 * p->data.x[i * D + 1] + spec.noise * sg_base_rng_gaussian(rng);
    if (sg_lab_try(lab, sg_data_compress(&p->rows, &p->data)))
        sg_lab_try(lab, sg_closed_fit_alloc(&p->fit, &p->rows));
    sg_lab_own_fit(lab, p->fit);
}

/* Level k of the loss goes through (k + 1)/2 of the way from W* to 0. */
static void draw_level(struct sg_lab *lab, const struct panel *p, int k, double angle)
{
    const struct sg_fit *fit = p->fit;
    const double e[D] = {cos(angle) / sqrt(fit->lambda_x[0]), sin(angle) / sqrt(fit->lambda_x[1])};
    double s_w[D], w[D];
    sg_base_mul(s_w, fit->s_x, fit->w, D, D, 1);
    const double length = (k + 1) / 2.0 * sqrt(sg_base_dot(fit->w, s_w, D));
    for (size_t i = 0; i < D; i++)
        w[i] = fit->w[i] + length * (fit->v_x[i * D] * e[0] + fit->v_x[i * D + 1] * e[1]);
    sg_lab_point(lab, (const double[]){p->number, k, w[0], w[1]});
}

static void draw_still(struct sg_lab *lab, const struct panel panel[2])
{
    sg_lab_series(lab, "levels", "panel level w1 w2");
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < LEVELS; k++)
            for (int a = 0; a <= ARC; a++)
                draw_level(lab, &panel[i], k, 2 * acos(-1) * a / ARC);
    sg_lab_series(lab, "set", "panel w1 w2 rate");
    for (int i = 0; i < 2; i++)
        for (int a = 0; a <= ARC; a++) {
            double w[D];
            const double angle = 2 * acos(-1) * a / ARC, direction[D] = {cos(angle), sin(angle)};
            sg_closed_no_labels_point(w, panel[i].fit, false, direction, 1);
            sg_lab_point(lab, (const double[]){panel[i].number, w[0], w[1],
                                               sg_closed_no_labels_rate(panel[i].fit, w)});
        }
    sg_lab_series(lab, "best", "panel w1 w2");
    for (int i = 0; i < 2; i++)
        sg_lab_point(lab,
                     (const double[]){panel[i].number, panel[i].fit->w[0], panel[i].fit->w[1]});
}

/* A point where the run has gone 2 % of |w*| since the last; the last column says whether it is the
 * end (1) and if so whether that is w = 0 (2). */
static void draw_run(struct sg_lab *lab, const struct panel *p, int run, const double *w_0)
{
    enum { STEPS = 30000, LOOK_EVERY = 500 };
    const double unit = sg_base_norm(p->fit->w, D), mu = 0.01 / p->fit->lambda_x[0],
                 nu = 8 * mu / (unit * unit);
    const double phi = 0, side = sg_base_dot(w_0, p->fit->w, D);
    const struct sg_batch batch = sg_sim_batch(&p->rows);
    struct sg_field field = sg_sim_net_field(p->net, p->rows.n);
    const struct sg_sim_spec spec = {
        .field = &field, .net_opt = {.rate = mu}, .sg_opt = {.rate = nu}};
    struct sg_sim *sim = sg_sim_alloc(&spec, w_0, &phi);
    const double *w = w_0;
    double drawn[D] = {w_0[0] + unit, w_0[1]}, seen[D] = {drawn[0], drawn[1]};
    for (int t = 0; t < STEPS; t++) {
        w = sg_sim_w(sim);
        if (hypot(w[0] - drawn[0], w[1] - drawn[1]) >= 0.02 * unit) {
            sg_lab_point(lab, (const double[]){p->number, run, w[0], w[1], side, 0});
            memcpy(drawn, w, sizeof drawn);
        }
        if (t % LOOK_EVERY == 0) { /* a thousandth of a line's width in all these steps: it rests */
            if (hypot(w[0] - seen[0], w[1] - seen[1]) < 1e-6 * unit)
                break;
            memcpy(seen, w, sizeof seen);
        }
        sg_sim_step(sim, &batch);
    }
    w = sg_sim_w(sim);
    const double end = sg_base_norm(w, D) < 1e-3 * unit ? 2 : 1;
    sg_lab_point(lab, (const double[]){p->number, run, w[0], w[1], side, end});
    sg_sim_free(sim);
}

void sg_cp5_draw(struct sg_lab *lab)
{
    struct panel *panel = SG_TAKE(lab, 2, struct panel);
    struct sg_rng *rng = sg_lab_rng(lab, "figure");
    make_panel(lab, &panel[0], 0, rng);
    make_panel(lab, &panel[1], 1, rng);
    if (lab->status != SG_OK)
        return;
    draw_still(lab, panel);
    sg_lab_series(lab, "runs", "panel run w1 w2 w0_dot_wstar end");
    for (int i = 0; i < 2; i++)
        for (int run = 0; run < RING + NEAR_STARTS; run++) {
            const bool near = run >= RING; /* a ring round 0, and one close round W* */
            const double *best = panel[i].fit->w, unit = sg_base_norm(best, D);
            const double angle =
                2 * acos(-1) * ((near ? run - RING : run) + 0.5) / (near ? NEAR_STARTS : RING);
            const double radius = (near ? 0.22 : 1.6) * unit;
            const double w_0[D] = {(near ? best[0] : 0) + radius * cos(angle),
                                   (near ? best[1] : 0) + radius * sin(angle)};
            draw_run(lab, &panel[i], run, w_0);
        }
}
