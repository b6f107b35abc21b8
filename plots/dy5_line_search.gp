# DY5: V is the squared error above its least, plus the SG's squared error. Left, noisy data: a line search on V converges. Right, realizable
# data, from three starts near c = −3 on the SG's line of solutions: a line search lets V fall in every step, and stalls (named by the distance of the start);
# a fixed learning rate with the normalised step of DY13 (black) lets it rise first and is done soon.
load 'plots/style.gp'
set multiplot title "An error made to fall in every step may stall; let rise, it converges" font sg_big
set logscale y; set format y "10^{%T}"
eval sg_panel(0.12, 0.475)
set title "noisy data, from w = 0, φ = 0"
set xlabel "step"; set ylabel "V = excess error + |φ − φ*|^2" offset 1; set yrange [1e-24:1e2]; set xrange [0:240]; set xtics 60; set ytics 1e4
set label 1 "line search:\nconverges" at 110,1e-5 left textcolor rgb sg_blue
plot dir.'/descent.dat' using 1:($2 > 1e-24 ? $2 : 1/0) with lines lt 1
unset label
eval sg_panel(0.58, 0.975)
set title "realizable data, near c = −3"
set yrange [1e-20:1e3]; unset ylabel; set xrange [0:160]; set xtics 40
do for [k = 2:4] { set label k sprintf("line search from 10^{−%d}", k) at 157,4.5*10**(1 - 2*k) right textcolor rgb (k == 2 ? sg_blue : k == 3 ? sg_ink_orange : sg_ink_green) }
set label 5 "fixed learning rate,\nthe SG's step normalised:\nfrom all three it rises,\nthen converges" at 66,1e-11 left
plot for [k = 2:4] dir.'/stall.dat' using (abs($1 - 10**(-k)) < 1e-6*$1 ? $2 : 1/0):3 with lines lt (k-1), \
     for [k = 2:4] dir.'/straight.dat' using (abs($1 - 10**(-k)) < 1e-6*$1 && $3 > 1e-20 ? $2 : 1/0):3 with lines lc rgb 'black' lw 2.5
unset multiplot
