/* Is a rule's effect on representations more than chance, and how large is it beside a start's? */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "lab/representation.h"

/* term (S x S): d(x_i, y_j) + d(y_i, x_j) - d(x_i, x_j) - d(y_i, y_j).  The energy is its mean over
 * i != j.  x_i and y_i in each other's place turn the sign of row and column i. */
static double energy_of(const double *term, const bool *swapped, size_t starts)
{
    double sum = 0;
    for (size_t i = 0; i < starts; i++)
        for (size_t j = i + 1; j < starts; j++)
            sum += swapped[i] == swapped[j] ? term[i * starts + j] : -term[i * starts + j];
    return sum / (double)sg_lab_pairs(starts);
}

/* Pattern 0 is what was seen.  The last start keeps its place: all signs together change nothing.
 */
static void draw_pattern(bool *swapped, size_t pattern, size_t starts, struct sg_rng *rng)
{
    for (size_t i = 0; i + 1 < starts; i++)
        swapped[i] = pattern > 0 && (starts <= SG_ENERGY_EXACT ? pattern >> i & 1
                                                               : sg_base_rng_index(rng, 2) == 1);
}

/* Equal energies of two patterns differ by the rounding of a sum of S^2 / 2 terms. */
static void test(struct sg_energy *e, const double *term, size_t starts, struct sg_rng *rng)
{
    const size_t patterns =
        starts <= SG_ENERGY_EXACT ? (size_t)1 << (starts - 1) : (size_t)SG_ENERGY_DRAWN;
    const double slack = (double)(starts * starts) * SG_UNIT_ROUNDOFF *
                         sg_base_max_abs(term, starts * starts);
    bool *swapped = SG_NEW(starts, bool);
    size_t as_large = 0;
    for (size_t pattern = 0; pattern < patterns; pattern++) {
        draw_pattern(swapped, pattern, starts, rng);
        as_large += !(energy_of(term, swapped, starts) < e->energy - slack);
    }
    e->p = (double)as_large / (double)patterns;
    e->floor = 1 / (double)patterns;
    free(swapped);
}

struct sg_energy sg_lab_energy(const double *similarity, size_t starts, struct sg_rng *rng)
{
    SG_REQUIRE(starts >= 2);
    struct sg_energy e = {0};
    const size_t wide = 2 * starts;
    const double share = 1 / (double)(starts * (starts - 1));
    double *term = SG_NEW(starts * starts, double);
    for (size_t i = 0; i < starts; i++)
        for (size_t j = 0; j < starts; j++) {
            if (i == j)
                continue;
            const double *x = similarity + i * wide, *y = similarity + (starts + i) * wide;
            e.within_x += share * (1 - x[j]);
            e.within_y += share * (1 - y[starts + j]);
            e.across += share * (1 - x[starts + j]);
            term[i * starts + j] = x[j] + y[starts + j] - x[starts + j] - y[j];
        }
    e.energy = 2 * e.across - e.within_x - e.within_y;
    e.ratio = e.energy / ((e.within_x + e.within_y) / 2);
    test(&e, term, starts, rng);
    free(term);
    return e;
}
