#!/bin/sh
# The reference: a page for every function that the library has and the headers declare, which troff
# and man read without a word; a function without a comment, or with one that does not say what it
# does, is an error that names file, line and function.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_reference: %s\n' "$*"; bad=1; }
reference() { # FOLDER HEADER...: its pages
    into=$1; shift
    mkdir -p "$into/man3" && awk -v into="$into/man3" -v version=1.2.3 -f tools/reference.awk "$@"
}
reference "$work" include/synthgrad/*.h > "$work/said" 2>&1 || complain "$(head -3 "$work/said")"

cat include/synthgrad/*.h | grep -o 'sg_[a-z0-9_]*' | sort -u > "$work/declared"
nm -g --defined-only "${B:-build/release}/libsynthgrad.a" 2> /dev/null | awk '$2 ~ /[TiW]/ { print $3 }' |
    sort -u | comm -12 - "$work/declared" > "$work/functions"
[ "$(wc -l < "$work/functions")" -gt 300 ] || complain "the library has only $(wc -l < "$work/functions") functions"
(cd "$work/man3" && ls sg_*.3) | sed 's/\.3$//' | sort > "$work/pages"
comm -23 "$work/functions" "$work/pages" > "$work/missing"
[ ! -s "$work/missing" ] || complain "no page for $(head -3 "$work/missing" | tr '\n' ' ')"
comm -13 "$work/functions" "$work/pages" > "$work/idle"
[ ! -s "$work/idle" ] || complain "a page for what is no function: $(head -3 "$work/idle" | tr '\n' ' ')"
for header in include/synthgrad/*.h; do
    room=$(basename "$header" .h)
    [ "$room" = synthgrad ] || [ -s "$work/man3/synthgrad_$room.3" ] || complain "no page for $header"
done
if command -v groff > /dev/null; then
    (cd "$work" && groff -man -Tutf8 -Kutf8 -ww -z man3/*.3) 2> "$work/said"
    [ ! -s "$work/said" ] || complain "groff: $(head -3 "$work/said")"
fi
if command -v lexgrog > /dev/null; then
    (cd "$work" && lexgrog man3/*.3) 2>&1 | grep -v '^man3/.*: "' > "$work/said"
    [ ! -s "$work/said" ] || complain "man -k could not find: $(head -3 "$work/said")"
fi

# What the page of one says.
page=$work/man3/sg_closed_rates.3
for words in 'Eigenvalues below q u lambda_max count as zero' 'struct sg_rates sg_closed_rates(const double \*lambda, size_t q);' \
             'double critical; ' '#include <synthgrad/closed.h>'; do
    grep -q "$words" "$page" || complain "sg_closed_rates(3) lacks: $words"
done

# Headers with a fault.
refused() { # WORDS, the header on standard input
    { printf '/* x.h - a header. */\n\n'; cat; } > "$work/x.h"
    reference "$work/x" "$work/x.h" > "$work/said" 2>&1 && complain "not refused: $1"
    grep -q "x.h:[0-9]*: .*$1" "$work/said" || complain "refused in other words than $1: $(cat "$work/said")"
}
echo 'void sg_x_do(int a);' | refused 'sg_x_do has no comment'
printf '/* Does. */\n\nvoid sg_x_do(int a);\n' | refused 'sg_x_do has no comment'
printf '/* Does. */\nvoid sg_x_do(int a);\nvoid sg_x_undo(int a,\n               int b);\n' | refused 'sg_x_undo has no comment of its own'
printf '/* SG_OK: it was done. */\nvoid sg_x_do(int a);\n' | refused 'sg_x_do does not begin with what it does'
printf '/* x.h - a header. */\n\n/* Makes. */\nvoid sg_x_alloc(int a);\nvoid sg_x_free(int a);\n' > "$work/x.h"
reference "$work/x" "$work/x.h" > "$work/said" 2>&1 || complain "alloc and free under one comment: $(cat "$work/said")"
exit $bad
