# NL2: the true loss of label 1 over a plane of inputs at the end of training (left; dots: the data, white of label 1) beside what the SGs of six relu layers see
# of it. Above under MSE, below under the log loss. Right, how well the seen loss agrees with the true one, layer by layer, early and late in training.
load 'plots/style.gp'
if (!exists("finding")) finding = "Near the loss a linear SG sees it; far below and late it sees another"
maps = dir.'/surfaces.dat'; layers = dir.'/layers.dat'; points = dir.'/points.dat'
stats layers using 3 nooutput; top = int(STATS_max)
stats layers using 2 nooutput; late = int(STATS_max); early = late / 8
array place[3] = [0, top, 1]
array what[3] = ["true loss", "seen right under it", "seen after layer 1"]
map(l, p) = sprintf("< awk '!/^#/ && $1 == %d && $4 == %d' %s", l, p, sg_shell(maps))
set palette defined (0 '#440154', 0.13 '#472c7a', 0.25 '#3b518b', 0.38 '#2c718e', 0.5 '#21908d', 0.63 '#27ad81', 0.75 '#5cc863', 0.88 '#aadc32', 1 '#fde725')
left(i) = 0.105 + (i - 1) * 0.198
set multiplot title finding font sg_big
set title font ',17'; set xtics font ',16'; set ytics font ',16'
set label 90 "under MSE" at screen 0.022,0.71 center rotate by 90
set label 91 "log loss (nats)" at screen 0.022,0.35 center rotate by 90
do for [l = 0:1] {
    bottom = l == 0 ? 0.545 : 0.18
    set xrange [*:*]; set yrange [*:*]
    stats map(l, 0) using 5 nooutput
    set cbrange [0:STATS_mean + 2.5 * STATS_stddev < STATS_max ? STATS_mean + 2.5 * STATS_stddev : STATS_max]
    unset grid; set border 31; set xrange [-1.02:1.02]; set yrange [-1.02:1.02]; set tics scale 0.4
    if (l == 0) { set format x ""; unset xlabel } else { set format x "%g"; set xlabel "x_1" offset 0,0.6 }
    set xtics ("-0.5" -0.5, "0.5" 0.5)
    if (l == 0) { set xtics ("" -0.5, "" 0.5) }
    set bmargin at screen bottom; set tmargin at screen bottom + 0.33
    do for [i = 1:3] {
        set lmargin at screen left(i); set rmargin at screen left(i) + 0.184
        if (i == 1) { set ytics ("-1" -1, "1" 1); set ylabel "x_2" offset 2.2 } else { unset ytics; unset ylabel }
        if (i == 3) { set colorbox user origin graph 1.05, graph 0 size graph 0.06, graph 1; set cbtics scale 0.3 offset -0.6 font ',15' } else { unset colorbox; unset cblabel }
        if (l == 0) { set title what[i] offset 0,-0.6 } else { unset title }
        if (i == 1) {
            plot map(l, place[i]) using 2:3:5 with image, \
                 points using ($3 > 0.5 ? $1 : 1/0):2 with points pt 7 ps 0.4 lc rgb 'white', \
                 points using ($3 < 0.5 ? $1 : 1/0):2 with points pt 7 ps 0.4 lc rgb '#e04000'
        } else {
            plot map(l, place[i]) using 2:3:5 with image
        }
        unset label 90; unset label 91
    }
    unset colorbox; unset cblabel; unset ylabel; set border 3; set grid; set tics scale 0.6
    set lmargin at screen 0.815; set rmargin at screen 0.985
    set xrange [0.7:top + 0.3]; set yrange [*<0:1.1]; set ytics 0.5; set format y "%g"
    if (l == 0) { set title "correlation" offset 0,-0.6 } else { unset title }
    set xtics 1,1,top - 1; set xtics add (l == 0 ? "" : "loss" top)
    if (l == 0) { set format x "" } else { set format x "%g"; set xlabel "SG after layer" offset 0,0.4 font ',16' }
    if (l == 1) {
        set label 1 "dots: the data, white of label 1" at screen 0.105,0.032 left font ',16'
        set label 2 sprintf("● early, step %d", early) at screen 0.75,0.032 right textcolor rgb sg_blue font ',16'
        set label 3 sprintf("■ late, step %d", late) at screen 0.985,0.032 right textcolor rgb sg_ink_orange font ',16'
    }
    pick(t, x) = column(1) == l && column(2) == t ? x : 1/0
    plot layers using 3:(pick(early, $4)) with linespoints lc rgb sg_blue lw 3 pt 7 ps 1.1, \
         '' using 3:(pick(late, $4)) with linespoints lc rgb sg_orange lw 3 dt 2 pt 5 ps 1.1
    unset xlabel; unset label
}
unset multiplot
