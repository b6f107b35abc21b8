# NL8: what the squared norm of each layer's weights gained under gradient descent (bars), and what the ledger predicts (rings) from the SGs' own matrices A, the
# last layer and the biases alone; what that leaves out are the squares of moves (crosses: with them). Each panel has its own scale. Behind batch norm: |γ|² + |β|² of each block.
load 'plots/style.gp'
file = dir.'/books.dat'
stats file using 2 nooutput; top = int(STATS_max); blocks = top - 1
stats file using 8 nooutput; cut = int(STATS_max)
stats file using 9 nooutput; bn = int(STATS_max); last = bn ? blocks : top
array name[3] = ["backprop", "one SG", "an SG after every ".(bn ? "block" : "layer")]
array colour[3] = [sg_blue, sg_orange, sg_green]
array ink[3] = [sg_blue, sg_ink_orange, sg_ink_green]
of(r, x) = column(1) == r && $2 <= last ? x : 1/0
gain(r) = bn ? column(4) : column(3)
stats file using (column(1) == 1 && column(2) == cut ? column(6) : 1/0) nooutput; step = STATS_max
stats file using (column(2) <= last ? (bn ? column(4) : column(3)) : 1/0) nooutput
if (!exists("where")) where = ""
found = bn ? "ehind batch norm the block below an SG gains 2 tr A/κ" : "n SG makes a step of 2 tr A/κ in the norms of the layers"
# The levels that the step is between, and what the output layer's own row is called.
level(r, l) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $%d }' %s", r, l, bn ? 4 : 5, sg_shell(file))))
set multiplot title where eq "" ? (bn ? "B" : "A").found : where.(bn ? "b" : "a").found font sg_big
# What of panel r is the least and the most, zero and the rings included; behind batch norm the panels share a scale.
limit(r, sign) = real(system(sprintf("awk '!/^#/ && $1 == %d && $2 <= %d { v = %d * $%d; p = %d * $5; if (v > m) m = v; if (p > m) m = p } END { print m + 0 }' %s", r, last, sign, bn ? 4 : 3, sign, sg_shell(file))))
array high[3]; array low[3]
do for [r = 1:3] { high[r] = limit(r - 1, 1); low[r] = limit(r - 1, -1) }
if (bn) { do for [r = 1:3] { high[r] = STATS_max; low[r] = STATS_min < 0 ? -STATS_min : 0 } }
set xrange [0.4:last + 0.6]; set xtics 1,(blocks > 10 ? 4 : 1),blocks; set xlabel (bn ? "block" : "layer")
if (!bn) { set xtics add ("out" top) }
set ylabel (bn ? "gain of |γ|² + |β|²" : "gain of |W|² (scales differ)") offset 1.5
set bmargin at screen 0.15; set tmargin at screen 0.77; set title font ',18'
set label 10 (bn ? "bars: measured   ○ predicted, but for squares of moves" : "bars: measured   ○ predicted   + with the squares of moves")."   A: the SG's matrix, κ: ratio of learning rates" at screen 0.5,0.88 center textcolor rgb sg_ink_grey font ',16'
# The squares of moves at all boundaries above a layer, added to what is predicted (the file goes from the output down).
exact = sprintf("< awk '!/^#/ { if ($1 != r) { r = $1; s = 0 } s += $7; print $1, $2, $5 + s }' %s", sg_shell(file))
do for [r = 1:3] {
    set lmargin at screen 0.09 + 0.305 * (r - 1) + (bn ? 0 : 0.01 * (r - 1)); set rmargin at screen 0.09 + 0.305 * (r - 1) + (bn ? 0.28 : 0.255 + 0.01 * (r - 1))
    set yrange [(low[r] > 0.05 * high[r] ? -1.25 * low[r] : -0.06 * high[r]):(high[r] > 0.1 * low[r] ? 1.1 * high[r] + 0.1 * (high[r] + low[r]) : 0.25 * low[r])]
    if (r == 2) { unset ylabel; if (bn) { set format y "" }; unset label 10 }
    if (r == 2) { set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 0.86 nohead lc rgb sg_grey dt 3 lw 2; set label 1 sprintf("2 tr A/κ = %.2f", step) at graph 0.5, graph 0.93 center } else { unset arrow 1; unset label 1; unset arrow 2 }
    if (r == 2 && !bn) { set arrow 2 from cut + 0.5,level(1, cut + 1) to cut + 0.5,level(1, cut + 1) + step heads filled size 0.12,25 front lc rgb 'black' lw 3 dt 1 }
    if (r == 1 && bn) { set label 2 "from the\noutput layer" at last - 0.6,level(0, last) right textcolor rgb sg_ink_grey } else { unset label 2 }
    set title name[r] offset 0,-0.5 textcolor rgb ink[r]
    set style fill transparent solid 0.25 noborder
    plot file using 2:(of(r - 1, gain(r))):(0.9) with boxes lc rgb colour[r], \
         file using ($2 - 0.45):(of(r - 1, gain(r))):(0.9):(0) with vectors nohead lc rgb colour[r] lw 3.5 dt 1, \
         file using 2:(of(r - 1, $5)) with points pt 6 ps 2.2 lw 2.5 lc rgb 'black', \
         exact using 2:(bn ? 1/0 : of(r - 1, $3)) with points pt 1 ps 1.3 lw 2.5 lc rgb 'black'
}
unset multiplot
