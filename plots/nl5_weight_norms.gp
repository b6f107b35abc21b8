# NL5.  Above: the norm of each block's weights over that of its start, under four rules from the same starts; band: least and largest over
# seeds.  Below: what |gamma|^2 + |beta|^2 gained and what the ledger predicts, from the SGs' matrices (the last block: and the output layer).
load 'plots/style.gp'
file = dir.'/norms.dat'; books = dir.'/books.dat'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
array colour[4] = [sg_blue, sg_orange, sg_green, sg_pink]
stats file using 2 nooutput; blocks = int(STATS_max)
stats file using 6 nooutput; cut = int(STATS_max)
stats books using 11 nooutput; adam = int(STATS_max) >= 2
step = blocks > 10 ? 2 : 1
of(r, x) = column(1) == r && column(2) <= blocks ? x : 1/0
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot
    set label 10 (adam ? "Under Adam SGs make the weights above the input large, and no account of norms is kept" \
                       : "Gradient descent turns the paper's picture round, and an SG adds 2 tr A/κ") \
        at screen 0.5,0.965 center font ',19'
    set xrange [0.7:blocks + 0.3]; set xtics 1,step
    set lmargin at screen 0.09; set rmargin at screen 0.8; set tmargin at screen 0.92; set bmargin at screen 0.54
    set ylabel "|W|, over its start" offset 2.5,0; unset xlabel; set format x ""; set style fill transparent solid 0.15 noborder
    set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
    set label 1 "the one SG" at cut + 0.52, graph 0.95 left textcolor rgb sg_grey font ',14'
    set key at screen 0.985,0.9 top right Left reverse samplen 2 spacing 1.3
    plot for [r = 0:3] file using 2:(of(r, $4)):5 with filledcurves lt r + 1 notitle, \
         for [r = 0:3] file using 2:(of(r, $3)) with linespoints lt r + 1 ps 1.2 title name[r + 1]
    unset label 10; unset label 1; unset key
    set tmargin at screen 0.5; set bmargin at screen 0.11
    set xlabel "block" offset 0,0.5; set format x "%g"; set ylabel "gain of |γ|² + |β|²"
    set label 11 "lines: measured\nrings: 2 tr A/κ, the SG's\nown matrix (block ".blocks.":\nand the output's gain)".(adam ? "\n\nAdam misses them" : "\n\nwhat they miss are\nthe squares of steps") \
        at screen 0.815,0.46 left font ',14'
    plot for [r = 0:2] books using 2:(of(r, $4)) with linespoints lt r + 1 ps 0.7, \
         for [r = 0:2] books using 2:(of(r, $5)) with points pt 6 ps 2.2 lw 2.2 lc rgb colour[r + 1]
    unset label 11; unset arrow 1
    unset multiplot
    unset output
}
