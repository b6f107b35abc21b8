# CP4: the loss surface, the wedge where a constant synthetic gradient rests, and the way down that it does not see.
load 'plots/style.gp'
# cividis: even in lightness, safe for colour blindness, sound in grey
set palette defined (0 '#00224e', 1 '#123570', 2 '#3b496c', 3 '#575d6d', 4 '#707173', 5 '#8a8678', 6 '#a59c74', 7 '#c3b369', 8 '#e1cc55', 9 '#fee838')
L = 0.17
down(s) = s > 0 ? -L : s < 0 ? L : 0
rests(a, b, c) = a == 0 && b == 0 && c == 0
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "CP4: in the whole wedge |b| < |a| a constant SG is at rest, on a slope of 6"
    set xlabel "a"; set ylabel "b" rotate by 0
    set xrange [-2:2]; set yrange [-2:2]; set size ratio 1
    set cblabel "loss Σ |a x_i + b|" offset 1,0; set cbrange [0:14]; set cbtics 2
    unset grid
    set border 15
    set tics front
    set key outside left top vertical reverse Left samplen 2 width -6 spacing 1.6
    set arrow 1 from -2,-2 to 2,2 nohead front lc rgb 'white' lw 3.5 dt 1
    set arrow 2 from -2,2 to 2,-2 nohead front lc rgb 'white' lw 3.5 dt 1
    # level lines: max(6|a|, 4|a| + 2|b|, 4|b|) = 2, 4, 6, 8
    do for [k = 2:8:2] {
        set object k polygon from k/6.,k/6. to k/8.,k/4. to -k/8.,k/4. to -k/6.,k/6. to -k/6.,-k/6. to -k/8.,-k/4. to k/8.,-k/4. to k/6.,-k/6. to k/6.,k/6. \
            front fs empty border lc rgb '#e0e0e0' lw 1.2
    }
    plot dir.'/surface.dat' using 1:2:3 with image notitle, \
         NaN with lines lc rgb '#bbbbbb' lw 3.5 dt 1 title "edge, |b| = |a|", \
         dir.'/rest.dat' using (rests($5, $6, $7) && $3 != 0 ? $1 : 1/0):2:(down($3)):(0) with vectors head filled size 0.06,25 lc rgb 'white' lw 2.5 dt 1 notitle, \
         NaN with vectors head filled lc rgb '#bbbbbb' lw 2.5 dt 1 title "downhill, slope 6", \
         dir.'/rest.dat' using (rests($5, $6, $7) ? $1 : 1/0):2 with points pt 7 ps 1.0 lc rgb 'white' notitle, \
         dir.'/rest.dat' using (rests($5, $6, $7) ? $1 : 1/0):2 with points pt 7 ps 0.7 lc rgb sg_orange title "SG at rest, c = 0", \
         for [run in "0 3"] dir.'/paths.dat' using ($1 == run ? $3 : 1/0):4 with lines lw 6 dt 1 lc rgb 'black' notitle, \
         for [run in "0 3"] dir.'/paths.dat' using ($1 == run ? $3 : 1/0):4 with linespoints pt 5 ps 0.7 lw 2.5 dt 1 lc rgb sg_sky title (run eq "0" ? "backprop: down" : ""), \
         dir.'/paths.dat' using ($1 == 2 ? $3 : 1/0):4 with lines lw 7 dt 1 lc rgb 'black' notitle, \
         dir.'/paths.dat' using ($1 == 2 ? $3 : 1/0):4 with linespoints pt 7 ps 0.7 lw 3 dt 1 lc rgb sg_orange title "SG: falls in, stays"
    unset output
}
