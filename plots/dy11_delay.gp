# DY11: linear regression with a delay of τ steps. Left, near the solution: the largest stable learning rates over those without delay; formulas are lines,
# marks are bisected. Right, from w = 0, φ = 0: the largest μ that still converges; the normalised step of DY13 pays nothing.
load 'plots/style.gp'
limits = dir.'/limits.dat'; basin = dir.'/basin.dat'
x(tau) = 2 * tau + 1
price(x) = x < 1 ? NaN : sin(pi / (2 * x))
set multiplot title "A delay is free for the SG near the solution, not always from afar" font sg_big
set logscale xy; set xrange [0.8:150]; set yrange [0.008:2.5]; set samples 1000
set xtics ("0" 1, "1" 3, "2" 5, "" 7, "5" 11, "10" 21, "20" 41, "50" 101)
set ytics (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
set xlabel "delay τ (steps)"
eval sg_panel(0.11, 0.485)
set title "near the solution: free"
set ylabel "largest stable rate, over that at τ = 0" offset 2
set label 1 "× μ and" at graph 0.62,first 1.6 right textcolor rgb sg_blue
set label 3 "○ ν, late pairs" at graph 0.98,first 1.6 right textcolor rgb sg_ink_green
set label 2 "late gradients:\n□ backprop's μ" at 0.95,0.05 left textcolor rgb sg_ink_orange
set label 4 "+ the SG's ν" at 0.95,0.021 left
set label 5 "line: sin(π/(4τ+2))" at 0.95,0.0125 left textcolor rgb sg_ink_orange
plot x < 1 ? NaN : 1 lc rgb sg_blue lw 3 dt 1, \
     limits using (x($1)):4 with points pt 2 ps 2 lw 2.5 lc rgb sg_blue, \
     limits using (x($1)):5 with points pt 6 ps 2 lw 2.5 lc rgb sg_green, \
     price(x) lc rgb sg_orange lw 3 dt 2, \
     limits using (x($1)):3 with points pt 4 ps 2.3 lw 2.5 lc rgb sg_orange, \
     limits using (x($1)):6 with points pt 1 ps 2 lw 2.5 lc rgb 'black'
unset label
eval sg_panel(0.61, 0.985)
set title "from w = 0, φ = 0: a constant ν pays"
set ylabel "largest converging μ, over 2/λ_{max}(S_x)" offset 1.2
set label 1 "ν = 1/E|z|² (DY13): free" at graph 0.98,first 1.6 right textcolor rgb sg_ink_green
set label 2 "constant ν" at 24,0.24 left textcolor rgb sg_blue
set label 3 "late gradients" at 0.95,0.06 left textcolor rgb sg_ink_orange
set label 4 "dotted: estimate, the\nfirst late pairs at ν's limit" at 0.95,0.016 left textcolor rgb sg_ink_grey
plot basin using (x($1)):5 with linespoints lc rgb sg_green lw 3 dt 1 pt 9 ps 1.7, \
     basin using (x($1)):2 with linespoints lt 1 pt 7 ps 1.5, \
     basin using (x($1)):3 with lines lc rgb sg_grey lw 2.5 dt 3, \
     price(x) lc rgb sg_orange lw 3 dt 2
unset multiplot
