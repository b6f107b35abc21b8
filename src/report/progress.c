/* Progress: one line on a terminal, nothing in a pipe. */
#include <unistd.h>

#include "synthgrad/report.h"

static void draw(const struct sg_progress *p)
{
    const double elapsed = sg_base_seconds() - p->started;
    if (!p->terminal)
        return;
    fprintf(stderr, "\r\033[K%s: %zu of %zu", p->what, p->done, p->total);
    if (p->done > 0 && p->done < p->total)
        fprintf(stderr, ", about %.0f s left", elapsed / (double)p->done * (double)(p->total - p->done));
    fflush(stderr);
}

void sg_report_progress_begin(struct sg_progress *p, const char *what, size_t total)
{
    *p = (struct sg_progress){.what = what, .total = total, .started = sg_base_seconds(), .terminal = isatty(STDERR_FILENO) == 1};
    draw(p);
}

void sg_report_progress_step(struct sg_progress *p)
{
    p->done++;
    draw(p);
}

void sg_report_progress_clear(const struct sg_progress *p)
{
    if (p->terminal)
        fputs("\r\033[K", stderr);
}
