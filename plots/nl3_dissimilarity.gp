# NL3: left, between-class share of the variance of what each block represents, means and, shaded, least and largest over seeds; dotted, what DY15 predicts for the net without nonlinearities. Right, from above: how alike two
# blocks are (CKA, mean over seeds) within nets of each rule, and between backprop's nets and each other rule's; how unlike two images are (1 − correlation) in the
# block below the SG, in one net of each rule; images are sorted by their digit.
sg_height = 800
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
step = blocks > 10 ? 5 : 1
set xrange [0.5:blocks + 0.5]; set xtics step,step,blocks; set yrange [0:*]
set xlabel "block"; set ylabel "between-class share of variance" offset 2.5
set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
set label 2 "the one SG" at cut + 0.3, graph 0.03 right textcolor rgb sg_ink_grey font ',15'
set label 3 "dotted: the net without relu, predicted" at screen 0.088, screen 0.823 left textcolor rgb sg_ink_grey font ',14'
# The names above the panel, with their marks: the curves' ends are too near one another.
do for [r = 0:3] {
    x = r % 2 ? 0.245 : 0.085; y = r < 2 ? 0.895 : 0.86
    set label 20 + r name[r + 1] at screen x, screen y left textcolor rgb ink[r + 1] font ',15' point lt r + 1 ps 1.1 offset 1,-0.25
}
eval place(0.075, 0.385, 0.11, 0.795)
plot for [r = 0:3] share using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1, \
     for [r = 0:2] dir.'/linear.dat' every 3::r using 2:3 with lines lc rgb ink[r + 1] lw 2.5 dt 3, \
     for [r = 0:3] share using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps (blocks > 10 ? 0.9 : 1.1)
unset label; unset arrow; unset grid; set style fill solid 1; set border 15 lw 0.6
width = 0.118; high = width * 1000.0 / sg_height; pitch = 0.135; first = 0.43
array bottom[3] = [0.715, 0.405, 0.085]
# ---- how alike two blocks are ----
array panel[7] = ["backprop", "one SG", "SG everywhere", "direct feedback", "one SG", "SG everywhere", "direct feedback"]
set palette defined (0 '#ffffff', 0.5 '#9ecae1', 1 '#08306b'); set cbrange [0:1]
set xrange [0.5:blocks + 0.5]; set yrange [0.5:blocks + 0.5]
set xtics step,step,blocks offset 0,0.6 scale 0 font ',13'; set ytics step,step,blocks offset 0.9,0 scale 0 font ',13'
do for [p = 0:6] {
    row = p < 4 ? 1 : 2; column = p < 4 ? p : p - 3
    left = first + column * pitch
    eval place(left, left + width, bottom[row], bottom[row] + high)
    set title panel[p + 1] offset 0,-0.75 font ',14' textcolor rgb ink[column + 1]
    set xlabel (row == 1 ? "block" : "block, this rule") offset 0,1.2 font ',13'; set ylabel (p == 0 ? "block" : p == 4 ? "block, backprop" : "") offset 2.4,0 font ',13'
    if (p == 0 || p == 4) { set format y "%g" } else { set format y "" }
    if (p == 0) { set label 10 "how alike two blocks of a net are: CKA" at screen first - 0.025, screen bottom[1] + high + 0.06 left font ',16' }
    if (p == 4) { set label 10 "blocks of backprop's nets and blocks of another rule's: CKA" at screen first - 0.025, screen bottom[2] + high + 0.06 left font ',16' }
    if (p != 0 && p != 4) { unset label 10 }
    if (p == 3 || p == 6) { set colorbox user origin screen left + width + 0.008, screen bottom[row] size 0.009, high; set cbtics 0.5 scale 0.4 offset -0.8,0 font ',13' } else { unset colorbox }
    unset arrow
    if (p == 1 || p == 4) { set arrow 1 from cut + 0.5, 0.5 to cut + 0.5, blocks + 0.5 nohead front lc rgb sg_orange lw 2 dt 1 }
    if (p == 1) { set arrow 2 from 0.5, cut + 0.5 to blocks + 0.5, cut + 0.5 nohead front lc rgb sg_orange lw 2 dt 1 }
    plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/cka.dat')) using 3:2:4 with image pixels
}
# ---- how unlike two images are ----
unset arrow; unset label; unset xtics; unset ytics; unset ylabel; unset colorbox
set xrange [-0.5:39.5]; set yrange [39.5:-0.5]; set cbrange [0:1.5]
set palette defined (0 '#08306b', 0.4 '#2171b5', 0.7 '#9ecae1', 1 '#ffffff', 1.5 '#D55E00')
do for [p = 0:3] {
    left = first + p * pitch
    eval place(left, left + width, bottom[3], bottom[3] + high)
    set title name[p + 1] offset 0,-0.75 font ',14' textcolor rgb ink[p + 1]; set xlabel "digit" offset 0,0.1 font ',13'
    if (p == 0) { set label 10 sprintf("how unlike two images are in block %d: 1 − correlation", cut) at screen first - 0.025, screen bottom[3] + high + 0.06 left font ',16' } else { unset label 10 }
    do for [d = 0:9] { set label 30 + d sprintf("%d", d) at 4 * d + 1.5, graph -0.09 center font ',12'; if (p == 0) { set label 50 + d sprintf("%d", d) at graph -0.03, first 4 * d + 1.5 right font ',12' } }
    if (p > 0) { do for [d = 0:9] { unset label 50 + d } }
    if (p == 3) { set colorbox user origin screen left + width + 0.008, screen bottom[3] size 0.009, high; set cbtics 0.5 scale 0.4 offset -0.8,0 font ',13' }
    plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/matrices.dat')) using 3:2:4 with image
}
unset multiplot
