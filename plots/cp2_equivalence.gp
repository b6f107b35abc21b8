# CP2: a solver on its way to F(W, φ) = 0, where weights and SG both rest. What is left of F bounds the true gradient when the SG sees the label (left): at
# F = 0 the loss is critical. Without labels (right) F vanishes where the loss still slopes. Small rings: on the way; large marks: solutions
# (at two of them the bound's constant is 10¹⁴, so that rounding in F leaves it near 1).
load 'plots/style.gp'
set multiplot title "With labels no critical point is added; without labels some are" font sg_big
set logscale xy; set format x "10^{%T}"; set format y "10^{%T}"
set xrange [1e-16:1e5]; set yrange [3e-17:1e5]
set xtics 1e-15,1e5; set ytics 1e-15,1e5; unset mxtics; unset mytics
set xlabel "bound on |∇L| by the joint update F"
at_least(y) = y < 1e-16 ? 1e-16 : y                      # exact zeros sit at the bottom
set label 9 "|∇L| = bound" at 3e-9,1e-6 right textcolor rgb sg_ink_grey
do for [name in "labelled unlabelled"] {
    with = name eq "labelled"
    if (with) { eval sg_panel(0.1, 0.475) } else { eval sg_panel(0.605, 0.98) }
    set title with ? "SG with labels: s = pA + yB + C" : "labels withheld: s = pA + C"
    set ylabel "true gradient |∇L|, by backprop" offset 1.5
    set label 1 with ? "nothing above\nthe diagonal" : "■ spurious: F = 0,\n   and L still slopes" at 2e-16,(with ? 3e3 : 1e4) left tc rgb (with ? sg_blue : sg_ink_orange)
    set label 2 with ? "● solutions:\n   all critical" : "" at 1e-9,2e-14 left tc rgb sg_blue
    set label 3 "○ on the\n   way" at 1e1,1e-4 center tc rgb sg_ink_sky
    plot x lc rgb 'black' lw 2 dt 1, \
         dir.'/'.name.'.dat' using 6:($8 == 0 ? at_least($7) : 1/0) every 2 with points pt 6 ps 0.6 lw 1.2 lc rgb sg_sky, \
         '' using 6:($8 == 1 ? at_least($7) : 1/0) with points pt (with ? 7 : 5) ps 1.2 lc rgb (with ? sg_blue : sg_orange)
    unset label 2
}
unset multiplot
