/* Which cases a claim can be asked about: a theorem on gradient descent has no verdict on Adam. */
#include "claim/claims.h"

static enum sg_status refuse(const struct sg_claim *claim, const struct sg_case *c, bool control, const char *setting, const char *mend,
                             struct sg_error *err)
{
    return sg_base_refuse(err, c->path, 0, "claim %s says nothing about %s%s; write %s", claim->id, setting, control ? " (in control)" : "", mend);
}

static enum sg_status fits(const struct sg_claim *claim, const struct sg_case *c, bool control, struct sg_error *err)
{
    if (!(claim->allows & SG_ANY_LOSS) && c->net.loss == SG_LOGISTIC)
        return refuse(claim, c, control, "loss = \"logistic\"", "loss = \"mse\"", err);
    if (!(claim->allows & SG_ANY_LOSS) && c->net.loss == SG_SOFTMAX_XENT)
        return refuse(claim, c, control, "loss = \"softmax\"", "loss = \"mse\"", err);
    for (size_t i = 0; i < c->n_modules; i++)
        if (!(claim->allows & SG_ANY_FAMILY) && c->module[i].family != SG_LINEAR)
            return refuse(claim, c, control, c->module[i].family == SG_MLP ? "family = \"mlp\"" : "family = \"sigmoid_linear\"",
                          "family = \"linear\"", err);
    if (!(claim->allows & SG_ANY_OPTIMISER) && c->train.optimiser != SG_GD)
        return refuse(claim, c, control, "an optimiser other than gradient descent", "optimiser = \"gd\"", err);
    if (!(claim->allows & SG_ANY_NET) && c->net.activation != SG_NO_ACTIVATION)
        return refuse(claim, c, control, "activations", "activation = \"none\"", err);
    if (!(claim->allows & SG_ANY_NET) && c->net.batch_norm)
        return refuse(claim, c, control, "batch norm", "batch_norm = false", err);
    if (!(claim->allows & SG_ANY_NET) && c->net.credit != SG_TRUE)
        return refuse(claim, c, control, "a credit rule other than the true gradient", "credit = \"true\"", err);
    if (!(claim->allows & SG_ANY_TYPE) && c->net.type != SG_F64)
        return refuse(claim, c, control, "type = \"float32\"", "type = \"float64\"", err);
    return SG_OK;
}

enum sg_status sg_claim_fits(const struct sg_claim *claim, const struct sg_case *c, struct sg_error *err)
{
    const enum sg_status status = fits(claim, c, false, err);
    return status == SG_OK && c->control ? fits(claim, c->control, true, err) : status;
}
