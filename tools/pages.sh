#!/bin/sh
# pages.sh PAGE.md PAGE.html: a proof page as HTML with MathML, by pandoc.  A formula that pandoc cannot read ends it: it would be left as TeX.
# The line <!--nav--> becomes the links to the report when `synthgrad report` copies the page.
markdown=$1 html=$2
refuse() { printf 'synthgrad: %s: %s\n' "$markdown" "$1" >&2; exit 2; }
command -v pandoc > /dev/null || refuse "no pandoc here, so no page is made; make deps installs it"
mkdir -p "$(dirname "$html")" || exit 2
title=$(sed -n '1s/^# //p' "$markdown")
said=$(LC_ALL=C.UTF-8 pandoc --from gfm+tex_math_dollars --to html5 --mathml --section-divs --standalone --fail-if-warnings --lua-filter tools/page.lua \
    --template tools/page.html --metadata pagetitle="$title" --output "$html.part" "$markdown" 2>&1) || { rm -f "$html.part"; refuse "$said"; }
mv -f "$html.part" "$html"
