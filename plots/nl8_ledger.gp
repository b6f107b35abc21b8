# NL8: what the squared norm of each layer's weights gained under gradient descent, and what the ledger predicts from the last layer, the
# modules and the biases alone.  Behind batch norm: gamma^2 + beta^2 of each block.
load 'plots/style.gp'
file = dir.'/books.dat'
stats file using 2 nooutput; top = int(STATS_max); blocks = top - 1
stats file using 8 nooutput; cut = int(STATS_max)
stats file using 9 nooutput; bn = int(STATS_max); last = bn ? blocks : top
array name[3] = ["backprop", "one SG", "an SG after every block"]
array colour[3] = [sg_blue, sg_orange, sg_green]
of(r, x) = column(1) == r && $2 <= last ? x : 1/0
gain(r) = bn ? column(4) : column(3)
stats file using (column(1) == 1 && column(2) == cut ? column(6) : 1/0) nooutput; step = STATS_max
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,3 margins 0.085,0.985,0.13,0.78 spacing 0.035,0
    set label 10 (bn ? "Behind batch norm γ² + β² of a block gain 2 tr A/κ, A the matrix of the SG after it" \
                     : "An SG makes a step in the layers' norms: the layer below gains 2 tr A/κ, A the SG's own matrix") \
        at screen 0.5,0.955 center font ',19'
    set label 11 (bn ? "bars: measured;   rings: predicted from the SGs' matrices alone (the last block's also from the output layer)" \
                     : "bars: measured;   rings: predicted from the SGs' matrices, the last layer and the biases alone; they leave out the squares of moves") \
        at screen 0.5,0.895 center font ',15' textcolor rgb sg_grey
    stats file using (column(2) <= last ? (bn ? column(4) : column(3)) : 1/0) nooutput
    set yrange [(STATS_min < -0.05 * STATS_max ? 1.25 * STATS_min : -0.06 * STATS_max):1.15 * STATS_max]
    set xrange [0.4:last + 0.6]; set xtics 1,(blocks > 10 ? 4 : 1),blocks; set xlabel "layer" offset 0,0.3
    if (!bn) { set xtics add ("out" top) }
    set ylabel (bn ? "gain of |γ|² + |β|²" : "gain of |W|²") offset 0.5,0
    do for [r = 1:3] {
        if (r == 2) { unset ylabel; set format y "" }
        if (r == 2) { set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 0.9 nohead lc rgb sg_grey dt 3 lw 2; set label 1 sprintf("the SG, 2 tr A/κ = %.2f", step) at cut + 0.4, graph 0.94 center textcolor rgb sg_grey font ',14' } else { unset arrow 1; unset label 1 }
        set title name[r] offset 0,-0.5 textcolor rgb colour[r]
        set style fill transparent solid 0.25 noborder
        plot file using 2:(of(r - 1, gain(r))):(0.96) with boxes lc rgb colour[r], \
             file using ($2 - 0.48):(of(r - 1, gain(r))):(0.96):(0) with vectors nohead lc rgb colour[r] lw 3 dt 1, \
             file using 2:(of(r - 1, $5)) with points pt 6 ps 2.4 lw 2.5 lc rgb 'black'
    }
    unset multiplot
    unset label; unset arrow; set format y "%g"
    unset output
}
