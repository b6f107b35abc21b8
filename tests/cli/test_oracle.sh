#!/bin/sh
# 200 random tables through `synthgrad analyze` against multi-precision (tools/analyze_oracle.py has
# 2000 and any number).
if ! python3 -c 'import mpmath' 2> /dev/null; then
    echo "test_oracle: skipped, python3-mpmath is not installed"
    exit 0
fi
exec python3 tools/analyze_oracle.py 200
