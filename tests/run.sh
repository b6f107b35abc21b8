#!/bin/sh
# Runs the test programs named, the command-line tests and the perturbed formulas, JOBS at a time;
# prints what failed and one closing line.  Zero tests are a failure.  What takes longest is first,
# so that no core waits at the end.
longest='tests/judge/test_keys|tests/cli/test_(install|figures)'
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export work
printf '%s\n' "$@" tests/*/test_*.sh > "$work/tests"
{
    grep -E "$longest" "$work/tests"
    for part in 1 2 3 4 5 6; do echo "tests/perturb.sh $part/6"; done
    grep -v -E "$longest" "$work/tests"
} | xargs -P "${JOBS:-1}" -I '{}' sh -c '
    out=$(mktemp "$work/out.XXXXXX")
    case "{}" in *.sh*) sh {};; *) {};; esac > "$out" 2>&1 ||
        { mv "$out" "$out.failed"; echo "FAILED: {}" >> "$out.failed"; }'
for output in "$work"/*.failed; do
    [ -e "$output" ] && cat "$output"
done
failed=$(find "$work" -name '*.failed' | wc -l)
passed=$(($(find "$work" -name 'out.*' | wc -l) - failed))
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
