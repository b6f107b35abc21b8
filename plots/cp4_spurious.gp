# CP4: a loss whose slope is the same all over the wedge |b| < |a|, so that the error signal averages to nothing and a constant SG rests there (dots) although
# the loss slopes (arrows). Backprop goes down to the minimum; a run with the SG falls into the wedge and stays. Thin lines: equal loss.
load 'plots/style.gp'
# cividis: even in lightness, safe for colour blindness, sound in grey
set palette defined (0 '#00224e', 1 '#123570', 2 '#3b496c', 3 '#575d6d', 4 '#707173', 5 '#8a8678', 6 '#a59c74', 7 '#c3b369', 8 '#e1cc55', 9 '#fee838')
L = 0.34
down(s) = s > 0 ? -L : s < 0 ? L : 0
whole(x) = abs(2 * x - floor(2 * x + 0.5)) < 1e-9                   # every second of the grid's points
rests(a, b, c) = a == 0 && b == 0 && c == 0
stats dir.'/rest.dat' using (rests($5, $6, $7) ? abs($3) : NaN) nooutput; slope = STATS_max
set title sprintf("A constant SG rests in a whole wedge, where the loss has slope %.3g", slope)
set xlabel "weight a"; set ylabel "weight b"
set lmargin at screen 0.33; set rmargin at screen 0.81; set bmargin at screen 0.15; set tmargin at screen 0.9
set xrange [-2:2]; set yrange [-2:2]; set tics 1
set cblabel "loss Σ |a x_i + b|" offset 1,0; set cbrange [0:14]; set cbtics 2
unset grid; set border 15; set tics front
set arrow 1 from -2,-2 to 2,2 nohead front lc rgb 'white' lw 3.5 dt 1
set arrow 2 from -2,2 to 2,-2 nohead front lc rgb 'white' lw 3.5 dt 1
# level lines: max(6|a|, 4|a| + 2|b|, 4|b|) = 2, 4, 6, 8
do for [k = 2:8:2] {
    set object k polygon from k/6.,k/6. to k/8.,k/4. to -k/8.,k/4. to -k/6.,k/6. to -k/6.,-k/6. to -k/8.,-k/4. to k/8.,-k/4. to k/6.,-k/6. to k/6.,k/6. \
        front fs empty border lc rgb '#e0e0e0' lw 1.2
}
set label 1 "SG rests" at -1.98,0.25 left front textcolor rgb 'black'
set label 2 "SG rests" at 1.98,0.25 right front textcolor rgb 'black'
set label 8 "SG moves" at 0,1.78 center front textcolor rgb 'white'
set label 9 "SG moves" at 0,-1.78 center front textcolor rgb 'white'
set label 3 "━ backprop\n    goes down" at screen 0.015,0.55 left textcolor rgb sg_ink_sky
set label 4 "━ a run with the SG\n    falls into the\n    wedge and stays" at screen 0.015,0.76 left textcolor rgb sg_ink_orange
set label 5 "● SG at rest" at screen 0.015,0.38 left textcolor rgb sg_ink_orange
set label 6 "white arrows:\n    downhill" at screen 0.015,0.31 left textcolor rgb sg_ink_grey
set label 7 "white lines:\n    |b| = |a|" at screen 0.015,0.205 left textcolor rgb sg_ink_grey
plot dir.'/surface.dat' using 1:2:3 with image, \
     dir.'/rest.dat' using (rests($5, $6, $7) && $3 != 0 && whole($1) && whole($2) ? $1 : 1/0):2:(down($3)):(0) with vectors head filled size 0.1,25 lc rgb 'white' lw 2.5 dt 1, \
     '' using (rests($5, $6, $7) && whole($1) && whole($2) ? $1 : 1/0):2 with points pt 7 ps 1.2 lc rgb 'white', \
     '' using (rests($5, $6, $7) && whole($1) && whole($2) ? $1 : 1/0):2 with points pt 7 ps 0.9 lc rgb sg_orange, \
     for [run in "0 3"] dir.'/paths.dat' using ($1 == run ? $3 : 1/0):4 with lines lw 6 dt 1 lc rgb 'black', \
     for [run in "0 3"] dir.'/paths.dat' using ($1 == run ? $3 : 1/0):4 with lines lw 3 dt 1 lc rgb sg_sky, \
     dir.'/paths.dat' using ($1 == 2 ? $3 : 1/0):4 with lines lw 7 dt 1 lc rgb 'black', \
     dir.'/paths.dat' using ($1 == 2 ? $3 : 1/0):4 with lines lw 4 dt 1 lc rgb sg_orange
