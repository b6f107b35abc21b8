/* csv.c - tables from CSV files (RFC 4180): a header of unique names, then rows
 * of finite decimal numbers.
 *
 * libcsv splits bytes into cells, in strict mode.  It is fed one physical line at a time, so that
 * every refusal names the line an editor shows, and in blocks, so that neither an endless line nor
 * an endless cell is ever held in memory.  Its callbacks cannot stop it: the first refusal is kept
 * in the reader and later callbacks do nothing.
 *
 * Blank lines at the end are fine; elsewhere they are refused, because in a file of one column a
 * blank line is an empty cell, and in a wider one most likely a lost row.  Blanks around a cell
 * or a name are not part of it.  A number too small for a double, such as 1e-400, is rounded to
 * the nearest one, as 0.1 is. */
#include <csv.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/decimal.h"
#include "data/table.h"

enum {
    BLOCK = 1 << 16,          /* bytes read at a time */
    LONGEST_CELL = 1 << 16,   /* a longer one means a forgotten quote, or no CSV file at all */
    LABEL = 128               /* room for a column's number and name in a message */
};

/* A cell or a name in a message: 40 bytes of it; lives to the end of the call it is in. */
#define SHOW(text_) (sg_base_show((text_), 40).text)
#define MEND "write a decimal number such as 12.5, for a class 0 or 1, or remove the row"
/* What else a caller can do who can leave columns and rows out. */
#define OTHERWISE(r, option) ((r)->options != NULL ? ", or use " option : "")

/* Refuses the file at a line; r->status keeps the refusal. */
#define REFUSE(r, line, ...) \
    ((r)->status = sg_base_refuse((r)->err, (r)->path, (line), __VA_ARGS__))

struct reader {
    struct csv_parser parser;
    const char *path;
    struct sg_table *table;
    const struct sg_csv_options *options;   /* or NULL: every column, no row left out */
    bool *skip;               /* columns that are left out */
    size_t kept;              /* columns that are not */
    size_t dropped;           /* rows left out */
    bool missing;             /* this row lacks a cell and is left out */
    size_t words;             /* cells of this row that are words, */
    char word[LABEL + 64], drop[256];   /* the first one in a message, and their columns' names */
    struct sg_error *err;
    enum sg_status status;    /* of the first refusal, which stays */
    locale_t c_locale;        /* a decimal point, whatever setlocale() says */
    size_t names_capacity, cells, cells_capacity, rests_capacity;
    bool in_header;
    size_t column;            /* cells of the current row already taken */
    size_t line;              /* physical line being fed, from 1 */
    size_t row_line, cell_line;   /* where the current row and the current cell begin */
    size_t first_blank;       /* the first of the blank lines just before this one, 0: none */
    bool text;                /* this line has more than blanks */
    bool open_cr;             /* the last byte fed was a CR */
};

/* ---- what a message may show ----------------------------------------------------------- */

/* The current cell in a message: column 3 ("gnp"), without the name where there is none yet. */
static const char *label(char out[LABEL], const struct reader *r)
{
    if (r->in_header || r->column >= r->table->columns)
        snprintf(out, LABEL, "column %zu", r->column + 1);
    else
        snprintf(out, LABEL, "column %zu (\"%s\")", r->column + 1,
                 SHOW(r->table->names[r->column]));
    return out;
}

/* ---- what is a number ------------------------------------------------------------------ */

static const char *skip_digits(const char *s)
{
    while (*s >= '0' && *s <= '9')
        s++;
    return s;
}

/* [+-] digits [. digits] [e [+-] digits], with a digit before or after the point.  strtod alone
 * would also take hexadecimal, "nan" and "inf". */
static bool is_decimal(const char *s)
{
    s += *s == '+' || *s == '-';
    const char *whole = s;
    s = skip_digits(s);
    size_t digits = (size_t)(s - whole);
    if (*s == '.') {
        const char *fraction = s + 1;
        s = skip_digits(fraction);
        digits += (size_t)(s - fraction);
    }
    if (digits > 0 && (*s == 'e' || *s == 'E')) {
        s++;
        s += *s == '+' || *s == '-';
        const char *exponent = s;
        s = skip_digits(s);
        if (s == exponent)
            return false;
    }
    return digits > 0 && *s == '\0';
}

/* ---- header ---------------------------------------------------------------------------- */

static void take_name(struct reader *r, const char *name)
{
    struct sg_table *table = r->table;
    if (*name == '\0') {
        REFUSE(r, r->cell_line, "column %zu has no name; name every column in the first row",
               r->column + 1);
    } else if (table->columns == SG_TABLE_COLUMNS_MOST) {
        REFUSE(r, r->cell_line,
               "the header has more than %d columns; end it with a line end, or drop columns",
               (int)SG_TABLE_COLUMNS_MOST);
    } else if (!sg_data_is_text(name)) {
        REFUSE(r, r->cell_line, "column %zu: the name \"%s\" is not plain UTF-8 text; "
               "save the file as UTF-8 or rename the column", r->column + 1, SHOW(name));
    } else {
        table->names =
            sg_base_grow(table->names, table->columns, &r->names_capacity, sizeof *table->names);
        table->names[table->columns++] = sg_base_copy(name, strlen(name) + 1, 1);
    }
}

/* Every name a number: the header is missing, and with it the first row of data would be lost. */
static bool looks_like_data(const struct sg_table *table)
{
    for (size_t j = 0; j < table->columns; j++)
        if (!is_decimal(table->names[j]))
            return false;
    return table->columns > 0;
}

static void end_header(struct reader *r)
{
    const char *only = r->table->columns == 1 ? r->table->names[0] : "";
    bool semicolons = strchr(only, ';') != NULL;
    if (semicolons || strchr(only, '\t') != NULL)
        REFUSE(r, r->row_line,
               "the header has no comma but %s; this looks like a %s-separated file, "
               "save it with commas between cells and points in numbers",
               semicolons ? "semicolons" : "tabs", semicolons ? "semicolon" : "tab");
    else if (looks_like_data(r->table))
        REFUSE(r, r->row_line,
               "the first row holds numbers only, so it looks like data and not like a header; "
               "put a row of column names above it");
    else
        r->status = sg_data_check_names(r->table, r->path, r->row_line, r->err);
    if (r->status == SG_OK)
        r->status = sg_data_choose_columns(&r->skip, r->table, r->options, r->path, r->row_line,
                                           r->err);
    for (size_t j = 0; r->status == SG_OK && j < r->table->columns; j++)
        r->kept += !r->skip[j];
}

/* ---- numbers --------------------------------------------------------------------------- */

static const char not_a_number[] = "is not a number";

/* What is wrong with a cell that is no decimal number. */
static const char *diagnose(const char *cell)
{
    const char *unsigned_cell = cell + (*cell == '+' || *cell == '-');
    if (strchr(cell, ',') != NULL && cell[strspn(cell, "0123456789,.eE+-")] == '\0')
        return "is not a number (a decimal comma?)";
    if (*cell == '#')
        return "begins with #, which is no comment in a CSV file, and is not a number";
    if (strncasecmp(unsigned_cell, "nan", 3) == 0 || strncasecmp(unsigned_cell, "inf", 3) == 0)
        return "is not a finite number";
    return not_a_number;
}

/* A first line that was no header. */
static void refuse_comment(struct reader *r)
{
    REFUSE(r, 1, "the first line begins with # and is not like the rows; a CSV file has no "
           "comments, so remove such lines");
}

/* What tables write where nothing was measured. */
static bool is_missing(const char *cell)
{
    static const char *const words[] = {"", "NA", "N/A", "NaN", "null", "None", ".", "?"};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        if (strcasecmp(cell, words[k]) == 0)
            return true;
    return false;
}

/* Keeps a word until the row ends, where all columns of words are named at once. */
static void note_word(struct reader *r, const char *cell)
{
    char where[LABEL];
    const size_t used = strlen(r->drop);
    if (r->words++ == 0)
        snprintf(r->word, sizeof r->word, "%s: \"%s\"", label(where, r), SHOW(cell));
    snprintf(r->drop + used, sizeof r->drop - used, "%s%s", used > 0 ? "," : "",
             SHOW(r->table->names[r->column]));
}

static void refuse_words(struct reader *r)
{
    const bool shown = strlen(r->drop) + 1 < sizeof r->drop && strstr(r->drop, "...") == NULL;
    REFUSE(r, r->row_line, "%s %s; " MEND ", or use --drop%s%s for %s of words",
           r->word, not_a_number, shown ? " " : "", shown ? r->drop : "",
           r->words == 1 ? "the column" : "the columns");
}

static void take_number(struct reader *r, const char *cell)
{
    struct sg_table *table = r->table;
    char where[LABEL], *end = NULL;
    const char *wrong = NULL;
    double value = 0;
    if (r->options != NULL && r->options->drop_missing && is_missing(cell)) {
        r->missing = true;
        return;
    }
    if (*cell == '\0') {
        REFUSE(r, r->cell_line, "%s: the cell is empty; " MEND "%s", label(where, r),
               OTHERWISE(r, "--drop-missing"));
        return;
    }
    if (is_decimal(cell)) {
        value = strtod_l(cell, &end, r->c_locale);
        SG_REQUIRE(*end == '\0');
        if (!isfinite(value))
            wrong = "is too large for double precision, which ends at 1.8e308";
    } else {
        wrong = diagnose(cell);
    }
    if (wrong != NULL && table->columns == 1 && table->names[0][0] == '#') {
        refuse_comment(r);
        return;
    }
    if (wrong != NULL && r->options != NULL && !is_missing(cell) && r->line == r->row_line &&
        strcmp(wrong, not_a_number) == 0) {
        note_word(r, cell);
        return;
    }
    if (wrong != NULL) {
        REFUSE(r, r->cell_line, "%s: \"%s\" %s; " MEND "%s", label(where, r), SHOW(cell), wrong,
               is_missing(cell) ? OTHERWISE(r, "--drop-missing")
                                : OTHERWISE(r, "--drop for the column"));
        return;
    }
    table->cells = sg_base_grow(table->cells, r->cells, &r->cells_capacity, sizeof *table->cells);
    if (r->options != NULL && r->options->rests) {
        table->rests =
            sg_base_grow(table->rests, r->cells, &r->rests_capacity, sizeof *table->rests);
        table->rests[r->cells] = sg_data_decimal_rest(cell, value);
    }
    table->cells[r->cells++] = value;
}

/* ---- libcsv's callbacks ---------------------------------------------------------------- */

static void refuse_long(struct reader *r)
{
    char where[LABEL];
    REFUSE(r, r->cell_line,
           "%s: the cell is longer than %d bytes; look for a quote that is never closed, "
           "or save the table as CSV",
           label(where, r), (int)LONGEST_CELL);
}

/* libcsv trims blanks outside quotes; this trims those inside, in libcsv's own buffer. */
static char *trim(char *s, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", s[len - 1]) != NULL)
        len--;
    s[len] = '\0';
    return s + strspn(s, " \t\r\n");
}

static void take_cell(void *field, size_t len, void *context)
{
    struct reader *r = context;
    if (r->status != SG_OK)
        return;
    if (len > LONGEST_CELL)
        refuse_long(r);
    else if (r->in_header)
        take_name(r, trim(field, len));
    else if (r->column < r->table->columns && !r->skip[r->column])
        /* a longer row is refused at its end, when its length is known */
        take_number(r, trim(field, len));
    r->column++;
    r->cell_line = r->line;
}

static void end_row(int terminator, void *context)
{
    struct reader *r = context;
    (void)terminator;
    if (r->status != SG_OK)
        return;
    if (r->in_header)
        end_header(r);
    else if (r->column != r->table->columns && r->table->names[0][0] == '#')
        refuse_comment(r);
    else if (r->column != r->table->columns)
        REFUSE(r, r->row_line,
               "the row has %zu cell%s but the header has %zu; give every row one cell per column, "
               "and write decimals with a point",
               r->column, r->column == 1 ? "" : "s", r->table->columns);
    else if (r->words > 0)
        refuse_words(r);
    else if (r->missing)
        r->dropped++;
    else
        r->table->rows++;
    /* what was taken of a row that is left out */
    r->cells = r->table->rows * r->kept;
    r->missing = false;
    r->in_header = false;
    r->column = 0;
}

/* ---- lines and blocks ------------------------------------------------------------------ */

/* What libcsv would let pass: NUL bytes, carriage returns on their own, blank lines. */
static void check_bytes(struct reader *r, const char *s, size_t len)
{
    const char *cr = memchr(s, '\r', len), *end = s + len;
    bool lone_cr = (r->open_cr && *s != '\n') || (cr != NULL && cr + 1 < end && cr[1] != '\n');
    r->open_cr = cr != NULL && cr + 1 == end;
    for (const char *c = s; c < end && !r->text; c++)
        r->text = strchr(" \t\r\n", *c) == NULL;
    if (memchr(s, '\0', len) != NULL)
        REFUSE(r, r->line,
               "there is a NUL byte, so this is UTF-16 or no text at all; save the table as CSV in "
               "UTF-8");
    else if (lone_cr)
        REFUSE(
            r, r->line,
            "there is a carriage return inside the line; save the file with LF or CR LF line ends");
    else if (r->text && r->first_blank != 0)
        REFUSE(r, r->first_blank,
               "the line is blank but rows follow; remove the line or fill in the row");
}

/* A strict-mode error of libcsv: the only two are a quote inside an unquoted cell and
 * text after a closing quote. */
static void refuse_syntax(struct reader *r)
{
    char where[LABEL];
    if (csv_error(&r->parser) != CSV_EPARSE)
        REFUSE(r, r->line, "%s; save the table as CSV", csv_strerror(csv_error(&r->parser)));
    else if (r->parser.quoted)
        REFUSE(r, r->line,
               "%s: the quoted cell that begins on line %zu goes on after its closing quote; "
               "put a comma there, or write \"\" for a quote inside it",
               label(where, r), r->cell_line);
    else
        REFUSE(r, r->line,
               "%s: there is a quote inside an unquoted cell; remove it, or quote the whole cell",
               label(where, r));
}

/* A line, or the part of it that lies in this block. */
static void feed(struct reader *r, const char *s, size_t len)
{
    check_bytes(r, s, len);
    if (r->status != SG_OK)
        return;
    size_t fed = csv_parse(&r->parser, s, len, take_cell, end_row, r);
    if (r->status != SG_OK)
        return;
    if (fed < len)
        refuse_syntax(r);
    else if (r->parser.entry_pos > LONGEST_CELL)
        refuse_long(r);
}

/* A row or a cell goes on over a line end only inside quotes. */
static void end_line(struct reader *r)
{
    if (!r->text && !r->parser.quoted && r->first_blank == 0)
        r->first_blank = r->line;
    r->line++;
    r->text = false;
    if (!r->parser.quoted)
        r->row_line = r->cell_line = r->line;
}

static void feed_block(struct reader *r, const char *s, size_t len)
{
    while (len > 0 && r->status == SG_OK) {
        const char *end = memchr(s, '\n', len);
        size_t piece = end != NULL ? (size_t)(end - s) + 1 : len;
        feed(r, s, piece);
        if (end != NULL)
            end_line(r);
        s += piece;
        len -= piece;
    }
}

static void end_file(struct reader *r)
{
    char where[LABEL];
    if (r->open_cr)
        REFUSE(r, r->line,
               "the file ends in a carriage return; save it with LF or CR LF line ends");
    else if (csv_fini(&r->parser, take_cell, end_row, r) != 0)
        REFUSE(r, r->cell_line,
               "%s: the quote that opens here is never closed; close it or remove it",
               label(where, r));
    else if (r->status == SG_OK && r->in_header)
        REFUSE(r, 1, "the file is empty; write a header with column names, then rows of numbers");
    else if (r->status == SG_OK && r->table->rows == 0)
        REFUSE(r, 1, r->dropped ? "every row lacks a cell; fill them in, or leave columns out"
                                : "there is a header but no row; add rows of numbers below it");
    if (r->status == SG_OK)
        sg_data_drop_columns(r->table, r->skip);
}

static void read_blocks(struct reader *r, struct sg_stream *file)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    char block[BLOCK];
    size_t len = 0, skip = 0;
    bool first = true;
    do {
        const enum sg_status status = sg_data_stream_read(block, &len, sizeof block, file);
        if (status != SG_OK) {
            r->status = status;
            return;
        }
        skip = first && len >= 3 && memcmp(block, byte_order_mark, 3) == 0 ? 3 : 0;
        first = false;
        feed_block(r, block + skip, len - skip);
    } while (len > 0 && r->status == SG_OK);
    if (r->status == SG_OK)
        end_file(r);
}

enum sg_status sg_data_csv_from_stream(struct sg_table *table, size_t *dropped,
                                       const struct sg_csv_options *options, struct sg_stream *file)
{
    struct reader r = {.table = table, .options = options, .path = file->path, .err = file->err,
                       .in_header = true, .line = 1, .row_line = 1, .cell_line = 1};
    r.c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (r.c_locale == (locale_t)0)
        sg_base_exhausted(1, sizeof(locale_t));
    SG_REQUIRE(csv_init(&r.parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) == 0);
    /* by default it grows by 128 bytes, too often for a long cell */
    csv_set_blk_size(&r.parser, 4096);
    read_blocks(&r, file);
    csv_free(&r.parser);
    freelocale(r.c_locale);
    free(r.skip);
    *dropped = r.dropped;
    return r.status;
}
