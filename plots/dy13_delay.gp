# DY13: pairs that are tau steps late, from W = 0, Phi = 0, mu at half of backprop's limit.  Every tau converges, after some 2 tau steps more.
load 'plots/style.gp'
ways = dir.'/ways.dat'
do for [pass = 1:2] {
    eval sg_terminal(pass)
    set title "DY13: pairs τ steps late only start later: every τ converges, from W = 0 and any μ below backprop's limit"
    set xlabel "step"; set ylabel "|W - W_{LS}|"; set xrange [0:1400]
    set logscale y; set format y "10^{%T}"; set yrange [1e-10:1e3]; set key right top samplen 2.5
    plot for [k = 1:6] ways using ($2 == 1 && $1 == int(word("0 1 5 20 50 200", k)) ? $3 : 1/0):5 with lines lt k title "τ = ".word("0 1 5 20 50 200", k)
    unset logscale y; set format y
    unset output
}
