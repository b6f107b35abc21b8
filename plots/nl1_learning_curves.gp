# NL1, one activation: training loss over the epochs (left, the first tenth shaded: what "at first" means), and test accuracy at the end over depth,
# means and 95 % t intervals over seeds (right).
load 'plots/style.gp'
if (!exists("finding")) finding = "relu, each rule at its best rates: one SG is slower at first, faster later, no better on the test"
file = dir.'/curves.dat'; ends = dir.'/ends.dat'
depths = system("awk '!/^#/ && !seen[$2]++ {printf \"%s \", $2}' ".sg_shell(file))
array colour[6] = [sg_blue, sg_orange, sg_green, sg_pink, sg_yellow, sg_sky]
stats file using 4 nooutput; epochs = STATS_max
pick(i, r, x) = column(2) == int(word(depths, i)) && column(3) == r ? x : 1/0
only(r) = sprintf("< awk '!/^#/ && $3 == %d' %s", r, sg_shell(ends))
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title finding font ',19'
    set lmargin at screen 0.1; set rmargin at screen 0.53; set bmargin at screen 0.14; set tmargin at screen 0.92
    set xlabel "epoch"; set ylabel "training loss, epoch mean" offset 1,0; set logscale y; set format y "%g"
    set xrange [0.5:epochs + 0.5]; set yrange [*:60]; set autoscale yfixmin; set ytics (1, 0.1, 0.01, 0.001, 0.0001); set xtics 5
    set object 1 rectangle from 0.5, graph 0 to 0.5 + (epochs < 20 ? 1 : epochs / 10), graph 1 fc rgb '#ececec' fs solid noborder behind
    unset key
    do for [i = 1:words(depths)] { set label i word(depths, i)." hidden layers" at graph 0.68, 1.03 - 0.07 * i left textcolor rgb colour[i] font ',15' }
    set label 7 "solid: backprop\ndashed: one SG in the middle\ndotted: lower half frozen" at graph 0.11, 0.96 left font ',15'
    plot for [i = 1:words(depths)] file using 4:(pick(i, 0, $5)) with lines lc rgb colour[i] lw 3 dt 1, \
         for [i = 1:words(depths)] file using 4:(pick(i, 1, $5)) with lines lc rgb colour[i] lw 3 dt 2, \
         for [i = 1:words(depths)] file using 4:(pick(i, 2, $5)) with lines lc rgb colour[i] lw 2 dt 3
    unset label; unset object 1; unset logscale y
    set lmargin at screen 0.65; set rmargin at screen 0.98
    set xlabel "hidden layers"; set ylabel "test accuracy at the end" offset -1.5,0; set format y "%.1f"; set yrange [0:1]; set ytics autofreq 0.1
    first = real(word(depths, 1)); last = real(word(depths, words(depths)))
    set logscale x 2; set xrange [first / 1.25:last * 1.25]; set xtics (0); do for [i = 1:words(depths)] { set xtics add (word(depths, i) real(word(depths, i))) }
    set key bottom left reverse Left samplen 2.5 maxrows 3
    plot only(0) using ($2 / 1.03):4:5:6 with yerrorlines lc rgb 'black' lw 3 dt 1 pt 7 ps 1.2 title "backprop", \
         only(1) using ($2 * 1.03):4:5:6 with yerrorlines lc rgb sg_blue lw 3 dt 2 pt 6 ps 1.4 title "one SG in the middle", \
         only(2) using 2:4:5:6 with yerrorlines lc rgb sg_grey lw 2 dt 3 pt 4 ps 1 title "lower half frozen"
    unset logscale x; set autoscale x
    unset multiplot
    unset output
}
