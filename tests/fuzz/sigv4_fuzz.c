/*
 * A request of any bytes, behind one that chooses the flavour, is parsed and verified. What is
 * refused must be so with a code and a text, and without a secret in it. The string that S3 says it
 * verified is then signed and put in place of the signature: now the request must pass.
 */
#include "../unit/raw_request.h"

#include "api/checksum.h"
#include "base/encoding.h"

#define NOW    1440938160000 /* 2015-08-30T12:36:00Z */
#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define TOKEN  "IQoJb3JpZ2luX2VjEXAMPLETOKEN"

static const struct credential keys[] = {
	{ .access_key = STR_INIT("AKIDEXAMPLE"), .secret = STR_INIT(SECRET) },
	{ .access_key = STR_INIT("ASIA"),
	  .secret = STR_INIT(SECRET),
	  .session_token = STR_INIT(TOKEN),
	  .expires = NOW + 1 },
};
static const str names[] = { STR_INIT("s3"), STR_INIT("service") };

static bool has_secret(str text)
{
	return str_contains(text, STR(SECRET)) || str_contains(text, STR(TOKEN));
}

static void check_refusal(const struct refusal *r, bool secrets_were_sent)
{
	bool leaks = has_secret(r->message);

	if (!r->code || !r->message.n || r->status < 400 || r->status > 599)
		abort();
	for (const struct refusal_field *f = r->fields; f->name; f++)
		leaks |= has_secret(f->value);
	if (leaks && !secrets_were_sent)
		abort();
}

static str field(const struct refusal *r, const char *name)
{
	for (const struct refusal_field *f = r->fields; f->name; f++)
		if (!strcmp(f->name, name))
			return f->value;
	return STR_NULL;
}

static void sign(struct arena *a, struct sigv4 *s, const struct credential *key, str string_to_sign)
{
	str scope = s->scope;
	unsigned char mac[SHA256_SIZE];
	struct buf hex;
	str last = arena_join(a, STR("AWS4"), key->secret);

	while (scope.p) {
		unsigned char next[SHA256_SIZE];

		hmac_sha256(last, str_cut(&scope, '/'), next);
		last = arena_str(a, (str){ (char *)next, sizeof(next) });
	}
	hmac_sha256(last, string_to_sign, mac);
	buf_init(&hex, a, 100);
	hex_put(&hex, (str){ (char *)mac, sizeof(mac) });
	s->signature = buf_str(&hex);
}

static void check_request(struct arena *a, const struct request *r, const struct sigv4_door *door,
                          bool secrets_were_sent)
{
	static const unsigned char hash[SHA256_SIZE];
	const struct credential *key = NULL;
	const struct refusal *refusal;
	struct sigv4_claim claim;
	struct sigv4 s;
	str signed_by_us;

	sigv4_peek(a, r, &claim);
	refusal = sigv4_parse(a, r, door, NOW, &s);
	if (refusal) {
		check_refusal(refusal, secrets_were_sent);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (str_eq(keys[i].access_key, s.access_key))
			key = &keys[i];
	refusal = sigv4_verify(a, &s, key, hash);
	if (!refusal)
		return;
	check_refusal(refusal, secrets_were_sent);
	signed_by_us = field(refusal, "StringToSign");
	if (!key || !signed_by_us.p)
		return;
	sign(a, &s, key, signed_by_us);
	refusal = sigv4_verify(a, &s, key, hash);
	if (refusal && strcmp(refusal->code, "InvalidToken") != 0)
		abort();
	if (s.payload == SIGV4_PAYLOAD_HASH)
		sigv4_check_payload(a, &s, hash);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sigv4_door door = { SIGV4_AS_S3, names, 2 };
	struct checksum *checksum;
	struct arena a = { 0 };
	struct request r;
	str input, body;

	if (!size)
		return 0;
	input = (str){ (const char *)data + 1, size - 1 };
	door.flavour = (enum sigv4_flavour)(data[0] % SIGV4_FLAVOURS);
	r = raw_request(&a, input, &body);
	check_request(&a, &r, &door, has_secret(input));
	if (!checksum_begin(&a, &r, data[0], &checksum)) {
		checksum_update(checksum, body);
		checksum_end(checksum, NULL);
	}
	arena_release(&a);
	return 0;
}
