/* NL7: observing costs no bit under any loss, family, optimiser, net and rule of credit, and the
 * control still fails. */
#include "claim/judge.h"

static struct sg_case c;

static struct sg_case *the_case(int k)
{
    return k ? c.control : &c;
}

static void read_nl7(int steps, double rate)
{
    read_case(&c, "cases/nl7_observe_only.cfg", 2);
    for (int k = 0; k < 2; k++) {
        the_case(k)->train.mu = the_case(k)->train.nu = rate;
        the_case(k)->train.steps = steps;
    }
    c.control->module[0].mix = 0.01;
}

static void check_and_free(void)
{
    struct sg_judgement j = judge(&c, 7);
    CHECK(j.ok && j.verdict == SG_HOLDS && j.control_verdict == SG_FAILS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

static void under_every_setting(void **state)
{
    (void)state;
    const int losses[] = {SG_MSE, SG_ABS, SG_LOGISTIC};
    const int families[] = {SG_LINEAR, SG_SIGMOID_LINEAR, SG_MLP};
    const int optimisers[] = {SG_GD, SG_MOMENTUM, SG_RMSPROP, SG_ADAM};
    for (size_t l = 0; l < COUNT(losses); l++)
        for (size_t f = 0; f < COUNT(families); f++)
            for (size_t o = 0; o < COUNT(optimisers); o++) {
                read_nl7(60, 0.01);
                for (int k = 0; k < 2; k++) {
                    the_case(k)->data.kind = SG_DATA_CLASSES;
                    the_case(k)->net.loss = losses[l];
                    the_case(k)->module[0].family = families[f];
                    the_case(k)->module[0].hidden = 5;
                    the_case(k)->train.optimiser = optimisers[o];
                }
                context("loss %d, family %d, optimiser %d", losses[l], families[f], optimisers[o]);
                check_and_free();
            }
}

static void in_every_net(void **state)
{
    (void)state;
    for (int net = 0; net < 6; net++)
        for (int credit = 0; credit < SG_CREDITS; credit++) {
            read_nl7(60, 0.001);
            for (int k = 0; k < 2; k++) {
                the_case(k)->net.layers = (struct sg_int_list){2, {6, 5}};
                the_case(k)->net.activation = net / 2;
                the_case(k)->net.batch_norm = net % 2;
                the_case(k)->net.credit = credit;
                the_case(k)->module[0].at = 1;
            }
            context("net %d, credit %d", net, credit);
            check_and_free();
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(under_every_setting), TEST(in_every_net)};
    return RUN(tests);
}
