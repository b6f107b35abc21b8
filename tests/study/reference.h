/* reference.h - a training once more, in loops and from the headers' words: steps in float64, each
 * evaluation by the tests' own naive nets (tests/net/naive.h, ball.h) in long double.
 *
 * It shares with the program the architecture, the start, the fixed matrices, the data and the
 * order of minibatches, each of which has tests of its own.
 *
 * An evaluation comes with a bound on the net's rounding error, entry by entry.  A twin of the
 * reference takes every step with an error of that size and random sign, and a rounding of every
 * parameter: how far it ends from the reference is how much a training of this net makes of one
 * rounding a step.  The program's curve may be off by ten times that (FACTOR: more signs than were
 * drawn, and errors that agree in sign). */
#ifndef SG_TESTS_STUDY_REFERENCE_H
#define SG_TESTS_STUDY_REFERENCE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/ball.h"
#include "net/naive.h"
#include "synthgrad/study.h"

enum { REF_PAST = 6, REF_SLOTS = REF_PAST + 1 };

/* What is computed at a state: values, and bounds on the net's errors in dw and dphi. */
struct ref_eval {
    double *dw, *dphi, *dw_error, *dphi_error, loss;
    double *h[DEEP_LAYERS + 1], *g[DEEP_LAYERS + 1], *s[DEEP_LAYERS + 1];
};

static inline double *ref_narrow(const struct wide *a, size_t n)
{
    double *out = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++)
        out[i] = (double)a[i].v;
    return out;
}

static inline double *ref_centres(const ball *a, size_t n)
{
    double *out = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++)
        out[i] = (double)a[i].v;
    return out;
}

/* naive.h knows dense layers with every loss and family, ball.h every layer and rule with MSE and
 * linear SGs. */
static inline bool ref_is_plain(const struct sg_arch *arch)
{
    for (size_t i = 0; i < arch->n_layers; i++)
        if (arch->layers[i].kind != SG_DENSE)
            return false;
    for (size_t i = 1; arch->credit && i < arch->n_layers; i++)
        if (arch->credit[i] != SG_TRUE && arch->credit[i] != SG_NOTHING)
            return false;
    return true;
}

static inline void ref_take_naive(struct ref_eval *out, const struct sg_arch *arch, const double *w,
                                  const double *phi, const struct sg_batch *b)
{
    struct naive v = naive_eval(arch, w, phi, b->x, b->y, b->one, b->n);
    const double gamma = gamma_of(naive_roundings(arch, b->n), SG_UNIT_ROUNDOFF);
    out->dw = ref_narrow(v.dw, v.w_size);
    out->dphi = ref_narrow(v.dphi, v.phi_size);
    out->dw_error = SG_NEW(v.w_size, double);
    out->dphi_error = SG_NEW(v.phi_size, double);
    for (size_t i = 0; i < v.w_size; i++)
        out->dw_error[i] = gamma * (double)v.dw[i].m;
    for (size_t i = 0; i < v.phi_size; i++)
        out->dphi_error[i] = gamma * (double)v.dphi[i].m;
    out->loss = (double)v.loss.v;
    for (size_t i = 1; i < v.boundaries; i++) {
        out->h[i] = ref_narrow(v.h[i], b->n * v.width[i]);
        out->g[i] = ref_narrow(v.g[i], b->n * v.width[i]);
        out->s[i] = v.s[i] ? ref_narrow(v.s[i], b->n * v.width[i]) : NULL;
    }
    naive_free(&v);
}

static inline void ref_take_ball(struct ref_eval *out, const struct sg_net *net,
                                 const struct sg_arch *arch, const double *w, const double *phi,
                                 const struct sg_batch *b)
{
    const struct meal meal = {.n = b->n, .w = (double *)w, .phi = (double *)phi,
                              .x = (double *)b->x, .y = (double *)b->y, .one = (double *)b->one,
                              .train = true};
    struct deep v = deep_eval(net, arch, &meal);
    out->dw = ref_centres(v.dw, v.w_size);
    out->dphi = ref_centres(v.dphi, v.phi_size);
    out->dw_error = SG_NEW(v.w_size, double);
    out->dphi_error = SG_NEW(v.phi_size, double);
    for (size_t i = 0; i < v.w_size; i++)
        out->dw_error[i] = (double)v.dw[i].e;
    for (size_t i = 0; i < v.phi_size; i++)
        out->dphi_error[i] = (double)v.dphi[i].e;
    out->loss = (double)v.loss.v;
    for (size_t i = 1; i <= v.top; i++) {
        out->h[i] = ref_centres(v.h[i], b->n * v.width[i]);
        out->g[i] = ref_centres(v.g[i], b->n * v.width[i]);
        out->s[i] = v.s[i] ? ref_centres(v.s[i], b->n * v.width[i]) : NULL;
    }
    deep_free(&v);
}

static inline struct ref_eval ref_evaluate(const struct sg_net *net, const double *w,
                                           const double *phi, const struct sg_batch *b)
{
    struct ref_eval out = {0};
    const struct sg_arch *arch = sg_net_arch(net);
    if (ref_is_plain(arch))
        ref_take_naive(&out, arch, w, phi, b);
    else
        ref_take_ball(&out, net, arch, w, phi, b);
    return out;
}

static inline void ref_free(struct ref_eval *e)
{
    free(e->dw);
    free(e->dphi);
    free(e->dw_error);
    free(e->dphi_error);
    for (size_t i = 0; i <= DEEP_LAYERS; i++) {
        free(e->h[i]);
        free(e->g[i]);
        free(e->s[i]);
    }
}

/* ---- steps ---------------------------------------------------------------------------------- */

struct ref_part { size_t n; double *theta[REF_SLOTS], *m, *v; };
struct ref_run {
    const struct sg_case *c;                      /* of the rule */
    struct sg_case_arch arch;
    struct sg_net *net, *truth;                   /* truth: SGs only observe, all true */
    const struct sg_data *data;
    struct sg_batches *order;                     /* NULL: full batches */
    size_t batch, time;
    struct ref_part w, phi;                       /* theta[k]: k steps ago */
    struct sg_batch rows[REF_SLOTS];              /* [k]: of the step k steps ago */
    struct sg_rng *noise;                         /* NULL: the reference itself */
};

static inline void ref_part_start(struct ref_part *p, size_t n)
{
    p->n = n;
    for (int k = 0; k < REF_SLOTS; k++)
        p->theta[k] = SG_NEW(n, double);
    p->m = SG_NEW(n, double);
    p->v = SG_NEW(n, double);
}

static inline void ref_part_free(struct ref_part *p)
{
    for (int k = 0; k < REF_SLOTS; k++)
        free(p->theta[k]);
    free(p->m);
    free(p->v);
}

static inline struct sg_net *ref_observer(const struct sg_arch *of)
{
    struct sg_module module[SG_CASE_LIST_MAX];
    struct sg_arch arch = *of;
    for (size_t j = 0; j < arch.n_modules; j++) {
        module[j] = of->modules[j];
        module[j].mix = 0;
        module[j].target = SG_TARGET_TRUE;
    }
    arch.modules = module;
    arch.credit = NULL;
    return sg_net_alloc(&arch);
}

static inline void ref_start(struct ref_run *r, const struct sg_case *c, const struct sg_data *data,
                             struct sg_rng *noise)
{
    struct sg_error err;
    *r = (struct ref_run){.c = c, .data = data, .noise = noise};
    CHECK_STATUS(sg_case_make_arch(&r->arch, c, data->d, data->m, &err), SG_OK);
    r->net = sg_net_alloc(&r->arch.arch);
    r->truth = ref_observer(&r->arch.arch);
    const struct sg_sizes sizes = sg_net_sizes(r->net);
    ref_part_start(&r->w, sizes.w);
    ref_part_start(&r->phi, sizes.phi);
    struct sg_rng *rng = sg_base_rng_alloc((uint64_t)c->seed, "case", 0, "start");
    double *aux = SG_NEW(sizes.aux, double);
    sg_net_init(r->w.theta[0], aux, r->net, c->train.start == SG_START_HE ? SG_HE : SG_GLOROT, rng);
    sg_net_start_phi(r->phi.theta[0], r->net, rng);
    free(aux);
    sg_base_rng_free(rng);
    for (int k = 1; k < REF_SLOTS; k++) {
        memcpy(r->w.theta[k], r->w.theta[0], sizes.w * sizeof(double));
        memcpy(r->phi.theta[k], r->phi.theta[0], sizes.phi * sizeof(double));
    }
    const bool whole = !c->given[sg_case_key_find("train.batch")];
    r->batch = whole ? data->n : (size_t)c->train.batch;
    if (!whole)
        r->order = sg_data_batches_alloc(data->n, r->batch, (uint64_t)c->seed, "case", 0);
}

static inline void ref_end(struct ref_run *r)
{
    ref_part_free(&r->w);
    ref_part_free(&r->phi);
    for (int k = 0; k < REF_SLOTS; k++) {
        free((void *)r->rows[k].x);
        free((void *)r->rows[k].y);
        free((void *)r->rows[k].one);
    }
    sg_data_batches_free(r->order);
    sg_net_free(r->net);
    sg_net_free(r->truth);
}

static inline struct sg_batch ref_rows(const struct sg_data *data, const size_t *index, size_t n)
{
    double *x = SG_NEW(n * data->d, double), *y = SG_NEW(n * data->m, double),
           *one = SG_NEW(n, double);
    for (size_t i = 0; i < n; i++) {
        const size_t from = index ? index[i] : i;
        memcpy(x + i * data->d, data->x + from * data->d, data->d * sizeof *x);
        memcpy(y + i * data->m, data->y + from * data->m, data->m * sizeof *y);
        one[i] = data->one[from];
    }
    return (struct sg_batch){n, x, y, one};
}

/* E|z|^2, or |G|^2 / E|z G|^2, of module j: sg_net_step_rate by its words. */
static inline double ref_rate(const struct ref_run *r, const struct ref_eval *e, size_t j,
                              size_t from, const struct sg_batch *b)
{
    const struct sg_module *m = &r->arch.module[j];
    const size_t k = sg_net_width(r->net, m->at), labels = r->data->m,
                 q = naive_rows(m->terms, k, labels);
    double N = 0, slope = 0, along = 0;
    for (size_t l = 0; l < q * k; l++)
        slope += e->dphi[from + l] * e->dphi[from + l];
    for (size_t i = 0; i < b->n; i++) {
        double *z = SG_NEW(q, double);
        size_t c = 0;
        for (size_t l = 0; m->terms & SG_H && l < k; l++)
            z[c++] = e->h[m->at][i * k + l];
        for (size_t l = 0; m->terms & SG_Y && l < labels; l++)
            z[c++] = ((const double *)b->y)[i * labels + l];
        if (m->terms & SG_ONE)
            z[c] = ((const double *)b->one)[i];
        for (size_t l = 0; l < q; l++)
            N += z[l] * z[l] / (double)b->n;
        for (size_t u = 0; u < k; u++) {
            double zG = 0;
            for (size_t l = 0; l < q; l++)
                zG += z[l] * e->dphi[from + l * k + u];
            along += zG * zG / (double)b->n;
        }
        free(z);
    }
    if (slope == 0 || N == 0)
        return 0;
    return r->c->train.sg_step == SG_STEP_NORMALISED ? 1 / N : along > 0 ? slope / along : 0;
}

static inline void ref_scale(const struct ref_run *r, struct ref_eval *e, const struct sg_batch *b)
{
    for (size_t j = 0, from = 0; j < r->c->n_modules; j++) {
        const size_t size = naive_params(&r->arch.module[j],
                                         sg_net_width(r->net, r->arch.module[j].at), r->data->m);
        const double rate = r->c->train.sg_step == SG_STEP_FIXED ? 1 : ref_rate(r, e, j, from, b);
        for (size_t l = from; l < from + size; l++) {
            e->dphi[l] *= rate;
            e->dphi_error[l] *= rate;
        }
        from += size;
    }
}

static inline double ref_sign(struct sg_rng *rng)
{
    return sg_base_rng_index(rng, 2) ? 1.0 : -1.0;
}

/* next = the optimiser's step from theta[0]; t = 1, 2, ... */
static inline void ref_optimise(double *next, struct ref_part *p, const double *g,
                                const double *error, double rate, const struct ref_run *r)
{
    const struct sg_case_train *o = &r->c->train;
    const double t = (double)r->time + 1;
    for (size_t i = 0; i < p->n; i++) {
        const double pull = g[i] + (r->noise ? ref_sign(r->noise) * error[i] : 0);
        double move = pull;
        if (o->optimiser == SG_MOMENTUM)
            move = p->m[i] = o->beta1 * p->m[i] + pull;
        if (o->optimiser == SG_RMSPROP || o->optimiser == SG_ADAM)
            p->v[i] = o->beta2 * p->v[i] + (1 - o->beta2) * pull * pull;
        if (o->optimiser == SG_RMSPROP)
            move = pull / (sqrt(p->v[i]) + o->epsilon);
        if (o->optimiser == SG_ADAM) {
            p->m[i] = o->beta1 * p->m[i] + (1 - o->beta1) * pull;
            move = p->m[i] / (1 - pow(o->beta1, t)) /
                   (sqrt(p->v[i] / (1 - pow(o->beta2, t))) + o->epsilon);
        }
        next[i] = p->theta[0][i] - rate * move;
        if (r->noise)                             /* rates, moments, roots, the sum */
            next[i] += ref_sign(r->noise) * 10 * SG_UNIT_ROUNDOFF *
                       (fabs(next[i]) + fabs(rate * move));
    }
}

/* ago: in steps, -1 for the other part's fresh result. */
static inline struct ref_eval ref_directions(const struct ref_run *r, int w_ago, int phi_ago,
                                             const double *w_next, const double *phi_next)
{
    const bool begun = w_ago <= 0 || (size_t)w_ago <= r->time;
    const struct sg_batch *b = &r->rows[w_ago > 0 && begun ? w_ago : 0];
    return ref_evaluate(r->net, w_ago < 0 ? w_next : r->w.theta[w_ago],
                        phi_ago < 0 ? phi_next : r->phi.theta[phi_ago], b);
}

static inline void ref_move(struct ref_part *p, double *next)
{
    double *last = p->theta[REF_SLOTS - 1];
    for (int k = REF_SLOTS - 1; k > 0; k--)
        p->theta[k] = p->theta[k - 1];
    p->theta[0] = next;
    free(last);
}

static inline void ref_step(struct ref_run *r)
{
    const struct sg_case_train *o = &r->c->train;
    const int tau = o->tau.value[0];
    const bool late = o->delay == SG_DELAY_STALE_BACKPROP, pairs = o->delay == SG_DELAY_PAIRS,
               stale = o->delay == SG_DELAY_STALE_SG, first = o->order == SG_SG_FIRST,
               second = o->order == SG_NETWORK_FIRST;
    const double share = o->decay ? 1 - (double)r->time / (double)o->steps : 1;
    const double theta = o->sg_step == SG_STEP_LINE_SEARCH ? 1 : o->nu;
    double *w = SG_NEW(r->w.n, double), *phi = SG_NEW(r->phi.n, double);
    struct sg_batch last = r->rows[REF_SLOTS - 1];
    memmove(r->rows + 1, r->rows, (REF_SLOTS - 1) * sizeof *r->rows);
    free((void *)last.x);
    free((void *)last.y);
    free((void *)last.one);
    r->rows[0] = ref_rows(r->data, r->order ? sg_data_batches_at(r->order, r->time) : NULL,
                          r->batch);
    for (int k = 0; k < 2; k++) {
        const bool network = (k == 0) != first;   /* the SG comes first, or second */
        struct ref_eval e =
            network ? ref_directions(r, late ? tau : 0, late ? tau : first ? -1 : 0, w, phi)
                    : ref_directions(r, second ? -1 : pairs || stale ? tau : 0, stale ? tau : 0, w,
                                     phi);
        if (network) {
            ref_optimise(w, &r->w, e.dw, e.dw_error, share * o->mu, r);
        } else {
            const bool begun = (size_t)tau <= r->time;
            ref_scale(r, &e, &r->rows[(pairs || stale) && begun ? tau : 0]);
            ref_optimise(phi, &r->phi, e.dphi, e.dphi_error, share * theta, r);
        }
        ref_free(&e);
    }
    ref_move(&r->w, w);
    ref_move(&r->phi, phi);
    r->time++;
}

/* ---- looks ---------------------------------------------------------------------------------- */

enum { REF_MODULES = 3 };
struct ref_look {
    double loss, error;
    double module_error[REF_MODULES], cosine[REF_MODULES], pull, moved;
};

static inline struct ref_look ref_look_at(const struct ref_run *r, const double *start)
{
    struct sg_batch all = ref_rows(r->data, NULL, r->data->n);
    struct ref_eval e = ref_evaluate(r->net, r->w.theta[0], r->phi.theta[0], &all),
                    t = ref_evaluate(r->truth, r->w.theta[0], r->phi.theta[0], &all);
    double off = 0, truth = 0;
    struct ref_look look = {.loss = e.loss};
    for (size_t i = 0; i < r->w.n; i++) {
        off += (e.dw[i] - t.dw[i]) * (e.dw[i] - t.dw[i]);
        truth += t.dw[i] * t.dw[i];
        look.pull += e.dw[i] * e.dw[i];
        look.moved += (r->w.theta[0][i] - start[i]) * (r->w.theta[0][i] - start[i]);
    }
    look.error = sqrt(off / truth);
    look.pull = sqrt(look.pull);
    look.moved = sqrt(look.moved);
    for (size_t j = 0; j < r->c->n_modules && j < REF_MODULES; j++) {
        const size_t at = r->arch.module[j].at, n = all.n * sg_net_width(r->net, at);
        double ss = 0, gg = 0, sg = 0, dd = 0;
        for (size_t i = 0; i < n; i++) {
            const double s = t.s[at][i], g = t.g[at][i];
            ss += s * s;
            gg += g * g;
            sg += s * g;
            dd += (s - g) * (s - g);
        }
        look.module_error[j] = sqrt(dd / gg);
        look.cosine[j] = sg / sqrt(ss * gg);
    }
    ref_free(&e);
    ref_free(&t);
    free((void *)all.x);
    free((void *)all.y);
    free((void *)all.one);
    return look;
}

#endif
