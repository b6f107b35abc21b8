# NL1: left, the training loss of nets of several depths under backprop (solid) and with one linear SG in the middle (dashed), means over seeds; shaded, the first
# tenth of the run: what "at first" means; of more than three depths the least and the two largest are named, the rest grey. Right, the test accuracy at the end, means and 95 % intervals over seeds, beside a lower half that never learns.
load 'plots/style.gp'
if (!exists("finding")) finding = "One SG is slower at first, faster later, and no better on the test"
if (!exists("units")) units = "relu"
if (!exists("rates")) rates = ", each rule at its best rates"
if (!exists("names_x")) names_x = 0.5
file = dir.'/curves.dat'; ends = dir.'/ends.dat'
depths = system("awk '!/^#/ && !seen[$2]++ {printf \"%s \", $2}' ".sg_shell(file))
array colour[6] = [sg_blue, sg_orange, sg_green, sg_pink, sg_yellow, sg_sky]
array ink[6] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink, sg_ink_yellow, sg_ink_sky]
stats file using 4 nooutput; epochs = STATS_max
named(i) = words(depths) < 4 || i == 1 || i > words(depths) - 2
pick(i, r, x) = column(2) == int(word(depths, i)) && column(3) == r ? x : 1/0
only(r) = sprintf("< awk '!/^#/ && $3 == %d' %s", r, sg_shell(ends))
last(i, r) = real(system(sprintf("awk '$2 == %s && $3 == %d { y = $5 } END { print y }' %s", word(depths, i), r, sg_shell(file))))
set multiplot title finding font sg_big
eval sg_panel(0.11, 0.56)
set title units.rates
set xlabel "epoch (shaded: what “at first” means)"; set ylabel "training loss (nats a sample)" offset 1; set logscale y; set format y "%g"
set xrange [0.5:1.42 * epochs]; set ytics (1, 0.1, 0.01, 0.001, 0.0001); set xtics 0,(epochs > 12 ? 10 : 1),epochs rangelimited
set object 1 rectangle from 0.5, graph 0 to 0.5 + (epochs < 20 ? 1 : epochs / 10), graph 1 fc rgb '#ececec' fs solid noborder behind
# Names at the right end, apart by a twentieth of the axis.
m = words(depths); n = 2 * m; array y[n]; others = ""
# A curve without a name keeps clear of the others far below them.
do for [i = 1:m] { y[i] = named(i) ? log10(last(i, 0)) : -100 - 10 * i; y[m + i] = named(i) ? log10(last(i, 1)) : -200 - 10 * i }
stats file using ($3 < 2 ? $5 : NaN) nooutput; low = 0.6 * STATS_min; high = 4 * STATS_max
set yrange [low:high]
gap = log10(high / low) / 19; eval sg_apart
do for [i = 1:m] {
    if (!named(i)) { others = others.(others eq "" ? "" : ", ").word(depths, i); continue }
    set label i sprintf("backprop, %s", word(depths, i)) at epochs * 1.02,10**y[i] left textcolor rgb ink[i] font ',16'
    set label m + i sprintf("SG, %s", word(depths, i)) at epochs * 1.02,10**y[m + i] left textcolor rgb ink[i] font ',16'
}
set label 20 "number:\nhidden layers" at graph 0.99,0.95 right
if (others ne "") { set label 21 "grey: ".others at graph 0.99,0.05 right textcolor rgb sg_ink_grey }
plot for [r = 0:1] for [i = 1:m] file using 4:(named(i) ? 1/0 : pick(i, r, $5)) with lines lc rgb '#bbbbbb' lw 2 dt r + 1, \
     for [r = 0:1] for [i = 1:m] file using 4:(named(i) ? pick(i, r, $5) : 1/0) with lines lc rgb colour[i] lw 3 dt r + 1
unset label; unset object 1; unset logscale y
eval sg_panel(0.66, 0.98)
set title "at the end"
set xlabel "hidden layers"; set ylabel "test accuracy" offset 1; set format y "%.1f"; set yrange [0:1]; set ytics 0.2
first_depth = real(word(depths, 1)); last_depth = real(word(depths, words(depths)))
set logscale x 2; set xrange [first_depth / 1.25:last_depth * 1.25]; set xtics (0); do for [i = 1:words(depths)] { set xtics add (word(depths, i) real(word(depths, i))) }
names_y = names_x < 0.5 ? 0.45 : 0.95
set label 1 "● backprop" at graph names_x,names_y right
set label 3 "○ one SG" at graph names_x + 0.06,names_y left textcolor rgb sg_blue
set label 2 "□ lower half frozen" at graph 0.5,0.14 center textcolor rgb sg_ink_grey
plot only(0) using ($2 / 1.06):4:5:6 with yerrorlines lc rgb 'black' lw 3 dt 1 pt 7 ps 1.2, \
     only(1) using ($2 * 1.06):4:5:6 with yerrorlines lc rgb sg_blue lw 3 dt 2 pt 6 ps 1.4, \
     only(2) using 2:4:5:6 with yerrorlines lc rgb sg_grey lw 2 dt 3 pt 4 ps 1
unset multiplot
