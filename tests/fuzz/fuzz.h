/* fuzz.h - what the targets share: bytes as a file with a path, which is what the readers
 * take, and what a refusal is.
 *
 * A target is `FUZZ_TARGET(name)` and a body.  Under libFuzzer (make fuzz) it is the entry point;
 * in test_corpus.c all targets are in one program and see the committed corpus. */
#ifndef SG_TESTS_FUZZ_H
#define SG_TESTS_FUZZ_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "synthgrad/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
const char *__asan_default_options(void);

void fuzz_case(const uint8_t *bytes, size_t size);
void fuzz_csv(const uint8_t *bytes, size_t size);
void fuzz_idx(const uint8_t *bytes, size_t size);
void fuzz_npy(const uint8_t *bytes, size_t size);
void fuzz_piece(const uint8_t *bytes, size_t size);
void fuzz_summary(const uint8_t *bytes, size_t size);

/* Freed memory is watched for the next 16 MB of allocations, not 256: a target forgets all it had
 * between two inputs, and a cache is faster. */
#ifdef SG_FUZZER
#define FUZZ_TARGET(name) \
    const char *__asan_default_options(void) \
    { \
        return "quarantine_size_mb=16:max_malloc_fill_size=64"; \
    } \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) \
    { \
        name(bytes, size); \
        return 0; \
    } \
    void name(const uint8_t *bytes, size_t size)
#else
#define FUZZ_TARGET(name) void name(const uint8_t *bytes, size_t size)
#endif

/* One for each file that a target has at a time: a new one for every input would
 * take longer than reading it. */
struct fuzz_file { int descriptor; char path[48]; };

static inline void fuzz_write(int descriptor, const uint8_t *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        const ssize_t n = pwrite(descriptor, bytes + done, size - done, (off_t)done);
        SG_REQUIRE(n > 0);
        done += (size_t)n;
    }
    SG_REQUIRE(ftruncate(descriptor, (off_t)size) == 0);
}

static inline void fuzz_file_write(struct fuzz_file *f, const uint8_t *bytes, size_t size)
{
    if (f->path[0] == '\0') {
        f->descriptor = memfd_create("fuzz", MFD_CLOEXEC);
        SG_REQUIRE(f->descriptor >= 0);
        snprintf(f->path, sizeof f->path, "/proc/self/fd/%d", f->descriptor);
    }
    fuzz_write(f->descriptor, bytes, size);
}

/* For readers that look for their files by name: a folder in memory. */
static inline char *fuzz_folder(void)
{
    char *folder = sg_base_format("%s", access("/dev/shm", W_OK) == 0
                                            ? "/dev/shm/synthgrad-fuzz-XXXXXX"
                                            : "/tmp/synthgrad-fuzz-XXXXXX");
    SG_REQUIRE(mkdtemp(folder) != NULL);
    return folder;
}

static inline void fuzz_put(const char *path, const uint8_t *bytes, size_t size)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    SG_REQUIRE(descriptor >= 0);
    fuzz_write(descriptor, bytes, size);
    close(descriptor);
}

/* What every reader promises: a refusal is one line that says something. */
static inline void fuzz_check_refusal(enum sg_status status, const struct sg_error *err)
{
    SG_REQUIRE(status == SG_BAD_INPUT || status == SG_IO);
    SG_REQUIRE(err->text[0] != '\0' && !strchr(err->text, '\n'));
}

#endif
