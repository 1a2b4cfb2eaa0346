#include "api/signing_key.h"

#include "base/buf.h"
#include "base/str.h"

enum { ENTRIES = 32, SECRET_MAX = 128, SCOPE_MAX = 128 };

/* Direct-mapped by what is public. An entry whose scope is empty is free; what does not fit is not
 * remembered. */
static _Thread_local struct entry {
	unsigned char secret_size, scope_size;
	char secret[SECRET_MAX];
	char scope[SCOPE_MAX]; /* date/region/service */
	unsigned char key[SHA256_SIZE];
} entries[ENTRIES];

void signing_key_derive(const struct signing_scope *s, unsigned char key[SHA256_SIZE])
{
	str steps[] = { s->date, s->region, s->service, STR("aws4_request") };
	struct buf first;
	str last;

	buf_init(&first, NULL, SIZE_MAX / 2);
	buf_put(&first, STR("AWS4"));
	buf_put(&first, s->secret);
	last = buf_str(&first);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		unsigned char next[SHA256_SIZE];

		hmac_sha256(last, steps[i], next);
		memcpy(key, next, SHA256_SIZE);
		last = (str){ (const char *)key, SHA256_SIZE };
	}
	explicit_bzero(first.p, first.n);
	buf_release(&first);
}

/* The scope as text; 0 when it is too long. */
static size_t put_scope(const struct signing_scope *s, char out[SCOPE_MAX])
{
	str parts[] = { s->date, s->region, s->service };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].n + 1 > SCOPE_MAX - n)
			return 0;
		memcpy(out + n, parts[i].p, parts[i].n);
		n += parts[i].n;
		out[n++] = '/';
	}
	return n;
}

static struct entry *entry_for(const struct signing_scope *s, str scope)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < s->access_key.n; i++)
		h = (h ^ (unsigned char)s->access_key.p[i]) * 16777619u;
	for (size_t i = 0; i < scope.n; i++)
		h = (h ^ (unsigned char)scope.p[i]) * 16777619u;
	return &entries[(h ^ h >> 16) % ENTRIES];
}

bool signing_key_get(const struct signing_scope *s, unsigned char key[SHA256_SIZE])
{
	char text[SCOPE_MAX];
	str scope = { text, put_scope(s, text) };
	const struct entry *e = entry_for(s, scope);

	if (scope.n && str_eq((str){ e->scope, e->scope_size }, scope) &&
	    secret_eq((str){ e->secret, e->secret_size }, s->secret)) {
		memcpy(key, e->key, SHA256_SIZE);
		return true;
	}
	signing_key_derive(s, key);
	return false;
}

void signing_key_remember(const struct signing_scope *s, const unsigned char key[SHA256_SIZE])
{
	char text[SCOPE_MAX];
	str scope = { text, put_scope(s, text) };
	struct entry *e = entry_for(s, scope);

	if (!scope.n || s->secret.n > SECRET_MAX)
		return;
	memcpy(e->scope, scope.p, scope.n);
	memcpy(e->secret, s->secret.p, s->secret.n);
	memcpy(e->key, key, SHA256_SIZE);
	e->scope_size = (unsigned char)scope.n;
	e->secret_size = (unsigned char)s->secret.n;
}
