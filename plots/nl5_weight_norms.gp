# NL5: left, the norm of each block's weights over that of its start, under four rules from the same starts, the first block's beside the rule's name: means and,
# shaded, least and largest over seeds. Right, what |γ|² + |β|² of batch norm gained (marks), and what the ledger predicts from the SGs' own matrices A (rings;
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
if (!exists("finding")) finding = adam ? "Under Adam SGs enlarge the weights, and the gain is not 2 tr A/κ" : "Under gradient descent an SG adds 2 tr A/κ to the block below it"
set multiplot title finding font ',21'
at(r, b) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $3 }' %s", r, b, sg_shell(file))))
do for [r = 0:3] { set label 40 + r sprintf("%s\n    block 1: × %.2f", name[r + 1], at(r, 1)) at screen 0.1 + 0.225 * r, screen 0.885 left textcolor rgb ink[r + 1] }
set style fill transparent solid 0.15 noborder
eval sg_panel(0.115, 0.5); set tmargin at screen 0.73
set title "norm of the weights, from block 2 up"
set xlabel "block"; set ylabel "|W|, over its start" offset 2
set xrange [1.7:blocks + 0.3]; first = blocks > 10 ? 4 : 2; set xtics first,step
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
plot for [r = 0:3] file using 2:(of(r, $2 > 1 ? $4 : 1/0)):5 with filledcurves lt r + 1, \
     for [r = 0:3] file using 2:(of(r, $2 > 1 ? $3 : 1/0)) with linespoints lt r + 1 ps (blocks > 10 ? 0.9 : 1.3)
do for [r = 0:3] { unset label 40 + r }
eval sg_panel(0.6, 0.98); set tmargin at screen 0.73
set title "gain of batch norm's |γ|² + |β|²"; unset ylabel; unset arrow
set xrange [0.5:blocks + 0.5]; set xtics 1,step; set offsets 0,0,graph 0.06,graph 0.03
# Side by side; of many blocks only the SG's own ring is drawn.
beside(b, r) = blocks > 10 ? b : b + 0.3 * (r - 1)
ring(r, b, x) = blocks > 10 && (r != 1 || b != cut) ? 1/0 : x
side = blocks > 10 ? "right" : "left"
gained = real(system(sprintf("awk '$1 == 1 && $2 == %d { print $4 }' %s", cut, sg_shell(books))))
foreseen = real(system(sprintf("awk '$1 == 1 && $2 == %d { print $5 }' %s", cut, sg_shell(books))))
set label 1 "○ predicted".(adam ? sprintf("%s\n    2 tr A/κ = %.1f", blocks > 10 ? "," : "; one SG:", foreseen) : "") at graph 0.04,graph (blocks > 10 ? 0.2 : 0.93) left
set label 2 sprintf(adam ? "gained %.1f" : "2 tr A/κ = %.1f", adam ? gained : foreseen) at cut + (blocks > 10 ? -0.8 : 0.45),gained @side textcolor rgb sg_ink_orange
set label 3 "dotted: the SG" at screen 0.115,0.03 left textcolor rgb sg_ink_grey
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, first 0.8 * foreseen nohead lc rgb sg_grey dt 3 lw 2
plot for [r = 0:2] books using (beside($2, r)):(of(r, $4)) with points lt r + 1 ps (blocks > 10 ? 0.9 : 1), \
     for [r = 0:2] books using (beside($2, r)):(ring(r, $2, of(r, $5))) with points pt 6 ps (blocks > 10 ? 2.4 : 1.8) lw 2.2 lc rgb colour[r + 1]
unset multiplot
