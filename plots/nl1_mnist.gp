# NL1 on MNIST: training loss (above) and test accuracy (below) of batch-norm nets of several depths, relu left and sigmoid right: backprop solid, one linear SG
# in the middle dashed, and dotted what a lower half that never learns reaches.
load 'plots/style.gp'
file = dir.'/curves.dat'
depths = system("awk '!/^#/ && !seen[$2]++ {printf \"%s \", $2}' ".sg_shell(file))
array colour[6] = [sg_blue, sg_orange, sg_green, sg_pink, sg_yellow, sg_sky]
array ink[6] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink, sg_ink_yellow, sg_ink_sky]
stats file using 4 nooutput; epochs = STATS_max
pick(a, i, r, x) = column(1) == a && column(2) == int(word(depths, i)) && column(3) == r ? x : 1/0
set multiplot title "MNIST at the paper's size: backprop against one SG in the middle" font sg_big
set title font ',18'
set label 10 "solid: backprop    dashed: one SG    dotted: lower half frozen" at screen 0.1,0.885 left font ',16'
do for [i = 1:words(depths)] { set label i word(depths, i).(i == words(depths) ? " hidden layers" : ",") at screen 0.66 + 0.045 * (i - 1),0.885 left textcolor rgb ink[i] font ',16' }
set xrange [0.8:epochs + 0.2]; set xtics 1,(epochs > 12 ? 3 : 1)
do for [a = 0:1] {
    set lmargin at screen 0.1 + 0.475 * a; set rmargin at screen 0.5 + 0.475 * a
    set bmargin at screen 0.48; set tmargin at screen 0.8
    set title (a == 0 ? "relu" : "sigmoid") offset 0,-0.5; unset xlabel; set format x ""
    set ylabel (a == 0 ? "training loss (nats)" : "") offset 1.5; set logscale y; set yrange [*:*]; set autoscale yfix; set ytics (10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
    plot for [i = 1:words(depths)] file using 4:(pick(a, i, 0, $5)) with lines lc rgb colour[i] lw 3 dt 1, \
         for [i = 1:words(depths)] file using 4:(pick(a, i, 1, $5)) with lines lc rgb colour[i] lw 3 dt 2, \
         for [i = 1:words(depths)] file using 4:(pick(a, i, 2, $5)) with lines lc rgb colour[i] lw 2 dt 3
    unset label
    set bmargin at screen 0.14; set tmargin at screen 0.43
    unset title; unset logscale y; set xlabel "epoch"; set format x "%g"
    set ylabel (a == 0 ? "test accuracy" : "") offset 1.5; set yrange [*:1]; set ytics autofreq
    plot for [i = 1:words(depths)] file using 4:(pick(a, i, 0, $8)) with lines lc rgb colour[i] lw 3 dt 1, \
         for [i = 1:words(depths)] file using 4:(pick(a, i, 1, $8)) with lines lc rgb colour[i] lw 3 dt 2, \
         for [i = 1:words(depths)] file using 4:(pick(a, i, 2, $8)) with lines lc rgb colour[i] lw 2 dt 3
}
unset multiplot
