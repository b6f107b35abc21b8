# CP7: the gap that a linear SG leaves under the log loss, and none with a module of the loss's own form.
load 'plots/style.gp'
stats dir.'/level.dat' using 1 nooutput; gap = STATS_max
stats dir.'/runs.dat' using 2 nooutput; last = STATS_max
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "CP7: a module of the loss's own form leaves no gap"
    set xlabel "step"; set ylabel "L - inf L" offset 0
    set logscale xy; set format y '10^{%L}'; set yrange [1e-15:2]; set xrange [1:last]
    set key bottom left Left reverse samplen 2.5
    plot gap with lines lt 6 dt 3 title "predicted for the linear SG (CP6)", \
         dir.'/runs.dat' using ($1 == 1 && $2 > 0 ? $2 : NaN):3 with lines lt 2 title "linear SG, s = pA + yB + C", \
         dir.'/runs.dat' using ($1 == 2 && $2 > 0 ? $2 : NaN):3 with lines lt 1 title "matching SG, s = σ(pA + C) + yB + D", \
         dir.'/runs.dat' using ($1 == 0 && $2 > 0 ? $2 : NaN):3 with lines lt 3 title "backprop"
    unset output
}
