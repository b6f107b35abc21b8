# CP3: at the least-squares point, how small the joint update can be made by the SG's parameters, for each of the seven families of SGs with the terms h, y and 1, as
# noise in the labels lifts the loss from zero. Where it is zero every family keeps the point; with noise only some do.
load 'plots/style.gp'
array family[7] = ["h", "y", "h, y", "1", "h, 1", "y, 1", "h, y, 1"]
array colour[7] = ['black', sg_pink, sg_sky, sg_orange, sg_yellow, sg_green, sg_grey]
array ink[7] = ['black', sg_ink_pink, sg_ink_sky, sg_ink_orange, sg_ink_yellow, sg_ink_green, sg_ink_grey]
array glyph[7] = ["△", "■", "●", "▲", "▽", "◆", "○"]
array mark[7] = [8, 5, 7, 9, 10, 13, 6]
at(f) = real(system(sprintf("awk '$1 == %d && $2 == 1 { print $3 }' %s", f, sg_shell(dir.'/noise.dat'))))
kept(f) = at(f) < 1e-8
lost = 0
do for [f = 1:7] { if (!kept(f)) { lost = lost + 1 } }
set title sprintf("At zero loss all 7 SG families keep the point; noise takes it from %d", lost)
set logscale xy; set format x "10^{%L}"; set format y "10^{%L}"
set xlabel "noise in the labels, over their length"; set ylabel "least joint update over all SG parameters"
set xrange [1e-15:1e4]; set yrange [1e-17:1e4]; set xtics 1e-15,1e3,1; set mxtics 1
# Names at the right end, each in its curve's colour.
n = 7; array y[n]; do for [f = 1:7] { y[f] = log10(at(f)) }
gap = 1.15; eval sg_apart
do for [f = 1:7] { set label f glyph[f]." ".family[f] at 3,10**y[f] left textcolor rgb ink[f] }
set label 10 "the SG's terms:" at 3,10**(y[2] + 1.6) left textcolor rgb sg_ink_grey
set label 8 "the point is lost" at 1e-9,1e-5 right textcolor rgb sg_ink_grey
set label 9 "the point is kept" at 1e-9,1e-16 right textcolor rgb sg_ink_grey
plot for [f = 1:7] dir.'/noise.dat' using ($1 == f ? $2 : 1/0):3 with linespoints lc rgb colour[f] lw 2.5 dt 1 pt mark[f] ps 1.3
