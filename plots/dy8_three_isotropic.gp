# DY8: a flight from one global minimum to another over the loss surface of a three-layer net on white data.
load 'plots/style.gp'
stats dir.'/flight.dat' using 1:2 nooutput
end = STATS_max_x
stats dir.'/flight.dat' every ::1000::1000 using 5 nooutput
rest = STATS_max
stats dir.'/slice.dat' using 1:2 nooutput
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title "DY8: a global minimum of three linear layers on white data (S = I, R = ρI) repels under a synthetic gradient"
    set origin 0,0; set size 0.46,0.93
    set title "distance from where it started"
    set xlabel "flow time"; set ylabel "|w - w*|"
    set logscale y; set format y "10^{%L}"; set xrange [0:end/8]; set yrange [1e-8:10]
    set key default; set key noautotitle spacing 1.2 at graph 0.98,0.22 right top; set xtics 300
    plot dir.'/flight.dat' using 1:2 with lines lt 1 title "synthetic gradient", '' using 1:3 with lines lt 3 title "backprop, same start"
    unset logscale y; set format y "%g"
    set origin 0.46,0; set size 0.54,0.93
    set title "the flight over the loss surface"
    set xlabel "towards the rest"; set ylabel "farthest off that line" offset 1
    set xrange [STATS_min_x:STATS_max_x]; set yrange [STATS_min_y:STATS_max_y]; set cbrange [-10:-1]
    set palette defined (0 '#ffffff', 0.45 '#cfe3f1', 1 '#0b3c5d')
    set cblabel "log_{10}(L - min L)" offset 1
    unset key; set xtics autofreq
    set label 1 "start: repels" at 0,0 offset 1.2,-0.9 tc rgb 'black' front
    set label 2 "rest" at rest,0 offset -4.2,-0.9 tc rgb 'black' front
    set label 3 "flight, projected" at graph 0.97,0.95 right tc rgb '#8a5a00' front
    plot dir.'/slice.dat' using 1:2:3 with image, \
         dir.'/flight.dat' using 5:6 with lines lc rgb sg_yellow lw 4 dt 1, \
         '' every ::0::0 using 5:6 with points pt 6 ps 2.6 lw 4 lc rgb sg_orange, \
         '' every ::1000::1000 using 5:6 with points pt 7 ps 2.4 lc rgb sg_orange
    unset label
    unset multiplot
    unset output
}
