# DY8's plane of the two learning rates at six layers: where a start near a global minimum goes, and how far an error grows at most on its way back.
finding = "Six layers: a minimum attracts beyond the rectangle, and not all in it"
load 'plots/dy8_map.gp'
