/* The book of one run. */
#include <stdlib.h>

#include "data/real.h"
#include "lab/nl_ledger.h"

size_t sg_nl_book_size(size_t depth)
{
    return 1 + (2 * depth * sizeof(struct sg_nl_account) +
                (depth + 1) * sizeof(struct sg_nl_norms)) / sizeof(double);
}

struct sg_nl_book sg_nl_book_of(double *values, size_t depth)
{
    struct sg_nl_book book = {.accuracy = values, .balance = (struct sg_nl_account *)(values + 1)};
    book.length = book.balance + depth;
    book.norm = (struct sg_nl_norms *)(book.length + depth);
    return book;
}

/* ---- what the states say by themselves ------------------------------------------------------ */

struct run {
    const struct sg_nl_run *spec;
    struct sg_net *net;
    struct sg_train *train;
};

static double squares(const struct run *r, size_t from, size_t n)
{
    double sum = 0;
    for (size_t i = from; i < from + n; i++) {
        const double x = sg_real_at(sg_train_w(r->train), i, r->spec->net.dtype);
        sum += x * x;
    }
    return sum;
}

/* Squared norms of W_b (rows x columns) and of the numbers beside it, b = 1..N + 1. */
static void read_norms(double *dense, double *with, const struct run *r, size_t b)
{
    const struct sg_nl_net *net = &r->spec->net;
    const size_t layer = sg_nl_boundary(net, b - 1), columns = sg_net_width(r->net, layer + 1),
                 at = sg_net_layer_offset(r->net, layer),
                 n = sg_net_width(r->net, layer) * columns;
    *dense = squares(r, at, n);
    *with = squares(r, at + n, (b <= net->depth && net->batch_norm ? 2 : 1) * columns);
}

/* tr A of the module after block b, 0 without one. */
static double trace_of_A(const struct run *r, size_t b)
{
    const struct sg_nl_net *net = &r->spec->net;
    double sum = 0;
    for (size_t m = 0; m < net->n_sg; m++)
        for (size_t j = 0; net->sg_after[m] == b && j < net->width; j++)
            sum += sg_real_at(sg_train_phi(r->train),
                          sg_net_module_offset(r->net, m) + j * (net->width + 1), net->dtype);
    return sum;
}

/* ---- a run ---------------------------------------------------------------------------------- */

/* trA0: of the start, (N + 1). */
static void open_book(struct sg_nl_book *book, double *trA0, const struct run *r)
{
    for (size_t b = 1; b <= r->spec->net.depth + 1; b++) {
        read_norms(&book->norm[b - 1].dense0, &book->norm[b - 1].with0, r, b);
        trA0[b - 1] = trace_of_A(r, b);
    }
}

/* A reading is of the heavy ball's z, gain and prediction are of the states: what z adds to their
 * difference goes with the squares. */
static void fill(struct sg_nl_account *x, const struct sg_ledger_reading *of)
{
    const double at_z = of->below - of->above - of->sides_sg;
    x->squares = of->squares - (at_z - (x->gain - x->predicted));
    x->error = of->error;
    x->bound = of->bound;
    x->scale = of->drift;
}

static void close_book(struct sg_nl_book *book, const double *trA0, const struct run *r,
                       const struct sg_ledger *ledger)
{
    const struct sg_nl_net *net = &r->spec->net;
    const double price = 2 * net->mix * r->spec->net_opt.rate / r->spec->sg_opt.rate;
    size_t entry = 0;
    for (size_t b = 1; b <= net->depth + 1; b++)
        read_norms(&book->norm[b - 1].dense, &book->norm[b - 1].with, r, b);
    for (size_t b = 1; b <= net->depth; b++) {
        const struct sg_nl_norms *own = &book->norm[b - 1], *next = own + 1;
        const double dense = own->dense - own->dense0, with = own->with - own->with0;
        const struct sg_ledger_reading balance = sg_ledger_read(ledger, entry++);
        SG_REQUIRE(balance.boundary == sg_nl_boundary(net, b));
        book->balance[b - 1] = (struct sg_nl_account){
            .gain = with + (net->batch_norm ? 0 : dense) - (next->dense - next->dense0),
            .predicted = price * (trace_of_A(r, b) - trA0[b - 1])};
        fill(&book->balance[b - 1], &balance);
        if (!net->batch_norm)
            continue;
        const struct sg_ledger_reading length = sg_ledger_read(ledger, entry++);
        SG_REQUIRE(length.kind == SG_LEDGER_NORM);
        book->length[b - 1] = (struct sg_nl_account){.gain = dense};
        fill(&book->length[b - 1], &length);
    }
}

static enum sg_status book_steps(struct sg_ledger *ledger, struct run *r)
{
    const size_t steps = r->spec->epochs * sg_train_epoch_steps(r->train);
    enum sg_status status = SG_OK;
    sg_ledger_start(ledger, sg_train_w(r->train), sg_train_phi(r->train));
    for (size_t t = 0; t < steps && status == SG_OK; t++) {
        struct sg_batch batch;
        status = sg_train_advance(r->train, 1);
        const struct sg_net_work *work = sg_train_work(&batch, r->train);
        sg_ledger_step(ledger, sg_train_w(r->train), sg_train_phi(r->train), &batch, work);
    }
    return status;
}

enum sg_status sg_nl_ledger_run(struct sg_nl_book *book, const struct sg_nl_run *run,
                                const struct sg_trial *trial, const struct sg_nl_images *images)
{
    const struct sg_images *seen = &images->seen;
    struct run r = {
        .spec = run,
        .net = sg_nl_net_alloc(&run->net, seen->rows * seen->columns, seen->classes)};
    r.train = sg_nl_train_alloc(run, r.net, trial, seen);
    struct sg_ledger *ledger = sg_ledger_alloc(r.net, run->net_opt.rate, run->sg_opt.rate);
    double *trA0 = SG_NEW(run->net.depth + 1, double);
    if (run->net_opt.kind == SG_MOMENTUM)
        sg_ledger_heavy_ball(ledger, run->net_opt.beta1);
    open_book(book, trA0, &r);
    const enum sg_status status = book_steps(ledger, &r);
    if (status == SG_OK) {
        close_book(book, trA0, &r, ledger);
        *book->accuracy = sg_train_score(r.train, &images->unseen).accuracy;
    }
    free(trA0);
    sg_ledger_free(ledger);
    sg_train_free(r.train);
    sg_net_free(r.net);
    return status;
}
