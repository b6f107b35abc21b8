# DY6: descent on a function of curvature m = 0.1 L to L along gradients with a relative error of at most ρ < 1. Left, what a step leaves of the loss at worst:
# the bound (lines) and the worst of 10⁵ instances sought (rings). Right, a run with a trained SG: from the step on at which its error is below 1 the loss falls.
load 'plots/style.gp'
set multiplot title "A gradient off by less than its own length still makes the loss fall" font sg_big
eval sg_panel(0.1, 0.475)
set title "share of the loss left by a step"
set xlabel "step over its largest, 2/((1 + ρ)L)"; set ylabel "share left, at worst" offset 1
set xrange [0:1.05]; set yrange [0.6:1.08]; set xtics 0.5; set ytics 0.1
f(g, r) = (s = 2*g/(1+r), a = 1-(1-r)*0.1*s, b = (1+r)*s-1, a > b ? a*a : b*b)
set label 1 "ρ = 0" at 0.46,0.76 right textcolor rgb sg_blue
set label 2 "0.3" at 0.6,0.896 left textcolor rgb sg_ink_orange
set label 3 "0.6" at 0.6,0.953 left textcolor rgb sg_ink_green
set label 4 "0.9" at 0.6,1.01 center textcolor rgb sg_ink_pink
set label 5 "○ worst found" at 0.03,0.64 left
plot f(x,0.0) lt 1, f(x,0.3) lt 2, f(x,0.6) lt 3, f(x,0.9) lt 4, \
     dir.'/grid.dat' using ($1 == 0.1 ? $3 : 1/0):5 with points pt 6 ps 1.6 lw 2.2 lc rgb 'black'
unset label
eval sg_panel(0.59, 0.975)
set title "linear regression with an SG, φ_0 = 0"
set xlabel "step"; unset ylabel; set logscale y; set format y "10^{%T}"; set yrange [1e-9:1e3]; set logscale x; set xrange [1:300]; set xtics (1, 10, 100); set ytics 100
set arrow 1 from graph 0,first 1 to graph 1,first 1 nohead lc rgb 'black' lw 1.5 dt 3
set label 1 "excess loss\n(× while ρ ≥ 1)" at 1.3,6e-5 left textcolor rgb sg_blue
set label 2 "SG's relative error ρ" at 1.3,90 left textcolor rgb sg_ink_orange
set label 3 "a bound on ρ" at 35,15 left textcolor rgb sg_ink_yellow
plot dir.'/run.dat' using 1:3 with lines lt 5, \
     '' using 1:2 with lines lt 2, \
     '' using 1:($2 >= 1 ? $4 : 1/0) with points pt 2 ps 0.9 lw 2 lc rgb sg_blue, \
     '' using 1:($2 < 1 ? $4 : 1/0) with lines lt 1
unset multiplot
