/* A case file. */
#include "fuzz.h"
#include "synthgrad/claim.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct fuzz_file file = fuzz_file(bytes, size);
    struct sg_case c;
    struct sg_error err = {""};
    const enum sg_status status = sg_case_read(&c, file.path, &err);
    if (status == SG_OK) {
        const struct sg_claim *claim = sg_claim_find(c.claim);
        if (claim && sg_claim_fits(claim, &c, &err) != SG_OK)
            fuzz_check_refusal(SG_BAD_INPUT, &err);
        sg_case_free(&c);
    } else {
        fuzz_check_refusal(status, &err);
    }
    close(file.descriptor);
    return 0;
}
