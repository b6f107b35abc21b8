# DY8's plane of the two learning rates at six layers: where a start near a global minimum goes, and how far an error grows at most on its way back.
finding = "Six layers: the region outgrows the rectangle, and lacks its corner"
load 'plots/dy8_map.gp'
