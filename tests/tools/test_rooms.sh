#!/bin/sh
# tools/rooms.sh sees every kind of import that goes the wrong way, in a copy of the sources.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_rooms: %s\n' "$*"; bad=1; }
look() { ROOT=$work sh tools/rooms.sh "$@" 2>&1; }

cp -r include src "$work/" || exit 1
look > "$work/before"
[ $? -le 1 ] || complain "the sources cannot be read: $(cat "$work/before")"

# seed FILE LINE WORDS: the line at the top of that file makes a new complaint with these words.
seed() {
    cp "$work/$1" "$work/kept" || complain "no file $1"
    { printf '%s\n' "$2"; cat "$work/kept"; } > "$work/$1"
    look > "$work/after"
    [ $? -eq 1 ] || complain "no exit 1: $1 with $2"
    sort "$work/before" "$work/before" "$work/after" | uniq -u > "$work/new"
    grep -q "$3" "$work/new" || complain "not seen: $1 with $2: $(cat "$work/new")"
    cp "$work/kept" "$work/$1"
}
seed src/base/text.c        '#include "synthgrad/data.h"'    'src/base/text.c: .*base does not use data'
seed src/closed/fit.c       '#include "synthgrad/net.h"'     'closed does not use net'
seed src/closed/deep.h      '#include "sim/observing.h"'     'closed does not use sim'
seed src/net/kernel/affine.c '  #  include "lab/lab.h"'       'net does not use lab'
seed src/judge/judge.c      '#include "lab/lab.h"'           'judge does not use lab'
seed src/lab/lab.c          '#include "claim/dy3/parts.h"'   'lab does not use claim/dy3'
seed src/claim/dy1/claim.c  '#include "claim/dy3/parts.h"'   'claim/dy1 does not use claim/dy3'
seed src/search/theta.c     '#include "synthgrad/claim.h"'   'search does not use judge'
seed src/report/json.c      '#include "lab/lab.h"'           'report does not use lab'
seed src/base/file.c        '#include "synthgrad/synthgrad.h"' 'which has all'
seed src/base/file.c        '#include "elsewhere/x.h"'       'names no room'
seed include/synthgrad/data.h '#include "synthgrad/closed.h"' 'data does not use closed'
seed src/lab/lab.h          '#include "lab/shallow.h"'       'in a circle'
mkdir "$work/src/attic" && echo '#include "synthgrad/base.h"' > "$work/src/attic/x.c"
look | grep -q 'src/attic/x.c: is in no room' || complain "a new room is not seen"
rm -r "$work/src/attic"

# Symbols: a function that is called without its header.
mkdir -p "$work/objects/src/base" "$work/objects/src/net"
echo 'void sg_net_f(void); void sg_net_f(void) {}' > "$work/src/net/f.c"
echo 'void sg_net_f(void); void sg_base_f(void); void sg_base_f(void) { sg_net_f(); }' \
    > "$work/src/base/f.c"
for room in net base; do
    ${CC:-cc} -c -o "$work/objects/src/$room/f.o" "$work/src/$room/f.c" || complain "no compiler"
done
look objects | grep -q 'src/base/f.o: uses sg_net_f; base does not use net' ||
    complain "a symbol is not seen"
rm "$work/src/net/f.c"
look objects | grep -q 'uses sg_net_f' && complain "the object of a source that is gone counts"
look nowhere > "$work/after" && complain "no objects, and that is fine"
exit $bad
