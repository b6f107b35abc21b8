# NL3, NL4 and NL5 at the size of the paper: how the nets of the four rules learned, means over five starts. Left, the training loss; right, the error on the test images.
# Drawn from the columns in proofs/results where the case has not been run.
load 'plots/style.gp'
file = dir.'/learning.dat'
array name[4] = ["backprop", "one SG", "SG everywhere", "direct feedback"]
array ink[4] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink]
stats file using 2 nooutput; epochs = int(STATS_max)
last(r, k) = real(system(sprintf("awk '$1 == %d && $2 == %d { print $%d }' %s", r, epochs, k, sg_shell(file))))
set multiplot title "At the paper's size one SG learns like backprop; SGs everywhere lag" font sg_big
set logscale y; set format y "%g"; set xlabel "epoch"; set xtics 2; n = 4; array y[n]; gap = 0.13
eval sg_panel(0.115, 0.49)
set xrange [0:1.62 * epochs]; set xtics 0,2,epochs; set yrange [0.002:5]; set ytics (1, 0.1, 0.01)
set title "training" offset 0,-0.5; set ylabel "loss (nats a sample)" offset 1
do for [r = 0:3] { y[r + 1] = log10(last(r, 3)) }; eval sg_apart
do for [r = 0:3] { set label 20 + r name[r + 1] at 1.06 * epochs,10**y[r + 1] left textcolor rgb ink[r + 1] font ',15' }
plot for [r = 0:3] file using 2:($1 == r ? $3 : 1/0) with linespoints lt r + 1 ps 1.1
eval sg_panel(0.61, 0.985)
set yrange [1:100]; set ytics (1, 2, 5, 10, 20, 50); gap = 0.07
set title "test" offset 0,-0.5; set ylabel "error (%)" offset 1
do for [r = 0:3] { y[r + 1] = log10(100 * (1 - last(r, 6))) }; eval sg_apart
do for [r = 0:3] { set label 20 + r name[r + 1] at 1.06 * epochs,10**y[r + 1] left textcolor rgb ink[r + 1] font ',15' }
plot for [r = 0:3] file using 2:($1 == r ? 100 * (1 - $6) : 1/0) with linespoints lt r + 1 ps 1.1
unset multiplot
