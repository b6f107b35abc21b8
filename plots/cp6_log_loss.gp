# CP6: under the log loss the SG's scores are a straight line over the least-squares score, and its runs end at the predicted gap.
load 'plots/style.gp'
stats dir.'/level.dat' using 1 nooutput; gap = STATS_max
stats dir.'/level.dat' using 4 nooutput; t = STATS_max
stats dir.'/level.dat' using 5 nooutput; c = STATS_max
stats dir.'/runs.dat' using 2 nooutput; last = STATS_max
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "CP6: a linear SG under the log loss rests at p = t p_{LS} + c, above the optimum" offset 0,-0.4
    set tmargin 4.2; set bmargin 4.5
    set lmargin at screen 0.075; set rmargin at screen 0.475
    set title sprintf("at rest: scores against t p_{LS} + c, t = %.2f, c = %.2f", t, c) font ',15'
    set xlabel "least-squares score p_{LS}"; set ylabel "p - (t p_{LS} + c)" offset 1
    set key top right Left reverse samplen 1 horizontal; set offsets 0,0,graph 0.12,0
    plot dir.'/scores.dat' using 1:($3 - t * $1 - c) with points pt 4 ps 1.0 lw 1.8 lc rgb sg_orange title "optimum", \
         dir.'/scores.dat' using 1:($2 - t * $1 - c) with points pt 7 ps 0.8 lc rgb sg_blue title "SG"
    set offsets 0,0,0,0
    set lmargin at screen 0.58; set rmargin at screen 0.975
    set title "on the way: loss above the infimum" font ',15'
    set xlabel "step"; set ylabel "L - inf L" offset 1
    set logscale xy; set format y '10^{%L}'; set yrange [1e-14:2]; set xrange [1:last]
    set key vertical bottom left Left reverse samplen 1.6 font ',15'
    plot gap with lines lt 6 dt 3 title "predicted", \
         dir.'/runs.dat' using ($1 == 0 && $2 > 0 ? $2 : NaN):3 with lines lt 3 title "backprop", \
         dir.'/runs.dat' using ($1 == 1 && $2 > 0 ? $2 : NaN):3 with lines lt 1 title "SG, descent", \
         dir.'/runs.dat' using ($1 == 2 && $2 > 0 ? $2 : NaN):3 with lines lt 2 title "SG, Adam"
    unset multiplot
    reset
    load 'plots/style.gp'
    unset output
}
