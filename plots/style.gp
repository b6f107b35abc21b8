# style.gp - one style for every figure: Okabe-Ito colours (safe for colour blindness), distinct dashes and points (safe in grey),
# sizes that read on a slide.
#
# A figure file is called with  dir = its results folder, out = the figure's path without an ending:
#     load 'plots/style.gp'
#     do for [pass = 1:2] { eval sg_terminal(pass); ...plot... }
# and leaves out.svg for the page and out.png beside it.
#
# Greek letters and signs are written as themselves, in UTF-8.  A browser has no symbol font: it shows that font's
# letters as Latin (mu as m), and an octal code of its table leaves a byte that makes the SVG no XML.
set encoding utf8
sg_blue = '#0072B2'; sg_orange = '#D55E00'; sg_green = '#009E73'; sg_pink = '#CC79A7'; sg_yellow = '#E69F00'; sg_sky = '#56B4E9'; sg_grey = '#777777'
set linetype 1 lc rgb sg_blue   lw 2.5 dt 1 pt 7
set linetype 2 lc rgb sg_orange lw 2.5 dt 2 pt 5
set linetype 3 lc rgb sg_green  lw 2.5 dt 4 pt 9
set linetype 4 lc rgb sg_pink   lw 2.5 dt 5 pt 13
set linetype 5 lc rgb sg_yellow lw 2.5 dt 3 pt 11
set linetype 6 lc rgb 'black'   lw 2.5 dt 1 pt 6
set border 3 lw 1.2 lc rgb '#444444'
set tics nomirror out scale 0.6
set grid lc rgb '#dddddd' lw 0.8 dt 1
set key noautotitle spacing 1.2
sg_terminal(pass) = pass == 1 ? \
    "set terminal svg size 1000,640 dynamic enhanced font 'Helvetica,16' background '#ffffff'; set output out.'.svg'" : \
    "set terminal pngcairo size 1500,960 enhanced font 'Helvetica,18' background '#ffffff'; set output out.'.png'"
# A path as one word of the shell, whatever it is made of.
sg_mended(s) = strstrt(s, "'") == 0 ? s : (strstrt(s, "'") == 1 ? "" : s[1:strstrt(s, "'")-1])."'\\''".sg_mended(s[strstrt(s, "'")+1:*])
sg_shell(s) = "'".sg_mended(s)."'"
