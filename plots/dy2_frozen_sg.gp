# DY2: weights trained by a frozen synthetic gradient s = pA + yB + C. Left, the plane of z = μλa, a an eigenvalue of A and λ the largest of S_x: simulated runs
# return inside the disc |z − 1| < 1 (dots) and leave outside it (crosses); rings are limits found by bisection. Right, the slowest mode of the weights' error
# on its way in and out: simulated (line) and by the closed form (marks).
load 'plots/style.gp'
set multiplot title "A frozen SG trains exactly where μλa lies in the disc |z − 1| < 1" font sg_big
set lmargin at screen 0.08; set rmargin at screen 0.51; set bmargin at screen 0.15; set tmargin at screen 0.822
set xlabel "Re μλa"; set ylabel "Im μλa" offset 2.5
set xrange [-0.6:2.6]; set yrange [-1.6:1.6]; set xtics 0.5; set ytics 0.5
set parametric; set trange [0:2*pi]
set label 1 "● returns" at -0.5,1.44 left textcolor rgb sg_ink_sky
set label 2 "× leaves" at 0.65,1.44 left textcolor rgb sg_ink_orange
set label 3 "○ bisected" at 1.6,1.44 left textcolor rgb sg_ink_green
plot for [side = -1:1:2] dir.'/fates.dat' using ($3 != 1 ? $1 : 1/0):(side*$2) with points pt 7 ps 0.5 lc rgb sg_sky, \
     for [side = -1:1:2] '' using ($3 == 1 ? $1 : 1/0):(side*$2) with points pt 2 ps 0.6 lw 1.2 lc rgb sg_orange, \
     1 + cos(t), sin(t) lw 2.5 dt 1 lc rgb 'black', \
     for [side = -1:1:2] dir.'/limits.dat' using 2:(side*$3) with points pt 6 ps 1.6 lw 2 lc rgb sg_green
unset parametric; unset label
set title font ',18'
set xlabel "output 1"; set ylabel "output 2" offset 0.3
set xtics auto; set ytics auto
do for [out = 0:1] {
    set xrange [*:*]; set yrange [*:*]
    is(m) = out ? m > 1 : m < 1
    side(column_of) = sprintf("< awk '/^#/ { next } $1 %s 1 { v = $%d; if (v < 0) v = -v; if (v > m) m = v } END { print m }' %s", out ? ">" : "<", column_of, sg_shell(dir.'/spirals.dat'))
    stats side(3) using 1 nooutput; wide = STATS_max
    stats side(4) using 1 nooutput; if (STATS_max > wide) { wide = STATS_max }
    wide = 1.15 * wide
    unit = 10**floor(log10(wide)) * (wide > 4 * 10**floor(log10(wide)) ? 2 : 1); set xtics unit; set ytics unit
    stats dir.'/spirals.dat' using (is($1) ? $1 : NaN) nooutput; share = STATS_max
    set lmargin at screen 0.68; set rmargin at screen 0.985
    set bmargin at screen (out ? 0.15 : 0.575); set tmargin at screen (out ? 0.455 : 0.88)
    set xrange [-wide:wide]; set yrange [-1.15 * wide:1.45 * wide]
    set xlabel "output 1" offset 0,0.8
    set label 1 sprintf("%s: μ at %.1f of its limit", out ? "out" : "in", share) at graph 0.03,0.92 left textcolor rgb (out ? sg_ink_orange : sg_blue)
    set label 2 "● start" at graph 0.97,0.08 right
    plot dir.'/spirals.dat' using (is($1) ? $3 : 1/0):4 with lines lw 1.5 dt 1 lc rgb (out ? sg_orange : sg_blue), \
         '' using (is($1) ? $5 : 1/0):6 with points pt (out ? 4 : 6) ps 1 lw 1.5 lc rgb (out ? sg_orange : sg_blue), \
         '' using (is($1) && $2 == 0 ? $3 : 1/0):4 with points pt 7 ps 1.5 lc rgb 'black'
}
unset multiplot
