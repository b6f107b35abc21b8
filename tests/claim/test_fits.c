/* A claim about the squared loss, linear SGs and gradient descent is not asked about anything else: no verdict, a refusal. */
#include <glob.h>

#include "judge.h"

struct setting { const char *name; unsigned needs; int loss, family, optimiser; };
static const struct setting settings[] = {
    {"logistic", SG_ANY_LOSS, SG_LOGISTIC, SG_LINEAR, SG_GD},    {"softmax", SG_ANY_LOSS, SG_SOFTMAX_XENT, SG_LINEAR, SG_GD},
    {"sigmoid_linear", SG_ANY_FAMILY, SG_MSE, SG_SIGMOID_LINEAR, SG_GD}, {"mlp", SG_ANY_FAMILY, SG_MSE, SG_MLP, SG_GD},
    {"momentum", SG_ANY_OPTIMISER, SG_MSE, SG_LINEAR, SG_MOMENTUM}, {"rmsprop", SG_ANY_OPTIMISER, SG_MSE, SG_LINEAR, SG_RMSPROP},
    {"adam", SG_ANY_OPTIMISER, SG_MSE, SG_LINEAR, SG_ADAM},      {"relu", SG_ANY_NET, SG_MSE, SG_LINEAR, SG_GD},
    {"batch norm", SG_ANY_NET, SG_MSE, SG_LINEAR, SG_GD},        {"feedback", SG_ANY_NET, SG_MSE, SG_LINEAR, SG_GD},
    {"float32", SG_ANY_TYPE, SG_MSE, SG_LINEAR, SG_GD},
};

static void change(struct sg_case *c, const struct setting *s)
{
    if (s->needs == SG_ANY_LOSS)
        c->net.loss = s->loss;
    if (s->needs == SG_ANY_OPTIMISER)
        c->train.optimiser = s->optimiser;
    if (s->needs == SG_ANY_TYPE)
        c->net.type = SG_F32;
    if (s->needs == SG_ANY_NET) {
        c->net.activation = s->name[0] == 'r' ? SG_RELU : SG_NO_ACTIVATION;
        c->net.batch_norm = s->name[0] == 'b';
        c->net.credit = s->name[0] == 'f' ? SG_FEEDBACK : SG_TRUE;
    }
    for (size_t i = 0; s->needs == SG_ANY_FAMILY && i < c->n_modules; i++)
        c->module[i].family = s->family;
}

/* Every case that comes with the program, changed one setting at a time, in the case and in its control. */
static void what_a_claim_does_not_cover_is_refused(void **state)
{
    (void)state;
    glob_t found;
    size_t refused = 0;
    CHECK(glob("cases/*.cfg", 0, NULL, &found) == 0);
    for (size_t f = 0; f < found.gl_pathc; f++)
        for (size_t k = 0; k < COUNT(settings); k++)
            for (int control = 0; control < 2; control++) {
                struct sg_case c;
                struct sg_error err = {{0}};
                read_case(&c, found.gl_pathv[f], 1);
                const struct sg_claim *claim = sg_claim_find(c.claim);
                context("%s, %s%s", found.gl_pathv[f], settings[k].name, control ? " in control" : "");
                CHECK(claim != NULL);
                if ((!control || c.control) && !(claim->allows & settings[k].needs) && (settings[k].needs != SG_ANY_FAMILY || c.n_modules)) {
                    change(control ? c.control : &c, &settings[k]);
                    struct sg_judgement j;
                    const struct sg_judge_options options = {0};
                    CHECK_STATUS(sg_claim_judge(&j, &c, &options, &err), SG_BAD_INPUT);
                    CHECK(strstr(err.text, "says nothing about") != NULL && strstr(err.text, found.gl_pathv[f]) != NULL);
                    CHECK((strstr(err.text, "(in control)") != NULL) == control);
                    refused++;
                }
                sg_case_free(&c);
            }
    CHECK(refused > 200);
    globfree(&found);
}

/* Observing costs no bit under any of them: NL7 takes every combination, holds, and its control still fails. */
static void observing_under_every_setting(void **state)
{
    (void)state;
    const int losses[] = {SG_MSE, SG_ABS, SG_LOGISTIC}, families[] = {SG_LINEAR, SG_SIGMOID_LINEAR, SG_MLP};
    const int optimisers[] = {SG_GD, SG_MOMENTUM, SG_RMSPROP, SG_ADAM};
    for (size_t l = 0; l < COUNT(losses); l++)
        for (size_t f = 0; f < COUNT(families); f++)
            for (size_t o = 0; o < COUNT(optimisers); o++) {
                struct sg_case c;
                read_case(&c, "cases/nl7_observe_only.cfg", 2);
                struct sg_case *both[2] = {&c, c.control};
                for (int i = 0; i < 2; i++) {
                    both[i]->data.kind = SG_DATA_CLASSES;
                    both[i]->net.loss = losses[l];
                    both[i]->module[0].family = families[f];
                    both[i]->module[0].hidden = 5;
                    both[i]->train.optimiser = optimisers[o];
                    both[i]->train.mu = both[i]->train.nu = 0.01;
                    both[i]->train.steps = 60;
                }
                both[1]->module[0].mix = 0.01;
                struct sg_judgement j = judge(&c, 7);
                context("loss %d, family %d, optimiser %d", losses[l], families[f], optimisers[o]);
                CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
                sg_claim_judgement_free(&j);
                sg_case_free(&c);
            }
}

/* And in every net under every rule of credit. */
static void observing_in_every_net(void **state)
{
    (void)state;
    for (int net = 0; net < 6; net++)
        for (int credit = 0; credit < SG_CREDITS; credit++) {
            struct sg_case c;
            read_case(&c, "cases/nl7_observe_only.cfg", 2);
            struct sg_case *both[2] = {&c, c.control};
            for (int i = 0; i < 2; i++) {
                both[i]->net.layers = (struct sg_int_list){2, {6, 5}};
                both[i]->net.activation = net / 2;
                both[i]->net.batch_norm = net % 2;
                both[i]->net.credit = credit;
                both[i]->module[0].at = 1;
                both[i]->train.mu = both[i]->train.nu = 0.001;
                both[i]->train.steps = 60;
            }
            both[1]->module[0].mix = 0.01;
            struct sg_judgement j = judge(&c, 7);
            context("net %d, credit %d", net, credit);
            CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
            sg_claim_judgement_free(&j);
            sg_case_free(&c);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(what_a_claim_does_not_cover_is_refused), TEST(observing_under_every_setting), TEST(observing_in_every_net)};
    return RUN(tests);
}
