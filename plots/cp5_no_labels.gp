# CP5: where runs without labels end.  Left, S_x = I: on the circle, or at 0; right, correlated features: on an ellipse, along curves.
load 'plots/style.gp'
runs = 29
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title "CP5: without labels the end of a run is where its path meets the set, not least squares"
    set tmargin at screen 0.87; set bmargin at screen 0.21
    unset grid
    set border 15
    set size ratio 1
    set xrange [-2.05:2.05]; set yrange [-2.05:2.05]; set xtics 1; set ytics 1
    set xlabel "w_1" offset 0,0.7; set ylabel "w_2" rotate by 0
    do for [panel = 0:1] {
        set title panel == 0 ? "S_x = I: straight lines onto the sphere, or to 0" : "correlated features: curves exp(-A S_x) w_0"
        set lmargin at screen 0.07 + 0.5 * panel; set rmargin at screen 0.49 + 0.5 * panel
        unset key
        plot for [k = 0:5] dir.'/levels.dat' using ($1 == panel && $2 == k ? $3 : NaN):4 with lines lc rgb '#cccccc' lw 1 dt 1 notitle, \
             for [r = 0:runs-1] dir.'/runs.dat' using ($1 == panel && $2 == r && $5 > 0 ? $3 : NaN):4 with lines lc rgb sg_blue lw 2 dt 1 notitle, \
             for [r = 0:runs-1] dir.'/runs.dat' using ($1 == panel && $2 == r && $5 <= 0 ? $3 : NaN):4 with lines lc rgb sg_pink lw 2 dt 2 notitle, \
             dir.'/set.dat' using ($1 == panel && $4 > 0 ? $2 : NaN):3 with lines lc rgb 'black' lw 3 dt 1 notitle, \
             dir.'/set.dat' using ($1 == panel && $4 <= 0 ? $2 : NaN):3 with lines lc rgb sg_yellow lw 4 dt 3 notitle, \
             dir.'/runs.dat' using ($1 == panel && $6 >= 1 ? $3 : NaN):4 with points pt 7 ps 0.9 lc rgb sg_orange notitle, \
             dir.'/best.dat' using ($1 == panel ? $2 : NaN):3 with points pt 3 ps 2.2 lw 3 lc rgb sg_green notitle
    }
    # the key, in a row of its own
    set lmargin at screen 0; set rmargin at screen 1; set tmargin at screen 0.105; set bmargin at screen 0.0
    unset border; unset tics; unset xlabel; unset ylabel; unset title; set size noratio
    set key center center horizontal samplen 2.5 maxrows 2 width 1
    plot NaN with lines lc rgb sg_blue lw 2.5 dt 1 title "run, w_0·w* > 0", \
         NaN with lines lc rgb sg_pink lw 2.5 dt 2 title "run, w_0·w* < 0", \
         NaN with lines lc rgb 'black' lw 3 dt 1 title "SG-critical, attracts", \
         NaN with lines lc rgb sg_yellow lw 4 dt 3 title "SG-critical, repels", \
         NaN with points pt 7 ps 1.2 lc rgb sg_orange title "end of a run", \
         NaN with points pt 3 ps 2 lw 3 lc rgb sg_green title "least squares, w*", \
         NaN with lines lc rgb '#bbbbbb' lw 1.5 dt 1 title "equal loss"
    unset multiplot
    reset
    load 'plots/style.gp'
    unset output
}
