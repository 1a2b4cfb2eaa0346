/*
 * The list of parts that completes an upload: whether it is one, and which of the parts that are there
 * it means.
 */
#ifndef SERVICES_S3_COMPLETED_PARTS_H
#define SERVICES_S3_COMPLETED_PARTS_H

#include "models/s3.h"
#include "services/s3/upload.h"

/* MalformedXML, InvalidPartOrder, InvalidArgument: what is wrong whatever the upload is. */
err s3_completed_list_check(struct call *c, const struct s3_complete_multipart_upload_in *in);

/* How many checksums an entry, or the request's headers, have, and the last of them: its algorithm is
 * CHECKSUM_NONE when it is not built. */
int s3_checksums_of_entry(const struct s3_completed_part *entry, struct s3_checksum_value *ret);

/* Where a composite checksum needs those of all parts: InvalidRequest. */
err s3_completed_list_checksums(struct call *c, const struct s3_upload *u,
                                const struct s3_completed_part_list *list);

/* The parts that the list names, in order: InvalidPart, EntityTooSmall. `rows` are all there are. */
err s3_completed_parts(struct call *c, str upload_id, const struct s3_completed_part_list *list,
                       const struct s3_part_row *rows, size_t row_count, struct s3_part_row *ret);

#endif
