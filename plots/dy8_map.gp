# DY8 in the plane of the two rates: where a global minimum attracts, predicted and simulated, and how far an error may grow there first.
load 'plots/style.gp'
if (!exists("net")) net = "a two-layer net"
stats dir.'/growth.dat' using ($3 > 1 ? log10($3) : NaN) nooutput name 'G'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title "DY8: one global minimum of ".net." under an SG, over the two learning rates"
    set xrange [0:1.3]; set yrange [0:1.2]; unset grid; set xtics 0.2; set ytics 0.2
    set xlabel "μ λ_{max}(H) / 2"; set ylabel "ν λ_{max}(S_z) / 2" offset 0.5
    set object 1 rectangle from 0,0 to 1,1 fs empty border lc rgb sg_grey lw 2 dt 2 front
    set tmargin at screen 0.87; set bmargin at screen 0.24
    set lmargin at screen 0.075; set rmargin at screen 0.475
    set title "where a start nearby goes"
    set key at screen 0.5,0.015 center bottom maxrows 2 samplen 1.5 width 1 Left reverse
    plot dir.'/map.dat' using ($4 == 0 ? $1 : 1/0):2 with points pt 7 ps 0.5 lc rgb '#bbbbbb' title "slower than the run", \
         '' using ($4 > 0 && $5 == 0 ? $1 : 1/0):2 with points pt 7 ps 1.1 lc rgb sg_blue title "returns", \
         '' using ($4 > 0 && $5 > 0 && $5 < 3 ? $1 : 1/0):2 with points pt 9 ps 1.3 lc rgb sg_yellow title "leaves, stays bounded", \
         '' using ($4 > 0 && $5 == 3 ? $1 : 1/0):2 with points pt 2 ps 0.8 lw 1.7 lc rgb sg_orange title "leaves, diverges", \
         dir.'/boundary.dat' using 2:3 with lines lc rgb 'black' lw 3.5 dt 1 title "predicted boundary", \
         NaN with lines lc rgb sg_grey lw 2 dt 2 title "rule of one layer (DY3)"
    unset key
    set lmargin at screen 0.54; set rmargin at screen 0.92
    set title "largest growth on the way back, max_k |J^k|"
    set ylabel ""; set format y ""
    set cbrange [0:G_max]; set cbtics ("1" 0, "2" log10(2), "3" log10(3), "5" log10(5), "10" 1, "20" log10(20), "50" log10(50), "100" 2)
    set palette defined (0 '#f3f8fc', 0.35 '#9cc5e0', 0.7 '#2b7bba', 1 '#08306b')
    plot dir.'/growth.dat' using 1:2:($3 > 0 ? log10($3) : NaN) with image, \
         dir.'/boundary.dat' using 2:3 with lines lc rgb 'black' lw 3.5 dt 1
    unset object 1; set format y "%g"
    unset multiplot
    unset output
}
