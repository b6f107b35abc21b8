# DY7: the gradient falls, the relative error stays below rho; and what that costs at each depth.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY7: deep linear nets, the SG taught as long as each step needs it"
    set logscale y; set format y "10^{%T}"
    set title "depth 6, widths up to 8"
    set xlabel "iteration"; set autoscale x; set xtics autofreq; set yrange [1e-7:1e4]; set key right top
    set arrow 1 from graph 0,first 0.5 to graph 1,first 0.5 nohead lc rgb sg_grey lw 1.5 dt 3
    plot dir.'/course.dat' using 1:2 with lines lt 1 title "|∇L| over its start", \
         '' using 1:3 with lines lt 2 title "relative error of the step (bound 1/2)", \
         '' using 1:5 with lines lt 3 title "accepted μ"
    unset arrow 1
    set title "until |∇L| is 10^{-6} of its start"
    set xlabel "depth"; set xrange [1.5:10.5]; set yrange [1e-3:1e5]; set xtics 2,1,10; set key right top
    plot dir.'/grid.dat' using 1:3 with linespoints lt 1 ps 1.5 title "iterations", \
         '' using 1:4 with linespoints lt 2 ps 1.5 title "SG steps an iteration", '' using 1:5 with linespoints lt 3 ps 1.5 title "smallest μ"
    unset logscale y; set format y
    unset multiplot
    unset output
}
