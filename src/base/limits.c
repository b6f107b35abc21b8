/* The limits of a process, looked at before they end it.
 *
 * OpenBLAS maps a buffer for each thread that multiplies and keeps it.  Without address space for
 * one it tries again for ever, which looks like work.  A stack too small ends a process without a
 * word. */
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "base/limits.h"

/* OpenBLAS's own; other BLAS libraries have neither. */
__attribute__((weak)) void *blas_memory_alloc(int place);
__attribute__((weak)) void blas_memory_free(void *buffer);

enum { MIB = 1 << 20 };
/* Measured: the cases of the project run in 128 KiB of stack; eight times that.  A buffer of
 * OpenBLAS is 128 MiB.  WORK: what a case takes besides. */
enum { STACK = 1, BUFFER = 129, WORK = 64 };

/* Room that nobody touches costs no memory, and counts as address space. */
static bool has_room(size_t mib)
{
    void *room = mmap(NULL, mib * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return false;
    munmap(room, mib * MIB);
    return true;
}

static void take_buffers(size_t n)
{
    void **buffer = SG_NEW(n, void *);
    for (size_t i = 0; i < n; i++)
        buffer[i] = blas_memory_alloc(0);
    for (size_t i = 0; i < n; i++)
        if (buffer[i])
            blas_memory_free(buffer[i]);
    free(buffer);
}

enum sg_status sg_base_check_limits(size_t threads, struct sg_error *err)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < STACK * MIB)
        return sg_base_refuse(err, NULL, 0,
                              "the stack is limited to %llu KiB, at least %d are needed; raise it, "
                              "as with `ulimit -s 8192`",
                              (unsigned long long)limit.rlim_cur / 1024, STACK * 1024);
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || !blas_memory_alloc)
        return SG_OK;
    static size_t taken;
    const size_t need = (threads > taken ? threads - taken : 0) * BUFFER + WORK;
    if (!has_room(need))
        return sg_base_refuse(err, NULL, 0,
                              "the address space is limited to %llu MiB, and %zu thread%s more "
                              "than is left of it, %zu MiB; raise it, as with `ulimit -v "
                              "unlimited`%s",
                              (unsigned long long)limit.rlim_cur / MIB, threads,
                              threads == 1 ? " needs" : "s need", need,
                              threads == 1 ? "" : ", or lower --jobs");
    take_buffers(threads);
    taken = threads > taken ? threads : taken;
    return SG_OK;
}
