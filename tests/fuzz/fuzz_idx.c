/* Two IDX files in one input: two bytes, then both.  The two bytes are the length of the first
 * file, and in their top bits whether each is packed first: a change to packed bytes spoils their
 * checksum and is seen no further. */
#include <zlib.h>

#include "fuzz.h"
#include "synthgrad/images.h"

enum { PACK_PIXELS = 1 << 15, PACK_LABELS = 1 << 14, MOST = 1 << 15 };

static uint8_t *put_little_endian(uint8_t *to, size_t value, size_t bytes)
{
    for (; bytes-- > 0; value >>= 8)
        *to++ = (uint8_t)value;
    return to;
}

/* A gzip member of one stored block: deflate would take longer than the reader. */
static void write_packed(struct fuzz_file *f, const uint8_t *bytes, size_t size)
{
    /* the last byte: a stored block, the last */
    static const uint8_t head[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1};
    uint8_t packed[sizeof head + 4 + MOST + 8], *to = packed + sizeof head;
    size = size < MOST ? size : MOST;
    memcpy(packed, head, sizeof head);
    to = put_little_endian(put_little_endian(to, size, 2), ~size, 2);
    memcpy(to, bytes, size);
    to = put_little_endian(put_little_endian(to + size, crc32(0, bytes, (uInt)size), 4), size, 4);
    fuzz_file_write(f, packed, (size_t)(to - packed));
}

FUZZ_TARGET(fuzz_idx)
{
    if (size < 2)
        return;
    static struct fuzz_file pixels, labels;
    const size_t said = (size_t)bytes[0] | (size_t)bytes[1] << 8, first = said % PACK_LABELS;
    bytes += 2;
    size -= 2;
    const size_t cut = first < size ? first : size;
    (said & PACK_PIXELS ? write_packed : fuzz_file_write)(&pixels, bytes, cut);
    (said & PACK_LABELS ? write_packed : fuzz_file_write)(&labels, bytes + cut, size - cut);
    struct sg_images images;
    struct sg_error err = {""};
    const enum sg_status status =
        sg_data_read_idx(&images, pixels.path, labels.path, NULL, 1 + size % 5, &err);
    if (status == SG_OK) {
        SG_REQUIRE(images.n > 0 && images.n <= 1 + size % 5 && images.classes >= 10 &&
                   images.classes <= 256 && images.first <= 1);
        for (size_t i = 0; i < images.n; i++)
            SG_REQUIRE(images.label[i] < images.classes);
    } else {
        fuzz_check_refusal(status, &err);
        SG_REQUIRE(!images.pixel && !images.label);
    }
    sg_data_images_free(&images);
}
