# DY5: V falls to rounding level while the rates stay bounded below; and the start where they do not, which a fixed rate leaves at once.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY5: asked to fall in every step V may stall; a fixed rate lets it rise, and is done in 70 steps"
    set logscale y; set format y "10^{%T}"
    set title "noisy data, from w = 0, φ = 0: backtracking"
    set xlabel "step"; set key right top; set yrange [1e-30:1e6]
    plot dir.'/descent.dat' using 1:2 with lines lt 1 title "V", \
         '' using 1:3 with lines lt 2 title "accepted μ", \
         '' using 1:4 with lines lt 3 title "smallest singular value of Z"
    set title "realizable data, from c = -3: V"
    set yrange [1e-20:1e2]; set key at graph 0.98,0.985 right top maxrows 8 samplen 2
    plot for [k = 2:4] dir.'/stall.dat' using (abs($1 - 10**(-k)) < 1e-6*$1 ? $2 : 1/0):3 with lines lt (k-1) title sprintf("backtracking, start 10^{-%d}", k), \
         for [k = 2:4] dir.'/straight.dat' using (abs($1 - 10**(-k)) < 1e-6*$1 && $3 > 1e-20 ? $2 : 1/0):3 with lines lc rgb 'black' lw 2.5 dt k title (k == 2 ? "fixed μ, normalised SG (DY13)" : "")
    unset logscale y; set format y
    unset multiplot
    unset output
}
