/* Preloaded by test_kill.sh: every piece about to appear under RENAMES_ROOT is a line in
 * RENAMES_LOG, with the epochs it holds; the KILL_AT-th ends the process as a power cut would,
 * before the rename or (KILL_AFTER) behind it. */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_int renames;

/* The eight bytes behind a piece's head, which ends with a blank line (src/judge/store.c). */
static uint64_t epochs_in(const char *path)
{
    uint64_t epochs = 0;
    FILE *piece = fopen(path, "rb");
    int before = 0, c = 0;
    while (piece && (c = fgetc(piece)) != EOF && !(c == '\n' && before == '\n'))
        before = c;
    if (piece && (c == EOF || fread(&epochs, sizeof epochs, 1, piece) != 1))
        epochs = 0;
    if (piece)
        fclose(piece);
    return epochs;
}

int rename(const char *from, const char *to)
{
    const char *log = getenv("RENAMES_LOG"), *at = getenv("KILL_AT"),
               *root = getenv("RENAMES_ROOT");
    int (*real)(const char *, const char *);
    *(void **)&real = dlsym(RTLD_NEXT, "rename");
    const int number = atomic_fetch_add(&renames, 1) + 1;
    const int kill_here = at && number == atoi(at);
    if (kill_here && !getenv("KILL_AFTER"))
        kill(getpid(), SIGKILL);
    char line[300];
    const int length =
        snprintf(line, sizeof line, "%.200s %llu\n",
                 root && strncmp(to, root, strlen(root)) == 0 ? to + strlen(root) : to,
                 (unsigned long long)epochs_in(from));
    const int file = log && strstr(to, "/pieces/") ? open(log, O_WRONLY | O_APPEND | O_CREAT, 0666)
                                                   : -1;
    if (file >= 0) {
        if (write(file, line, (size_t)length) != length)
            abort();
        close(file);
    }
    const int result = real(from, to);
    if (kill_here)
        kill(getpid(), SIGKILL);
    return result;
}
