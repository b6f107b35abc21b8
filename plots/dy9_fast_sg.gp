# DY9: the faster an SG (κ, its learning rate over the network's), the closer to backprop. Left, the weights' paths from the same start. Right, how far they end
# from backprop's: marks simulated, lines predicted, a constant over κ. A frozen SG stays away.
load 'plots/style.gp'
set multiplot title "The faster the SG, the closer to backprop: the distance goes as 1/κ" font sg_big
eval sg_panel(0.11, 0.475)
set title "paths of the weights"
set xlabel "weights along backprop's way"; set ylabel "weights across it" offset 1
set xrange [0:2.6]; set yrange [-0.03:0.1]; set xtics 0,0.5,2; set ytics 0.05
at(k) = real(system(sprintf("awk '$1 == %d { y = $4 } END { print y }' %s", k, sg_shell(dir.'/paths.dat'))))
set label 1 "κ = 3" at 2.05,at(3) left textcolor rgb sg_ink_orange
set label 2 "10" at 2.05,at(10) left textcolor rgb sg_ink_yellow
set label 3 "30" at 2.05,at(30) left textcolor rgb sg_ink_green
set label 4 "100" at 2.05,at(100) + 0.001 left textcolor rgb sg_ink_sky
set label 5 "backprop" at 2.05,at(0) - 0.002 left
plot dir.'/paths.dat' using ($1 == 3 ? $3 : 1/0):4 with lines lc rgb sg_orange lw 3 dt 2, \
     '' using ($1 == 10 ? $3 : 1/0):4 with lines lc rgb sg_yellow lw 3 dt 4, \
     '' using ($1 == 30 ? $3 : 1/0):4 with lines lc rgb sg_green lw 3 dt 5, \
     '' using ($1 == 100 ? $3 : 1/0):4 with lines lc rgb sg_sky lw 3 dt 3, \
     '' using ($1 == 0 ? $3 : 1/0):4 with lines lc rgb 'black' lw 4 dt 1
unset label
eval sg_panel(0.6, 0.98)
set title "distance from backprop at the end"
set xlabel "κ = ν/μ"; unset ylabel
set logscale xy; set format x "10^{%L}"; set format y "10^{%L}"; set xtics auto; set ytics auto
set xrange [200:50000]; set yrange [1e-6:5]
set label 1 "SG frozen" at 45000,1.5 right textcolor rgb sg_ink_grey
set label 2 "□ SG starts off by φ*/2" at 45000,3e-2 right textcolor rgb sg_ink_orange
set label 3 "● SG starts exact" at 260,3e-5 left textcolor rgb sg_blue
set label 4 "lines: predicted" at 260,6e-6 left
plot dir.'/errors.dat' using 1:6 with linespoints lc rgb sg_grey lw 2 dt 3 pt 2 ps 1.3, \
     '' using 1:5 with lines lc rgb sg_orange lw 2 dt 2, \
     '' using 1:3 with points lc rgb sg_orange pt 4 ps 1.8 lw 2, \
     '' using 1:4 with lines lc rgb sg_blue lw 2 dt 1, \
     '' using 1:2 with points lc rgb sg_blue pt 7 ps 1.3
unset multiplot
