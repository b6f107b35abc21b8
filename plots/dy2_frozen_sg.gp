# DY2: in the plane of z = mu lambda_max a the stable set is the disc |z - 1| < 1: simulated fates, and limits found by bisection; and how W gets there.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY2: weights trained by a frozen synthetic gradient s = p A + y B + C"
    set title "it trains iff μλa lies in the disc, for every eigenvalue a of A"
    set xlabel "Re μλ_{max}a"; set ylabel "Im μλ_{max}a"
    set xrange [-0.6:2.6]; set yrange [-1.4:2.6]; set size ratio 1.25
    set key at graph 0.99,0.99 right top
    set parametric; set trange [0:2*pi]
    set arrow 1 from 0,-1.4 to 0,1.4 nohead lc rgb sg_grey lw 1.5 dt 3
    plot for [side = -1:1:2] dir.'/fates.dat' using ($3 != 1 ? $1 : 1/0):(side*$2) with points pt 7 ps 0.5 lc rgb sg_sky title (side == 1 ? "stays or returns" : ""), \
         for [side = -1:1:2] '' using ($3 == 1 ? $1 : 1/0):(side*$2) with points pt 2 ps 0.6 lw 1.2 lc rgb sg_orange title (side == 1 ? "leaves" : ""), \
         1 + cos(t), sin(t) lw 2.5 dt 1 lc rgb 'black' title "|1 - μλa| = 1", \
         for [side = -1:1:2] dir.'/limits.dat' using 2:(side*$3) with points pt 6 ps 1.6 lw 2 lc rgb sg_green title (side == 1 ? "limit, bisected" : "")
    unset arrow 1
    unset parametric
    set title "top eigenmode of W - W_{∞}, two outputs, step by step"
    set xlabel "output 1"; set ylabel "output 2"
    set xrange [*:*]; set yrange [*:*]; set size noratio; set offsets graph 0.05, graph 0.05, graph 0.4, graph 0.05
    set key at graph 0.99,0.99 right top
    plot dir.'/spirals.dat' using ($1 < 1 ? $3 : 1/0):4 with lines lw 1.5 dt 1 lc rgb sg_blue title "simulated, μ = 0.90 of the limit", \
         '' using ($1 < 1 ? $5 : 1/0):6 with points pt 6 ps 1.2 lw 1.5 lc rgb sg_blue title "closed form", \
         '' using ($1 > 1 ? $3 : 1/0):4 with lines lw 2 dt 2 lc rgb sg_orange title "simulated, μ = 1.10 of the limit", \
         '' using ($1 > 1 ? $5 : 1/0):6 with points pt 4 ps 1.1 lw 1.5 lc rgb sg_orange title "closed form"
    set offsets 0, 0, 0, 0
    unset multiplot
    unset output
}
