# NL6: ten ways to give the layers of one net their error, ordered by the test error that they end with (dots: mean, bars: range over seeds; dotted: backprop's).
# Beside each name, what the update of a hidden block waits for: for blocks above it to be read on the way down, for the loss only, or for nothing.
load 'plots/style.gp'
if (!exists("finding")) finding = "At its best rates every SG rule ends near backprop; feedback rules do not"
file = dir.'/curves.dat'; locks = dir.'/locks.dat'
stats file using 2 nooutput; epochs = STATS_max
array name[10] = ['backprop', 'SG in the middle', 'SGs, arriving', 'SGs, true', 'half SG, half true', 'SG + prop', 'feedback alignment', 'direct feedback', 'kickback', 'no propagation']
number(r, read) = int(system(sprintf("awk '$1 == %d && $4 == %d' %s | wc -l", r - 1, read, sg_shell(locks))))
waits(r) = number(r, 2) == 0 ? (number(r, 1) == 0 ? "nothing" : "the loss only") : number(r, 0) == 0 ? "all blocks above" : "those of its half"
# The place of each rule, from above.
order = system(sprintf("awk '$2 == %d { print 1 - $4, $1 + 1 }' %s | LC_ALL=C sort -g | awk '{ printf \"%%s \", $2 }'", epochs, sg_shell(file)))
array place[10]; do for [k = 1:words(order)] { place[int(word(order, k))] = k }
row(r) = place[int(r) + 1]
set multiplot title finding font ',21'
set yrange [words(order) + 0.6:0.4]; unset ytics; unset grid; unset border; unset xtics
set bmargin at screen 0.14; set tmargin at screen 0.85
set border 1; set grid xtics; set lmargin at screen 0.43; set rmargin at screen 0.97
do for [r = 1:10] {
    set label r name[r] at screen 0.225,first place[r] right textcolor rgb (r == 1 ? 'black' : r <= 6 ? sg_blue : sg_ink_orange)
    set label 10 + r waits(r) at screen 0.245,first place[r] left textcolor rgb sg_ink_grey
}
set label 21 "an update waits for" at screen 0.245,0.88 left textcolor rgb sg_ink_grey
set logscale x; set xrange [*:100]; set xtics (100, 50, 20, 10, 5, 2, 1) nomirror; set format x "%g"
set xlabel sprintf("test error after %d epochs (%%)", epochs); set offsets graph 0.03,0,0,0
set label 31 "● SG rules" at graph 0.98,0.94 right textcolor rgb sg_blue
set label 32 "■ others" at graph 0.98,0.87 right textcolor rgb sg_ink_orange
bp = real(system(sprintf("awk '$1 == 0 && $2 == %d { print 100 * (1 - $4) }' %s", epochs, sg_shell(file))))
set arrow 1 from bp, graph 0 to bp, graph 1 nohead lc rgb 'black' lw 2 dt 3
# within = x: a band of x on either side of backprop's error
if (exists("within")) { set object 1 rectangle from bp - within, graph 0 to bp + within, graph 1 fs solid 1 noborder fc rgb '#e3eef6' behind }
set label 33 (exists("within") ? sprintf("shaded: backprop\n± %g point", within) : "") at graph 0.98,0.8 right textcolor rgb sg_ink_grey
final(x) = column(2) == epochs ? 100 * x : 1/0
of_kind(r, first, last, x) = r + 1 >= first && r + 1 <= last ? x : 1/0
plot file using (of_kind($1, 1, 1, final(1 - $4))):(row($1)):(100 * (1 - $6)):(100 * (1 - $5)) with xerrorbars pt 7 ps 1.3 lw 2.5 dt 1 lc rgb 'black', \
     file using (of_kind($1, 2, 6, final(1 - $4))):(row($1)):(100 * (1 - $6)):(100 * (1 - $5)) with xerrorbars pt 7 ps 1.3 lw 2.5 dt 1 lc rgb sg_blue, \
     file using (of_kind($1, 7, 10, final(1 - $4))):(row($1)):(100 * (1 - $6)):(100 * (1 - $5)) with xerrorbars pt 5 ps 1.3 lw 2.5 dt 1 lc rgb sg_orange
unset multiplot
