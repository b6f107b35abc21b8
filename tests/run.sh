#!/bin/sh
# Runs the test programs named, the command-line tests and the perturbed formulas; prints what failed and one closing line.
# Zero tests are a failure.
passed=0 failed=0
run() {
    if output=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf '%s\n' "$output"
        printf 'FAILED: %s\n' "$*"
    fi
}
for program in "$@"; do
    run "$program"
done
for script in tests/*/test_*.sh tests/perturb.sh; do
    [ -e "$script" ] && run sh "$script"
done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
