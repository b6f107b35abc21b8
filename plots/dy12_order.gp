# DY12: a stable step that first amplifies; and a run in which the SG's loss rises while the network's falls.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY12: the joint step is not normal"
    set logscale y; set format y "10^{%T}"
    set title "an error near the solution, worst direction"
    set xlabel "step"; set ylabel "error over its start"; set xrange [0:120]; set yrange [1e-3:20]; set key right top
    plot dir.'/transient.dat' using 1:2 with lines lt 1 title "simulated", \
         '' using 1:3 with lines lt 2 title "spectral radius to the step"
    set title "a run from w = 0, φ = 0"
    set ylabel ""; set xrange [0:120]; set yrange [1e-2:*]; set key right top
    plot dir.'/course.dat' using 1:2 with lines lt 1 title "L", '' using 1:3 with lines lt 2 title "L_{SG}", \
         '' using 1:($4/2) with lines lt 3 title "out of reach without labels"
    unset logscale y; set format y
    unset multiplot
    unset output
}
