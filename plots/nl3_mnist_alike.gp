# NL3 at the size of the paper: how alike two blocks are (CKA, means over five starts) within nets of each of four rules, and between backprop's nets and each other
# rule's; below, how unlike two images are (1 − correlation) in the block below the one SG, in one net of each rule, images sorted by their digit. Orange: the SG.
# Drawn from the columns in proofs/results where the case has not been run.
sg_height = 1000
load 'plots/style.gp'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
array ink[4] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink]
share = dir.'/share.dat'
stats share using 2 nooutput; blocks = int(STATS_max)
stats share using 6 nooutput; cut = int(STATS_max)
step = blocks > 10 ? 5 : 1
place(l, r, b, t) = sprintf("set lmargin at screen %g; set rmargin at screen %g; set bmargin at screen %g; set tmargin at screen %g", l, r, b, t)
set multiplot title "At one SG there is no seam; digits are told apart below it already" font ',20'
unset grid; set style fill solid 1; set border 15 lw 0.6
width = 0.19; high = width * 1000.0 / sg_height; pitch = 0.225; first = 0.075
array bottom[3] = [0.705, 0.385, 0.055]
# ---- how alike two blocks are ----
array panel[7] = ["backprop", "one SG", "SG everywhere", "direct feedback", "one SG", "SG everywhere", "direct feedback"]
set palette defined (0 '#ffffff', 0.5 '#9ecae1', 1 '#08306b'); set cbrange [0:1]
set xrange [0.5:blocks + 0.5]; set yrange [0.5:blocks + 0.5]
set xtics step,step,blocks offset 0,0.6 scale 0 font ',15'; set ytics step,step,blocks offset 0.9,0 scale 0 font ',15'
do for [p = 0:6] {
    row = p < 4 ? 1 : 2; column = p < 4 ? p : p - 3
    left = first + column * pitch
    eval place(left, left + width, bottom[row], bottom[row] + high)
    set title panel[p + 1] offset 0,-0.75 font ',17' textcolor rgb ink[column + 1]
    set xlabel (row == 1 ? "block" : "block, this rule") offset 0,1.2 font ',15'; set ylabel (p == 0 ? "block" : p == 4 ? "block, backprop" : "") offset 2.4,0 font ',15'
    if (p == 0 || p == 4) { set format y "%g" } else { set format y "" }
    if (p == 0) { set label 10 "how alike two blocks of a net are: CKA" at screen first - 0.035, screen bottom[1] + high + 0.042 left font ',18' }
    if (p == 4) { set label 10 "blocks of backprop's nets and blocks of another rule's: CKA" at screen first - 0.035, screen bottom[2] + high + 0.042 left font ',18' }
    if (p != 0 && p != 4) { unset label 10 }
    if (p == 3 || p == 6) { set colorbox user origin screen left + width + 0.008, screen bottom[row] size 0.009, high; set cbtics 0.5 scale 0.4 offset -0.8,0 font ',15' } else { unset colorbox }
    unset arrow
    if (p == 1 || p == 4) { set arrow 1 from cut + 0.5, 0.5 to cut + 0.5, blocks + 0.5 nohead front lc rgb sg_orange lw 2 dt 1 }
    if (p == 1) { set arrow 2 from 0.5, cut + 0.5 to blocks + 0.5, cut + 0.5 nohead front lc rgb sg_orange lw 2 dt 1 }
    plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/cka.dat')) using 3:2:4 with image pixels
}
# ---- how unlike two images are ----
# Each cell of the matrix as 6 x 6 points, so that a browser, which blurs a picture that it enlarges, leaves the cells their edges.
cells(p) = sprintf("< awk '$1 == %d { m[$2 * 40 + $3] = $4 } END { for (i = 0; i < 240; i++) for (j = 0; j < 240; j++) print (j - 2.5) / 6, (i - 2.5) / 6, m[int(i / 6) * 40 + int(j / 6)] }' %s", p, sg_shell(dir.'/matrices.dat'))
unset arrow; unset label; unset xtics; unset ytics; unset ylabel; unset colorbox
set xrange [-0.5:39.5]; set yrange [39.5:-0.5]; set cbrange [0:1.5]
# From dark (alike) to light, in one direction, so that grey says the same.
set palette defined (0 '#08306b', 0.45 '#2171b5', 0.8 '#9ecae1', 1.1 '#e6f0f8', 1.5 '#ffffff')
do for [p = 0:3] {
    left = first + p * pitch
    eval place(left, left + width, bottom[3], bottom[3] + high)
    set title name[p + 1] offset 0,-0.75 font ',17' textcolor rgb ink[p + 1]; set xlabel "digit" offset 0,0.1 font ',15'
    if (p == 0) { set label 10 sprintf("how unlike two images are in block %d: 1 − correlation", cut) at screen first - 0.035, screen bottom[3] + high + 0.042 left font ',18' } else { unset label 10 }
    do for [d = 0:9] { set label 30 + d sprintf("%d", d) at 4 * d + 1.5, graph -0.06 center font ',15'; if (p == 0) { set label 50 + d sprintf("%d", d) at graph -0.03, first 4 * d + 1.5 right font ',15' } }
    if (p > 0) { do for [d = 0:9] { unset label 50 + d } }
    if (p == 3) { set colorbox user origin screen left + width + 0.008, screen bottom[3] size 0.009, high; set cbtics 0.5 scale 0.4 offset -0.8,0 font ',15' }
    plot cells(p) using 1:2:3 with image
}
unset multiplot
