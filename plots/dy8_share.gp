# DY8: how many of the random global minima of deep linear nets repel under an SG, against the SG's learning rate over the network's, at each depth. Bars: one
# standard error. Depths are drawn side by side.
load 'plots/style.gp'
stats dir.'/share.dat' using 3 nooutput; most = STATS_max
stats dir.'/share.dat' using ($4 > 0 ? $3*(1 - $3)/($4*$4) : NaN) nooutput; minima = STATS_mean
set title sprintf("Under a slow SG up to %.0f %% of random global minima repel", 100 * most)
set xlabel "the SG's learning rate over the network's, κ = ν/μ"; set ylabel "share of minima that repel (%)"
set logscale x; set format x "10^{%L}"; set xrange [1e-5:160]; set xtics 1e-4,10,100; set mxtics 1; set yrange [0:*]
at(N) = 100 * real(system(sprintf("awk '$1 == %d && !s { s = 1; print $3 }' %s", N, sg_shell(dir.'/share.dat'))))
array ink[4] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink]
do for [N = 2:5] { set label N sprintf("%d layers", N) at 7.5e-5,at(N) + (N == 2 ? -0.4 : N == 3 ? 0.4 : 0) right textcolor rgb ink[N - 1] }
set label 1 sprintf("%.0f minima each,\nbars: 1 standard error", minima) at 100,0.85 * 100 * most right textcolor rgb sg_ink_grey
plot for [N = 2:5] dir.'/share.dat' using ($1 == N ? $2*(1 + 0.08*(N - 3.5)) : 1/0):(100*$3):(100*$4) with yerrorbars lt N - 1 dt 1 ps 1.6, \
     for [N = 2:5] dir.'/share.dat' using ($1 == N ? $2*(1 + 0.08*(N - 3.5)) : 1/0):(100*$3) with linespoints lt N - 1 ps 1.6
