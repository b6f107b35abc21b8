# What the evidence of each claim is made of: the number of rows that compare a closed form, a simulation or a certificate in exact or interval arithmetic with the
# statement, and of theorems that Coq has checked. The darker, the more; framed: claims with one kind of evidence only.
load 'plots/style.gp'
file = dir.'/evidence.dat'
some(column_of) = int(system(sprintf("awk '!/^#/ && $%d > 0' %s | wc -l", column_of, sg_shell(file))))
several = int(system(sprintf("awk '!/^#/ && ($3 > 0) + ($4 > 0) + ($5 > 0) + ($6 > 0) > 1' %s | wc -l", sg_shell(file))))
claims = int(system(sprintf("awk '!/^#/' %s | wc -l", sg_shell(file))))
set title sprintf("%d of %d claims rest on more than one kind of evidence", several, claims)
set xrange [0.4:claims + 0.6]; set yrange [4.5:0.5]
unset grid; set border 0
set xtics rotate by 90 right font ',15' scale 0 offset 0,0.3
set ytics scale 0
set ytics (sprintf("closed form\n%d claims", some(3)) 1, sprintf("simulated\n%d claims", some(4)) 2, sprintf("certified\n%d claims", some(5)) 3, sprintf("machine-checked\n%d claims", some(6)) 4)
set palette defined (0 '#deebf7', 0.5 '#6baed6', 1 '#08519c'); unset colorbox
kinds(x) = (column(3) > 0) + (column(4) > 0) + (column(5) > 0) + (column(6) > 0)
set xlabel "claim; a number counts comparisons, or theorems" offset 0,-0.2
set label 1 "framed: one kind only" at screen 0.02,0.06 left textcolor rgb sg_ink_orange
set style fill solid 1 noborder
dark(n) = n > 20 ? 1 : 0
set cbrange [0:log(200)]
set lmargin at screen 0.19; set rmargin at screen 0.985; set tmargin at screen 0.88; set bmargin at screen 0.17
plot file using 1:(NaN):xtic(2), \
     for [k = 1:4] file using 1:(column(k + 2) > 0 ? k : NaN):($1 - 0.46):($1 + 0.46):(k - 0.42):(k + 0.42):(log(column(k + 2) + (column(k + 2) == 0))) with boxxyerror lc palette, \
     for [k = 1:4] file using 1:(column(k + 2) > 0 && kinds(0) == 1 ? k : NaN):($1 - 0.44):($1 + 0.44):(k - 0.41):(k + 0.41) with boxxyerror fc rgb '#f0b27a' fs solid 1 border rgb 'black' lw 2, \
     for [k = 1:4] file using 1:(column(k + 2) > 0 ? k : NaN):(sprintf("%d", column(k + 2))):(column(k + 2) > 20 && kinds(0) > 1 ? 0xffffff : 0x000000) with labels font ',15' tc rgb variable
