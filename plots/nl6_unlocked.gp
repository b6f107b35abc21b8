# NL6, unlocked in time: test accuracy while the SG learns from pairs tau steps old (left); after the last epoch, against tau, with what the run without a
# delay had tau steps earlier: the price of starting late (right).
load 'plots/style.gp'
file = dir.'/curves.dat'; prices = dir.'/prices.dat'
stats file using 3 nooutput; epochs = STATS_max
stats file using 1 nooutput; last = int(STATS_max)
taus = system("awk '!/^#/ && !seen[$1]++ {printf \"%s \", $2}' ".sg_shell(file))
array colour[8] = ['#000000', sg_grey, sg_blue, sg_sky, sg_green, sg_yellow, sg_orange, sg_pink]
array point[8] = [6, 1, 7, 5, 9, 13, 11, 4]
array dash[8] = [2, 3, 1, 1, 1, 1, 1, 1]
of(v, x) = column(1) == v - 1 ? x : 1/0
label(v) = v == 1 ? 'backprop' : v == 2 ? 'lower half frozen' : 'SG, {/:Italic τ} = '.word(taus, v)
mean(v) = real(system(sprintf("awk '!/^#/ && $1 == %d && $3 == %d {print $5}' %s", v - 1, epochs, sg_shell(file))))
back = mean(1); frozen = mean(2)
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title "Halves one step apart cost nothing; thirty steps cost about five points of accuracy, a hundred over fifteen" font ',19'
    set lmargin at screen 0.085; set rmargin at screen 0.50; set bmargin at screen 0.12; set tmargin at screen 0.91
    set xlabel "epoch"; set ylabel "test accuracy" offset 1,0; set xrange [0.8:epochs + 0.2]; set yrange [0:1]; if (epochs > 12) { set xtics 5 } else { set xtics 2 }
    set key bottom right Left reverse samplen 2 maxrows 4 font ',15'
    plot for [v = 1:last + 1] file using 3:(of(v, $5)) with linespoints lc rgb colour[v] lw 2.5 dt dash[v] pt point[v] ps 0.9 pointinterval (epochs > 12 ? 3 : 1) title label(v)
    set lmargin at screen 0.58; set rmargin at screen 0.97; unset ylabel
    set xlabel "delay {/:Italic τ} (steps; 0 drawn at 1/3)"; set logscale x; set xrange [0.25:200]; set xtics ('0' 0.333, '1' 1, '3' 3, '10' 10, '30' 30, '100' 100); set key bottom left Left reverse samplen 2
    plot back with lines lc rgb 'black' lw 2 dt 2 title 'backprop', \
         prices using ($1 == 0 ? 1.0/3 : $1):5 with linespoints lc rgb sg_orange lw 2.5 dt 4 pt 4 ps 1.2 title 'no delay, {/:Italic τ} steps earlier', \
         prices using ($1 == 0 ? 1.0/3 : $1):2:3:4 with yerrorlines lc rgb sg_blue lw 2.5 dt 1 pt 7 ps 1.1 title 'delayed pairs: mean and range over seeds', \
         frozen with lines lc rgb sg_grey lw 2 dt 3 title 'lower half frozen'
    unset logscale x
    unset multiplot
    unset output
}
