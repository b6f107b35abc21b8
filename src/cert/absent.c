/* Without FLINT or Arb nothing is proved: every certificate is undecided, its outputs are NaN. */
#include "synthgrad/cert.h"

#define NOTHING ((struct sg_interval){SG_NAN, SG_NAN})

#ifndef SG_HAVE_ARB
enum sg_status sg_cert_radius(struct sg_interval *radius, const double *a, size_t n, double width)
{
    (void)a, (void)n, (void)width;
    *radius = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_growth(double *growth, const double *a, size_t n)
{
    (void)a, (void)n;
    *growth = SG_NAN;
    return SG_UNPROVED;
}

enum sg_status sg_cert_moments(struct sg_interval *lambda_x, struct sg_interval *lambda_z,
                               const struct sg_cert_data *data)
{
    (void)data;
    *lambda_x = *lambda_z = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_curvature(struct sg_interval *least, struct sg_interval *most,
                                 const struct sg_cert_data *data)
{
    (void)data;
    *least = *most = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_step_radius(struct sg_interval *radius, const struct sg_cert_data *data,
                                   const struct sg_cert_step *step, double width)
{
    (void)data, (void)step, (void)width;
    *radius = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_frozen_radius(struct sg_interval *radius, const struct sg_cert_data *data,
                                     double mu, const double *A, double width)
{
    (void)data, (void)mu, (void)A, (void)width;
    *radius = NOTHING;
    return SG_UNPROVED;
}

void sg_cert_frozen_limit(enum sg_status *below, enum sg_status *beyond,
                          const struct sg_cert_data *data, struct sg_interval mu, const double *A)
{
    (void)data, (void)mu, (void)A;
    *below = *beyond = SG_UNPROVED;
}

enum sg_status sg_cert_rates(const struct sg_cert_data *data, struct sg_interval mu,
                             struct sg_interval nu, double beta)
{
    (void)data, (void)mu, (void)nu, (void)beta;
    return SG_UNPROVED;
}

enum sg_status sg_cert_delay_radius(struct sg_interval *radius, double a, size_t tau, double width)
{
    (void)a, (void)tau, (void)width;
    *radius = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_delay_side(double a, size_t tau)
{
    (void)a, (void)tau;
    return SG_UNPROVED;
}

struct sg_interval sg_cert_delay_limit(size_t tau)
{
    (void)tau;
    return NOTHING;
}

enum sg_status sg_cert_basin(double *radius, double *contraction, const struct sg_cert_data *data,
                             double mu, double nu)
{
    (void)data, (void)mu, (void)nu;
    *radius = *contraction = SG_NAN;
    return SG_UNPROVED;
}

enum sg_status sg_cert_iterate(struct sg_cert_iterated *out, const struct sg_cert_data *data,
                               const struct sg_cert_iteration *ask)
{
    (void)data, (void)ask;
    *out = (struct sg_cert_iterated){SG_UNPROVED, SG_UNPROVED, SG_UNPROVED, SG_UNPROVED,
                                      NOTHING,     NOTHING,     NOTHING};
    return SG_UNPROVED;
}

enum sg_status sg_cert_mode(struct sg_cert_mode_look *look, size_t n_looks,
                            const struct sg_cert_mode *mode)
{
    (void)mode;
    for (size_t i = 0; i < n_looks; i++)
        look[i] = (struct sg_cert_mode_look){NOTHING, NOTHING, SG_UNPROVED};
    return SG_UNPROVED;
}

enum sg_status sg_cert_critical(struct sg_cert_critical *point, const struct sg_cert_data *data,
                                const bool *held)
{
    (void)data, (void)held;
    *point = (struct sg_cert_critical){SG_NAN, SG_NAN};
    return SG_UNPROVED;
}

enum sg_status sg_cert_unlabelled(struct sg_interval *gradient, const struct sg_cert_data *data,
                                  bool constant, const double *direction)
{
    (void)data, (void)constant, (void)direction;
    *gradient = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_log_point(struct sg_cert_log_point *point, const struct sg_cert_data *data,
                                 const double *w, const double *phi)
{
    (void)data, (void)w, (void)phi;
    *point = (struct sg_cert_log_point){SG_NAN, NOTHING, NOTHING};
    return SG_UNPROVED;
}

enum sg_status sg_cert_log_optimum(struct sg_cert_log_point *point,
                                   const struct sg_cert_data *data, const double *w)
{
    (void)data, (void)w;
    *point = (struct sg_cert_log_point){SG_NAN, NOTHING, NOTHING};
    return SG_UNPROVED;
}

enum sg_status sg_cert_log_loss(struct sg_interval *loss, const struct sg_cert_data *data,
                                const double *w)
{
    (void)data, (void)w;
    *loss = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_separates(const struct sg_cert_data *data, const double *w)
{
    (void)data, (void)w;
    return SG_UNPROVED;
}

enum sg_status sg_cert_deep_apart(struct sg_interval *distance, const struct sg_cert_data *data,
                                  const struct sg_cert_deep_apart *ask)
{
    (void)data, (void)ask;
    *distance = NOTHING;
    return SG_UNPROVED;
}

void sg_cert_descent_step(enum sg_status *tracks, enum sg_status *falls,
                          const struct sg_cert_descent *step, const struct sg_cert_data *data)
{
    (void)step, (void)data;
    *tracks = *falls = SG_UNPROVED;
}

enum sg_status sg_cert_deep_growth(double *growth, const struct sg_cert_minimum *minimum, double mu,
                                   double nu)
{
    (void)minimum, (void)mu, (void)nu;
    *growth = SG_NAN;
    return SG_UNPROVED;
}
#endif

#ifndef SG_HAVE_FLINT
enum sg_status sg_cert_minimum_sides(struct sg_cert_sides *sides,
                                     const struct sg_cert_minimum *minimum, double mu, double nu)
{
    (void)minimum, (void)mu, (void)nu;
    *sides = (struct sg_cert_sides){0};
    return SG_UNPROVED;
}

enum sg_status sg_cert_deep_alloc(struct sg_cert_deep **deep,
                                  const struct sg_cert_minimum *minimum)
{
    (void)minimum;
    *deep = NULL;
    return SG_UNPROVED;
}

void sg_cert_deep_free(struct sg_cert_deep *deep)
{
    (void)deep;
}

enum sg_status sg_cert_deep_sides(struct sg_cert_sides *sides, const struct sg_cert_deep *deep,
                                  double mu, double nu)
{
    (void)deep, (void)mu, (void)nu;
    *sides = (struct sg_cert_sides){0};
    return SG_UNPROVED;
}

bool sg_cert_deep_brackets(const struct sg_cert_deep *deep, double mu, double nu, double low,
                           double high)
{
    (void)deep, (void)mu, (void)nu, (void)low, (void)high;
    return false;
}

enum sg_status sg_cert_deep_line(struct sg_cert_line *line, const struct sg_cert_deep *deep)
{
    (void)deep;
    *line = (struct sg_cert_line){.critical = {SG_NAN, SG_NAN}};
    return SG_UNPROVED;
}

enum sg_status sg_cert_ledger_step(const struct sg_cert_ledger *net)
{
    (void)net;
    return SG_UNPROVED;
}

enum sg_status sg_cert_inexact_factor(struct sg_interval *factor,
                                      const struct sg_cert_inexact *step)
{
    (void)step;
    *factor = NOTHING;
    return SG_UNPROVED;
}

enum sg_status sg_cert_inexact_bound(const struct sg_cert_inexact *step, double factor)
{
    (void)step, (void)factor;
    return SG_UNPROVED;
}

enum sg_status sg_cert_triple_ratio(struct sg_interval *ratio, const struct sg_cert_inexact *step,
                                    const struct sg_cert_triple *triple)
{
    (void)step, (void)triple;
    *ratio = NOTHING;
    return SG_UNPROVED;
}
#endif
