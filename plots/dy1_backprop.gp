# DY1: every mode of the error on its line |1 - mu lambda|^t, from the start down to rounding; null modes stay at 1.
load 'plots/style.gp'
file = dir.'/modes.dat'
set datafile missing NaN
stats file using 1 nooutput name 'mode'
stats file using 2 nooutput name 'step'
modes = int(mode_max) + 1
array factor[modes]; array lambda[modes]
do for [i = 1:modes] {
    stats file using ($1 == i - 1 ? $4 : NaN) nooutput name 'f'
    stats file using ($1 == i - 1 ? $3 : NaN) nooutput name 'l'
    factor[i] = f_mean; lambda[i] = l_mean
}
rests = lambda[modes] < 1e-15
of(i, value, mode) = mode == i - 1 ? (value > 1e-18 ? value : 1e-18) : NaN
name(i) = lambda[i] > 1e-15 ? sprintf("1 - μ λ_{%d} = %+.2f", i, factor[i]) : sprintf("λ_{%d} = 0: rests", i)
line(i) = 1 + (i - 1) % 6
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY1: each mode of backprop's error keeps to its own straight line".(rests ? ", and the null space to its place" : "")."\n"
    set label 1 "lines: |1 - μ λ_i|^t, predicted      points: simulated" at screen 0.5,0.932 center
    set logscale y; set format y "10^{%T}"; set yrange [2e-18:30]; set ytics 1e3; unset mytics
    set xlabel "step t"; set samples 2000
    set ylabel "mode i of W_t - W*, relative to its start"
    set title "the first 40 steps"
    set xrange [0:40]
    unset key
    plot for [i = 1:modes] abs(factor[i])**x with lines lt line(i) lw 2 dt 1, \
         for [i = 1:modes] file using 2:(of(i, $5, $1)) with points lt line(i) ps 1.1
    unset label 1
    set title "to rest, at the level of rounding"
    set xrange [0:step_max]
    unset ylabel
    set key at graph 1.02,(rests ? 0.9 : 1.0) top right reverse Left samplen 2
    plot for [i = 1:modes] abs(factor[i])**x with lines lt line(i) lw 2 dt 1, \
         for [i = 1:modes] file using 2:(of(i, $5, $1)) with points lt line(i) ps 1.1 title name(i), \
         file using 2:(of(modes, $7, $1)) with lines lc rgb 'black' lw 1.5 dt 3 title "bound, mode ".modes
    unset multiplot
    unset output
}
