# NL4: test accuracy of a linear probe on each block, under four rules from the same starts: means and, shaded for the two rules that
# are compared, least and largest over seeds. Above, what the verdict rests on: the slopes, with 95 % intervals over seeds; black: the straight line through the
# blocks from the one below the SG on. A case at the size of the paper shows the error instead, whose scale is one of ratios.
load 'plots/style.gp'
file = dir.'/probes.dat'; numbers = sg_shell(dir.'/summary.json')
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
array ink[4] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink]
stats file using 2 nooutput; blocks = int(STATS_max)
stats file using 6 nooutput; cut = int(STATS_max)
at(r, b) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $3 }' %s", r, b, sg_shell(file))))
# Of the summary's row ID: its k-th number after KEY, in hundredths.
entry(id, key, k) = 100 * real(system(sprintf("awk '/\"id\": \"%s\"/ { row = 1 } row && /\"%s\":/ { n = NR + %d; row = 0 } n && NR == n { sub(/.*: /, \"\"); print $1 + 0 }' %s", id, key, k, numbers)))
gains(id, words) = sprintf("gains %.2g points a block%s [%.2g, %.2g]", entry(id, "measured", 0), words, entry(id, "interval", 1), entry(id, "interval", 2))
if (!exists("finding")) finding = entry("above", "interval", 1) > 0 ? "Above the one SG probes gain less from block to block than under backprop" : "No difference was found between probes above the SG and under backprop"
set title finding font ',20'
# errors = k: the test error in percent, and a mark on how far one SG is k blocks below it.
error = exists("errors")
shown(x) = error ? 100 * (1 - x) : x
height(x) = error ? log10(shown(x)) : x
step = blocks > 10 ? 5 : 1; set xrange [0.7:blocks * 1.26]; set xtics step,step,blocks
set xlabel "block"; set ylabel (error ? "test error of a linear probe (%)" : "test accuracy of a linear probe")
set style fill transparent solid 0.18 noborder
stats file using (height($4)) nooutput; low = STATS_min; high = STATS_max
stats file using (height($5)) nooutput; low = STATS_min < low ? STATS_min : low; high = STATS_max > high ? STATS_max : high
gap = 0.055 * (high - low)
if (error) {
    set logscale y; set yrange [10**(low - 0.2 * (high - low)):10**(high + 0.06 * (high - low))]; set ytics (1, 2, 3, 5, 10, 20, 30, 50)
    from = cut - errors
    set arrow 3 from from,shown(at(1, from)) to blocks,shown(at(1, blocks)) nohead front lc rgb 'black' lw 2.5 dt 1
} else {
    set yrange [low - 0.05 * (high - low):high + 0.3 * (high - low)]
}
foot = error ? 10**(low - 0.11 * (high - low)) : 1
set label 2 (error ? sprintf("one SG, block %d: %.2f %%", from, shown(at(1, from))) : sprintf("● from block 1 to %d backprop ", blocks).gains("rises", "").", 95 % interval") at \
    (error ? from : 1),(error ? foot : high + 0.25 * (high - low)) left textcolor rgb (error ? sg_ink_orange : sg_blue)
set label 3 (error ? sprintf("block %d: %.2f %%", blocks, shown(at(1, blocks))) : sprintf("■ from block %d (black lines) one SG ", cut).gains("above", " less")) at \
    (error ? 0.8 * blocks : 1),(error ? foot : high + 0.165 * (high - low)) left textcolor rgb sg_ink_orange
set arrow 1 from cut + 0.5, graph (error ? 0.13 : 0) to cut + 0.5, graph (error ? 1 : 0.79) nohead lc rgb sg_grey dt 3 lw 2
set label 1 "the one SG" at cut + 0.5 + 0.01 * blocks, graph (error ? 0.94 : 0.03) left textcolor rgb sg_ink_grey
# Names at the right end.
n = 4; array y[n]; do for [r = 0:3] { y[r + 1] = height(at(r, blocks)) }
eval sg_apart
do for [r = 0:3] { set label 20 + r name[r + 1] at blocks + 0.025 * blocks, (error ? 10**y[r + 1] : y[r + 1]) left textcolor rgb ink[r + 1] }
# The straight line through the means of the blocks from cut on, under rule r.
above(r, k) = real(system(sprintf("awk '$1 == %d && $2 >= %d { n++; x += $2; y += $3; xx += $2 * $2; xy += $2 * $3 } END { b = (n * xy - x * y) / (n * xx - x * x); print y / n + b * (%g - x / n) }' %s", r, cut, k, sg_shell(file))))
if (!error) { do for [r = 0:1] { set arrow 10 + r from cut,above(r, cut) to blocks,above(r, blocks) nohead front lc rgb 'black' lw 2.5 dt 1 } }
plot for [r = 0:1] file using 2:($1 == r ? shown($4) : 1/0):(shown($5)) with filledcurves lt r + 1, \
     for [r = 0:3] file using 2:($1 == r ? shown($3) : 1/0) with linespoints lt r + 1 lw (r < 2 ? 3 : 2) ps (r < 2 ? 1.3 : 1)
