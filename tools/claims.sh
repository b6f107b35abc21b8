#!/bin/sh
# The table of claims, from the folders of src/claim: a new folder is a new claim.  Each claim.c
# defines `const struct sg_claim sg_claim_FOLDER`; a folder that does not is named, and exit is 1.
#
#   sh tools/claims.sh src/claim > claims.c
ids=$(for folder in "$1"/*/; do basename "$folder"; done | sort -V)
[ -n "$ids" ] || { echo "synthgrad: $1: no claims" >&2; exit 1; }
for id in $ids; do
    if ! grep -qs "^const struct sg_claim sg_claim_$id = {" "$1/$id/claim.c"; then
        echo "synthgrad: $1/$id/claim.c: has no \`const struct sg_claim sg_claim_$id = {\`; a folder is a claim" >&2
        exit 1
    fi
done
echo '/* The claims; made by tools/claims.sh. */'
echo '#include "synthgrad/claim.h"'
for id in $ids; do echo "extern const struct sg_claim sg_claim_$id;"; done
echo 'const struct sg_claim *const sg_claims[] = {'
for id in $ids; do echo "    &sg_claim_$id,"; done
echo '    NULL,'
echo '};'
