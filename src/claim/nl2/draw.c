/* NL2's tables and figure: medians over seeds, and the losses seen on a fine grid. */
#include "claim/nl2/parts.h"
#include "lab/statistics.h"

enum field { CORRELATION, PLAIN, R2, WITHOUT, ERROR };

static double median(const struct sg_nl2_experiment *x, enum sg_nl2_kind kind, size_t time,
                     size_t place, enum sg_nl2_who who, enum field field)
{
    for (size_t i = 0; i < x->n_live; i++) {
        const struct sg_nl2_view *v = sg_nl2_view_of(x, x->live[i], kind, time, place, who);
        const double of_field[] = {v->correlation, v->plain, 1 - v->off, v->without, v->error};
        x->all[i] = of_field[field];
    }
    return x->n_live > 0 ? sg_claim_quantile(x->all, x->n_live, 0.5) : SG_NAN;
}

static void add_table(struct sg_lab *lab, const struct sg_nl2_experiment *x, enum field field,
                      enum sg_nl2_who who, const char *what)
{
    enum { SHOWN = SG_NL2_TIMES - SG_NL2_EARLY };
    _Static_assert(SG_NL2_KINDS * SHOWN == 8, "a value for each column");
    sg_claim_listing(lab->ev,
                     sg_lab_format(lab, "%s, medians of %zu seeds (T = %d steps)", what, x->n_live,
                                   x->c->train.steps),
                     "SG|mse T/8|mse T/4|mse T/2|mse T|log T/8|log T/4|log T/2|log T");
    for (size_t place = x->places; place-- > 0;) {
        double row[SG_NL2_KINDS * SHOWN];
        for (size_t i = 0; i < SG_NL2_KINDS * SHOWN; i++)
            row[i] = median(x, (enum sg_nl2_kind)(i / SHOWN), SG_NL2_EARLY + i % SHOWN, place, who,
                            field);
        sg_claim_listing_row(lab->ev,
                             place + 1 == x->places
                                 ? "under the loss"
                                 : sg_lab_format(lab, "after layer %d", x->c->module[place].at),
                             row);
    }
}

enum end { GAIN, LOSS, ACCURACY };

static double median_end(const struct sg_nl2_experiment *x, enum sg_nl2_kind kind, enum end field)
{
    for (size_t i = 0; i < x->n_live; i++) {
        const struct sg_nl2_end *end = &x->end[x->live[i] * SG_NL2_KINDS + kind];
        x->all[i] = field == GAIN ? end->gain : field == LOSS ? end->loss : end->accuracy;
    }
    return x->n_live > 0 ? sg_claim_quantile(x->all, x->n_live, 0.5) : SG_NAN;
}

static void add_ends(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    sg_claim_listing(lab->ev, "the nets at T: how many were drawn, medians of those alive",
                     "loss|nets drawn|dead|loss at T|share of loss gone|accuracy on the points");
    for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++)
        sg_claim_listing_row(lab->ev, kind == SG_NL2_MSE ? "MSE" : "log loss",
                             (const double[]){(double)x->seeds, (double)x->dead[kind],
                                              median_end(x, kind, LOSS), median_end(x, kind, GAIN),
                                              median_end(x, kind, ACCURACY)});
}

static void add_tables(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    add_ends(lab, x);
    static const struct {
        enum field field;
        enum sg_nl2_who who;
        const char *what;
    } tables[] = {{CORRELATION, SG_NL2_TRAINED, "correlation of the seen loss with the true one"},
                  {CORRELATION, SG_NL2_BEST, "the same of the best linear SG at that moment"},
                  {PLAIN, SG_NL2_TRAINED, "the same with 1/2 h A h^T + (y B + C) h^T"},
                  {R2, SG_NL2_TRAINED, "R^2 of the seen loss, scale and all"},
                  {WITHOUT, SG_NL2_TRAINED, "share of E|s|^2 without a potential"},
                  {ERROR, SG_NL2_TRAINED, "E|s - g|^2 / E|g|^2"}};
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        add_table(lab, x, tables[t].field, tables[t].who, tables[t].what);
}

static void add_layers(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    sg_lab_series(lab, "layers", "loss time place correlation best plain r2 without error");
    for (size_t i = 0; i < SG_NL2_KINDS * SG_NL2_TIMES * x->places; i++) {
        const size_t place = i % x->places, time = i / x->places % SG_NL2_TIMES;
        const enum sg_nl2_kind kind = (enum sg_nl2_kind)(i / (x->places * SG_NL2_TIMES));
        double row[] = {kind,
                        (double)x->time[time],
                        (double)place + 1,
                        median(x, kind, time, place, SG_NL2_TRAINED, CORRELATION),
                        median(x, kind, time, place, SG_NL2_BEST, CORRELATION),
                        0,
                        0,
                        0,
                        0};
        for (enum field field = PLAIN; field <= ERROR; field++)
            row[4 + field] = median(x, kind, time, place, SG_NL2_TRAINED, field);
        sg_lab_point(lab, row);
    }
}

static double learned(const struct sg_nl2_experiment *x, size_t seed)
{
    const struct sg_nl2_end *end = &x->end[seed * SG_NL2_KINDS];
    return end[SG_NL2_MSE].gain + end[SG_NL2_LOG].gain;
}

/* Of those alive the seed whose two nets are the median in what they have learned: the first may
 * have learned nothing, above all from fair coins.  With none alive, the first. */
static size_t typical_seed(const struct sg_nl2_experiment *x)
{
    for (size_t i = 0; i < x->n_live; i++) {
        size_t below = 0;
        for (size_t j = 0; j < x->n_live; j++)
            below += learned(x, x->live[j]) < learned(x, x->live[i]);
        if (below == x->n_live / 2)
            return x->live[i];
    }
    return x->n_live > 0 ? x->live[0] : 0;
}

static void add_surfaces(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    const size_t side = SG_NL2_FINE, columns = 1 + x->places;
    const size_t seed = typical_seed(x);
    const double *fine = x->fine + seed * SG_NL2_KINDS * side * side * columns;
    const size_t shown[] = {0, x->places, (x->places + 1) / 2, 1}; /* 0: the true loss */
    sg_lab_series(lab, "surfaces", "loss x1 x2 place value");
    for (enum sg_nl2_kind kind = SG_NL2_MSE; kind < SG_NL2_KINDS; kind++)
        for (size_t p = 0; p < sizeof shown / sizeof *shown; p++)
            for (size_t i = 0; i < side * side; i++) {
                const size_t row = i / side, column = i % side;
                const double unit = 2 / (double)(side - 1);
                sg_lab_point(
                    lab, (const double[]){kind, -1 + unit * (double)column,
                                          -1 + unit * (double)row, (double)shown[p],
                                          fine[(kind * side * side + i) * columns + shown[p]]});
            }
    const struct sg_data *data = sg_lab_data(lab, x->c, seed);
    sg_lab_series(lab, "points", "x1 x2 label");
    for (size_t i = 0; i < data->n; i++)
        sg_lab_point(lab, (const double[]){data->x[i * data->d], data->x[i * data->d + 1],
                                           data->y[i * data->m + data->m - 1]});
}

void sg_nl2_draw(struct sg_lab *lab, const struct sg_nl2_experiment *x)
{
    add_tables(lab, x);
    add_layers(lab, x);
    add_surfaces(lab, x);
}
