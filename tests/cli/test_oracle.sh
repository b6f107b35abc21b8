#!/bin/sh
# 200 random tables of at most 2000 rows through `synthgrad analyze` against multi-precision
# (tools/analyze_oracle.py has 2000, of up to 100000 rows, and any number).
if ! python3 -c 'import mpmath' 2> /dev/null; then
    echo "test_oracle: skipped, python3-mpmath is not installed"
    exit 0
fi
exec python3 tools/analyze_oracle.py 200 1 2000
