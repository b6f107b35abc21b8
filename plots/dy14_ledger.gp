# DY14: the weights around an SG come apart by exactly what its own weights have learned; what is left over is rounding.
load 'plots/style.gp'
stats dir.'/ledger.dat' using 1 nooutput
end = STATS_max
last(v) = sprintf("< awk '$1 == %d { y = $3 } END { print y }' %s", v, sg_shell(dir.'/broken.dat'))
array at[6]
do for [v = 0:5] { stats last(v) using 1 nooutput; at[v + 1] = STATS_max }
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot title "DY14: what a synthetic gradient unbalances, its own weights have paid for"
    set origin 0,0; set size 0.5,0.94
    set title "both sides of the ledger move, together"
    set xlabel "step"; set ylabel "change since the start" offset 1
    set xrange [0:end]; set yrange [-0.4:2.6]; set xtics end/4; unset key
    set label 1 "tr(W_2^TW_2 − W_3W_3^T) around the SG" at end*0.3,2.42 tc rgb sg_blue
    set label 2 "2 tr(A)/κ, the SG between them" at end*0.3,1.5 tc rgb sg_orange
    set label 3 "the two boundaries without an SG" at end*0.28,0.16 tc rgb sg_grey
    plot dir.'/ledger.dat' every 3::0 using 1:4 with lines lc rgb sg_grey lw 2 dt 1, \
         '' every 3::2 using 1:4 with lines lc rgb sg_grey lw 2 dt 1, \
         '' every 3::1 using 1:4 with lines lc rgb sg_sky lw 8 dt 1, \
         '' every 3::1 using 1:($5+$6) with lines lc rgb sg_orange lw 4 dt 2
    unset label
    set origin 0.5,0; set size 0.5,0.94
    set title "what is left over, all boundaries"
    set xlabel "step"; unset ylabel
    set logscale xy; set format y "10^{%L}"; set format x "10^{%L}"; set xtics autofreq
    set xrange [1:end*60]; set yrange [1e-16:1e4]
    set label 1 "no term h" at end*1.3,3*at[6] tc rgb sg_pink
    set label 2 "sigmoid units" at end*1.3,0.6*at[5] tc rgb sg_orange
    set label 3 "Adam" at end*1.3,0.8*at[4] tc rgb '#2a83b8'
    set label 4 "momentum" at end*1.3,0.6*at[3] tc rgb '#a86f00'
    set label 5 "SG first" at end*1.3,at[2] tc rgb sg_green
    set label 6 "as stated" at end*1.3,at[1] tc rgb sg_blue
    set label 7 "bound on rounding" at 2,2e-11 tc rgb sg_blue
    plot dir.'/broken.dat' using ($1==0?$2:NaN):4 with lines lc rgb sg_blue lw 2 dt 3, \
         '' using ($1==0?$2:NaN):3 with lines lc rgb sg_blue lw 4 dt 1, \
         '' using ($1==1?$2:NaN):3 with lines lc rgb sg_green lw 2.5 dt 1, \
         '' using ($1==2?$2:NaN):3 with lines lc rgb sg_yellow lw 2.5 dt 1, \
         '' using ($1==3?$2:NaN):3 with lines lc rgb sg_sky lw 2.5 dt 1, \
         '' using ($1==4?$2:NaN):3 with lines lc rgb sg_orange lw 2.5 dt 1, \
         '' using ($1==5?$2:NaN):3 with lines lc rgb sg_pink lw 2.5 dt 1
    unset logscale; unset label; set format "%g"
    unset multiplot
    unset output
}
