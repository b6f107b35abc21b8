/* Two IDX files in one input: the length of the first in two bytes, then both. */
#include "fuzz.h"
#include "synthgrad/images.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2)
        return 0;
    size_t cut = (size_t)bytes[0] | (size_t)bytes[1] << 8;
    bytes += 2;
    size -= 2;
    cut = cut < size ? cut : size;
    const struct fuzz_file pixels = fuzz_file(bytes, cut), labels = fuzz_file(bytes + cut, size - cut);
    struct sg_images images;
    struct sg_error err = {""};
    const enum sg_status status = sg_data_read_idx(&images, pixels.path, labels.path, 10, 1 + size % 5, &err);
    if (status == SG_OK) {
        for (size_t i = 0; i < images.n; i++)
            SG_REQUIRE(images.label[i] < 10);
    } else {
        fuzz_check_refusal(status, &err);
        SG_REQUIRE(!images.pixel && !images.label);
    }
    sg_data_images_free(&images);
    close(pixels.descriptor);
    close(labels.descriptor);
    return 0;
}
