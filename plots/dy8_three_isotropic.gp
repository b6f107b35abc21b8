# DY8: three linear layers on white data (S = I, R = ρI), from a start next to a global minimum. Left: backprop stays, a slow SG leaves and rests elsewhere.
# Right, that flight over the loss (dark: high), in the plane of both minima and the point farthest off the line between them.
load 'plots/style.gp'
stats dir.'/flight.dat' using 1 nooutput; end = STATS_max
stats dir.'/flight.dat' every ::1000::1000 using 5 nooutput
rest = STATS_max
stats dir.'/slice.dat' using 1 nooutput name 'A'
stats dir.'/slice.dat' using 2 nooutput name 'B'
set multiplot title "Even on white data a global minimum can repel under an SG" font sg_big
eval sg_panel(0.095, 0.46)
set title "distance from the minimum"
set xlabel "time, learning rate × step"; set ylabel "|w − w*|" offset 1.5
set logscale y; set format y "10^{%L}"; set xrange [0:end/8]; set yrange [3e-9:20]; set xtics 300; set ytics 100
set label 1 "SG: leaves, and\nrests elsewhere" at end/8*0.52,4e-5 left textcolor rgb sg_blue
set label 2 "backprop stays" at end/8*0.3,7e-8 left textcolor rgb sg_ink_green
plot dir.'/flight.dat' using 1:2 with lines lt 1 lw 4, '' using 1:3 with lines lt 3
unset logscale y; set format y "%g"; unset label
eval sg_panel(0.6, 0.86)
set title "the flight over the loss"
set xlabel "along the line from start to rest"; set ylabel "off that line" offset 1.5
set xrange [A_min:A_max]; set yrange [B_min:B_max]; set cbrange [-10:-1]; set xtics 0.2; set ytics 0.01
set palette defined (0 '#ffffff', 0.45 '#cfe3f1', 1 '#0b3c5d')
set cblabel "log_{10}(loss above its least)" offset 0.5; set cbtics 3
low = B_min + 0.07 * (B_max - B_min)
set label 1 "start" at 0,low center front
set label 2 "rests" at rest,low center front
plot dir.'/slice.dat' using 1:2:3 with image, \
     dir.'/flight.dat' using 5:6 with lines lc rgb 'black' lw 5.5 dt 1, \
     dir.'/flight.dat' using 5:6 with lines lc rgb sg_yellow lw 3 dt 1, \
     '' every ::0::0 using 5:6 with points pt 6 ps 2.2 lw 4 lc rgb sg_orange, \
     '' every ::1000::1000 using 5:6 with points pt 7 ps 2.0 lc rgb sg_orange
unset multiplot
