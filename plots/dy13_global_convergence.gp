# DY13: linear regression with the normalised SG, its learning rate at 0.95 of the limit, from four starts. Left, the SG's distance from its solution never
# grows, whatever the weights do. Right, the weights may first be carried off, and end at least squares, as LAPACK's dgelsd finds it.
load 'plots/style.gp'
ways = dir.'/ways.dat'
of(k, x) = column(2) == k ? x : 1/0
set multiplot title "From every start the SG's error only falls, then the weights follow" font sg_big
set xlabel "step"; set xrange [0:900]; set xtics 300
set logscale y; set format y "10^{%T}"
eval sg_panel(0.09, 0.475)
set title "the SG's error |Φ − Φ*|, over its start"
set yrange [1e-11:10]; set ytics 100
set label 1 "solid: from W = 0, Φ = 0" at 20,3e-8 left textcolor rgb sg_blue
set label 2 "dashed: c = −3\n(DY5 stalls there)" at 20,1.2e-9 left textcolor rgb sg_ink_orange
set label 3 "from large W and Φ" at 230,0.2 left textcolor rgb sg_ink_green
set label 4 "from other large ones" at 330,0.01 left textcolor rgb sg_ink_pink
plot ways using 3:(of(2, $4)) with lines lt 1, '' using 3:(of(6, $4)) with lines lt 2, \
     '' using 3:(of(10, $4)) with lines lt 3, '' using 3:(of(14, $4)) with lines lt 4
unset label
eval sg_panel(0.59, 0.975)
set title "the weights' error |W − W_{LS}|"
set yrange [1e-10:1e4]
set label 3 "large ones are carried\noff first, then return" at 130,1000 left textcolor rgb sg_ink_grey
plot ways using 3:(of(2, $5)) with lines lt 1, '' using 3:(of(6, $5)) with lines lt 2, \
     '' using 3:(of(10, $5)) with lines lt 3, '' using 3:(of(14, $5)) with lines lt 4
unset multiplot
