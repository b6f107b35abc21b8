# DY13: linear regression with the normalised SG, mu at 0.95 of its limit, from four starts.  Left, |Phi - Phi*| never grows, whatever
# the weights do.  Right, the weights: they may first be carried off, and end at least squares.
load 'plots/style.gp'
ways = dir.'/ways.dat'
name(k) = k == 2 ? "W = 0, Φ = 0" : k == 6 ? "c = -3, where DY5 stalls" : k == 10 ? "W and Φ large" : "W and Φ large, another"
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set multiplot layout 1,2 title "DY13: from every start |Φ - Φ*| only falls, and then the weights go to least squares"
    set xlabel "step"; set xrange [0:900]
    set title "the SG: |Φ - Φ*| over its start"
    set logscale y; set format y "10^{%T}"; set yrange [1e-11:3]; set key left bottom Left reverse samplen 2
    plot for [k in "2 6 10 14"] ways using ($2 == k ? $3 : 1/0):4 with lines lt (int(k)/4+1) title name(int(k))
    set title "the weights: |W - W_{LS}|, W_{LS} by dgelsd"
    set yrange [1e-10:1e4]; set key right top
    plot for [k in "2 6 10 14"] ways using ($2 == k ? $3 : 1/0):5 with lines lt (int(k)/4+1) title ""
    unset logscale y; set format y
    unset multiplot
    unset output
}
