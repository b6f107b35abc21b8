#!/bin/sh
# Runs the test programs named, the command-line tests, those in Python and the perturbed formulas,
# JOBS at a time; prints what was skipped or failed and one closing line.  Zero tests are a failure.
# What takes longest is first, so that no core waits at the end.
longest='tests/judge/test_keys|tests/cli/test_(install|figures|certified)'
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export work PYTHON="${PYTHON:-/usr/bin/python3}" PYTHONDONTWRITEBYTECODE=1
python= parts='1 2 3 4 5 6'
if [ "${B:-build/release}" != build/release ]; then
    echo 'skipped: tests/python, which load the library of the release flavour'
    echo 'skipped: tests/perturb.sh, whose wrong formulas are no clearer for a sanitizer'
    parts=
elif "$PYTHON" -c 'import numpy' 2> /dev/null; then
    python=$(ls tests/python/test_*.py)
else
    echo "skipped: tests/python, since $PYTHON has no NumPy (make deps installs python3-numpy)"
fi
printf '%s\n' "$@" $python tests/*/test_*.sh > "$work/tests"
{
    grep -E "$longest" "$work/tests"
    for part in $parts; do echo "tests/perturb.sh $part/6"; done
    grep -v -E "$longest" "$work/tests"
} | xargs -P "${JOBS:-1}" -I '{}' sh -c '
    out=$(mktemp "$work/out.XXXXXX")
    case "{}" in *.sh*) sh {};; *.py) "$PYTHON" {};; *) {};; esac > "$out" 2>&1 ||
        { mv "$out" "$out.failed"; echo "FAILED: {}" >> "$out.failed"; }'
for output in "$work"/*.failed; do
    [ -e "$output" ] && cat "$output"
done
failed=$(find "$work" -name '*.failed' | wc -l)
passed=$(($(find "$work" -name 'out.*' | wc -l) - failed))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
