/* An instance as a case file of DY8 that reproduces it: every number reads back as it is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "search/search.h"

enum { A_LINE = 6 };

/* At the least the digits that read back as the same number, and a point, so that it is a real. */
static void write_number(FILE *out, double number)
{
    char text[SG_SHORTEST];
    sg_base_shortest(text, number, 1);
    bool real = false;
    for (const char *p = text; *p; p++)
        real = real || *p == '.' || *p == 'e';
    fprintf(out, real ? "%s" : "%s.0", text);
}

static void write_list(FILE *out, const char *name, const double *a, size_t n)
{
    fprintf(out, "\n          %s = (", name);
    for (size_t i = 0; i < n; i++) {
        fprintf(out, i == 0 ? "" : i % A_LINE == 0 ? ",\n              " : ", ");
        write_number(out, a[i]);
    }
    fprintf(out, ");");
}

/* mu a power of two at most 0.1 over the spectral radius: the other modes stay where the flow has
 * them, and nu / mu is kappa exactly. */
enum sg_status sg_search_write_case(FILE *out, const struct sg_repelling *f, const char *head,
                                    unsigned steps)
{
    SG_REQUIRE(f);
    const struct sg_deep *deep = &f->deep;
    const size_t d = deep->width[0], m = deep->width[deep->n_layers];
    const bool repels = f->abscissa > SG_SEARCH_FOUND;
    const double mu = exp2(floor(log2(0.1 / f->radius)));
    double kappa = HUGE_VAL;
    const enum sg_status status = repels ? sg_search_critical_kappa(&kappa, f) : SG_OK;
    fprintf(out,
            "%s# A global minimum %s: eigenvalue %.6g%+.6g i, %.4g of the spectral radius, at "
            "kappa = nu / mu = %.4g.\n",
            head, repels ? "that repels" : "where nothing repels", creal(f->at), cimag(f->at),
            f->abscissa, f->kappa);
    fprintf(out,
            "claim = \"DY8\";  expect = \"%s\";  seed = 1;  replicates = 1;\ndata  = { kind = "
            "\"moments\"; bias = false;",
            repels ? "holds" : "fails");
    write_list(out, "S", f->S, d * d);
    write_list(out, "R", f->R, m * m);
    fprintf(out, " };\nnet   = { layers = (");
    for (size_t i = 1; i < deep->n_layers; i++)
        fprintf(out, i > 1 ? ", %zu" : "%zu", deep->width[i]);
    fprintf(out, ");");
    write_list(out, "weights", f->w, sg_closed_deep_n_w(deep));
    fprintf(
        out,
        " };\nsg    = ( { at = %zu; } );\ntrain = { form = \"sample\"; units = \"absolute\"; mu = ",
        deep->at);
    write_number(out, mu);
    fprintf(out, "; nu = ");
    write_number(out, f->kappa * mu);
    fprintf(out, ";\n          radius = 1e-8; steps = %u; };\n", steps);
    if (kappa < HUGE_VAL) {
        fprintf(out, "control = { nu = ");
        write_number(out, 1.01 * kappa * mu);
        fprintf(
            out,
            "; };                # 1 %% beyond kappa = %.6g, where the minimum begins to attract\n",
            kappa);
    }
    return status;
}
