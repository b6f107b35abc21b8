/* Memory that is there or ends the process: a half-built workspace has no use here, and every
 * caller's failure path would be code that never runs. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "synthgrad/base.h"

enum { ALIGNMENT = 64 };   /* a cache line, and an AVX-512 register */

void sg_base_exhausted(size_t count, size_t size)
{
    fprintf(stderr, "synthgrad: out of memory: %zu x %zu bytes; make the case smaller\n", count,
            size);
    exit(3);
}

void *sg_base_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
        sg_base_exhausted(count, size);
    /* exactly as long as asked, so that a sanitizer sees one element too many */
    void *block = NULL;
    if (posix_memalign(&block, ALIGNMENT, bytes ? bytes : 1) != 0)
        sg_base_exhausted(count, size);
    return memset(block, 0, bytes);
}

void *sg_base_copy(const void *from, size_t count, size_t size)
{
    void *block = sg_base_alloc(count, size);
    if (count && size)
        memcpy(block, from, count * size);
    return block;
}

char *sg_base_format(const char *fmt, ...)
{
    va_list args;
    char *text = NULL;
    SG_REQUIRE(fmt);
    va_start(args, fmt);
    int length = vasprintf(&text, fmt, args);
    va_end(args);
    if (length < 0)
        sg_base_exhausted(1, 1);
    return text;
}

void *sg_base_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    SG_REQUIRE(capacity);
    if (count < *capacity)
        return array;
    size_t larger = *capacity ? 2 * *capacity : 16;
    void *moved = sg_base_alloc(larger, size);
    if (count)
        memcpy(moved, array, count * size);
    free(array);
    *capacity = larger;
    return moved;
}

uint64_t sg_base_digest(uint64_t digest, const void *bytes, size_t n)
{
    for (const unsigned char *p = bytes; n-- > 0; p++)
        digest = (digest ^ *p) * 1099511628211u;
    return digest;
}
