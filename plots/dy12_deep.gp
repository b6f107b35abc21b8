# DY12 at depth, two linear layers with an SG between them. Left, an error near the minimum in the worst direction of each order of updates: it grows before it
# falls; dotted, the spectral radius to the power of the step. Right, a run on which the SG's loss rises while the network's falls.
load 'plots/style.gp'
order(r, x) = column(1) == r ? x : 1/0
peak(r) = real(system(sprintf("awk '$1 == %d && $3 > y { y = $3 } END { print y }' %s", r, sg_shell(dir.'/transient.dat'))))
set multiplot title "Stable, yet not monotone: errors grow first, the SG's loss rises again" font sg_big
set logscale y
eval sg_panel(0.09, 0.5)
set title "an error near the minimum, over its start"
set logscale x; set xtics ("0" 1, "1" 2, "10" 11, "100" 101, "300" 301)
set xlabel "step (axis: log(1 + step))"; set xrange [1:301]; set yrange [0.1:10]; set ytics (0.1, 0.2, 0.5, 1, 2, 5, 10)
set label 1 sprintf("simultaneous: × %.1f", peak(0)) at 2.1,4.4 left textcolor rgb sg_blue
set label 4 sprintf("SG first: × %.1f", peak(1)) at 2.5,3.1 left textcolor rgb sg_ink_orange
set label 2 sprintf("network first: × %.1f", peak(2)) at 300,3.0 right textcolor rgb sg_ink_green
set label 3 "radius^{step}" at 11,0.42 right textcolor rgb sg_ink_grey
plot dir.'/transient.dat' using ($2 + 1):(order(0, $3)) with lines lt 1 lw 4, \
     '' using ($2 + 1):(order(1, $3)) with lines lt 2 lw 3, \
     '' using ($2 + 1):(order(2, $3)) with lines lt 3 lw 3, \
     '' using ($2 + 1):(order(0, $4)) with lines lc rgb sg_grey lw 2.5 dt 3
unset label; unset logscale x
eval sg_panel(0.6, 0.975)
set title "losses, from half the weights, φ = 0"
set xlabel "step"; set xrange [0:400]; set xtics 100; set yrange [2e-3:20]; set format y "10^{%T}"; set ytics autofreq
set label 4 ""; set label 1 "the network's, above its least" at 395,0.2 right textcolor rgb sg_blue
set label 2 "the SG's" at 50,1 left textcolor rgb sg_ink_orange
set label 3 "▲ rises, while the network's falls" at 395,3.6e-3 right textcolor rgb sg_ink_yellow
plot dir.'/course.dat' using 1:3 with lines lt 1, '' using 1:4 with lines lt 2, \
     '' using ($6 > 0 ? $1 : 1/0):4 every 4 with points pt 9 ps 1.2 lc rgb sg_yellow
unset multiplot
