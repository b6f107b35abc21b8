# DY12: the joint step of network and SG is not a normal matrix. An error near the solution, in the worst direction: it first grows, then falls at the rate of
# the spectral radius (dashed), which says nothing of the growth.
load 'plots/style.gp'
stats dir.'/transient.dat' using 2 nooutput; peak = STATS_max; at = STATS_index_max
stats dir.'/transient.dat' using ($1 == 1 ? $3 : NaN) nooutput; radius = STATS_max
set title sprintf("Stable, yet an error near the solution first grows %.1f times", peak)
set logscale y; set format y "10^{%T}"
set xlabel "step"; set ylabel "error over its start"; set xrange [0:100]; set yrange [1e-3:20]
set label 1 sprintf("× %.1f", peak) at at + 1,1.7 * peak center textcolor rgb sg_blue
set label 2 "simulated error" at 38,0.6 left textcolor rgb sg_blue
set label 3 sprintf("%.2g^{step}, of the spectral radius", radius) at 2,3e-3 left textcolor rgb sg_ink_orange
set arrow 1 from graph 0,first 1 to graph 1,first 1 nohead lc rgb sg_grey lw 1.5 dt 3
plot dir.'/transient.dat' using 1:2 with lines lt 1 lw 4, '' using 1:3 with lines lt 2
