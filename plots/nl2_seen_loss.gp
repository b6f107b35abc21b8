# NL2: the true loss of label 1 over the 2-d grid at the end of training, next to what the SGs see of it, and how well over the layers: MSE above, log
# loss below.
load 'plots/style.gp'
if (!exists("finding")) finding = "Near the loss a linear SG sees it; far below, late, it sees another one (loss of label 1, six relu layers, labels with noise)"
maps = dir.'/surfaces.dat'; layers = dir.'/layers.dat'; points = dir.'/points.dat'
stats layers using 3 nooutput; top = int(STATS_max)
stats layers using 2 nooutput; late = int(STATS_max); early = late / 8
array place[4] = [0, top, (top + 1) / 2, 1]
array what[4] = ["true loss", "seen right under it", sprintf("seen after layer %d", (top + 1) / 2), "seen after layer 1"]
map(l, p) = sprintf("< awk '!/^#/ && $1 == %d && $4 == %d' %s", l, p, sg_shell(maps))
set palette defined (0 '#440154', 0.13 '#472c7a', 0.25 '#3b518b', 0.38 '#2c718e', 0.5 '#21908d', 0.63 '#27ad81', 0.75 '#5cc863', 0.88 '#aadc32', 1 '#fde725')
left(i) = 0.055 + (i - 1) * 0.162
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title finding font ',17'
    do for [l = 0:1] {
        bottom = l == 0 ? 0.535 : 0.14
        set xrange [*:*]; set yrange [*:*]
        stats map(l, 0) using 5 nooutput
        set cbrange [0:STATS_mean + 2.5 * STATS_stddev < STATS_max ? STATS_mean + 2.5 * STATS_stddev : STATS_max]
        unset grid; unset key; set border 31; set xrange [-1.02:1.02]; set yrange [-1.02:1.02]; set tics scale 0.4
        set xtics ("-0.5" -0.5, "0.5" 0.5); if (l == 0) { set format x "" } else { set format x "%g" }
        set bmargin at screen bottom; set tmargin at screen bottom + 0.35
        do for [i = 1:4] {
            set lmargin at screen left(i); set rmargin at screen left(i) + 0.153
            if (i == 1) { set ytics ("-1" -1, "0" 0, "1" 1); set ylabel (l == 0 ? "MSE" : "log loss") font ',19' offset 1.8 } else { unset ytics; unset ylabel }
            if (i == 4) { set colorbox user origin graph 1.04, graph 0 size graph 0.06, graph 1; set cbtics scale 0.3 offset -0.6 font ',13' } else { unset colorbox }
            if (l == 0) { set title what[i] font ',15' offset 0,-0.5; set xtics ("" -0.5, "" 0.5) } else { unset title; set xlabel "x_1" offset 0,0.7 }
            if (i == 1) {
                plot map(l, place[i]) using 2:3:5 with image, \
                     points using ($3 > 0.5 ? $1 : 1/0):2 with points pt 7 ps 0.4 lc rgb 'white', \
                     points using ($3 < 0.5 ? $1 : 1/0):2 with points pt 7 ps 0.4 lc rgb '#e04000'
            } else {
                plot map(l, place[i]) using 2:3:5 with image
            }
        }
        unset colorbox; unset ylabel; set border 3; set grid; set tics scale 0.6
        set lmargin at screen 0.795; set rmargin at screen 0.985
        set xrange [0.7:top + 0.3]; set yrange [*<0:1.03]; set ytics 0.25; set format y "%g"
        if (l == 0) { set title "correlation with the true loss" font ',15' offset 0,-0.5 }
        set xtics 1,1,top - 1; set xtics add (l == 0 ? "" : "loss" top)
        if (l == 0) { set format x "" } else { set format x "%g"; set xlabel "SG after layer" offset 0,0.4 }
        if (l == 1) { set key at graph 1.02, graph 0.0 right bottom samplen 2.2 font ',14' spacing 1.1 } else { unset key }
        if (l == 1) { set label 1 sprintf("dots: the data, white of label 1; early: %d steps, late, as the maps: %d", early, late) at screen 0.055,0.022 font ',14' textcolor rgb '#444444' }
        pick(t, x) = column(1) == l && column(2) == t ? x : 1/0
        plot layers using 3:(pick(early, $4)) with linespoints lc rgb sg_blue lw 3 pt 7 ps 1.1 title "early", \
             '' using 3:(pick(late, $4)) with linespoints lc rgb sg_orange lw 3 dt 2 pt 5 ps 1.1 title "late", \
             '' using 3:(pick(late, $5)) with lines lc rgb sg_grey lw 2.5 dt 3 title "late, best SG"
        unset xlabel; unset label 1
    }
    unset multiplot
    unset output
}
