# CP2: along the solver's way to F = 0 the true gradient stays below its bound; without labels the bound falls and the gradient stays.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "CP2: joint equations F(W, φ) = 0 solved by Levenberg-Marquardt from far starts"
    set logscale xy; set format x "10^{%T}"; set format y "10^{%T}"
    set xrange [1e-16:1e5]; set yrange [3e-17:1e5]
    set xtics 1e-15,1e5; set ytics 1e-15,1e5; unset mxtics; unset mytics
    set xlabel "bound on |∇L| from the residual F alone"
    set key at graph 0.98,0.03 right bottom
    at_least(y) = y < 1e-16 ? 1e-16 : y                      # exact zeros sit at the bottom
    do for [name in "labelled unlabelled"] {
        colour = name eq "labelled" ? sg_blue : sg_orange
        set title name eq "labelled" ? "SG with labels, s = pA + yB + C" : "labels withheld, s = pA + C"
        set ylabel name eq "labelled" ? "true |∇L|, by plain backprop" : ""
        set label 1 name eq "labelled" ? "F = 0 forces ∇L = 0:\nnothing above the diagonal" : "F = 0, yet L still slopes:\nadded critical points" at 3e-16,1e4 left tc rgb colour
        plot x lc rgb 'black' lw 2 dt 1 title "|∇L| = bound", \
             dir.'/'.name.'.dat' using 6:($8 == 0 ? at_least($7) : 1/0) with points pt 6 ps 0.6 lw 1.2 lc rgb sg_sky title "states on the way", \
             '' using 6:($8 == 1 ? at_least($7) : 1/0) with points pt (name eq "labelled" ? 7 : 5) ps 1.5 lc rgb colour title "solutions found"
        unset label 1
    }
    unset logscale; set format
    unset multiplot
    unset output
}
