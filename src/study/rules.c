/* The rules that a net is trained by: their words, and the net that each makes of a case. */
#include <stdio.h>
#include <string.h>

#include "study/study.h"

struct word { const char *word; enum sg_rule rule; };
static const struct word words[] = {
    {"case", SG_RULE_CASE}, {"backprop", SG_RULE_BACKPROP}, {"bp", SG_RULE_BACKPROP},
    {"sg_everywhere", SG_RULE_SG_EVERYWHERE}, {"feedback", SG_RULE_FEEDBACK},
    {"fa", SG_RULE_FEEDBACK}, {"direct", SG_RULE_DIRECT}, {"dfa", SG_RULE_DIRECT},
    {"kickback", SG_RULE_KICKBACK}, {"nothing", SG_RULE_NOTHING}};
enum { WORDS = sizeof words / sizeof *words };

enum sg_rule sg_study_find_rule(const char *word)
{
    SG_REQUIRE(word);
    for (size_t i = 0; i < WORDS; i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].rule;
    return SG_RULES;
}

const char *sg_study_rule_word(enum sg_rule rule)
{
    size_t i = 0;
    while (words[i].rule != rule)
        i++;
    return words[i].word;
}

static enum sg_credit credit_of(enum sg_rule rule)
{
    static const enum sg_credit credit[SG_RULES] = {
        [SG_RULE_FEEDBACK] = SG_FEEDBACK, [SG_RULE_DIRECT] = SG_DIRECT,
        [SG_RULE_KICKBACK] = SG_KICKBACK, [SG_RULE_NOTHING] = SG_NOTHING};
    return credit[rule];                          /* SG_TRUE is 0 */
}

/* A module after every hidden layer, like the case's first one. */
static void put_everywhere(struct sg_case *c)
{
    struct sg_case_module like = c->module[0];
    if (c->n_modules == 0)
        like = (struct sg_case_module){.family = SG_LINEAR, .terms = SG_H | SG_Y | SG_ONE,
                                       .mix = 1};
    like.target = SG_TARGET_ARRIVING;
    c->n_modules = c->net.layers.n;
    for (size_t i = 0; i < c->n_modules; i++) {
        c->module[i] = like;
        c->module[i].at = (int)i + 1;
    }
}

void sg_study_apply_rule(struct sg_case *c, enum sg_rule rule)
{
    if (rule == SG_RULE_CASE)
        return;
    c->net.credit = (int)credit_of(rule);
    if (rule == SG_RULE_SG_EVERYWHERE) {
        put_everywhere(c);
        return;
    }
    c->n_modules = 0;
    c->train.sg_step = SG_STEP_FIXED;             /* no SG has a step of its own */
}

enum sg_status sg_study_check_rule(const struct sg_case *c, enum sg_rule rule,
                                   struct sg_error *err)
{
    const char *word = sg_study_rule_word(rule);
    const bool hidden = c->net.layers.n > 0, sgs = rule == SG_RULE_SG_EVERYWHERE;
    if (rule != SG_RULE_CASE && rule != SG_RULE_BACKPROP && !hidden)
        return sg_base_refuse(err, c->path, 0,
                              "--against %s is a rule for hidden layers, and layers = (); add a "
                              "layer, or compare with backprop", word);
    if (sgs && c->n_modules == 0 && !sg_study_gives(c, "train.nu"))
        return sg_base_refuse(err, c->path, 0,
                              "--against %s needs a learning rate for its SGs; write nu beside mu "
                              "in train", word);
    if (c->train.form == SG_FORM_COMPRESSED && sgs && c->n_modules > 0 &&
        c->module[0].family != SG_LINEAR)
        return sg_base_refuse(err, c->path, 0,
                              "--against %s takes SGs like the case's, and compressed rows take "
                              "linear ones; write form = \"sample\"", word);
    return SG_OK;
}

static void write_label(struct sg_study_arm *arm, const struct sg_case *c)
{
    static const char *const credits[] = {
        [SG_TRUE] = "backprop", [SG_NOTHING] = "no propagation",
        [SG_FEEDBACK] = "feedback alignment", [SG_DIRECT] = "direct feedback alignment",
        [SG_KICKBACK] = "kickback"};
    const size_t last = c->net.layers.n + 1;
    char where[40] = "";
    size_t used = 0;
    bool applied = false;
    for (size_t i = 0; i < c->n_modules; i++)
        applied = applied || c->module[i].mix > 0;
    if (arm->rule == SG_RULE_SG_EVERYWHERE) {
        snprintf(arm->label, sizeof arm->label, "SG everywhere");
        return;
    }
    for (size_t i = 0; i < arm->n_modules && used < sizeof where; i++)
        used += (size_t)snprintf(where + used, sizeof where - used, "%s%zu", i ? ", " : "",
                                 arm->at[i]);
    if (!applied)
        snprintf(arm->label, sizeof arm->label, "%s%s", credits[c->net.credit],
                 arm->n_modules > 0 ? ", observed" : "");
    else if (arm->n_modules == 1 && arm->at[0] == last)
        snprintf(arm->label, sizeof arm->label, "SG at the output");
    else if (arm->n_modules > 4)
        snprintf(arm->label, sizeof arm->label, "%zu SGs", arm->n_modules);
    else
        snprintf(arm->label, sizeof arm->label, "SG%s after layer%s %s",
                 arm->n_modules > 1 ? "s" : "", arm->n_modules > 1 ? "s" : "", where);
}

void sg_study_make_arm(struct sg_study_arm *arm, const struct sg_case *c, enum sg_rule rule)
{
    *arm = (struct sg_study_arm){.rule = rule, .n_modules = c->n_modules};
    snprintf(arm->word, sizeof arm->word, "%s", sg_study_rule_word(rule));
    for (size_t i = 0; i < c->n_modules; i++) {
        arm->at[i] = c->module[i].at < 0 ? c->net.layers.n + 1 : (size_t)c->module[i].at;
        arm->linear[i] = c->module[i].family == SG_LINEAR;
    }
    write_label(arm, c);
}
