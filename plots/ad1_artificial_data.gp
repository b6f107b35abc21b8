# AD1: the gaps of all seeds, set by set in ascending order, predicted and trained; the recalled value of the paper is a bar across.
load 'plots/style.gp'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "AD1: what a linear SG costs under the log loss, shallow models"
    set logscale y; set format y "10^{%T}"; set yrange [5e-15:1]
    set xrange [-0.55:5.55]; unset xtics
    set ylabel "loss at the SG's resting point less the infimum"
    set xtics ("linear2" 0, "linear100" 1, "noisy2" 2, "noisy100" 3, "random2" 4, "random100" 5) scale 0
    set grid noxtics
    set key bottom left
    plot dir.'/gaps.dat' using ($1 + 0.8 * ($2 - 0.5)):4 with points pt 6 ps 1.5 lw 1.5 lc rgb sg_orange title "where training stopped", \
         '' using ($1 + 0.8 * ($2 - 0.5)):3 with points pt 7 ps 0.6 lc rgb sg_blue title "predicted by CP6, seeds in ascending order", \
         dir.'/sets.dat' using ($1 - 0.45):($2 > 0 ? $2 : 5e-6):(0.9):(0) with vectors nohead lw 3 lc rgb 'black' dt 1 title "the paper's value, recalled (0.00000: below 5e-6)", \
         '' using ($2 > 0 ? NaN : $1):(5e-6):(0):(-4.2e-6) with vectors head filled lw 2 lc rgb 'black' dt 1 notitle, \
         '' using 1:(0.45):(sprintf("%d of %d finite", $3, $4)) with labels font ',14' textcolor rgb '#444444' notitle
    unset output
}
