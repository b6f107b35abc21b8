# NL3: left, between-class share of the variance of what each block represents, means and, shaded, least and largest over seeds; the arrow: what one SG adds to
# the block below it; dotted: what DY15 predicts for the net without nonlinearities, under backprop, one SG and SGs everywhere. Right: how unlike two images are (1 − correlation) in that block, in one net; images are sorted by their digit, so that a class is a dark
# square on the diagonal. (How alike two blocks are, by CKA, is in the columns cka; at the paper's size in the figure nl3_mnist_alike.)
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
set xrange [0.7:1.38 * blocks]; step = blocks > 10 ? 5 : 1; set xtics step,step,blocks; set yrange [0:*]
set xlabel "block"; set ylabel "between-class share of variance" offset 2.5
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
set label 2 "the one SG" at cut + 0.6, graph 0.04 left textcolor rgb sg_ink_grey
# Names at the right end.
n = 4; array y[n]; do for [r = 0:3] { y[r + 1] = at(r, blocks) }
stats share using 5 nooutput; gap = 0.055 * STATS_max
eval sg_apart
if (gain > 0.05) {
    set arrow 2 from cut,at(0, cut) to cut,at(1, cut) - 0.01 head filled size 0.025 * blocks,20 front lc rgb 'black' lw 3 dt 1
}
do for [r = 0:3] { set label 20 + r name[r + 1] at blocks * 1.035, y[r + 1] left textcolor rgb ink[r + 1] font ',16' }
# Of nets too deep for DY15's solver there is no linear.dat.
linear = dir.'/linear.dat'; solved = int(system(sprintf("[ -s %s ]; echo $?", sg_shell(linear)))) == 0
set label 30 (solved ? "dotted: linear net" : "") at blocks * 1.035,real(system(sprintf("awk '$1 == 0 { y = $3 } END { print y + 0 }' %s", sg_shell(solved ? linear : share)))) left textcolor rgb sg_ink_grey font ',16'
eval place(0.085, 0.6, 0.14, 0.88)
plot for [r = 0:3] share using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1, \
     for [r = 0:2] (solved ? linear : share) every 3::r using 2:(solved ? $3 : 1/0) with lines lc rgb ink[r + 1] lw 2.5 dt 3, \
     for [r = 0:3] share using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps 1.1
unset label; unset arrow; unset grid; set style fill solid 1; set border 15 lw 0.6
unset xtics; unset ytics; unset xlabel; unset ylabel; unset colorbox
set xrange [-0.5:39.5]; set yrange [39.5:-0.5]; set cbrange [0:1.5]
# From dark (alike) to light, in one direction, so that grey says the same.
set palette defined (0 '#08306b', 0.45 '#2171b5', 0.8 '#9ecae1', 1.1 '#e6f0f8', 1.5 '#ffffff')
# Each cell of the matrix as 6 x 6 points, so that a browser, which blurs a picture that it enlarges, leaves the cells their edges.
cells(p) = sprintf("< awk '$1 == %d { m[$2 * 40 + $3] = $4 } END { for (i = 0; i < 240; i++) for (j = 0; j < 240; j++) print (j - 2.5) / 6, (i - 2.5) / 6, m[int(i / 6) * 40 + int(j / 6)] }' %s", p, sg_shell(dir.'/matrices.dat'))
width = 0.236; high = width * 1000 / 640.0
set label 10 sprintf("how unlike images are, block %d", cut) at screen 0.985, screen 0.905 right font ',16'
do for [p = 0:1] {
    bottom = 0.5 - p * 0.43
    eval place(0.69, 0.69 + width, bottom, bottom + high)
    set label 11 name[p + 1] at screen 0.64, screen bottom + high / 2 center rotate by 90 textcolor rgb ink[p + 1]
    do for [d = 0:9] { set label 30 + d sprintf("%d", d) at 4 * d + 1.5, graph -0.055 center font ',15'; set label 50 + d sprintf("%d", d) at graph -0.025, first 4 * d + 1.5 right font ',15' }
    if (p == 1) { unset label 10; set label 12 "digit" at graph 0.5, graph -0.13 center font ',16'; set colorbox user origin screen 0.936, screen bottom size 0.014, high + 0.43; set cbtics 0.5 scale 0.4 font ',15' }
    plot cells(p) using 1:2:3 with image
}
unset multiplot
