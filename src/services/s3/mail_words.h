/*
 * Text beyond ASCII in a header, as mail has it (RFC 2047): =?UTF-8?B?…?=. S3 takes the client's own
 * metadata in this form and gives it back in it.
 */
#ifndef SERVICES_S3_MAIL_WORDS_H
#define SERVICES_S3_MAIL_WORDS_H

#include "base/arena.h"

/* UTF-8 of a text with encoded words in it. A word that is none, or in a character set other than
 * UTF-8, ISO-8859-1 and US-ASCII, stays as it is. */
str mail_words_decode(struct arena *a, str text);

/* As it is when it is printable ASCII, and nobody could take it for encoded; else in words of at most 75
 * characters. */
str mail_words_encode(struct arena *a, str text);

str latin1_to_utf8(struct arena *a, str text);

#endif
