/* The header of a .npy file: a Python dict of three entries,
 *
 *   {'descr': '<f8', 'fortran_order': False, 'shape': (100, 3), }
 *
 * in any order, then blanks.  Of Python's grammar this takes what numpy.save writes and no more:
 * nothing is evaluated. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/npy.h"

enum {
    HEADER_MOST = 1 << 22,    /* of 100,000 named fields; numpy.load itself stops at 10,000 bytes */
    TYPE = 32                 /* room for a type's name */
};
/* Rows; with the most columns of 8 bytes still below 2^60 bytes. */
#define ROWS_MOST ((size_t)1 << 40)

struct parser {
    struct sg_npy *npy;
    const char *at;               /* in npy->header, which ends in a NUL */
    bool latin1;                  /* the text is, else UTF-8 */
    bool has_type, has_order, has_shape;
    size_t dimensions, shape[2];
    size_t elements_capacity, names_capacity;
};

#define REFUSE(p, ...) SG_NPY_REFUSE((p)->npy->file, __VA_ARGS__)
#define AGAIN "; save the array again with numpy.save"

/* ---- the header's text ------------------------------------------------------------------ */

static enum sg_status refuse_header(const struct parser *p)
{
    return REFUSE(p, "the header is not one of numpy.save, at byte %zu: \"%s\"" AGAIN,
                  (size_t)(p->at - p->npy->header) + 1, SG_NPY_SHOW(p->at));
}

static char look(struct parser *p)
{
    p->at += strspn(p->at, " \t\n");
    return *p->at;
}

static bool take(struct parser *p, const char *word)
{
    const size_t length = strlen(word);
    (void)look(p);
    const bool there = strncmp(p->at, word, length) == 0;
    p->at += there ? length : 0;
    return there;
}

/* A text between quotes, of `*length` bytes, in the header itself.  NULL: none, or one with an
 * escape or a control character in it. */
static const char *take_text(struct parser *p, size_t *length)
{
    const char quote = look(p);
    if (quote != '\'' && quote != '"')
        return NULL;
    const char *text = p->at + 1;
    *length = strcspn(text, quote == '"' ? "\"\\" : "'\\");
    if (text[*length] != quote)
        return NULL;
    for (size_t k = 0; k < *length; k++)
        if ((unsigned char)text[k] < ' ')
            return NULL;
    p->at = text + *length + 1;
    return text;
}

/* ---- types ------------------------------------------------------------------------------ */

static enum sg_status refuse_type(const struct parser *p, const char *type)
{
    if (strchr(type, 'O') != NULL)
        return REFUSE(p, "the array holds Python objects, type %s, which only unpickling "
                      "could read; save numbers, as a.astype(float)", SG_NPY_SHOW(type));
    return REFUSE(p, "the elements are of type %s; save real numbers of at most 8 bytes, as "
                  "a.astype(float)", SG_NPY_SHOW(type));
}

/* '<f8', '>i4', '|u1', '|b1'. */
static enum sg_status take_type(struct parser *p, struct sg_npy_element *e)
{
    static const char *const sizes[] = {"f48", "i1248", "u1248", "b1"};
    char type[TYPE];
    size_t length;
    const char *text = take_text(p, &length);
    if (text == NULL)
        return refuse_header(p);
    snprintf(type, sizeof type, "%.*s", length < TYPE ? (int)length : TYPE - 1, text);
    bool known = false;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes && length == 3; k++)
        known = known || (type[1] == sizes[k][0] && strchr(sizes[k] + 1, type[2]) != NULL);
    if (!known || strchr(type[2] == '1' ? "|" : "<>", type[0]) == NULL)
        return refuse_type(p, type);
    *e = (struct sg_npy_element){
        .kind = type[1], .big = type[0] == '>', .size = (size_t)(type[2] - '0')};
    return SG_OK;
}

/* A copy of a field's name, in UTF-8. */
static char *copy_name(const struct parser *p, const char *text, size_t length)
{
    char *name = SG_NEW(2 * length + 1, char), *to = name;
    for (size_t k = 0; k < length; k++) {
        const unsigned char byte = (unsigned char)text[k];
        if (p->latin1 && byte >= 0x80) {
            *to++ = (char)(0xc0 | byte >> 6);
            *to++ = (char)(0x80 | (byte & 0x3f));
        } else {
            *to++ = (char)byte;
        }
    }
    return name;
}

/* ('dose', '<f8') */
static enum sg_status take_field(struct parser *p)
{
    struct sg_npy *n = p->npy;
    struct sg_table *table = n->table;
    size_t length;
    const char *text = take(p, "(") ? take_text(p, &length) : NULL;
    if (text == NULL || !take(p, ","))
        return refuse_header(p);
    if (n->fields == SG_TABLE_COLUMNS_MOST)
        return REFUSE(p, "the elements have more than %d fields; drop some",
                      (int)SG_TABLE_COLUMNS_MOST);
    n->element = sg_base_grow(n->element, n->fields, &p->elements_capacity, sizeof *n->element);
    table->names = sg_base_grow(table->names, n->fields, &p->names_capacity, sizeof *table->names);
    char *name = table->names[n->fields++] = copy_name(p, text, length);
    table->columns = n->fields;
    if (*name == '\0')
        return REFUSE(p, "field %zu has no name, as padding has not; save the array without, by "
                      "numpy.lib.recfunctions.repack_fields", n->fields);
    if (!sg_data_is_text(name))
        return REFUSE(p, "field %zu: the name \"%s\" is not plain text; rename it", n->fields,
                      SG_NPY_SHOW(name));
    if (look(p) == '[')
        return REFUSE(p, "field %zu (\"%s\") is structured itself; save fields of numbers",
                      n->fields, SG_NPY_SHOW(name));
    const enum sg_status status = take_type(p, &n->element[n->fields - 1]);
    if (status != SG_OK)
        return status;
    if (take(p, ","))
        return REFUSE(p, "field %zu (\"%s\") is an array itself; save fields of numbers",
                      n->fields, SG_NPY_SHOW(name));
    return take(p, ")") ? SG_OK : refuse_header(p);
}

static enum sg_status take_descr(struct parser *p)
{
    if (!take(p, "[")) {
        p->npy->element = SG_NEW(1, struct sg_npy_element);
        return take_type(p, p->npy->element);
    }
    do {
        const enum sg_status status = take_field(p);
        if (status != SG_OK)
            return status;
    } while (take(p, ",") && look(p) != ']');
    return take(p, "]") ? SG_OK : refuse_header(p);
}

/* ---- shape ------------------------------------------------------------------------------ */

static enum sg_status take_shape(struct parser *p)
{
    bool comma = false;
    if (!take(p, "("))
        return refuse_header(p);
    while (look(p) != ')') {
        size_t size = 0;
        /* Python has no number 04 */
        if (*p->at < '0' || *p->at > '9' || (*p->at == '0' && p->at[1] >= '0' && p->at[1] <= '9'))
            return refuse_header(p);
        for (; *p->at >= '0' && *p->at <= '9'; p->at++)
            size = size < ROWS_MOST ? 10 * size + (size_t)(*p->at - '0') : size;
        if (p->dimensions < 2)
            p->shape[p->dimensions] = size;
        p->dimensions++;
        comma = take(p, ",");
        if (!comma && look(p) != ')')
            return refuse_header(p);
    }
    if (p->dimensions == 1 && !comma)                       /* (4) is no tuple */
        return refuse_header(p);
    return take(p, ")") ? SG_OK : refuse_header(p);
}

/* ---- the header ------------------------------------------------------------------------- */

static enum sg_status take_entry(struct parser *p)
{
    size_t length;
    const char *start = p->at, *key = take_text(p, &length);
    if (key == NULL || !take(p, ":"))
        return refuse_header(p);
#define IS(word) (length == strlen(word) && memcmp(key, (word), length) == 0)
    if (IS("descr") && !p->has_type) {
        p->has_type = true;
        return take_descr(p);
    }
    if (IS("shape") && !p->has_shape) {
        p->has_shape = true;
        return take_shape(p);
    }
    if (IS("fortran_order") && !p->has_order) {
        p->has_order = true;
        p->npy->fortran = take(p, "True");
        return p->npy->fortran || take(p, "False") ? SG_OK : refuse_header(p);
    }
#undef IS
    p->at = start;
    return refuse_header(p);
}

static enum sg_status take_header(struct parser *p)
{
    if (!take(p, "{"))
        return refuse_header(p);
    while (look(p) != '}') {
        const enum sg_status status = take_entry(p);
        if (status != SG_OK)
            return status;
        if (!take(p, ",") && look(p) != '}')
            return refuse_header(p);
    }
    if (!take(p, "}") || look(p) != '\0' || !p->has_type || !p->has_order || !p->has_shape)
        return refuse_header(p);
    return SG_OK;
}

/* The text of the header. */
static enum sg_status read_text(struct parser *p)
{
    unsigned char b[12];                /* magic, version, length */
    size_t got, bytes;
    enum sg_status status = sg_data_stream_read(b, &got, 8, p->npy->file);
    if (status == SG_OK && got < 8)
        return REFUSE(p, "the file ends before its header" AGAIN);
    if (status == SG_OK && (b[6] < 1 || b[6] > 3 || b[7] != 0))
        return REFUSE(p, "the file is in .npy format %d.%d, read are 1.0, 2.0 and 3.0" AGAIN,
                      b[6], b[7]);
    const size_t wide = status == SG_OK && b[6] == 1 ? 2 : 4;
    if (status == SG_OK)
        status = sg_data_stream_read(b + 8, &got, wide, p->npy->file);
    if (status != SG_OK)
        return status;
    if (got < wide)
        return REFUSE(p, "the file ends before its header" AGAIN);
    bytes = (size_t)b[8] | (size_t)b[9] << 8;
    bytes |= wide == 4 ? (size_t)b[10] << 16 | (size_t)b[11] << 24 : 0;
    if (bytes > HEADER_MOST)
        return REFUSE(p, "the header is %zu bytes long, at most %d are read" AGAIN, bytes,
                      (int)HEADER_MOST);
    p->latin1 = b[6] < 3;
    p->at = p->npy->header = SG_NEW(bytes + 1, char);
    status = sg_data_stream_read(p->npy->header, &got, bytes, p->npy->file);
    if (status == SG_OK && got < bytes)
        return REFUSE(p, "the file ends within its header, after %zu of %zu bytes" AGAIN, got,
                      bytes);
    if (status == SG_OK && strlen(p->npy->header) < bytes)
        return REFUSE(p, "there is a NUL byte in the header" AGAIN);
    return status;
}

static void name_columns(struct sg_table *table, size_t columns)
{
    table->names = SG_NEW(columns, char *);
    for (size_t j = 0; j < columns; j++)
        table->names[j] = sg_base_format("c%zu", j);
    table->columns = columns;
}

static enum sg_status check_header(struct parser *p)
{
    struct sg_npy *npy = p->npy;
    const bool plain = npy->fields == 0;
    if (p->dimensions != (plain ? 2 : 1))
        return REFUSE(p, "the array has %zu dimension%s, a table has %s; save a.reshape(%s)",
                      p->dimensions, p->dimensions == 1 ? "" : "s",
                      plain ? "two, rows x columns" : "one, of rows", plain ? "len(a), -1" : "-1");
    if (plain && p->shape[1] > SG_TABLE_COLUMNS_MOST)
        return REFUSE(p, "the array has more than %d columns; drop some",
                      (int)SG_TABLE_COLUMNS_MOST);
    if (p->shape[0] == 0 || (plain && p->shape[1] == 0))
        return REFUSE(p, "there is nothing in the array; save one with rows and columns");
    if (p->shape[0] >= ROWS_MOST)
        return REFUSE(p, "the header says more rows than any file has" AGAIN);
    if (plain)
        name_columns(npy->table, p->shape[1]);
    for (size_t j = 0; j < npy->table->columns; j++)
        npy->row_bytes += npy->element[plain ? 0 : j].size;
    npy->rows = p->shape[0];
    return plain ? SG_OK : sg_data_check_names(npy->table, npy->file->path, 0, npy->file->err);
}

enum sg_status sg_npy_read_header(struct sg_npy *npy)
{
    struct parser p = {.npy = npy, .at = ""};
    enum sg_status status = read_text(&p);
    if (status == SG_OK)
        status = take_header(&p);
    return status == SG_OK ? check_header(&p) : status;
}
