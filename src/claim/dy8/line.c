/* DY8 for every kappa at once, proved: the kappa at which eigenvalues of the full flow pass the
 * axis, how many are right of it between, and kappa_c. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "claim/dy8/parts.h"
#include "lab/certify.h"
#include "lab/record.h"

/* Wider enclosures prove nothing. */
#define WIDTH 1e-8

/* ---- kappa_c in floating point ----------------------------------------------------------- */

struct side { struct sg_lab *lab; const struct sg_dy8 *m; };

static size_t top_of(const struct sg_deep_mode *mode, size_t n)
{
    size_t top = 0;
    for (size_t i = 1; i < n; i++)
        if (creal(mode[i].lambda) > creal(mode[top].lambda))
            top = i;
    return top;
}

static enum sg_side side_of(double kappa, void *context)
{
    const struct side *x = context;
    const struct sg_deep_mode *mode = sg_dy8_modes_at(x->lab, x->m, kappa, NULL, NULL);
    return creal(mode[top_of(mode, x->m->n)].lambda) > 0 ? SG_SIDE_LOW : SG_SIDE_HIGH;
}

/* Where the last eigenvalue leaves the right half plane: it knows no more of the enclosure than
 * that it is within a tenth of it. */
static void check_critical(struct sg_lab *lab, const struct sg_dy8 *m, struct sg_interval proved)
{
    static const double CLOSE = 1e-12;
    struct side x = {lab, m};
    const double found = sg_lab_bisect_between(side_of, &x, 0.9 * proved.low, 1.1 * proved.high,
                                               CLOSE);
    const struct sg_deep_mode *mode = sg_dy8_modes_at(lab, m, found, NULL, NULL);
    const double blur = sg_dy8_blur(lab, m, found, top_of(mode, m->n));
    sg_lab_enclosed(lab, "kappa-critical", "kappa_c, where the minimum begins to attract: "
                    "bisected in floating point, in its exact enclosure", found, proved.low,
                    proved.high, WIDTH,
                    (struct sg_tol){2 * blur + CLOSE * found, "10 size u |J| times the condition "
                                    "number, over the speed of passage", 0});
}

/* ---- the rows ---------------------------------------------------------------------------- */

/* "attracts below 1.2e-05, repels up to 0.34, attracts beyond" */
static void note_line(struct sg_lab *lab, const struct sg_cert_line *line)
{
    char text[200] = "";
    size_t used = 0;
    for (size_t k = 0; k <= line->n; k++) {
        const char *word = line->fate[k] == SG_OK        ? "attracts"
                           : line->fate[k] == SG_REFUTED ? "repels"
                                                         : "is not decided";
        if (k < line->n && line->fate[k] == line->fate[k + 1])
            continue;
        if (k < line->n)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s up to %.7g, ", word,
                                     line->crossing[k].kappa.low);
        else
            used += (size_t)snprintf(text + used, sizeof text - used, "%s beyond", word);
        if (used >= sizeof text)
            return;
    }
    sg_lab_note(lab, "proved for every kappa: %s", text);
}

void sg_dy8_line_record(struct sg_lab *lab, const struct sg_cert_minimum *minimum,
                        const struct sg_cert_line *line, enum sg_status fate, const char *rows)
{
    if (!line)
        return;
    struct sg_record *r = sg_lab_record(lab, "deep_line", rows);
    sg_record_minimum(r, minimum);
    sg_record_outcome(r, fate);
    sg_record_interval(r, "critical", line->critical);
    for (size_t k = 0; fate == SG_OK && k <= line->n; k++) {
        sg_record_sides(r, sg_lab_format(lab, "between_%zu", k), &line->between[k]);
        if (k == line->n)
            break;
        sg_record_interval(r, sg_lab_format(lab, "crossing_%zu", k), line->crossing[k].kappa);
        sg_record_flag(r, sg_lab_format(lab, "real_%zu", k), line->crossing[k].real);
    }
    sg_record_end(r);
}

void sg_dy8_line(struct sg_lab *lab, struct sg_dy8 *m, const struct sg_cert_minimum *minimum)
{
    struct sg_cert_deep *deep;
    if (lab->trial->replicate > 0 || lab->status != SG_OK || m->run->size > SG_DY8_LINE_MOST)
        return;
    const enum sg_status status = sg_cert_deep_alloc(&deep, minimum);
    if (!sg_lab_has_exact(lab) || status != SG_OK)
        return;
    struct sg_cert_line *line = SG_TAKE(lab, 1, struct sg_cert_line);
    const enum sg_status fate = sg_cert_deep_line(line, deep);
    sg_cert_deep_free(deep);
    sg_lab_proved(lab, "attracts-proved", "above kappa_c the minimum attracts, for every kappa",
                  fate, SG_OK, "exact over Q: no eigenvalue on the axis or right of it but the "
                  "zeros, as many as the rests have dimensions");
    if (fate != SG_OK) {
        sg_dy8_line_record(lab, minimum, line, fate, "attracts-proved");
        return;
    }
    m->line = line;
    note_line(lab, line);
    if (line->n > 0)
        check_critical(lab, m, line->critical);
}

/* The plane of the two rates: on a ray nu = kappa mu no mu is stable iff the flow does not attract
 * at kappa, and the missing rays are wedges between the crossings. */
void sg_dy8_line_rays(struct sg_lab *lab, const struct sg_deep_step *m,
                      const struct sg_cert_minimum *minimum)
{
    enum { RAYS = 49 };
    struct sg_cert_deep *deep;
    size_t wrong = 0;
    if (lab->trial->replicate > 0 || lab->status != SG_OK || m->run->size > SG_DY8_LINE_MOST ||
        !sg_lab_has_exact(lab) || sg_cert_deep_alloc(&deep, minimum) != SG_OK)
        return;
    struct sg_cert_line *line = SG_TAKE(lab, 1, struct sg_cert_line);
    const enum sg_status fate = sg_cert_deep_line(line, deep);
    sg_cert_deep_free(deep);
    for (int i = 0; i < RAYS; i++) {
        const double kappa = pow(10, -6 + 0.25 * i);
        size_t k = 0;
        double mu;
        double complex at;
        while (k < line->n && line->crossing[k].kappa.high < kappa)
            k++;
        sg_lab_try(lab, sg_closed_deep_normal_limit(&mu, &at, m->normal, kappa));
        wrong += (mu > 0) != (line->fate[k] == SG_OK);
    }
    sg_dy8_line_record(lab, minimum, line, fate, fate == SG_OK ? "wedge-proved rays-proved"
                                                               : "wedge-proved");
    sg_lab_proved(lab, "wedge-proved", "above kappa_c every ray has a stable step size", fate,
                  SG_OK, "exact over Q, the full flow");
    if (fate != SG_OK)
        return;
    sg_lab_count(lab, SG_CERTIFIED, "rays-proved", "rays, kappa = 1e-6 to 1e6, on which the closed "
                 "limit of mu is 0 and the flow over Q attracts, or the reverse", wrong, 0,
                 "exact over Q, Sturm's chain on the axis");
    note_line(lab, line);
}

/* At the case's own kappa: the counts, against floating point. */
void sg_dy8_line_at(struct sg_lab *lab, const struct sg_dy8 *m,
                    const struct sg_cert_minimum *minimum, double mu, double nu)
{
    struct sg_cert_sides sides;
    size_t right = 0;
    if (!m->line)
        return;
    const struct sg_deep_mode *mode = sg_dy8_modes_at(lab, m, m->run->nu / m->run->mu, NULL, NULL);
    for (size_t i = 0; i < m->n; i++)
        right += sg_deep_mode_side(&mode[i]) > 0;
    const enum sg_status fate = sg_cert_minimum_sides(&sides, minimum, mu, nu);
    sg_lab_record_sides(lab, "right-exact zeros-exact", minimum, mu, nu, fate, &sides, NULL);
    sg_lab_count(lab, SG_CERTIFIED, "right-exact", "eigenvalues right of the axis: in floating "
                 "point, against the full flow over Q", right, sides.right,
                 "exact over Q, Sturm's chain on the axis");
    sg_lab_count(lab, SG_CERTIFIED, "zeros-exact", "its eigenvalues 0 over Q, against the "
                 "dimension of the manifold of rests", sides.zeros, sides.rests, "exact over Q, "
                 "and exact ranks");
}

/* From the smallest kappa_0 of floating point on each is in an enclosure of its own, and none is
 * missed.  Smaller ones are lost among the eigenvalues 0 of -G^+ D Pi_H Q. */
void sg_dy8_line_crossings(struct sg_lab *lab, const struct sg_dy8 *m,
                           const struct sg_cert_minimum *minimum, const double *kappa,
                           const double *error, size_t n)
{
    static const double NONE_ABOVE = 1e-6;
    const double least = n > 0 ? kappa[0] - error[0] : NONE_ABOVE;
    size_t proved = 0;
    if (!m->line)
        return;
    for (size_t k = 0; k < m->line->n; k++) {
        const struct sg_cert_crossing *c = &m->line->crossing[k];
        if (!c->real || !(c->kappa.high > least))
            continue;
        const size_t i = proved++;
        if (i < n)
            sg_lab_enclosed(lab, "crossing-proved", "kappa_0 of -G^+ D Pi_H Q in floating point, "
                            "in its exact enclosure", kappa[i], c->kappa.low, c->kappa.high, WIDTH,
                            (struct sg_tol){error[i], "10 size u |J| times the condition number, "
                                            "over the speed of passage", 0});
    }
    sg_lab_count(lab, SG_CERTIFIED, "crossings-proved", "kappa_0 in floating point, against how "
                 "many there are over Q from the smallest of these on (1e-6, if there are none)",
                 n, proved, "exact over Q, Descartes' rule");
    sg_dy8_line_record(lab, minimum, m->line, SG_OK,
                       sg_lab_format(lab, "attracts-proved crossings-proved%s%s",
                                     m->line->n > 0 ? " kappa-critical" : "",
                                     n > 0 && proved > 0 ? " crossing-proved" : ""));
}
