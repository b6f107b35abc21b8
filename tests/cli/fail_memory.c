/* Preloaded: the FAIL_AT-th allocation of the process fails, all others are as ever.  A fatal
 * signal says whose code it met: a line "crashed in OBJECT" on standard error, of the innermost
 * frame that is not the C library's.  FAIL_COUNT=FILE: at the end, how many there were. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_long count;
static long fail_at;
static atomic_bool ready;

static int fails(void)
{
    if (!atomic_load(&ready) || atomic_fetch_add(&count, 1) + 1 != fail_at)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (fails())
        return ENOMEM;
    *out = __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

static void crashed(int number)
{
    enum { FRAMES = 32 };
    void *frame[FRAMES];
    const int n = backtrace(frame, FRAMES);
    for (int i = 1; i < n; i++) {
        Dl_info info;
        const char *name = dladdr(frame[i], &info) && info.dli_fname ? info.dli_fname : "?";
        if (strstr(name, "libc.so") || strstr(name, "fail_memory"))
            continue;
        char line[300];
        const int length = snprintf(line, sizeof line, "crashed in %s\n", name);
        (void)!write(STDERR_FILENO, line, (size_t)length);
        break;
    }
    signal(number, SIG_DFL);
    raise(number);
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("FAIL_AT");
    void *frame[1];
    fail_at = at ? atol(at) : 0;
    (void)backtrace(frame, 1);           /* loads what it needs */
    signal(SIGSEGV, crashed);
    signal(SIGABRT, crashed);
    atomic_store(&ready, 1);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("FAIL_COUNT");
    const int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    char line[40];
    const int length = snprintf(line, sizeof line, "%ld\n", atomic_load(&count));
    if (fd >= 0) {
        (void)!write(fd, line, (size_t)length);
        close(fd);
    }
}
