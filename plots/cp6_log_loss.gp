# CP6: left, the scores of 100 samples where training rests, less the straight line t p_LS + c over the least-squares score p_LS: the SG's lie on it, the
# optimum's do not. Right, the loss above its infimum: training with the SG ends at the predicted gap.
load 'plots/style.gp'
stats dir.'/level.dat' using 1 nooutput; gap = STATS_max
stats dir.'/level.dat' using 4 nooutput; t = STATS_max
stats dir.'/level.dat' using 5 nooutput; c = STATS_max
stats dir.'/runs.dat' using 2 nooutput; last = STATS_max
stats dir.'/scores.dat' using ($3 - t * $1 - c) nooutput; wide = STATS_max > -STATS_min ? STATS_max : -STATS_min
set multiplot title "Under the log loss a linear SG rests above the optimum, on a line" font sg_big
eval sg_panel(0.125, 0.475)
set title "distance from the line t p_{LS} + c"
set xlabel "least-squares score p_{LS}"; set ylabel "score p at rest, less t p_{LS} + c" offset 0.5; set yrange [-1.3 * wide:1.7 * wide]
set label 1 "□ optimum" at graph 0.04,0.94 left textcolor rgb sg_ink_orange
set label 2 "● SG: on the line" at graph 0.04,0.86 left textcolor rgb sg_blue
plot dir.'/scores.dat' using 1:($3 - t * $1 - c) with points pt 4 ps 0.9 lw 1.8 lc rgb sg_orange, \
     dir.'/scores.dat' using 1:($2 - t * $1 - c) with points pt 7 ps 0.8 lc rgb sg_blue
unset label
eval sg_panel(0.61, 0.98)
set title "loss above its infimum (nats a sample)"
set xlabel "step"; unset ylabel
set logscale xy; set format y '10^{%L}'; set format x '10^{%L}'; set yrange [1e-12:2]; set xrange [1:last]
set label 1 "SG: stays at the\npredicted ".sg_power(gap) at graph 0.99,first gap / 6 right textcolor rgb sg_blue
set label 2 "backprop" at 4,3e-9 left textcolor rgb sg_ink_green
set label 3 "SG by Adam" at graph 0.99,first 6e-2 right textcolor rgb sg_ink_orange
plot gap with lines lc rgb 'black' lw 2 dt 3, \
     dir.'/runs.dat' using ($1 == 0 && $2 > 0 ? $2 : NaN):3 with lines lt 3, \
     dir.'/runs.dat' using ($1 == 1 && $2 > 0 ? $2 : NaN):3 with lines lt 1, \
     dir.'/runs.dat' using ($1 == 2 && $2 > 0 ? $2 : NaN):3 with lines lt 2
unset multiplot
