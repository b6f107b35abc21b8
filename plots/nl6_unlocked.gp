# NL6, unlocked in time: the two halves of a net train in parallel, the SG on pairs that are τ steps old. Left, test accuracy over the epochs. Right, after the
# last epoch: means and ranges over seeds, beside a run without delay τ steps earlier (squares): the price of starting late.
load 'plots/style.gp'
file = dir.'/curves.dat'; prices = dir.'/prices.dat'
stats file using 3 nooutput; epochs = STATS_max
stats file using 1 nooutput; last = int(STATS_max)
taus = system("awk '!/^#/ && !seen[$1]++ {printf \"%s \", $2}' ".sg_shell(file))
# From light to dark as the delay grows.
array ramp[6] = ['#b7d6ea', '#7fb8da', '#4496c6', '#1f74ae', '#0f5288', '#08305c']
of(v, x) = column(1) == v - 1 ? x : 1/0
mean(v) = real(system(sprintf("awk '!/^#/ && $1 == %d && $3 == %d {print $5}' %s", v - 1, epochs, sg_shell(file))))
cost(tau) = 100 * real(system(sprintf("awk '$1 == 0 { a = $2 } $1 == %d { b = $2 } END { print a - b }' %s", tau, sg_shell(prices))))
set multiplot title sprintf("A delay of 10 steps costs %.1f points of accuracy, 30 cost %.0f, 100 cost %.0f", cost(10), cost(30), cost(100)) font ',21'
eval sg_panel(0.09, 0.52)
set title "in training"
set xlabel "epoch"; set ylabel "test accuracy" offset 2; set xrange [0.8:1.35 * epochs]; set yrange [0:1]; set ytics 0.2; set xtics 10 rangelimited
do for [v = 3:last + 1] { tau = int(word(taus, v)); if (tau > 9) { set label v sprintf(tau < 11 ? "τ = 0 to %d" : "τ = %d", tau) at epochs * 1.02,mean(v) - (tau < 20 ? 0 : 0.008) left textcolor rgb ramp[v - 2 > 6 ? 6 : v - 2] } }
set label 30 "backprop" at epochs * 1.02,mean(1) + 0.055 left textcolor rgb sg_ink_orange
set label 31 "lower half\nfrozen" at epochs * 1.02,mean(2) + 0.025 left textcolor rgb sg_ink_grey
plot for [v = 3:last + 1] file using 3:(of(v, $5)) with lines lc rgb ramp[v - 2 > 6 ? 6 : v - 2] lw 3.5 dt 1, \
     file using 3:(of(1, $5)) with lines lc rgb sg_orange lw 3 dt 2, \
     file using 3:(of(2, $5)) with lines lc rgb sg_grey lw 3 dt 3
unset label
eval sg_panel(0.6, 0.975)
set title "after the last epoch"
unset ylabel; set xlabel "delay τ (steps)"; set logscale x; set xrange [0.25:200]; set xtics ('0' 0.333, '1' 1, '3' 3, '10' 10, '30' 30, '100' 100)
set label 1 "backprop" at 0.3,mean(1) + 0.04 left textcolor rgb sg_ink_orange
set label 2 "□ no delay, τ steps earlier" at 180,mean(1) + 0.1 right textcolor rgb sg_ink_green
set label 3 "● pairs τ\nsteps old" at 13,0.68 right textcolor rgb '#0f5288'
set label 4 "lower half frozen" at 0.3,mean(2) + 0.035 left textcolor rgb sg_ink_grey
plot mean(1) with lines lc rgb sg_orange lw 2.5 dt 2, \
     mean(2) with lines lc rgb sg_grey lw 2.5 dt 3, \
     prices using ($1 == 0 ? 1.0/3 : $1):5 with linespoints lc rgb sg_green lw 2.5 dt 4 pt 4 ps 1.4, \
     prices using ($1 == 0 ? 1.0/3 : $1):2:3:4 with yerrorlines lc rgb '#0f5288' lw 3 dt 1 pt 7 ps 1.2
unset multiplot
