# DY14: left, the two sides of the ledger in training: how far the layers around the SG come apart, and the trace of the SG's own matrix; boundaries without
# an SG stay. Right, what is left over at all boundaries: as stated only rounding, and what breaking each hypothesis leaves.
load 'plots/style.gp'
stats dir.'/ledger.dat' using 1 nooutput
end = STATS_max
last(v) = real(system(sprintf("awk '$1 == %d { y = $3 } END { print y }' %s", v, sg_shell(dir.'/broken.dat'))))
array name[6] = ["as stated", "SG first", "momentum", "Adam", "sigmoid units", "no term h"]
array ink[6] = [sg_blue, sg_ink_green, sg_ink_yellow, sg_ink_sky, sg_ink_orange, sg_ink_pink]
array dash[6] = [1, 1, 2, 3, 4, 5]
array line[6] = [sg_blue, sg_green, sg_yellow, sg_sky, sg_orange, sg_pink]
# Names at the right end.
n = 6; array y[n]; do for [v = 1:n] { y[v] = log10(last(v - 1)) }
gap = 1.0; eval sg_apart
set multiplot title "An SG sets layers apart by exactly what its own weights gain" font sg_big
eval sg_panel(0.09, 0.47)
set title "both sides of the ledger move together"
set xlabel "step"; set ylabel "change since the start" offset 2
set xrange [0:end]; set yrange [-0.4:2.8]; set xtics end/2
set label 1 "tr(W₂ᵀW₂ − W₃W₃ᵀ), solid" at end*0.97,2.5 right tc rgb sg_ink_sky
set label 2 "2 tr(A)/κ of the SG\nbetween them, dashed" at end*0.97,1.75 right tc rgb sg_ink_orange
set label 3 "where there is no SG" at end*0.97,0.18 right tc rgb sg_ink_grey
plot dir.'/ledger.dat' every 3::0 using 1:4 with lines lc rgb sg_grey lw 2 dt 1, \
     '' every 3::2 using 1:4 with lines lc rgb sg_grey lw 2 dt 1, \
     '' every 3::1 using 1:4 with lines lc rgb sg_sky lw 8 dt 1, \
     '' every 3::1 using 1:($5+$6) with lines lc rgb sg_orange lw 4 dt 2
unset label
eval sg_panel(0.58, 0.985)
set title "left over if a hypothesis breaks"
unset ylabel
set logscale xy; set format y "10^{%L}"; set format x "10^{%L}"; set xtics 1,100,end; set mxtics 1; set ytics 1e4
set xrange [1:end*200]; set yrange [1e-16:1e4]
do for [v = 1:6] { set label v name[v] at end*1.5,10**y[v] tc rgb ink[v] }
set label 7 "bound on rounding" at 4,6e-11 tc rgb sg_ink_grey
plot dir.'/broken.dat' using ($1==0?$2:NaN):4 with lines lc rgb sg_grey lw 2 dt 3, \
     for [v = 0:5] '' using ($1==v?$2:NaN):3 with lines lc rgb line[v + 1] lw (v == 0 ? 4 : 2.5) dt dash[v + 1]
unset multiplot
