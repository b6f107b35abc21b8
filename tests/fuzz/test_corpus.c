/* Every input that ever showed a fuzzer something new, and every case, seen again by the targets as
 * any compiler builds them. */
#include <dirent.h>

#include "fuzz.h"
#include "support.h"

/* An input is a page at most; the rest of a larger file is another's business. */
enum { MOST = 1 << 16 };

static void replay(void (*target)(const uint8_t *bytes, size_t size), const char *folder)
{
    DIR *dir = opendir(folder);
    CHECK(dir != NULL);
    size_t inputs = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char *path = sg_base_format("%s/%s", folder, entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "rb");
        if (file) {
            uint8_t *bytes = SG_NEW(MOST, uint8_t);
            const size_t size = fread(bytes, 1, MOST, file);
            /* as long as it is, for a sanitizer to see */
            uint8_t *own = sg_base_copy(bytes, size, 1);
            context("%s", path);
            target(own, size);
            free(own);
            free(bytes);
            fclose(file);
            inputs++;
        }
        free(path);
    }
    closedir(dir);
    context("%zu inputs in %s", inputs, folder);
    CHECK(inputs > 0);
    target((const uint8_t *)"", 0);
}

static void cases(void **state)
{
    (void)state;
    replay(fuzz_case, "tests/fuzz/corpus/case");
    replay(fuzz_case, "cases");
}
static void csv(void **state)     { (void)state; replay(fuzz_csv, "tests/fuzz/corpus/csv"); }
static void idx(void **state)     { (void)state; replay(fuzz_idx, "tests/fuzz/corpus/idx"); }
static void npy(void **state)     { (void)state; replay(fuzz_npy, "tests/fuzz/corpus/npy"); }
static void piece(void **state)   { (void)state; replay(fuzz_piece, "tests/fuzz/corpus/piece"); }
static void summary(void **state)
{
    (void)state;
    replay(fuzz_summary, "tests/fuzz/corpus/summary");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(cases), TEST(csv),   TEST(idx),
                                       TEST(npy),   TEST(piece), TEST(summary)};
    return RUN(tests);
}
