# DY5: V falls to rounding level while the rates stay bounded below; and the start where they do not, which a fixed rate leaves at once.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY5: asked to fall in every step V may stall; a fixed rate lets it rise, and is done in 70 steps"
    set logscale y; set format y "10^{%T}"
    set title "noisy data, from w = 0, φ = 0: backtracking"
    set xlabel "step"; unset key; set yrange [1e-30:1e6]
    set label 1 "accepted μ" at graph 0.98,0.91 right textcolor lt 2
    set label 2 "smallest singular value of Z" at graph 0.98,0.78 right textcolor lt 3
    set label 3 "V" at graph 0.58,0.55 left textcolor lt 1
    plot dir.'/descent.dat' using 1:2 with lines lt 1, '' using 1:3 with lines lt 2, '' using 1:4 with lines lt 3
    unset label 1; unset label 2; unset label 3
    set title "realizable data, from c = -3: V"
    set yrange [1e-20:1e2]
    do for [k = 2:4] { set label k sprintf("backtracking from 10^{-%d}", k) at 490,3*10**(1 - 2*k) right textcolor lt (k - 1) }
    set label 5 "fixed μ, the SG's step\nnormalised (DY13)" at 75,1e-13 left
    plot for [k = 2:4] dir.'/stall.dat' using (abs($1 - 10**(-k)) < 1e-6*$1 ? $2 : 1/0):3 with lines lt (k-1), \
         for [k = 2:4] dir.'/straight.dat' using (abs($1 - 10**(-k)) < 1e-6*$1 && $3 > 1e-20 ? $2 : 1/0):3 with lines lc rgb 'black' lw 2.5 dt k
    do for [k = 2:5] { unset label k }
    unset logscale y; set format y
    unset multiplot
    unset output
}
