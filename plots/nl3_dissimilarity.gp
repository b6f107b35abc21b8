# NL3: left, between-class share of the variance of what each block represents, means and, shaded, least and largest over seeds. Right, above: how alike two
# blocks are (CKA, mean over seeds) within nets of one rule, and between nets of two rules. Below: how unlike two images are (1 − correlation) in the block below
# the SG, in one net; images are sorted by their digit.
load 'plots/style.gp'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
array ink[4] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink]
share = dir.'/share.dat'
stats share using 2 nooutput; blocks = int(STATS_max)
stats share using 6 nooutput; cut = int(STATS_max)
at(r, b) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $3 }' %s", r, b, sg_shell(share))))
gain = at(1, cut) - at(0, cut)
found = gain > 0.05 ? sprintf("Below one SG the classes take %.0f %% of the variance, under backprop %.0f %%", 100 * at(1, cut), 100 * at(0, cut)) : \
    sprintf("Below one SG the classes take no more of the variance than under backprop")
place(l, r, b, t) = sprintf("set lmargin at screen %g; set rmargin at screen %g; set bmargin at screen %g; set tmargin at screen %g", l, r, b, t)
set multiplot title found font ',20'
set style fill transparent solid 0.15 noborder
set xrange [0.7:blocks > 10 ? 1.5 * blocks : blocks + 2.6]; step = blocks > 10 ? 5 : 1; set xtics step,step,blocks; set yrange [0:*]
set xlabel "block"; set ylabel "between-class share of variance" offset 2.5
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
set label 2 "the one SG" at cut + 0.6, graph 0.04 left textcolor rgb sg_ink_grey
# Labels at the right end, kept apart.
array y[4]; do for [r = 0:3] { y[r + 1] = at(r, blocks) }
stats share using 5 nooutput; gap = 0.055 * STATS_max
do for [k = 1:30] { do for [i = 1:4] { do for [j = 1:4] {
    if (i != j && y[i] >= y[j] && y[i] - y[j] < gap) { middle = (y[i] + y[j]) / 2; y[i] = middle + gap / 2; y[j] = middle - gap / 2 }
} } }
do for [r = 0:3] { set label 20 + r name[r + 1] at blocks * 1.035, y[r + 1] left textcolor rgb ink[r + 1] font ',15' }
eval place(0.085, 0.475, 0.14, 0.88)
plot for [r = 0:3] share using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1, \
     for [r = 0:3] share using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps 1.1
unset label; unset arrow; unset grid; set style fill solid 1; set border 15 lw 0.6
array panel[3] = ["backprop", "one SG", "between them"]
array below[3] = ["block", "block", "block, backprop"]
array aside[3] = ["block", "", "block, one SG"]
set palette defined (0 '#ffffff', 0.5 '#9ecae1', 1 '#08306b'); set cbrange [0:1]; unset colorbox
set xrange [0.5:blocks + 0.5]; set yrange [0.5:blocks + 0.5]; set xtics step,step,blocks offset 0,0.5 scale 0 font ',14'; set ytics step,step,blocks offset 0.8,0 scale 0 font ',14'
width = 0.108; high = width * 1000 / 640.0
do for [p = 0:2] {
    left = 0.545 + p * 0.144
    eval place(left, left + width, 0.62, 0.62 + high)
    set title panel[p + 1] offset 0,-0.9 font ',15'; set xlabel below[p + 1] offset 0,1 font ',14'; set ylabel aside[p + 1] offset (p > 0 ? 1.2 : 2.6),0 font ',14'
    if (p > 0) { set format y "" }
    if (p == 0) { set label 10 "how alike two blocks are: CKA" at screen 0.515, screen 0.875 left font ',16' } else { unset label 10 }
    if (p == 2) { set colorbox user origin screen 0.952, screen 0.62 size 0.01, high; set cbtics 0.5 scale 0.4 font ',13' }
    if (p == 1) {
        set arrow 1 from cut + 0.5, 0.5 to cut + 0.5, blocks + 0.5 nohead front lc rgb sg_orange lw 2 dt 1
        set arrow 2 from 0.5, cut + 0.5 to blocks + 0.5, cut + 0.5 nohead front lc rgb sg_orange lw 2 dt 1
    } else { unset arrow }
    plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/cka.dat')) using 2:3:4 with image pixels
}
unset arrow; unset label; unset xtics; unset ytics; unset ylabel; unset colorbox
set xrange [-0.5:39.5]; set yrange [39.5:-0.5]; set cbrange [0:1.5]
set palette defined (0 '#08306b', 0.4 '#2171b5', 0.7 '#9ecae1', 1 '#ffffff', 1.5 '#D55E00')
width = 0.19; high = width * 1000 / 640.0
do for [p = 0:1] {
    left = 0.545 + p * 0.208
    eval place(left, left + width, 0.1, 0.1 + high)
    set title name[p + 1] offset 0,-0.9 font ',15'; set xlabel "digit" offset 0,-0.3 font ',14'
    if (p == 0) { set label 10 sprintf("how unlike two images are, block %d", cut) at screen 0.515, screen 0.47 left font ',16' }
    do for [d = 0:9] { set label 30 + d sprintf("%d", d) at 4 * d + 1.5, graph -0.06 center font ',13'; if (p == 0) { set label 50 + d sprintf("%d", d) at graph -0.03, first 4 * d + 1.5 right font ',13' } }
    if (p == 1) { do for [d = 0:9] { unset label 50 + d }; unset label 10; set colorbox user origin screen 0.952, screen 0.1 size 0.01, high; set cbtics 0.5 scale 0.4 font ',13' }
    plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/matrices.dat')) using 3:2:4 with image
}
unset multiplot
