# DY8: a two-layer net at a global minimum, where the loss is at its least and the SG exact. Left, a start nearby: backprop stays, the SG leaves at the predicted
# rate, comes by again a few times (dips) and rests elsewhere. Right, that flight over the loss (dark: high), in the plane through both minima.
load 'plots/style.gp'
# The predicted rate: the summary's row "reduced", which compares the largest real part with the reduced system's.
lambda = real(system("awk '/\"id\": \"reduced\"/ { row = 1 } row && /\"predicted\":/ { print $2 + 0; exit }' ".sg_shell(dir.'/summary.json')))
stats dir.'/flight.dat' using ($1 == 0 && $2 > 2.4e4 && $2 < 2.6e4 ? $3*exp(-lambda*$2) : NaN) nooutput
start = STATS_mean
stats dir.'/slice.dat' using 1 nooutput name 'A'
stats dir.'/slice.dat' using 2 nooutput name 'B'
stats dir.'/rests.dat' using ($1 == 1 ? $2 : NaN) nooutput; rest = STATS_max
set multiplot title "A global minimum that attracts backprop and repels a slow SG" font sg_big
eval sg_panel(0.095, 0.46)
set title "distance from the minimum"
set xlabel "time, learning rate × step / 1000"; set ylabel "|w − w*|" offset 1.5
set logscale y; set format y "10^{%L}"; set xrange [0:300]; set yrange [5e-8:20]; set xtics 100; set ytics 100
set label 1 "SG, κ = 1/1000" at 105,3 left textcolor rgb sg_blue
set label 2 "predicted:\ne^{λt}, λ > 0" at 55,3e-5 left textcolor rgb sg_ink_orange
set label 4 "comes by again" at 170,5e-4 center textcolor rgb sg_blue
set label 3 "backprop stays" at 120,1.5e-6 left textcolor rgb sg_ink_green
plot dir.'/flight.dat' using ($1 == 0 ? $2/1e3 : 1/0):3 every 3 with lines lt 1, \
     x < 50 ? start*exp(lambda*1e3*x) : 1/0 with lines lt 2, \
     dir.'/flight.dat' using ($1 == 0 ? $2/1e3 : 1/0):4 every 10 with lines lt 3
unset logscale y; set format y "%g"; unset label
eval sg_panel(0.6, 0.86)
set title "the flight over the loss"
set xlabel "along the line from start to rest"; set ylabel "off that line" offset 1.5
set xrange [A_min:A_max]; set yrange [B_min:B_max]; set cbrange [-12:-3]; set xtics 0.1; set ytics 0.005
set palette defined (0 '#ffffff', 0.45 '#cfe3f1', 1 '#0b3c5d')
set cblabel "log_{10}(loss above its least)" offset 0.5; set cbtics 3
set label 1 "start" at -0.03,-0.0012 right front
set label 2 "rests" at rest,-0.0021 center front
plot dir.'/slice.dat' using 1:2:3 with image, \
     dir.'/path.dat' using ($1 == 0 ? $3 : 1/0):4 with lines lc rgb 'black' lw 4.5 dt 1, \
     dir.'/path.dat' using ($1 == 0 ? $3 : 1/0):4 with lines lc rgb sg_yellow lw 2.5 dt 1, \
     dir.'/rests.dat' using ($1 == 0 ? $2 : 1/0):3 with points pt 6 ps 2 lw 4 lc rgb sg_orange, \
     '' using ($1 == 1 ? $2 : 1/0):3 with points pt 7 ps 1.8 lc rgb sg_orange
unset multiplot
