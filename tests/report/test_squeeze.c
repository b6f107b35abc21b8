/* A squeezed SVG draws what it drew. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/squeeze.h"
#include "support.h"

static void becomes(const char *svg, const char *wanted)
{
    char *out = sg_squeeze_svg(svg);
    if (strcmp(out, wanted) != 0)
        print_error("%s\nbecomes  %s\nwanted   %s\n", svg, out, wanted);
    CHECK(strcmp(out, wanted) == 0);
    free(out);
}

static void writes(void **state)
{
    (void)state;
    becomes("<svg>\n<g fill=\"none\">\n</g>\n<g id='a'><g>\n</g></g><text>a  b</text></svg>",
            "<svg><text>a  b</text></svg>");
    becomes("<g id='a'><rect/></g><g/>", "<g id='a'><rect/></g><g/>");
    becomes("<path  stroke='rgb(  0, 114, 178)'\n d='M100.04,50 L101.96,40.55\n\tL99.9,60 Z'/>",
            "<path stroke='rgb(0,114,178)' d='M100 50l2-9.4-2.1 19.4z'/>");
    /* a symbol's own units are not rounded, curves are not understood */
    becomes("<path d='M0,-1.333 L1.265,0.411'/>", "<path d='M0,-1.333 L1.265,0.411'/>");
    becomes("<path d='M100.123,5 C1,2 3,4 5,600'/>", "<path d='M100.123,5 C1,2 3,4 5,600'/>");
    becomes("<path d='M100,nan L1e99,5'/>", "<path d='M100,nan L1e99,5'/>");
    becomes("<path d='M9e5,-9e5 L-9e5,9e5'/>", "<path d='M900000-900000l-1800000 1800000'/>");
    /* names, and filters that nothing refers to */
    becomes("<svg><title>Gnuplot</title>\n<desc>by it</desc><filter id='greybox' x='0'><feFlood/>"
            "</filter><g>\n<title>f(x) &gt; 0</title></g><rect/></svg>",
            "<svg><rect/></svg>");
    becomes("<filter id='textbox'><feFlood/></filter><text filter='url(#textbox)'>a</text>",
            "<filter id='textbox'><feFlood/></filter><text filter='url(#textbox)'>a</text>");
    /* cut short */
    becomes("<title>no end", "<title>no end");
    becomes("<filter id='greybox'>", "<filter id='greybox'>");
    becomes("<path d='M100,5 L", "<path d='M100,5 L");
    becomes("<g", "<g");
    becomes("", "");
}

#define MARK(n, x, y)                                                                              \
    "<use xlink:href='#gpPt" n "' transform='translate(" x "," y ") scale(4.20)' "                 \
    "color='rgb(  0, 114, 178)'/>\n"

static void merges_marks(void **state)
{
    (void)state;
    becomes("<g>" MARK("6", "10.00", "20.00") MARK("6", "11.52", "18.00") MARK("6", "11.5", "30")
                MARK("5", "1", "2") "</g>",
            "<g><marker id='m0' markerUnits='userSpaceOnUse' overflow='visible'><use "
            "xlink:href='#gpPt6' transform='scale(4.2)' color='rgb(0,114,178)'/></marker><path "
            "fill='none' stroke='none' marker-start='url(#m0)' marker-mid='url(#m0)' "
            "marker-end='url(#m0)' d='M10 20l1.5-2 0 12'/><use xlink:href='#gpPt5' "
            "transform='translate(1,2) scale(4.20)' color='rgb(0,114,178)'/></g>");
}

/* A curve of n points: each is within a unit and the rounding, 0.05, of a point that is drawn, and
 * the last one is within the rounding alone. */
static void stays_near(void **state)
{
    (void)state;
    enum { N = 4000 };
    static char svg[32 * N];
    size_t length = (size_t)sprintf(svg, "<path d='");
    for (int i = 0; i < N; i++)
        length += (size_t)sprintf(svg + length, "%c%.2f,%.2f ", i ? 'L' : 'M', 100 + i / 5.0,
                                  300 + 100 * sin(i / 50.0));
    sprintf(svg + length, "'/>");
    char *out = sg_squeeze_svg(svg), *s = strstr(out, "d='M") + 4;
    CHECK(strlen(out) < strlen(svg) / 2);
    double x = strtod(s, &s), y = strtod(s, &s), farthest = 0;
    CHECK(*s++ == 'l');
    int i = 0;
    while (*s != '\'') {
        const double px = x, py = y;
        x += strtod(s, &s);
        y += strtod(s, &s);
        for (; i < N && 100 + i / 5.0 <= x + 0.05; i++) {
            const double cx = 100 + i / 5.0, cy = 300 + 100 * sin(i / 50.0);
            farthest = fmax(farthest, fmin(hypot(cx - x, cy - y), hypot(cx - px, cy - py)));
        }
    }
    CHECK(i == N);
    CHECK(farthest < sqrt(2) + 0.1);            /* nearer than a unit along each axis */
    CHECK(fabs(x - (100 + (N - 1) / 5.0)) < 0.06);
    CHECK(fabs(y - (300 + 100 * sin((N - 1) / 50.0))) < 0.06);
    free(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(writes), TEST(merges_marks), TEST(stays_near)};
    return RUN(tests);
}
