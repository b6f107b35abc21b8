/* What a reader has to know first: the question, the answers, and the figures that show them. */
#include <stdlib.h>
#include <string.h>

#include "report/page.h"

/* A claim: a link to it, and what these results say against it, if they do. */
static void print_reference(const struct sg_page *page, const char *id)
{
    const struct sg_claim *claim = sg_claim_find(id);
    SG_REQUIRE(claim);
    const struct sg_tally t = sg_page_tally(page, claim);
    if (t.cases)
        fprintf(page->out, "<a href=\"#%s\">%s</a>", claim->id, claim->id);
    else
        fputs(claim->id, page->out);
    if (strcmp(t.verdict, "holds") != 0 && strcmp(t.verdict, "reproduced") != 0) {
        fputs(" (in these results: ", page->out);
        sg_page_verdict(page, t.verdict, t.good + t.skipped == t.cases);
        fputs(")", page->out);
    }
    json_decref(t.kinds);
}

/* Words with [claims] in brackets and *what stands out* between stars. */
static void print_words(const struct sg_page *page, const char *words)
{
    while (*words) {
        const char kind = *words;
        const bool marked = kind == '[' || kind == '*';
        const size_t length = marked ? strcspn(words + 1, kind == '[' ? "]" : "*")
                                     : strcspn(words, "[*");
        char *part = sg_base_format("%.*s", (int)length, words + marked);
        if (kind == '[')
            print_reference(page, part);
        else {
            fputs(marked ? "<strong>" : "", page->out);
            sg_html_text(page->out, part);
            fputs(marked ? "</strong>" : "", page->out);
        }
        free(part);
        words += length + (marked ? 2 : 0);
    }
}

/* ---- the abstract: five sentences ------------------------------------------------------------ */

static const char *const abstract[] = {
    "A synthetic gradient (SG) is a prediction of the error signal that backpropagation would "
    "bring to a layer, made by a small trained module from that layer\u2019s activations and the "
    "label, so that the layers below can update at once instead of waiting.",
    "Czarnecki et al. (ICML 2017) asked what that does to learning: does the network keep its "
    "critical points, does training still converge, and do its layers represent other things?",
    "*What is true*: in linear and deep linear networks under squared error, a linear SG with "
    "labels keeps every critical point [CP1] and adds none [CP2], and gradients that come late "
    "cost the network no stability near the solution of a linear regression [DY11]; and in relu "
    "networks the layers below an SG do represent other things: they tell classes apart earlier "
    "[NL3].",
    "*What is not*: without labels training in general rests short of the optimum [CP5], under the "
    "log loss a linear SG in general rests elsewhere [CP6], and in deep linear networks a slow SG "
    "can turn a global minimum, where backpropagation would stay, into one that repels [DY8].",
    "*What is new here*: when the SG\u2019s step is divided by the size of its inputs, linear "
    "regression converges from every start and at every delay, at any rate that backpropagation "
    "allows [DY13]; the SG\u2019s own weights account exactly for how the norms of the layers "
    "around it drift apart [DY14], in relu networks on minibatches too [NL8]; and so the SG, not "
    "the data alone, decides how large each layer of a deep linear network becomes [DY15].",
};

void sg_page_abstract(const struct sg_page *page)
{
    fputs("<section class=\"first\" id=\"abstract\" aria-label=\"Abstract\">\n<div>\n", page->out);
    for (size_t k = 0; k < sizeof abstract / sizeof *abstract; k++) {
        fputs("<p>", page->out);
        print_words(page, abstract[k]);
        fputs("</p>\n", page->out);
    }
    fputs("</div>\n", page->out);
    sg_page_schematic(page);
    fputs("</section>\n", page->out);
}

/* ---- the answers ----------------------------------------------------------------------------- */

/* case_name: the case whose figure shows it. */
struct answer { const char *case_name, *title, *words; };

static const struct answer answers[] = {
    {"cp2_equivalence", "With labels, no critical point is lost and none is added",
     "The true gradient is at most a known multiple of the joint update, so that where the network "
     "and a linear SG with labels rest, the loss is critical, and conversely [CP1], [CP2]."},
    {"cp5_no_labels", "Without labels, training rests short of least squares",
     "An SG that does not see the label adds a whole set of points of rest, a sphere through the "
     "optimum; training ends on it, in general elsewhere than at least squares [CP5]."},
    {"dy13_global_convergence", "With a normalised step, training converges from every start",
     "At the output the SG is a regression whose solution no weights can move: its error never "
     "grows, and linear regression reaches backpropagation\u2019s own limit [DY13]."},
    {"dy3_joint_spectrum", "Stable exactly in a rectangle of two learning rates",
     "Near the solution of a noisy linear regression the network and its SG have a limit of their "
     "own each, 2/\u03bb\u2098\u2090\u2093, and do not disturb one another [DY3]."},
    {"dy8_three_isotropic", "A global minimum can repel",
     "In deep linear networks the loss can be at its least, the SG exact and nothing move, and yet "
     "almost every start nearby leaves, because the SG follows too slowly; backprop stays [DY8]."},
    {"dy11_delay", "Near the solution, delay is free for the network",
     "Backpropagation with gradients that are \u03c4 steps late needs a rate of order 1/\u03c4; an "
     "SG trained on pairs as late keeps the limits that it has without delay [DY11]."},
    {"dy14_ledger", "An SG pays for the imbalance it makes",
     "Backpropagation in small steps keeps the difference of two neighbouring layers\u2019 Gram "
     "matrices; an SG between them moves it by exactly "
     "(A\u00a0+\u00a0A\u1d40)/\u2060\u03ba, A its own matrix and \u03ba its rate over the "
     "network\u2019s [DY14]."},
    {"dy15_factorisation", "The SG decides which layer carries the map",
     "Every SG makes the layer below it larger, the more the slower it learns, while the map that "
     "is learnt stays the same; SGs everywhere make a staircase of norms, in closed form [DY15]."},
    {"nl8_ledger", "The same ledger in relu networks on minibatches",
     "One SG makes one step in the layers\u2019 norms and SGs everywhere a staircase that falls "
     "from input to output: the paper\u2019s observation, with its reason [NL8], [NL5]."},
    {"nl3_dissimilarity", "In relu networks the layers below an SG sort by class earlier",
     "In the block below one SG the classes take more of the variance than under backpropagation, "
     "in small networks and in 20 layers on MNIST; sigmoid networks do not show it [NL3]. How well "
     "a linear probe reads the blocks below follows the optimiser [NL4]."},
};

static void print_answer(const struct sg_page *page, const struct answer *answer)
{
    size_t i;
    json_t *summary;
    fputs("<article class=\"answer\">\n<h3>", page->out);
    sg_html_text(page->out, answer->title);
    fputs("</h3>\n<p>", page->out);
    print_words(page, answer->words);
    fputs("</p>\n", page->out);
    json_array_foreach(page->all, i, summary) {
        if (strcmp(sg_page_text(summary, "case"), answer->case_name) == 0)
            sg_page_figure(page, i);
    }
    fputs("</article>\n", page->out);
}

void sg_page_answers(const struct sg_page *page)
{
    fputs("<section id=\"answers\">\n<h2>The answers, as figures</h2>\n<div class=\"answers\">\n",
          page->out);
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++)
        print_answer(page, &answers[k]);
    fputs("</div>\n</section>\n", page->out);
}
