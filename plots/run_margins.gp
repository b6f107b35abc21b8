# All comparisons of a run, claim by claim: the error over its tolerance, which is derived from rounding and conditioning. Above 1 a row fails; far below 10⁻³ the
# tolerance is loose, and could hide a fault. At the foot: rows without any error, facts and proofs among them.
load 'plots/style.gp'
file = dir.'/margins.dat'
rows_in(state) = int(system(sprintf("awk '!/^#/ && $4 == %d' %s | wc -l", state, sg_shell(file))))
rows = rows_in(0) + rows_in(1) + rows_in(2)
set title (rows_in(2) > 0 ? sprintf("%d of %d comparisons fell short of what their cases expect", rows_in(2), rows) \
  : rows_in(1) > 0 ? sprintf("Of %d comparisons %d missed, each in a case that expects it", rows, rows_in(1)) : sprintf("None of %d comparisons is beyond its tolerance", rows))
beside(k) = 0.6 * (k * 0.618034 - floor(k * 0.618034) - 0.5)
held(m) = m == 0 ? 1e-10 : m < 1e-9 ? 1e-9 : m > 30 ? 30 : m
stats file using 1 nooutput; last = STATS_max
set logscale y; set format y "10^{%T}"; set tmargin 4; set yrange [3e-11:1e3]; set ytics 1e-8,100,1e2; set ytics add ("0" 1e-10)
set xrange [0.3:last + 0.7]; set grid noxtics
set xtics rotate by 90 right font ',15' scale 0
set ylabel "error over its tolerance (margin)"
set object 1 rectangle from graph 0,first 1 to graph 1,graph 1 fs solid 0.14 noborder fc rgb sg_orange behind
set object 2 rectangle from graph 0,graph 0 to graph 1,first 1e-3 fs solid 0.5 noborder fc rgb '#dddddd' behind
set label 1 "beyond\nits\ntolerance" at graph 1.015,first 200 left textcolor rgb sg_ink_orange
set label 2 "tight:\nabove\n1/1000" at graph 1.015,first 0.3 left textcolor rgb sg_blue
set label 3 "loose:\ncould hide\na fault" at graph 1.015,first 1e-5 left textcolor rgb sg_ink_grey
set label 5 "no error" at graph 1.015,first 1e-10 left textcolor rgb sg_ink_grey
set rmargin at screen 0.87; set lmargin at screen 0.11; set xlabel "claim" offset 0,0.3
set label 4 "× as its case expects" at graph 0.015,first 250 left textcolor rgb sg_ink_orange
plot file using 1:(NaN):xtic(2), \
     file using ($1 + beside($0)):($4 == 0 ? held($3) : 1/0) with points pt 7 ps 0.45 lc rgb sg_blue, \
     file using ($1 + beside($0)):($4 == 1 ? held($3) : 1/0) with points pt 2 ps 1.1 lw 2.5 lc rgb sg_orange, \
     file using ($1 + beside($0)):($4 == 2 ? held($3) : 1/0) with points pt 5 ps 1.4 lc rgb 'black'
