#!/bin/sh
# abi.sh                 programs linked with the last tag's shared library run with this one: abidiff of the two, both built here
# abi.sh OLD NEW         the same of two libraries
# Exit 1: the loader's name is the same and the interface is not.  Additions are no change.
compare() {
    name() { readelf -dW "$1" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p'; }
    if [ "$(name "$1")" != "$(name "$2")" ]; then
        echo "abi: $(name "$1") has become $(name "$2"): the loader tells them apart"
        return 0
    fi
    abidiff --no-added-syms "$1" "$2" && { echo "abi: programs linked with $1 run with $2"; return 0; }
    echo "synthgrad: the interface has changed under the same name, $(name "$2"); raise the minor version in the Makefile" >&2
    return 1
}
command -v abidiff > /dev/null || { echo "synthgrad: no abidiff here; make deps-dev installs it" >&2; exit 2; }
[ $# -eq 2 ] && { compare "$1" "$2"; exit; }
git rev-parse --git-dir > /dev/null 2>&1 || { echo "abi: not a checkout, so no tag to compare with"; exit 0; }
tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2> /dev/null) || { echo "abi: no tag yet, so nothing to compare with"; exit 0; }
old=build/abi/$tag
if [ ! -e "$old/built" ]; then
    rm -rf "$old" && mkdir -p "$old" && git archive "$tag" | tar -xf - -C "$old" || exit 2
    (unset MAKEFLAGS MFLAGS MAKELEVEL; make -C "$old" -j "${JOBS:-1}" shared) > "$old/log" 2>&1 ||
        { tail -5 "$old/log"; echo "synthgrad: $tag cannot be built; $old/log has the rest" >&2; exit 2; }
    touch "$old/built"
fi
last() { find "$1" -name 'libsynthgrad.so.*' -type f | head -1; }
compare "$(last "$old/build")" "$(last build/release)"
