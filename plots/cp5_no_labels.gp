# CP5: linear regression with two weights and an SG that does not see the label. Runs (lines) end (dots) where they meet a circle through least squares w*, or
# at 0; with correlated features it is an ellipse, part of which repels (dotted). Thin grey: equal loss.
load 'plots/style.gp'
runs = 29
set multiplot title "Without labels training stops on a sphere, not at least squares" font sg_big
unset grid; set border 15
set xrange [-2.5:2.5]; set yrange [-2.5:2.5]; set xtics 1; set ytics 1
set xlabel "weight w_1" offset 0,0.4; set ylabel "weight w_2" offset 1,0
do for [panel = 0:1] {
    eval sg_panel(0.085 + 0.505 * panel, 0.48 + 0.505 * panel); set bmargin at screen 0.15; set tmargin at screen 0.767
    set title panel == 0 ? "white features, S_x = I: a circle" : "correlated features: an ellipse"
    stats dir.'/best.dat' using ($1 == panel ? $2 : NaN) nooutput; best_x = STATS_max
    stats dir.'/best.dat' using ($1 == panel ? $3 : NaN) nooutput; best_y = STATS_max
    unset label
    if (panel == 0) {
        set label 1 "dashed: on to 0" at -2.4,-2.25 left textcolor rgb sg_ink_pink
        set label 2 "solid: on to the sphere" at 2.4,-2.25 right textcolor rgb sg_blue
        set label 3 "◇ least squares w*" at 2.4,2.2 right textcolor rgb sg_ink_green
        set label 4 "● where\n   runs end" at -2.4,2.2 left textcolor rgb sg_ink_orange
        set arrow 1 from 1.7,2 to best_x + 0.07,best_y + 0.17 head filled size 0.12,20 lc rgb sg_green lw 1.5 dt 1 front
    } else {
        unset arrow 1
        set label 1 "dotted part of the set: repels" at 2.4,-2.25 right textcolor rgb sg_ink_yellow
        set label 2 "solid part of the set: attracts" at 2.4,2.2 right
    }
    plot for [k = 0:5] dir.'/levels.dat' using ($1 == panel && $2 == k ? $3 : NaN):4 with lines lc rgb '#dddddd' lw 1 dt 1, \
         for [r = 0:runs-1] dir.'/runs.dat' using ($1 == panel && $2 == r && $5 > 0 ? $3 : NaN):4 with lines lc rgb sg_blue lw 2 dt 1, \
         for [r = 0:runs-1] dir.'/runs.dat' using ($1 == panel && $2 == r && $5 <= 0 ? $3 : NaN):4 with lines lc rgb sg_pink lw 2 dt 2, \
         dir.'/set.dat' using ($1 == panel && $4 > 0 ? $2 : NaN):3 with lines lc rgb 'black' lw 3.5 dt 1, \
         dir.'/set.dat' using ($1 == panel && $4 <= 0 ? $2 : NaN):3 with lines lc rgb sg_yellow lw 4.5 dt 3, \
         dir.'/runs.dat' using ($1 == panel && $6 >= 1 ? $3 : NaN):4 with points pt 7 ps 1.0 lc rgb sg_orange, \
         dir.'/best.dat' using ($1 == panel ? $2 : NaN):3 with points pt 12 ps 3 lw 3.5 lc rgb sg_green
}
unset multiplot
