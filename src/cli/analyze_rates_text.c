/* An analysis for people: rates, momentum, the user's own rates, speed, delay. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/analyze.h"
#include "cli/cli.h"

static void print_pair(FILE *out, const char *what, double weights, double sg)
{
    fprintf(out, "  %-32s %16.6g  %16.6g\n", what, weights, sg);
}

static void print_limits(FILE *out, const struct sg_analysis *a)
{
    const struct sg_rates *x = &a->rate_x, *z = &a->rate_z;
    fprintf(out, "\nLearning rates (SG at the output, %s)\n",
            a->realizable ? "DY4: realizable data" : "DY3: noisy data");
    fprintf(out, "  %-32s %16s  %16s\n", "", "weights (mu)", "SG (nu)");
    print_pair(out, "largest eigenvalue", x->largest, z->largest);
    print_pair(out, "smallest, zeros left out", x->smallest, z->smallest);
    const struct sg_analysis_part *p = &a->part_x, *q = &a->part_z;
    if (a->options.momentum > 0)
        fprintf(out, "  %-32s %16.6g  %16.6g\n", "momentum", a->options.momentum,
                a->options.momentum);
    print_pair(out, "stable below", p->critical, q->critical);
    print_pair(out, "fastest at", p->optimal, q->optimal);
    print_pair(out, "1 - contraction there", p->deficit, q->deficit);
    if (x->zeros)
        fprintf(out,
                "  %zu direction%s of the weights %s flat to working precision: nothing moves\n"
                "  there, a start keeps its part along %s.\n",
                x->zeros, sg_cli_plural(x->zeros), x->zeros == 1 ? "is" : "are",
                x->zeros == 1 ? "it" : "them");
    if (z->zeros)
        fprintf(out,
                "  %zu direction%s of the SG %s flat to working precision: the SG converges in\n"
                "  its output s, not in its parameters.\n",
                z->zeros, sg_cli_plural(z->zeros), z->zeros == 1 ? "is" : "are");
    if (a->realizable)
        fprintf(out,
                "  On realizable data there is a line of fixed points, phi* + c (1, -1, 0).  The\n"
                "  numbers here are those of the exact SG, c = 0; at another c the weights move\n"
                "  1 + c times as fast, and stability ends near c = -1.\n");
}

static void print_steps(FILE *out, const struct sg_analysis_speed *s)
{
    fprintf(out, "  contraction 1 - %.4g a step; steps to shrink an error by 1e6: %.4g\n",
            s->deficit, s->steps_to_1e6);
}

/* Eigenvalues that are equal but for rounding would have a momentum of rounding. */
static double beyond_rounding(double beta)
{
    return beta > SG_UNIT_ROUNDOFF ? beta : 0;
}

/* A momentum of each part's own. */
static void print_momentum(FILE *out, const struct sg_analysis *a)
{
    const struct sg_momentum *x = &a->part_x.own, *z = &a->part_z.own;
    fprintf(out, "\nMomentum (heavy ball, DY3), each part with its own\n");
    fprintf(out, "  %-32s %16s  %16s\n", "", "weights", "SG");
    print_pair(out, "fastest momentum", beyond_rounding(x->beta), beyond_rounding(z->beta));
    print_pair(out, "fastest at", x->rate, z->rate);
    print_pair(out, "1 - contraction there", x->deficit, z->deficit);
    fprintf(out, "  A momentum beta multiplies both limits by 1 + beta: stable below\n"
                 "  mu = %.6g (1 + beta), nu = %.6g (1 + beta).\n",
            a->rate_x.critical, a->rate_z.critical);
}

static void print_your_part(FILE *out, const char *part, double rate, double critical,
                            double deficit)
{
    fprintf(out, "  %-8s %.4g of the limit%s", part, rate / critical,
            deficit > 0 ? "" : ": not stable\n");
    if (deficit > 0)
        fprintf(out, ", contraction 1 - %.4g a step\n", deficit);
}

static void print_yours(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_options *o = &a->options;
    const struct sg_analysis_yours *y = &a->yours;
    if (!y->known)
        return;
    fprintf(out, "\nYour rates, mu = %.6g and nu = %.6g", o->mu, o->nu);
    if (o->momentum > 0)
        fprintf(out, ", momentum %.6g", o->momentum);
    fputc('\n', out);
    print_your_part(out, "weights", o->mu, a->part_x.critical, y->deficit_weights);
    print_your_part(out, "SG", o->nu, a->part_z.critical, y->deficit_sg);
    if (isfinite(y->steps_to_1e6))
        fprintf(out, "  steps to shrink an error by 1e6: %.4g%s\n", y->steps_to_1e6,
                a->start.flat ? ", along what is not flat" : "");
}

/* Worth a word when another unit of the target makes training at least half as fast again. */
static void print_speed(FILE *out, const struct sg_analysis *a)
{
    fprintf(out, "\nSpeed near the solution, at the fastest rates%s\n",
            a->options.momentum > 0 ? " without momentum" : "");
    if (a->start.flat)
        fprintf(out, "  In float64 the SG's error along its flat directions does not shrink.\n");
    else
        print_steps(out, &a->speed);
    if (!a->start.flat)
        fprintf(out, "  the slower part: the %s\n", a->speed.sg_is_slower ? "SG" : "weights");
    if (a->speed.deficit < 0.01)
        fprintf(out, "  At these rates the quickest mode is within %.2g of instability.  Half the\n"
                "  stable limits leave room and take about twice the steps.\n", a->speed.deficit);
    const bool better = a->has_scaled && a->scaled.deficit > 1.5 * a->speed.deficit;
    if (better) {
        fprintf(out, "  The target's unit slows the SG down.  With\n  ");
        if (a->options.intercept)
            fprintf(out, "(target %c %.6g) / %.6g, ", a->y_mean < 0 ? '+' : '-', fabs(a->y_mean),
                    a->y_scale);
        else
            fprintf(out, "target / %.6g, ", a->y_scale);
        fprintf(out, "nu = %.4g instead of %.4g:\n", a->scaled_z.optimal, a->rate_z.optimal);
        print_steps(out, &a->scaled);
    }
}

static void print_explained(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_explained *e = &a->explained;
    char words[512];
    if (!e->known)
        return;
    snprintf(words, sizeof words,
             "R^2 = %.6g, 1 - R^2 = %.3g. The better the fit, the slower the SG: with the target "
             "centred and scaled its smallest eigenvalue is %.3g%s, and the SG alone takes %.4g "
             "steps to shrink an error by 1e6.",
             e->r_squared, e->unexplained, e->smallest,
             e->unexplained < 0.1 ? ", near (1 - R^2)/2" : "", e->steps_to_1e6);
    sg_cli_print_wrapped(out, words);
}

static void print_start(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_start *s = &a->start;
    if (!s->known)
        return;
    fprintf(out, "\nSpeed of the SG from phi = 0, the weights at the solution\n");
    fprintf(out, "  steps until rms(s - g) is %g %% of rms(g)\n  %-32s %16s  %16s\n",
            100 * SG_ANALYSIS_ERROR, "", "half the limit", "normalised step");
    fprintf(out, "  %-32s %16.4g  %16.4g\n",
            a->options.standardise_target ? "target standardised" : "target as it is", s->steps,
            s->normalised);
    if (s->has_scaled)
        fprintf(out, "  %-32s %16.4g  %16.4g\n", "with --standardise-target", s->scaled,
                s->scaled_normalised);
    if (s->flat)
        sg_cli_print_wrapped(out, "The rates above leave the SG's flat directions out, and part of "
                                  "the gradient lies along them: in float64 the SG does not learn "
                                  "it.  Standardise the target.");
    char *words = sg_base_format(
        "A normalised step, nu = 1 / E|z|^2 (%.4g at the solution), needs no tuning and converges "
        "from every start, whatever the weights do: there are at most %.4g steps in which "
        "rms(s - g) is above %g %% of rms(z) (DY13).",
        1 / (a->lambda_z[0] + a->lambda_z[1] + a->lambda_z[2]), s->most, 100 * SG_ANALYSIS_ERROR);
    sg_cli_print_wrapped(out, words);
    free(words);
}

/* DY13 (e). */
static void print_minibatches(FILE *out, const struct sg_analysis *a)
{
    if (!a->realizable)
        sg_cli_print_wrapped(out, "Minibatches: an SG that is exact stays exact on every batch, so "
                                  "it adds no noise to SGD's. Safe is a mu below 2 / lambda_max of "
                                  "every batch, and a normalised step with E|z|^2 of the batch "
                                  "(DY13).");
}

static void print_delay(FILE *out, const struct sg_analysis *a)
{
    const struct sg_analysis_delay *d = &a->delay;
    if (!a->options.with_delay)
        return;
    fprintf(out, "\nA delay of %zu step%s (DY11): stable below\n", d->tau, sg_cli_plural(d->tau));
    fprintf(out, "  backprop, stale gradient         mu %.6g, limit divided by %.4g\n",
            d->mu_backprop, a->rate_x.critical / d->mu_backprop);
    fprintf(out, "  SG trained on delayed pairs      mu %.6g, nu %.6g: no price\n",
            d->mu_delayed_pairs, d->nu_delayed_pairs);
    fprintf(out, "  SG with its own gradient stale   mu %.6g, nu %.6g\n", a->rate_x.critical,
            d->nu_stale_sg);
    fprintf(out, "  From closed forms, near the solution; far from it a delay can still hurt.\n");
}


void sg_cli_print_rates(FILE *out, const struct sg_analysis *a)
{
    print_limits(out, a);
    print_momentum(out, a);
    print_yours(out, a);
    print_speed(out, a);
    print_explained(out, a);
    print_start(out, a);
    print_minibatches(out, a);
    print_delay(out, a);
}
