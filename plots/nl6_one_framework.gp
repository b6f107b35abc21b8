# NL6: test error of ten credit rules on one net (mean over seeds; at the end the range too), and what an update waits for: a row is the hidden block that is updated, a
# column the block that alone is changed; dark: it is read on the way down, light: it is felt through the loss only, empty: it is not felt.
load 'plots/style.gp'
if (!exists("finding")) finding = "At its own best rates every SG rule ends within two points of backprop; feedback rules do not"
file = dir.'/curves.dat'; locks = dir.'/locks.dat'
stats file using 2 nooutput; epochs = STATS_max
stats locks using 2 nooutput; depth = STATS_max
array name[10] = ['backprop', 'SG in the middle', 'SGs, arriving', 'SGs, true', 'half SG, half true', 'SG + prop', 'feedback alignment', 'direct feedback', 'kickback', 'no propagation']
array colour[10] = ['#000000', sg_blue, sg_orange, sg_yellow, sg_sky, sg_green, sg_pink, '#8856a7', sg_grey, '#bbbbbb']
array dash[10] = [1, 1, 1, 2, 2, 2, 1, 4, 3, 1]
array point[10] = [7, 5, 9, 8, 4, 6, 13, 12, 11, 1]
of(r, x) = column(1) == r - 1 ? x : 1/0
shade(read) = read == 2 ? 0x0072B2 : read == 1 ? 0xA6CDE6 : 0xF2F2F2
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title finding font ',19'
    set lmargin at screen 0.075; set rmargin at screen 0.74; set bmargin at screen 0.53; set tmargin at screen 0.925
    set xlabel "epoch" offset 0,0.6; set ylabel "test error" offset 1,0; set xrange [0.8:epochs + 0.5]; set yrange [*:1]; set autoscale yfixmin; set logscale y; set format y "%g"
    if (epochs > 12) { set xtics 5 } else { set xtics 1,1 }
     set ytics (1, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01); set key at screen 0.985,0.925 top right Left reverse samplen 2.5 spacing 1.25
    plot for [r = 1:10] file using 2:(of(r, 1 - $4)) with linespoints lc rgb colour[r] lw 2.2 dt dash[r] pt point[r] ps 0.9 pointinterval (epochs > 12 ? 3 : 1) title name[r], \
         for [r = 1:10] file using ($2 + 0.03 * r):(of(r, $2 == epochs ? 1 - $4 : 1/0)):(1 - $6):(1 - $5) with yerrorbars lc rgb colour[r] lw 2.2 dt 1 pt point[r] ps 0.9 notitle
    unset logscale y; unset key; unset xlabel; unset ylabel; unset grid; unset border
    set xrange [1.4:depth + 1.6]; set yrange [0.4:depth + 0.6]
    set style fill solid 1 noborder
    do for [r = 1:10] {
        c = (r - 1) % 5; l = (r - 1) / 5
        set lmargin at screen 0.075 + 0.185 * c; set rmargin at screen 0.075 + 0.185 * c + 0.15
        set tmargin at screen 0.405 - 0.205 * l; set bmargin at screen 0.405 - 0.205 * l - 0.125
        set title name[r] offset 0,-0.8 font ',15'
        unset xtics; unset ytics
        if (depth <= 6) { set xtics scale 0 offset 0,0.5 font ',12' ('out' depth + 1) ; set for [b = 2:int(depth)] xtics add (sprintf('%d', b) b); set ytics scale 0 1,1,depth offset 0.6,0 font ',12' }
        plot locks using (of(r, $3)):2:($3 - 0.46):($3 + 0.46):($2 - 0.44):($2 + 0.44):(shade($4)) with boxxyerror lc rgb variable
    }
    set label 1 "block that is updated" at screen 0.022,0.235 rotate by 90 center font ',14'
    set label 2 "block above it that is changed:  {/:Bold dark} read on the way down,  {/:Bold light} felt through the loss only,  {/:Bold grey} not felt" at screen 0.53,0.02 center font ',14'
    unset title; unset xtics; unset ytics; set lmargin at screen 0; set rmargin at screen 1; set bmargin at screen 0; set tmargin at screen 1
    set xrange [0:1]; set yrange [0:1]
    plot NaN
    unset label 1; unset label 2; set border 3; set grid
    unset multiplot
    unset output
}
