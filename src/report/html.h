/* html.h - private: the elements of an HTML page, which is well-formed XML too. */
#ifndef SG_REPORT_HTML_H
#define SG_REPORT_HTML_H

#include <stdio.h>

#include "synthgrad/base.h"

/* The style of the report (style.c), in parts; NULL at the end. */
extern const char *const sg_html_style[];

/* Writes the head of a page, style included, up to <body>. */
void sg_html_begin(FILE *out, const char *title);
/* Closes the page. */
void sg_html_end(FILE *out);
/* Writes text with <, >, & and quotes as entities, and control characters, which XML does not
 * allow, as blanks. */
void sg_html_text(FILE *out, const char *text);
/* The same of text with formulas, with letters and signs in place of their names. */
void sg_html_mathematics(FILE *out, const char *text);
/* Writes a path as part of an address: what is no letter, digit or one of -._~/ as %XX. */
void sg_html_address(FILE *out, const char *path);
/* Writes a number as people read it: %.digits g, an en dash where it is not finite. */
void sg_html_number(FILE *out, double value, int digits);
/* Is this whole file UTF-8 text?  If not, *line is the first line that is none.  Leaves the file
 * at its beginning.  A browser shows an SVG with any other byte as a broken picture. */
bool sg_html_is_text(FILE *svg, size_t *line);
/* An SVG file, squeezed, as the value of an attribute src, so that the page is one file.  To be
 * freed.  Leaves the file at its beginning. */
char *sg_html_svg(FILE *svg);
/* Writes a PNG file as the value of an attribute src. */
void sg_html_png(FILE *out, FILE *png);

#endif
