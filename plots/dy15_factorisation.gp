# DY15: left, the layers' norms make a staircase under SGs, with steps as predicted; right, a slow SG evens the modes out layer by layer.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY15: an SG decides how the layers share one and the same map"
    set title "layer norms, κ = 0.3: an SG is a step down"
    set xlabel "layer"; set ylabel "|W_i|"
    set xrange [0.4:5.6]; set yrange [0:5.4]; set xtics 1
    set key top right Right samplen 2
    set label 1 "everywhere" at 1.5,4.6 tc rgb sg_orange
    set label 2 "one SG after layer 2" at 2.55,3.35 tc rgb sg_green
    set label 3 "backprop" at 4.42,2.22 tc rgb sg_blue
    plot dir.'/staircase.dat' using ($1 == 2 ? $2 : 1/0):3:(0.42) with xerrorbars ps 0 lc rgb sg_orange lw 3 dt 1, \
         '' using ($1 == 1 ? $2 : 1/0):3:(0.42) with xerrorbars ps 0 lc rgb sg_green lw 3 dt 1, \
         '' using ($1 == 0 ? $2 : 1/0):3:(0.42) with xerrorbars ps 0 lc rgb sg_blue lw 3 dt 1, \
         '' using ($1 == 2 ? $2 : 1/0):4 with points pt 7 ps 1.6 lc rgb sg_orange, \
         '' using ($1 == 1 ? $2 : 1/0):4 with points pt 9 ps 1.8 lc rgb sg_green, \
         '' using ($1 == 0 ? $2 : 1/0):4 with points pt 5 ps 1.5 lc rgb sg_blue, \
         1/0 with points pt 7 ps 1.5 lc rgb '#444444' title "trained", \
         1/0 with lines lw 3 lc rgb '#444444' title "predicted"
    unset label
    set title "three modes under SGs everywhere"
    set ylabel "singular value l_i"
    set logscale y; set yrange [0.15:6]; set ytics (0.2, 0.5, 1, 2, 5)
    set label 1 "slow, κ = 0.1: layer i takes σ^{2^{-i}}" at 1.25,4.3 tc rgb sg_orange
    set label 2 "fast, κ = 10: nearly σ^{1/5} each" at 0.75,0.8 tc rgb sg_blue
    set key bottom left reverse Left
    plot for [a = 1:3] dir.'/modes.dat' using ($1 < 1 && $2 == a ? $3 : 1/0):4 with lines lc rgb sg_orange lw 2.5 dt a, \
         for [a = 1:3] '' using ($1 > 1 && $2 == a ? $3 : 1/0):4 with lines lc rgb sg_blue lw 2.5 dt a, \
         for [a = 1:3] '' using ($1 < 1 && $2 == a ? $3 : 1/0):5 with points pt 7 ps 1.3 lc rgb sg_orange, \
         for [a = 1:3] '' using ($1 > 1 && $2 == a ? $3 : 1/0):5 with points pt 5 ps 1.2 lc rgb sg_blue, \
         for [a = 1:3] 1/0 with lines lc rgb '#444444' lw 2.5 dt a title (a == 1 ? "largest mode" : a == 2 ? "second" : "third")
    unset logscale; unset label; set xrange [*:*]; set yrange [*:*]; set xtics auto; set ytics auto
    unset multiplot
    unset output
}
