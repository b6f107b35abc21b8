# NL4: test accuracy of a linear probe on each block, under four rules from the same starts; band: least and largest over seeds.
load 'plots/style.gp'
file = dir.'/probes.dat'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
array colour[4] = [sg_blue, sg_orange, sg_green, sg_pink]
stats file using 2 nooutput; blocks = int(STATS_max)
stats file using 6 nooutput; cut = int(STATS_max)
at(r, b) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $3 }' %s", r, b, sg_shell(file))))
rise = 100 * (at(0, blocks) - at(0, 1)); above = 100 * (at(1, blocks) - at(1, cut))
do for [pass = 1:2] {
    reset; load 'plots/style.gp'
    eval sg_terminal(pass)
    set title sprintf("From the first block to the last the probe gains %+.1f points under backprop;\nwith one SG it gains %+.1f above the SG", rise, above) font ',18'
    unset key; step = blocks > 10 ? 5 : 1; set xrange [0.7:blocks * 1.22]; set xtics step,step,blocks
    set xlabel "block"; set ylabel "test accuracy of a linear probe"
    set style fill transparent solid 0.15 noborder
    set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
    set label 1 "the one SG" at cut + 0.55, graph 0.03 left textcolor rgb sg_grey
    # Labels at the right end, kept apart.
    array y[4]; do for [r = 0:3] { y[r + 1] = at(r, blocks) }
    stats file using 4 nooutput; low = STATS_min
    stats file using 5 nooutput; gap = 0.05 * (STATS_max - low)
    do for [k = 1:30] { do for [i = 1:4] { do for [j = 1:4] {
        if (i != j && y[i] >= y[j] && y[i] - y[j] < gap) { middle = (y[i] + y[j]) / 2; y[i] = middle + gap / 2; y[j] = middle - gap / 2 }
    } } }
    do for [r = 0:3] { set label 20 + r name[r + 1] at blocks + 0.02 * blocks, y[r + 1] left textcolor rgb colour[r + 1] }
    plot for [r = 0:3] file using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1, \
         for [r = 0:3] file using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps 1.2
    unset output
}
