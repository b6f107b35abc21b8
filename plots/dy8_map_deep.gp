# DY8's plane of the two rates at six layers.
net = "a six-layer net"
load 'plots/dy8_map.gp'
