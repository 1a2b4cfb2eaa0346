/*
 * A mysfit, read from an item as DynamoDB sends it, and written as the site reads it. Pure.
 *
 * What an item does not have, or has as another type, is an empty text, false, or no likes; an age
 * is then left out. Other attributes are not looked at.
 */
#ifndef SERVICE_MYSFIT_H
#define SERVICE_MYSFIT_H

#include "base/json.h"

struct mysfit {
	str id, name, species, good_evil, law_chaos, alignment, description;
	str thumb_image_uri, profile_image_uri;
	str age, likes; /* numbers, as they are sent; an age may be absent */
	bool adopted;
};

/* One item: an object of attributes. Its texts are in the reader's text or arena. A failure is the
 * reader's. */
void mysfit_read(struct json_reader *r, struct mysfit *ret);

void mysfit_put_summary(struct json_writer *w, const struct mysfit *m); /* for a list */
void mysfit_put(struct json_writer *w, const struct mysfit *m);

#endif
