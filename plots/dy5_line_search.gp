# DY5: V falls to rounding level while the rates stay bounded below; and the start where they do not.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY5: line search for the synthetic gradient, backtracking for the network"
    set logscale y; set format y "10^{%T}"
    set title "noisy data, from w = 0, φ = 0"
    set xlabel "step"; set key right top; set yrange [1e-30:1e6]
    plot dir.'/descent.dat' using 1:2 with lines lt 1 title "V", \
         '' using 1:3 with lines lt 2 title "accepted μ", \
         '' using 1:4 with lines lt 3 title "smallest singular value of Z"
    set title "hypothesis not met: realizable, c = -3"
    set yrange [1e-13:1e4]; set key right top maxrows 6
    plot for [k = 2:4] dir.'/stall.dat' using (abs($1 - 10**(-k)) < 1e-6*$1 ? $2 : 1/0):3 with lines lt (k-1) title sprintf("V, start 10^{-%d}", k), \
         for [k = 2:4] '' using (abs($1 - 10**(-k)) < 1e-6*$1 && int($2)%12 == 0 ? $2 : 1/0):4 with points lt (k-1) ps 0.6 title "μ"
    unset logscale y; set format y
    unset multiplot
    unset output
}
