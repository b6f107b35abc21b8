/* What the bits of a result depend on besides the program and its input: the machine's kind, the
 * libraries and the environment that makes them choose other code. */
#include <dlfcn.h>
#include <gsl/gsl_cblas.h>
#include <lapacke.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#define SG_LIBC "glibc", gnu_get_libc_version()
#else
#define SG_LIBC "C library", "unknown"
#endif

#include "synthgrad/base.h"

/* Other BLAS libraries have neither. */
__attribute__((weak)) char *openblas_get_corename(void);
__attribute__((weak)) char *openblas_get_config(void);

enum { MOST = 600 };
static char platform[MOST];
static size_t used;

static void SG_PRINTF(1, 2) add(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int length = vsnprintf(platform + used, sizeof platform - used, fmt, args);
    va_end(args);
    SG_REQUIRE(length >= 0 && (size_t)length < sizeof platform - used);
    used += (size_t)length;
}

/* By these glibc, OpenBLAS and oneDNN choose among their kernels. */
static void add_processor(void)
{
#if defined __x86_64__ && defined __GNUC__
#define ADD(feature) __builtin_cpu_supports(feature) ? " " feature : ""
    add("%s%s%s%s%s%s%s%s%s%s", ADD("sse4.2"), ADD("avx"), ADD("avx2"), ADD("fma"), ADD("fma4"),
        ADD("avx512f"), ADD("avx512bw"), ADD("avx512dq"), ADD("avx512vl"), ADD("avx512vnni"));
#undef ADD
#endif
}

/* A value may be of any length: its digest stands for it. */
static void add_environment(void)
{
    static const char *const name[] = {
        "OPENBLAS_CORETYPE",    "GLIBC_TUNABLES",          "ONEDNN_MAX_CPU_ISA",
        "DNNL_MAX_CPU_ISA",     "ONEDNN_CPU_ISA_HINTS",    "DNNL_CPU_ISA_HINTS",
        "DNNL_DEFAULT_FPMATH_MODE", "ONEDNN_DEFAULT_FPMATH_MODE"};
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        const char *value = getenv(name[i]);
        if (!value || !*value)
            continue;
        const uint64_t digest = sg_base_digest(SG_BASE_DIGEST, value, strlen(value));
        add(" %s=%08x", name[i], (unsigned)(digest ^ digest >> 32));
    }
}

/* The file that a function comes from, without its folders and links: "libblas.so.3.11.0". */
static void add_library(const char *what, void (*function)(void))
{
    void *address;
    Dl_info info;
    memcpy(&address, &function, sizeof address);
    char *path = dladdr(address, &info) && info.dli_fname ? realpath(info.dli_fname, NULL) : NULL;
    const char *slash = path ? strrchr(path, '/') : NULL;
    add(" %s %.60s", what, slash ? slash + 1 : "unknown");
    free(path);
}

static void add_blas(void)
{
    if (openblas_get_corename && openblas_get_config) {
        add(" BLAS %.40s of %.80s;", openblas_get_corename(), openblas_get_config());
        return;
    }
    add_library("BLAS", (void (*)(void))cblas_dgemm);
    add_library("LAPACK", (void (*)(void))LAPACK_dgelsd);
    add(";");
}

static void describe(void)
{
    static const uint16_t one = 1;
    unsigned char first;
    struct utsname system;
    memcpy(&first, &one, 1);
    const bool named = uname(&system) == 0;
    add("%.20s, %s-endian, %zu-bit,", named ? system.machine : "unknown", first ? "little" : "big",
        8 * sizeof(void *));
    add_processor();
    add("; %s %.20s;", SG_LIBC);
    add_blas();
    add_environment();
}

const char *sg_base_platform(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    SG_REQUIRE(pthread_once(&once, describe) == 0);
    return platform;
}
