/* DY14's figure: the two sides of the ledger while they move, what is left over, and runs that
 * break a hypothesis. */
#include <math.h>

#include "claim/dy14/parts.h"

enum { POINTS = 200 };

/* A point a boundary: traces of both sides and of the squares, and norms. */
static void add_point(struct sg_lab *lab, const struct sg_dy14_run *run)
{
    for (size_t i = 0; i < sg_ledger_count(run->ledger); i++) {
        const struct sg_ledger_reading x = sg_ledger_read(run->ledger, i);
        if (x.kind != SG_LEDGER_NORM)
            sg_lab_point(lab, (const double[]){(double)run->time, (double)x.boundary, x.sg,
                                               x.below - x.above, x.sides_sg, x.squares, x.drift,
                                               x.error, x.bound, x.moved});
    }
}

static void add_course(struct sg_lab *lab)
{
    const struct sg_case *c = lab->trial->c;
    struct sg_dy14_run *run = sg_dy14_run_make(lab, c, 1);
    const uint64_t steps = (uint64_t)c->train.steps;
    if (!run)
        return;
    sg_lab_series(lab, "ledger",
                  "step boundary sg weights sg_side squares drift error bound moved");
    add_point(lab, run);
    for (size_t i = 1; i <= POINTS; i++) {
        /* evenly in the root of time: the start is where it moves */
        const uint64_t to = steps * i * i / (POINTS * POINTS);
        if (to > run->time && sg_dy14_run_advance(run, to - run->time))
            add_point(lab, run);
    }
}

static void no_term_h(struct sg_case *c)
{
    for (size_t j = 0; j < c->n_modules; j++)
        c->module[j].terms = SG_Y | SG_ONE;
}

static void sigmoid(struct sg_case *c)
{
    c->net.activation = SG_SIGMOID;
}

static void adam(struct sg_case *c)
{
    c->train.optimiser = SG_ADAM;
}

static void momentum(struct sg_case *c)
{
    c->train.optimiser = SG_MOMENTUM;
}

static void sg_first(struct sg_case *c)
{
    c->train.order = SG_SG_FIRST;
}

/* What is left over at all boundaries together, at times that grow by a quarter. */
static void follow(struct sg_lab *lab, struct sg_dy14_run *run, size_t variant)
{
    const uint64_t steps = (uint64_t)run->c->train.steps;
    bool goes_on = true;
    for (double to = 1; goes_on && run->time < steps; to *= 1.25) {
        const uint64_t next = (uint64_t)fmin(ceil(to), (double)steps);
        double error = 0, bound = 0;
        if (next == run->time)
            continue;
        goes_on = sg_dy14_run_advance(run, next - run->time);
        for (size_t i = 0; i < sg_ledger_count(run->ledger); i++) {
            const struct sg_ledger_reading x = sg_ledger_read(run->ledger, i);
            error = hypot(error, x.error);
            bound = hypot(bound, x.bound);
        }
        sg_lab_point(lab, (const double[]){(double)variant, (double)run->time, error, bound});
    }
}

/* Runs of the same net from the same start.  With momentum the rates are as much smaller as it
 * makes steps longer. */
static void add_broken(struct sg_lab *lab)
{
    static void (*const break_it[])(struct sg_case *) = {NULL, sg_first, momentum, adam, sigmoid,
                                                         no_term_h};
    sg_lab_series(lab, "broken", "variant step error bound");
    for (size_t v = 0; v < sizeof break_it / sizeof *break_it; v++) {
        struct sg_case *c = SG_TAKE(lab, 1, struct sg_case);
        *c = *lab->trial->c;
        if (break_it[v])
            break_it[v](c);
        const bool heavy = c->train.optimiser == SG_MOMENTUM;
        struct sg_dy14_run *run = sg_dy14_run_make(lab, c, heavy ? 1 - c->train.beta1 : 1);
        if (run)
            follow(lab, run, v);
    }
}

void sg_dy14_figure(struct sg_lab *lab)
{
    add_course(lab);
    add_broken(lab);
}
