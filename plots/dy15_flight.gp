# DY15: a start beside a minimum that repels leaves it in a spiral, at the rate of a pair of eigenvalues; backprop from the same start stays.
load 'plots/style.gp'
f = dir.'/flight.dat'
stats f using 1 nooutput
end = STATS_max
stats f using ($2 > 1e-2 ? $1 : 1/0) nooutput
gone = STATS_min
set title "SGs after every layer make this minimum repel; backprop stays"
set xlabel "time (steps × μ)"; set ylabel "relative distance from the minimum" offset 0.5
set logscale y; set format y "10^{%T}"; set yrange [1e-7:10]; set xrange [0:end]
set key off
set label 1 "with SGs: a cycle that neither comes back nor diverges" at 1.3*gone,1.2 left textcolor rgb sg_blue
set label 2 "predicted growth, exp(Re λ t), dashed" at 0.8*gone,1e-4 left textcolor rgb 'black'
set label 3 "backprop from the same start" at 0.62*end,2.2e-7 left textcolor rgb sg_ink_orange
plot f using 1:2 with lines lc rgb sg_blue lw 4 dt 1, \
     f using 1:($1 < 1.15*gone ? $5 : 1/0) with lines lc rgb 'black' lw 2 dt 2, \
     f using 1:3 with lines lc rgb sg_orange lw 2.5 dt 1
