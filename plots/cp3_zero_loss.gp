# CP3: at the least-squares point, how small the joint update can be made by the SG's parameters, for each of the seven families of SGs with the terms h, y and 1, as
# noise in the labels lifts the loss from zero. Where it is zero every family keeps the point; with noise only some do.
load 'plots/style.gp'
array family[7] = ["h", "y", "h, y", "1", "h, 1", "y, 1", "h, y, 1"]
array colour[7] = [sg_blue, sg_pink, sg_sky, sg_orange, sg_yellow, sg_green, 'black']
at(f) = real(system(sprintf("awk '$1 == %d && $2 == 1 { print $3 }' %s", f, sg_shell(dir.'/noise.dat'))))
kept(f) = at(f) < 1e-8
names = ""; lost = 0
do for [f = 1:7] { if (!kept(f)) { lost = lost + 1 } else { names = names.(names eq "" ? "" : "; ").family[f] } }
set title sprintf("At zero loss all 7 SG families keep the point; noise takes it from %d", lost)
set logscale xy; set format x "10^{%L}"; set format y "10^{%L}"
set xlabel "noise in the labels, over their length"; set ylabel "least joint update over all SG parameters"
set xrange [1e-15:3e3]; set yrange [1e-17:1e3]; set xtics 1e3
# Labels at the right end, kept apart.
array y[7]
do for [f = 1:7] { y[f] = log10(at(f)) }
do for [k = 1:60] { do for [i = 1:7] { do for [j = 1:7] {
    if (i != j && !kept(i) && !kept(j) && (y[i] > y[j] || (y[i] == y[j] && i > j)) && y[i] - y[j] < 1.1) { middle = (y[i] + y[j]) / 2; y[i] = middle + 0.55; y[j] = middle - 0.55 }
} } }
do for [f = 1:7] { if (!kept(f)) { set label f "terms ".family[f] at 2,10**y[f] left } }
set label 8 "kept at every level: terms ".names at 1e-10,4e-17 left textcolor rgb sg_blue
plot for [f = 1:7] dir.'/noise.dat' using ($1 == f ? $2 : 1/0):3 with linespoints lc rgb colour[f] lw 2.5 dt 1 pt (f + 3) ps 1.2
