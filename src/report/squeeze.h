/* squeeze.h - private: an SVG in fewer bytes that draws the same. */
#ifndef SG_REPORT_SQUEEZE_H
#define SG_REPORT_SQUEEZE_H

/* A copy, to be freed, without groups that are empty, blanks that mean nothing and decimals below
 * a tenth of a unit; polylines go from point to point by differences.  What is not understood
 * stays as it is. */
char *sg_squeeze_svg(const char *svg);

#endif
