# DY13: linear regression with the normalised SG, trained on pairs τ steps late, from W = 0 and Φ = 0 at half of backprop's largest learning rate: distance of
# the weights from least squares. Nothing is learned before the first pairs come; then every delay converges at the same pace.
load 'plots/style.gp'
ways = dir.'/ways.dat'
only(tau) = sprintf("< awk '$2 == 1 && $1 == %d' %s", tau, sg_shell(ways))
step_at(tau, y) = real(system(sprintf("awk '$2 == 1 && $1 == %d && $5 > %g { x = $3 } END { print x }' %s", tau, y, sg_shell(ways))))
set title "However late the pairs, training converges: it only starts later"
set xlabel "step"; set ylabel "distance of the weights, |W − W_{LS}|"; set xrange [0:1400]
set logscale y; set format y "10^{%T}"; set yrange [1e-10:1e3]
set label 1 "τ = 200" at step_at(200, 1e-7) + 50,1e-7 left
set label 2 "τ = 0" at step_at(0, 1e-6) + 60,1e-6 left textcolor rgb sg_blue
set label 3 "τ = 20" at step_at(20, 1e-8) - 210,3e-9 right textcolor rgb sg_ink_sky
set arrow 3 from step_at(20, 1e-8) - 200,3e-9 to step_at(20, 3e-9) - 8,3e-9 head filled size 15,20 lw 1.5 dt 1 lc rgb sg_sky
set label 4 "τ = 50" at step_at(50, 1e-6) - 20,1e-6 right textcolor rgb sg_ink_yellow
plot only(0) using 3:5 with lines lc rgb sg_blue lw 3.5 dt 1, \
     only(20) using 3:5 with lines lc rgb sg_sky lw 3 dt 2, \
     only(50) using 3:5 with lines lc rgb sg_yellow lw 3 dt 4, \
     only(200) using 3:5 with lines lc rgb 'black' lw 3 dt 1
