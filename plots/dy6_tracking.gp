# DY6: the worst of 10^5 adversarial errors lies on the bound; and a run with a trained SG, where the condition holds and the loss falls.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY6: a relative gradient error ρ < 1 is harmless"
    set title "worst (f^+ - f^*)/(f - f^*) found, curvature m = 0.1 L"
    set xlabel "step γ over its largest, 2/((1+ρ)L)"; set ylabel "left of f - f^* after a step"
    set xrange [0:1.05]; set yrange [0:1.05]; set key left bottom
    f(g, r) = (s = 2*g/(1+r), a = 1-(1-r)*0.1*s, b = (1+r)*s-1, a > b ? a*a : b*b)
    plot f(x,0.0) lt 1 title "ρ = 0", f(x,0.3) lt 2 title "ρ = 0.3", f(x,0.6) lt 3 title "ρ = 0.6", f(x,0.9) lt 4 title "ρ = 0.9", \
         dir.'/grid.dat' using ($1 == 0.1 ? $3 : 1/0):5 with points pt 6 ps 1.8 lw 2.5 lc rgb 'black' title "worst instance found"
    set title "linear regression with a trained SG, φ_0 = 0"
    set xlabel "step"; set ylabel "" ; set logscale y; set format y "10^{%T}"; set autoscale; set yrange [1e-9:1e6]; set xrange [0:400]; set key right top
    set arrow 1 from graph 0,first 1 to graph 1,first 1 nohead lc rgb sg_grey lw 1.5 dt 3
    plot dir.'/run.dat' using 1:3 with lines lt 5 title "condition Kε/|∇L|", \
         '' using 1:2 with lines lt 2 title "relative error ρ_t", \
         '' using 1:($2 >= 1 ? $4 : 1/0) with points pt 2 ps 0.7 lc rgb sg_grey title "excess loss, ρ_t ≥ 1", \
         '' using 1:($2 < 1 ? $4 : 1/0) with lines lt 1 title "excess loss, ρ_t < 1"
    unset logscale y; set format y; unset arrow 1
    unset multiplot
    unset output
}
