/*
 * Hex, base64 and the two flavours of URI encoding that AWS signs with.
 * Encoders append to a buf; decoders write to the arena and return false on input that is not
 * wholly valid, leaving *ret untouched.
 */
#ifndef BASE_ENCODING_H
#define BASE_ENCODING_H

#include "base/buf.h"

void hex_put(struct buf *b, str bytes);              /* lower case */
void hex_to(char *out, const void *bytes, size_t n); /* 2n chars, no NUL */
bool hex_decode(str text, void *out, size_t n);      /* exactly n bytes, either case */

void base64_put(struct buf *b, str bytes); /* with padding */
str base64_of(struct arena *a, str bytes);
bool base64_decode(struct arena *a, str text, str *ret); /* strict: padded, no white space */

/* RFC 3986: all but A-Z a-z 0-9 - _ . ~ becomes %XX with capital digits. URI_PATH also leaves '/'. */
enum uri_flavour { URI_COMPONENT, URI_PATH };
void uri_put(struct buf *b, str text, enum uri_flavour flavour);

/* Decodes %XX; a '+' becomes a space only for FORM. A '%' not followed by two hex digits is false. */
enum uri_source { URI_PLAIN, URI_FORM };
bool uri_decode(struct arena *a, str text, enum uri_source source, str *ret);

#endif
