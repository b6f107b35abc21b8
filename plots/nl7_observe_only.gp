# NL7: training with an SG that is trained but not applied. How far the weights and the SG have moved from their start; how far the weights are from those of plain
# backprop when a billionth of the SG's output is applied; and when none of it is: not by a bit.
load 'plots/style.gp'
stats dir.'/moved.dat' using 4 nooutput; bits = STATS_max
stats dir.'/moved.dat' using 1 nooutput; last = STATS_max
set title bits > 0 ? sprintf("An SG that only observes changes up to %d weights", bits) : "An SG that only observes changes no bit of any weight"
set logscale y; set format y "10^{%T}"; set yrange [1e-17:1e3]; set ytics 1e-14,1e3,1e2; set ytics add ("0" 1e-16)
set xrange [0:last]; set xlabel "step"; set ylabel "distance"
set label 1 "SG, from its start" at graph 0.97,first 40 right textcolor rgb sg_ink_orange
set label 2 "weights, from their start" at graph 0.97,first 0.15 right textcolor rgb sg_ink_green
set label 3 "weights, from backprop's, when 10^{−9} of the SG is applied" at graph 0.97,first 4e-9 right textcolor rgb sg_ink_pink
set label 4 sprintf("weights, from backprop's, when it only observes: 0 in all %d steps", last) at graph 0.97,first 2e-15 right textcolor rgb sg_blue
plot dir.'/moved.dat' using 1:3 with lines lt 2, '' using 1:2 with lines lt 3, '' using 1:5 with lines lt 4, '' using 1:($4 == 0 ? 1e-16 : 1/0) with lines lt 1 lw 5
