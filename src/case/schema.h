/* schema.h - private to src/case: the table of keys, the reader's state, and the few functions
 * that the files share. */
#ifndef SYNTHGRAD_CASE_SCHEMA_H
#define SYNTHGRAD_CASE_SCHEMA_H

#include <libconfig.h>

#include "synthgrad/case.h"

/* ---- the table (schema.c) ------------------------------------------------------------------- */

enum sg_group {
    SG_GROUP_TOP, SG_GROUP_DATA, SG_GROUP_NET, SG_GROUP_SG, SG_GROUP_TRAIN, SG_GROUP_CONTROL,
    SG_N_GROUPS
};

enum sg_key_type {           /* what the field at `offset` is */
    SG_KEY_INT,              /* int */
    SG_KEY_REAL,             /* double; the file may say an integer */
    SG_KEY_BOOL,             /* bool */
    SG_KEY_CHOICE,           /* int, one of choices */
    SG_KEY_WORD,             /* char[SG_CASE_TEXT_MAX], one of choices */
    SG_KEY_IDENTIFIER,       /* char[SG_CASE_TEXT_MAX], letters and digits */
    SG_KEY_TEXT,             /* char[SG_CASE_TEXT_MAX] */
    SG_KEY_TERMS,            /* unsigned, enum sg_terms */
    SG_KEY_AT,               /* int, a boundary or -1 */
    SG_KEY_INTS,             /* struct sg_int_list */
    SG_KEY_REALS,            /* struct sg_real_list */
    SG_KEY_TEXTS,            /* struct sg_text_list */
    SG_KEY_GROUP,            /* the struct of the group `holds` */
    SG_KEY_GROUP_LIST        /* an array of such structs */
};

/* A word and its value.  What kernels name has its word from their tables, through `named`. */
struct sg_case_choice { const char *name; int value; const char *(*named)(int value); };
/* NULL after the last of a key's choices. */
static inline const char *sg_case_choice_word(const struct sg_case_choice *choice)
{
    return choice->named ? choice->named(choice->value) : choice->name;
}

/* Data keys that only some kinds of data set have: a set of kinds. */
enum sg_key_only {
    SG_ANY_DATA,
    SG_ONLY_GAUSSIAN = 1 << SG_DATA_GAUSSIAN,
    SG_ONLY_CSV = 1 << SG_DATA_CSV,
    SG_ONLY_CLASSES = 1 << SG_DATA_CLASSES,
    SG_ONLY_GRID = 1 << SG_DATA_GRID,
    SG_ONLY_IDX = 1 << SG_DATA_IDX,
    SG_ONLY_DIGITS = 1 << SG_DATA_DIGITS,
    SG_ONLY_MOMENTS = 1 << SG_DATA_MOMENTS,
    SG_ONLY_MADE = SG_ONLY_GAUSSIAN | SG_ONLY_CLASSES,
    SG_ONLY_TWO_CLASSES = SG_ONLY_CLASSES | SG_ONLY_GRID,
    SG_ONLY_IMAGES = SG_ONLY_IDX | SG_ONLY_DIGITS,
    SG_ONLY_MADE_OR_IMAGES = SG_ONLY_MADE | SG_ONLY_IMAGES,
    SG_ONLY_FEATURES = SG_ONLY_CSV | SG_ONLY_IMAGES
};

struct sg_case_key {
    enum sg_group group;
    const char *name;
    size_t offset;                          /* into the struct of the group */
    enum sg_key_type type;
    double low, high;                       /* of numbers, and of each element of their lists */
    bool above;                             /* low itself is out */
    bool one_will_do;                       /* lists: x means (x) */
    size_t at_least;                        /* lists: fewest elements */
    const struct sg_case_choice *choices;   /* one without a word ends them */
    enum sg_key_only only;
    bool not_in_control;
    enum sg_group holds;
    const char *preset;                     /* the default in the file's syntax; NULL: none */
    const char *example;                    /* NULL: the default is a good one */
    const char *meaning;
};

extern const struct sg_case_key sg_case_keys[];
extern const size_t sg_case_n_keys;

/* The key of that name in a group.  The control group has the keys of data, net, sg and train.
 * NULL: the group has no such key. */
const struct sg_case_key *sg_case_find_key(enum sg_group group, const char *name);
/* The group's name for a message: "the top level", "data", ... */
const char *sg_case_group_name(enum sg_group group);
/* The word that a file has for a choice. */
const char *sg_case_choice_name(const struct sg_case_key *key, int value);
/* A value of the key that may be copied into a file. */
const char *sg_case_example(const struct sg_case_key *key);
enum { SG_CASE_WANTS_MAX = 200 };
/* Writes what a key takes into text: "an integer from 1 to 64". */
void sg_case_wants(char text[SG_CASE_WANTS_MAX], const struct sg_case_key *key);
/* Writes the kinds of data that have a key into text: "gaussian or classes". */
void sg_case_only_name(char text[SG_CASE_WANTS_MAX], enum sg_key_only only);

/* ---- the reader's state and its refusals (words.c) ------------------------------------------ */

struct sg_case_reader {
    const char *file;                        /* the path */
    struct sg_error *err;
    /* Per row of the table: does the file say it?  For a control: does the control? */
    bool given[SG_CASE_KEYS_MAX];
    /* The line that says it, else the line where its group begins, else 1. */
    size_t line[SG_CASE_KEYS_MAX];
    size_t module_line[SG_CASE_LIST_MAX];
};

/* Sets nothing given and every line 1. */
void sg_case_reader_init(struct sg_case_reader *r, const char *path, struct sg_error *err);
/* The line to blame for a key. */
size_t sg_case_line(const struct sg_case_reader *r, enum sg_group group, const char *name);
/* Writes "FILE:LINE: " and the message to r->err.  Returns SG_BAD_INPUT. */
enum sg_status sg_case_refuse(const struct sg_case_reader *r, size_t line, const char *fmt,
                              ...) SG_PRINTF(3, 4);

/* Makes a stranger's text fit for one line: control characters and broken UTF-8 as \xHH, long
 * text shortened. */
struct sg_shown sg_case_show(const char *text);
/* What keeps the text from being printed as it is in any of our files.  NULL: nothing. */
const char *sg_case_text_fault(const char *text);

/* The nearest of n candidates to a word.  NULL: none is near.  candidate(i, context) gives a
 * candidate, or NULL for one to pass over. */
const char *sg_case_nearest(const char *word, size_t n,
                            const char *(*candidate)(size_t i, const void *context),
                            const void *context);
/* Refuses a setting whose name is no key of the group, and says what the user may have meant. */
enum sg_status sg_case_refuse_key(const struct sg_case_reader *r, enum sg_group group,
                                  const config_setting_t *setting);

/* ---- steps of reading ----------------------------------------------------------------------- */

/* load.c: reads the whole file into a string that ends with a line end, without a byte-order
 * mark.  Give it to free(). */
enum sg_status sg_case_load(char **text, const struct sg_case_reader *r,
                            const char *path) SG_MUST_CHECK;
/* scan.c: refuses what libconfig would take wrongly. */
enum sg_status sg_case_scan(const char *text, const struct sg_case_reader *r) SG_MUST_CHECK;
/* read.c: calls libconfig's parser and keeps the caller's locale.  False: a syntax error. */
bool sg_case_parse(config_t *config, const char *text);
/* value.c: checks a value and puts it into the field of its key. */
enum sg_status sg_case_put(void *base, const struct sg_case_key *key, const config_setting_t *value,
                           const struct sg_case_reader *r) SG_MUST_CHECK;
/* check.c: checks what several keys have to agree on. */
enum sg_status sg_case_check(const struct sg_case *c, const struct sg_case_reader *r) SG_MUST_CHECK;
/* The boundary of module i, 1..layers + 1, with -1 resolved. */
size_t sg_case_boundary(const struct sg_case *c, size_t i);
/* The environment variables that name the folders of NIST's and MNIST's files, for what does not
 * lie beside the case. */
extern const char sg_case_nist[], sg_case_mnist[];
/* data.c: the path of an existing file.  Give it to free().  An absolute path is taken as it is.
 * suffix: what the name may lack.  NULL: not found. */
char *sg_case_find_file(const struct sg_case *c, const char *file, const char *suffix,
                        const char *variable);
/* Writes to err that a data file is in neither place.  Returns SG_IO, so that the caller may skip
 * the case. */
enum sg_status sg_case_not_found(const struct sg_case *c, const char *file,
                                 const char *variable, struct sg_error *err);
/* control.c: fills c->control and c->control_text from the control group.  Everything else in c
 * has been read before. */
enum sg_status sg_case_read_control(struct sg_case *c, const config_setting_t *group,
                                    const struct sg_case_reader *r) SG_MUST_CHECK;

#endif
