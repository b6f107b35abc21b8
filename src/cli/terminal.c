/* What is written for people: as wide as their terminal, in colour only where it is one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

size_t sg_cli_width(void)
{
    enum { LEAST = 22, MOST = 98 };
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return MOST;
    return size.ws_col < LEAST ? LEAST : size.ws_col > MOST ? MOST : size.ws_col;
}

/* The bytes at the start of text that fill at most `room` columns; UTF-8, a column a character. */
static size_t bytes_of(const char *text, size_t room)
{
    size_t i = 0;
    for (size_t columns = 0; text[i]; i++) {
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
        if (columns > room)
            break;
    }
    return i;
}

void sg_cli_wrap_mathematics(FILE *out, const char *text, size_t first, size_t rest, size_t width)
{
    char *shown = sg_base_utf8() ? sg_base_mathematics(text) : NULL;
    sg_cli_wrap_text(out, shown ? shown : text, first, rest, width);
    free(shown);
}

void sg_cli_wrap_text(FILE *out, const char *text, size_t first, size_t rest, size_t width)
{
    for (size_t indent = first; *text; indent = rest) {
        size_t length = strlen(text);
        const size_t room = bytes_of(text, width - indent);
        if (length > room)
            for (length = room; length > 0 && text[length] != ' '; length--)
                ;
        if (length == 0)
            length = strcspn(text, " ");
        size_t shown = length;
        while (shown > 0 && text[shown - 1] == ' ')
            shown--;
        fprintf(out, "%*s%.*s\n", (int)indent, "", (int)shown, text);
        text += length;
        text += strspn(text, " ");
    }
}

void sg_cli_print_entry(const char *head, size_t column, const char *text)
{
    const size_t width = sg_cli_width();
    char *line = sg_base_format("%-*s%s", (int)column - 2, head, text);
    /* A narrow terminal has no room for two columns. */
    sg_cli_wrap_text(stdout, line, 2, width > 2 * column ? column : 6, width);
    free(line);
}

char *sg_cli_printable_path(const char *path)
{
    const size_t room = 4 * strlen(path) + 1;    /* \xHH for each byte */
    char *shown = SG_NEW(room, char);
    sg_base_escape(shown, room, path);
    return shown;
}

bool sg_cli_colours(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) == 1 && !(no && *no) && term && *term && strcmp(term, "dumb") != 0;
}
