# NL3: how alike a net sees images.  Above: D(i, j) = 1 - corr(h_i, h_j) over test images sorted by label, a row a rule, a column a block (first seed).
# Below: how far each block is from the last one and from the one below it; band: least and largest over seeds.
load 'plots/style.gp'
matrices = dir.'/matrices.dat'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
stats dir.'/to_last.dat' using 2 nooutput; blocks = int(STATS_max)
stats dir.'/to_last.dat' using 6 nooutput; cut = int(STATS_max)
left = 0.14; right = 0.925; height = 0.125; gap = 0.012
wide = (right - left) / blocks
panel(i, a, b) = sprintf("set lmargin at screen %g; set rmargin at screen %g; set bmargin at screen %g; set tmargin at screen %g", a, b, i, i + height)
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot
    unset key; unset grid; unset xtics; unset ytics; unset xlabel; unset ylabel; set border 15 lw 0.6; set style fill solid 1
    set xrange [-0.5:39.5]; set yrange [39.5:-0.5]; set cbrange [0:1.5]
    set palette defined (0 '#08306b', 0.4 '#2171b5', 0.7 '#9ecae1', 1 '#ffffff', 1.5 '#D55E00')
    do for [rule = 0:3] {
        y = 0.955 - (rule + 1) * (height + gap)
        set label 1 name[rule + 1] at screen left - 0.01, screen y + height / 2 right
        do for [b = 1:blocks] {
            x = left + (b - 1) * wide
            shift = rule == 1 && b > cut ? 0.004 : 0
            eval panel(y, x + 0.0015 + shift, x + wide - 0.0015 + shift)
            if (rule == 0) { set title sprintf("%d", b) offset 0,-0.7 } else { unset title }
            if (rule == 3 && b == blocks) { set colorbox user origin screen 0.945, y size 0.012, 4 * (height + gap) - gap; set cbtics 0.5 scale 0.4 } else { unset colorbox }
            plot sprintf("< awk '$1 == %d && $2 == %d' %s", rule, b, matrices) using 4:3:5 with image
            unset label 1
        }
    }
    unset title; unset colorbox
    set border 3 lw 1.2; set grid; set xrange [0.7:blocks + 0.3]; set yrange [0:*]; step = blocks > 10 ? 2 : 1; set xtics 1,step nomirror; set ytics autofreq nomirror
    set xlabel "block"
    set style fill transparent solid 0.15 noborder
    do for [p = 0:1] {
        file = dir.(p == 0 ? '/to_last.dat' : '/to_below.dat')
        set lmargin at screen (p == 0 ? left : 0.56); set rmargin at screen (p == 0 ? 0.48 : right); set bmargin at screen 0.085; set tmargin at screen 0.355
        set ylabel (p == 0 ? "from the last block" : "from the block below") offset 1,0
        if (p == 0) { set key top right samplen 2 spacing 1 } else { unset key }
        set arrow 1 from cut + 0.5, graph 0 to cut + 0.5, graph 1 nohead lc rgb sg_grey dt 3 lw 2
        if (p == 1) { set label 2 "the one SG" at cut + 0.55, graph 0.96 left textcolor rgb sg_grey }
        plot for [r = 0:3] file using 2:($1 == r ? $4 : 1/0):5 with filledcurves lt r + 1 notitle, \
             for [r = 0:3] file using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 title name[r + 1]
        unset arrow 1; unset label 2
    }
    unset multiplot
    unset output
}
