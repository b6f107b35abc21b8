# The library's manual, section 3, from the comments of the public headers.
#
#   awk -v into=FOLDER -v version=V -f tools/reference.awk include/synthgrad/*.h
#
# A comment stands for what is declared under it, up to an empty line or the next comment.
#   sg_closed_rates.3   the functions under one comment: their comment, prototypes and types, and what the section says
#   synthgrad_closed.3  a header: its own comment, its sections and their functions, its macros and types
# Exit 1, with a line for each: a public function that no comment stands for, or a comment that says nothing.

function fault(what) { printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"; faults++ }

# ---- troff.  Code keeps its lines; of a comment, only what is indented, a list or a "name: what it is". ----
function escaped(text) {
    gsub(/\\/, "\\e", text); gsub(/-/, "\\-", text); gsub(/\^/, "\\(ha", text); gsub(/~/, "\\(ti", text)
    gsub(/'/, "\\(aq", text); gsub(/`/, "\\(ga", text)
    if (text ~ /^\./) text = "\\&" text
    return text
}
function code(file, text,    line, n, i) {
    n = split(text, line, "\n")
    print ".nf" > file
    for (i = 1; i <= n; i++) print (line[i] == "" ? ".sp" : escaped(line[i])) > file
    print ".fi" > file
}
function prose(file, text,    line, n, i, kept) {
    n = split(text, line, "\n")
    for (i = 1; i <= n; i++) {
        if (line[i] == "") { if (kept) print ".fi" > file; kept = 0; print ".PP" > file; continue }
        if (line[i] ~ /^  / && !kept) { print ".nf" > file; kept = 1 }
        if (line[i] !~ /^  / && kept) { print ".fi" > file; kept = 0 }
        if (!kept && i > 1 && line[i] ~ /^([A-Za-z_][A-Za-z_0-9]*(, [A-Za-z_][A-Za-z_0-9]*)*( \([^)]*\))?: |- )/) print ".br" > file
        print escaped(line[i]) > file
    }
    if (kept) print ".fi" > file
}
function first_sentence(text) {
    gsub(/\n */, " ", text)
    if (match(text, /[.?] +[A-Z(]|\.( [a-z]+:|$)/)) text = substr(text, 1, RSTART - 1)
    return text
}
function head(file, name, brief) {
    printf ".TH %s 3 \"\" \"synthgrad %s\" \"synthgrad\"\n.ad l\n.nh\n.SH NAME\n%s \\- %s\n", first_of(name), version, name, escaped(brief) > file
}
function first_of(names) { sub(/,.*/, "", names); return names }

# ---- what a header has ----
FNR == 1 {
    header = FILENAME; sub(/.*\//, "", header)
    room = header; sub(/\.h$/, "", room)
    rooms[++n_rooms] = room
    section = notes = comment = ""; own = 0; in_type = in_function = in_macro = 0; own_text[room] = ""
}
FNR > 1 && /^\/\* SPDX/ || /^\/\* SPDX/ { next }

/^\/\*/ || in_comment {
    if (!in_comment) said = ""
    line = $0
    in_comment = line !~ /\*\/ *$/
    sub(/^\/\* ?/, "", line); sub(/^ \* ?/, "", line); sub(/^ \*$/, "", line); sub(/ *\*\/ *$/, "", line)
    said = said (said == "" ? "" : "\n") line
    if (in_comment) next
    if (said ~ /^---- /) {
        sub(/^-+ /, "", said); sub(/ -+$/, "", said)
        section = said; notes = comment = ""; close_group()
        order[room] = order[room] "\n=" section
    } else if (own_text[room] == "") {
        sub(/^[a-z]*\.h - /, "", said); own_text[room] = said
    } else {
        close_group()
        comment = said; own = 1
    }
    next
}
/^ *$/ {
    if (in_type) { type = type "\n"; next }
    # A comment with nothing under it is said of all that follows in its section.
    if (comment != "" && own && !n_names && types == "") notes = notes (notes == "" ? "" : "\n\n") comment
    close_group()
    next
}
/^#define/ || in_macro {
    if (!in_macro) macro = ""
    macro = macro (macro == "" ? "" : "\n") $0
    in_macro = $0 ~ /\\$/
    if (in_macro) next
    if (macro !~ /_H$/) { if (own && comment != "" && types == "" && !n_names) macro = commented(comment) "\n" macro; things[room] = things[room] macro "\n" }
    own = 0
    next
}
/^#/ || /^SG_PUBLIC/ || /^SG_EXTERN/ || /^__extension__/ { next }
/^(struct|enum|union) [a-z_0-9]* *\{/ || /^enum \{/ || in_type {
    if (!in_type) { type = ""; split($0, word, " "); name_of_type = word[1] " " word[2] }
    type = type (type == "" ? "" : "\n") $0
    in_type = !(type ~ /\}[^\n]*; *(\/\*.*\*\/)?$/ && ($0 ~ /^\}/ || type !~ /\n/))
    if (in_type) next
    if (own && types == "") definition[name_of_type] = commented(comment) "\n" type
    else definition[name_of_type] = type
    things[room] = things[room] (things[room] == "" ? "" : "\n") definition[name_of_type] "\n"
    types = types (types == "" ? "" : "\n") type
    next
}
/^struct [^(]*;/ || /^extern / || /^typedef / || in_typedef {
    in_typedef = $0 !~ /;/
    types = types (types == "" ? "" : "\n") $0
    if (!in_typedef && $0 !~ /^(struct|extern)/) things[room] = things[room] "\n" (own ? commented(comment) "\n" : "") types "\n"
    next
}
/^[A-Za-z_].*\(/ || in_function {
    if (!in_function) prototype = ""
    prototype = prototype (prototype == "" ? "" : "\n") $0
    in_function = $0 !~ /;/
    if (in_function) next
    name = prototype
    if (!match(name, /sg_[a-z0-9_]+ *\(/)) { fault("no name of ours in: " prototype); next }
    name = substr(name, RSTART, RLENGTH); sub(/ *\(/, "", name)
    # Under one comment: types, the first function, and what frees its object.
    if (comment == "") fault(name " has no comment")
    else if (n_names && name !~ /_free$/) fault(name " has no comment of its own")
    names[++n_names] = name
    prototypes = prototypes (prototypes == "" ? "" : "\n") prototype
    if (n_names == 1) { group_comment = comment; group_notes = notes }
    next
}
function commented(text,    s) { s = text; gsub(/\n/, "\n * ", s); return "/* " s " */" }

function close_group(    i, list) {
    if (n_names) {
        groups++
        for (i = 1; i <= n_names; i++) list = list (i > 1 ? ", " : "") names[i]
        group[groups] = list; g_comment[groups] = group_comment; g_notes[groups] = group_notes
        g_prototypes[groups] = prototypes; g_room[groups] = room; g_types[groups] = types
        order[room] = order[room] "\n" groups
        functions += n_names
        # NAME's line is the first sentence, which says what there is to be had.
        if (group_comment !~ /[A-Za-z0-9]/ || group_comment ~ /^(SG_[A-Z_]+|Hypothes[ie]s|Accuracy|Source)[ :(]/)
            fault("the comment above " list " does not begin with what it does")
    }
    n_names = 0; prototypes = types = ""; comment = ""; own = 0
}

# ---- the pages ----
function page_of_group(g,    name, n, i, file, all, word, kind, shown) {
    n = split(group[g], name, ", ")
    file = into "/" name[1] ".3"
    head(file, group[g], first_sentence(g_comment[g]))
    print ".SH SYNOPSIS" > file
    code(file, "#include <synthgrad/" g_room[g] ".h>")
    print ".sp" > file
    all = g_prototypes[g]
    gsub(/ SG_MUST_CHECK/, "", all)
    code(file, all)
    print ".SH DESCRIPTION" > file
    prose(file, g_comment[g])
    if (g_prototypes[g] ~ /SG_MUST_CHECK/) print ".PP\nThe status has to be looked at." > file
    # The types of the prototypes, where they are no secret.
    gsub(/[^a-z_0-9]/, " ", all)
    n = split(all, word, " ")
    for (i = 1; i < n; i++) {
        kind = word[i] " " word[i + 1]
        if ((word[i] == "struct" || word[i] == "enum") && kind != "enum sg_status" && kind in definition && index(shown, kind ";") == 0) {
            print (shown == "" ? ".SH TYPES" : ".sp") > file
            shown = shown kind ";"
            code(file, definition[kind])
        }
    }
    if (g_notes[g] != "") { print ".SH NOTES" > file; prose(file, g_notes[g]) }
    printf ".SH SEE ALSO\n.BR synthgrad_%s (3),\n.BR synthgrad (1)\n", g_room[g] > file
    close(file)
    n = split(group[g], name, ", ")
    for (i = 2; i <= n; i++) {
        print ".so man3/" name[1] ".3" > (into "/" name[i] ".3")
        close(into "/" name[i] ".3")
    }
}
function page_of_room(r,    file, line, n, i, j, name, m) {
    file = into "/synthgrad_" r ".3"
    head(file, "synthgrad_" r, first_sentence(own_text[r]))
    print ".SH SYNOPSIS" > file
    code(file, "#include <synthgrad/" r ".h>")
    print ".SH DESCRIPTION" > file
    prose(file, own_text[r])
    n = split(order[r], line, "\n")
    if (n > 1 && line[2] !~ /^=/) print ".SH FUNCTIONS" > file
    for (i = 2; i <= n; i++) {
        if (line[i] ~ /^=/) {
            # A section of types alone has no list.
            if (i < n && line[i + 1] !~ /^=/) printf ".SH %s\n", escaped(toupper(substr(line[i], 2))) > file
            continue
        }
        m = split(group[line[i]], name, ", ")
        printf ".TP\n" > file
        for (j = 1; j <= m; j++) printf ".BR %s (3)%s\n", name[j], (j < m ? ",\n.TQ" : "") > file
        print escaped(first_sentence(g_comment[line[i]])) > file
    }
    if (things[r] != "") { print ".SH TYPES AND MACROS" > file; code(file, things[r]) }
    print ".SH SEE ALSO\n.BR synthgrad (1)" > file
    for (i = 1; i <= n_rooms; i++) if (rooms[i] != r && rooms[i] != "synthgrad") printf ", \\\n.BR synthgrad_%s (3)", rooms[i] > file
    print "" > file
    close(file)
}
END {
    close_group()
    if (faults) exit 1
    for (g = 1; g <= groups; g++) page_of_group(g)
    for (i = 1; i <= n_rooms; i++) if (rooms[i] != "synthgrad") page_of_room(rooms[i])
    printf "reference: %d functions on %d pages\n", functions, groups
}
