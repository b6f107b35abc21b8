/* decimal.h - private to src/data: decimal numbers beyond a double. */
#ifndef SYNTHGRAD_DATA_DECIMAL_H
#define SYNTHGRAD_DATA_DECIMAL_H

/* text - value, where text is a decimal number as in a CSV file and value the double nearest to it:
 * value + rest is off by at most 2^-105 of the number, 2^-98 where long double has 53 bits, and by
 * what the least doubles lose. */
double sg_data_decimal_rest(const char *text, double value);

#endif
