# DY3: the predicted spectrum over the measured one, and the stability rectangle in (mu, nu) with simulated fates.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY3: one step of weights and synthetic gradient, near the least-squares solution"
    set title "eigenvalues of the joint step"
    set xlabel "real part" offset 0,0.5; set ylabel "imaginary part"
    set xrange [-1.15:1.15]; set yrange [-1.15:1.15]; set size ratio 1
    set key at screen 0.47,0.02 right bottom
    set parametric; set trange [0:2*pi]
    plot cos(t), sin(t) lc rgb sg_grey lw 1.5 dt 3 title "unit circle", \
         dir.'/spectrum.dat' using 4:5 with points pt 6 ps 2.6 lw 2 lc rgb sg_orange title "finite differences of the step", \
         dir.'/spectrum.dat' using 1:(0) with points pt 2 ps 1.4 lw 2 lc rgb sg_blue title "closed form"
    unset parametric
    set title "stable inside the rectangle only"
    set xlabel "μ λ_{max}(S_x) / 2"; set ylabel "ν λ_{max}(S_z) / 2"
    set xrange [0:1.3]; set yrange [0:1.3]
    set key at screen 0.98,0.02 right bottom
    set object 1 rectangle from 0,0 to 1,1 fs empty border lc rgb 'black' lw 2.5 front
    plot dir.'/rectangle.dat' using ($3 == 0 ? $1 : 1/0):2 with points pt 7 ps 0.7 lc rgb sg_blue title "returns", \
         '' using ($3 == 2 ? $1 : 1/0):2 with points pt 4 ps 0.9 lc rgb sg_yellow notitle, \
         '' using ($3 == 1 ? $1 : 1/0):2 with points pt 2 ps 0.8 lw 1.5 lc rgb sg_orange title "leaves"
    unset object 1
    unset multiplot
    unset output
}
