#!/bin/sh
# Every file of the tree has a copyright notice and a licence whose text is in LICENSES, by the REUSE tool where it is installed.
# Tools before version 4 know .reuse/dep5 in place of REUSE.toml: they get a copy of the tree with that, made of the same lines.
command -v reuse > /dev/null || { echo 'test_reuse: skipped, no reuse here; make deps-dev installs it'; exit 0; }
git rev-parse --git-dir > /dev/null 2>&1 || { echo 'test_reuse: skipped, not a checkout'; exit 0; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_reuse: %s\n' "$*"; bad=1; }
mkdir -p "$work/tree"
git ls-files -z | xargs -0 cp --parents -Pt "$work/tree"
major=$(reuse --version | sed -n 's/^reuse[^0-9]*\([0-9]*\).*/\1/p')
value() { sed -n "s/^$1 = \"\(.*\)\"$/\1/p" "$work/tree/REUSE.toml"; }
if [ "${major:-0}" -lt 4 ]; then
    [ "$(value path)" = '**' ] || complain "REUSE.toml has more than one annotation; this test reads one, of **"
    mkdir "$work/tree/.reuse"
    printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: %s\n\nFiles: *\nCopyright: %s\nLicense: %s\n' \
        "$(value SPDX-PackageName)" "$(value SPDX-FileCopyrightText)" "$(value SPDX-License-Identifier)" > "$work/tree/.reuse/dep5"
    rm "$work/tree/REUSE.toml"
fi
lint() { (cd "$work/tree" && git init -q . 2> /dev/null; reuse lint) > "$work/said" 2>&1; }
lint || complain "$(tail -20 "$work/said")"
# It sees a licence without a text.
printf '/* SPDX-%s: MIT */\n' License-Identifier > "$work/tree/src/x.c"
lint && complain 'a file under a licence that is not in LICENSES passes'
exit $bad
