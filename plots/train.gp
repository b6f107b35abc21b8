# A training: the loss of each rule over the epochs (left), mean and range over seeds; accuracy (upper right); how far each SG is from the true gradient,
# over the gradient's size (lower right), dotted the least that a linear SG could have.  The bars below say when DY6's tracking condition holds.
load 'plots/style.gp'
file = dir.'/curves.dat'; sgs = dir.'/sgs.dat'; labels = dir.'/labels.txt'
line(i) = system(sprintf("sed -n %dp %s", i, sg_shell(labels)))
stats file using 1 nooutput; rules = int(STATS_max) + 1
stats file using 3 nooutput; last = STATS_max
stats file using 4 nooutput; time = STATS_max == last ? "step, all rows in each" : "epoch"
more(f) = int(system(sprintf("grep -vc '^#' %s || true", sg_shell(f)))) > 0
has_sg = more(sgs)
there(k) = int(system(sprintf("awk '!/^#/ && $%d !~ /nan/ {n++} END {print n + 0}' %s", k, sg_shell(file)))) > 0
test = there(19); right = test ? 19 : 13; has_accuracy = there(right)
# Colour, dash: the case itself is blue and solid, backprop black and dashed as it is in every figure.
is_bp(r) = line(r + 2) eq 'backprop' && r > 0
array ink[7] = [sg_blue, sg_ink_orange, sg_ink_green, sg_ink_pink, sg_ink_yellow, sg_ink_sky, sg_ink_grey]
array hue[7] = [sg_blue, sg_orange, sg_green, sg_pink, sg_yellow, sg_sky, sg_grey]
lettering(r) = is_bp(r) ? 'black' : ink[r + 1]
colour(r) = is_bp(r) ? 'black' : hue[r + 1]
dash(r) = is_bp(r) ? 2 : 1
only(r) = sprintf("< awk '!/^#/ && $1 == %d' %s", r, sg_shell(file))
sg_of(r, l) = sprintf("< awk '!/^#/ && $1 == %d && $2 == %d' %s", r, l, sg_shell(sgs))
layers_of(r) = has_sg ? system(sprintf("awk '!/^#/ && $1 == %d && !s[$2]++ {printf \"%%s \", $2}' %s", r, sg_shell(sgs))) : ""
# Each SG as RULE:LAYER, and those of rules with several, which numbers tell apart.  (A plot over an empty list is evaluated once, so there is one list.)
pairs = has_sg ? system(sprintf("awk '!/^#/ && !s[$1 \":\" $2]++ {printf \"%%s:%%s \", $1, $2}' %s", sg_shell(sgs))) : ""
rule_of(p) = int(p[1:strstrt(p, ":") - 1]); layer_of(p) = int(p[strstrt(p, ":") + 1:*])
last_error(p) = real(system(sprintf("awk '!/^#/ && $1 == %d && $2 == %d {v = $10} END {print v + 0}' %s", rule_of(p), layer_of(p), sg_shell(sgs))))
stats file using ($11 > 0 ? $11 : 1/0) nooutput; low = STATS_min
stats file using ($12 > 0 ? $12 : 1/0) nooutput; high = STATS_max
low = 0.8 * low; high = 1.25 * high
# Where each curve ends, as a share of the axis, and labels that do not lie on one another.
array end[rules]; array place[rules]; array order[rules]
do for [r = 1:rules] {
    stats only(r - 1) using 10 nooutput
    e = real(system(sprintf("awk '!/^#/ && $1 == %d {v = $10} END {print v + 0}' %s", r - 1, sg_shell(file))))
    end[r] = e > low ? log(e / low) / log(high / low) : 0; end[r] = end[r] > 1 ? 1 : end[r]; order[r] = r
}
do for [a = 1:rules] { do for [b = 1:rules - 1] { if (end[order[b]] > end[order[b + 1]]) { t = order[b]; order[b] = order[b + 1]; order[b + 1] = t } } }
gap = 0.055
do for [k = 1:rules] { r = order[k]; place[r] = end[r]; if (k > 1) { if (place[r] < place[order[k - 1]] + gap) { place[r] = place[order[k - 1]] + gap } } }
over = place[order[rules]] > 1 ? place[order[rules]] - 1 : 0
do for [r = 1:rules] { place[r] = place[r] - over }
long = strlen(line(1)) > 85
# A long headline takes two lines of about the same length.
headline = long ? system(sprintf("sed -n 1p %s | fold -s -w %d", sg_shell(labels), strlen(line(1)) < 158 ? strlen(line(1)) / 2 + 8 : 85)) : line(1)
# The rules with SGs have a bar each.
array bar[rules]; bars = 0
do for [r = 1:rules] { if (strlen(layers_of(r - 1)) > 0) { bar[r] = bars; bars = bars + 1 } }
fitted(r, l) = sprintf("< awk '!/^#/ && $1 == %d && $2 == %d && $16 !~ /nan/' %s", r, l, sg_shell(sgs))
two = has_accuracy && has_sg
top = 1.2; if (has_sg) { stats sgs using 10 nooutput; top = STATS_max > 3 ? 3 : (STATS_max < 1.1 ? 1.2 : 1.05 * STATS_max) }
up = long ? 0.875 : 0.9                # under a headline of two lines
set multiplot title headline font (long ? ',15' : ',19') noenhanced
set lmargin at screen 0.1; set rmargin at screen (has_accuracy || has_sg ? 0.43 : 0.72); set bmargin at screen 0.15; set tmargin at screen up
set xlabel time; set ylabel "training loss" offset 2.2,0 font ',16'; set logscale y; set format y "%g"
if (high / low < 50) { set ytics (1); do for [e = -9:9] { do for [m in "1 2 5"] { set ytics add (sprintf("%g", m * 10.0**e) m * 10.0**e) } } } else { set ytics autofreq }
set xrange [0:last]; set yrange [low:high]; unset key
set style fill transparent solid 0.18 noborder
do for [r = 1:rules] { set label r line(r + 1) at graph 1.03, graph place[r] left noenhanced textcolor rgb lettering(r - 1) font ',14' }
plot for [r = 0:rules - 1] only(r) using 3:11:12 with filledcurves fc rgb colour(r), \
     for [r = 0:rules - 1] only(r) using 3:10 with lines lc rgb colour(r) lw 3 dt dash(r)
do for [r = 1:rules] { unset label r }
unset logscale y; set format y "%g"
set lmargin at screen 0.72; set rmargin at screen 0.97; set ytics autofreq
if (has_accuracy) {
    set bmargin at screen (two ? 0.6 : 0.15); set tmargin at screen up
    set ylabel (test ? "test accuracy" : "accuracy") offset 1.5,0 font ',16'; set yrange [0:1]; set ytics 0, 0.2
    if (two) { unset xlabel; set format x "" }
    plot for [r = 0:rules - 1] only(r) using 3:(column(right + 1)):(column(right + 2)) with filledcurves fc rgb colour(r), \
         for [r = 0:rules - 1] only(r) using 3:(column(right)) with lines lc rgb colour(r) lw 3 dt dash(r)
    set xlabel time; set format x "%g"
}
if (has_sg) {
    set bmargin at screen 0.15; set tmargin at screen (two ? 0.52 : 0.88)
    set ylabel "error of the SG, |s - g| / |g|" offset 1.5,0 font ',16'; set yrange [-0.09 * top * (bars + 1.4):top]; set ytics 0, (top > 2 ? 1 : 0.5)
    set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead lc rgb sg_grey lw 1.2 dt 3
    set label 1 "at 1 no better than s = 0; dotted: the least possible" at graph 0.98, graph (two ? 1.07 : 1.03) right textcolor rgb '#444444' font ',13'
    set label 2 "bars: small steps lower the loss (DY6)" at graph 0.02, first (-0.09 * top * (bars + 1.4)) left offset 0,0.6 textcolor rgb '#444444' font ',13'
    # The layer of each curve of a rule with several, at its end.
    n = words(pairs); array y[n]; gap = 0.055 * top * (1 + 0.09 * (bars + 1))
    do for [i = 1:n] { p = word(pairs, i); y[i] = words(layers_of(rule_of(p))) > 1 ? (last_error(p) < top ? last_error(p) : top) : -10 * i * top }
    eval sg_apart
    do for [i = 1:n] { p = word(pairs, i); if (y[i] > -top) { set label 20 + i sprintf("%d", layer_of(p)) at graph 1.01, first y[i] left textcolor rgb lettering(rule_of(p)) font ',13' } }
    plot for [p in pairs] sg_of(rule_of(p), layer_of(p)) using 3:11:12 with filledcurves fc rgb colour(rule_of(p)), \
         for [p in pairs] sg_of(rule_of(p), layer_of(p)) using 3:10 with lines lc rgb colour(rule_of(p)) lw 3 dt dash(rule_of(p)), \
         for [p in pairs] fitted(rule_of(p), layer_of(p)) using 3:16 with lines lc rgb colour(rule_of(p)) lw 2 dt 3, \
         for [r = 0:rules - 1] only(r) using 3:(strlen(layers_of(r)) > 0 && $22 < 1 ? -0.09 * top * (bar[r + 1] + 0.5) : 1/0) with points pt 5 ps 0.45 lc rgb colour(r)
    unset arrow 1; unset label; set ytics autofreq
}
unset multiplot
