/* A run of NL2: a net on the grid under one loss, looked at while it trains. */
#include <math.h>
#include <string.h>

#include "claim/nl2/parts.h"
#include "lab/own.h"

struct sg_nl2_view *sg_nl2_view_of(const struct sg_nl2_experiment *x, size_t seed,
                                   enum sg_nl2_kind kind, size_t time, size_t place,
                                   enum sg_nl2_who who)
{
    return x->view +
           (((seed * SG_NL2_KINDS + kind) * SG_NL2_TIMES + time) * x->places + place) * SG_NL2_WHO +
           who;
}

/* A run's memory and status are those of a lab of its own: runs go side by side. */
struct run {
    struct sg_lab lab;
    const struct sg_nl2_experiment *x;
    size_t seed, m;
    enum sg_nl2_kind kind;
    const struct sg_data *data;
    struct sg_batch batch;
    struct sg_net *net;
    struct sg_net_work *work;
    size_t *class_of;
    double label[SG_NL2_LABELS], *loss, *full, *dphi; /* full: a module's A, B, C */
};

/* phi of a module as A, B, C, with zeros for the terms that it has not. */
static void expand(double *full, const double *phi, size_t k, size_t m, unsigned terms)
{
    const size_t rows[] = {k, m, 1};
    const unsigned term[] = {SG_H, SG_Y, SG_ONE};
    for (size_t t = 0; t < 3; t++)
        for (size_t i = 0; i < rows[t] * k; i++)
            *full++ = terms & term[t] ? *phi++ : 0;
}

static void losses(struct run *r, const double *w, const double *phi)
{
    const struct sg_arch *arch = sg_net_arch(r->net);
    sg_net_eval(NULL, r->dphi, NULL, r->net, w, phi, &r->batch, SG_WANT_PHI, r->work);
    const double *p = sg_net_view(r->work, SG_VIEW_H, arch->n_layers);
    for (size_t c = 0; c < SG_NL2_CLASSES; c++)
        for (size_t i = 0; i < r->data->n; i++)
            r->loss[c * r->data->n + i] =
                sg_nl2_loss(arch->loss, p + i * r->m, r->label + c * r->m, r->m);
}

static struct sg_nl2_surface surface_at(const struct run *r, const struct sg_module *module)
{
    return (struct sg_nl2_surface){.n = r->data->n,
                                   .k = sg_net_width(r->net, module->at),
                                   .m = r->m,
                                   .classes = SG_NL2_CLASSES,
                                   .terms = module->terms,
                                   .h = sg_net_view(r->work, SG_VIEW_H, module->at),
                                   .g = sg_net_view(r->work, SG_VIEW_G, module->at),
                                   .label = r->label,
                                   .class_of = r->class_of,
                                   .loss = r->loss};
}

/* The true loss of label 1 and what the SG of `place` sees of it, on a finer grid than the data's.
 */
static void draw(struct run *r, struct sg_lab *lab, const struct sg_nl2_seen *seen, size_t place,
                 const double *w, const double *phi)
{
    const struct sg_arch *arch = sg_net_arch(r->net);
    const size_t d = r->data->d, columns = 1 + r->x->places, k = seen->k, m = r->m;
    const struct sg_classes spec = {.n = SG_NL2_FINE * SG_NL2_FINE,
                                    .d = d,
                                    .labels = SG_LABELS_LINEAR,
                                    .bias = d == 3,
                                    .one_hot = m == 2};
    struct sg_data *data = sg_lab_own_rows(lab, SG_TAKE(lab, 1, struct sg_data));
    sg_data_make_grid(data, SG_NL2_FINE, &spec,
                      sg_lab_rng(lab, "fine grid")); /* its labels are not looked at */
    const struct sg_batch batch = sg_sim_batch(data);
    struct sg_net_work *work = sg_lab_own_work(lab, sg_net_work_alloc(r->net, data->n));
    sg_net_eval(NULL, r->dphi, NULL, r->net, w, phi, &batch, SG_WANT_PHI, work);
    const double *h = sg_net_view(work, SG_VIEW_H, arch->modules[place].at);
    const double *p = sg_net_view(work, SG_VIEW_H, arch->n_layers);
    double *out = r->x->fine + (r->seed * SG_NL2_KINDS + r->kind) * data->n * columns;
    for (size_t i = 0; i < data->n; i++) {
        out[i * columns] = sg_nl2_loss(arch->loss, p + i * m, r->label + m, m);
        out[i * columns + 1 + place] = sg_nl2_seen_value(seen, h + i * k, 1);
    }
}

static void look_at(struct run *r, struct sg_lab *lab, size_t time, size_t place, const double *w,
                    const double *phi)
{
    const struct sg_nl2_experiment *x = r->x;
    const struct sg_nl2_surface surface = surface_at(r, &sg_net_arch(r->net)->modules[place]);
    struct sg_nl2_seen seen = sg_nl2_seen_make(lab, &surface);
    expand(r->full, phi + sg_net_module_offset(r->net, place), surface.k, r->m, surface.terms);
    sg_nl2_look(lab, sg_nl2_view_of(x, r->seed, r->kind, time, place, SG_NL2_TRAINED), &seen,
                &surface, r->full);
    if (lab->status == SG_OK && time == SG_NL2_LATE && x->fine)
        draw(r, lab, &seen, place, w, phi);
    const struct sg_nl2_fit fit = sg_nl2_fit(lab, r->full, &surface);
    sg_nl2_look(lab, sg_nl2_view_of(x, r->seed, r->kind, time, place, SG_NL2_BEST), &seen, &surface,
                r->full);
    if (r->kind == SG_NL2_MSE && place + 2 >= x->places)
        x->exact[(r->seed * SG_NL2_TIMES + time) * 2 + place + 2 - x->places] =
            sg_nl2_exact(&seen, &surface, &fit, r->full);
}

/* Memory of a look goes with it. */
static void look(struct run *r, size_t time, const double *w, const double *phi)
{
    losses(r, w, phi);
    for (size_t place = 0; place < r->x->places && r->lab.status == SG_OK; place++) {
        struct sg_lab lab = sg_lab_begin(r->lab.ev, r->lab.trial);
        look_at(r, &lab, time, place, w, phi);
        sg_lab_try(&r->lab, sg_lab_end(&lab));
    }
}

/* The loss at the end against that of the best p that is the same for all samples: E[y] under MSE,
 * its log odds under the log loss. */
static struct sg_nl2_end end_of(const struct run *r)
{
    const size_t n = r->data->n;
    struct sg_nl2_end end = {0, 0, 0};
    double share = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t own = r->class_of[i];
        share += (double)own / (double)n;
        end.loss += r->loss[own * n + i] / (double)n;
        end.accuracy += (r->loss[own * n + i] < r->loss[(1 - own) * n + i]) / (double)n;
    }
    const double constant = r->kind == SG_NL2_MSE
                                ? (double)r->m * share * (1 - share) / 2
                                : -share * log(share) - (1 - share) * log1p(-share);
    end.gain = (constant - end.loss) / constant;
    return end;
}

static void train(struct run *r)
{
    const struct sg_nl2_experiment *x = r->x;
    const struct sg_sizes sizes = sg_net_sizes(r->net);
    const struct sg_field field = sg_sim_net_field(r->net, r->data->n);
    double *w = SG_TAKE(&r->lab, sizes.w, double), *phi = SG_TAKE(&r->lab, sizes.phi, double);
    struct sg_rng *rng =
        sg_lab_own_rng(&r->lab, sg_base_rng_alloc(x->trial->seed, "case", r->seed, "start"));
    sg_net_init(w, NULL, r->net, SG_HE, rng);
    sg_net_start_phi(phi, r->net, rng);
    const struct sg_sim_spec spec = {.field = &field,
                                     .net_opt = sg_case_opt(x->c, x->c->train.mu),
                                     .sg_opt = sg_case_opt(x->c, x->c->train.nu)};
    struct sg_sim *sim = sg_lab_own_sim(&r->lab, sg_sim_alloc(&spec, w, phi));
    for (size_t time = 0; time < SG_NL2_TIMES && r->lab.status == SG_OK; time++)
        if (sg_lab_try(&r->lab, sg_sim_advance(sim, &r->batch, x->time[time] - sg_sim_time(sim))))
            look(r, time, sg_sim_w(sim), sg_sim_phi(sim));
    x->end[r->seed * SG_NL2_KINDS + r->kind] =
        r->lab.status == SG_OK ? end_of(r) : (struct sg_nl2_end){SG_NAN, SG_NAN, SG_NAN};
}

/* The data of a seed are its own: other labels each time. */
static void run(struct run *r, struct sg_error *err)
{
    const struct sg_nl2_experiment *x = r->x;
    struct sg_lab *lab = &r->lab;
    struct sg_case_arch arch;
    struct sg_data *data = sg_lab_own_rows(lab, SG_TAKE(lab, 1, struct sg_data));
    if (!sg_lab_try(lab, sg_case_make_data(data, x->c, x->trial->seed, r->seed, err)) ||
        !sg_lab_try(lab, sg_case_make_arch(&arch, x->c, data->d, data->m, err)))
        return;
    arch.arch.loss = r->kind == SG_NL2_MSE ? SG_MSE : arch.arch.loss;
    r->m = data->m;
    r->data = data;
    r->batch = sg_sim_batch(data);
    r->net = sg_lab_own_net(lab, sg_net_alloc(&arch.arch));
    size_t widest = data->m;
    for (size_t place = 0; place < x->places; place++) {
        const size_t k = sg_net_width(r->net, arch.module[place].at);
        widest = k > widest ? k : widest;
    }
    r->work = sg_lab_own_work(lab, sg_net_work_alloc(r->net, data->n));
    r->class_of = SG_TAKE(lab, data->n, size_t);
    r->loss = SG_TAKE(lab, SG_NL2_CLASSES * data->n, double);
    r->full = SG_TAKE(lab, (widest + data->m + 1) * widest, double);
    r->dphi = SG_TAKE(lab, sg_net_sizes(r->net).phi, double);
    sg_nl2_classes(r->label, r->class_of, data);
    train(r);
}

/* What a finished run has put into the experiment; with `save`, or else from there.  Returns the
 * bytes. */
static size_t pack(char *piece, const struct sg_nl2_experiment *x, size_t seed,
                   enum sg_nl2_kind kind, bool save)
{
    const size_t drawn = SG_NL2_FINE * SG_NL2_FINE * (1 + x->places),
                 views = SG_NL2_TIMES * x->places * SG_NL2_WHO;
    const size_t tols = kind == SG_NL2_MSE ? SG_NL2_TIMES * 2 : 0;
    const struct {
        void *here;
        size_t bytes;
    } part[] = {
        {sg_nl2_view_of(x, seed, kind, 0, 0, SG_NL2_TRAINED), views * sizeof(struct sg_nl2_view)},
        {x->exact + seed * SG_NL2_TIMES * 2, tols * sizeof *x->exact},
        {x->end + seed * SG_NL2_KINDS + kind, sizeof *x->end},
        {x->fine ? x->fine + (seed * SG_NL2_KINDS + kind) * drawn : NULL,
         x->fine ? drawn * sizeof(double) : 0}};
    size_t at = 0;
    for (size_t i = 0; i < sizeof part / sizeof *part; at += part[i++].bytes) {
        if (!piece || part[i].bytes == 0)
            continue;
        if (save)
            memcpy(piece + at, part[i].here, part[i].bytes);
        else
            memcpy(part[i].here, piece + at, part[i].bytes);
    }
    return at;
}

/* A run that was finished before is taken from the store. */
enum sg_status sg_nl2_run(struct sg_error *err, size_t i, void *context)
{
    const struct sg_nl2_experiment *x = context;
    const enum sg_nl2_kind kind = (enum sg_nl2_kind)(i % SG_NL2_KINDS);
    const size_t seed = x->first + i / SG_NL2_KINDS, bytes = pack(NULL, x, seed, kind, true);
    struct run r = {.lab = sg_lab_begin(NULL, x->trial), .x = x, .seed = seed, .kind = kind};
    const char *name = sg_lab_format(&r.lab, "%s-%zu", kind == SG_NL2_MSE ? "mse" : "log", seed);
    char *piece = SG_TAKE(&r.lab, bytes, char);
    if (sg_claim_recall(piece, bytes, x->trial, name)) {
        pack(piece, x, seed, kind, false);
    } else {
        run(&r, err);
        pack(piece, x, seed, kind, true);
        if (r.lab.status == SG_OK)
            sg_lab_try(&r.lab, sg_claim_keep(x->trial, name, piece, bytes, err));
    }
    return sg_lab_end(&r.lab);
}
