/* An SVG in fewer bytes.  gnuplot writes 1000 units for the width of a figure, so that a tenth of
 * a unit is a fifteenth of a millimetre on a slide of one and a half metres. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/squeeze.h"
#include "synthgrad/base.h"

enum { UNIT = 10 };              /* in tenths */
static const double FAR = 1e6;      /* no figure has such a coordinate */
static const char blanks[] = " \t\r\n";

/* ---- what draws nothing ---------------------------------------------------------------------- */

/* Where an element that only names something, title or desc, and begins at s ends, or NULL. */
static char *name_element(char *s)
{
    char *end = NULL;
    if (strncmp(s, "<title>", 7) == 0)
        end = strstr(s, "</title>");
    else if (strncmp(s, "<desc>", 6) == 0)
        end = strstr(s, "</desc>");
    return end ? strchr(end, '>') + 1 : NULL;
}

/* Where a filter that begins at s, and that nothing in the drawing refers to, ends, or NULL. */
static char *unused_filter(char *s, const char *svg)
{
    char id[32], reference[34];
    if (sscanf(s, "<filter id='%31[a-z]'", id) != 1)
        return NULL;
    sprintf(reference, "#%s", id);
    char *end = strstr(s, "</filter>");
    return end && !strstr(svg, reference) ? end + strlen("</filter>") : NULL;
}

/* Where an empty group <g ...> </g> that begins at s ends, or NULL. */
static char *empty_group(char *s)
{
    if (strncmp(s, "<g ", 3) != 0 && strncmp(s, "<g>", 3) != 0)
        return NULL;
    s += strcspn(s, ">");
    if (*s != '>' || s[-1] == '/')
        return NULL;
    s += 1 + strspn(s + 1, blanks);
    return strncmp(s, "</g>", 4) == 0 ? s + 4 : NULL;
}

/* An <img> shows no names, so that nobody misses them. */
static void drop_silent(char *svg)
{
    bool dropped = true;
    while (dropped) {
        char *to = svg;
        dropped = false;
        for (char *from = svg; *from;) {
            char *end = *from == '<' ? empty_group(from) : NULL;
            if (!end && *from == '<' && !(end = name_element(from)))
                end = unused_filter(from, svg);
            if (end) {
                from = end;
                dropped = true;
            } else
                *to++ = *from++;
        }
        *to = '\0';
    }
}

/* ---- paths ----------------------------------------------------------------------------------- */

/* Tenths as a decimal number, with a blank before it unless it has a sign or stands first. */
static char *put_tenths(char *to, long tenths, bool first)
{
    const long size = labs(tenths);
    if (tenths < 0)
        *to++ = '-';
    else if (!first)
        *to++ = ' ';
    if (size >= 10 || size == 0)
        to += sprintf(to, "%ld", size / 10);
    if (size % 10)
        to += sprintf(to, ".%ld", size % 10);
    return to;
}

/* Does this path consist of M, L and Z with pairs of numbers, in units large enough to round? */
static bool is_polyline(const char *d, const char *end)
{
    double largest = 0;
    for (const char *s = d; s < end;) {
        char *after;
        s += strspn(s, " \t\r\nMLZz,");
        if (s >= end)
            break;
        const double value = strtod(s, &after);
        if (after == s || !(fabs(value) < FAR))
            return false;
        largest = fmax(largest, fabs(value));
        s = after;
    }
    return largest >= 20;
}

/* Of points nearer than a unit to the one before only the last is kept.  Differences are taken
 * rounded points, so that errors do not add up. */
static char *put_polyline(char *to, const char *d, const char *end)
{
    long at[2] = {0, 0};
    char last = '\0';
    for (const char *s = d; s < end;) {
        s += strspn(s, blanks);
        if (s >= end)
            break;
        char command = 'L';
        if (strchr("MLZz", *s))
            command = *s++;
        if (command == 'Z' || command == 'z') {
            *to++ = last = 'z';
            continue;
        }
        char *after;
        const long x = lround(10 * strtod(s, &after));
        s = after + strspn(after, ", \t\r\n");
        const long y = lround(10 * strtod(s, &after));
        s = after + strspn(after, blanks);
        const bool goes_on = s < end && !strchr("MZz", *s);
        if (command == 'L' && goes_on && labs(x - at[0]) < UNIT && labs(y - at[1]) < UNIT)
            continue;
        const char relative = command == 'M' ? 'M' : 'l';
        const bool named = relative == 'M' || relative != last;
        if (named)
            *to++ = relative;
        to = put_tenths(to, relative == 'M' ? x : x - at[0], named);
        to = put_tenths(to, relative == 'M' ? y : y - at[1], false);
        at[0] = x;
        at[1] = y;
        last = relative;
    }
    return to;
}

/* ---- attributes ---------------------------------------------------------------------------- */

/* A value: one blank for many, none after "(" or ",", and a tenth of a unit in translate(x,y). */
static char *put_value(char *to, const char *s, const char *end)
{
    double x, y;
    int length = 0;
    if (sscanf(s, "translate(%lf,%lf)%n", &x, &y, &length) == 2 && length > 0) {
        to += sprintf(to, "translate(%.*g,%.*g)", fabs(x) < 1000 ? 4 : 5, x,
                      fabs(y) < 1000 ? 4 : 5, y);
        s += length;
    }
    for (const char *begin = to; s < end;) {
        if (!strchr(blanks, *s)) {
            *to++ = *s++;
            continue;
        }
        s += strspn(s, blanks);
        if (s < end && (to == begin || !strchr("(, ", to[-1])))
            *to++ = ' ';
    }
    return to;
}

/* ---- marks ----------------------------------------------------------------------------------- */

/* gnuplot's <use xlink:href='#gpPt6' transform='translate(x,y) scale(s)' color='rgb(..)'/>. */
struct mark { int symbol; double x, y, scale; char colour[32]; };

/* Reads a mark at s; where it ends, or NULL. */
static const char *read_mark(struct mark *mark, const char *s)
{
    int length = 0;
    s += strspn(s, blanks);
    if (strncmp(s, "<use ", 5) != 0)
        return NULL;
    const int read = sscanf(s,
                            "<use xlink:href='#gpPt%d' transform='translate(%lf,%lf) "
                            "scale(%lf)' color='%31[^']'/>%n",
                            &mark->symbol, &mark->x, &mark->y, &mark->scale, mark->colour, &length);
    const bool near = read == 5 && fabs(mark->x) < FAR && fabs(mark->y) < FAR;
    return near && length > 0 ? s + length : NULL;
}

static bool same_mark(const struct mark *a, const struct mark *b)
{
    return a->symbol == b->symbol && fabs(a->scale - b->scale) < 1e-9 &&
           strcmp(a->colour, b->colour) == 0;
}

/* A run of equal marks becomes one marker at the corners of a path that is not drawn. */
static char *put_marks(char *to, const char **from, size_t number)
{
    struct mark first, mark;
    const char *end = read_mark(&first, *from), *next;
    if (!end || !(next = read_mark(&mark, end)) || !same_mark(&mark, &first) ||
        !read_mark(&mark, next) || !same_mark(&mark, &first))
        return NULL;                                    /* three are worth it */
    to += sprintf(to, "<marker id='m%zu' markerUnits='userSpaceOnUse' overflow='visible'>"
                      "<use xlink:href='#gpPt%d' transform='scale(%g)' color='",
                  number, first.symbol, first.scale);
    to = put_value(to, first.colour, first.colour + strlen(first.colour));
    to += sprintf(to, "'/></marker><path fill='none' stroke='none' marker-start='url(#m%zu)' "
                      "marker-mid='url(#m%zu)' marker-end='url(#m%zu)' d='M",
                  number, number, number);
    long at[2] = {lround(10 * first.x), lround(10 * first.y)};
    to = put_tenths(to, at[0], true);
    to = put_tenths(to, at[1], false);
    *to++ = 'l';
    *from = end;
    for (bool begin = true; (end = read_mark(&mark, *from)) && same_mark(&mark, &first);
         begin = false, *from = end) {
        const long x = lround(10 * mark.x), y = lround(10 * mark.y);
        to = put_tenths(to, x - at[0], begin);
        to = put_tenths(to, y - at[1], false);
        at[0] = x;
        at[1] = y;
    }
    to += sprintf(to, "'/>");
    return to;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Copies a tag from <...>, shorter. */
static char *put_tag(char *to, const char **from)
{
    const char *s = *from;
    while (*s && *s != '>') {
        const char *end;
        if (strncmp(s, "d='", 3) == 0 && to[-1] == ' ' && (end = strchr(s + 3, '\'')) &&
            is_polyline(s + 3, end)) {
            to += sprintf(to, "d='");
            to = put_polyline(to, s + 3, end);
            *to++ = '\'';
            s = end + 1;
        } else if (strchr("\"'", *s) && (end = strchr(s + 1, *s)) &&
                   (*s == '\'' || !memchr(s, '\'', (size_t)(end - s)))) {
            *to++ = '\'';                               /* in an address " takes three bytes */
            to = put_value(to, s + 1, end);
            *to++ = '\'';
            s = end + 1;
        } else if (strchr(blanks, *s)) {
            s += strspn(s, blanks);
            if (!strchr(" =", to[-1]) && *s != '>' && *s != '=' && strncmp(s, "/>", 2) != 0)
                *to++ = ' ';
        } else
            *to++ = *s++;
    }
    *from = s;
    return to;
}

char *sg_squeeze_svg(const char *svg)
{
    char *copy = sg_base_format("%s", svg), *to;
    /* "9e5," may become " 900000": never four times as long. */
    char *out = to = SG_NEW(4 * strlen(svg) + 1024, char);
    drop_silent(copy);
    size_t marks = 0;
    for (const char *s = copy; *s;) {
        char *after = *s == '<' ? put_marks(to, &s, marks) : NULL;
        if (after) {
            to = after;
            marks++;
        } else if (*s == '<')
            to = put_tag(to, &s);
        else if (strchr("\t\r\n", *s))
            s += strspn(s, "\t\r\n");
        else
            *to++ = *s++;
    }
    *to = '\0';
    free(copy);
    return out;
}
