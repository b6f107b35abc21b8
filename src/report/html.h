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
/* An SVG file in the page itself, so that the page is one file. */
void sg_html_image(FILE *out, FILE *svg, const char *alternative);

#endif
