/* CP2 at depth: random nets, the SG at any boundary, and solutions of the joint equations among
 * which many are saddles.
 *
 * Solutions are found, not made: Levenberg-Marquardt on F(w, phi) = 0 from saddles pushed away and
 * from far away, each start with a random SG. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "claim/cp2/values.h"

enum {
    INSTANCES = 24,
    FULL_INSTANCES = 500,
    STARTS = 3,
    NEAR = 2,
    ITERATIONS = 60,
    SAMPLED = 3,
    DRAWS = 100000
};
/* w and phi together: the solver's cost is their cube (300: all widths 8 at depth 2). */
enum { NUMBERS = 60, FULL_NUMBERS = 300 };

/* ---- an instance ----------------------------------------------------------------------------- */

static size_t up_to(int most, struct sg_rng *rng)
{
    return 1 + sg_base_rng_index(rng, (size_t)most);
}

static size_t numbers(const struct sg_case *c)
{
    size_t count = 0, in = (size_t)c->data.d, at = (size_t)c->module[0].at;
    for (size_t l = 0; l <= c->net.layers.n; l++) {
        const size_t m = (size_t)c->data.outputs,
                     out = l < c->net.layers.n ? (size_t)c->net.layers.value[l] : m;
        count += in * out + (l + 1 == at ? out * (out + m + 1) : 0);
        in = out;
    }
    return count;
}

/* One third realizable, one half of any rank, as for one layer; depth uniform, then widths, then
 * the boundary.  Too large: drawn again. */
static void draw(struct sg_lab *lab, struct sg_case *c, size_t limit, struct sg_rng *rng)
{
    const struct sg_case *from = lab->trial->c;
    for (int k = 0; k < DRAWS; k++) {
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
        if (numbers(c) <= limit)
            return;
    }
    sg_lab_stop(lab, SG_BUDGET,
                "none of %d nets drawn has at most %zu weights and SG parameters; take narrower "
                "layers (net.layers), fewer columns (data.d) or outputs",
                DRAWS, limit);
}

/* ---- solutions ------------------------------------------------------------------------------- */

static double log_uniform(double from, double to, struct sg_rng *rng)
{
    return from * pow(to / from, sg_base_rng_uniform(rng));
}

/* Two near a saddle, its entries pushed by 1 % to 30 % of the geometric mean weight that W* asks of
 * a layer; one from 10 % to 300 % of it. */
static void make_start(double *state, const struct sg_cp2_net *net, bool near, struct sg_rng *rng)
{
    const struct sg_twin *t = net->t;
    const size_t entries = t->fit->d * t->fit->m, count = t->n_w + t->n_phi;
    const double typical = sg_base_norm(t->fit->w, entries) / sqrt((double)entries);
    const double size = pow(typical, 1 / (double)t->chain.n_layers);
    const double scale = size * log_uniform(0.01, 0.3, rng) * (near ? 1 : 10);
    double *noise = SG_TAKE(t->lab, count, double);
    memset(state, 0, count * sizeof *state);
    if (near)
        sg_cp2_sample_saddle(state, net, rng);
    sg_base_rng_gaussians(noise, count, rng);
    const double of_phi = log_uniform(0.1, 1, rng);
    for (size_t i = 0; i < count; i++)
        state[i] += noise[i] * (i < t->n_w ? scale : of_phi);
}

static bool solved(const double *state, const double *f, void *context)
{
    struct sg_twin *t = context;
    double residual, level;
    sg_twin_eval(t, state, state + t->n_w);
    return sg_twin_solved(&residual, &level, t, f);
}

static void check_solutions(struct sg_lab *lab, const struct sg_cp2_net *net,
                            struct sg_cp2_tally *tally, struct sg_rng *rng)
{
    struct sg_twin *t = net->t;
    struct sg_critical *solver = sg_cp2_solver(lab, t);
    double *state = SG_TAKE(lab, t->n_w + t->n_phi, double);
    for (int i = 0; i < STARTS && lab->status == SG_OK; i++) {
        make_start(state, net, i < NEAR, rng);
        tally->starts++;
        if (sg_sim_solve_critical(state, solver, &t->batch, ITERATIONS, solved, t) != SG_OK)
            continue;
        const struct sg_twin_look seen = sg_twin_look(t, state);
        const bool saddle = sg_cp2_solution(lab, tally, t, &seen) && sg_cp2_is_saddle(net, state);
        tally->saddles += saddle;
        tally->nonzero += saddle && sg_cp2_is_nonzero(net, state);
    }
}

/* ---- critical points are solutions ----------------------------------------------------------- */

/* At sampled critical points, minima and saddles: grad L = 0, and F(w, phi*) = (grad L, 0). */
static void check_sampled(struct sg_lab *lab, const struct sg_cp2_net *net, struct sg_rng *rng)
{
    struct sg_twin *t = net->t;
    double *state = SG_TAKE(lab, t->n_w + t->n_phi, double);
    for (int i = 0; i < SAMPLED && lab->status == SG_OK; i++) {
        const size_t count = i == 0 ? net->most : sg_base_rng_index(rng, net->most + 1);
        sg_cp2_sample_critical(state, net, count, net->rank, rng);
        const double bound =
            sg_cp2_sampled_condition(net, state, count) * sg_twin_gradient(t, state);
        const double gradient = sg_base_norm(t->gradient, t->n_w), size = sg_twin_size(t, state).w;
        sg_lab_zero(
            lab, SG_CLOSED_FORM, "sampled",
            "|grad L| at sampled critical points, saddles among them", gradient,
            (struct sg_tol){bound,
                            "10 (1 + sum of cond(C_i)) cond(X) times rounding of every term at w",
                            fmax(size, sg_twin_slope(t))});
        sg_cp2_exact_sg(lab, t, state, gradient + sg_base_norm(t->u_gradient, t->n_w),
                        "sampled-exact-sg",
                        "joint update at sampled critical points with phi*, against |grad L|");
    }
}

/* ---- all together ---------------------------------------------------------------------------- */

struct instance {
    const struct sg_case *c;
    const struct sg_data *data;
    struct sg_cp2_tally *tally;
    struct sg_rng *rng;
};

static void check_net(struct sg_lab *lab, void *context)
{
    const struct instance *i = context;
    struct sg_cp2_net net;
    sg_cp2_find_values(&net, sg_twin_make(lab, i->c, i->data), i->rng);
    if (lab->status != SG_OK)
        return;
    check_solutions(lab, &net, i->tally, i->rng);
    check_sampled(lab, &net, i->rng);
}

/* That saddles are among the solutions is what makes the experiment one about more than minima. */
static void report(struct sg_lab *lab, const struct sg_cp2_tally *tally)
{
    sg_cp2_need_solutions(lab, tally);
    if (5 * tally->saddles < tally->solutions || tally->nonzero == 0)
        sg_lab_stop(
            lab, SG_BUDGET,
            "of %zu solutions %zu are saddles and %zu of them other than the zero map: too few to "
            "say anything of saddles",
            tally->solutions, tally->saddles, tally->nonzero);
    sg_lab_note(lab, "%zu of them saddles, %zu other than the zero map", tally->saddles,
                tally->nonzero);
}

void sg_cp2_drawn(struct sg_lab *lab)
{
    const bool full = lab->trial->full;
    /* `nets` is a stream of its own: the same nets with labels and without. */
    struct sg_rng *rng = sg_lab_rng(lab, "starts"), *nets = sg_lab_rng(lab, "nets");
    struct sg_case *c = SG_TAKE(lab, 1, struct sg_case);
    struct sg_cp2_tally tally = {0};
    for (int i = 0; i < (full ? FULL_INSTANCES : INSTANCES) && lab->status == SG_OK; i++) {
        draw(lab, c, full ? FULL_NUMBERS : NUMBERS, nets);
        const uint64_t seed =
            (uint64_t)(sg_base_rng_uniform(nets) * 0x1p53); /* other data for each net */
        struct instance one = {c, sg_lab_data_of_seed(lab, c, seed, lab->trial->replicate), &tally,
                               rng};
        sg_lab_part(lab, check_net, &one);
    }
    report(lab, &tally);
}

static bool has_layers(char value[SG_HYPOTHESIS_VALUE_MAX], const void *on,
                       const struct sg_trial *trial)
{
    (void)on;
    snprintf(value, SG_HYPOTHESIS_VALUE_MAX, "net.layers is ()");
    return trial->c->experiment != SG_EXPERIMENT_DRAWN || trial->c->net.layers.n > 0;
}

const struct sg_hypothesis sg_cp2_layered = {
    .id = "layered",
    .words = "nets are drawn with hidden layers",
    .met = has_layers,
    .mend = "give the largest widths (net.layers), or take experiment = \"main\""};
