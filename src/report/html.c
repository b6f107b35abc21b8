/* A page that is one file: its style and its pictures inside, no script, no network. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/regular.h"
#include "report/html.h"
#include "report/squeeze.h"

void sg_html_begin(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
          "content=\"width=device-width, initial-scale=1\"/>\n"
          "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>",
          out);
    sg_html_text(out, title);
    fputs("</title>\n<style>\n", out);
    for (size_t k = 0; sg_html_style[k]; k++)
        fputs(sg_html_style[k], out);
    fputs("</style>\n</head>\n<body>\n", out);
}

void sg_html_end(FILE *out)
{
    fputs("</body>\n</html>\n", out);
}

void sg_html_text(FILE *out, const char *text)
{
    for (size_t length; *text; text += length) {
        length = sg_base_printable(text);
        switch (*text) {
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '&': fputs("&amp;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\n':
        case '\t': fputc(' ', out); break;
        default:                         /* a byte that a terminal would obey, or none of UTF-8 */
            if (length == 0)
                fprintf(out, "\\x%02x", (unsigned)(unsigned char)*text);
            else
                fwrite(text, 1, length, out);
        }
        length += length == 0;
    }
}

void sg_html_mathematics(FILE *out, const char *text)
{
    char *shown = sg_base_mathematics(text);
    sg_html_text(out, shown);
    free(shown);
}

void sg_html_address(FILE *out, const char *path)
{
    for (; *path; path++) {
        const unsigned char c = (unsigned char)*path;
        if (c < 128 && (isalnum(c) || strchr("-._~/", c)))
            fputc(c, out);
        else
            fprintf(out, "%%%02X", c);
    }
}

void sg_html_number(FILE *out, double value, int digits)
{
    if (isfinite(value))
        fprintf(out, "%.*g", digits, value);
    else
        fputs("\u2013", out);
}

/* ---- pictures -------------------------------------------------------------------------------- */

/* Bytes of the character at s; 0: malformed, or a control that no SVG has. */
static size_t character(const char *s)
{
    return *s == '\t' || *s == '\r' || *s == '\n' ? 1 : sg_base_printable(s);
}

bool sg_html_is_text(FILE *svg, size_t *line)
{
    char *text = NULL;
    size_t room = 0;
    bool good = true;
    *line = 0;
    for (ssize_t length; good && (length = sg_base_next_line(&text, &room, svg)) > 0;) {
        ++*line;
        const char *s = text, *const end = text + length;
        while (s < end && character(s) > 0)
            s += character(s);
        good = s == end;
    }
    free(text);
    rewind(svg);
    return good;
}

static char *read_all(FILE *file)
{
    char *text = NULL;
    size_t room = 0;
    if (getdelim(&text, &room, '\0', file) < 0) {          /* sg_html_is_text: there is no NUL */
        free(text);
        text = sg_base_format("%s", "");
    }
    rewind(file);
    return text;
}

char *sg_html_svg(FILE *svg)
{
    static const char type[] = "data:image/svg+xml,";
    char *raw = read_all(svg), *text = sg_squeeze_svg(raw),
         *out = SG_NEW(sizeof type + 3 * strlen(text), char), *to = out + sizeof type - 1;
    memcpy(out, type, sizeof type);
    for (const char *s = text; *s; s++) {
        const unsigned char c = (unsigned char)*s;
        if (c >= ' ' && c < 127 && !strchr("\"#%&<", c))
            *to++ = *s;
        else
            to += sprintf(to, "%%%02X", (unsigned)c);
    }
    *to = '\0';
    free(raw);
    free(text);
    return out;
}

void sg_html_png(FILE *out, FILE *png)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    fputs("data:image/png;base64,", out);
    unsigned char b[3];
    for (size_t got; (got = fread(b, 1, 3, png)) > 0;) {
        const unsigned long bits = (unsigned long)b[0] << 16 |
                                   (got > 1 ? (unsigned long)b[1] << 8 : 0) | (got > 2 ? b[2] : 0);
        fputc(digit[bits >> 18 & 63], out);
        fputc(digit[bits >> 12 & 63], out);
        fputc(got > 1 ? digit[bits >> 6 & 63] : '=', out);
        fputc(got > 2 ? digit[bits & 63] : '=', out);
    }
}
