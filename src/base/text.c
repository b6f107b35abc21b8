/* Text from outside in a message: on one line, shortened, with nothing in it that could break or
 * reorder the line.  And how far two words are apart, for "did you mean". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/base.h"

size_t sg_base_printable(const char *s)
{
    SG_REQUIRE(s);
    /* U+0080 to U+009F are controls */
    static const uint32_t least[] = {0, 0, 0xa0, 0x800, 0x10000};
    const unsigned char lead = (unsigned char)s[0];
    if (lead < 0x80)
        return lead >= 0x20 && lead < 0x7f;
    const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    uint32_t code = lead & (0x7fu >> length);
    if (lead < 0xc2 || lead > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        /* also the final NUL: nothing is read beyond it */
        if (((unsigned char)s[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | ((unsigned char)s[i] & 0x3fu);
    }
    const bool surrogate = code >= 0xd800 && code <= 0xdfff, beyond = code > 0x10ffff;
    const bool layout = code == 0x61c || code == 0x200e || code == 0x200f || code == 0xfeff ||
                        (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return code < least[length] || surrogate || beyond || layout ? 0 : length;
}

void sg_base_escape(char *out, size_t size, const char *text)
{
    SG_REQUIRE(out && text);
    size_t used = 0;
    SG_REQUIRE(size > sizeof "...");
    while (*text != '\0') {
        const size_t length = sg_base_printable(text), need = length == 0 ? 4 : length;
        if (used + need + sizeof "..." > size) {
            memcpy(out + used, "...", sizeof "...");
            return;
        }
        if (length == 0)
            snprintf(out + used, size - used, "\\x%02x", (unsigned)(unsigned char)*text);
        else
            memcpy(out + used, text, length);
        used += need;
        text += length == 0 ? 1 : length;
    }
    out[used] = '\0';
}

struct sg_shown sg_base_show(const char *text, size_t most)
{
    struct sg_shown shown = {""};
    SG_REQUIRE(most + sizeof "..." <= sizeof shown.text);
    sg_base_escape(shown.text, most + sizeof "...", text);
    return shown;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Wagner and Fischer's recurrence (1974), one row. */
size_t sg_base_edit_distance(const char *a, const char *b)
{
    SG_REQUIRE(a && b);
    enum { COMPARED = 64 };
    size_t row[COMPARED + 1];
    const size_t n = strnlen(a, COMPARED), m = strnlen(b, COMPARED);
    for (size_t j = 0; j <= m; j++)
        row[j] = 2 * j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = 2 * i;
        for (size_t j = 1; j <= m; j++) {
            const size_t change = a[i - 1] == b[j - 1]                 ? 0
                                  : lower(a[i - 1]) == lower(b[j - 1]) ? 1
                                                                       : 2;
            size_t best = diagonal + change;
            diagonal = row[j];
            best = best < row[j] + 2 ? best : row[j] + 2;
            row[j] = best < row[j - 1] + 2 ? best : row[j - 1] + 2;
        }
    }
    return row[m];
}

void sg_base_shortest(char text[SG_SHORTEST], double number, int digits)
{
    SG_REQUIRE(text);
    do
        snprintf(text, SG_SHORTEST, "%.*g", digits, number);
    while (strtod(text, NULL) != number && ++digits <= 17);
}
