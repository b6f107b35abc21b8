/* Pieces of a long experiment on disk, so that the same command goes on where it was. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "judge/judge.h"

/* What made a piece: the program's sources, the case's text, the seed.  Another maker's piece is
 * not ours to use.  A file is the maker, the bytes, their digest. */
struct maker { char program[64]; uint64_t digest, seed, replicate, full, size; };

/* The first piece that could not be written.  Read it when all threads are done. */
struct failure { atomic_bool is; struct sg_error err; };

/* place: of out.  failure: this store's own, or that of the one it lies beside. */
struct sg_store { char *out, *folder; struct sg_place place; struct failure own, *failure; };

static struct sg_store *store_at(const char *out, const char *name)
{
    struct sg_store *store = SG_NEW(1, struct sg_store);
    store->out = sg_base_format("%s", out);
    store->folder = sg_base_format("%s/%s/pieces", out, name);
    store->place = sg_base_place(out);
    sg_base_file_sweep(store->folder, NULL);
    atomic_init(&store->own.is, false);
    store->failure = &store->own;
    return store;
}

struct sg_store *sg_claim_store_alloc(const char *out, const struct sg_case *c)
{
    return store_at(out, c->name);
}

struct sg_store *sg_claim_store_beside(const struct sg_store *store, const char *name)
{
    struct sg_store *beside = store ? store_at(store->out, name) : NULL;
    if (beside)
        beside->failure = store->failure;
    return beside;
}

const struct sg_error *sg_claim_store_failure(const struct sg_store *store)
{
    return store && atomic_load(&store->failure->is) ? &store->failure->err : NULL;
}

struct sg_store *sg_claim_store_within(const struct sg_store *store, const struct sg_case *c,
                                       const char *name)
{
    char *out = sg_base_format("%s/%s", store->out, c->name);
    struct sg_store *within = store_at(out, name);
    within->failure = store->failure;
    free(out);
    return within;
}

void sg_claim_store_free(struct sg_store *store)
{
    if (!store)
        return;
    free(store->out);
    free(store->folder);
    free(store);
}

void sg_claim_store_tidy(const struct sg_store *store)
{
    rmdir(store->folder);
}

static struct maker maker_of(const struct sg_trial *trial, size_t size)
{
    struct maker maker = {.digest = trial->c->digest, .seed = trial->seed,
                          .replicate = trial->replicate, .full = trial->full, .size = size};
    snprintf(maker.program, sizeof maker.program, "synthgrad %s", sg_base_build()->sources);
    return maker;
}

/* A disk may give back other bytes than it was given, and a run that goes on from those ends in
 * other numbers. */
static uint64_t digest_of(const void *bytes, size_t size)
{
    return sg_case_digest(SG_CASE_DIGEST, bytes, size);
}

static char *path_of(const struct sg_trial *trial, const char *piece)
{
    return sg_base_format("%s/%s.%llu.%llu", trial->store->folder, piece,
                          (unsigned long long)trial->seed, (unsigned long long)trial->replicate);
}

bool sg_claim_recall_any(void **bytes, size_t *size, const struct sg_trial *trial,
                         const char *piece)
{
    if (!trial->store)
        return false;
    char *path = path_of(trial, piece);
    struct maker have;
    uint64_t digest;
    struct stat s;
    FILE *file = fopen(path, "rb");
    free(path);
    if (!file)
        return false;
    const size_t frame = sizeof have + sizeof digest;
    bool ours = fread(&have, sizeof have, 1, file) == 1 && fstat(fileno(file), &s) == 0 &&
                (uint64_t)s.st_size >= frame && have.size == (uint64_t)s.st_size - frame;
    char *read = NULL;
    if (ours) {
        const struct maker want = maker_of(trial, have.size);
        read = SG_NEW(have.size, char);
        ours = memcmp(&have, &want, sizeof have) == 0 &&
               fread(read, 1, have.size, file) == have.size &&
               fread(&digest, sizeof digest, 1, file) == 1 && digest == digest_of(read, have.size);
    }
    fclose(file);
    if (!ours) {
        free(read);
        return false;
    }
    *bytes = read;
    *size = have.size;
    return true;
}

bool sg_claim_recall(void *bytes, size_t size, const struct sg_trial *trial, const char *piece)
{
    void *read;
    size_t have;
    if (!sg_claim_recall_any(&read, &have, trial, piece))
        return false;
    if (have == size)
        memcpy(bytes, read, size);
    free(read);
    return have == size;
}

static enum sg_status keep(const struct sg_trial *trial, const char *piece, const void *bytes,
                           size_t size, bool lazy, struct sg_error *err)
{
    if (!trial->store)
        return SG_OK;
    char *path = path_of(trial, piece);
    const struct maker maker = maker_of(trial, size);
    const uint64_t digest = digest_of(bytes, size);
    struct sg_file file;
    enum sg_status status = sg_base_place_check(&trial->store->place, trial->store->out, err);
    if (status == SG_OK)
        status = sg_base_file_open(&file, path, err);
    if (status == SG_OK) {
        file.lazy = lazy;
        fwrite(&maker, sizeof maker, 1, file.stream);
        fwrite(bytes, 1, size, file.stream);
        fwrite(&digest, sizeof digest, 1, file.stream);
        status = sg_base_file_commit(&file, err);
    }
    if (status != SG_OK && !atomic_exchange(&trial->store->failure->is, true))
        trial->store->failure->err = *err;
    free(path);
    return status;
}

enum sg_status sg_claim_keep(const struct sg_trial *trial, const char *piece, const void *bytes,
                             size_t size, struct sg_error *err)
{
    return keep(trial, piece, bytes, size, false, err);
}

enum sg_status sg_claim_keep_lazily(const struct sg_trial *trial, const char *piece,
                                    const void *bytes, size_t size, struct sg_error *err)
{
    return keep(trial, piece, bytes, size, true, err);
}

void sg_claim_forget(const struct sg_trial *trial, const char *piece)
{
    if (!trial->store)
        return;
    char *path = path_of(trial, piece);
    unlink(path);
    free(path);
}
