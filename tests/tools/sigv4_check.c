/*
 * What the server does with a signed request, behind a pipe, so that other signers can judge it.
 *
 * Each line in is a JSON object, each line out another:
 *
 *   {"flavour": "s3", "service": "s3", "now": MILLISECONDS, "piece": 1000, "request": BASE64}
 *        {"payload": BASE64} when the request is good, with the body as its service gets it, or
 *        {"status": 403, "code": "SignatureDoesNotMatch", "message": TEXT, "fields": {NAME: TEXT}}
 *
 * The request is its head and its body, as they would come over a socket; `piece` is in how large
 * pieces the body comes. The keys are those that a server has without a credentials file, and the
 * temporary key ASIATEMPORARY with the secret `temporary` and the token `the/token+of=the&key`.
 */
#include "raw_request.h"

#include "api/checksum.h"
#include "base/encoding.h"
#include "base/json.h"

#undef free

struct command {
	enum sigv4_flavour flavour;
	str service, request;
	int64_t now, piece;
};

static const char *const flavours[SIGV4_FLAVOURS] = {
	[SIGV4_AS_QUERY] = "query",         [SIGV4_AS_EC2] = "ec2", [SIGV4_AS_JSON] = "json",
	[SIGV4_AS_REST_JSON] = "rest-json", [SIGV4_AS_S3] = "s3",
};

static struct credentials *credentials;

/* What a test says is right, or the test is wrong. */
static void must(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "sigv4_check: expected %s\n", what);
		exit(2);
	}
}

static bool find_temporary(void *app UNUSED, struct arena *a UNUSED, str access_key,
                           struct credential *ret)
{
	*ret = (struct credential){
		.access_key = access_key,
		.secret = STR("temporary"),
		.session_token = STR("the/token+of=the&key"),
	};
	return str_eq(access_key, STR("ASIATEMPORARY"));
}

static int64_t number(struct json_reader *r)
{
	int64_t n = 0;
	str digits;

	must(json_number(r, &digits) && str_to_i64(digits, &n), "an integer");
	return n;
}

static struct command read_command(struct arena *a, str line)
{
	struct command c = { .flavour = SIGV4_FLAVOURS, .piece = 1000 };
	struct json_reader r;
	str name, text;

	json_reader_init(&r, a, line);
	json_enter_object(&r);
	while (json_next_member(&r, &name)) {
		if (str_eq(name, STR("now"))) {
			c.now = number(&r);
		} else if (str_eq(name, STR("piece"))) {
			c.piece = number(&r);
		} else if (str_eq(name, STR("service"))) {
			json_string(&r, &c.service);
		} else if (str_eq(name, STR("request"))) {
			must(json_string(&r, &text) && base64_decode(a, text, &c.request),
			     "a request");
		} else if (json_string(&r, &text)) {
			for (size_t i = 0; i < SIGV4_FLAVOURS; i++)
				if (str_eq(text, str_from(flavours[i])))
					c.flavour = (enum sigv4_flavour)i;
		}
	}
	must(json_at_end(&r) && c.flavour < SIGV4_FLAVOURS && c.piece > 0, "a command");
	return c;
}

/* Where the body of an S3 request goes. */
struct body {
	struct buf payload;
	struct checksum *checksum;
};

static void take(void *app, str bytes)
{
	struct body *body = app;

	buf_put(&body->payload, bytes);
	checksum_update(body->checksum, bytes);
}

static const struct refusal *receive(struct arena *a, const struct sigv4 *s, str raw, size_t piece,
                                     struct body *body)
{
	unsigned char hash[SHA256_SIZE];
	const struct refusal *r = checksum_begin(a, s->request, 0, &body->checksum);
	struct chunked *chunked = NULL;

	if (!r && s->payload >= SIGV4_PAYLOAD_CHUNKS)
		r = chunked_begin(a, s, take, body, &chunked);
	for (size_t i = 0; !r && i < raw.n; i += piece) {
		if (chunked)
			r = chunked_feed(chunked, str_from_to(raw, i, i + piece));
		else
			take(body, str_from_to(raw, i, i + piece));
	}
	if (!r && chunked)
		r = chunked_end(chunked);
	if (!r && s->payload == SIGV4_PAYLOAD_HASH) {
		digest_of(DIGEST_SHA256, buf_str(&body->payload), hash);
		r = sigv4_check_payload(a, s, hash);
	}
	return r ? r : checksum_end(body->checksum, chunked);
}

static const struct refusal *check(struct arena *a, const struct command *c, str *ret_payload)
{
	const struct sigv4_door door = { c->flavour, &c->service, 1 };
	unsigned char hash[SHA256_SIZE];
	struct credential credential;
	const struct refusal *r;
	struct request request;
	struct body body;
	struct sigv4 s;
	str raw;
	bool known;

	request = raw_request(a, c->request, &raw);
	r = sigv4_parse(a, &request, &door, c->now, &s);
	if (r)
		return r;
	known = credentials_find(credentials, a, s.access_key, &credential);
	digest_of(DIGEST_SHA256, raw, hash);
	r = sigv4_verify(a, &s, known ? &credential : NULL, hash);
	*ret_payload = raw;
	if (r || s.payload == SIGV4_PAYLOAD_BODY)
		return r;
	buf_init(&body.payload, a, SIZE_MAX / 2);
	r = receive(a, &s, raw, (size_t)c->piece, &body);
	*ret_payload = buf_str(&body.payload);
	return r;
}

static void put_refusal(struct json_writer *w, const struct refusal *r)
{
	json_put_member_i64(w, STR("status"), r->status);
	json_put_member(w, STR("code"), str_from(r->code));
	json_put_member(w, STR("message"), r->message);
	json_put_name(w, STR("fields"));
	json_put_object(w);
	for (const struct refusal_field *f = r->fields; f->name; f++)
		json_put_member(w, str_from(f->name), f->value);
	json_put_object_end(w);
}

static void answer(str line)
{
	struct arena a = { 0 };
	struct command c = read_command(&a, line);
	const struct refusal *r;
	struct json_writer w;
	struct buf out;
	str payload;

	buf_init(&out, &a, SIZE_MAX / 2);
	json_writer_init(&w, &out);
	r = check(&a, &c, &payload);
	json_put_object(&w);
	if (r)
		put_refusal(&w, r);
	else
		json_put_member(&w, STR("payload"), base64_of(&a, payload));
	json_put_object_end(&w);
	buf_putc(&out, '\n');
	fwrite(out.p, 1, out.n, stdout);
	fflush(stdout);
	arena_release(&a);
}

int main(void)
{
	char *line = NULL;
	size_t capacity = 0;
	ssize_t n;

	credentials = credentials_new();
	credentials_set_source(credentials, find_temporary, NULL);
	while ((n = getline(&line, &capacity, stdin)) > 0)
		answer((str){ line, (size_t)n });
	free(line);
	credentials_free(credentials);
	return 0;
}
