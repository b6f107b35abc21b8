# DY3: one step of the weights and a linear SG together, near the least-squares solution. Left, the eigenvalues of that step: closed form (crosses) on finite
# differences of the simulated step (rings). Right, each mark is a simulated training run with its own two learning rates: it returns to the solution inside
# the predicted rectangle, and leaves outside it.
load 'plots/style.gp'
stats dir.'/spectrum.dat' using 1 nooutput; n = STATS_records
set multiplot title "Stable exactly in a rectangle: each learning rate has its own limit" font sg_big
eval sg_panel(0.1, 0.47)
set title "eigenvalues of the joint step"
set xlabel "number of the eigenvalue"; set ylabel "eigenvalue (all are real)" offset 1.5
set xrange [0.2:n + 0.8]; set yrange [-1.35:1.35]; step = n > 12 ? 5 : 1; set xtics step; set ytics 0.5
set arrow 1 from graph 0,first 1 to graph 1,first 1 nohead lw 2 lc rgb 'black'
set arrow 2 from graph 0,first -1 to graph 1,first -1 nohead lw 2 lc rgb 'black'
set label 1 "limit of stability" at graph 0.04,first 1.14 left
set label 2 "× closed form" at graph 0.96,first -0.45 right textcolor rgb sg_blue
set label 3 "○ of the simulated step" at graph 0.96,first -0.7 right textcolor rgb sg_ink_orange
plot dir.'/spectrum.dat' using ($0 + 1):4 with points pt 6 ps (n > 12 ? 1.3 : 2.4) lw 2 lc rgb sg_orange, \
     '' using ($0 + 1):1 with points pt 2 ps (n > 12 ? 0.8 : 1.4) lw 2 lc rgb sg_blue
unset arrow; unset label
eval sg_panel(0.6, 0.975)
set title "where a start near the solution goes"
set xlabel "network's rate, μ λ_{max}(S_x)/2"; set ylabel "SG's rate, ν λ_{max}(S_z)/2"
set xrange [0:1.3]; set yrange [0:1.5]; set xtics 0.5; set ytics 0.5
set object 1 rectangle from 0,0 to 1,1 fs empty border lc rgb 'black' lw 3 front
set label 1 "● returns" at 0.02,1.4 left textcolor rgb sg_blue
set label 2 "× leaves" at 1.28,1.4 right textcolor rgb sg_ink_orange
plot dir.'/rectangle.dat' using ($3 == 0 ? $1 : 1/0):2 with points pt 7 ps 0.7 lc rgb sg_blue, \
     '' using ($3 == 2 ? $1 : 1/0):2 with points pt 4 ps 0.9 lc rgb sg_yellow, \
     '' using ($3 == 1 ? $1 : 1/0):2 with points pt 2 ps 0.8 lw 1.5 lc rgb sg_orange
unset multiplot
