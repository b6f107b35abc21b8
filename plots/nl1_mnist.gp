# NL1: training loss (above) and test accuracy (below) of batch-norm nets of several depths, relu left and sigmoid right: backprop solid, one linear
# SG in the middle dashed, and dotted what a lower half that never learns reaches.
load 'plots/style.gp'
file = dir.'/curves.dat'
depths = system("awk '!/^#/ && !seen[$2]++ {printf \"%s \", $2}' ".sg_shell(file))
array colour[6] = [sg_blue, sg_orange, sg_green, sg_pink, sg_yellow, sg_sky]
stats file using 4 nooutput; epochs = STATS_max
pick(a, i, r, x) = column(1) == a && column(2) == int(word(depths, i)) && column(3) == r ? x : 1/0
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 2,2 columnsfirst margins 0.08,0.98,0.09,0.93 spacing 0.07,0.06
    set xrange [0.8:epochs + 0.2]; set xtics 1,(epochs > 12 ? 2 : 1)
    do for [a = 0:1] {
        set title (a == 0 ? "relu" : "sigmoid") offset 0,-0.4; unset xlabel; set format x ""
        set ylabel (a == 0 ? "training loss, epoch mean" : ""); set logscale y; set yrange [*:*]; set autoscale yfix; set ytics (10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005); set key bottom left reverse Left samplen 2 opaque
        plot for [i = 1:words(depths)] file using 4:(pick(a, i, 0, $5)) with linespoints lc rgb colour[i] lw 2.5 dt 1 pt 7 ps 0.8 \
                 title (a == 0 ? word(depths, i)." hidden layers" : ""), \
             for [i = 1:words(depths)] file using 4:(pick(a, i, 1, $5)) with linespoints lc rgb colour[i] lw 2.5 dt 2 pt 6 ps 0.9, \
             for [i = 1:words(depths)] file using 4:(pick(a, i, 2, $5)) with lines lc rgb colour[i] lw 2 dt 3, \
             NaN with linespoints lc rgb 'black' lw 2.5 dt 1 pt 7 title (a == 1 ? "backprop" : ""), \
             NaN with linespoints lc rgb 'black' lw 2.5 dt 2 pt 6 title (a == 1 ? "one SG in the middle" : ""), \
             NaN with lines lc rgb 'black' lw 2 dt 3 title (a == 1 ? "lower half frozen" : "")
        unset title; unset logscale y; set xlabel "epoch"; set format x "%g"
        set ylabel (a == 0 ? "test accuracy" : ""); set yrange [*:1]; set ytics autofreq; unset key
        plot for [i = 1:words(depths)] file using 4:(pick(a, i, 0, $8)) with linespoints lc rgb colour[i] lw 2.5 dt 1 pt 7 ps 0.8, \
             for [i = 1:words(depths)] file using 4:(pick(a, i, 1, $8)) with linespoints lc rgb colour[i] lw 2.5 dt 2 pt 6 ps 0.9, \
             for [i = 1:words(depths)] file using 4:(pick(a, i, 2, $8)) with lines lc rgb colour[i] lw 2 dt 3
    }
    unset multiplot
    unset output
}
