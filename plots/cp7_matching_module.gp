# CP7: the loss above its infimum in training. A linear SG stops at the gap that CP6 predicts; an SG of the loss's own form, σ(pA + C) + yB + D, comes down to
# the infimum as backprop does.
load 'plots/style.gp'
stats dir.'/level.dat' using 1 nooutput; gap = STATS_max
stats dir.'/runs.dat' using 2 nooutput; last = STATS_max
low = 1e-14
# The last step at which a run is above 3e-8.
x_at(who) = real(system(sprintf("awk '$1 == %d && $3 > 3e-8 { x = $2 } END { print x }' %s", who, sg_shell(dir.'/runs.dat'))))
set title "An SG of the loss's own form closes the gap that a linear SG leaves"
set xlabel "step"; set ylabel "loss above its infimum (nats a sample)"
set logscale xy; set format y '10^{%L}'; set format x '10^{%L}'; set yrange [low:5]; set xrange [1:3 * last]
set label 1 "linear SG: stays at\n".sg_power(gap).", as predicted (CP6)" at 350,70 * gap left textcolor rgb sg_ink_orange
set label 2 "SG of the\nloss's form" at 1.6 * x_at(2),3e-8 left textcolor rgb sg_blue
set label 3 "backprop" at 0.8 * x_at(0),3e-8 right textcolor rgb sg_ink_green
plot gap with lines lc rgb 'black' lw 2 dt 3, \
     dir.'/runs.dat' using ($1 == 1 && $2 > 0 ? $2 : NaN):3 with lines lt 2, \
     dir.'/runs.dat' using ($1 == 2 && $2 > 0 ? $2 : NaN):3 with lines lt 1, \
     dir.'/runs.dat' using ($1 == 0 && $2 > 0 ? $2 : NaN):3 with lines lt 3
