# A start beside the deep minimum of a table that attracts: the case that `synthgrad analyze FILE.csv --target y --layers N --sg-at K --out DIR` writes, once it
# was run.  It comes to rest at the rate of the slowest mode; where, is one of the minima that differ in their layers' scales.
load 'plots/style.gp'
f = dir.'/flight.dat'
stats f using ($0 == 0 ? $2 : 1/0) nooutput; first = STATS_min
stats f using 1 nooutput; end = STATS_max
stats f using ($6 > 0 ? $6 : 1/0) nooutput; least = STATS_min > 1e-12 ? STATS_min : 1e-12
set title "This minimum attracts: a start beside it comes to rest"
set xlabel "time (steps × μ)"; set ylabel "size of the update, over its first" offset 0.5
set logscale y; set format y "10^{%T}"; set xrange [0:end]; set yrange [least/3:3]; set key off
set label 1 "weights and SGs" at graph 0.97,0.93 right textcolor rgb sg_blue
set label 2 "dashed: the slowest mode, exp(Re λ t)" at graph 0.97,0.86 right textcolor rgb 'black'
plot f using 1:($6 > 0 ? $6 : 1/0) with lines lc rgb sg_blue lw 4 dt 1, \
     f using 1:($5/first) with lines lc rgb 'black' lw 2 dt 2
