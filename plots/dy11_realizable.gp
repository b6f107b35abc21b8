# DY11 on realizable data: how far down the line of fixed points small steps stay stable, against the delay.
load 'plots/style.gp'
x(tau) = tau + 1
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "DY11: the line of fixed points φ* + c (1, -1, 0) on realizable data"
    set logscale x; set xrange [1:130]; set yrange [*:-0.3]
    set xtics ("0" 1, "1" 2, "2" 3, "3" 4, "5" 6, "10" 11, "20" 21, "50" 51, "100" 101); set ytics 0.25
    set xlabel "delay τ"; set ylabel "smallest stable c"
    set key below center vertical maxrows 3 Left reverse samplen 3
    set object 1 rectangle from graph 0, first -0.5 to graph 1, graph 1 fs solid 0.15 noborder fc rgb sg_sky behind
    set label 1 "stable for every delay" at graph 0.03, first -0.42
    plot -0.5 lc rgb 'black' lw 2.5 dt 1 title "c = -1/2", \
         dir.'/c_limit.dat' using (x($1)):2 with lines lt 1 title "characteristic equation, the case's steps", \
         '' using (x($1)):3 with lines lt 3 title "steps 4 times smaller", \
         '' using (x($1)):4 with lines lt 4 title "16 times smaller", \
         dir.'/c_bisected.dat' using (x($1)):3 with points pt 6 ps 2 lw 2.5 lc rgb sg_orange title "bisected in the simulation"
    unset object 1; unset label 1
    unset output
}
