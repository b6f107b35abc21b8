# NL4: left, the training loss over the epochs under four rules from the same starts, means over seeds. Right, test accuracy of a linear probe on each block: means
# and, shaded, least and largest over seeds; above it what the verdict rests on, the slopes, with 95 % intervals over seeds.
load 'plots/style.gp'
file = dir.'/probes.dat'; numbers = sg_shell(dir.'/summary.json')
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
array ink[4] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink]
stats file using 2 nooutput; blocks = int(STATS_max)
stats file using 6 nooutput; cut = int(STATS_max)
at(r, b) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $3 }' %s", r, b, sg_shell(file))))
# Of the summary's row ID: its k-th number after KEY, in hundredths.
entry(id, key, k) = 100 * real(system(sprintf("awk '/\"id\": \"%s\"/ { row = 1 } row && /\"%s\":/ { n = NR + %d; row = 0 } n && NR == n { sub(/.*: /, \"\"); print $1 + 0 }' %s", id, key, k, numbers)))
slope(id) = sprintf("%.2g points a block [%.2g, %.2g]", entry(id, "measured", 0), entry(id, "interval", 1), entry(id, "interval", 2))
if (!exists("finding")) finding = entry("above", "interval", 1) > 0 ? "Above the one SG probes gain less from block to block than under backprop" : "No difference was found between probes above the SG and under backprop"
set multiplot title finding font ',20'
curves = dir.'/learning.dat'
stats curves using 2 nooutput; epochs = int(STATS_max)
eval sg_panel(0.115, 0.4)
set title "learning" offset 0,-0.5; set xlabel "epoch"; set ylabel "training loss (nats a sample)" offset 1; set logscale y; set format y "%g"
set ytics (1, 0.1, 0.01, 0.001); set mytics; set yrange [*:5]; set autoscale yfixmin; set xrange [0:epochs + 0.5]; set xtics epochs > 12 ? 5 : 2
plot for [r = 0:3] curves using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps (epochs > 12 ? 0.6 : 1.1)
unset logscale y; unset mytics; set ytics autofreq; set autoscale y
eval sg_panel(0.51, 0.99)
set title "what a probe reads" offset 0,-0.5
step = blocks > 10 ? 5 : 1; set xrange [0.7:blocks * 1.48]; set xtics step,step,blocks
set xlabel "block"; set ylabel "test accuracy" offset 0.5
set style fill transparent solid 0.15 noborder
stats file using 4 nooutput; low = STATS_min
stats file using 5 nooutput; high = STATS_max; gap = 0.055 * (high - low)
set yrange [low - 0.05 * (high - low):high + 0.3 * (high - low)]
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, first high nohead lc rgb sg_grey dt 3 lw 2
set label 1 "the one SG" at cut + 0.55, graph 0.03 left textcolor rgb sg_ink_grey
set label 2 "slope under backprop: ".slope("rises") at graph 0.02,0.955 left textcolor rgb sg_blue font ',14'
set label 3 "above the SG less by: ".slope("above") at graph 0.02,0.895 left textcolor rgb sg_ink_orange font ',14'
# Labels at the right end, kept apart.
array y[4]; do for [r = 0:3] { y[r + 1] = at(r, blocks) }
do for [k = 1:30] { do for [i = 1:4] { do for [j = 1:4] {
    if (i != j && y[i] >= y[j] && y[i] - y[j] < gap) { middle = (y[i] + y[j]) / 2; y[i] = middle + gap / 2; y[j] = middle - gap / 2 }
} } }
do for [r = 0:3] { set label 20 + r name[r + 1] at blocks + 0.05 * blocks, y[r + 1] left textcolor rgb ink[r + 1] font ',15' }
plot for [r = 0:3] file using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1, \
     for [r = 0:3] file using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps (blocks > 10 ? 0.8 : 1.2)
unset multiplot
