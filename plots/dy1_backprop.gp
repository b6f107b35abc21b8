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
# A line's name stands beside its foot; where the next slower line is near, on the left and higher.
at(i, y) = log(y) / log(abs(factor[i]))
set label 20 "numbers: |1 − μλ_i|" at graph 0.97,(rests ? 0.72 : 0.94) right
do for [i = 1:modes] { if (lambda[i] > 1e-15) {
    room = done
    do for [j = 1:modes] { if (j != i && lambda[j] > 1e-15 && at(j, 3e-16) > at(i, 3e-16) && at(j, 3e-16) - at(i, 3e-16) < room) { room = at(j, 3e-16) - at(i, 3e-16) } }
    if (room > 0.06 * done + 0.45 * at(i, 0.1)) { set label i sprintf("%.2f", abs(factor[i])) at at(i, 3e-16) + 0.45 * at(i, 0.1) + 0.007 * done,3e-16 left textcolor rgb ink[line(i)] } \
    else { set label i sprintf("%.2f", abs(factor[i])) at at(i, 1e-11) - 0.02 * done,1e-11 right textcolor rgb ink[line(i)] }
} }
bound = real(system(sprintf("awk '!/^#/ && $1 == %d { y = $7 } END { print y }' %s", modes - 1, sg_shell(file))))
last = real(system(sprintf("awk '!/^#/ && $1 == %d { x = $2 } END { print x }' %s", modes - 1, sg_shell(file))))
set label 22 "bound on rounding" at (rests ? 0.55 : 0.73) * last,(rests ? 7 : 0.15) * bound right textcolor rgb sg_ink_grey
if (rests) { set label 21 sprintf("%d modes with λ = 0: rest", rests) at graph 0.03,first 20 left }
# A mode that rests has a mark now and then.
shown(i, step) = int(step) % (lambda[i] < 1e-15 ? 28 : 4) == 0
plot for [i = 1:modes] abs(factor[i])**x with lines lt line(i) lw 2 dt 1, \
     for [i = 1:modes] file using (shown(i, $2) && $6 > 1e-15 ? $2 : NaN):(of(i, $5, $1)) with points lt line(i) ps (i == modes && rests > 1 ? 2.2 : 1.1), \
     file using 2:(of(modes, $7, $1)) with lines lc rgb sg_grey lw 2 dt 3
