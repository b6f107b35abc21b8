#!/bin/sh
# figure.sh SCRIPT RESULTS FIGURE: draws FIGURE.svg from the columns in RESULTS, and FIGURE.png from FIGURE.svg; each whole or not at all: gnuplot reports no
# full disk.  The PNG is for slides and mails, and for the report's page where it weighs less than a drawing of thousands of marks.
script=$1 results=$2 figure=$3
part=$(dirname "$figure")/.$(basename "$figure")
trap 'rm -f "$part.svg" "$part.png"' EXIT
refuse() { printf 'synthgrad: %s: cannot write the figure: %s\n' "$figure" "$1" >&2; exit 2; }
command -v gnuplot > /dev/null || refuse "no gnuplot here; make deps, or your system's package gnuplot-nox, installs it"
command -v rsvg-convert > /dev/null || refuse "no rsvg-convert here; make deps, or your system's package librsvg2-bin, installs it"
said=$(mkdir -p "$(dirname "$figure")" 2>&1) || refuse "$said"
# gnuplot warns of every `set encoding utf8` in a locale without UTF-8.
# A quote in a folder's name is a letter of it, not the end of gnuplot's string.
quoted() { printf %s "$1" | sed "s/'/''/g"; }
said=$(LC_ALL=C.UTF-8 gnuplot -e "dir='$(quoted "$results")'; out='$(quoted "$part")'" "$script" 2>&1)
code=$?
last=$(printf '%s\n' "$said" | grep . | tail -n 1)
[ $code -eq 0 ] || refuse "${last:-gnuplot ended with code $code}"
[ -z "$said" ] || printf '%s\n' "$said" >&2
full="cut short, the disk is probably full; make room and say it again"
tail -c 20 "$part.svg" 2> /dev/null | grep -q '</svg>' || refuse "$full"
iconv -f UTF-8 -t UTF-8 "$part.svg" > /dev/null 2>&1 || \
    refuse "the SVG is not UTF-8, so no browser shows it; write the letters of $script in UTF-8"
# Where there is no Helvetica a browser takes its own, with serifs, unless it is told what is near; it is said once a text, not once a word.
sed 's/<tspan font-family="Helvetica" */<tspan /g; s/font-family="Helvetica"/font-family="Helvetica, Arial, sans-serif"/g' "$part.svg" > "$part.png" && cat "$part.png" > "$part.svg" || refuse "$full"
tail -c 20 "$part.svg" | grep -q '</svg>' || refuse "$full"
said=$(rsvg-convert --width 1500 --output "$part.png" "$part.svg" 2>&1) || refuse "$(printf '%s\n' "$said" | grep . | tail -n 1)"
tail -c 12 "$part.png" 2> /dev/null | LC_ALL=C grep -aq IEND || refuse "$full"
said=$(mv -f "$part.svg" "$figure.svg" 2>&1 && mv -f "$part.png" "$figure.png" 2>&1) || refuse "$said"
