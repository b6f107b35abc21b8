# DY10: left, each mode's logistic curve with simulated backprop and SG on it; right, the error against mu.
load 'plots/style.gp'
mode(sigma, a_0, t) = sigma / (1 + (sigma / a_0 - 1) * exp(-2 * sigma * t))
stats dir.'/modes.dat' using 1 nooutput; modes = int(STATS_max) + 1
stats dir.'/modes.dat' using 4 nooutput; end = STATS_max
stats dir.'/modes.dat' using 7 nooutput; kappa = STATS_max
array sigma[modes]; array a_0[modes]
do for [i = 1:modes] {
    stats dir.'/modes.dat' using ($1 == i - 1 ? $2 : 1/0) nooutput; sigma[i] = STATS_max
    stats dir.'/modes.dat' using ($1 == i - 1 ? $3 : 1/0) nooutput; a_0[i] = STATS_max
}
stats dir.'/errors.dat' using 1 nooutput; mu_low = STATS_min; mu_high = STATS_max
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set samples 400
    set multiplot layout 1,2 title "DY10: two linear layers on whitened inputs learn mode by mode, with an SG too"
    set title "strength of each mode of W_1 W_2"
    set xlabel "time t = μ · step"; set ylabel "a(t)"
    set xrange [0:end]; set yrange [0:sigma[1] * 1.3]
    set key top right Left reverse
    plot for [i = 1:modes] mode(sigma[i], a_0[i], x) with lines lc rgb 'black' lw 2 dt 1 title (i == 1 ? "σ e^{2σt} / (e^{2σt} - 1 + σ/a_0)" : ""), \
         dir.'/modes.dat' using 4:5 with points lc rgb sg_blue pt 6 ps 1.9 lw 2 title "backprop", \
         '' using 4:6 with points lc rgb sg_orange pt 2 ps 1.1 lw 2 title sprintf("SG, κ = %.0f", kappa)
    set title "distance from the curve"
    set xlabel "μ σ_1"; set ylabel "max |a_{μ} - a(t)| over modes and times"
    set logscale xy; set format x "10^{%L}"; set format y "10^{%L}"
    set xrange [mu_low / 1.6:mu_high * 1.6]; set yrange [*:*]
    set key bottom right Left reverse
    plot dir.'/errors.dat' using 1:5 with linespoints lc rgb sg_orange lw 1.5 dt 2 pt 2 ps 1.4 title "SG, ν fixed", \
         '' using 1:4 with lines lc rgb 'black' lw 2 dt 1 title "predicted, slope 1", \
         '' using 1:2 with points lc rgb sg_blue pt 6 ps 2.2 lw 2 title "backprop", \
         '' using 1:3 with points lc rgb sg_green pt 1 ps 1.4 lw 2 title "adiabatic SG"
    unset logscale; set format x "%g"; set format y "%g"; set xrange [*:*]; set yrange [*:*]
    unset multiplot
    unset output
}
