/*
 * Who holds which key pair.
 *
 * The table lives as long as the process and does not change after the start, so any thread may
 * look things up. Without a file it holds what every tool for local use takes: `test` with the
 * secret `test`, the root user of account 000000000000, and, for each access key id of exactly
 * twelve digits, the secret `test`, the root user of the account with that number. A file replaces
 * both:
 *
 *     # one section a user, who is the root user of the account
 *     [alice]
 *     aws_access_key_id     = AKIAALICE
 *     aws_secret_access_key = correct-horse
 *     account               = 111122223333      ; 000000000000 when left out
 *
 * Further keys, of IAM users or temporary ones, come from one function that is asked for what is
 * not in the table.
 *
 * A lookup finds a key by its public half, so its time says nothing about a secret.
 */
#ifndef API_CREDENTIALS_H
#define API_CREDENTIALS_H

#include "base/arena.h"

struct credential {
	str access_key, secret;
	str account;       /* twelve digits */
	str principal;     /* the ARN of the user or the assumed role */
	str session_token; /* absent for a long-lived key */
	int64_t expires;   /* milliseconds since 1970; 0: never */
};

/* Finds a key that is not in the table; what it puts in *ret lives in the arena. */
typedef bool credential_source(void *app, struct arena *a, str access_key, struct credential *ret);

struct credentials;

struct credentials *credentials_new(void); /* with the default keys */
void credentials_free(struct credentials *c);

/* Replaces the default keys by those of a file. On failure says why, for a person, naming file and
 * line, and leaves the table as it was. */
bool credentials_load(struct credentials *c, const char *path, char problem[256]);

void credentials_set_source(struct credentials *c, credential_source *find, void *app);

/* Takes the default keys beside those of a file that was loaded. */
void credentials_keep_default(struct credentials *c);

bool credentials_are_default(
	const struct credentials *c); /* everyone knows a key: for loopback only */
bool credentials_are_exposed(
	const struct credentials *c); /* others on this machine can read the file */

bool credentials_find(const struct credentials *c, struct arena *a, str access_key,
                      struct credential *ret);

#endif
