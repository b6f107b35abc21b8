# DY8: one global minimum of a deep linear net under an SG, over the two learning rates. Left, where a start nearby goes, simulated, and the predicted boundary
# of the region that attracts; dashed, the rectangle that a shallow model would have (DY3). Right, how far an error grows at most on its way back.
load 'plots/style.gp'
if (!exists("finding")) finding = "Two layers: the minimum attracts only where the SG is fast enough"
stats dir.'/growth.dat' using ($3 > 1 ? log10($3) : NaN) nooutput name 'G'
set multiplot title finding font sg_big
set xrange [0:1.3]; set yrange [0:1.2]; unset grid; set xtics 0.5; set ytics 0.5
set xlabel "network's rate, μ λ_{max}(H)/2"; set ylabel "SG's rate, ν λ_{max}(S_z)/2" offset 2
set object 1 rectangle from 0,0 to 1,1 fs empty border lc rgb 'black' lw 1.5 dt 2 front
eval sg_panel(0.095, 0.485); set bmargin at screen 0.3
set title "where a start nearby goes"
set label 1 "● returns" at screen 0.03,0.1 left textcolor rgb sg_blue
set label 2 "▲ leaves, stays bounded" at screen 0.18,0.1 left textcolor rgb sg_ink_yellow
set label 3 "× diverges" at screen 0.46,0.1 left textcolor rgb sg_ink_orange
set label 4 "· undecided in the run's steps" at screen 0.61,0.1 left textcolor rgb sg_ink_grey
set label 5 "― predicted boundary       ┄ a shallow model's rectangle (DY3)" at screen 0.03,0.04 left
plot dir.'/map.dat' using ($4 == 0 ? $1 : 1/0):2 with points pt 7 ps 0.45 lc rgb '#777777', \
     '' using ($4 > 0 && $5 == 0 ? $1 : 1/0):2 with points pt 7 ps 1.0 lc rgb sg_blue, \
     '' using ($4 > 0 && $5 > 0 && $5 < 3 ? $1 : 1/0):2 with points pt 9 ps 1.2 lc rgb sg_yellow, \
     '' using ($4 > 0 && $5 == 3 ? $1 : 1/0):2 with points pt 2 ps 0.8 lw 1.7 lc rgb sg_orange, \
     dir.'/boundary.dat' using 2:3 with lines lc rgb 'black' lw 4 dt 1
unset label
eval sg_panel(0.56, 0.87); set bmargin at screen 0.3
set title "largest growth on the way back"
unset ylabel; set format y ""
set cbrange [0:G_max]; set cbtics ("× 1" 0, "× 2" log10(2), "× 3" log10(3), "× 5" log10(5), "× 10" 1, "× 20" log10(20), "× 50" log10(50), "× 100" 2)
set palette defined (0 '#f3f8fc', 0.35 '#9cc5e0', 0.7 '#2b7bba', 1 '#08306b')
plot dir.'/growth.dat' using 1:2:($3 > 0 ? log10($3) : NaN) with image, \
     dir.'/boundary.dat' using 2:3 with lines lc rgb 'black' lw 4 dt 1
unset multiplot
