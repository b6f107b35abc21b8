/* The net as a field: on samples this is the definition; on compressed rows, the same
 * code on q rows.  A step is training: batch norm goes by the batch, and nobody asks
 * for running moments here. */
#include "synthgrad/sim.h"

static void eval(void *dw, void *dphi, struct sg_metrics *metrics, const struct sg_field *field,
                 const void *w, const void *phi, const struct sg_batch *batch, unsigned want,
                 void *work)
{
    sg_net_eval(dw, dphi, metrics, field->self, w, phi, batch, want | SG_TRAIN, work);
}

static void *work_alloc(const struct sg_field *field)
{
    return sg_net_work_alloc(field->self, field->batch_max);
}

static void work_free(void *work)
{
    sg_net_work_free(work);
}

static void step_scale(void *dphi, const struct sg_field *field, enum sg_step_rule rule,
                       const struct sg_batch *batch, void *work, void *scratch)
{
    sg_net_step_scale(dphi, field->self, rule, batch, work, scratch);
}

static size_t step_scratch(const struct sg_field *field, enum sg_step_rule rule)
{
    return field->batch_max * sg_net_step_scratch(field->self, rule);
}

struct sg_field sg_sim_net_field(const struct sg_net *net, size_t batch_max)
{
    return (struct sg_field){.dtype = sg_net_arch(net)->dtype,
                             .sizes = sg_net_sizes(net),
                             .eval = eval,
                             .work_alloc = work_alloc,
                             .work_free = work_free,
                             .self = net,
                             .batch_max = batch_max,
                             .step_scale = step_scale,
                             .step_scratch = step_scratch};
}

struct sg_batch sg_sim_batch(const struct sg_data *data)
{
    SG_REQUIRE(data);
    return (struct sg_batch){.n = data->n, .x = data->x, .y = data->y, .one = data->one};
}
