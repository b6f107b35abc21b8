#!/bin/sh
# Lines over 100 columns in the C sources, one "FILE:LINE: COLUMNS" each.  Exit 1 if there are any.
#
#   sh tools/width.sh              all *.c and *.h under include, src and tests
#   sh tools/width.sh src/net ...  only these folders or files
#
# A column is a character: the bytes that continue one in UTF-8 do not count.  A tab counts as one.
MOST=100
[ $# -gt 0 ] || set -- include src tests
for place in "$@"; do
    [ -e "$place" ] || { echo "width: no such file or folder: $place" >&2; exit 2; }
done
wide=$(find "$@" -type f -name '*.[ch]' | sort | while IFS= read -r file; do
    LC_ALL=C awk -v file="$file" -v most="$MOST" '
        { line = $0; gsub(/[\200-\277]/, "", line) }
        length(line) > most { print file ":" FNR ": " length(line) }' "$file"
done)
[ -z "$wide" ] || { printf '%s\n' "$wide"; exit 1; }
