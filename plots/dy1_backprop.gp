# DY1: linear regression by backprop. Each mode of the weights' error (marks: simulated) keeps to its own straight line |1 − μλᵢ|^t (predicted), from the start
# down to rounding; a mode with eigenvalue 0 rests. Dotted: the bound on rounding of the slowest mode.
load 'plots/style.gp'
file = dir.'/modes.dat'
set datafile missing NaN
stats file using 1 nooutput name 'mode'
stats file using 2 nooutput name 'step'
modes = int(mode_max) + 1
array factor[modes]; array lambda[modes]
rests = 0; done = 1
do for [i = 1:modes] {
    stats file using ($1 == i - 1 ? $4 : NaN) nooutput name 'f'
    stats file using ($1 == i - 1 ? $3 : NaN) nooutput name 'l'
    factor[i] = f_mean; lambda[i] = l_mean
    if (lambda[i] < 1e-15) { rests = rests + 1 } else { if (log(1e-16) / log(abs(factor[i])) > done) { done = log(1e-16) / log(abs(factor[i])) } }
}
of(i, value, mode) = mode == i - 1 ? (value > 1e-18 ? value : 1e-18) : NaN
line(i) = 1 + (i - 1) % 6
array ink[6] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink, sg_ink_yellow, 'black']
set title "Each mode of backprop's error keeps to its own straight line".(rests ? ", or rests" : "")
set logscale y; set format y "10^{%T}"; set yrange [1e-17:(rests ? 300 : 10)]; set ytics 1e3; unset mytics
set xlabel "step t"; set ylabel "mode i of W_t − W*, over its start"; set samples 1000
set xrange [0:1.12 * done]
array glyph[6] = ["●", "■", "▲", "◆", "▼", "○"]
set label 20 "|1 − μλ_i|" at graph 0.97,(rests ? 0.82 : 0.94) right
do for [i = modes:1:-1] {
    if (lambda[i] > 1e-15) { set label i sprintf("%s  %.2f", glyph[line(i)], abs(factor[i])) at graph 0.97,(rests ? 0.75 : 0.87) - 0.065 * (modes - rests - i) right textcolor rgb ink[line(i)] }
}
if (rests) { set label 21 sprintf("%d modes with λ = 0: rest", rests) at graph 0.03,first 20 left }
shown(step) = int(step) % 4 == 0
plot for [i = 1:modes] abs(factor[i])**x with lines lt line(i) lw 2 dt 1, \
     for [i = 1:modes] file using (shown($2) ? $2 : NaN):(of(i, $5, $1)) with points lt line(i) ps (i == modes && rests > 1 ? 2.2 : 1.1), \
     file using 2:(of(modes, $7, $1)) with lines lc rgb 'black' lw 1.5 dt 3
