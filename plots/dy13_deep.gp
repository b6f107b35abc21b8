# DY13: three linear layers, the SG at the output: grad L -> 0; once backprop would be ahead it waits for |Phi - Phi*|.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "DY13: in a three-layer net the gradient vanishes as |Φ - Φ*| does"
    set xlabel "step"; set logscale xy; set format y "10^{%T}"; set xrange [1:20000]; set yrange [1e-8:1e2]; set key left bottom Left reverse
    plot dir.'/course.dat' using 1:2 with lines lt 1 title "|∇L| with the SG", \
         '' using 1:3 with lines lt 2 title "|∇L| of backprop from the same weights", \
         '' using 1:4 with lines lt 3 title "|Φ - Φ*| over its start"
    unset logscale xy; set format y
    unset output
}
