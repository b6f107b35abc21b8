# CP1: on a line through a critical point of the loss, how small the joint update of network and SG can be made by the SG's parameters, for an SG with labels and for
# one without: at the critical point itself the first vanishes and the second does not.
load 'plots/style.gp'
low(labels) = real(system(sprintf("awk '$1 == %d { y = $3 } END { print y }' %s", labels, sg_shell(dir.'/near.dat'))))
set title "With labels an SG keeps a critical point, without them it is lost"
set logscale xy; set format x "10^{%L}"; set format y "10^{%L}"
set xlabel "distance of the weights from the critical point, over their length"; set ylabel "least joint update over all SG parameters"
set xrange [1e-16:1]; set yrange [1e-15:1e3]
set label 1 "SG without labels: cannot rest" at 1e-15,6 * low(0) left textcolor rgb sg_ink_orange
set label 2 "SG with labels:\nrests at the critical point" at 1e-9,2e-11 left textcolor rgb sg_blue
plot dir.'/near.dat' using ($1 == 0 ? $2 : 1/0):3 with linespoints lt 2 ps 1.2, '' using ($1 == 1 ? $2 : 1/0):3 with linespoints lt 1 ps 1.2
