# DY9: left, the weights' paths approach backprop's; right, how far they end from it, times kappa a constant.
load 'plots/style.gp'
stats dir.'/paths.dat' using ($1 == 0 ? $3 : 1/0) nooutput; reach = STATS_max
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY9: the faster the synthetic gradient, the closer to backprop, with error 1/κ"
    set title "paths of the weights, at the same μ"
    set xlabel "along backprop's way"; set ylabel "along the SG's lag"
    set xrange [0:*]; set yrange [*:*]
    set key top left reverse Left
    plot dir.'/paths.dat' using ($1 == 3 ? $3 : 1/0):4 with lines lc rgb sg_orange lw 2.5 dt 2 title "SG, κ = 3", \
         '' using ($1 == 10 ? $3 : 1/0):4 with lines lc rgb sg_yellow lw 2.5 dt 4 title "10", \
         '' using ($1 == 30 ? $3 : 1/0):4 with lines lc rgb sg_green lw 2.5 dt 5 title "30", \
         '' using ($1 == 100 ? $3 : 1/0):4 with lines lc rgb sg_sky lw 2.5 dt 3 title "100", \
         '' using ($1 == 0 ? $3 : 1/0):4 with lines lc rgb 'black' lw 3 dt 1 title "backprop"
    set title "distance from backprop at the end"
    set xlabel "κ = ν/μ"; set ylabel "|W_{κ} - W_{backprop}|"
    set logscale xy; set format x "10^{%L}"; set format y "10^{%L}"
    set xrange [200:50000]; set yrange [1e-6:3]
    set key bottom left reverse Left
    plot dir.'/errors.dat' using 1:6 with linespoints lc rgb sg_grey lw 2 dt 3 pt 2 ps 1.3 title "SG frozen", \
         '' using 1:5 with lines lc rgb sg_orange lw 2 dt 2 title "closed limit / κ", \
         '' using 1:3 with points lc rgb sg_orange pt 4 ps 1.8 lw 2 title "SG started off by half of φ*", \
         '' using 1:4 with lines lc rgb sg_blue lw 2 dt 1 title "closed limit / κ", \
         '' using 1:2 with points lc rgb sg_blue pt 7 ps 1.5 title "SG started exact"
    unset logscale; set format x "%g"; set format y "%g"; set xrange [*:*]
    unset multiplot
    unset output
}
