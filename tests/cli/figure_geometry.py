#!/usr/bin/env python3
"""figure_geometry.py FIGURE.svg SCRIPT.gp ...: what is wrong with gnuplot's drawings, from their own geometry.

Nothing is wrong when nothing is printed (exit 0).  Looked for, in each pair of drawing and script:
  the drawing is UTF-8 and XML;  no text reaches beyond the edge;  no text lies on another;
  no curve, mark, axis or arrow runs through a text;  no mark or curve lies under a key's entry;
  each axis label, title and label of the script is in the drawing (gnuplot leaves out what has no room).
Boxes of text are librsvg's, set in DejaVu Sans: wider than Helvetica and Arial, and on every Debian system
with gnuplot.  A heat map and a shaded band are backgrounds: text may stand on them.
"""
import math
import re
import sys
import xml.etree.ElementTree as ET

import gi

gi.require_version("Rsvg", "2.0")
from gi.repository import Rsvg  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
SLACK = 1.0        # pixels of 1000: boxes are of ink, strokes have a width
FONT = "DejaVu Sans"
BACKGROUND = ("none", "rgb(221,221,221)")      # plots/style.gp's grid, and level lines of that grey


class Text:
    """One text: its words, its ink, and whether it is a key's entry (then `sample` is joined to its box)."""

    def __init__(self, words, key):
        self.words, self.key, self.box, self.sample = words, key, None, []


class Stroke:
    """One straight piece, or one mark (a short cross of its size), of plot number `plot` (-1: axes, arrows)."""

    def __init__(self, x0, y0, x1, y1, plot, mark=False):
        self.ends, self.plot, self.mark = (x0, y0, x1, y1), plot, mark


def place_of(transform):
    """Shift and scale of gnuplot's transforms; it turns only text, whose box librsvg finds."""
    shift = re.search(r"translate\(\s*([-\d.]+)[, ]\s*([-\d.]+)", transform or "")
    scale = re.search(r"scale\(\s*([-\d.]+)", transform or "")
    x, y = (float(shift[1]), float(shift[2])) if shift else (0.0, 0.0)
    return x, y, float(scale[1]) if scale else 1.0


def pieces_of(path):
    """The straight pieces of a path's d, by its subpaths: gnuplot writes M, L and Z with absolute numbers."""
    found, start, here = [], None, None
    for letter, x, y in re.findall(r"([MLZ])\s*(?:([-\d.]+),([-\d.]+))?", re.sub(r"\s+(?=[-\d])", " L", path)):
        to = start if letter == "Z" else (float(x), float(y)) if x else None
        if to is None:
            continue
        if letter == "M":
            start = to
            found.append([])
        elif here is not None and found:
            found[-1].append((*here, *to))
        here = to
    return [subpath for subpath in found if subpath]


class Drawing:
    def __init__(self, text):
        self.root = ET.fromstring(text)
        self.texts, self.strokes, self.plots = [], [], 0
        _, _, self.width, self.height = (float(x) for x in self.root.get("viewBox").split())
        self.walk(self.root, 0.0, 0.0, -1, None, "none")
        self.measure()

    def walk(self, node, x, y, plot, title, stroke):
        """Collects texts and strokes in drawing order.  plot: the gnuplot_plot_N that the node is in."""
        dx, dy, _ = place_of(node.get("transform")) if node.tag == SVG + "g" else (0.0, 0.0, 1.0)
        x, y, stroke = x + dx, y + dy, node.get("stroke", stroke)
        if node.tag == SVG + "g" and (node.get("id") or "").startswith("gnuplot_plot_"):
            self.plots += 1
            plot, title = self.plots, "".join((node.findtext(SVG + "title") or "").split())
        for child in node:
            if child.tag == SVG + "defs":
                continue
            if child.tag == SVG + "text":
                words = "".join(child.itertext())
                key = plot >= 0 and "".join(words.split()) == title
                child.set("id", f"text{len(self.texts)}")
                self.texts.append(Text(words, plot if key else None))
            elif child.tag == SVG + "use":
                cx, cy, size = place_of(child.get("transform"))
                if child.get(HREF) == "#gpDot":
                    size = 0.5
                self.strokes.append([Stroke(x + cx - size, y + cy, x + cx + size, y + cy, plot, True),
                                     Stroke(x + cx, y + cy - size, x + cx, y + cy + size, plot, True)])
            elif child.tag == SVG + "path":
                if "".join(child.get("stroke", stroke).split()) not in BACKGROUND:
                    self.strokes += [[Stroke(x + a, y + b, x + c, y + d, plot) for a, b, c, d in subpath]
                                     for subpath in pieces_of(child.get("d", ""))]
            self.walk(child, x, y, plot, title, stroke)

    def measure(self):
        """Boxes of ink, by librsvg; and each key's sample beside its words, taken from the strokes."""
        for node in self.root.iter():
            if node.get("font-family"):
                node.set("font-family", FONT)
        ET.register_namespace("", SVG[1:-1])
        handle = Rsvg.Handle.new_from_data(ET.tostring(self.root))
        page = Rsvg.Rectangle()
        page.x = page.y = 0
        page.width, page.height = self.width, self.height
        for number, text in enumerate(self.texts):
            good, ink, _ = handle.get_geometry_for_layer(f"#text{number}", page)
            text.box = (ink.x, ink.y, ink.x + ink.width, ink.y + ink.height) if good and ink.width > 0 else None
            if text.key is not None and text.box:
                self.take_sample(text)

    def take_sample(self, text):
        """A key's sample comes first of its plot's lines and first of its marks, at the height of its words."""
        left, top, right, bottom = text.box
        for is_mark in (False, True):
            own = [p for p in self.strokes if p[0].plot == text.key and p[0].mark == is_mark]
            for piece in own[:1 if is_mark else 3]:
                xs = [x for s in piece for x in s.ends[0::2]]
                ys = [y for s in piece for y in s.ends[1::2]]
                high = abs((max(ys) + min(ys)) / 2 - (top + bottom) / 2)
                if high > 9 or min(xs) < left - 130 or max(xs) > right + 130 or max(ys) - min(ys) > 40:
                    break
                text.sample.append((min(xs), min(ys), max(xs), max(ys)))
                self.strokes.remove(piece)


def overlap(a, b):
    """Less than SLACK between two boxes is on one another for the eye."""
    return min(a[2], b[2]) - max(a[0], b[0]) > -SLACK and min(a[3], b[3]) - max(a[1], b[1]) > -SLACK


def crosses(ends, box):
    """Does the piece enter the box, made smaller by SLACK?  (Liang and Barsky's clipping.)"""
    x0, y0, x1, y1 = ends
    enter, leave = 0.0, 1.0
    for start, step, low, high in ((x0, x1 - x0, box[0] + SLACK, box[2] - SLACK), (y0, y1 - y0, box[1] + SLACK, box[3] - SLACK)):
        if low >= high:
            return False
        if step == 0:
            if not low < start < high:
                return False
            continue
        a, b = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, a), min(leave, b)
    return enter < leave


def faults_of(drawing):
    faults, texts = [], [t for t in drawing.texts if t.box]
    for text in drawing.texts:
        if text.words.strip() and not text.box:
            faults.append(f"\"{text.words}\" has no ink")
    for k, text in enumerate(texts):
        left, top, right, bottom = text.box
        if left < 0 or top < 0 or right > drawing.width or bottom > drawing.height:
            faults.append(f"\"{text.words}\" reaches beyond the edge")
        faults += [f"\"{text.words}\" lies on \"{other.words}\"" for other in texts[:k] if overlap(text.box, other.box)]
        hit = next((s for piece in drawing.strokes for s in piece if crosses(s.ends, text.box)), None)
        if hit:
            faults.append("a line or mark %s runs through \"%s\" at %.0f,%.0f"
                          % (f"of plot {hit.plot}" if hit.plot >= 0 else "beside the plots", text.words, *hit.ends[:2]))
        for sample in text.sample:
            entry = (sample[0], min(top, sample[1]), sample[2], max(bottom, sample[3]))
            if any(crosses(s.ends, entry) for piece in drawing.strokes for s in piece if s.plot >= 0):
                faults.append(f"a curve or mark lies under the key's \"{text.words}\"")
            faults += [f"the key's sample of \"{text.words}\" lies on \"{other.words}\""
                       for other in texts if other is not text and overlap(sample, other.box)]
    return faults


def plain(text):
    """Letters of a literal that the drawing has to have, whatever gnuplot's markup: the longest run of them."""
    text = re.sub(r"\{[:/][^ }]*", "", text)
    text = re.sub(r"%%|%[-+0-9.]*[a-zA-Z]|\\n|[{}_^&@~\\]", "\0", text)
    return max(("".join(run.split()) for run in text.split("\0")), key=len)


def script_lines(path):
    """The script's commands, those of the scripts that it loads included, continued lines joined."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"(?m)^\s*#.*\n", "", file.read()).replace("\\\n", " ")
    for line in text.split("\n"):
        loaded = re.match(r"\s*load '(plots/(?!style).*)'", line)
        yield from script_lines(loaded[1]) if loaded else [line]


def missing(script, drawing):
    """Texts that the script sets and the drawing lacks.  Of a choice (a ? "x" : "y") one is enough."""
    drawn = "".join("".join(t.words.split()) for t in drawing.texts)
    for line in script_lines(script):
        if re.match(r"\s*(do for .*)?(if|unset|} ?else)\b", line):
            continue
        for command in re.split(r";\s*(?=set|plot|unset)", line):
            if not re.match(r"\s*(do for [^{]*\{ *)?set ([xy]2?label|cblabel|title|label|multiplot)\b", command):
                continue
            literals = [a or b for a, b in re.findall(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'", command)]
            wanted = [plain(s) for s in literals if not re.match(r"[:,%#]|black$|white$|.*\.dat|^$", s)]
            wanted = [s for s in wanted if len(s) > 1]
            if wanted and "" not in literals and not any(s in drawn for s in wanted):
                yield f"\"{literals[0]}\" is set in {script} and not in the drawing"


def main(names):
    bad = False
    for svg, script in zip(names[0::2], names[1::2]):
        try:
            with open(svg, "rb") as file:
                drawing = Drawing(file.read().decode("utf-8"))
        except (UnicodeDecodeError, ET.ParseError) as error:
            faults = [f"no picture: {error}"]
        else:
            faults = faults_of(drawing) + list(missing(script, drawing))
        for fault in faults:
            print(f"{svg}: {fault}")
        bad = bad or bool(faults)
    return 1 if bad or len(names) < 2 or len(names) % 2 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
