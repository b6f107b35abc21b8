#!/bin/sh
# Imports between the rooms of src go one way.  Every line that breaks a rule is printed; exit 1 if
# there is any.
#
#   sh tools/rooms.sh               #include lines of include/ and src/
#   sh tools/rooms.sh build/release the same, and the symbols of the objects there
#   ROOT=copy sh tools/rooms.sh     of another tree
#
# Rules:
#   - a room uses itself and the rooms that its line below names, in headers and in symbols
#   - a claim uses no other claim
#   - headers include each other in no circle
#   - a source file includes the public headers that it needs, not synthgrad.h, which has all
ROOT=${ROOT:-.}
objects=${1:+$ROOT/$1}

# room: rooms that it may use
rooms='
base:
data:    base
net:     base data
sim:     base data net
train:   base data net
closed:  base data
cert:    base data
search:  base data closed cert
case:    base data net sim
judge:   base data case
lab:     base data net sim train closed cert case judge
claim:   base data net sim train closed cert case judge lab search
analyze: base data net sim closed cert
study:   base data net sim case judge lab
report:  base data case judge
cli:     base data net sim train closed cert case judge lab search analyze study report
'
# public header: its room, where the two have different names
headers='
claim:   judge
deep:    closed
logloss: closed
images:  data
'
# file header: why this one line is none of the above
#   cert.h: the struct of a deep linear instance, which both sides have to name.  No function of
#   closed is called: the objects are looked at, too.
#   build/.../claims.o, the table of claims, is made by the build and belongs to no room.
exceptions='
include/synthgrad/cert.h synthgrad/deep.h
'

cd "$ROOT" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
objects=${objects:+${objects#"$ROOT"/}}

# I FILE HEADER: an #include.
grep -rHE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' include src --include='*.[ch]' |
    sed 's/^\([^:]*\):[^"]*"\([^"]*\)".*/I \1 \2/' > "$work/uses"
# D FILE SYMBOL and S FILE SYMBOL: one defined there, one used there.
if [ -n "$objects" ]; then
    # Objects of sources that are gone stay behind in build/.
    find "$objects/src" -name '*.o' | sort | while IFS= read -r object; do
        source=${object#"$objects"/} source=${source%.o} source=${source%.f[36][24]}.c
        [ -e "$source" ] && printf '%s\n' "$object"
    done | xargs nm -A -g |
        sed -n "s|^$objects/\([^:]*\):.* \([TDBRVWuU]\) \([^ ]*\)\$|\2 \1 \3|p" |
        awk '{ print ($1 == "U" ? "S" : "D"), $2, $3 }' >> "$work/uses"
    grep -q '^D ' "$work/uses" || { echo "rooms: no objects in $objects; build first" >&2; exit 2; }
fi

awk -v rooms="$rooms" -v headers="$headers" -v exceptions="$exceptions" '
function room_of(file,    part) {
    if (split(file, part, "/") < 2) return ""
    if (part[1] == "include") { sub(/\.h$/, "", part[3]); return public(part[3]) }
    if (part[1] == "src") return part[2] == "claim" ? "claim/" part[3] : part[2]
    if (part[1] == "synthgrad") { sub(/\.h$/, "", part[2]); return public(part[2]) }
    return part[1] == "claim" ? "claim/" part[2] : part[1]
}
function public(name) { return name in home ? home[name] : name }
function kind(room) { return room ~ /^claim\// ? "claim" : room }
function may(from, to) {
    if (from == to) return 1
    return (kind(from), kind(to)) in allowed
}
function complain(file, text) { print file ": " text; bad = 1 }
BEGIN {
    n = split(rooms, line, "\n")
    for (i = 1; i <= n; i++) {
        m = split(line[i], word, /[: ]+/)
        if (m > 0) known[word[1]] = 1
        for (k = 2; k <= m; k++) allowed[word[1], word[k]] = 1
    }
    n = split(headers, line, "\n")
    for (i = 1; i <= n; i++) if (split(line[i], word, /[: ]+/) > 1) home[word[1]] = word[2]
    n = split(exceptions, line, "\n")
    for (i = 1; i <= n; i++) excepted[line[i]] = 1
}
$1 == "I" {
    if ($2 " " $3 in excepted) next
    if ($3 == "synthgrad/synthgrad.h") { complain($2, "includes synthgrad.h, which has all"); next }
    if ($2 == "include/synthgrad/synthgrad.h") next
    from = room_of($2); to = room_of($3)
    if (!(kind(from) in known)) { complain($2, "is in no room that tools/rooms.sh knows"); next }
    if (!(kind(to) in known)) { complain($2, "includes \"" $3 "\", which names no room"); next }
    if (!may(from, to)) complain($2, "includes \"" $3 "\"; " from " does not use " to)
}
$1 == "D" { room[$3] = room_of($2) }
$1 == "S" { user[$2 " " $3] = 1 }
END {
    for (u in user) {
        split(u, word, " ")
        to = room[word[2]]; from = room_of(word[1])
        if (to != "" && !may(from, to))
            complain(word[1], "uses " word[2] "; " from " does not use " to)
    }
    exit bad
}' "$work/uses" > "$work/bad"
status=$?
sort "$work/bad"

# A circle of headers: tsort names the files on it.
sed -n 's/^I \(include\/\|src\/\)\([^ ]*\.h\) /\2 /p' "$work/uses" | tsort > /dev/null 2> "$work/circle" || {
    echo "headers include each other in a circle:"
    sed -n '/contains a loop/d; s/^tsort: /  /p' "$work/circle"
    status=1
}
exit "$status"
