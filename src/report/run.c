/* What all cases of a run came to, as columns for two figures: how close each comparison was, and
 * what each claim's evidence is made of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/regular.h"
#include "report/page.h"
#include "synthgrad/report.h"

/* ---- margins --------------------------------------------------------------------------------- */

/* A row that is missed has no margin where its error is not finite. */
static void print_rows(FILE *out, const json_t *summary, size_t place)
{
    const bool expected = json_is_true(json_object_get(summary, "ok"));
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(summary, "rows"), i, row) {
        const json_t *margin = json_object_get(row, "margin");
        const bool met = strcmp(sg_page_text(row, "state"), "met") == 0;
        fprintf(out, "%zu %s %.6g %d\n", place, sg_page_text(summary, "claim"),
                json_is_number(margin) ? json_number_value(margin) : HUGE_VAL,
                met        ? 0
                : expected ? 1
                           : 2);
    }
}

static void print_margins(FILE *out, const json_t *all)
{
    fputs("# error over tolerance, a line a row; state 0: met, 1: not met in a case that came out "
          "as expected, 2: not met otherwise\n# place claim margin state\n",
          out);
    for (size_t k = 0; sg_claims[k]; k++) {
        size_t i;
        json_t *summary;
        json_array_foreach(all, i, summary)
            if (strcmp(sg_page_text(summary, "claim"), sg_claims[k]->id) == 0)
                print_rows(out, summary, k + 1);
    }
}

/* ---- evidence -------------------------------------------------------------------------------- */

/* As summaries name them. */
static const char *const kinds[] = {"closed form", "simulated", "certified"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void count_rows(size_t n[KINDS], const json_t *summary)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(summary, "rows"), i, row)
        for (size_t k = 0; k < KINDS; k++)
            n[k] += strcmp(sg_page_text(row, "evidence"), kinds[k]) == 0;
}

/* Names of theorems in the lines "CP1  FILE  THEOREM THEOREM" of proofs/coq/THEOREMS. */
static size_t count_theorems(const char *home, const char *id)
{
    char *path = sg_base_format("%s/proofs/coq/THEOREMS", home ? home : "."), *line = NULL;
    FILE *file = sg_base_open_regular(path);
    size_t room = 0, n = 0;
    while (file && sg_base_next_line(&line, &room, file) > 0) {
        char *rest = NULL, *claim = strtok_r(line, " \t\n", &rest),
             *source = claim ? strtok_r(NULL, " \t\n", &rest) : NULL;
        if (!source || strcmp(claim, id) != 0 || strpbrk(source, "=:"))
            continue;
        while (strtok_r(NULL, " \t\n", &rest))
            n++;
    }
    if (file)
        fclose(file);
    free(line);
    free(path);
    return n;
}

static void print_evidence(FILE *out, const json_t *all, const char *home)
{
    fputs("# rows by kind of evidence, and machine-checked theorems\n"
          "# place claim closed_form simulated certified machine_checked\n",
          out);
    for (size_t k = 0; sg_claims[k]; k++) {
        size_t n[KINDS] = {0}, i;
        json_t *summary;
        json_array_foreach(all, i, summary)
            if (strcmp(sg_page_text(summary, "claim"), sg_claims[k]->id) == 0)
                count_rows(n, summary);
        fprintf(out, "%zu %s %zu %zu %zu %zu\n", k + 1, sg_claims[k]->id, n[0], n[1], n[2],
                count_theorems(home, sg_claims[k]->id));
    }
}

enum sg_status sg_report_write_run(const char *folder, const char *home, const json_t *all,
                                   struct sg_error *err)
{
    static const char *const names[] = {"run_margins/margins", "run_evidence/evidence"};
    enum sg_status status = SG_OK;
    for (int k = 0; k < 2 && status == SG_OK; k++) {
        char *path = sg_base_format("%s/%s.dat", folder, names[k]);
        struct sg_file file;
        status = sg_base_file_open(&file, path, err);
        free(path);
        if (status != SG_OK)
            break;
        if (k == 0)
            print_margins(file.stream, all);
        else
            print_evidence(file.stream, all, home);
        status = sg_base_file_commit(&file, err);
    }
    return status;
}
