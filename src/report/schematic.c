/* The report's drawing: a net that is cut, and the SG module at the cut. */
#include "report/page.h"

/* Solid: the net forwards.  Orange: what the SG module sends down at once.  Dashed: the true
 * gradient, which the layers below need not wait for, and which teaches the module. */
static const char drawing[] =
    "<svg class=\"net\" viewBox=\"0 0 480 320\" role=\"img\" aria-labelledby=\"net-t net-d\">\n"
    "<title id=\"net-t\">A network with a synthetic-gradient module</title>\n"
    "<desc id=\"net-d\">The input x goes through the layers below to the activation h, then "
    "through the layers above to the prediction p and the loss. The SG module takes h and the "
    "label y and sends its prediction s of the gradient to the layers below, which update at "
    "once. The true gradient g comes back through the layers above later: it does not go on to "
    "the layers below, but trains the SG module.</desc>\n"
    /* forwards */
    "<path d=\"M22 92H44M150 92H178M222 92H260M376 92H404\"/>"
    "<path class=\"head\" d=\"M44 86l12 6-12 6zM178 86l12 6-12 6zM260 86l12 6-12 6z"
    "M404 86l12 6-12 6z\"/>\n"
    "<rect x=\"56\" y=\"62\" width=\"94\" height=\"60\" rx=\"6\"/>"
    "<text x=\"103\" y=\"88\">layers</text><text x=\"103\" y=\"107\">below</text>\n"
    "<rect x=\"272\" y=\"62\" width=\"104\" height=\"60\" rx=\"6\"/>"
    "<text x=\"324\" y=\"88\">layers</text><text x=\"324\" y=\"107\">above</text>\n"
    "<text class=\"it\" x=\"12\" y=\"97\">x</text><text class=\"it\" x=\"206\" y=\"97\">h</text>"
    "<text x=\"446\" y=\"97\"><tspan class=\"it\">p</tspan>, loss</text>\n"
    /* what backprop would do */
    "<path class=\"back\" d=\"M440 78V32H115\"/>"
    "<path class=\"back head\" d=\"M109 58l-6-12h12z\"/><path class=\"back\" d=\"M109 32V46\"/>"
    "<path class=\"bad-x\" d=\"M200 24l14 16M214 24l-14 16\"/>"
    "<text class=\"back\" x=\"250\" y=\"18\">backprop: wait for the true gradient "
    "<tspan class=\"it\">g</tspan></text>\n"
    /* the SG */
    "<path d=\"M206 104V196\"/><path class=\"head\" d=\"M206 208l-6-12h12z\"/>"
    "<rect class=\"sg\" x=\"136\" y=\"208\" width=\"140\" height=\"52\" rx=\"6\"/>"
    "<text class=\"sg\" x=\"206\" y=\"230\">SG module</text>"
    "<text class=\"it\" x=\"206\" y=\"250\">s = hA + yB + C</text>\n"
    "<path class=\"sg\" d=\"M136 234H103V134\"/><path class=\"sg head\" d=\"M103 122l-6 12h12z\"/>"
    "<text class=\"sg\" x=\"58\" y=\"262\"><tspan class=\"it\">s</tspan> in place of "
    "<tspan class=\"it\">g</tspan>,</text><text class=\"sg\" x=\"58\" y=\"281\">at once</text>\n"
    "<path class=\"back\" d=\"M324 122V234H288\"/>"
    "<path class=\"back head\" d=\"M276 234l12-6v12z\"/>"
    "<text class=\"back\" x=\"388\" y=\"200\"><tspan class=\"it\">g</tspan>, when it</text>"
    "<text class=\"back\" x=\"388\" y=\"219\">arrives,</text>"
    "<text class=\"back\" x=\"388\" y=\"238\">trains the SG</text>\n"
    "<path d=\"M206 292V272\"/><path class=\"head\" d=\"M206 260l-6 12h12z\"/>"
    "<text x=\"206\" y=\"308\">label <tspan class=\"it\">y</tspan></text>\n</svg>\n";

void sg_page_schematic(const struct sg_page *page)
{
    fputs("<figure>\n", page->out);
    fputs(drawing, page->out);
    fputs("<figcaption>Solid: forwards. Orange: the synthetic gradient, sent down at once. Dashed: "
          "the true gradient, which the layers below do not wait for.</figcaption></figure>\n",
          page->out);
}
