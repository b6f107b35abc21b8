/* A page that is one file: its style and its pictures inside, no script, no network; for a
 * phone, a projector and paper. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "report/html.h"

static const char style[] =
    ":root{--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--page:#fff;--panel:#f6f8fa;--good:#0a6640;-"
    "-bad:#b3261e;--open:#7a5500;--link:#0550ae}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--line:#3d444d;--page:#"
    "0d1117;--panel:#161b22;--good:#3fb950;--bad:#ff7b72;"
    "--open:#e3b341;--link:#79c0ff}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:70rem;padding:1rem 1.2rem 4rem;font:1rem/1.55 "
    "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;color:var(--ink);"
    "background:var(--page)}\n"
    "h1{font-size:2rem;line-height:1.2;margin:1.2rem 0 .3rem}h2{margin:3rem 0 "
    ".4rem;padding-top:.6rem;border-top:2px solid var(--line);font-size:1.4rem}\n"
    "h3{margin:1.8rem 0 "
    ".4rem;font-size:1.05rem}a{color:var(--link)}p{max-width:48rem}.soft{color:var(--soft)}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-"
    "numeric:tabular-nums}\n"
    "th{text-align:left;border-bottom:2px solid var(--line);padding:.35rem "
    ".6rem;white-space:nowrap}"
    "td{border-bottom:1px solid var(--line);padding:.35rem "
    ".6rem;vertical-align:top}.n{text-align:right;white-space:nowrap}\n"
    ".verdict{font-weight:600;white-space:nowrap}.good{color:var(--good)}.bad{color:var(--bad)}."
    "open{color:var(--open)}\n"
    "figure{margin:1rem 0;background:#fff;border:1px solid "
    "var(--line);border-radius:6px;padding:.6rem}figure img{width:100%;height:auto;display:block}"
    "figcaption{color:#57606a;font-size:.92rem;padding:.5rem .2rem 0}\n"
    "code{font:.88rem ui-monospace,'DejaVu Sans "
    "Mono',monospace;background:var(--panel);padding:.12rem "
    ".3rem;border-radius:4px;overflow-wrap:anywhere}\n"
    ".claims td:nth-child(-n+2){padding-right:.2rem}\n"
    "@media(max-width:40rem){body{padding:.6rem .7rem 3rem}h1{font-size:1.5rem}th,td{padding:.3rem "
    ".35rem}.claims{font-size:.85rem}"
    ".claims :is(th:nth-child(n+3),td:nth-child(n+4)){display:none}}\n"
    ".control{border-left:4px solid var(--line);padding:.1rem .8rem;margin:.8rem 0}\n"
    "@media "
    "print{body{max-width:none;font-size:10pt}h2{break-after:avoid}figure,tr{break-inside:avoid}a{"
    "color:inherit;text-decoration:none}"
    ".wide{overflow:visible}}\n";

void sg_html_begin(FILE *out, const char *title)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", out);
    sg_html_text(out, title);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
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

void sg_html_number(FILE *out, double value, int digits)
{
    if (isfinite(value))
        fprintf(out, "%.*g", digits, value);
    else
        fputs("&ndash;", out);
}

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
    errno = 0;
    for (ssize_t length; good && (length = getline(&text, &room, svg)) > 0;) {
        ++*line;
        const char *s = text, *const end = text + length;
        while (s < end && character(s) > 0)
            s += character(s);
        good = s == end;
    }
    if (errno == ENOMEM)
        sg_base_exhausted(1, room);
    free(text);
    rewind(svg);
    return good;
}

void sg_html_image(FILE *out, FILE *svg, const char *alternative)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    fputs("<img alt=\"", out);
    sg_html_text(out, alternative);
    fputs("\" src=\"data:image/svg+xml;base64,", out);
    unsigned char b[3];
    for (size_t got; (got = fread(b, 1, 3, svg)) > 0;) {
        const unsigned long bits = (unsigned long)b[0] << 16 |
                                   (got > 1 ? (unsigned long)b[1] << 8 : 0) | (got > 2 ? b[2] : 0);
        fputc(digit[bits >> 18 & 63], out);
        fputc(digit[bits >> 12 & 63], out);
        fputc(got > 1 ? digit[bits >> 6 & 63] : '=', out);
        fputc(got > 2 ? digit[bits & 63] : '=', out);
    }
    fputs("\">", out);
}
