/* Steps in time.  Order and delay are one idea: at which time each of the two
 * updates reads w and phi. */
#include <stdlib.h>
#include <string.h>

#include "net/ops.h"
#include "synthgrad/sim.h"

enum { LOOK_EVERY = 64 };   /* steps between two looks at whether the state is finite */

struct sg_sim {
    struct sg_field field;
    struct sg_opt net_opt, sg_opt;
    struct sg_timing timing;
    enum sg_step_rule sg_step;
    size_t real;                        /* bytes of one number */
    size_t past;                        /* longest delay; past + 1 slots are alive, one
                                           more takes the next state */
    size_t slots, now;
    char *ring;                         /* slots x (w, phi) */
    const struct sg_batch **batch;      /* [slots] the batch of that time */
    char *dw, *dphi;
    struct sg_moments net_moments, sg_moments;
    void *work, *step_scratch;
    uint64_t time;
};

static size_t slot_bytes(const struct sg_sim *sim)
{
    return (sim->field.sizes.w + sim->field.sizes.phi) * sim->real;
}

/* The slot `ago` steps back. */
static size_t slot(const struct sg_sim *sim, size_t ago)
{
    return (sim->now + sim->slots - ago) % sim->slots;
}

static char *w_at(const struct sg_sim *sim, size_t index)
{
    return sim->ring + index * slot_bytes(sim);
}

static char *phi_at(const struct sg_sim *sim, size_t index)
{
    return w_at(sim, index) + sim->field.sizes.w * sim->real;
}

static void moments_alloc(struct sg_moments *moments, const struct sg_opt *opt, size_t n,
                          size_t real)
{
    moments->m = sg_net_opt_has_m(opt) ? sg_base_alloc(n, real) : NULL;
    moments->v = sg_net_opt_has_v(opt) ? sg_base_alloc(n, real) : NULL;
}

static void moments_clear(struct sg_moments *moments, size_t n, size_t real)
{
    if (moments->m)
        memset(moments->m, 0, n * real);
    if (moments->v)
        memset(moments->v, 0, n * real);
    moments->t = 0;
}

static size_t later(size_t past, int delay)
{
    return delay > 0 && (size_t)delay > past ? (size_t)delay : past;
}

struct sg_sim *sg_sim_alloc(const struct sg_sim_spec *spec, const void *w, const void *phi)
{
    SG_REQUIRE(spec);
    const struct sg_timing *t = &spec->timing;
    SG_REQUIRE(t->net_w >= 0 && t->sg_phi >= 0 && t->net_phi >= -1 && t->sg_w >= -1);
    SG_REQUIRE(!(t->net_phi == -1 && t->sg_w == -1));            /* each would wait for the other */
    struct sg_sim *sim = SG_NEW(1, struct sg_sim);
    sim->field = *spec->field;
    sim->net_opt = spec->net_opt;
    sim->sg_opt = spec->sg_opt;
    sim->timing = *t;
    sim->sg_step = spec->sg_step;
    SG_REQUIRE(sim->sg_step == SG_STEP_FIXED ||
               (sim->sg_opt.kind == SG_GD && sim->field.step_scale));
    sim->real = sg_net_kernels(sim->field.dtype)->real_size;
    sim->past = later(later(later(later(0, t->net_w), t->net_phi), t->sg_w), t->sg_phi);
    /* without a delay the step is in place */
    sim->slots = sim->past ? sim->past + 2 : 1;
    sim->ring = sg_base_alloc(sim->slots, slot_bytes(sim));
    sim->batch = SG_NEW(sim->slots, const struct sg_batch *);
    sim->dw = sg_base_alloc(sim->field.sizes.w, sim->real);
    sim->dphi = sg_base_alloc(sim->field.sizes.phi, sim->real);
    moments_alloc(&sim->net_moments, &sim->net_opt, sim->field.sizes.w, sim->real);
    moments_alloc(&sim->sg_moments, &sim->sg_opt, sim->field.sizes.phi, sim->real);
    sim->work = sim->field.work_alloc(&sim->field);
    if (sim->sg_step != SG_STEP_FIXED)
        sim->step_scratch = sg_base_alloc(sim->field.step_scratch(&sim->field, sim->sg_step),
                                          sim->real);
    sg_sim_restart(sim, w, phi, spec->net_opt.rate, spec->sg_opt.rate);
    return sim;
}

void sg_sim_free(struct sg_sim *sim)
{
    if (!sim)
        return;
    sim->field.work_free(sim->work);
    free(sim->step_scratch);
    free(sim->ring);
    free(sim->batch);
    free(sim->dw);
    free(sim->dphi);
    free(sim->net_moments.m);
    free(sim->net_moments.v);
    free(sim->sg_moments.m);
    free(sim->sg_moments.v);
    free(sim);
}

void sg_sim_restart(struct sg_sim *sim, const void *w, const void *phi, double mu, double nu)
{
    SG_REQUIRE(sim);
    for (size_t i = 0; i < sim->slots; i++) {
        memcpy(w_at(sim, i), w, sim->field.sizes.w * sim->real);
        if (sim->field.sizes.phi)
            memcpy(phi_at(sim, i), phi, sim->field.sizes.phi * sim->real);
        sim->batch[i] = NULL;
    }
    moments_clear(&sim->net_moments, sim->field.sizes.w, sim->real);
    moments_clear(&sim->sg_moments, sim->field.sizes.phi, sim->real);
    sim->now = 0;
    sim->time = 0;
    sim->net_opt.rate = mu;
    sim->sg_opt.rate = nu;
}

/* Directions read at (w `w_ago` steps back, phi `phi_ago` steps back), on the batch
 * that w was first used with. */
static void directions(struct sg_sim *sim, unsigned want, size_t w_slot, size_t phi_slot)
{
    const struct sg_batch *batch = sim->batch[w_slot] ? sim->batch[w_slot] : sim->batch[sim->now];
    sim->field.eval(sim->dw, sim->dphi, NULL, &sim->field, w_at(sim, w_slot), phi_at(sim, phi_slot),
                    batch, want, sim->work);
    if (want & SG_WANT_PHI && sim->sg_step != SG_STEP_FIXED)
        sim->field.step_scale(sim->dphi, &sim->field, sim->sg_step, batch, sim->work,
                              sim->step_scratch);
}

void sg_sim_step(struct sg_sim *sim, const struct sg_batch *batch)
{
    SG_REQUIRE(sim);
    const struct sg_timing t = sim->timing;
    const size_t now = sim->now, next = (now + 1) % sim->slots;
    const bool joint = t.net_w == 0 && t.net_phi == 0 && t.sg_w == 0 && t.sg_phi == 0;
    const unsigned first = joint             ? SG_WANT_W | SG_WANT_PHI
                           : t.net_phi == -1 ? SG_WANT_PHI
                                             : SG_WANT_W;
    /* a fresh w is read with the batch that made it */
    sim->batch[now] = sim->batch[next] = batch;
    for (unsigned done = 0, want = first; done != (SG_WANT_W | SG_WANT_PHI);
         want = (SG_WANT_W | SG_WANT_PHI) & ~done) {
        const int w_ago = want & SG_WANT_W ? t.net_w : t.sg_w,
                  phi_ago = want & SG_WANT_W ? t.net_phi : t.sg_phi;
        directions(sim, want, w_ago < 0 ? next : slot(sim, (size_t)w_ago),
                   phi_ago < 0 ? next : slot(sim, (size_t)phi_ago));
        if (want & SG_WANT_W)
            sg_net_opt_step(w_at(sim, next), &sim->net_moments, w_at(sim, now), sim->dw,
                            &sim->net_opt, sim->field.dtype, sim->field.sizes.w);
        if (want & SG_WANT_PHI)
            sg_net_opt_step(phi_at(sim, next), &sim->sg_moments, phi_at(sim, now), sim->dphi,
                            &sim->sg_opt, sim->field.dtype, sim->field.sizes.phi);
        done |= want;
    }
    sim->now = next;
    sim->time++;
}

bool sg_sim_is_finite(const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    return sg_net_kernels(sim->field.dtype)
        ->all_finite(w_at(sim, sim->now), sim->field.sizes.w + sim->field.sizes.phi);
}

enum sg_status sg_sim_advance(struct sg_sim *sim, const struct sg_batch *batch, uint64_t steps)
{
    for (uint64_t done = 0; done < steps;) {
        const uint64_t until = steps - done < LOOK_EVERY ? steps : done + LOOK_EVERY;
        for (; done < until; done++)
            sg_sim_step(sim, batch);
        if (!sg_sim_is_finite(sim))
            return SG_DIVERGED;
        if (sg_base_interrupted())
            return SG_INTERRUPTED;
    }
    return SG_OK;
}

const void *sg_sim_w(const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    return w_at(sim, sim->now);
}

const void *sg_sim_phi(const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    return phi_at(sim, sim->now);
}

uint64_t sg_sim_time(const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    return sim->time;
}

/* Numbers of a part's m in the state.  RMSProp's and Adam's steps also depend on v and the time. */
static size_t state_moments(const struct sg_opt *opt, size_t n)
{
    SG_REQUIRE(opt->kind == SG_GD || opt->kind == SG_MOMENTUM);
    return sg_net_opt_has_m(opt) ? n : 0;
}

size_t sg_sim_state_size(const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    const size_t w = sim->field.sizes.w, phi = sim->field.sizes.phi;
    return (sim->past + 1) * (w + phi) + state_moments(&sim->net_opt, w) +
           state_moments(&sim->sg_opt, phi);
}

/* m of w and of phi, with their bytes; NULL and 0 where gradient descent has none. */
struct heavy { void *m[2]; size_t bytes[2]; };

static struct heavy heavy_of(const struct sg_sim *sim)
{
    const size_t w = state_moments(&sim->net_opt, sim->field.sizes.w),
                 phi = state_moments(&sim->sg_opt, sim->field.sizes.phi);
    return (struct heavy){{sim->net_moments.m, sim->sg_moments.m},
                          {w * sim->real, phi * sim->real}};
}

void sg_sim_get_state(double *state, const struct sg_sim *sim)
{
    SG_REQUIRE(state && sim && sim->field.dtype == SG_F64 && sg_sim_state_size(sim) > 0);
    for (size_t ago = 0; ago <= sim->past; ago++)
        memcpy((char *)state + ago * slot_bytes(sim), w_at(sim, slot(sim, ago)), slot_bytes(sim));
    const struct heavy h = heavy_of(sim);
    char *end = (char *)state + (sim->past + 1) * slot_bytes(sim);
    for (int k = 0; k < 2; end += h.bytes[k++])
        if (h.bytes[k])
            memcpy(end, h.m[k], h.bytes[k]);
}

void sg_sim_set_state(struct sg_sim *sim, const double *state)
{
    SG_REQUIRE(sim && state && sim->field.dtype == SG_F64 && sg_sim_state_size(sim) > 0);
    for (size_t ago = 0; ago <= sim->past; ago++)
        memcpy(w_at(sim, slot(sim, ago)), (const char *)state + ago * slot_bytes(sim),
               slot_bytes(sim));
    const struct heavy h = heavy_of(sim);
    const char *end = (const char *)state + (sim->past + 1) * slot_bytes(sim);
    for (int k = 0; k < 2; end += h.bytes[k++])
        if (h.bytes[k])
            memcpy(h.m[k], end, h.bytes[k]);
    for (size_t i = 0; i < sim->slots; i++)
        /* a past that is set has no batches of its own */
        sim->batch[i] = NULL;
}

/* ---- checkpoints ---------------------------------------------------------------------------- */

void sg_sim_set_rates(struct sg_sim *sim, double mu, double nu)
{
    SG_REQUIRE(sim);
    sim->net_opt.rate = mu;
    sim->sg_opt.rate = nu;
}

size_t sg_sim_past(const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    return sim->past;
}

struct head { uint64_t time, net_steps, sg_steps; };
struct kept { void *data; size_t bytes; };
enum { KEPT = 4 };

/* The moments that the optimisers have. */
static void kept_of(struct kept kept[KEPT], const struct sg_sim *sim)
{
    const size_t w = sim->field.sizes.w * sim->real, phi = sim->field.sizes.phi * sim->real;
    const struct kept all[KEPT] = {{sim->net_moments.m, w},
                                   {sim->net_moments.v, w},
                                   {sim->sg_moments.m, phi},
                                   {sim->sg_moments.v, phi}};
    memcpy(kept, all, sizeof all);
}

size_t sg_sim_bytes(const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    struct kept kept[KEPT];
    size_t bytes = sizeof(struct head) + (sim->past + 1) * slot_bytes(sim);
    kept_of(kept, sim);
    for (size_t i = 0; i < KEPT; i++)
        bytes += kept[i].data ? kept[i].bytes : 0;
    return bytes;
}

void sg_sim_save(void *bytes, const struct sg_sim *sim)
{
    SG_REQUIRE(sim);
    const struct head head = {sim->time, sim->net_moments.t, sim->sg_moments.t};
    struct kept kept[KEPT];
    char *to = bytes;
    memcpy(to, &head, sizeof head);
    to += sizeof head;
    for (size_t ago = 0; ago <= sim->past; ago++, to += slot_bytes(sim))
        memcpy(to, w_at(sim, slot(sim, ago)), slot_bytes(sim));
    kept_of(kept, sim);
    for (size_t i = 0; i < KEPT; i++)
        if (kept[i].data) {
            memcpy(to, kept[i].data, kept[i].bytes);
            to += kept[i].bytes;
        }
}

void sg_sim_load(struct sg_sim *sim, const void *bytes, const struct sg_batch *const *past)
{
    SG_REQUIRE(sim);
    struct head head;
    struct kept kept[KEPT];
    const char *from = bytes;
    SG_REQUIRE(sim->past == 0 || past);
    memcpy(&head, from, sizeof head);
    from += sizeof head;
    sim->time = head.time;
    sim->net_moments.t = head.net_steps;
    sim->sg_moments.t = head.sg_steps;
    for (size_t ago = 0; ago <= sim->past; ago++, from += slot_bytes(sim)) {
        memcpy(w_at(sim, slot(sim, ago)), from, slot_bytes(sim));
        sim->batch[slot(sim, ago)] = ago ? past[ago] : NULL;
    }
    kept_of(kept, sim);
    for (size_t i = 0; i < KEPT; i++)
        if (kept[i].data) {
            memcpy(kept[i].data, from, kept[i].bytes);
            from += kept[i].bytes;
        }
}
