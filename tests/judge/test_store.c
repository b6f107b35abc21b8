/* Pieces of long experiments: recalled by what made them, and by nothing else. */
#include <stdlib.h>
#include <unistd.h>

#include "claim/judge.h"
#include "judge/judge.h"

static void remove_folders(const char *folder)
{
    static const char *const below[] = {"/dy3_joint_spectrum/pieces", "/dy3_joint_spectrum", ""};
    for (int up = 0; up < 3; up++) {
        char *path = sg_base_format("%s%s", folder, below[up]);
        CHECK(rmdir(path) == 0);
        free(path);
    }
}

/* Any byte changed, a file cut off anywhere, a byte too many. */
static void no_damage_is_recalled(const char *path, const struct sg_trial *trial, void *in,
                                  size_t size)
{
    char whole[2048];
    FILE *file = fopen(path, "r+b");
    CHECK(file != NULL);
    const size_t length = fread(whole, 1, sizeof whole, file);
    CHECK(length > size && length < sizeof whole);
    setbuf(file, NULL);
    for (size_t i = 0; i < length; i++) {
        context("byte %zu of %zu", i, length);
        CHECK(fseek(file, (long)i, SEEK_SET) == 0 && fputc(whole[i] ^ 1 << i % 8, file) != EOF);
        CHECK(!sg_claim_recall(in, size, trial, "depth-3"));
        CHECK(fseek(file, (long)i, SEEK_SET) == 0 && fputc(whole[i], file) != EOF);
    }
    CHECK(sg_claim_recall(in, size, trial, "depth-3"));
    CHECK(fseek(file, 0, SEEK_END) == 0 && fputc(0, file) != EOF);
    CHECK(!sg_claim_recall(in, size, trial, "depth-3"));
    for (size_t i = length; i-- > 0;) {
        CHECK(ftruncate(fileno(file), (off_t)i) == 0);
        CHECK(!sg_claim_recall(in, size, trial, "depth-3"));
    }
    fclose(file);
}

static void recalled_by_its_maker_only(void **state)
{
    (void)state;
    char folder[] = "/tmp/synthgrad-store-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    struct sg_case c;
    struct sg_error err;
    read_case(&c, "cases/dy3_joint_spectrum.cfg", 1);
    struct sg_store *store = sg_claim_store_alloc(folder, &c);
    const struct sg_trial trial = {.c = &c, .seed = 7, .replicate = 2, .store = store};
    double out[3] = {1.385, -2, 3}, in[3] = {0};
    CHECK(!sg_claim_recall(in, sizeof in, &trial, "depth-3"));
    CHECK_STATUS(sg_claim_keep(&trial, "depth-3", out, sizeof out, &err), SG_OK);
    CHECK(sg_claim_recall(in, sizeof in, &trial, "depth-3") && memcmp(in, out, sizeof in) == 0);
    CHECK(!sg_claim_recall(in, sizeof in - 8, &trial, "depth-3"));
    CHECK(!sg_claim_recall(in, sizeof in, &trial, "depth-5"));
    struct sg_trial other = trial;
    other.seed = 8;
    CHECK(!sg_claim_recall(in, sizeof in, &other, "depth-3"));
    other = trial;
    other.full = true;
    CHECK(!sg_claim_recall(in, sizeof in, &other, "depth-3"));
    struct sg_case changed = c;
    changed.digest ^= 1;
    other = trial;
    other.c = &changed;
    CHECK(!sg_claim_recall(in, sizeof in, &other, "depth-3"));
    other = trial;
    other.store = NULL;
    CHECK(!sg_claim_recall(in, sizeof in, &other, "depth-3"));
    CHECK_STATUS(sg_claim_keep(&other, "depth-3", out, sizeof out, &err), SG_OK);
    char *path = sg_base_format("%s/%s/pieces/depth-3.7.2", folder, c.name);
    no_damage_is_recalled(path, &trial, in, sizeof in);
    CHECK_STATUS(sg_claim_keep(&trial, "depth-3", out, sizeof out, &err), SG_OK);
    sg_claim_forget(&trial, "depth-3");
    CHECK(access(path, F_OK) != 0);
    free(path);
    sg_claim_store_free(store);
    sg_case_free(&c);
    remove_folders(folder);
}

/* A piece says what it is about: a data file with other bytes, or another kind of machine, is not
 * what it was made from. */
static void recalled_on_the_same_data_only(void **state)
{
    (void)state;
    char folder[] = "/tmp/synthgrad-store-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    char *csv = sg_base_format("%s/data.csv", folder);
    struct sg_case c;
    struct sg_error err;
    read_case(&c, "cases/dy3_joint_spectrum.cfg", 1);
    c.data.kind = SG_DATA_CSV;
    snprintf(c.data.file, sizeof c.data.file, "%s", csv);
    const double out = 1.385;
    double in = 0;
    for (int round = 0; round < 3; round++) {
        context("round %d", round);
        FILE *file = fopen(csv, "w");
        CHECK(file && fprintf(file, "x,y\n1,%d\n", round % 2) > 0 && fclose(file) == 0);
        struct sg_store *store = sg_claim_store_alloc(folder, &c);
        const struct sg_trial trial = {.c = &c, .seed = 7, .store = store};
        CHECK(sg_claim_recall(&in, sizeof in, &trial, "first") == (round == 2));
        if (round == 0)
            CHECK_STATUS(sg_claim_keep(&trial, "first", &out, sizeof out, &err), SG_OK);
        sg_claim_store_free(store);
    }
    struct sg_store *store = sg_claim_store_alloc(folder, &c);
    const struct sg_trial trial = {.c = &c, .seed = 7, .store = store};
    FILE *file = fopen(csv, "a");
    CHECK(file && fputs("2,2\n", file) != EOF && fclose(file) == 0);
    CHECK(!sg_claim_recall(&in, sizeof in, &trial, "first"));
    CHECK_STATUS(sg_claim_keep(&trial, "second", &out, sizeof out, &err), SG_IO);
    CHECK(strstr(err.text, "data files were changed"));
    sg_claim_forget(&trial, "first");
    sg_claim_store_free(store);
    CHECK(unlink(csv) == 0);
    free(csv);
    sg_case_free(&c);
    remove_folders(folder);
}

static char *head_of_piece(const char *path)
{
    char head[2048] = "";
    FILE *file = fopen(path, "rb");
    CHECK(file && fread(head, 1, sizeof head - 1, file) > 0 && fclose(file) == 0);
    return sg_base_format("%s", head);
}

/* The head is text, with the format first. */
static void a_piece_says_what_it_is(void **state)
{
    (void)state;
    char folder[] = "/tmp/synthgrad-store-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    struct sg_case c;
    struct sg_error err;
    const double out = 1.385;
    read_case(&c, "cases/dy3_joint_spectrum.cfg", 1);
    struct sg_store *store = sg_claim_store_alloc(folder, &c);
    const struct sg_trial trial = {.c = &c, .seed = 7, .replicate = 2, .store = store};
    CHECK_STATUS(sg_claim_keep(&trial, "depth-3", &out, sizeof out, &err), SG_OK);
    char *path = sg_base_format("%s/%s/pieces/depth-3.7.2", folder, c.name),
         *head = head_of_piece(path),
         *platform = sg_base_format("\nplatform %s\n", sg_base_platform());
    CHECK(strncmp(head, "synthgrad piece, format 2\n", 26) == 0);
    CHECK(strstr(head, platform) && strstr(head, "\nseed 7\nreplicate 2\nfull 0\n"));
    CHECK(strstr(platform, "-endian, ") && strstr(platform, "-bit,") && strstr(platform, "glibc "));
    sg_claim_forget(&trial, "depth-3");
    free(path);
    free(head);
    free(platform);
    sg_claim_store_free(store);
    sg_case_free(&c);
    remove_folders(folder);
}

/* Beside or not, the first failure is kept, in its own words. */
static void an_unwritten_piece_is_remembered(void **state)
{
    (void)state;
    struct sg_case c;
    struct sg_error err = {""};
    read_case(&c, "cases/dy3_joint_spectrum.cfg", 1);
    struct sg_store *store = sg_claim_store_alloc("/dev/null/nowhere", &c);
    struct sg_store *beside = sg_claim_store_beside(store, "shared");
    const struct sg_trial trial = {.c = &c, .seed = 7, .store = beside};
    const double out = 1.385;
    CHECK(!sg_claim_store_failure(NULL) && !sg_claim_store_failure(store));
    CHECK(!sg_claim_store_failure(beside));
    CHECK_STATUS(sg_claim_keep(&trial, "first", &out, sizeof out, &err), SG_IO);
    CHECK(sg_claim_store_failure(store) && strstr(err.text, "/dev/null"));
    CHECK(strcmp(sg_claim_store_failure(store)->text, err.text) == 0);
    CHECK(sg_claim_store_failure(beside) == sg_claim_store_failure(store));
    sg_claim_store_free(beside);
    sg_claim_store_free(store);
    sg_case_free(&c);
}

/* A replicate comes back to the bit, with what is there to be looked at, and only for the data it
 * was measured on. */
static void a_replicate_comes_back(void **state)
{
    (void)state;
    char folder[] = "/tmp/synthgrad-store-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    struct sg_case c;
    struct sg_error err;
    struct sg_data data;
    struct sg_evidence ev = {.note = "a note"}, back;
    enum sg_status outcome;
    read_case(&c, "cases/dy3_joint_spectrum.cfg", 1);
    CHECK_STATUS(sg_case_make_data(&data, &c, 7, 2, &err), SG_OK);
    struct sg_store *store = sg_claim_store_alloc(folder, &c);
    const struct sg_trial trial = {.c = &c, .data = &data, .seed = 7, .replicate = 2,
                                   .store = store};
    CHECK(!sg_claim_recall_replicate(&back, &outcome, &trial));
    struct sg_row row = {.what = "what", .basis = "basis", .kind = SG_SIMULATED,
                         .predicted = SG_NAN};
    for (int i = 0; i < 20; i++) {
        snprintf(row.id, sizeof row.id, "id-%d", i);
        row.measured = i;
        row.tolerance = 1.385 / i;
        sg_claim_add_row(&ev, &row);
    }
    for (int k = 0; k < 2; k++) {
        sg_claim_series(&ev, k ? "second" : "first", "a b");
        sg_claim_listing(&ev, "title", "name|value");
        for (int i = 0; i < 30 * k; i++) {
            sg_claim_point(&ev, (const double[]){i, 1.0 / i});
            sg_claim_listing_row(&ev, "row", (const double[]){SG_NAN});
        }
    }
    CHECK(sg_claim_array(&ev, "{\"x\": 1}") == 0 && sg_claim_array(&ev, "{\"x\": 2}") == 1 &&
          sg_claim_array(&ev, "{\"x\": 1}") == 0 && ev.arrays.n == 2);
    sg_claim_certificate(&ev, "{}");
    CHECK_STATUS(sg_claim_keep_replicate(&ev, SG_HYPOTHESIS, &trial, &err), SG_OK);
    CHECK(sg_claim_recall_replicate(&back, &outcome, &trial));
    CHECK(outcome == SG_HYPOTHESIS && strcmp(back.note, ev.note) == 0);
    CHECK(back.n_rows == ev.n_rows && memcmp(back.row, ev.row, ev.n_rows * sizeof *ev.row) == 0);
    CHECK(back.n_series == 2 && back.n_listings == 2);
    for (int k = 0; k < 2; k++) {
        const struct sg_series *s = &ev.series[k], *t = &back.series[k];
        CHECK(strcmp(s->name, t->name) == 0 && strcmp(s->columns, t->columns) == 0);
        CHECK(s->rows == t->rows && s->width == t->width);
        CHECK(s->rows == 0 ||
              memcmp(s->value, t->value, s->rows * s->width * sizeof *s->value) == 0);
        const struct sg_listing *l = &ev.listing[k], *m = &back.listing[k];
        CHECK(strcmp(l->title, m->title) == 0 && strcmp(l->column[1], m->column[1]) == 0);
        CHECK(l->n_rows == m->n_rows);
        CHECK(l->n_rows == 0 ||
              (strcmp(l->row[29], m->row[29]) == 0 &&
               memcmp(l->value, m->value, l->n_rows * sizeof *l->value) == 0));
    }
    CHECK(back.certificates.n == 1 && strcmp(back.certificates.text[0], "{}") == 0);
    CHECK(back.arrays.n == 2 && strcmp(back.arrays.text[1], ev.arrays.text[1]) == 0);
    sg_claim_point(&back, (const double[]){1, 2});                   /* it can go on */
    CHECK(sg_claim_array(&back, "{}") == 2);
    strcpy(row.id, "one more");
    sg_claim_add_row(&back, &row);
    CHECK(back.n_rows == ev.n_rows + 1);
    sg_claim_evidence_free(&back);
    data.y[3] += 1e-9;
    CHECK(!sg_claim_recall_replicate(&back, &outcome, &trial));
    data.y[3] -= 1e-9;
    sg_claim_forget_replicate(&trial);
    CHECK(!sg_claim_recall_replicate(&back, &outcome, &trial));
    sg_claim_evidence_free(&ev);
    sg_claim_store_free(store);
    sg_data_free(&data);
    sg_case_free(&c);
    remove_folders(folder);
}

/* The folder that went is not made anew. */
static void a_folder_that_went_is_missed(void **state)
{
    (void)state;
    char folder[] = "/tmp/synthgrad-store-XXXXXX";
    CHECK(mkdtemp(folder) != NULL);
    struct sg_case c;
    struct sg_error err = {""};
    const double out = 1.385;
    read_case(&c, "cases/dy3_joint_spectrum.cfg", 1);
    struct sg_store *store = sg_claim_store_alloc(folder, &c);
    const struct sg_trial trial = {.c = &c, .seed = 7, .store = store};
    CHECK(rmdir(folder) == 0);
    CHECK_STATUS(sg_claim_keep(&trial, "first", &out, sizeof out, &err), SG_IO);
    CHECK(strstr(err.text, "is gone; ") && strstr(err.text, folder) && access(folder, F_OK) != 0);
    CHECK(sg_claim_store_failure(store) != NULL);
    sg_claim_store_free(store);
    sg_case_free(&c);
}

static void a_budget_asks_for_full(void **state)
{
    (void)state;
    struct sg_case c;
    read_case(&c, "cases/cp1_preservation.cfg", 1);
    strcpy(c.budget, "a night");
    struct sg_judgement j = judge(&c, 3);
    CHECK(j.verdict == SG_SKIPPED && strstr(j.evidence.note, "a night") && j.evidence.n_rows == 0);
    sg_claim_judgement_free(&j);
    struct sg_error err;
    const struct sg_judge_options options = {.full = true};
    CHECK_STATUS(sg_claim_judge(&j, &c, &options, &err), SG_OK);
    CHECK(j.ok && j.verdict == SG_HOLDS);
    sg_claim_judgement_free(&j);
    sg_case_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(recalled_by_its_maker_only), TEST(recalled_on_the_same_data_only),
        TEST(a_piece_says_what_it_is), TEST(an_unwritten_piece_is_remembered),
        TEST(a_replicate_comes_back), TEST(a_folder_that_went_is_missed),
        TEST(a_budget_asks_for_full)};
    return RUN(tests);
}
