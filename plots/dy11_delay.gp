# DY11: what a delay costs.  Left, the theorem: stability limits near the fixed point, formulas as lines, bisected limits on them.
# Right, the price that is left: the largest mu that trains from w = 0, phi = 0, and that the normalised step of DY13 has none.
load 'plots/style.gp'
limits = dir.'/limits.dat'; basin = dir.'/basin.dat'
x(tau) = 2 * tau + 1
price(x) = x < 1 ? NaN : sin(pi / (2 * x))
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY11: stability limits under a delay of τ steps"
    set logscale xy; set xrange [0.8:150]; set yrange [0.004:2]; set samples 1000
    set xtics ("0" 1, "1" 3, "2" 5, "3" 7, "5" 11, "10" 21, "20" 41, "50" 101)
    set ytics (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
    set xlabel "delay τ"
    set title "near the fixed point: proved, and bisected"
    set ylabel "largest stable rate, over its limit without delay"
    set key at graph 0.02,0.02 left bottom Left reverse samplen 2.5
    plot x < 1 ? NaN : 1 lc rgb sg_blue lw 3 dt 1 title "no price: 1", \
         limits using (x($1)):4 with points pt 2 ps 2 lw 2.5 lc rgb sg_blue title "delayed pairs: μ", \
         limits using (x($1)):5 with points pt 6 ps 2 lw 2.5 lc rgb sg_green title "delayed pairs: ν", \
         price(x) lc rgb sg_orange lw 3 dt 2 title "sin(π / (4τ + 2))", \
         limits using (x($1)):3 with points pt 4 ps 2.3 lw 2.5 lc rgb sg_orange title "stale backprop: μ", \
         limits using (x($1)):6 with points pt 1 ps 2 lw 2.5 lc rgb 'black' title "stale SG: ν"
    set title "from w = 0, φ = 0: a constant ν pays"
    set ylabel "largest μ that converges, over 2/λ_{max}(S_x)"
    set label 1 "ν = 1/E|z|² (DY13): no price" at graph 0.98,0.95 right textcolor rgb sg_green
    plot basin using (x($1)):5 with linespoints lc rgb sg_green lw 3 dt 1 pt 9 ps 1.7 notitle, \
         basin using (x($1)):2 with linespoints lt 1 pt 7 ps 1.5 title "delayed pairs, constant ν", \
         basin using (x($1)):3 with lines lc rgb sg_grey lw 2.5 dt 3 title "first late pairs at ν's limit", \
         price(x) lc rgb sg_orange lw 3 dt 2 title "stale backprop, from any start"
    unset label 1
    unset multiplot
    unset output
}
