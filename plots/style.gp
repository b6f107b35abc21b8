# style.gp - one style for every figure: Okabe-Ito colours (safe for colour blindness), distinct dashes and points (safe in grey),
# sizes that read on a slide.
#
# A figure's script is called with  dir = its results folder, out = the figure's path without an ending.  It begins with
#     load 'plots/style.gp'
# and what it plots is out.svg, the only drawing: tools/figure.sh makes out.png from that.
# The title says what is found, in at most 70 letters; curves carry their names, in a dark shade of their colour (sg_ink_*).
#
# Greek letters and signs are written as themselves, in UTF-8.  A browser has no symbol font: it shows that font's
# letters as Latin (mu as m), and an octal code of its table leaves a byte that makes the SVG no XML.
set encoding utf8
if (!exists("sg_height")) sg_height = 640   # a script may set it before it loads this
set terminal svg size 1000,sg_height dynamic enhanced font 'Helvetica,18' background '#ffffff'
set output out.'.svg'
sg_blue = '#0072B2'; sg_orange = '#D55E00'; sg_green = '#009E73'; sg_pink = '#CC79A7'; sg_yellow = '#E69F00'; sg_sky = '#56B4E9'; sg_grey = '#777777'
# For words: at least 4.5 to 1 on white.
sg_ink_orange = '#B34F00'; sg_ink_green = '#007A59'; sg_ink_pink = '#A0477A'; sg_ink_yellow = '#8A5F00'; sg_ink_sky = '#1F78AD'; sg_ink_grey = '#555555'
set linetype 1 lc rgb sg_blue   lw 3 dt 1 pt 7
set linetype 2 lc rgb sg_orange lw 3 dt 2 pt 5
set linetype 3 lc rgb sg_green  lw 3 dt 4 pt 9
set linetype 4 lc rgb sg_pink   lw 3 dt 5 pt 13
set linetype 5 lc rgb sg_yellow lw 3 dt 3 pt 11
set linetype 6 lc rgb 'black'   lw 3 dt 1 pt 6
set border 3 lw 1.2 lc rgb '#444444'
set tics nomirror out scale 0.6
set grid lc rgb '#dddddd' lw 0.8 dt 1
unset key
sg_big = ',22'
set title font sg_big
# One panel of several, from left to right in parts of the width; its own title is smaller than the figure's.
sg_panel(left, right) = sprintf("set lmargin at screen %g; set rmargin at screen %g; set bmargin at screen 0.15; set tmargin at screen 0.83; set title font ',18'", left, right)
# A small or large number as 9.0·10^{-5}.
sg_power(x) = sprintf("%.1f·10^{%d}", x / 10**floor(log10(x)), floor(log10(x)))
# Names at the curves' ends, kept apart: y[1..n] are their heights, in decades where the axis is one of decades, and
#     gap = 0.8; eval sg_apart
# leaves no two of them closer than gap.
sg_apart = "do for [pass = 1:60] { do for [i = 1:n] { do for [j = 1:n] { if (i != j && y[i] >= y[j] && y[i] - y[j] < gap) { middle = (y[i] + y[j]) / 2; y[i] = middle + gap / 2; y[j] = middle - gap / 2 } } } }"
# A path as one word of the shell, whatever it is made of.
sg_mended(s) = strstrt(s, "'") == 0 ? s : (strstrt(s, "'") == 1 ? "" : s[1:strstrt(s, "'")-1])."'\\''".sg_mended(s[strstrt(s, "'")+1:*])
sg_shell(s) = "'".sg_mended(s)."'"
