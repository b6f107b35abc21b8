# DY3 under heavy ball: eigenvalues on the circle of radius sqrt(beta) or on the real axis, and the larger rectangle.
load 'plots/style.gp'
stats dir.'/spectrum.dat' using 5 nooutput
root = STATS_max
edge = 1 + root**2
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title sprintf("DY3: heavy ball (β = %.2g) widens both limits %.2g-fold", root**2, edge)
    set title "eigenvalues of the joint step"
    set xlabel "real part" offset 0,0.5; set ylabel "imaginary part"
    set xrange [-1.15:1.15]; set yrange [-1.15:1.15]; set size ratio 1
    set key at screen 0.47,0.02 right bottom
    set label 1 "√β" at -root*0.71+0.03,-root*0.71+0.06 left textcolor rgb sg_grey
    set label 3 "1" at -0.74,-0.74 right textcolor rgb sg_grey
    set parametric; set trange [0:2*pi]
    plot cos(t), sin(t) lc rgb sg_grey lw 1.5 dt 3 notitle, \
         root*cos(t), root*sin(t) lc rgb sg_grey lw 1.5 notitle, \
         dir.'/spectrum.dat' using 3:4 with points pt 6 ps 2.6 lw 2 lc rgb sg_orange title "finite differences of the step", \
         dir.'/spectrum.dat' using 1:2 with points pt 2 ps 1.4 lw 2 lc rgb sg_blue title "closed form"
    unset parametric; unset label 1; unset label 3
    set title "stable inside the rectangle only"
    set xlabel "μ λ_{max}(S_x) / 2"; set ylabel "ν λ_{max}(S_z) / 2"
    set xrange [0:1.3*edge]; set yrange [0:1.3*edge]
    set key at screen 0.98,0.02 right bottom
    set object 1 rectangle from 0,0 to edge,edge fs empty border lc rgb 'black' lw 2.5 front
    set object 2 rectangle from 0,0 to 1,1 fs empty border lc rgb 'black' lw 2 dt 2 front
    set style textbox opaque noborder fillcolor rgb 'white'
    set label 2 "without\nmomentum" at 0.5,0.6 center front boxed
    plot dir.'/rectangle.dat' using ($3 == 0 ? $1 : 1/0):2 with points pt 7 ps 0.7 lc rgb sg_blue title "returns", \
         '' using ($3 == 2 ? $1 : 1/0):2 with points pt 4 ps 0.9 lc rgb sg_yellow notitle, \
         '' using ($3 == 1 ? $1 : 1/0):2 with points pt 2 ps 0.8 lw 1.5 lc rgb sg_orange title "leaves"
    unset object 1; unset object 2; unset label 2
    unset multiplot
    unset output
}
