# AD1: by how much the loss at an SG's resting point exceeds its infimum, on the six data sets of the paper, for random seeds: a dot is what CP6 predicts for
# a seed, a ring where its training stopped, the bar the paper's value, as recalled. The seeds of a set are in the order of what is predicted.
load 'plots/style.gp'
array name[6] = ["linear2", "linear100", "noisy2", "noisy100", "random2", "random100"]
# set, place among its seeds from 0 to 1, predicted, trained
ordered = "< awk '!/^#/' ".sg_shell(dir.'/gaps.dat')." | LC_ALL=C sort -k1,1n -k3,3g | awk '{ n[$1]++; of[NR] = $1; at[NR] = n[$1]; rest[NR] = $3 \" \" $4 } END { for (k = 1; k <= NR; k++) print of[k], (n[of[k]] > 1 ? (at[k] - 1) / (n[of[k]] - 1) : 0.5), rest[k] }'"
set title "Under the log loss a linear SG stops short of the optimum, as predicted"
set xtics ("" 0) scale 0
do for [k = 1:6] {
    stats dir.'/sets.dat' using ($1 == k - 1 ? $3 : NaN) nooutput; finite = STATS_max
    stats dir.'/sets.dat' using ($1 == k - 1 ? $4 : NaN) nooutput
    set xtics add (sprintf("%s\n%d of %d", name[k], finite, STATS_max) k - 1)
}
set logscale y; set format y "10^{%T}"; set yrange [5e-15:3]; set ytics 100
set xrange [-0.55:5.55]; set bmargin 5.3; set grid noxtics
set xlabel "data set, and how many of its seeds have a finite optimum; in each, seeds in order" offset 0,-0.9
set ylabel "loss above its infimum (nats a sample)"
set label 1 "● predicted for a seed" at -0.3,1e-8 left textcolor rgb sg_blue
set label 2 "○ where training stopped" at -0.3,1e-9 left textcolor rgb sg_ink_orange
set label 3 "▬ the paper's value" at -0.3,1e-10 left
set label 4 "the paper:\n< 0.000005" at 3.95,2e-3 center
beside(k, x) = k + 0.84 * (x - 0.5)
plot ordered using (beside($1, $2)):4 with points pt 6 ps 1.5 lw 2.2 lc rgb sg_orange, \
     '' using (beside($1, $2)):3 with points pt 7 ps 0.5 lc rgb sg_blue, \
     dir.'/sets.dat' using ($1 - 0.42):($2 > 0 ? $2 : 5e-6):(0.84):(0) with vectors nohead lw 3 lc rgb 'black' dt 1, \
     '' using ($2 > 0 ? NaN : $1):(5e-6):(0):(-4.2e-6) with vectors head filled lw 2 lc rgb 'black' dt 1
