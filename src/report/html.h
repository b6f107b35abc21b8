/* html.h - private: the elements of an HTML page. */
#ifndef SG_REPORT_HTML_H
#define SG_REPORT_HTML_H

#include <stdio.h>

#include "synthgrad/base.h"

void sg_html_begin(FILE *out, const char *title);
void sg_html_end(FILE *out);
/* Text with <, >, & and quotes as entities. */
void sg_html_text(FILE *out, const char *text);
/* A number as people read it: %.digits g, an en dash where it is not finite. */
void sg_html_number(FILE *out, double value, int digits);
/* Is this whole file UTF-8 text?  If not, *line is the first line that is none.  Leaves the file at its beginning.
 * A browser shows an SVG with any other byte as a broken picture. */
bool sg_html_is_text(FILE *svg, size_t *line);
/* An SVG file in the page itself, so that the page is one file. */
void sg_html_image(FILE *out, FILE *svg, const char *alternative);

#endif
