# DY11 with one hidden layer, where the SG's target moves with the upper weights: the largest stable learning rate of the network against the delay, over its
# limit without delay. Backprop with gradients τ steps late: proved limit (line), bisected (squares). SG trained on pairs τ steps late: bisected (crosses),
# and from the spectrum of the delayed step (rings).
load 'plots/style.gp'
x(tau) = 2 * tau + 1
price(x) = x < 1 ? NaN : sin(pi / (2 * x))
stats dir.'/deep.dat' using ($5 == $5 ? $1 : NaN) nooutput; computed = STATS_max
set title "A delay costs backprop its stability, not the SG: one hidden layer"
set logscale xy; set xrange [0.8:150]; set yrange [0.01:2.5]; set samples 1000
set xtics ("0" 1, "1" 3, "2" 5, "3" 7, "5" 11, "10" 21, "20" 41, "50" 101)
set ytics (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
set xlabel "delay τ in steps (axis: log(2τ + 1))"; set ylabel "largest stable μ, over 2/λ_{max}(H)"
set label 1 "SG trained on pairs τ steps late (×: bisected)" at 145,1.55 right textcolor rgb sg_blue
set label 2 sprintf("○ by the spectrum of the delayed step, to τ = %d", computed) at 145,0.68 right textcolor rgb sg_ink_green
set label 3 "backprop with gradients τ steps late:\nline sin(π/(4τ + 2)), proved; □ bisected" at 0.9,0.035 left textcolor rgb sg_ink_orange
plot dir.'/deep.dat' using (x($1)):4 with linespoints lt 1 pt 2 ps 2, \
     '' using (x($1)):5 with points pt 6 ps 2.4 lw 2.5 lc rgb sg_green, \
     price(x) lc rgb sg_orange lw 3 dt 2, \
     '' using (x($1)):3 with points pt 4 ps 2.3 lw 2.5 lc rgb sg_orange
