# DY15: five linear layers trained to one and the same map. Left, the layers' norms (bars: predicted, marks: trained): level under backprop, and an SG makes a
# step down. Right, the three modes of the map in each layer under SGs everywhere: a fast SG shares them out evenly, a slow one loads the first layers.
load 'plots/style.gp'
set multiplot title "An SG decides how the layers share one and the same map" font sg_big
eval sg_panel(0.08, 0.475)
set title "an SG is a step down (κ = 0.3)"
set xlabel "layer"; set ylabel "norm of the layer, |W_i|" offset 1
set xrange [0.4:5.6]; set yrange [0:5.8]; set xtics 1
set label 1 "SGs everywhere" at 1.6,4.8 tc rgb sg_ink_orange
set label 2 "one SG after layer 2" at 2.55,3.3 tc rgb sg_ink_green
set label 3 "backprop" at 5.5,2.35 right tc rgb sg_blue
set label 4 "▬ predicted\n● trained" at 0.6,1.2 left
plot dir.'/staircase.dat' using ($1 == 2 ? $2 - 0.42 : 1/0):3:(0.84):(0) with vectors nohead lc rgb sg_orange lw 3 dt 1, \
     '' using ($1 == 1 ? $2 - 0.42 : 1/0):3:(0.84):(0) with vectors nohead lc rgb sg_green lw 3 dt 1, \
     '' using ($1 == 0 ? $2 - 0.42 : 1/0):3:(0.84):(0) with vectors nohead lc rgb sg_blue lw 3 dt 1, \
     '' using ($1 == 2 ? $2 : 1/0):4 with points pt 7 ps 1.5 lc rgb sg_orange, \
     '' using ($1 == 1 ? $2 : 1/0):4 with points pt 9 ps 1.7 lc rgb sg_green, \
     '' using ($1 == 0 ? $2 : 1/0):4 with points pt 5 ps 1.4 lc rgb sg_blue
unset label
eval sg_panel(0.58, 0.98)
set title "three modes σ under SGs everywhere"
set ylabel "singular value of the layer"
set logscale y; set yrange [0.15:7]; set ytics (0.2, 0.5, 1, 2, 5)
set label 1 "slow SG, κ = 0.1:\nσ^{1/2}, σ^{1/4}, σ^{1/8}, …" at 2.1,4.6 tc rgb sg_ink_orange
set label 2 "fast SG, κ = 10:\nnearly σ^{1/5} each" at 0.7,0.62 tc rgb sg_blue
at(a) = real(system(sprintf("awk '!/^#/ && $1 < 1 && $2 == %d && $3 == 1 { print $4 }' %s", a, sg_shell(dir.'/modes.dat'))))
do for [a = 1:3] { set label 2 + a sprintf("σ_%d", a) at 0.85,at(a) right textcolor rgb sg_ink_orange }
plot for [a = 1:3] dir.'/modes.dat' using ($1 < 1 && $2 == a ? $3 : 1/0):4 with lines lc rgb sg_orange lw 2.5 dt a, \
     for [a = 1:3] dir.'/modes.dat' using ($1 > 1 && $2 == a ? $3 : 1/0):4 with lines lc rgb sg_blue lw 2.5 dt a, \
     for [a = 1:3] '' using ($1 < 1 && $2 == a ? $3 : 1/0):5 with points pt 7 ps 1.3 lc rgb sg_orange, \
     for [a = 1:3] '' using ($1 > 1 && $2 == a ? $3 : 1/0):5 with points pt 5 ps 1.2 lc rgb sg_blue
unset multiplot
