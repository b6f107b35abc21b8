#!/bin/sh
# deb.sh VERSION [ROOT]: Debian's packages of the files of this folder, in build/deb, without an error or a warning of lintian.
# ROOT, the word `root`: installs them in a fresh Debian of mmdebstrap, which only root can make, and uses them there (debian/tests/installed).
version=$1 root=$2 into=build/deb
for tool in dpkg-buildpackage lintian ${root:+mmdebstrap}; do
    command -v "$tool" > /dev/null || { echo "synthgrad: no $tool here; make deps-deb installs it" >&2; exit 2; }
done
rm -rf "$into" && mkdir -p "$into/synthgrad-$version" || exit 2
tar --exclude=./build --exclude=./results --exclude=./.git -cf - . | tar -xf - -C "$into/synthgrad-$version" || exit 2
# dpkg's flags and ours, no others: none of make's or the user's.
unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS NIST_DIR MNIST_DIR SG_NIST_DIR SG_MNIST_DIR
(cd "$into/synthgrad-$version" && DEB_BUILD_OPTIONS="parallel=${JOBS:-1}" dpkg-buildpackage -us -uc -b) > "$into/log" 2>&1 ||
    { tail -30 "$into/log"; echo "synthgrad: $into/log has the rest" >&2; exit 1; }
# Initial uploads close a bug of Debian's, and distribution is theirs too.
lintian --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs "$into"/*.changes || exit 1
folder=$PWD/$into/synthgrad-$version
for package in "$into"/*.deb; do
    case $package in *-dbgsym_*) continue;; esac
    dpkg-deb -x "$package" "$into/x" || exit 1
done
if grep -rlF "$folder" "$into/x"; then echo "synthgrad: these hold the builder's folder" >&2; exit 1; fi
for package in "$into"/*.deb; do
    case $package in *-dbgsym_*) ;; *) echo "$package";; esac
done
[ "$root" = root ] || exit 0
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
wanted=gcc,g++,libc6-dev,gnuplot-nox,librsvg2-bin,groff-base,man-db,pkg-config
# The packages' own dependencies come with them, from the same mirror.
mmdebstrap --quiet --variant=apt --include="$wanted" --customize-hook="mkdir \"\$1/d\" && cp $into/*.deb debian/tests/installed \"\$1/d\"" \
    --customize-hook='rm -f "$1"/d/*-dbgsym_*' \
    --customize-hook='chroot "$1" sh -c "DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends /d/*.deb" > /dev/null' \
    --customize-hook='chroot "$1" sh /d/installed' --format=null "$suite" /dev/null
