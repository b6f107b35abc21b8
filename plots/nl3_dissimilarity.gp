# NL3: where the labels are in each block, and how alike blocks are.  Left: between-class share of variance; band: least and largest over seeds.
# Right, above: CKA between blocks, mean over seeds: within nets of a rule, and between nets of two rules and other starts.
# Right, below: D(i, j) = 1 - corr(h_i, h_j) in the block below the SG, images sorted by label (first seed).
load 'plots/style.gp'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
share = dir.'/share.dat'
stats share using 2 nooutput; blocks = int(STATS_max)
stats share using 6 nooutput; cut = int(STATS_max)
at(r, b) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $3 }' %s", r, b, sg_shell(share))))
gain = at(1, cut) - at(0, cut)
found = gain > 0.05 ? sprintf("Below one SG the classes take %.0f %% of the variance, under backprop %.0f %%", 100 * at(1, cut), 100 * at(0, cut)) : \
    sprintf("Below one SG the classes take %.0f %% of the variance, no more than under backprop: %.0f %%", 100 * at(1, cut), 100 * at(0, cut))
place(l, r, b, t) = sprintf("set lmargin at screen %g; set rmargin at screen %g; set bmargin at screen %g; set tmargin at screen %g", l, r, b, t)
do for [pass = 1:2] {
    reset; load 'plots/style.gp'
    eval sg_terminal(pass)
    set multiplot
    set label 10 found at screen 0.02, screen 0.965 left font ',19'
    unset key; set style fill transparent solid 0.15 noborder
    set xrange [0.7:blocks > 10 ? 1.33 * blocks : blocks + 1.75]; step = blocks > 10 ? 5 : 1; set xtics step,step,blocks; set yrange [0:*]
    set xlabel "block"; set ylabel "between-class share of variance" offset 2,0
    set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
    set label 2 "the one SG" at cut + 0.55, graph 0.03 left textcolor rgb sg_grey
    # Labels at the right end, kept apart.
    array y[4]; do for [r = 0:3] { y[r + 1] = at(r, blocks) }
    stats share using 5 nooutput; gap = 0.05 * STATS_max
    do for [k = 1:30] { do for [i = 1:4] { do for [j = 1:4] {
        if (i != j && y[i] >= y[j] && y[i] - y[j] < gap) { middle = (y[i] + y[j]) / 2; y[i] = middle + gap / 2; y[j] = middle - gap / 2 }
    } } }
    array colour[4] = [sg_blue, sg_orange, sg_green, sg_pink]
    do for [r = 0:3] { set label 20 + r name[r + 1] at blocks + 0.12, y[r + 1] left textcolor rgb colour[r + 1] font ',14' }
    eval place(0.09, 0.475, 0.13, 0.91)
    plot for [r = 0:3] share using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1, \
         for [r = 0:3] share using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps 1.1
    unset label; unset arrow; unset grid; set style fill solid 1; set border 15 lw 0.6
    array panel[3] = ["within backprop nets", "within one-SG nets", "between the two"]
    array below[3] = ["block", "block", "block, backprop"]
    array aside[3] = ["block", "", "block, one SG"]
    set palette defined (0 '#ffffff', 0.5 '#9ecae1', 1 '#08306b'); set cbrange [0:1]; unset colorbox
    set xrange [0.5:blocks + 0.5]; set yrange [0.5:blocks + 0.5]; set xtics step,step,blocks offset 0,0.5 scale 0 font ',11'; set ytics step,step,blocks offset 0.8,0 scale 0 font ',11'
    width = 0.118; high = width * 1000 / 640.0
    do for [p = 0:2] {
        left = 0.535 + p * 0.163
        eval place(left, left + width, 0.625, 0.625 + high)
        set title panel[p + 1] offset 0,-0.9 font ',13'; set xlabel below[p + 1] offset 0,1.1 font ',12'; set ylabel aside[p + 1] offset 2.4,0 font ',12'
        set arrow 1 from cut + 0.5, 0.5 to cut + 0.5, blocks + 0.5 nohead front lc rgb sg_orange lw (p == 0 ? 0 : p == 2 ? 0 : 1.5)
        set arrow 2 from 0.5, cut + 0.5 to blocks + 0.5, cut + 0.5 nohead front lc rgb sg_orange lw (p == 0 ? 0 : 1.5)
        if (p == 0) { unset arrow 1; unset arrow 2 }
        if (p == 2) { unset arrow 1 }
        unset label
        if (p == 0) { set label 10 "CKA of blocks in %, mean over seeds; the SG at the orange line" at screen 0.52, screen 0.875 left font ',14' }
        if (blocks <= 8) {
            plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/cka.dat')) using 2:3:4 with image, \
                 '' using 2:3:(sprintf("%.0f", 100 * $4)):($4 > 0.55 ? 0xffffff : 0x222222) with labels tc rgb variable font ',9'
        } else { plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/cka.dat')) using 2:3:4 with image }
    }
    unset arrow; unset label; unset xtics; unset ytics; unset ylabel
    set xrange [-0.5:39.5]; set yrange [39.5:-0.5]; set cbrange [0:1.5]
    set palette defined (0 '#08306b', 0.4 '#2171b5', 0.7 '#9ecae1', 1 '#ffffff', 1.5 '#D55E00')
    width = 0.19; high = width * 1000 / 640.0
    do for [p = 0:1] {
        left = 0.535 + p * 0.215
        eval place(left, left + width, 0.1, 0.1 + high)
        set title name[p + 1] offset 0,-0.9 font ',13'; set xlabel "digit" offset 0,-0.1 font ',12'
        if (p == 0) { set label 10 sprintf("1 − correlation of images in block %d, below the SG, one net", cut) at screen 0.52, screen 0.445 left font ',14' }
        do for [d = 0:9] { set label 30 + d sprintf("%d", d) at 4 * d + 1.5, graph -0.045 center font ',11'; if (p == 0) { set label 50 + d sprintf("%d", d) at graph -0.03, first 4 * d + 1.5 right font ',11' } }
        if (p == 1) { do for [d = 0:9] { unset label 50 + d }; unset label 10; set colorbox user origin screen 0.95, screen 0.1 size 0.01, high; set cbtics 0.5 scale 0.4 font ',11' }
        plot sprintf("< awk '$1 == %d' %s", p, sg_shell(dir.'/matrices.dat')) using 3:2:4 with image
    }
    unset multiplot
    unset output
}
