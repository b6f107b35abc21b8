# NL5: Frobenius norm of each block's weights over that of its start, under four rules from the same starts; band: least and largest over seeds.
load 'plots/style.gp'
file = dir.'/norms.dat'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
stats file using 2 nooutput; blocks = int(STATS_max)
stats file using 6 nooutput; cut = int(STATS_max)
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set xrange [0.7:blocks + 0.3]; step = blocks > 10 ? 2 : 1; set xtics 1,step; set xlabel "block"; set ylabel "|W| after training, over its start"
    set key outside top center horizontal samplen 2; set style fill transparent solid 0.15 noborder
    set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
    set label 1 "the one SG" at cut + 0.55, graph 0.97 left textcolor rgb sg_grey
    plot for [r = 0:3] file using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1 notitle, \
         for [r = 0:3] file using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps 1.2 title name[r + 1]
    unset output
}
