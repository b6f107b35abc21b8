# DY13 on minibatches: the SG's distance from its solution, and the distance between the weights of a run with the SG and of plain SGD that drew the same
# minibatches from another start, each over its start.
load 'plots/style.gp'
set title "On the same minibatches the SG's run becomes that of SGD"
set xlabel "minibatch"; set ylabel "distance, over its start"; set logscale y; set format y "10^{%T}"; set yrange [1e-16:30]; set ytics 100
set label 1 "SG from its solution,\n|Φ − Φ*|" at 350,1e-10 left textcolor rgb sg_blue
set label 2 "weights with the SG from\nthose of SGD" at 520,1e-5 left textcolor rgb sg_ink_orange
plot dir.'/minibatches.dat' using 1:2 with lines lt 1, '' using 1:3 with lines lt 2
