# DY4: on realizable data the SG's solutions form a line φ* + c (1, −1, 0). Left, runs that start near it (rings): where c < −1 they leave and come down farther
# right (dots), where c > −1 they land. Right, the moduli of one step's eigenvalues off the line, predicted (lines: that of one, and the largest of
# the others) and the factor that is simulated (rings).
load 'plots/style.gp'
stats dir.'/trajectories.dat' using 2 nooutput; last = STATS_max
set multiplot title "On realizable data the line of solutions repels left of c = −1" font sg_big
eval sg_panel(0.08, 0.475)
set title "runs from starts near the line"
set xlabel "place c along the line"; set ylabel "distance from the line, over |w*|" offset 1
set xrange [-3.2:1.6]; set xtics 1; set yrange [-0.12:3.1]; set ytics 1
set arrow 1 from -1, graph 0 to -1, graph 0.87 nohead lc rgb 'black' lw 2 dt 3 front
set label 1 "c < −1:\nleave" at -3.05,2.8 left textcolor rgb sg_ink_orange
set label 2 "c > −1:\nland" at 1.5,1.2 right textcolor rgb sg_blue
set label 3 "○ start" at 1.5,2.8 right
set label 5 "● end" at 1.5,2.55 right textcolor rgb sg_ink_green
set label 4 "c = −1" at -1,2.84 center
plot for [k = 0:9] dir.'/trajectories.dat' using ($1 == k ? $3 : 1/0):4 every 2 with lines lw 1.6 lc rgb sg_orange dt 1, \
     for [k = 10:20] dir.'/trajectories.dat' using ($1 == k ? $3 : 1/0):4 every 2 with lines lw 2 lc rgb sg_blue dt 1, \
     dir.'/trajectories.dat' using ($2 == 0 ? $3 : 1/0):4 with points pt 6 ps 1 lw 1.5 lc rgb 'black', \
     '' using ($2 == last ? $3 : 1/0):4 with points pt 7 ps 1.2 lc rgb sg_green
unset label
eval sg_panel(0.58, 0.98)
set title "eigenvalues off the line, moduli"
set xlabel "c"; unset ylabel
set xrange [-2:1.6]; set yrange [0:2.3]; set ytics 0.5
set arrow 1 from -1,0.75 to -1,1.4 nohead lc rgb 'black' lw 2 dt 3 front
set arrow 2 from -2,1 to 1.6,1 nohead lc rgb 'black' lw 2 dt 3
set label 1 "|1 − μ(1 + c)|" at -1.42,1.62 left textcolor rgb sg_blue
larger(a, b) = a > b ? a : b
set label 2 "the largest\nof the others" at -1.9,0.65 left textcolor rgb sg_ink_pink
set label 3 "○ simulated: the largest" at 1.5,2.15 right textcolor rgb sg_ink_orange
set label 4 "c > 0.9: rates too large" at 1.5,1.93 right textcolor rgb sg_ink_grey
plot dir.'/moduli.dat' using 1:2 with lines lw 3 dt 1 lc rgb sg_blue, \
     '' using 1:(larger(larger($3, $4), larger($5, $6))) with lines lw 2.5 dt 2 lc rgb sg_pink, \
     '' using 1:8 with points pt 6 ps 1.5 lw 2 lc rgb sg_orange
unset multiplot
