/* classes.h - private: the parts of an analysis under the log loss. */
#ifndef SG_ANALYZE_CLASSES_H
#define SG_ANALYZE_CLASSES_H

#include "analyze/check.h"
#include "synthgrad/logloss.h"

/* The table as asked for and with standardised columns, y encoded (0/1 or one-hot), and the fits of
 * both. */
struct sg_class_tables {
    struct sg_data asked, standard;
    struct sg_design standard_design;
    struct sg_fit *asked_fit, *standard_fit;
    double *y;                                /* the target as it is in the file */
};
enum sg_status sg_class_read(struct sg_class_analysis *a, struct sg_class_tables *t,
                             const struct sg_table *table, const char *path, const char *target,
                             struct sg_error *err) SG_MUST_CHECK;
void sg_class_tables_free(struct sg_class_tables *t);

/* The same fitted scores in two bases of the columns' span. */
struct sg_class_subject {
    struct sg_data span;               /* sqrt(n) times orthonormal columns, n x rank:
                                          regressions keep their digits */
    struct sg_data run;                /* the design as asked for, or the part of its row space that
                                          training moves in: n x rank */
    struct sg_log_point *optimum;      /* NULL: undecided */
    struct sg_log_point *sg;           /* where the linear SG rests, w in run's coordinates; NULL:
                                          undecided.  May be the optimum itself */
};

/* The joint step at the SG's point.  Hypothesis: sg is finite.  SG_SINGULAR: the SG's
 * optimum is not unique there. */
enum sg_status sg_class_localise(struct sg_class_local *local, const struct sg_log_point *sg,
                                 const struct sg_data *run) SG_MUST_CHECK;

/* Fills a's rows and the check's verdict. */
enum sg_status sg_class_check(struct sg_class_analysis *a,
                              const struct sg_class_subject *subject) SG_MUST_CHECK;

#endif
