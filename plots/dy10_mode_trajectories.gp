# DY10: two linear layers on whitened inputs. Left, the strength of each mode of W₁W₂ in time: backprop (rings) and an SG (dots) on the logistic curves
# σ/(1 + (σ/a₀ − 1)e^(−2σt)). Right, how far they are from the curves: in proportion to the learning rate, as predicted.
load 'plots/style.gp'
mode(sigma, a_0, t) = sigma / (1 + (sigma / a_0 - 1) * exp(-2 * sigma * t))
stats dir.'/modes.dat' using 1 nooutput; modes = int(STATS_max) + 1
stats dir.'/modes.dat' using 4 nooutput; end = STATS_max
array sigma[modes]; array a_0[modes]
do for [i = 1:modes] {
    stats dir.'/modes.dat' using ($1 == i - 1 ? $2 : 1/0) nooutput; sigma[i] = STATS_max
    stats dir.'/modes.dat' using ($1 == i - 1 ? $3 : 1/0) nooutput; a_0[i] = STATS_max
}
stats dir.'/errors.dat' using 1 nooutput; mu_low = STATS_min; mu_high = STATS_max
set samples 400
set multiplot title "Under an SG too, modes are learned one by one, on known curves" font sg_big
eval sg_panel(0.08, 0.44)
set title "strength of each mode of W_1W_2"
set xlabel "time, learning rate × step"; set ylabel "strength a(t)" offset 1
set xrange [0:1.18 * end]; set yrange [0:sigma[1] * 1.36]; set xtics 0.5
do for [i = 1:modes] { set label i sprintf("σ_%d", i) at 1.07 * end,mode(sigma[i], a_0[i], end) left }
set label 20 "lines: predicted" at graph 0.03,0.96 left
set label 21 "○ backprop" at graph 0.03,0.88 left textcolor rgb sg_blue
set label 22 "● SG" at graph 0.03,0.8 left textcolor rgb sg_ink_orange
plot for [i = 1:modes] [0:end] mode(sigma[i], a_0[i], x) with lines lc rgb 'black' lw 2 dt 1, \
     dir.'/modes.dat' using 4:5 with points lc rgb sg_blue pt 6 ps 2 lw 2.2, \
     '' using 4:6 with points lc rgb sg_orange pt 7 ps 0.8
unset label
eval sg_panel(0.6, 0.98)
set title "largest distance from the curves"
set xlabel "learning rate times σ_1"; unset ylabel
set logscale xy; set format x "10^{%L}"; set format y "10^{%L}"
set xrange [mu_low / 1.6:mu_high * 1.6]; set yrange [4e-5:0.4]; set xtics auto
set label 1 "● SG of fixed rate" at 1.6e-3,5e-2 right textcolor rgb sg_ink_orange
set label 2 "predicted,\nslope 1" at 5.5e-4,1.0e-4 left
set label 3 "○ backprop" at 2.7e-3,4.2e-4 left textcolor rgb sg_blue
set label 4 "● an SG that\n   is exact" at 2.7e-3,2.1e-4 left textcolor rgb sg_ink_green
plot dir.'/errors.dat' using 1:5 with linespoints lc rgb sg_orange lw 2.5 dt 2 pt 7 ps 1.3, \
     '' using 1:4 with lines lc rgb 'black' lw 2 dt 1, \
     '' using 1:2 with points lc rgb sg_blue pt 6 ps 2.2 lw 2, \
     '' using 1:3 with points lc rgb sg_green pt 7 ps 1.1
unset multiplot
