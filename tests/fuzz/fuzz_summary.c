/* Results that merge and report read back: one summary.json, or two with a NUL between them,
 * gathered and made into the page. */
#include <sys/stat.h>

#include <jansson.h>

#include "fuzz.h"
#include "synthgrad/report.h"

static char *folder, *one, *two;

static void clean(void)
{
    static const char *const names[] = {
        "one/summary.json", "two/summary.json", "report/index.html", "one", "two", "report", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = sg_base_format("%s/%s", folder, names[i]);
        (void)remove(path);
        free(path);
    }
    free(folder);
    free(one);
    free(two);
}

static void start(void)
{
    folder = fuzz_folder();
    for (int k = 1; k <= 2; k++) {
        char *path = sg_base_format("%s/%s", folder, k == 1 ? "one" : "two"),
             **file = k == 1 ? &one : &two;
        SG_REQUIRE(mkdir(path, 0700) == 0);
        *file = sg_base_format("%s/summary.json", path);
        free(path);
    }
    atexit(clean);
}

FUZZ_TARGET(fuzz_summary)
{
    if (!folder)
        start();
    const uint8_t *nul = size ? memchr(bytes, '\0', size) : NULL;
    const size_t first = nul ? (size_t)(nul - bytes) : size;
    fuzz_put(one, bytes, first);
    if (nul)
        fuzz_put(two, nul + 1, size - first - 1);
    else
        unlink(two);
    json_t *all;
    struct sg_error err = {""};
    const enum sg_status status = sg_report_gather(&all, 1, &folder, &err);
    if (status == SG_OK) {
        SG_REQUIRE(json_array_size(all) == (nul ? 2 : 1));
        json_decref(all);
        SG_REQUIRE(sg_report_write_page(folder, NULL, &err) == SG_OK);
    } else {
        SG_REQUIRE(all == NULL);
        fuzz_check_refusal(status, &err);
    }
}
