#!/bin/sh
# One version: the Makefile's is that of the newest section of CHANGELOG.md, of CITATION.cff and of the Debian packages.
version=$(sed -n 's/^VERSION := //p' Makefile)
bad=0
same() { [ "$2" = "$version" ] || { echo "test_version: the Makefile says $version, $1 says $2"; bad=1; }; }
same CHANGELOG.md "$(sed -n 's/^## \([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -1)"
same CITATION.cff "$(sed -n 's/^version: //p' CITATION.cff)"
same debian/changelog "$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)"
grep -q "^Package: libsynthgrad${version%.*}\$" debian/control && [ -e "debian/libsynthgrad${version%.*}.install" ] ||
    { echo "test_version: debian/control has no package of the soname ${version%.*}"; bad=1; }
exit $bad
