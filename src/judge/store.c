/* Pieces of a long experiment on disk, so that the same command goes on where it was. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/regular.h"
#include "judge/judge.h"

/* A file is a head, the piece's bytes, and their digest in eight bytes, least first.  The head is
 * text: the format, and what made the piece.  Another maker's piece is not ours to use, and one of
 * another format, byte order or word size is another maker's. */
#define FORMAT "synthgrad piece, format 2"

/* The first piece that could not be written.  Read it when all threads are done. */
struct failure { atomic_bool is; struct sg_error err; };

/* place: of out.  failure: this store's own, or that of the one it lies beside.  data, stamp: of
 * the case's data files when the store was made. */
struct sg_store {
    char *out, *folder;
    struct sg_place place;
    struct failure own, *failure;
    uint64_t data, stamp;
};

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

/* The stamp first: files that change in between are found out. */
static void know_files(struct sg_store *store, const struct sg_case *c)
{
    store->stamp = sg_case_stamp_files(c);
    store->data = sg_case_digest_files(c);
}

struct sg_store *sg_claim_store_alloc(const char *out, const struct sg_case *c)
{
    SG_REQUIRE(c);
    struct sg_store *store = store_at(out, c->name);
    know_files(store, c);
    return store;
}

struct sg_store *sg_claim_store_beside(const struct sg_store *store, const char *name)
{
    struct sg_store *beside = store ? store_at(store->out, name) : NULL;
    if (beside) {
        beside->failure = store->failure;
        beside->data = store->data;
        beside->stamp = store->stamp;
    }
    return beside;
}

const struct sg_error *sg_claim_store_failure(const struct sg_store *store)
{
    return store && atomic_load(&store->failure->is) ? &store->failure->err : NULL;
}

struct sg_store *sg_claim_store_within(const struct sg_store *store, const struct sg_case *c,
                                       const struct sg_case *of, const char *name)
{
    char *out = sg_base_format("%s/%s", store->out, c->name);
    struct sg_store *within = store_at(out, name);
    within->failure = store->failure;
    know_files(within, of);
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

/* As long for every size. */
static char *head_of(const struct sg_trial *trial, const char *piece, size_t size)
{
    return sg_base_format(FORMAT "\nprogram %s\nplatform %s\ncase %016llx\ndata %016llx\n"
                          "piece %s\nseed %llu\nreplicate %llu\nfull %d\nbytes %020zu\n\n",
                          sg_base_build()->sources, sg_base_platform(),
                          (unsigned long long)trial->c->digest,
                          (unsigned long long)trial->store->data, piece,
                          (unsigned long long)trial->seed, (unsigned long long)trial->replicate,
                          trial->full, size);
}

enum { DIGEST = 8 };

/* A disk may give back other bytes than it was given, and a run that goes on from those ends in
 * other numbers. */
static void put_digest(unsigned char out[DIGEST], const void *bytes, size_t size)
{
    const uint64_t digest = sg_base_digest(SG_BASE_DIGEST, bytes, size);
    for (int i = 0; i < DIGEST; i++)
        out[i] = (unsigned char)(digest >> 8 * i);
}

static char *path_of(const struct sg_trial *trial, const char *piece)
{
    return sg_base_format("%s/%s.%llu.%llu", trial->store->folder, piece,
                          (unsigned long long)trial->seed, (unsigned long long)trial->replicate);
}

/* The bytes after the head, if the head is the one that is wanted and the digest is right. */
static char *read_piece(size_t *size, FILE *file, const struct sg_trial *trial, const char *piece)
{
    struct stat s;
    char *head = head_of(trial, piece, 0);
    const size_t length = strlen(head), frame = length + DIGEST;
    free(head);
    if (fstat(fileno(file), &s) != 0 || (uint64_t)s.st_size < frame)
        return NULL;
    *size = (size_t)s.st_size - frame;
    head = head_of(trial, piece, *size);
    char *have = SG_NEW(length, char), *bytes = NULL;
    unsigned char digest[DIGEST], want[DIGEST];
    bool ours = fread(have, 1, length, file) == length && memcmp(have, head, length) == 0;
    if (ours) {
        bytes = SG_NEW(*size, char);
        ours = fread(bytes, 1, *size, file) == *size && fread(digest, 1, DIGEST, file) == DIGEST;
        put_digest(want, bytes, *size);
        ours = ours && memcmp(digest, want, DIGEST) == 0;
    }
    free(head);
    free(have);
    if (ours)
        return bytes;
    free(bytes);
    return NULL;
}

bool sg_claim_recall_any(void **bytes, size_t *size, const struct sg_trial *trial,
                         const char *piece)
{
    if (!trial->store || sg_case_stamp_files(trial->c) != trial->store->stamp)
        return false;
    char *path = path_of(trial, piece), *read = NULL;
    FILE *file = sg_base_open_regular(path);
    free(path);
    if (file) {
        read = read_piece(size, file, trial, piece);
        fclose(file);
    }
    *bytes = read;
    return read != NULL;
}

bool sg_claim_recall(void *bytes, size_t size, const struct sg_trial *trial, const char *piece)
{
    SG_REQUIRE(bytes && trial && piece);
    void *read;
    size_t have;
    if (!sg_claim_recall_any(&read, &have, trial, piece))
        return false;
    if (have == size)
        memcpy(bytes, read, size);
    free(read);
    return have == size;
}

static enum sg_status check_files(const struct sg_trial *trial, struct sg_error *err)
{
    if (sg_case_stamp_files(trial->c) == trial->store->stamp)
        return SG_OK;
    (void)sg_base_refuse(err, trial->c->path, 0,
                         "its data files were changed while it ran; say the same command again");
    return SG_IO;
}

static enum sg_status keep(const struct sg_trial *trial, const char *piece, const void *bytes,
                           size_t size, bool lazy, struct sg_error *err)
{
    if (!trial->store)
        return SG_OK;
    char *path = path_of(trial, piece), *head = head_of(trial, piece, size);
    unsigned char digest[DIGEST];
    put_digest(digest, bytes, size);
    struct sg_file file;
    enum sg_status status = sg_base_place_check(&trial->store->place, trial->store->out, err);
    if (status == SG_OK)
        status = check_files(trial, err);
    if (status == SG_OK)
        status = sg_base_file_open_ours(&file, path, err);
    if (status == SG_OK) {
        file.lazy = lazy;
        fputs(head, file.stream);
        fwrite(bytes, 1, size, file.stream);
        fwrite(digest, 1, DIGEST, file.stream);
        status = sg_base_file_commit(&file, err);
    }
    if (status != SG_OK && !atomic_exchange(&trial->store->failure->is, true))
        trial->store->failure->err = *err;
    free(path);
    free(head);
    return status;
}

enum sg_status sg_claim_keep(const struct sg_trial *trial, const char *piece, const void *bytes,
                             size_t size, struct sg_error *err)
{
    SG_REQUIRE(trial && piece && bytes && err);
    return keep(trial, piece, bytes, size, false, err);
}

enum sg_status sg_claim_keep_lazily(const struct sg_trial *trial, const char *piece,
                                    const void *bytes, size_t size, struct sg_error *err)
{
    return keep(trial, piece, bytes, size, true, err);
}

void sg_claim_forget(const struct sg_trial *trial, const char *piece)
{
    SG_REQUIRE(trial);
    if (!trial->store)
        return;
    char *path = path_of(trial, piece);
    unlink(path);
    free(path);
}
