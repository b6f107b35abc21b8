/* Progress: one line on a terminal, nothing in a pipe. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "synthgrad/report.h"

static void draw_left(double seconds)
{
    if (seconds < 120)
        fprintf(stderr, ", about %.0f s left", seconds);
    else
        fprintf(stderr, ", about %.0f min left", seconds / 60);
}

static void draw(const struct sg_progress *p)
{
    const double now = sg_base_seconds();
    if (!p->terminal)
        return;
    fprintf(stderr, "\r\033[K%s: %zu", p->what, p->done);
    if (p->total > 0)
        fprintf(stderr, " of %zu", p->total);
    if (p->note[0])
        fprintf(stderr, "; %s", p->note);
    if (p->piece_total > 0) {
        fprintf(stderr, "; %s: %zu of %zu", p->piece, p->piece_done, p->piece_total);
        if (p->piece_done > p->piece_first)
            draw_left((now - p->piece_started) / (double)(p->piece_done - p->piece_first) *
                      (double)(p->piece_total - p->piece_done));
    } else if (p->done > p->kept && p->done < p->total) {
        draw_left((now - p->started) / (double)(p->done - p->kept) * (double)(p->total - p->done));
    }
    fflush(stderr);
}

void sg_report_progress_begin(struct sg_progress *p, const char *what, size_t total)
{
    SG_REQUIRE(p);
    /* Who reads a pipe may write to this very terminal, in the middle of the line. */
    struct stat out;
    const char *term = getenv("TERM");
    const bool piped = fstat(STDOUT_FILENO, &out) == 0 && S_ISFIFO(out.st_mode),
               erases = term && *term && strcmp(term, "dumb") != 0;
    *p = (struct sg_progress){.what = what,
                              .total = total,
                              .started = sg_base_seconds(),
                              .terminal = isatty(STDERR_FILENO) == 1 && erases && !piped};
    draw(p);
}

void sg_report_progress_step(struct sg_progress *p)
{
    SG_REQUIRE(p);
    p->done++;
    draw(p);
}

void sg_report_progress_at(struct sg_progress *p, size_t done, size_t kept, const char *note)
{
    SG_REQUIRE(p);
    p->done = done;
    p->kept = kept;
    snprintf(p->note, sizeof p->note, "%s", note);
    draw(p);
}

void sg_report_progress_piece(struct sg_progress *p, const char *what, size_t done, size_t total)
{
    SG_REQUIRE(p);
    if (strcmp(p->piece, what) != 0) {
        snprintf(p->piece, sizeof p->piece, "%s", what);
        p->piece_started = sg_base_seconds();
        p->piece_first = done;
    }
    p->piece_done = done;
    p->piece_total = done < total ? total : 0;
    draw(p);
}

void sg_report_progress_clear(const struct sg_progress *p)
{
    SG_REQUIRE(p);
    if (p->terminal)
        fputs("\r\033[K", stderr);
}
