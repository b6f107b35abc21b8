# NL6: ten ways to give the layers of one net their error, ordered by the test error that they end with (dots: mean, bars: range over seeds). Beside each name,
# what an update waits for: a row is the hidden block that is updated, a column the block above it; dark: it is read on the way down, light: it is felt through
# the loss only, grey: not at all.
load 'plots/style.gp'
if (!exists("finding")) finding = "At its best rates every SG rule ends near backprop; feedback rules do not"
file = dir.'/curves.dat'; locks = dir.'/locks.dat'
stats file using 2 nooutput; epochs = STATS_max
stats locks using 2 nooutput; depth = STATS_max
array name[10] = ['backprop', 'SG in the middle', 'SGs, arriving', 'SGs, true', 'half SG, half true', 'SG + prop', 'feedback alignment', 'direct feedback', 'kickback', 'no propagation']
kind(r) = r == 1 ? 0x000000 : r <= 6 ? 0x0072B2 : 0xD55E00
shade(read) = read == 2 ? 0x0072B2 : read == 1 ? 0x9CC9E6 : 0xEBEBEB
# The place of each rule, from above.
order = system(sprintf("awk '$2 == %d { print 1 - $4, $1 + 1 }' %s | LC_ALL=C sort -g | awk '{ printf \"%%s \", $2 }'", epochs, sg_shell(file)))
array place[10]; do for [k = 1:words(order)] { place[int(word(order, k))] = k }
row(r) = place[int(r) + 1]
set multiplot title finding font ',21'
set yrange [words(order) + 0.6:0.4]; unset ytics; unset grid; unset border; unset xtics
set bmargin at screen 0.14; set tmargin at screen 0.85
set lmargin at screen 0.22; set rmargin at screen 0.36
set xrange [1.2:depth + 1.8]
do for [r = 1:10] { set label r name[r] at screen 0.215,first place[r] right font ',17' textcolor rgb (r == 1 ? 'black' : r <= 6 ? sg_blue : sg_ink_orange) }
set label 20 "an update waits for" at screen 0.29,0.885 center
set label 21 "block above: 2 … output" at screen 0.29,0.115 center font ',15'
set label 22 "dark: read,  light: felt through the loss,  grey: not felt" at screen 0.02,0.04 left font ',15'
set style fill solid 1 noborder
high = 0.76 / depth
plot locks using 3:(row($1)):($3 - 0.44):($3 + 0.44):(row($1) - 0.38 + high * (depth - $2)):(row($1) - 0.38 + high * (depth - $2 + 0.86)):(shade($4)) with boxxyerror lc rgb variable
unset label
set border 1; set grid xtics; set lmargin at screen 0.42; set rmargin at screen 0.97
set logscale x; set xrange [*:1]; set xtics (1, 0.5, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01) nomirror; set format x "%g"
set xlabel sprintf("test error after %d epochs", epochs); set offsets graph 0.03,0,0,0
set label 1 "SG rules" at graph 0.98,0.94 right textcolor rgb sg_blue
set label 2 "others" at graph 0.98,0.87 right textcolor rgb sg_ink_orange
final(x) = column(2) == epochs ? x : 1/0
plot file using (final(1 - $4)):(row($1)):(1 - $6):(1 - $5):(kind($1 + 1)) with xerrorbars pt 7 ps 1.3 lw 2.5 lc rgb variable
unset multiplot
