# DY13: linear regression with the normalised SG, trained on pairs τ steps late, from W = 0 and Φ = 0 at half of backprop's largest learning rate: distance of
# the weights from least squares. Nothing is learned before the first pairs come; in the end every delay converges at the same pace.
load 'plots/style.gp'
ways = dir.'/ways.dat'
only(tau) = sprintf("< awk '$2 == 1 && $1 == %d' %s", tau, sg_shell(ways))
step_at(tau, y) = real(system(sprintf("awk '$2 == 1 && $1 == %d && $5 > %g { x = $3 } END { print x }' %s", tau, y, sg_shell(ways))))
set title "However late the pairs, training converges, in the end at one pace"
set xlabel "step"; set ylabel "distance of the weights, |W − W_{LS}|"; set xrange [0:1400]
set logscale y; set format y "10^{%T}"; set yrange [3e-12:1e3]
# A line's delay stands below its end.
set label 1 "τ = 50" at step_at(50, 1e-10) + 22,2e-11 right textcolor rgb sg_ink_yellow
set label 2 "20" at step_at(20, 1e-10),2e-11 center textcolor rgb sg_ink_sky
set label 3 "0" at step_at(0, 1e-10),2e-11 center textcolor rgb sg_blue
set label 4 "τ = 200" at step_at(200, 1e-10) + 22,2e-11 right
plot only(0) using ($5 > 1e-10 ? $3 : 1/0):5 with lines lc rgb sg_blue lw 3.5 dt 1, \
     only(20) using ($5 > 1e-10 ? $3 : 1/0):5 with lines lc rgb sg_sky lw 3 dt 2, \
     only(50) using ($5 > 1e-10 ? $3 : 1/0):5 with lines lc rgb sg_yellow lw 3 dt 4, \
     only(200) using ($5 > 1e-10 ? $3 : 1/0):5 with lines lc rgb 'black' lw 3 dt 1
