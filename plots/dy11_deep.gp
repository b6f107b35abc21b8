# DY11 with one hidden layer, where the SG's target moves with the upper weights: measured, with backprop's proved limit beside it.
load 'plots/style.gp'
x(tau) = 2 * tau + 1
price(x) = x < 1 ? NaN : sin(pi / (2 * x))
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "DY11, one hidden linear layer: the largest stable μ under a delay"
    set logscale xy; set xrange [0.8:150]; set yrange [0.01:2]; set samples 1000
    set xtics ("0" 1, "1" 3, "2" 5, "3" 7, "5" 11, "10" 21, "20" 41, "50" 101)
    set ytics (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
    set xlabel "delay τ"; set ylabel "largest stable μ, over 2/λ_{max}(H)"
    set key at graph 0.03,0.04 left bottom Left reverse samplen 2.5
    plot dir.'/deep.dat' using (x($1)):4 with linespoints lt 1 pt 2 ps 2 title "delayed pairs: bisected", \
         '' using (x($1)):5 with points pt 6 ps 2.4 lw 2.5 lc rgb sg_green title "delayed pairs: spectrum of the delayed step", \
         price(x) lc rgb sg_orange lw 3 dt 2 title "stale backprop: sin(π / (4τ + 2))", \
         '' using (x($1)):3 with points pt 4 ps 2.3 lw 2.5 lc rgb sg_orange title "stale backprop: bisected"
    unset output
}
