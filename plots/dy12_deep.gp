# DY12 at depth: a stable step amplifies first, by how much the order decides; and a run in which the SG's loss rises while the network's falls.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY12 at depth: two linear layers, the SG between them"
    set logscale y
    set title "an error near the minimum, worst direction of each order"
    set xlabel "step"; set ylabel "error over its start" offset 1; set xrange [0:300]; set yrange [0.1:10]
    set key right top
    plot dir.'/transient.dat' using ($1 == 0 ? $2 : 1/0):3 with lines lt 1 lw 3.5 title "simultaneous", \
         '' using ($1 == 1 ? $2 : 1/0):3 with lines lt 2 lw 3.5 title "SG first", \
         '' using ($1 == 2 ? $2 : 1/0):3 with lines lt 3 lw 3.5 title "network first", \
         '' using ($1 == 0 ? $2 : 1/0):4 with lines lc rgb sg_grey lw 2 dt 3 title "spectral radius to the step"
    set title "a run from half the weights, φ = 0"
    set ylabel ""; set xrange [0:400]; set yrange [1e-3:300]; set format y "10^{%T}"; set key right top
    plot dir.'/course.dat' using 1:3 with lines lt 1 lw 3 title "L - min L", '' using 1:4 with lines lt 2 lw 3 title "L_{SG}", \
         '' using ($6 > 0 ? $1 : 1/0):4 every 3 with points pt 9 ps 1.2 lc rgb sg_yellow title "L_{SG} rises while L falls", \
         '' using 1:5 with lines lt 3 lw 3 title "L_{SG} out of reach without labels"
    unset logscale y; set format y
    unset multiplot
    unset output
}
