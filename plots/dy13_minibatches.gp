# DY13: minibatches.  |Phi - Phi*| never grows and vanishes; the run with the SG and plain SGD from another start come together on the same draws.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "DY13: on the same minibatches the SG's run becomes SGD's, to the last digits"
    set xlabel "minibatch"; set logscale y; set format y "10^{%T}"; set yrange [1e-16:10]; set key right top
    plot dir.'/minibatches.dat' using 1:2 with lines lt 1 title "|Φ - Φ*| over its start", \
         '' using 1:3 with lines lt 2 title "|W - W of SGD| over its start"
    unset logscale y; set format y
    unset output
}
