#!/bin/sh
# figure.sh SCRIPT RESULTS FIGURE: draws FIGURE.svg and FIGURE.png from the columns in RESULTS, each whole or not at all: gnuplot reports no full disk.
script=$1 results=$2 figure=$3
part=$(dirname "$figure")/.$(basename "$figure")
trap 'rm -f "$part.svg" "$part.png"' EXIT
refuse() { printf 'synthgrad: %s: cannot write the figure: %s\n' "$figure" "$1" >&2; exit 2; }
command -v gnuplot > /dev/null || refuse "no gnuplot here; make deps, or your system's package gnuplot-nox, installs it"
said=$(mkdir -p "$(dirname "$figure")" 2>&1) || refuse "$said"
# gnuplot warns of every `set encoding utf8` in a locale without UTF-8.
# A quote in a folder's name is a letter of it, not the end of gnuplot's string.
quoted() { printf %s "$1" | sed "s/'/''/g"; }
said=$(LC_ALL=C.UTF-8 gnuplot -e "dir='$(quoted "$results")'; out='$(quoted "$part")'" "$script" 2>&1) || refuse "$(printf '%s\n' "$said" | grep . | tail -n 1)"
[ -z "$said" ] || printf '%s\n' "$said" >&2
{ tail -c 20 "$part.svg" | grep -q '</svg>' && tail -c 12 "$part.png" | LC_ALL=C grep -aq IEND; } 2> /dev/null || refuse "cut short, the disk is probably full; make room and say it again"
iconv -f UTF-8 -t UTF-8 "$part.svg" > /dev/null 2>&1 || \
    refuse "the SVG is not UTF-8, so no browser shows it; write the letters of $script in UTF-8"
said=$(mv -f "$part.svg" "$figure.svg" 2>&1 && mv -f "$part.png" "$figure.png" 2>&1) || refuse "$said"
