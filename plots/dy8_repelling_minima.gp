# DY8: leaving one global minimum at the predicted rate, and the way to another over the loss surface.
load 'plots/style.gp'
lambda = 2.698153093e-4
stats dir.'/flight.dat' using ($1 == 0 && $2 > 2.4e4 && $2 < 2.6e4 ? $3*exp(-lambda*$2) : NaN) nooutput
start = STATS_mean
stats dir.'/slice.dat' using 1:2 nooutput
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title "DY8: a global minimum that attracts backprop and repels the synthetic gradient"
    set origin 0,0; set size 0.48,0.93
    set title "distance from the minimum"
    set xlabel "flow time / 1000"; set ylabel "|w - w*|"
    set logscale y; set format y "10^{%L}"; set xrange [0:300]; set yrange [1e-7:2]
    set key at graph 0.98,0.42 right bottom noopaque nobox
    plot dir.'/flight.dat' using ($1 == 0 ? $2/1e3 : 1/0):3 with lines lt 1 title "SG, κ = 1/1000", \
         x < 50 ? start*exp(lambda*1e3*x) : 1/0 with lines lt 2 lw 3 title "e^{λt}, λ = 2.698 10^{-4}", \
         dir.'/flight.dat' using ($1 == 0 ? $2/1e3 : 1/0):4 with lines lt 3 title "backprop"
    unset logscale y; set format y "%g"
    set origin 0.48,0; set size 0.52,0.93
    set title "the flight over the loss surface"
    set xlabel "towards the rest"; set ylabel "farthest off that line" offset 1
    set xrange [STATS_min_x:STATS_max_x]; set yrange [STATS_min_y:STATS_max_y]; set cbrange [-12:-3]
    set palette defined (0 '#ffffff', 0.45 '#cfe3f1', 1 '#0b3c5d')
    set cblabel "log_{10}(L - min L)" offset 1
    set key at graph 0.97,0.97 right top textcolor rgb 'white' opaque fc rgb '#0b3c5d' nobox
    plot dir.'/slice.dat' using 1:2:3 with image notitle, \
         dir.'/path.dat' using ($1 == 0 ? $3 : 1/0):4 with lines lc rgb sg_yellow lw 3 dt 1 title "flight, projected", \
         dir.'/rests.dat' using ($1 == 0 ? $2 : 1/0):3 with points pt 6 ps 2.4 lw 4 lc rgb sg_orange title "start: repels", \
         '' using ($1 == 1 ? $2 : 1/0):3 with points pt 7 ps 2.2 lc rgb sg_orange title "rest"
    set key textcolor rgb 'black'
    unset multiplot
    unset output
}
