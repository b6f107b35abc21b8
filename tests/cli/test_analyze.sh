#!/bin/sh
# synthgrad analyze as a user meets it: every JSON key, 80 columns, no NaN, one-line refusals.
program=$PWD/build/synthgrad
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
bad=0
complain() { printf 'test_analyze: %s\n' "$*"; bad=1; }

# expect CODE FILE WORDS... : that exit code; for 2 exactly one line on stderr and nothing on
# stdout, for 0 nothing on stderr.
expect() {
    want=$1; input=$2; shift 2
    "$program" analyze "$work/$input" "$@" > "$work/out" 2> "$work/err" < /dev/null
    code=$?
    [ $code -eq "$want" ] || complain "exit $code, not $want: $input $*: $(head -3 "$work/err")"
    if [ "$want" -eq 2 ]; then
        [ "$(wc -l < "$work/err")" -eq 1 ] && grep -q '^synthgrad: ' "$work/err" ||
            complain "no clear line: $input $*: $(cat "$work/err")"
        [ -s "$work/out" ] && complain "output beside a refusal: $input $*"
    else
        [ -s "$work/err" ] && complain "stderr: $input $*: $(head -3 "$work/err")"
    fi
    grep -qiE '(^|[^a-z])-?(nan|inf)([^a-z]|$)' "$work/out" && complain "NaN or infinity: $input $*"
}
# The text names the file in its first line; everything after it fits.
fits() {
    tail -n +2 "$work/out" |
        awk 'length($0) > 80 { print; bad = 1 } END { exit bad }' > "$work/long" ||
        complain "over 80 columns: $(cat "$work/long")"
}

cat > "$work/plain.csv" << 'END'
size,constant,"a name, quoted",y
1,7,3.5,2.1
2,7,1.25,3.9
3,7,4.75,6.2
4,7,1.5,7.7
5,7,-2,10.4
6,7,6.5,11.8
END
expect 0 plain.csv --target y --delay 10 --json
for key in n d dropped rank condition_number coefficients rss lambda_x lambda_z mu_critical \
    nu_critical mu_optimal nu_optimal contraction_optimal steps_to_1e6 realizable delay check \
    contraction max_abs_diff verdict '(intercept)' 'a name, quoted' tau explained r_squared \
    unexplained lambda_z_min; do
    grep -qF "\"$key\":" "$work/out" || complain "no key $key"
done
grep -q '"verdict": "holds"' "$work/out" || complain "plain data do not hold"
grep -q '"d": 2' "$work/out" || complain "a constant column counts as a feature"
expect 0 plain.csv --target y
grep -q '1 - R^2 = .*The better the fit, the slower the SG' "$work/out" || complain "no R^2 in words"
expect 0 plain.csv --target y --no-intercept
grep -q 'R^2' "$work/out" && complain "R^2 without an intercept"
expect 0 plain.csv --target y --json
grep -q '"delay": null' "$work/out" || complain "delay is not null without --delay"
for words in '' '--no-standardise' '--no-intercept' '--no-standardise --no-intercept' \
    '--delay 10000' '--loss mse'; do
    # shellcheck disable=SC2086
    expect 0 plain.csv --target y $words; fits
done

# A target far from its spread: the SG from phi = 0 takes 5e18 steps, standardised 1e6; DY13's step
# is named.  Through the origin, a column constant to rounding, a file without a header.
awk 'BEGIN { print "x,y"; srand(7)
    for (i = 0; i < 40; i++)
        printf "%.0f,%.4f\n", 4155915500 + 40 * i, 1.5e9 + 16 * i + 3 * (i * 7 % 5 - 2) }' \
    > "$work/stamp.csv"
expect 0 stamp.csv --target y; fits
grep -q 'target as it is  *[0-9.]*e+1[89]' "$work/out" || complain "no steps from phi = 0"
grep -q 'in float64 the SG does not learn' "$work/out" || complain "a flat gradient is not named"
grep -q 'DY13' "$work/out" || complain "the normalised step is not named"
grep -q 'shrink an error by 1e6: 1$' "$work/out" && complain "an SG that never learns takes 1 step"
expect 0 stamp.csv --target y --standardise-target; fits
grep -q 'target standardised: (target - ' "$work/out" || complain "no standardised target"
expect 0 stamp.csv --target y --standardise-target --json
for key in from_zero relative_error steps steps_normalised normalised_most digits; do
    grep -qF "\"$key\":" "$work/out" || complain "no key $key"
done
expect 2 plain.csv --target constant --standardise-target
awk 'BEGIN { print "x,y"; for (i = 60; i <= 70; i++) print i "," i + 70 }' > "$work/origin.csv"
expect 0 origin.csv --target y --no-intercept; fits
grep -q 'does not learn' "$work/out" && complain "a flat direction without gradient is no fault"
grep -q 'residual sum of squares 127.272727273' "$work/out" || complain "NoInt1 is not 127.27"
printf 'one,k,y\n1,3,1\n1.0000000000000002,5,2\n0.9999999999999999,4,2.5\n1,9,3\n' > "$work/ulp.csv"
expect 0 ulp.csv --target y; fits
grep -q 'left out, constant to rounding: one' "$work/out" || complain "ulps are a feature"
expect 0 ulp.csv --target y --json
grep -q '"constant_to_rounding"' "$work/out" || complain "no key constant_to_rounding"
printf '2.9,0.27,5.5\n3.9,0.62,7.3\n' > "$work/header.csv"
expect 2 header.csv --target y
grep -q 'looks like data' "$work/err" || complain "no header: $(cat "$work/err")"

# A deep linear net: norms multiply to sigma, every key is there, all fits, and refusals are one line.
expect 0 plain.csv --target y --layers 3 --sg-at everywhere --kappa 0.5 --json
for key in layers sg_at kappa sigma norms backprop_norm sharpness sharpness_backprop mu_critical \
    mu_critical_backprop attracts slowest; do
    grep -qF "\"$key\":" "$work/out" || complain "no key $key"
done
grep -q '"attracts": true' "$work/out" || complain "plain data: the minimum does not attract"
grep -q '"sg_at": "everywhere"' "$work/out" || complain "sg_at is not everywhere"
for words in '--layers 2 --sg-at 1' '--layers 33 --sg-at everywhere' '--layers 5 --sg-at 5' \
    '--layers 4 --sg-at 2 --kappa 1e-6 --no-intercept' '--layers 3 --sg-at 1 --no-standardise'; do
    # shellcheck disable=SC2086
    expect 0 plain.csv --target y $words; fits
done
expect 0 plain.csv --target y --json
grep -q '"layers": null' "$work/out" || complain "layers is not null without --layers"
expect 2 plain.csv --target y --layers 3
expect 2 plain.csv --target y --sg-at 2
expect 2 plain.csv --target y --layers 3 --sg-at 4
expect 2 plain.csv --target y --layers 1 --sg-at everywhere
expect 2 plain.csv --target y --layers 3 --sg-at 1 --kappa 0
expect 2 plain.csv --target constant --loss log --layers 3 --sg-at 1

# Degenerate data: a right answer in finite time.
printf 'y\n3\n' > "$work/one.csv"
printf 'a,y\n1,5\n' > "$work/row.csv"
printf 'a,b,y\n1,2,5\n3,6,5\n4,8,5\n' > "$work/constant_y.csv"
printf 'a,b,c,d,y\n1,2,5,4,1\n3,6,5,9,2\n' > "$work/wide.csv"
printf 'a,z,y\n1,0,3\n2,0,5\n4,0,9\n7,0,15\n' > "$work/exact.csv"
printf 'a,y\n1,1000000001\n2,1000000003\n3,1000000002\n' > "$work/far.csv"
for file in one row constant_y wide exact far; do
    expect 0 $file.csv --target y; fits
    expect 0 $file.csv --target y --json
    expect 0 $file.csv --target y --layers 3 --sg-at everywhere; fits
done
expect 0 wide.csv --target y --json; grep -q '"condition_number": null' "$work/out" ||
    complain "a finite condition number for dependent columns"
expect 0 exact.csv --target y --json; grep -q '"realizable": true' "$work/out" ||
    complain "exact data are not realizable"

# Your rates: stable, fast, or not; with momentum both limits grow.
expect 0 plain.csv --target y --rates 0.1,0.001; fits
grep -q 'Your rates, mu = 0.1 and nu = 0.001' "$work/out" || complain "no rates of one's own"
grep -q 'not stable' "$work/out" && complain "stable rates are not"
expect 0 plain.csv --target y --rates 5,0.001; fits
grep -q 'weights .* of the limit: not stable' "$work/out" || complain "unstable rates are"
value() { sed -n "s/^ *\"$1\": \([0-9.e+-]*\),*$/\1/p" "$work/out" | sed -n "${2:-1}p"; }
expect 0 plain.csv --target y --json
limit=$(value critical)
expect 0 plain.csv --target y --momentum 0.5 --json
awk -v a="$limit" -v b="$(value critical)" 'BEGIN { exit !(a > 0 && b / a > 1.4999999 && b / a < 1.5000001) }' ||
    complain "momentum 0.5 does not make the limit 1.5 times as large: $limit, $(value critical)"
expect 0 plain.csv --target y --momentum 0.9 --rates 0.1,0.001; fits
# The fastest rates, given as one's own, take as many steps as said.
expect 0 plain.csv --target y --json
mu=$(value mu_optimal) nu=$(value nu_optimal) steps=$(value steps_to_1e6)
expect 0 plain.csv --target y --rates "$mu,$nu" --json
awk -v a="$steps" -v b="$(value steps_to_1e6 1)" -v c="$(value steps_to_1e6 2)" \
    'BEGIN { exit !(a > 1 && a == b && c >= a - 1 && c <= a + 1) }' ||
    complain "the fastest rates as one's own: $steps steps, $(value steps_to_1e6 2)"
for words in '--rates 0.1' '--rates 0.1,' '--rates 0.1,x' '--rates 0,1' '--rates 1,2,3' '--rates 1,-1' \
    '--rates nan,1' '--rates 1e200,1' '--momentum 1' '--momentum -0.1'; do
    # shellcheck disable=SC2086
    expect 2 plain.csv --target y $words
done
for words in '--rates 1,1' '--momentum 0.5' '--plot' "--out $work/no"; do
    # shellcheck disable=SC2086
    expect 2 plain.csv --target constant --loss log $words
done

# Numbers and figure: levels one inside the other, up to the limits.
expect 0 plain.csv --target y,constant --drop size --out "$work/files" --rates 0.1,0.001
for target in y constant; do
    for file in levels.dat limits.dat points.dat analysis.json; do
        [ -s "$work/files/analyze_plain_$target/$file" ] || complain "no $file of $target"
    done
done
expect 0 plain.csv --target y --out "$work/files" --rates 0.1,0.001
awk '!/^#/ { if (NR > 3 && !($2 > a && $3 <= b && $4 > c && $5 <= d && $1 < s)) bad = 1
    if (!($2 < $3 && $4 < $5)) bad = 1
    s = $1; a = $2; b = $3; c = $4; d = $5; n++ } END { exit bad || n != 4 }' "$work/files/analyze_plain/levels.dat" ||
    complain "levels: $(cat "$work/files/analyze_plain/levels.dat")"
# The slowest level reaches up to the limits, but for the few per mille that it shrinks by.
awk '!/^#/ { if (FILENAME ~ /limits/) { mu = $1; nu = $2 } else if (!n++) ok = $1 >= 1e4 &&
    $3 < mu && $3 > 0.99 * mu && $5 < nu && $5 > 0.99 * nu } END { exit !ok }' \
    "$work/files/analyze_plain/limits.dat" "$work/files/analyze_plain/levels.dat" ||
    complain "levels end elsewhere than at the limits: $(cat "$work/files/analyze_plain/levels.dat")"
if command -v gnuplot > /dev/null; then
    expect 0 plain.csv --target y --out "$work/files" --rates 0.1,0.001 --plot
    grep -q "figure: $work/files/figures/analyze_plain.svg" "$work/out" || complain "no figure is named"
    for word in 'Stable below' 'weights leave' 'SG leaves' 'fastest' 'yours' 'learning rate of the SG, ν'; do
        grep -q "$word" "$work/files/figures/analyze_plain.svg" || complain "no $word in the figure"
    done
    cp "$work/files/figures/analyze_plain.svg" "$work/first.svg"
    expect 0 plain.csv --target y --out "$work/others" --plot
    for file in files others; do
        said=$("${PYTHON:-/usr/bin/python3}" tests/cli/figure_geometry.py "$work/$file/figures/analyze_plain.svg" plots/analyze.gp 2>&1)
        [ -z "$said" ] || complain "$said"
    done
    grep -q 'fastest' "$work/others/figures/analyze_plain.svg" || complain "no figure without rates of one's own"
    grep -q 'yours' "$work/others/figures/analyze_plain.svg" && complain "rates of one's own that were not given"
    "$program" plots --out "$work/files" > "$work/out" || complain "plots of all"
    [ "$(wc -l < "$work/out")" -eq 3 ] || complain "plots draws $(cat "$work/out")"
    "$program" plots --out "$work/files" analyze_plain > "$work/out" || complain "plots of one"
    cmp -s "$work/files/figures/analyze_plain.svg" "$work/first.svg" || complain "plots draws another figure"
fi

# Weights: rows said as often, no feature, and refused where they mean nothing.
printf 'a,b,w,y\n1,2,2,3.1\n2,1,0,99\n3,5,1,7.2\n4,3,3,8.8\n5,9,1,12.5\n0,4,2,2.5\n' > "$work/weighted.csv"
awk -F, 'NR == 1 { print "a,b,y"; next } { for (i = 0; i < $3; i++) print $1 "," $2 "," $4 }' "$work/weighted.csv" > "$work/said.csv"
expect 0 said.csv --target y; grep '^  [(ab].* [0-9]' "$work/out" | cut -c 1-50 > "$work/a"
expect 0 weighted.csv --target y --weights w; fits
grep '^  [(ab].* [0-9]' "$work/out" | cut -c 1-50 | cmp -s - "$work/a" || complain "weights are not rows said as often"
grep -q '6 rows, 2 features' "$work/out" && grep -q 'rows weighted by w' "$work/out" || complain "weights are a feature"
expect 0 weighted.csv --target y --features a --weights w; grep -q '6 rows, 1 feature,' "$work/out" || complain "weights beside --features"
expect 2 weighted.csv --target y --weights v
grep -q 'no column "v" for the weights' "$work/err" || complain "unknown weights: $(cat "$work/err")"
expect 2 weighted.csv --target y --weights y
expect 2 weighted.csv --target w --loss log --weights b
sed 's/^3,5,1/3,5,-1/' "$work/weighted.csv" > "$work/negative.csv"
expect 2 negative.csv --target y --weights w
grep -q 'row 3 has the weight -1' "$work/err" || complain "a negative weight: $(cat "$work/err")"
awk -F, 'NR == 1 { print; next } { print $1 "," $2 ",0," $4 }' "$work/weighted.csv" > "$work/zeros.csv"
expect 2 zeros.csv --target y --weights w

# A minimum that repels on a table of one's own: the case that is written shows the flight.  With a
# faster SG it attracts, and the case shows the return.  The wrong one of the two falls short.
printf 'a,b,y\n0.1559,3.356,0.93997\n0.1559,-3.356,-0.89144\n-0.1559,3.356,-1.1014\n-0.1559,-3.356,1.0529\n' \
    > "$work/spiral.csv"
set -- --target y --no-standardise --layers 8 --sg-at everywhere --out "$work/deep"
expect 0 spiral.csv "$@" --kappa 0.19
grep -q 'this minimum repels' "$work/out" || complain "the minimum does not repel"
grep -q 'Take a faster SG: above kappa_c = 0.56[0-9]* it attracts' "$work/out" || complain "no kappa_c"
proved() { # the interval, a part in a million wide at most, holds the kappa_c that is printed
    sed -n 's/^  Proved: at kappa = \([0-9.]*\) it repels, at \([0-9.]*\) it attracts\.$/\1 \2/p' "$work/out" |
        awk -v at="$(sed -n 's/.* kappa_c = \([0-9.]*\) .*/\1/p' "$work/out")" '
            { n++; low = $1; high = $2 } END { exit !(n == 1 && low < high && high < low * (1 + 1e-6) && at - low < 1e-4 && low - at < 1e-4) }'
}
if ldd "$program" | grep -q libflint; then proved || complain "no proof of kappa_c: $(grep Proved "$work/out")"; fi
flight=$work/deep/analyze_spiral/analyze_spiral_flight.cfg
"$program" run "$flight" --out "$work/deep" > "$work/out" 2>&1 || complain "the flight: $(cat "$work/out")"
grep -q '"verdict": "holds"' "$work/deep/analyze_spiral_flight/summary.json" || complain "no verdict on the flight"
awk '!/^#/ { if (!n++) first = $2; last = $2; b = $3 } END { exit !(last > 1e3 * first && b < 2 * first) }' \
    "$work/deep/analyze_spiral_flight/flight.dat" || complain "it does not leave, or backprop does"
expect 0 spiral.csv "$@" --kappa 2
grep -q 'this minimum attracts' "$work/out" || complain "the minimum does not attract"
grep -q 'Below kappa_c = 0.56[0-9]* it repels' "$work/out" || complain "no kappa_c from above"
back=$work/deep/analyze_spiral/analyze_spiral_return.cfg
"$program" run "$back" --out "$work/deep" > "$work/out" 2>&1 || complain "the return: $(cat "$work/out")"
if command -v gnuplot > /dev/null; then
    for words in 'flight This minimum repels' 'return This minimum attracts'; do
        figure=$work/deep/figures/analyze_spiral_${words%% *}.svg
        "$program" plots --out "$work/deep" "analyze_spiral_${words%% *}" > "$work/out" 2>&1 || complain "plots: $(cat "$work/out")"
        grep -q "${words#* }" "$figure" || complain "no \"${words#* }\" in $figure"
        said=$("${PYTHON:-/usr/bin/python3}" tests/cli/figure_geometry.py "$figure" "plots/${words%% *}.gp" 2>&1)
        [ -z "$said" ] || complain "$said"
    done
    # A table of that name is a table.
    cp "$work/plain.csv" "$work/my_flight.csv"
    expect 0 my_flight.csv --target y --out "$work/named" --plot
    grep -q 'Stable below' "$work/named/figures/analyze_my_flight.svg" || complain "my_flight.csv is drawn as a flight"
fi
for wrong in "$flight return" "$back flight"; do
    sed "s/^experiment.*/experiment = \"${wrong#* }\";/" "${wrong% *}" > "$work/deep/analyze_spiral/wrong.cfg"
    "$program" run "$work/deep/analyze_spiral/wrong.cfg" --out "$work/deep" > "$work/out" 2>&1
    [ $? -eq 1 ] && grep -q '=> fails' "$work/out" || complain "not ${wrong#* }: $(cat "$work/out")"
done
# Dependent columns, realizable data: no case is promised.
expect 0 wide.csv --target y --layers 3 --sg-at 1 --out "$work/deep"
grep -q 'synthgrad run' "$work/out" && complain "a case for dependent columns"
set --

# The log loss: two classes, three, separable in one feature (harmless) and in two (the SG stops), a
# score with nothing to find.
awk 'BEGIN { print "size,a,ill"
    for (i = 0; i < 40; i++)
        print i * i % 17, 3 * i % 7 - 2.5, (i * 7 % 11 + i * i % 17 > 12) }' > "$work/two.csv"
awk 'BEGIN { print "size,a,b,c,kind"
    for (i = 0; i < 60; i++)
        print i * i % 17, 3 * i % 7 - 2.5, i % 5, i * i % 11, (i * 7 % 13 + i * i % 17) % 3 }' \
    > "$work/three.csv"
tr ' ' ',' < "$work/two.csv" > "$work/t" && mv "$work/t" "$work/two.csv"
tr ' ' ',' < "$work/three.csv" > "$work/t" && mv "$work/t" "$work/three.csv"
printf 'a,y\n1,0\n2,0\n3,0\n5,1\n8,1\n' > "$work/apart.csv"
printf '%s\n' a,b,y 1,-5,0 0,1,1 -1,4,1 3,2,1 -5,-4,0 0,1,1 1,4,1 0,-2,0 2,-5,1 -1,2,0 0,-2,0 \
    -1,-4,0 > "$work/stops.csv"
printf 'a,b,y\n0,0,2\n0,1,-1\n1,0,-1\n1,1,2\n' > "$work/flat.csv"
for words in 'two ill' 'three kind' 'apart y' 'stops y' 'flat y'; do
    file=${words% *}; target=${words#* }
    expect 0 "$file.csv" --target "$target" --loss log; fits
    expect 0 "$file.csv" --target "$target" --loss log --no-standardise; fits
    expect 0 "$file.csv" --target "$target" --loss log --json
    for key in loss n d dropped rank condition_number classes coefficients separable certificate \
        optimum sg finite accuracy gap relative_gap likelihood_ratio degrees_of_freedom attracts \
        mu_critical nu_critical together theory verdict sg_needed check rows; do
        grep -qF "\"$key\":" "$work/out" || complain "log loss: no key $key: $file"
    done
    cp "$work/out" "$work/$file.json"
    expect 0 "$file.csv" --target "$target" --loss log --json
    cmp -s "$work/out" "$work/$file.json" || complain "other bits: $file"
done
# says FILE LINE... : the JSON has each.
says() {
    file=$1
    shift
    for line; do grep -qF "$line" "$work/$file.json" || complain "$file: no $line"; done
}
says two '"separable": false' '"size":' '"(intercept)":'
says three '"value": 2.0' '"2": {'
says apart '"separable": true' '"verdict": "harmless"' '"sg_needed": "linear"' '"loss": 0.0'
says stops '"separable": true' '"verdict": "harmful"' '"sg_needed": "sigmoid-linear"'
says flat '"verdict": "harmless"' '"separable": false'

# Classes that meet in one point: no optimum, proved where GLPK and FLINT are.
printf 'x,y\n-3,0\n-1.1,0\n0.1,0\n0.1,1\n0.7,1\n3,1\n' > "$work/meet.csv"
expect 0 meet.csv --target y --loss log; fits
grep -q 'rests at the optimum' "$work/out" && complain "an SG rests at an optimum that is none"
expect 0 meet.csv --target y --loss log --json; cp "$work/out" "$work/meet.json"
says meet '"separation":' '"verdict": "undecided"'
if grep -q '"separation": "part"' "$work/out"; then
    says meet '"finite": false' '"separable": false'
fi
says two '"separation": '

# Columns and rows left out; several targets; gzip and standard input.
printf 'id,city,a,b,y,z\nx1,Ulm,1,2,2.1,1\nx2,Bonn,2,,3.9,2\nx3,Ulm,3,1,6.2,2\nx4,Kiel,4,NA,7.7,4\n' \
    > "$work/words.csv"
printf 'x5,Ulm,5,3,10.4,1\nx6,Bonn,6,9,11.8,3\nx7,Ulm,7,4,14.3,2\n' >> "$work/words.csv"
expect 2 words.csv --target y
grep -q 'words.csv:2: column 1 ("id"): "x1" is not a number.*, or use --drop id,city for the columns of words$' "$work/err" ||
    complain "a column of words: $(cat "$work/err")"
expect 2 words.csv --target y --drop id
grep -q 'words.csv:2: column 2 ("city"): "Ulm" is not a number.*, or use --drop city for the column of words$' "$work/err" ||
    complain "one column of words: $(cat "$work/err")"
expect 2 words.csv --target y --drop id,city
grep -q 'words.csv:3: column 4 ("b"): the cell is empty.*--drop-missing' "$work/err" ||
    complain "a missing cell: $(cat "$work/err")"
expect 0 words.csv --target y --drop id,city --drop-missing
grep -q '^2 rows left out' "$work/out" || complain "rows left out are not counted"
grep -q ' 5 rows, 3 features' "$work/out" || complain "not five rows and three features"
expect 0 words.csv --target y --features a; fits
grep -q ' 7 rows, 1 feature,' "$work/out" || complain "--features takes others too"
cp "$work/out" "$work/alone"
gzip -c "$work/words.csv" > "$work/words.csv.gz"
expect 0 words.csv.gz --target y --features a
tail -n +2 "$work/alone" > "$work/a"; tail -n +2 "$work/out" | cmp -s - "$work/a" || complain "gzip differs"
"$program" analyze - --target y --features a < "$work/words.csv" > "$work/out" || complain "no stdin"
tail -n +2 "$work/out" | cmp -s - "$work/a" || complain "standard input differs"
"$program" analyze - --target y --features a < "$work/words.csv.gz" | tail -n +2 | cmp -s - "$work/a" ||
    complain "gzip from standard input differs"
expect 0 words.csv --target y,z --features a,b --drop-missing --json
grep -q '"targets"' "$work/out" && grep -q '"rows_left_out": 2' "$work/out" || complain "no targets"
[ "$(grep -c '"d": 2' "$work/out")" -eq 2 ] || complain "a target is a feature of another"
expect 0 words.csv --target y,z --features a; fits
expect 2 words.csv --target y,a --features a,b
grep -q '"a" is a target and a feature' "$work/err" || complain "a target as a feature: $(cat "$work/err")"
expect 2 words.csv --target y --features a,nothing
grep -q 'no column "nothing"' "$work/err" || complain "unknown column: $(cat "$work/err")"
expect 2 words.csv --target y --drop id,,city
expect 2 words.csv --target y,nothing --drop id,city,b
expect 2 words.csv --target y --drop a,b,id,city,y,z
head -c 60 "$work/words.csv.gz" > "$work/cut.csv.gz"
expect 2 cut.csv.gz --target y --features a
printf '# made by hand\na,y\n1,2\n2,3\n' > "$work/comment.csv"
expect 2 comment.csv --target y
grep -q 'has no comments' "$work/err" || complain "a comment: $(cat "$work/err")"

# NumPy's .npy: the same table in another form, so the same answers to the last bit.
npy() { # HEADER: the bytes before the elements, which are single ones
    printf '\223NUMPY\1\0'
    # shellcheck disable=SC2059
    printf "\\$(printf %03o ${#1})\\0"
    printf %s "$1"
}
printf 'a,b,y\n1,2,3\n2,9,5\n3,4,4\n4,1,8\n5,7,9\n6,3,10\n7,5,17\n8,6,11\n' > "$work/t.csv"
{ npy "{'descr': [('a', '|i1'), ('b', '|i1'), ('y', '|i1')], 'fortran_order': False, 'shape': (8,)}"
  printf '\1\2\3\2\11\5\3\4\4\4\1\10\5\7\11\6\3\12\7\5\21\10\6\13'; } > "$work/t.npy"
expect 0 t.csv --target y --json; cp "$work/out" "$work/csv.json"
expect 0 t.npy --target y --json; cmp -s "$work/out" "$work/csv.json" || complain "a .npy file differs"
gzip -c "$work/t.npy" > "$work/t.npy.gz"
expect 0 t.npy.gz --target y --json; cmp -s "$work/out" "$work/csv.json" || complain ".npy.gz differs"
"$program" analyze - --target y --json < "$work/t.npy" | cmp -s - "$work/csv.json" ||
    complain ".npy from standard input differs"
expect 0 t.npy --target y; fits; tail -n +2 "$work/out" > "$work/a"
expect 0 t.csv --target y; tail -n +2 "$work/out" | cmp -s - "$work/a" || complain "the text of a .npy file differs"
# Without names, column by column.
{ npy "{'descr': '|u1', 'fortran_order': True, 'shape': (8, 3), }"
  printf '\1\2\3\4\5\6\7\10\2\11\4\1\7\3\5\6\3\5\4\10\11\12\21\13'; } > "$work/plain.npy"
expect 0 plain.npy --target c2 --json
sed 's/"c0"/"a"/; s/"c1"/"b"/' "$work/out" | cmp -s - "$work/csv.json" || complain "a plain array differs"
expect 0 plain.npy --target c2 --features c0; fits
expect 2 plain.npy --target y
grep -q 'plain.npy: there is no column "y".*(columns: "c0", "c1", "c2")' "$work/err" ||
    complain "an unknown column: $(cat "$work/err")"
npy "{'descr': '|O', 'fortran_order': False, 'shape': (8, 3), }" > "$work/object.npy"
expect 2 object.npy --target c0
grep -q 'object.npy: the array holds Python objects' "$work/err" || complain "objects: $(cat "$work/err")"
head -c 90 "$work/t.npy" > "$work/cut.npy"; expect 2 cut.npy --target y
printf 'PK\3\4' > "$work/a.npz"; expect 2 a.npz --target y
grep -q 'a.npz: this is a zip archive' "$work/err" || complain "an archive: $(cat "$work/err")"
# In a case: CSV and .npy give the same verdict and numbers.
for form in csv npy; do
    mkdir "$work/$form"; cp "$work/t.$form" "$work/$form/"
    cat > "$work/$form/x.cfg" << END
claim = "DY3";  expect = "holds";
data  = { kind = "csv"; file = "t.$form"; target = ["y"]; };
sg    = ( { at = "output"; } );
train = { mu = 0.9; nu = 0.7; units = "critical"; steps = 20000; };
control = { mu = 1.01; };
END
    "$program" run "$work/$form/x.cfg" --json --out "$work/$form" > "$work/$form.all" 2> "$work/err" ||
        complain "a case on .$form: exit $?: $(cat "$work/err")"
    grep -v '"seconds"' "$work/$form.all" > "$work/$form.out"
done
grep -q '"verdict": "holds"' "$work/npy.out" && cmp -s "$work/csv.out" "$work/npy.out" ||
    complain "a case on .npy differs: $(diff "$work/csv.out" "$work/npy.out" | head -5)"

# Refusals.
expect 2 two.csv --target ill --loss log --delay 3
expect 2 two.csv --target ill --loss log --no-intercept
expect 2 two.csv --target ill --loss log --standardise-target
expect 2 plain.csv --target constant --loss log
grep -q 'plain.csv:1: .*two classes or more' "$work/err" ||
    complain "a constant target: $(cat "$work/err")"
printf 'a,y\n1,0\n2,\n3,1\n' > "$work/hole.csv"; expect 2 hole.csv --target y --loss log
grep -q 'hole.csv:3:' "$work/err" || complain "no line: $(cat "$work/err")"
expect 2 plain.csv
expect 2 plain.csv --target nothing
expect 2 plain.csv --target y --delay -1
expect 2 plain.csv --target y --delay 10001
expect 2 plain.csv --target y --delay 1.5
expect 2 plain.csv --target y --loss log
grep -q 'plain.csv:1: the log loss wants classes.*use --loss mse' "$work/err" ||
    complain "a continuous target: $(cat "$work/err")"
expect 2 plain.csv --target y --loss other
expect 2 plain.csv --target y --json=1
expect 2 none.csv --target y
printf 'a,y\n1,2\n3,x\n' > "$work/text.csv"
expect 2 text.csv --target y
grep -q 'text.csv:3:' "$work/err" || complain "no line: $(cat "$work/err")"
printf 'z,y\n0,2\n0,3\n' > "$work/zero.csv"; expect 2 zero.csv --target y --no-intercept
printf 'a,y\n1,1e300\n2,3\n' > "$work/huge.csv"; expect 2 huge.csv --target y
exit $bad
