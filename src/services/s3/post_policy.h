/*
 * The policy document of a browser's POST upload: base64 of a JSON text that says until when, and
 * with which fields and of which size, a form may be sent. Its signature is over the base64 text.
 *
 * The caller has read the form: names are compared without regard to case, `key` has its ${filename}
 * replaced already, `bucket` is the one the request goes to, and the fields behind the file are left
 * out.
 */
#ifndef SERVICES_S3_POST_POLICY_H
#define SERVICES_S3_POST_POLICY_H

#include "api/refusal.h"
#include "base/digest.h"

enum { POST_POLICY_CONDITIONS = 1000 };

struct post_field {
	str name, value;
};

struct post_range {
	bool set;
	int64_t least, most; /* both are allowed */
};

/* `key` with each ${filename} replaced by the last part of the file's name; an absent name, of a
 * file that was sent as a plain field, leaves it as it is. */
str post_key(struct arena *a, str key, str filename);

/* NULL when the document allows this form at `now`. The size is not known yet: see below. */
const struct refusal *post_policy_check(struct arena *a, str encoded,
                                        const struct post_field *fields, size_t count, str bucket,
                                        int64_t now, struct post_range *ret_range) MUST_CHECK;

/* Of the size so far, with `is_whole` false, only what is too large already. */
const struct refusal *post_size_check(struct arena *a, const struct post_range *range, int64_t size,
                                      bool is_whole) MUST_CHECK;

/* Whether x-amz-signature is right; `key` is what signing_key_derive makes. */
bool post_signature_matches(const unsigned char key[SHA256_SIZE], str encoded_policy,
                            str signature) MUST_CHECK;

#endif
