# DY11 on realizable data, where the SG's solutions form a line φ* + c (1, −1, 0): how far down that line training is stable, against the delay. Lines: from
# the characteristic equation, at the case's learning rates and at smaller ones; rings: bisected in the simulation. From c = −1/2 up (shaded) every delay is.
load 'plots/style.gp'
x(tau) = tau + 1
end(column_of) = real(system(sprintf("awk '!/^#/ { y = $%d } END { print y }' %s", column_of, sg_shell(dir.'/c_limit.dat'))))
set title "On realizable data any delay is stable from c = −1/2 up" 
set logscale x; set xrange [1:640]; set yrange [-1.45:-0.2]
set xtics ("0" 1, "1" 2, "2" 3, "3" 4, "5" 6, "10" 11, "20" 21, "50" 51, "100" 101); set ytics 0.25
set xlabel "delay τ in steps (axis: log(τ + 1))"; set ylabel "place c on the line of solutions"
set object 1 rectangle from graph 0, first -0.5 to graph 1, graph 1 fs solid 0.18 noborder fc rgb sg_sky behind
set label 1 "c > −1/2: stable for every delay" at graph 0.03, first -0.35 textcolor rgb sg_blue
set label 2 "stable above its line" at 1.15,-0.8 left
set label 3 "unstable below it" at 8,-1.39 left
set label 4 "rates μ and ν" at 135,end(2) - 0.03 left textcolor rgb sg_blue
set label 5 "a quarter of both" at 135,end(3) - 0.05 left textcolor rgb sg_ink_green
set label 6 "a sixteenth" at 135,end(4) left textcolor rgb sg_ink_pink
set label 7 "○ bisected" at 9,-0.68 right textcolor rgb sg_ink_orange
plot -0.5 lc rgb 'black' lw 2 dt 1, \
     dir.'/c_limit.dat' using (x($1)):2 with lines lt 1, \
     dir.'/c_limit.dat' using (x($1)):3 with lines lt 3, \
     dir.'/c_limit.dat' using (x($1)):4 with lines lt 4, \
     dir.'/c_bisected.dat' using (x($1)):3 with points pt 6 ps 2 lw 2.5 lc rgb sg_orange
