#!/bin/sh
# Runs the test programs named, the command-line tests, those in Python and the perturbed formulas,
# JOBS at a time; prints what was skipped or failed and one closing line.  Zero tests are a failure.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export work PYTHON="${PYTHON:-/usr/bin/python3}" PYTHONDONTWRITEBYTECODE=1
python=
if [ "${B:-build/release}" != build/release ]; then
    echo 'skipped: tests/python, which load the library of the release flavour'
elif "$PYTHON" -c 'import numpy' 2> /dev/null; then
    python=$(ls tests/python/test_*.py)
else
    echo "skipped: tests/python, since $PYTHON has no NumPy (make deps installs python3-numpy)"
fi
{
    printf '%s\n' "$@" $python
    for script in tests/*/test_*.sh tests/perturb.sh; do
        [ -e "$script" ] && printf '%s\n' "$script"
    done
} | xargs -P "${JOBS:-1}" -I '{}' sh -c '
    out=$(mktemp "$work/out.XXXXXX")
    case {} in *.sh) sh {};; *.py) "$PYTHON" {};; *) {};; esac > "$out" 2>&1 ||
        { mv "$out" "$out.failed"; echo "FAILED: {}" >> "$out.failed"; }'
for output in "$work"/*.failed; do
    [ -e "$output" ] && cat "$output"
done
failed=$(find "$work" -name '*.failed' | wc -l)
passed=$(($(find "$work" -name 'out.*' | wc -l) - failed))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
