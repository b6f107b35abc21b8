# DY7: deep linear nets trained by an SG that is taught before each step until its relative error is at most 1/2. Left, a run at depth 6: the gradient over its
# start, and the error of each step. Right, what it takes at each depth until the gradient is 10⁻⁶ of its start.
load 'plots/style.gp'
set multiplot title "Taught as long as each step needs it, an SG trains deep nets" font sg_big
set title font ',18'
set lmargin at screen 0.1; set rmargin at screen 0.46
set xrange [0:*]; set xtics 100
set tmargin at screen 0.83; set bmargin at screen 0.45
set title "depth 6: the gradient over its start"
set logscale y; set format y "10^{%T}"; set yrange [1e-7:10]; set ytics 100; set format x ""
plot dir.'/course.dat' using 1:2 with lines lt 1
set tmargin at screen 0.36; set bmargin at screen 0.15
set title "relative error of the step, bound 1/2" offset 0,-0.4
unset logscale y; set format y "%g"; set format x "%g"; set yrange [0:0.6]; set ytics 0.5; set xlabel "step"
set arrow 1 from graph 0,first 0.5 to graph 1,first 0.5 nohead lc rgb 'black' lw 2 dt 1
plot dir.'/course.dat' using 1:3 with points pt 7 ps 0.3 lc rgb sg_orange
unset arrow
eval sg_panel(0.58, 0.975)
set title "to 10^{−6} of the gradient at the start" offset 0,0
set ylabel "number of steps, mean" offset 1; set xlabel "depth (layers)"; set xrange [1.5:10.5]; set logscale y; set format y "10^{%T}"; set yrange [0.05:3000]; set xtics 2,2,10; set ytics 10
set label 1 "steps of the network" at 7,1000 center textcolor rgb sg_blue
set label 2 "SG's steps for each of these" at 6.2,4 center textcolor rgb sg_ink_orange
plot dir.'/grid.dat' using 1:3 with linespoints lt 1 ps 1.5, '' using 1:4 with linespoints lt 2 ps 1.5
unset multiplot
