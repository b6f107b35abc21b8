# DY8: the share of random global minima that repel, against kappa, at each depth.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "DY8: how many global minima repel under a synthetic gradient?"
    set xlabel "κ = ν/μ: the SG's learning rate over the network's"; set ylabel "share of random minima that repel"
    set logscale x; set format x "10^{%L}"; set xrange [6e-5:160]; set yrange [0:*]
    set key top right
    plot for [N = 2:5] dir.'/share.dat' using ($1 == N ? $2*(1 + 0.06*(N - 3.5)) : 1/0):3:4 with yerrorbars lt N - 1 ps 1.6 notitle, \
         for [N = 2:5] dir.'/share.dat' using ($1 == N ? $2*(1 + 0.06*(N - 3.5)) : 1/0):3 with linespoints lt N - 1 ps 1.6 title sprintf("%d layers", N)
    unset output
}
