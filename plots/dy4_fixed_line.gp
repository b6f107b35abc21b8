# DY4: trajectories that leave the line of fixed points where c < -1 and land on it where c > -1; the moduli that say so.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY4: realizable data, the fixed points φ* + c (1, -1, 0)"
    set title "the line repels left of c = -1 and attracts right of it"
    set xlabel "c, place along the line"; set ylabel "distance to the line / |w*|"
    set xrange [-3.2:1.6]; set yrange [-0.04:3.4]
    set key at graph 0.97,0.97 right top
    set arrow 1 from -1, graph 0 to -1, graph 1 nohead lc rgb sg_grey lw 2 dt 3 front
    set arrow 2 from -3.2,0 to -1,0 nohead lc rgb sg_orange lw 7 back
    set arrow 3 from -1,0 to 1.6,0 nohead lc rgb sg_blue lw 7 back
    plot for [k = 0:9] dir.'/trajectories.dat' using ($1 == k ? $3 : 1/0):4 with lines lw 1.6 lc rgb sg_orange dt 1 title (k == 0 ? "simulated, from c < -1" : ""), \
         for [k = 10:20] dir.'/trajectories.dat' using ($1 == k ? $3 : 1/0):4 with lines lw 1.6 lc rgb sg_blue dt 2 title (k == 10 ? "simulated, from c >= -1" : ""), \
         dir.'/trajectories.dat' using ($2 == 0 ? $3 : 1/0):4 with points pt 6 ps 1 lw 1.5 lc rgb 'black' title "start", \
         '' using ($2 == 3996 ? $3 : 1/0):4 with points pt 7 ps 1.3 lc rgb sg_green title "end"
    unset arrow 2; unset arrow 3
    set title "moduli of one step's eigenvalues off the line"
    set xlabel "c"; set ylabel "|eigenvalue|"
    set xrange [-2:1.6]; set yrange [0:2.3]
    set key at graph 0.97,0.97 right top
    set arrow 2 from -2,1 to 1.6,1 nohead lc rgb sg_grey lw 2 dt 3
    plot dir.'/moduli.dat' using 1:2 with lines lw 3 dt 1 lc rgb sg_blue title "|1 - μ(1 + c)|", \
         for [k = 3:6] '' using 1:k with lines lw 2 dt 2 lc rgb sg_pink title (k == 3 ? "the two pairs" : ""), \
         '' using 1:8 with points pt 6 ps 1.5 lw 2 lc rgb sg_orange title "simulated, factor per step"
    unset arrow
    unset multiplot
    unset output
}
