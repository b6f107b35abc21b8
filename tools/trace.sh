#!/bin/sh
# claim -> proof page, code, case, figure, test.  A page may say `figure: none, because ...`.  Exit 1 on a hole.
status=0
cell() { if [ -e "$1" ]; then printf ' %-6s' yes; else printf ' %-6s' HOLE; status=1; fi; }
printf '%-26s %-6s %-6s %-6s %-6s %-6s\n' claim proof code case figure test
for name in $(build/synthgrad list --json | sed -n 's/.*"name": "\([a-z0-9_]*\)".*/\1/p'); do
    printf '%-26s' "$name"
    cell "proofs/$name.md"
    cell "src/claim/$name.c"
    cell "cases/$name.cfg"
    if grep -qs '^figure: none, because ' "proofs/$name.md"; then printf ' %-6s' none; else cell "plots/$name.gp"; fi
    cell "tests/claim/test_${name%%_*}.c"
    printf '\n'
done
exit $status
