# DY13 in a net of three linear layers with the SG at the output: the gradient of the loss, with the SG and by backprop from the same weights, and the SG's
# distance from its solution. All vanish; once backprop would be ahead, the SG's run waits for its SG.
load 'plots/style.gp'
set title "In a three-layer net the gradient vanishes as the SG's error does"
set xlabel "step"; set ylabel "gradient, and the SG's error"; set logscale xy; set format y "10^{%T}"; set format x "10^{%T}"; set xrange [1:30000]; set yrange [1e-8:30]
set label 1 "gradient |∇L| with the SG" at 900,3 right textcolor rgb sg_blue
set label 2 "|∇L| by backprop" at 4900,1e-6 right textcolor rgb sg_ink_orange
set label 3 "SG's error |Φ − Φ*|, over its start" at 40,0.1 center textcolor rgb sg_ink_green
set label 1 at 2,10 left
plot dir.'/course.dat' using 1:2 with lines lt 1, '' using 1:3 with lines lt 2, '' using 1:4 with lines lt 3
