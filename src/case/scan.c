/* Looks at the tokens before libconfig sees them, and refuses what libconfig would take wrongly.
 * libconfig
 *   - opens any file for @include
 *   - wraps integers beyond 32 bits
 *   - makes 1e400 infinite and "." zero
 *   - takes an unclosed comment for the end of the file
 *   - recurses as deep as the brackets
 *   - searches all keys for each new one, and moves a list for every 16 elements
 *   - leaks a string where none belongs (1.5)
 *
 * Strings and comments begin and end exactly where libconfig's lexer has them, so that nothing
 * hides between the two. */
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "case/schema.h"

enum { DEEPEST = 8, MOST_VALUES = 5000, LONGEST_NUMBER = 100 };

struct scanner {
    const struct sg_case_reader *r;
    const char *p;                     /* the next character */
    size_t line;
    /* The last token: a punctuation mark, '"' for a string, '0' a number, 'a' a name. */
    char before;
    char open[DEEPEST];                /* the brackets we are in */
    size_t open_line[DEEPEST], depth, values;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '*';
}

static bool is_value_next(const struct scanner *s)
{
    const bool in_list = s->depth && s->open[s->depth - 1] != '{';
    return s->before == '=' || s->before == '(' || s->before == '[' ||
           (s->before == ',' && in_list);
}

/* The word of a token for a message. */
static struct sg_shown token(const char *from, const char *to)
{
    char text[LONGEST_NUMBER];
    snprintf(text, sizeof text, "%.*s",
             (int)(to - from < LONGEST_NUMBER ? to - from : LONGEST_NUMBER), from);
    return sg_case_show(text);
}

/* ---- comments and strings ------------------------------------------------------------------- */

static enum sg_status scan_block_comment(struct scanner *s)
{
    const size_t line = s->line;
    for (s->p += 2; strncmp(s->p, "*/", 2) != 0; s->p++) {
        if (*s->p == '\0')
            return sg_case_refuse(s->r, line, "this comment is never closed; end it with */");
        s->line += *s->p == '\n';
    }
    s->p += 2;
    return SG_OK;
}

static enum sg_status scan_string(struct scanner *s)
{
    if (!is_value_next(s) && s->before != '"')
        return sg_case_refuse(s->r, s->line,
                              "text in a place where none belongs; "
                              "a setting reads name = \"text\";");
    for (s->p++; *s->p != '"'; s->p++) {
        if (*s->p == '\n')
            return sg_case_refuse(s->r, s->line,
                                  "this text is not closed on its line; end it with \"");
        if (strncmp(s->p, "\\x00", 4) == 0 || strncmp(s->p, "\\X00", 4) == 0)
            return sg_case_refuse(s->r, s->line, "\\x00 would end the text early; take it out");
        if (s->p[0] == '\\' && (s->p[1] == '"' || s->p[1] == '\\'))
            s->p++;
    }
    s->p++;
    s->before = '"';
    return SG_OK;
}

/* ---- numbers -------------------------------------------------------------------------------- */

static const char *skip_digits(const char *t)
{
    while (is_digit(*t))
        t++;
    return t;
}

/* [+-]digits or 0x and hexadecimal digits, with L or LL. */
static bool read_integer(const char *t, long long *value)
{
    char *end;
    const bool hex = t[0] == '0' && (t[1] == 'x' || t[1] == 'X');
    const char *digits = t + (hex ? 2 : (t[0] == '+' || t[0] == '-'));
    if (hex ? !isxdigit((unsigned char)*digits) : !is_digit(*digits))
        return false;
    /* Beyond 64 bits strtoll gives the limit, which is beyond 32 bits too. */
    *value = strtoll(t, &end, hex ? 16 : 10);
    return strcmp(end, "") == 0 || strcmp(end, "L") == 0 || strcmp(end, "LL") == 0;
}

/* A decimal number with a point, an exponent or both, and at least one digit. */
static bool is_real(const char *t)
{
    t += *t == '+' || *t == '-';
    const char *whole = skip_digits(t), *end = *whole == '.' ? skip_digits(whole + 1) : whole;
    const bool point = end != whole;
    if (whole == t && end <= whole + 1)                /* no digit on either side of the point */
        return false;
    if (*end != 'e' && *end != 'E')
        return point && *end == '\0';
    end += 1 + (end[1] == '+' || end[1] == '-');
    return is_digit(*end) && *skip_digits(end) == '\0';
}

static enum sg_status check_real(const struct scanner *s, const char *text)
{
    const double value = strtod(text, NULL);
    if (!isfinite(value))
        return sg_case_refuse(s->r, s->line,
                              "%s is beyond the largest number, 1.79e308; write a smaller one",
                              sg_case_show(text).text);
    const bool rounds_to_zero = value == 0.0 && strcspn(text, "123456789") < strcspn(text, "eE");
    if (rounds_to_zero)
        return sg_case_refuse(s->r, s->line,
                              "%s is below the smallest number and would become 0; write 0.0",
                              sg_case_show(text).text);
    return SG_OK;
}

static enum sg_status scan_number(struct scanner *s)
{
    char text[LONGEST_NUMBER + 1];
    const char *from = s->p;
    bool inside = true;
    while (inside) {
        const char c = *++s->p, last = s->p[-1];
        const bool exponent_sign = (c == '+' || c == '-') && (last == 'e' || last == 'E');
        inside = isalnum((unsigned char)c) || c == '.' || c == '_' || exponent_sign;
    }
    if (s->p - from > LONGEST_NUMBER)
        return sg_case_refuse(s->r, s->line,
                              "a number of more than %d characters; write a shorter one",
                              (int)LONGEST_NUMBER);
    snprintf(text, sizeof text, "%.*s", (int)(s->p - from), from);
    s->before = '0';
    long long value;
    if (is_real(text))
        return check_real(s, text);
    if (!read_integer(text, &value))
        return sg_case_refuse(s->r, s->line, "%s is not a number; write for example 20 or 0.5",
                              sg_case_show(text).text);
    if (value < INT_MIN || value > INT_MAX)
        return sg_case_refuse(s->r, s->line,
                              "integer %s does not fit in 32 bits; "
                              "write a smaller one, or a real such as 1e10",
                              sg_case_show(text).text);
    return SG_OK;
}

/* ---- names, brackets, marks ----------------------------------------------------------------- */

static enum sg_status scan_name(struct scanner *s)
{
    const char *from = s->p;
    while (is_name(*s->p))
        s->p++;
    const size_t length = (size_t)(s->p - from);
    const bool truth = (length == 4 && strncasecmp(from, "true", 4) == 0) ||
                       (length == 5 && strncasecmp(from, "false", 5) == 0);
    if (is_value_next(s) && !truth)
        return sg_case_refuse(s->r, s->line, "%s is not a value; text stands in quotes, \"%s\"",
                              token(from, s->p).text, token(from, s->p).text);
    s->before = 'a';
    return SG_OK;
}

static enum sg_status scan_bracket(struct scanner *s)
{
    static const char opening[] = "({[", closing[] = ")}]";
    const char c = *s->p++;
    s->before = c;
    if (strchr(opening, c)) {
        if (s->depth == DEEPEST)
            return sg_case_refuse(s->r, s->line, "brackets more than %d deep; a case needs three",
                                  (int)DEEPEST);
        s->open[s->depth] = c;
        s->open_line[s->depth++] = s->line;
        return SG_OK;
    }
    if (s->depth == 0)
        return sg_case_refuse(s->r, s->line, "%c closes nothing; take it out", c);
    const char open = s->open[--s->depth], wanted = closing[strchr(opening, open) - opening];
    if (c != wanted)
        return sg_case_refuse(s->r, s->line, "%c cannot close the %c of line %zu; write %c", c,
                              open, s->open_line[s->depth], wanted);
    return SG_OK;
}

static enum sg_status scan_mark(struct scanner *s)
{
    const char c = *s->p++;
    const bool assigns = c == '=' || c == ':';
    s->before = c;
    if (assigns)
        s->before = '=';
    if (c != ';' && ++s->values > MOST_VALUES)
        return sg_case_refuse(s->r, s->line,
                              "more than %d values, so this is not a case; name a case file",
                              (int)MOST_VALUES);
    return SG_OK;
}

static enum sg_status scan_stranger(const struct scanner *s)
{
    char text[2] = {*s->p, '\0'};
    if (*s->p == '@')
        return sg_case_refuse(s->r, s->line,
                              "@include is not allowed, a case stands alone; "
                              "copy the settings into this file");
    return sg_case_refuse(s->r, s->line,
                          "unexpected character %s; take it out, or put text in quotes",
                          sg_case_show(text).text);
}

static enum sg_status scan_token(struct scanner *s)
{
    const char c = *s->p;
    if (strchr(" \t\r\f\n", c)) {
        s->line += c == '\n';
        s->p++;
        return SG_OK;
    }
    if (c == '#' || strncmp(s->p, "//", 2) == 0) {
        s->p += strcspn(s->p, "\n");
        return SG_OK;
    }
    if (strncmp(s->p, "/*", 2) == 0)
        return scan_block_comment(s);
    if (c == '"')
        return scan_string(s);
    if (is_digit(c) || strchr("+-.", c))
        return scan_number(s);
    if (isalpha((unsigned char)c) || c == '*')
        return scan_name(s);
    if (strchr("(){}[]", c))
        return scan_bracket(s);
    return strchr("=:,;", c) ? scan_mark(s) : scan_stranger(s);
}

enum sg_status sg_case_scan(const char *text, const struct sg_case_reader *r)
{
    struct scanner s = {.r = r, .p = text, .line = 1, .before = ';'};
    enum sg_status status = SG_OK;
    while (status == SG_OK && *s.p)
        status = scan_token(&s);
    if (status == SG_OK && s.depth)
        return sg_case_refuse(r, s.open_line[s.depth - 1], "this %c is never closed; close it",
                              s.open[s.depth - 1]);
    return status;
}
