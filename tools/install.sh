#!/bin/sh
# install.sh install LIBRARY SHARED SONAME PROGRAM | uninstall: the work of these two targets of make.
# SG_DESTDIR, SG_PREFIX, SG_LIBDIR: where to, every character taken as it is.
# SG_STRIP: the command that takes the debugging symbols off.  Empty: they stay.
# SG_WRITTEN: the first three before make read them.  PKG_CONFIG_FILE: what goes into synthgrad.pc.
#
# install lists what it writes before it writes it, in PREFIX/share/synthgrad/installed, a path a line
# without DESTDIR: files, and with a slash behind them the folders that were not there.
# uninstall removes these files, and those of these folders that are empty.
prefix=$SG_PREFIX libdir=$SG_LIBDIR share=$SG_PREFIX/share
list=$share/synthgrad/installed
refuse() { printf 'synthgrad: %s\n' "$1" >&2; exit 2; }

# ---- nothing is touched before these ----
line_end='
'
case $SG_DESTDIR$prefix$libdir in *"$line_end"*) refuse "DESTDIR, PREFIX and LIBDIR are one line each";; esac
raw=$(printf '%s' "$SG_WRITTEN" | sed -E 's/\$\$|\$[({](PREFIX|HOME|CURDIR)[)}]//g')
case $raw in
*\$*) refuse "a dollar in DESTDIR, PREFIX or LIBDIR is written \$\$: after one, make reads a variable";;
esac
case $SG_DESTDIR in
'~'*) refuse "DESTDIR=$SG_DESTDIR: the shell has left ~ as it is; write the folder in full";;
esac
for path in "$prefix" "$libdir"; do
    case $path in
    *[\"\\\$\#\(\)]*) refuse "pkg-config cannot write PREFIX or LIBDIR with one of \" \\ \$ # ( ): $path";;
    /* | '') ;;
    *) refuse "PREFIX and LIBDIR are absolute: $path";;
    esac
    case $path/ in */../*) refuse "PREFIX and LIBDIR lead through no ..: $path";; esac
done
case $SG_DESTDIR in '' | /*) to=$SG_DESTDIR;; *) to=./$SG_DESTDIR;; esac

# ---- install ----
note() { printf '%s\n' "$1" >> "$to$list"; }
folder() { # makes it, and notes it and those above it that are not there
    missing='' above=$1
    while [ -n "$above" ] && [ ! -d "$to$above" ]; do
        missing=$above/$line_end$missing
        above=${above%/*}
    done
    install -d "$to$1" || exit 2
    new=$new$missing
    [ ! -e "$to$list" ] || { printf '%s' "$new" >> "$to$list" && new=''; } || exit 2
}
put() { # MODE FOLDER FILE...
    mode=$1 into=$2
    shift 2
    folder "$into"
    for file; do note "$into/${file##*/}" || exit 2; done
    install -m "$mode" "$@" "$to$into" || exit 2
}
strip_of() { # WHAT FILE: of debugging symbols, or of all that no loader asks for
    [ -z "$SG_STRIP" ] || "$SG_STRIP" "--strip-$1" "$to$2" || exit 2
}
put_as() { # FILE PATH
    folder "${2%/*}"
    note "$2" && install -m 644 "$1" "$to$2" || exit 2
}
install_all() {
    library=$1 shared=$2 soname=$3 program=$4 new=''
    folder "$share/synthgrad"
    note "$list" && chmod 644 "$to$list" || exit 2
    put 755 "$prefix/bin" "$program"
    strip_of all "$prefix/bin/${program##*/}"
    put 644 "$libdir" "$library" "$shared"
    strip_of debug "$libdir/${library##*/}"
    strip_of unneeded "$libdir/${shared##*/}"
    note "$libdir/$soname" && ln -sf "${shared##*/}" "$to$libdir/$soname" || exit 2
    note "$libdir/libsynthgrad.so" && ln -sf "$soname" "$to$libdir/libsynthgrad.so" || exit 2
    put 644 "$prefix/include/synthgrad" include/synthgrad/*.h
    put 644 "$share/synthgrad/cases" cases/*.cfg
    put 644 "$share/synthgrad/plots" plots/*.gp
    put 644 "$share/synthgrad/schema" schema/*.json
    put 755 "$share/synthgrad" tools/figure.sh
    put_as build/synthgrad.1 "$share/man/man1/synthgrad.1"
    put 644 "$share/man/man3" build/man3/*.3
    put_as build/synthgrad.bash "$share/bash-completion/completions/synthgrad"
    put 644 "$share/doc/synthgrad" README.md CHANGELOG.md CITATION.cff LICENSE
    put 644 "$share/doc/synthgrad/proofs" proofs/*.md
    put 644 "$share/doc/synthgrad/examples" examples/*.c examples/*.py
    put 644 "$prefix/lib/python3/dist-packages" python/synthgrad.py
    put 644 "$share/doc/synthgrad/proofs/coq" proofs/coq/THEOREMS proofs/coq/*.v
    if command -v pandoc > /dev/null; then put 644 "$share/doc/synthgrad/proofs" build/pages/proofs/*.html; fi
    folder "$libdir/pkgconfig"
    pc=$libdir/pkgconfig/synthgrad.pc
    note "$pc" && printf '%s\n' "$PKG_CONFIG_FILE" > "$to$pc" && chmod 644 "$to$pc" || exit 2
    # What an earlier version wrote stays in the list.
    listed=$(LC_ALL=C sort -u "$to$list") && printf '%s\n' "$listed" > "$to$list" || exit 2
    case $to$libdir:$(id -u) in /usr/lib*:0 | /usr/local/lib*:0) ldconfig;; esac
    printf 'synthgrad: installed; %s lists the files\n' "$to$list"
}

# ---- uninstall ----
uninstall_all() {
    [ -f "$to$list" ] || refuse "no list of installed files, $to$list (nothing removed)"
    while IFS= read -r path; do
        case $path in
        */../* | */..) refuse "$to$list was edited: $path (nothing removed)";;
        "$prefix"/* | "$libdir"/*) ;;
        *) case $path:$prefix/ in */:"$path"*) continue;; esac        # a folder above them, made for them
           case $path:$libdir/ in */:"$path"*) continue;; esac
           refuse "$to$list: $path is not under PREFIX or LIBDIR (nothing removed)";;
        esac
    done < "$to$list"
    left=0
    while IFS= read -r path; do
        case $path in */ | "$list") ;; *) rm -f "$to$path" || left=1;; esac
    done < "$to$list"
    [ $left -eq 0 ] || refuse "some files are left; make uninstall goes on from there"
    folders=$(grep '/$' "$to$list" | LC_ALL=C sort -r)                # what lies in a folder before the folder
    rm -f "$to$list" || exit 2
    printf '%s\n' "$folders" | while IFS= read -r path; do
        [ ! -d "$to$path" ] || rmdir "$to$path" 2> /dev/null
    done
    return 0
}

case $1 in
install) shift; install_all "$@";;
uninstall) uninstall_all;;
esac
