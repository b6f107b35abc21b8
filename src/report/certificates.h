/* certificates.h - private: the certificates of a case as a file. */
#ifndef SG_REPORT_CERTIFICATES_H
#define SG_REPORT_CERTIFICATES_H

#include "synthgrad/claim.h"

/* "format" of certificates.json.  It is raised when a key goes or changes its meaning. */
enum { SG_CERTIFICATES_FORMAT = 1 };

/* Writes OUT/CASE/certificates.json.  A case without certified rows has an empty list. */
enum sg_status sg_report_write_certificates(const char *out_dir, const struct sg_judgement *j,
                                            struct sg_error *err) SG_MUST_CHECK;

#endif
