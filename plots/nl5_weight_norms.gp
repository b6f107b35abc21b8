# NL5: the norm of each block's weights over that of its start, under four rules from the same starts: the first block (left) and the others (middle), means and,
# shaded, least and largest over seeds. Right, what |γ|² + |β|² of batch norm gained (lines) and what the ledger predicts from the SGs' own matrices A (rings;
# in the last block also from the output layer).
load 'plots/style.gp'
file = dir.'/norms.dat'; books = dir.'/books.dat'
array name[4] = ["● backprop", "■ one SG", "▲ SG everywhere", "◆ direct feedback"]
array ink[4] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink]
array colour[4] = [sg_blue, sg_orange, sg_green, sg_pink]
stats file using 2 nooutput; blocks = int(STATS_max)
stats file using 6 nooutput; cut = int(STATS_max)
stats books using 11 nooutput; adam = int(STATS_max) >= 2
step = blocks > 10 ? 4 : 1
of(r, x) = column(1) == r && column(2) <= blocks ? x : 1/0
if (!exists("finding")) finding = adam ? "Under Adam SGs enlarge the weights, and no account of norms is kept" : "Under gradient descent an SG adds 2 tr A/κ to the block below it"
set multiplot title finding font ',21'
do for [r = 0:3] { set label 40 + r name[r + 1] at screen 0.1 + 0.225 * r, screen 0.885 left textcolor rgb ink[r + 1] }
set style fill transparent solid 0.15 noborder
eval sg_panel(0.1, 0.21); set tmargin at screen 0.77
set title "norm, block 1"
set xlabel "block"; set ylabel "|W|, over its start" offset 2.5
set xrange [0.5:1.5]; set xtics 1; set yrange [*:*]; set offsets 0,0,graph 0.08,graph 0.08
plot for [r = 0:3] file using ($2 + 0.16 * (r - 1.5)):(of(r, $2 == 1 ? $3 : 1/0)):4:5 with yerrorbars lt r + 1 dt 1 ps 1.4
unset label; unset ylabel
eval sg_panel(0.3, 0.585); set tmargin at screen 0.77
set title "norm, blocks above"
set xrange [1.7:blocks + 0.3]; set xtics step
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
plot for [r = 0:3] file using 2:(of(r, $2 > 1 ? $4 : 1/0)):5 with filledcurves lt r + 1, \
     for [r = 0:3] file using 2:(of(r, $2 > 1 ? $3 : 1/0)) with linespoints lt r + 1 ps 1.2
eval sg_panel(0.675, 0.98); set tmargin at screen 0.77
set title "gain of |γ|² + |β|²"
set xrange [0.7:blocks + 0.3]; set xtics 1,step
set label 1 "○ predicted".(adam ? ":\nAdam misses it" : "") at graph 0.04,0.92 left
set label 2 "dotted: the SG" at graph 0.04,(adam ? 0.78 : 0.84) left textcolor rgb sg_ink_grey
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 0.7 nohead lc rgb sg_grey dt 3 lw 2
plot for [r = 0:2] books using 2:(of(r, $4)) with linespoints lt r + 1 ps 0.8, \
     for [r = 0:2] books using 2:(of(r, $5)) with points pt 6 ps 2 lw 2.2 lc rgb colour[r + 1]
unset multiplot
