# DY3 under heavy-ball momentum β: left, the eigenvalues of the joint step lie on the circle of radius √β or on the real axis: closed form (crosses) on finite
# differences of the simulated step (rings). Right, simulated runs with their own two learning rates: the rectangle grows by 1 + β on either side.
load 'plots/style.gp'
stats dir.'/spectrum.dat' using 5 nooutput
root = STATS_max
edge = 1 + root**2
set multiplot title sprintf("Heavy ball (β = %.2g) widens both limits %.2g-fold", root**2, edge) font sg_big
eval sg_panel(0.1, 0.51); set tmargin at screen 0.79
set title "eigenvalues of the joint step"
set xlabel "real part"; set ylabel "imaginary part" offset 2
set xrange [-1.25:1.25]; set yrange [-1.25:1.25]; set xtics 0.5; set ytics 0.5
set label 1 "dashed: radius √β" at -0.02,-0.5 center textcolor rgb sg_ink_grey
set label 2 "limit of stability: 1" at 0,1.14 center textcolor rgb sg_ink_grey
set label 3 "× closed form" at -0.45,0.12 left textcolor rgb sg_blue
set label 4 "○ simulated step" at -0.45,-0.12 left textcolor rgb sg_ink_orange
set parametric; set trange [0:2*pi]
plot cos(t), sin(t) lc rgb 'black' lw 2 dt 1, \
     root*cos(t), root*sin(t) lc rgb sg_grey lw 1.5 dt 2, \
     dir.'/spectrum.dat' using 3:4 with points pt 6 ps 2.4 lw 2 lc rgb sg_orange, \
     dir.'/spectrum.dat' using 1:2 with points pt 2 ps 1.4 lw 2 lc rgb sg_blue
unset parametric; unset label
eval sg_panel(0.63, 0.975); set tmargin at screen 0.79
set title "where a start near the solution goes"
set xlabel "network's rate, μ λ_{max}(S_x)/2"; set ylabel "SG's rate, ν λ_{max}(S_z)/2"
set xrange [0:1.3*edge]; set yrange [0:1.55*edge]
set object 1 rectangle from 0,0 to edge,edge fs empty border lc rgb 'black' lw 3 front
set object 2 rectangle from 0,0 to 1,1 fs empty border lc rgb 'black' lw 2 front
set label 1 "● returns" at 0.02*edge,1.47*edge left textcolor rgb sg_blue
set label 2 "× leaves" at 1.28*edge,1.47*edge right textcolor rgb sg_ink_orange
set label 3 "● also without momentum" at 0.02*edge,1.37*edge left textcolor rgb sg_ink_sky
plot dir.'/rectangle.dat' using ($3 == 0 && ($1 > 1 || $2 > 1) ? $1 : 1/0):2 with points pt 7 ps 0.7 lc rgb sg_blue, \
     '' using ($3 == 0 && $1 <= 1 && $2 <= 1 ? $1 : 1/0):2 with points pt 7 ps 0.5 lc rgb sg_sky, \
     '' using ($3 == 2 ? $1 : 1/0):2 with points pt 4 ps 0.9 lc rgb sg_yellow, \
     '' using ($3 == 1 ? $1 : 1/0):2 with points pt 2 ps 0.8 lw 1.5 lc rgb sg_orange
unset multiplot
