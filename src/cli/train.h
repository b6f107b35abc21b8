/* train.h - private: a training's numbers as text, JSON and columns. */
#ifndef SG_CLI_TRAIN_H
#define SG_CLI_TRAIN_H

#include <stddef.h>
#include <stdio.h>

#include "synthgrad/study.h"

/* A number of a look, a layer or an SG: its name in files, and where it is in its struct. */
struct sg_train_field { const char *name; size_t offset; };
/* Without a name after the last. */
extern const struct sg_train_field sg_train_look_fields[], sg_train_layer_fields[],
    sg_train_module_fields[];

struct json_t;
/* All of it (a new reference). */
struct json_t *sg_cli_training_json(const struct sg_study *s, const struct sg_case *c);
/* OUT/CASE/curves.dat, layers.dat, sgs.dat and labels.txt, then training.json. */
enum sg_status sg_cli_write_training(const char *out, const struct sg_study *s,
                                     const struct sg_case *c, struct sg_error *err) SG_MUST_CHECK;
void sg_cli_print_training(FILE *out, const struct sg_study *s, const struct sg_case *c);

#endif
