#!/bin/sh
# Runs the test programs named, the command-line tests and the perturbed formulas, JOBS at a time;
# prints what failed and one closing line.  Zero tests are a failure.
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export work
{
    printf '%s\n' "$@"
    for script in tests/*/test_*.sh tests/perturb.sh; do
        [ -e "$script" ] && printf '%s\n' "$script"
    done
} | xargs -P "${JOBS:-1}" -I '{}' sh -c '
    out=$(mktemp "$work/out.XXXXXX")
    case {} in *.sh) sh {};; *) {};; esac > "$out" 2>&1 ||
        { mv "$out" "$out.failed"; echo "FAILED: {}" >> "$out.failed"; }'
for output in "$work"/*.failed; do
    [ -e "$output" ] && cat "$output"
done
failed=$(find "$work" -name '*.failed' | wc -l)
passed=$(($(find "$work" -name 'out.*' | wc -l) - failed))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
