/* fuzz.h - bytes as a file with a path, which is what the readers take. */
#ifndef SG_TESTS_FUZZ_H
#define SG_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "synthgrad/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct fuzz_file { int descriptor; char path[48]; };

static inline struct fuzz_file fuzz_file(const uint8_t *bytes, size_t size)
{
    struct fuzz_file f = {.descriptor = memfd_create("fuzz", 0)};
    SG_REQUIRE(f.descriptor >= 0);
    for (size_t done = 0; done < size;) {
        const ssize_t n = write(f.descriptor, bytes + done, size - done);
        SG_REQUIRE(n > 0);
        done += (size_t)n;
    }
    snprintf(f.path, sizeof f.path, "/proc/self/fd/%d", f.descriptor);
    return f;
}

/* What every reader promises: a refusal is one line that says something. */
static inline void fuzz_check_refusal(enum sg_status status, const struct sg_error *err)
{
    SG_REQUIRE(status == SG_BAD_INPUT || status == SG_IO);
    SG_REQUIRE(err->text[0] != '\0' && !strchr(err->text, '\n'));
}

#endif
