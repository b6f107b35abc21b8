# A table's stable learning rates with an SG at the output, by `synthgrad analyze FILE.csv --target y --plot`: inside the black rectangle both parts settle.
load 'plots/style.gp'
stats dir.'/limits.dat' using (mu_c = $1, nu_c = $2, x0 = $3, x1 = $4, y0 = $5, beta = $7, realizable = $8, flat = $9, $6) nooutput
y1 = STATS_max; f = (y1/y0)**0.09; y0 = y0/f; y1 = y1*f
mine = 0; my_steps = 0; stable_x = 1; stable_z = 1
stats dir.'/points.dat' using ($1 == 0 ? (best = $4, best_mu = $2, best_nu = $3, $4) : (mine = 1, my_mu = $2, my_nu = $3, my_steps = $4, stable_x = $5, stable_z = $6, $4)) nooutput
stats dir.'/levels.dat' using 1 nooutput
slowest = STATS_max; fastest = STATS_min
in_words(t) = (t < 1e5 ? sprintf("%.0f step", t) : sprintf("%.1e step", t)).(t == 1 ? "" : "s")
fates(x, z) = x && z ? ",\nat yours in ".in_words(my_steps) : x ? ",\nat yours the SG leaves" : \
              z ? ",\nat yours the weights leave" : ",\nat yours both parts leave"
fate = mine ? fates(stable_x > 0, stable_z > 0) : ""
rest = flat > 0 ? "what is not flat shrinks" : "an error shrinks"
# A level's name where there is room for it.
wide(low, high, from, to, share) = log(high/low) > share*log(to/from)
name(t, a, b, c, d) = wide(a, b, x0, x1, 0.13) && wide(c, d, y0, y1, 0.1) ? sprintf("10^{%.0f} steps", log10(t)) : ""
# From light (slow) to dark (fast).
shade(t) = t > 3e2*fastest ? 0xdeebf7 : t > 3e1*fastest ? 0xb3d1ea : t > 3*fastest ? 0x7fb2d9 : 0x4a90c4
set title sprintf("Stable below μ = %.3g and ν = %.3g%s\n%s a million times in %s at best%s", mu_c, nu_c, \
    beta > 0 ? sprintf(" (momentum %.3g)", beta) : "", rest, in_words(best), fate)
set xlabel "learning rate of the weights, μ"; set ylabel "learning rate of the SG, ν" offset 0.5
set logscale xy; set xrange [x0:x1]; set yrange [y0:y1]
set format x "10^{%T}"; set format y "10^{%T}"
unset grid; unset key
set object 1 rectangle from x0,y0 to mu_c,nu_c fs solid noborder fc rgb '#f4f8fc' behind
set object 2 rectangle from mu_c,y0 to x1,nu_c fs solid noborder fc rgb '#eeeeee' behind
set object 3 rectangle from x0,nu_c to mu_c,y1 fs solid noborder fc rgb '#eeeeee' behind
set object 4 rectangle from mu_c,nu_c to x1,y1 fs solid noborder fc rgb '#dddddd' behind
set arrow 1 from mu_c,y0 to mu_c,nu_c nohead lw 3 lc rgb 'black' front
set arrow 2 from x0,nu_c to mu_c,nu_c nohead lw 3 lc rgb 'black' front
set label 1 "weights leave" at sqrt(mu_c*x1),(sqrt(y0*nu_c) > y0*(y1/y0)**0.2 ? sqrt(y0*nu_c) : y0*(y1/y0)**0.2) center rotate by 90 textcolor rgb '#444444'
set label 2 "SG leaves" at x0*(mu_c/x0)**0.04,sqrt(nu_c*y1) left textcolor rgb '#444444'
set label 3 (realizable > 0 ? "realizable data: for the exact SG" : "") at x0*(mu_c/x0)**0.04,y0*(nu_c/y0)**0.04 left textcolor rgb '#444444'
# No curve of `plot`: gnuplot 5.4 crashes on points of which none is a number.
if (mine) set label 4 "" at my_mu,my_nu point pt 13 ps 2.8 lc rgb 'white' front
if (mine) set label 5 "yours" at my_mu,my_nu point pt 13 ps 2 lc rgb sg_orange front offset 0,-1.7 center textcolor rgb sg_orange
set style fill solid 1 noborder
plot dir.'/levels.dat' using (sqrt($2*$3)):(sqrt($4*$5)):2:3:4:5:(shade($1)) with boxxyerror lc rgb variable, \
     '' using 2:4:(name($1, $2, $3, $4, $5)) with labels offset 0.8,0.8 left, \
     dir.'/points.dat' using ($1 == 0 ? $2 : NaN):3 with points pt 7 ps 2 lc rgb 'white', \
     '' using ($1 == 0 ? $2 : NaN):3 with points pt 7 ps 1.4 lc rgb 'black', \
     '' using ($1 == 0 ? $2 : NaN):3:("fastest") with labels offset 0,1.2 center
