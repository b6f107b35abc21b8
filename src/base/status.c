/* Status codes, refusals and the one comparison every verdict goes through. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "synthgrad/base.h"

const char *sg_base_status_name(enum sg_status status)
{
    switch (status) {
#define SG_STATUS_NAME(name, text) case name: return #name;
        SG_STATUS_LIST(SG_STATUS_NAME)
#undef SG_STATUS_NAME
    }
    return "unknown status";
}

const char *sg_base_status_text(enum sg_status status)
{
    switch (status) {
#define SG_STATUS_TEXT(name, text) case name: return text;
        SG_STATUS_LIST(SG_STATUS_TEXT)
#undef SG_STATUS_TEXT
    }
    return "unknown status";
}

enum sg_status sg_base_refuse(struct sg_error *err, const char *file, size_t line, const char *fmt,
                              ...)
{
    /* of a long path the end tells most, and the message needs room too */
    enum { TAIL = 200 };
    char path[2 * TAIL];
    size_t used = 0;
    SG_REQUIRE(err != NULL);
    err->text[0] = '\0';
    if (file) {
        const size_t length = strlen(file);
        const char *cut = length > TAIL ? "..." : "";
        sg_base_escape(path, sizeof path, length > TAIL ? file + length - TAIL : file);
        const int k = line ? snprintf(err->text, sizeof err->text, "%s%s:%zu: ", cut, path, line)
                           : snprintf(err->text, sizeof err->text, "%s%s: ", cut, path);
        used = k > 0 ? (size_t)k : 0;
    }
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text + used, sizeof err->text - used, fmt, args);
    va_end(args);
    return SG_BAD_INPUT;
}

_Noreturn void sg_base_abort(const char *file, int line, const char *condition)
{
    fprintf(stderr, "synthgrad: %s:%d: programmer error: not (%s)\n", file, line, condition);
    abort();
}

bool sg_base_within(double err, double tol)
{
    return err <= tol;
}

double sg_base_max(double a, double b)
{
    return (a >= b || isnan(a)) ? a : b;   /* a NaN b falls through to b */
}

double sg_base_max_abs(const double *a, size_t n)
{
    SG_REQUIRE(a || n == 0);
    double worst = 0.0;
    for (size_t i = 0; i < n; i++)
        worst = sg_base_max(worst, fabs(a[i]));
    return worst;
}

double sg_base_max_abs_diff(const double *a, const double *b, size_t n)
{
    SG_REQUIRE((a && b) || n == 0);
    double worst = 0.0;
    for (size_t i = 0; i < n; i++)
        worst = sg_base_max(worst, fabs(a[i] - b[i]));
    return worst;
}

bool sg_base_all_finite(const double *a, size_t n)
{
    SG_REQUIRE(a || n == 0);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(a[i]))
            return false;
    return true;
}

double sg_base_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sg_base_sort(double *a, size_t n)
{
    qsort(a, n, sizeof *a, ascending);
}
