# A start beside the deep minimum of a table that repels: the case that `synthgrad analyze FILE.csv --target y --layers N --sg-at K --out DIR` writes, once it
# was run.  The weights leave at the rate of an eigenvalue; backprop's stay.
load 'plots/style.gp'
f = dir.'/flight.dat'
is(x) = x == x && abs(x) < 1e300          # a run that leaves every bound ends in inf
stats f using ($0 == 0 ? $2 : 1/0) nooutput; first = STATS_min
stats f using (is($2) ? $2 : 1/0) nooutput; most = STATS_max
stats f using (is($2) ? $1 : 1/0) nooutput; end = STATS_max
# Half-way up, before the axis is logarithmic: gnuplot's stats would take logarithms.
stats f using (is($2) && $2 > sqrt(first*(most < 10 ? most : 10)) ? $1 : 1/0) nooutput; half = STATS_min
top = most < 1e6*first ? 1e6*first : most < 10 ? most : 10
set title "This minimum repels: a start beside it leaves, backprop's stays"
set xlabel "time (steps × μ)"; set ylabel "distance from the minimum, over its size" offset 0.5
set logscale y; set format y "10^{%T}"; set xrange [0:end]; set yrange [first/30:3*top]; set key off
# Beside the curve, on the side with more room.
late = half > 0.45*end
at_x = late ? half - 0.07*end : half + 0.07*end
at_y = (late ? 30 : 0.1)*sqrt(first*top)
words = "with SGs;\ndashed: predicted growth"
if (late) set label 1 words at at_x, at_y right textcolor rgb sg_blue
if (!late) set label 1 words at at_x, at_y left textcolor rgb sg_blue
set label 2 "backprop from the same start" at 0.97*end, 0.2*first right textcolor rgb sg_ink_orange
plot f using 1:(is($2) && $2 < 30*top ? $2 : 1/0) with lines lc rgb sg_blue lw 4 dt 1, \
     f using 1:(is($5) && $5 < 30*top ? $5 : 1/0) with lines lc rgb 'black' lw 2 dt 2, \
     f using 1:3 with lines lc rgb sg_orange lw 2.5 dt 1
