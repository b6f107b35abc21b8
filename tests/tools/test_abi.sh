#!/bin/sh
# tools/abi.sh: more functions are no change; a function that goes, or a struct that grows, is one under the same soname.
command -v abidiff > /dev/null || { echo 'test_abi: skipped, no abidiff here; make deps-dev installs it'; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_abi: %s\n' "$*"; bad=1; }
library() { # NAME SONAME, the source on standard input
    mkdir -p "$work/$1"
    ${CC:-cc} -xc -g -shared -fPIC -Wl,-soname,"$2" -o "$work/$1/libx.so" - || complain "no library $1"
}
echo 'struct p { int x; }; int f(struct p *p) { return p->x; } int g(void) { return 1; }' | library old libx.so.1
echo 'struct p { int x; }; int f(struct p *p) { return p->x; } int g(void) { return 1; } int h(void) { return 2; }' | library more libx.so.1
echo 'struct p { int x; }; int f(struct p *p) { return p->x; }' | library less libx.so.1
echo 'struct p { double y; int x; }; int f(struct p *p) { return p->x; } int g(void) { return 1; }' | library grown libx.so.1
echo 'struct p { int x; }; int f(struct p *p) { return p->x; }' | library renamed libx.so.2
for new in old more renamed; do
    sh tools/abi.sh "$work/old/libx.so" "$work/$new/libx.so" > "$work/said" 2>&1 || complain "$new: refused: $(cat "$work/said")"
done
for new in less grown; do
    sh tools/abi.sh "$work/old/libx.so" "$work/$new/libx.so" > "$work/said" 2>&1 && complain "$new passes"
    grep -q 'raise the minor version' "$work/said" || complain "$new: $(cat "$work/said")"
done
# Without a tag there is nothing to compare with.
mkdir "$work/tree" && cp tools/abi.sh "$work/tree/"
(cd "$work/tree" && git init -q . && sh abi.sh) > "$work/said" 2>&1 && grep -q 'no tag yet' "$work/said" || complain "no tag: $(cat "$work/said")"
exit $bad
