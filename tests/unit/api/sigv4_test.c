#include "check.h"

#include "raw_request.h"

#include "api/sigv4.h"
#include "base/buf.h"

/* The keys and times of AWS's documentation: of the S3 pages, and of the signature test suite. */
#define S3_SECRET    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define SUITE_SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define S3_NOW       1369353600000 /* 2013-05-24T00:00:00Z */
#define SUITE_NOW    1440938160000 /* 2015-08-30T12:36:00Z */
#define EMPTY_HASH   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define TOKEN        "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"

static struct arena arena;

static const struct credential s3_key = {
	.access_key = STR_INIT("AKIAIOSFODNN7EXAMPLE"),
	.secret = STR_INIT(S3_SECRET),
};
static const struct credential suite_key = {
	.access_key = STR_INIT("AKIDEXAMPLE"),
	.secret = STR_INIT(SUITE_SECRET),
};
static const struct credential temporary_key = {
	.access_key = STR_INIT("AKIDEXAMPLE"),
	.secret = STR_INIT(SUITE_SECRET),
	.session_token = STR_INIT(TOKEN),
	.expires = SUITE_NOW + 1,
};

static const str s3_names[] = { STR_INIT("s3") };
static const str suite_names[] = { STR_INIT("service"), STR_INIT("other") };
static const struct sigv4_door s3_door = { SIGV4_AS_S3, s3_names, 1 };
static const struct sigv4_door json_door = { SIGV4_AS_JSON, suite_names, 2 };
static const struct sigv4_door query_door = { SIGV4_AS_QUERY, suite_names, 2 };
static const struct sigv4_door rest_door = { SIGV4_AS_REST_JSON, suite_names, 2 };
static const struct sigv4_door ec2_door = { SIGV4_AS_EC2, suite_names, 2 };

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static str edit(str text, const char *from, const char *to)
{
	ptrdiff_t at = str_find_str(text, str_from(from), 0);

	assert_true(at >= 0);
	return arena_printf(&arena, "%.*s%s%.*s", (int)at, text.p, to,
	                    STR_ARG(str_after(text, (size_t)at + strlen(from))));
}

/* Everything the server does with a request: the first refusal, or NULL. */
static const struct refusal *check(str text, const struct sigv4_door *door, int64_t now,
                                   const struct credential *known)
{
	struct request *r = arena_new(&arena, struct request);
	unsigned char hash[SHA256_SIZE];
	const struct refusal *refusal;
	struct sigv4 s;
	str body;

	*r = raw_request(&arena, text, &body);
	digest_of(DIGEST_SHA256, body, hash);
	refusal = sigv4_parse(&arena, r, door, now, &s);
	if (refusal)
		return refusal;
	if (known && !str_eq(s.access_key, known->access_key))
		known = NULL;
	refusal = sigv4_verify(&arena, &s, known, hash);
	if (!refusal && s.payload == SIGV4_PAYLOAD_HASH)
		refusal = sigv4_check_payload(&arena, &s, hash);
	return refusal;
}

static void expect_accepted_at(const struct refusal *r, const char *what, const char *file,
                               int line)
{
	if (!r)
		return;
	print_error("%s: %d %s %.*s\n", what, r->status, r->code, STR_ARG(r->message));
	_fail(file, line);
}

#define expect_accepted(refusal, what) expect_accepted_at((refusal), (what), __FILE__, __LINE__)

static void expect_refused(const struct refusal *r, int status, const char *code,
                           const char *message)
{
	assert_non_null(r);
	expect_str(r->message, message);
	expect_str(str_from(r->code), code);
	expect_int(r->status, status);
}

static void expect_field(const struct refusal *r, const char *name, const char *value)
{
	for (const struct refusal_field *f = r->fields; f->name; f++) {
		if (str_eq(str_from(f->name), str_from(name))) {
			expect_str(f->value, value);
			return;
		}
	}
	print_error("no field %s\n", name);
	expect(false);
}

#define S3_AUTH(headers, signature)                                                                 \
	"Authorization: AWS4-HMAC-SHA256 "                                                          \
	"Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=" headers \
	",Signature=" signature "\n"
#define S3_HEAD  "Host: examplebucket.s3.amazonaws.com\nx-amz-date: 20130524T000000Z\n"
#define S3_EMPTY "x-amz-content-sha256: " EMPTY_HASH "\n"

static const char s3_get[] =
	"GET /test.txt HTTP/1.1\n" S3_HEAD S3_EMPTY "Range: bytes=0-9\n" S3_AUTH(
		"host;range;x-amz-content-sha256;x-amz-date",
		"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41") "\n";

static const char s3_put[] =
	"PUT /test%24file.text HTTP/1.1\n" S3_HEAD "Date: Fri, 24 May 2013 00:00:00 GMT\n"
	"x-amz-storage-class: REDUCED_REDUNDANCY\n"
	"x-amz-content-sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072\n" S3_AUTH(
		"date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
		"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd") "\nWelcome to Amazon S3.";

static const char s3_presigned[] =
	"GET /test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
	"AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
	"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
	"aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404 HTTP/1.1\n"
	"Host: examplebucket.s3.amazonaws.com\n\n";

TEST(sigv4_accepts_the_examples_of_the_s3_documentation)
{
	static const char *const examples[] = {
		s3_get,
		s3_put,
		s3_presigned,
		"GET /?lifecycle HTTP/1.1\n" S3_HEAD S3_EMPTY S3_AUTH(
			"host;x-amz-content-sha256;x-amz-date",
			"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543") "\n",
		"GET /?max-keys=2&prefix=J HTTP/1.1\n" S3_HEAD S3_EMPTY S3_AUTH(
			"host;x-amz-content-sha256;x-amz-date",
			"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7") "\n",
	};

	for (int again = 0; again < 2; again++) /* the second time with the remembered key */
		for (size_t i = 0; i < ARRAY_LEN(examples); i++)
			expect_accepted(check(str_from(examples[i]), &s3_door, S3_NOW, &s3_key),
			                examples[i]);
}

#define SUITE(line, headers, names, signature)                                  \
	line " HTTP/1.1\nHost:example.amazonaws.com\n" headers                  \
	     "X-Amz-Date:20150830T123600Z\nAuthorization:AWS4-HMAC-SHA256 "     \
	     "Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " \
	     "SignedHeaders=" names ", Signature=" signature "\n\n"
#define VANILLA    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
#define UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static const char vanilla[] = SUITE("GET /", "", "host;x-amz-date", VANILLA);

TEST(sigv4_accepts_the_signature_test_suite)
{
	static const char *const suite[] = {
		vanilla,
		SUITE("POST /", "", "host;x-amz-date",
		      "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
		SUITE("GET /?Param2=value2&Param1=value1", "", "host;x-amz-date",
		      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
		SUITE("GET /", "My-Header1:value2\nMy-Header1:value2\nMy-Header1:value1\n",
		      "host;my-header1;x-amz-date",
		      "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
		SUITE("GET /",
		      "My-Header1:value4\nMy-Header1:value1\nMy-Header1:value3\nMy-Header1:value2\n",
		      "host;my-header1;x-amz-date",
		      "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
		SUITE("GET /", "My-Header1: value1\nMy-Header2: \"a   b   c\"\n",
		      "host;my-header1;my-header2;x-amz-date",
		      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
		SUITE("POST /", "My-Header1:value1\n", "host;my-header1;x-amz-date",
		      "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
		SUITE("GET /example1/example2/../..", "", "host;x-amz-date", VANILLA),
		SUITE("GET /./", "", "host;x-amz-date", VANILLA),
		SUITE("GET /./example", "", "host;x-amz-date",
		      "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"),
		SUITE("GET //example//", "", "host;x-amz-date",
		      "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
		SUITE("GET /example space/", "", "host;x-amz-date",
		      "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
		SUITE("GET /" UNRESERVED, "", "host;x-amz-date",
		      "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
		SUITE("GET /\xe1\x88\xb4", "", "host;x-amz-date",
		      "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
		SUITE("GET /?\xe1\x88\xb4=bar", "", "host;x-amz-date",
		      "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
		SUITE("GET /?" UNRESERVED "=" UNRESERVED, "", "host;x-amz-date",
		      "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
		SUITE("GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", "", "host;x-amz-date",
		      "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac"),
	};

	for (size_t i = 0; i < ARRAY_LEN(suite); i++)
		expect_accepted(check(str_from(suite[i]), &json_door, SUITE_NOW, &suite_key),
		                suite[i]);
}

static const char suite_presigned[] =
	"GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
	"AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
	"&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600&X-Amz-Signature="
	"e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d HTTP/1.1\n"
	"Host:example.amazonaws.com\n\n";

TEST(sigv4_accepts_a_presigned_request_of_the_suite)
{
	str text = str_from(suite_presigned);

	expect_accepted(check(text, &query_door, SUITE_NOW, &suite_key), "now");
	expect_accepted(check(text, &query_door, SUITE_NOW + 3600000, &suite_key), "at its end");
	expect_refused(check(text, &query_door, SUITE_NOW + 3601000, &suite_key), 403,
	               "SignatureDoesNotMatch",
	               "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
	               "(20150830T133601Z - 60 min.)");
}

/* Flips the lowest bit of each byte of a request but for the version and the ends of lines. */
static void expect_each_byte_to_matter(const char *text, const struct sigv4_door *door, int64_t now,
                                       const struct credential *key)
{
	size_t n = strlen(text);
	ptrdiff_t version = str_find_str(str_from(text), STR(" HTTP/1.1"), 0);

	for (size_t i = 0; i < n; i++) {
		char *changed = arena_cstr(&arena, str_from(text));

		if (text[i] == '\n' || (i > (size_t)version && i < (size_t)version + 9))
			continue;
		changed[i] ^= 1;
		if (!check(str_from(changed), door, now, key)) {
			print_error("byte %zu of \"%s\" does not matter\n", i, text);
			expect(false);
		}
	}
}

TEST(sigv4_refuses_a_request_with_any_byte_changed)
{
	expect_each_byte_to_matter(s3_get, &s3_door, S3_NOW, &s3_key);
	expect_each_byte_to_matter(s3_put, &s3_door, S3_NOW, &s3_key);
	expect_each_byte_to_matter(s3_presigned, &s3_door, S3_NOW, &s3_key);
	expect_each_byte_to_matter(vanilla, &json_door, SUITE_NOW, &suite_key);
	expect_each_byte_to_matter(suite_presigned, &query_door, SUITE_NOW, &suite_key);
}

TEST(sigv4_refuses_what_was_added_or_left_out)
{
	static const char *const changes[][2] = {
		{ "/test.txt", "/test.txt?"
		               "acl" },
		{ "/test.txt", "/test.txt/" },
		{ "/test.txt", "//test.txt" },
		{ "Range: bytes=0-9\n", "" },
		{ "Range: bytes=0-9\n", "Range: bytes=0-9\nRange: bytes=0-9\n" },
		{ "Host: ", "Host: x.example\nHost: " },
		{ "\nx-amz-date: ", "\nx-amz-date: 20130524T000000Z\nx-amz-date: " },
		{ "range;", "" },
		{ "range;", "range;x-new;" },
		{ "host;range", "range;host" },
	};

	expect_accepted(check(str_from(s3_get), &s3_door, S3_NOW, &s3_key), "unchanged");
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		expect(check(edit(str_from(s3_get), changes[i][0], changes[i][1]), &s3_door, S3_NOW,
		             &s3_key));
	/* Not signed, so a proxy may do so. */
	expect_accepted(check(edit(str_from(s3_get), "Host: ", "User-Agent: x\nHost: "), &s3_door,
	                      S3_NOW, &s3_key),
	                "User-Agent");
	expect_accepted(check(edit(str_from(s3_get), "Range: bytes=0-9", "RANGE:  bytes=0-9 "),
	                      &s3_door, S3_NOW, &s3_key),
	                "spelling of a header");
}

TEST(sigv4_refuses_another_secret_after_the_right_one_was_remembered)
{
	struct credential other = s3_key;

	other.secret = STR("another");
	expect_accepted(check(str_from(s3_get), &s3_door, S3_NOW, &s3_key), "right");
	expect(check(str_from(s3_get), &s3_door, S3_NOW, &other));
	expect_accepted(check(str_from(s3_get), &s3_door, S3_NOW, &s3_key), "right again");
}

TEST(sigv4_says_to_s3_clients_what_it_signed)
{
	const struct refusal *r =
		check(edit(str_from(s3_get), "f0e8bdb8", "00000000"), &s3_door, S3_NOW, &s3_key);

	expect_refused(r, 403, "SignatureDoesNotMatch",
	               "The request signature we calculated does not match the signature you "
	               "provided. Check your key and signing method.");
	expect_field(r, "AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE");
	expect_field(r, "StringToSign",
	             "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
	             "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972");
	expect_field(r, "SignatureProvided",
	             "000000007c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
	expect_field(r, "CanonicalRequest",
	             "GET\n/test.txt\n\nhost:examplebucket.s3.amazonaws.com\nrange:bytes=0-9\n"
	             "x-amz-content-sha256:" EMPTY_HASH "\nx-amz-date:20130524T000000Z\n\n"
	             "host;range;x-amz-content-sha256;x-amz-date\n" EMPTY_HASH);
	expect(str_starts(r->fields[3].value, STR("41 57 53 34 2d 48 4d 41 43 2d")));
	expect_str(str_from(r->fields[3].name), "StringToSignBytes");
	expect(str_starts(r->fields[5].value, STR("47 45 54 0a 2f 74 65 73 74")));
	expect_str(str_from(r->fields[5].name), "CanonicalRequestBytes");
}

TEST(sigv4_says_to_others_what_it_signed)
{
	str text = edit(str_from(vanilla), "Signature=5", "Signature=6");
	static const char message[] =
		"The request signature we calculated does not match the signature you provided. "
		"Check your AWS Secret Access Key and signing method. Consult the service "
		"documentation for details.\n\n"
		"The Canonical String for this request should have been\n"
		"'GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
		"host;x-amz-date\n" EMPTY_HASH "'\n\n"
		"The String-to-Sign should have been\n"
		"'AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
		"bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63'\n";

	expect_refused(check(text, &json_door, SUITE_NOW, &suite_key), 400,
	               "InvalidSignatureException", message);
	expect_refused(check(text, &rest_door, SUITE_NOW, &suite_key), 403,
	               "InvalidSignatureException", message);
	expect_refused(check(text, &query_door, SUITE_NOW, &suite_key), 403,
	               "SignatureDoesNotMatch", message);
	expect_refused(check(text, &ec2_door, SUITE_NOW, &suite_key), 401, "AuthFailure",
	               "AWS was not able to validate the provided access credentials");
}

TEST(sigv4_does_not_repeat_a_very_long_request)
{
	struct buf long_path;
	const struct refusal *r;

	buf_init(&long_path, &arena, 1 << 20);
	buf_putc(&long_path, '/');
	while (long_path.n < 20000)
		buf_put(&long_path, STR("path"));
	r = check(edit(str_from(vanilla), "/", buf_cstr(&long_path)), &json_door, SUITE_NOW,
	          &suite_key);
	expect_str(str_from(r->code), "InvalidSignatureException");
	expect(r->message.n < 200);
	r = check(edit(str_from(s3_get), "/test.txt", buf_cstr(&long_path)), &s3_door, S3_NOW,
	          &s3_key);
	expect_str(str_from(r->code), "SignatureDoesNotMatch");
	expect(!r->fields[4].name);
}

struct wrong {
	const char *from, *to;
	int status;
	const char *code, *message;
};

#define DENIED_UNSIGNED "There were headers present in the request which were not signed"
#define PAYLOADS                                                                              \
	"x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, " \
	"STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "    \
	"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, "                                          \
	"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value."
#define ONE_MECHANISM                                                                 \
	"Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, " \
	"Signature query string parameter or the Authorization header should be specified"
#define VERSION_2                                                                     \
	"The authorization mechanism you have provided is not supported. Please use " \
	"AWS4-HMAC-SHA256."
#define COMPONENTS                                                                        \
	"The authorization header is malformed; the authorization header requires three " \
	"components: Credential, SignedHeaders, and Signature."

TEST(sigv4_words_what_is_wrong_with_a_header_as_s3_does)
{
	static const struct wrong cases[] = {
		{ "Authorization:", "X:", 403, "AccessDenied", "Access Denied" },
		{ "AWS4-HMAC-SHA256 ", "", 400, "InvalidArgument",
		  "Authorization header is invalid -- one and only one ' ' (space) required" },
		{ "AWS4-HMAC-SHA256 ", "Bearer ", 400, "InvalidArgument",
		  "Unsupported Authorization Type" },
		{ "AWS4-HMAC-SHA256 Cred", "AWS AKIA:frJIUN8DYpKDtOLCwo= ", 400, "InvalidRequest",
		  VERSION_2 },
		{ "AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 ", 501, "NotImplemented",
		  "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please use "
		  "AWS4-HMAC-SHA256." },
		{ "/test.txt", "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256", 400, "InvalidArgument",
		  ONE_MECHANISM },
		{ "/test.txt", "/test.txt?AWSAccessKeyId=a&Signature=b", 400, "InvalidArgument",
		  ONE_MECHANISM },
		{ S3_EMPTY, "", 400, "InvalidRequest",
		  "Missing required header for this request: x-amz-content-sha256" },
		{ EMPTY_HASH, "e3b0", 400, "InvalidArgument", PAYLOADS },
		{ EMPTY_HASH, "unsigned-payload", 400, "InvalidArgument", PAYLOADS },
		{ EMPTY_HASH, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", 501, "NotImplemented",
		  "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please use "
		  "AWS4-HMAC-SHA256." },
		{ "x-amz-date: 20130524T000000Z\n", "", 403, "AccessDenied",
		  "AWS authentication requires a valid Date or x-amz-date header" },
		{ "x-amz-date: 20130524T000000Z", "x-amz-date: 2013-05-24T00:00:00Z", 403,
		  "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header" },
		{ "Credential=", "Credentials=", 400, "AuthorizationHeaderMalformed", COMPONENTS },
		{ "Credential=", "Credential= ", 400, "AuthorizationHeaderMalformed", COMPONENTS },
		{ "SignedHeaders=", "X=", 400, "AuthorizationHeaderMalformed", COMPONENTS },
		{ ",Signature=", ",S=", 400, "AuthorizationHeaderMalformed", COMPONENTS },
		{ "/us-east-1", "", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; the Credential is mal-formed; expecting "
		  "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"." },
		{ "EXAMPLE/20130524", "EXAMPLE/2013052", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; incorrect date format \"2013052\". This "
		  "date in the credential must be in the format \"yyyyMMdd\"." },
		{ "EXAMPLE/20130524", "EXAMPLE/20131324", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; incorrect date format \"20131324\". This "
		  "date in the credential must be in the format \"yyyyMMdd\"." },
		{ "/us-east-1/", "//", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; a non-empty region must be provided in "
		  "the credential." },
		{ "/us-east-1/", "/US-EAST-1/", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; the region 'US-EAST-1' is wrong; "
		  "expecting 'us-east-1'" },
		{ "/s3/", "/ec2/", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; incorrect service \"ec2\". This endpoint "
		  "belongs to \"s3\"." },
		{ "aws4_request", "aws4_reques", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; incorrect terminal \"aws4_reques\". This "
		  "endpoint uses \"aws4_request\"." },
		{ "EXAMPLE/20130524", "EXAMPLE/20130523", 400, "AuthorizationHeaderMalformed",
		  "The authorization header is malformed; Invalid credential date. Date is not the "
		  "same as X-Amz-Date." },
		{ "host;range;", "range;", 403, "AccessDenied", DENIED_UNSIGNED },
		{ ";x-amz-date", "", 403, "AccessDenied", DENIED_UNSIGNED },
		{ "Range:", "X-Amz-Acl: public-read\nRange:", 403, "AccessDenied",
		  DENIED_UNSIGNED },
		{ "Range:", "Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==\nRange:", 403, "AccessDenied",
		  DENIED_UNSIGNED },
		{ "AKIAIOSFODNN7EXAMPLE", "AKIAUNKNOWN", 403, "InvalidAccessKeyId",
		  "The AWS Access Key Id you provided does not exist in our records." },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct wrong *w = &cases[i];

		expect_refused(
			check(edit(str_from(s3_get), w->from, w->to), &s3_door, S3_NOW, &s3_key),
			w->status, w->code, w->message);
	}
}

TEST(sigv4_adds_the_fields_that_s3_adds)
{
	const struct refusal *r;

	r = check(edit(str_from(s3_get), "Range:", "x-amz-meta-B: 1\nX-Amz-Meta-A: 2\nRange:"),
	          &s3_door, S3_NOW, &s3_key);
	expect_field(r, "HeadersNotSigned", "x-amz-meta-b, x-amz-meta-a");
	r = check(edit(str_from(s3_get), EMPTY_HASH, "nonsense"), &s3_door, S3_NOW, &s3_key);
	expect_field(r, "ArgumentName", "x-amz-content-sha256");
	expect_field(r, "ArgumentValue", "nonsense");
	r = check(edit(str_from(s3_get), "us-east-1", "us_east"), &s3_door, S3_NOW, &s3_key);
	expect_field(r, "Region", "us-east-1");
	r = check(edit(str_from(s3_get), "AKIAIOSFODNN7EXAMPLE", "AKIA"), &s3_door, S3_NOW,
	          &s3_key);
	expect_field(r, "AWSAccessKeyId", "AKIA");
}

TEST(sigv4_lets_clocks_differ_by_fifteen_minutes)
{
	str text = str_from(s3_get);
	const struct refusal *r;

	expect_accepted(check(text, &s3_door, S3_NOW + 900000, &s3_key), "late");
	expect_accepted(check(text, &s3_door, S3_NOW - 900000, &s3_key), "early");
	r = check(text, &s3_door, S3_NOW + 900001, &s3_key);
	expect_refused(
		r, 403, "RequestTimeTooSkewed",
		"The difference between the request time and the current time is too large.");
	expect_field(r, "RequestTime", "20130524T000000Z");
	expect_field(r, "ServerTime", "2013-05-24T00:15:00Z");
	expect_field(r, "MaxAllowedSkewMilliseconds", "900000");
	expect(check(text, &s3_door, S3_NOW - 900001, &s3_key));

	text = str_from(vanilla);
	expect_accepted(check(text, &json_door, SUITE_NOW + 900000, &suite_key), "late");
	expect_accepted(check(text, &json_door, SUITE_NOW - 900000, &suite_key), "early");
	expect_refused(check(text, &json_door, SUITE_NOW + 901000, &suite_key), 400,
	               "InvalidSignatureException",
	               "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
	               "(20150830T125101Z - 15 min.)");
	expect_refused(check(text, &query_door, SUITE_NOW - 901000, &suite_key), 403,
	               "SignatureDoesNotMatch",
	               "Signature not yet current: 20150830T123600Z is still later than "
	               "20150830T123559Z (20150830T122059Z + 15 min.)");
	expect_refused(check(text, &ec2_door, SUITE_NOW + 901000, &suite_key), 400,
	               "RequestExpired", "Request has expired.");
}

#define QUERY_PREFIX "Error parsing the X-Amz-Credential parameter; "
#define SIX_PARAMETERS                                                             \
	"Query-string authentication version 4 requires the X-Amz-Algorithm, "     \
	"X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and " \
	"X-Amz-Expires parameters."

TEST(sigv4_words_what_is_wrong_with_a_presigned_url_as_s3_does)
{
	static const char code[] = "AuthorizationQueryParametersError";
	static const struct wrong cases[] = {
		{ "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-HMAC-SHA1", 400, code,
		  "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and "
		  "AWS4-ECDSA-P256-SHA256\"" },
		{ "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256", 501,
		  "NotImplemented",
		  "Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented. Please use "
		  "AWS4-HMAC-SHA256." },
		{ "X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm", 400, code,
		  SIX_PARAMETERS },
		{ "X-Amz-Credential=", "X=", 400, code, SIX_PARAMETERS },
		{ "X-Amz-Date=", "X=", 400, code, SIX_PARAMETERS },
		{ "X-Amz-Expires=", "X=", 400, code, SIX_PARAMETERS },
		{ "X-Amz-SignedHeaders=", "X=", 400, code, SIX_PARAMETERS },
		{ "X-Amz-Signature=", "X=", 400, code, SIX_PARAMETERS },
		{ "?X-Amz", "?AWSAccessKeyId=a&Signature=b&X-Amz", 400, "InvalidArgument",
		  ONE_MECHANISM },
		{ "X-Amz-Algorithm=", "AWSAccessKeyId=a&Signature=b&X=", 400, "InvalidRequest",
		  VERSION_2 },
		{ "20130524T000000Z", "2013-05-24T00:00:00Z", 400, code,
		  "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"" },
		{ "=86400", "=1h", 400, code, "X-Amz-Expires should be a number" },
		{ "=86400", "=-1", 400, code, "X-Amz-Expires must be non-negative" },
		{ "=86400", "=604801", 400, code,
		  "X-Amz-Expires must be less than a week (in seconds); that is, the given "
		  "X-Amz-Expires must be less than 604800 seconds" },
		{ "=86400", "=0", 403, "AccessDenied", "Request has expired" },
		{ "%2Fs3%2F", "%2Fec2%2F", 400, code,
		  QUERY_PREFIX "incorrect service \"ec2\". This endpoint belongs to \"s3\"." },
		{ "%2Fs3%2F", "%2F", 400, code,
		  QUERY_PREFIX "the Credential is mal-formed; expecting "
		               "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"." },
		{ "%2F20130524%2F", "%2F20130523%2F", 400, code,
		  "Invalid credential date \"20130523\". This date is not the same as X-Amz-Date: "
		  "\"20130524\"." },
		{ "Host:", "x-amz-acl: public-read\nHost:", 403, "AccessDenied", DENIED_UNSIGNED },
		{ "AKIAIOSFODNN7EXAMPLE", "AKIAUNKNOWN", 403, "InvalidAccessKeyId",
		  "The AWS Access Key Id you provided does not exist in our records." },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct wrong *w = &cases[i];

		expect_refused(check(edit(str_from(s3_presigned), w->from, w->to), &s3_door, S3_NOW,
		                     &s3_key),
		               w->status, w->code, w->message);
	}
}

TEST(sigv4_ends_a_presigned_url_when_it_said)
{
	str text = str_from(s3_presigned);
	const struct refusal *r;

	expect_accepted(check(text, &s3_door, S3_NOW + 86400000, &s3_key), "last moment");
	expect_accepted(check(text, &s3_door, S3_NOW - 900000, &s3_key), "early");
	r = check(text, &s3_door, S3_NOW + 86400001, &s3_key);
	expect_refused(r, 403, "AccessDenied", "Request has expired");
	expect_field(r, "X-Amz-Expires", "86400");
	expect_field(r, "Expires", "2013-05-25T00:00:00Z");
	expect_field(r, "ServerTime", "2013-05-25T00:00:00Z");
	r = check(text, &s3_door, S3_NOW - 900001, &s3_key);
	expect_refused(r, 403, "AccessDenied", "Request is not yet valid");
	expect_field(r, "X-Amz-Date", "1369353600000");
	expect_field(r, "ServerTime", "2013-05-23T23:44:59Z");
}

#define HASHED(authorization_hash) \
	"(Hashed with SHA-256 and encoded with Base64) Authorization=" authorization_hash
#define NO_CREDENTIAL "Authorization header requires 'Credential' parameter. "
#define NO_SIGNATURE  "Authorization header requires 'Signature' parameter. "
#define NO_HEADERS    "Authorization header requires 'SignedHeaders' parameter. "

TEST(sigv4_words_what_is_wrong_with_a_header_as_json_services_do)
{
	static const char incomplete[] = "IncompleteSignatureException";
	static const char invalid[] = "InvalidSignatureException";
	static const struct wrong cases[] = {
		{ "Authorization:", "X:", 400, "MissingAuthenticationTokenException",
		  "Missing Authentication Token" },
		{ "GET /", "GET /?X-Amz-Algorithm", 400, invalid,
		  "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as "
		  "HTTP header." },
		{ "AWS4-HMAC-SHA256 Cred", "AWS AKIA:frJIUN8DYpKDtOLCwo= ", 400, incomplete,
		  "Unsupported AWS 'algorithm': 'AWS' (only AWS4-HMAC-SHA256 for now). " },
		{ "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", 400, incomplete,
		  "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for "
		  "now). " },
		{ "X-Amz-Date:20150830T123600Z", "X-Amz-Date:201", 400, incomplete,
		  "Date must be in ISO-8601 'basic format'. Got '201'. See "
		  "http://en.wikipedia.org/wiki/ISO_8601" },
		{ "host;", "", 400, invalid,
		  "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization." },
		{ "/us-east-1", "", 400, incomplete,
		  "Credential must have exactly 5 slash-delimited elements, e.g. "
		  "keyid/date/region/service/term, got "
		  "'AKIDEXAMPLE/20150830/service/aws4_request'" },
		{ "/us-east-1/", "/c*/", 400, invalid,
		  "Credential should be scoped to a valid region, not 'c*'." },
		{ "/service/", "/s3/", 400, invalid,
		  "Credential should be scoped to correct service: 'service'." },
		{ "/20150830/us-east-1/service/aws4_request", "/b//d/e", 400, invalid,
		  "Credential should be scoped to a valid region, not ''. Credential should be "
		  "scoped to correct service: 'service'. Credential should be scoped with a valid "
		  "terminator: 'aws4_request', not 'e'. Date in Credential scope does not match "
		  "YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20150830', from "
		  "'20150830T123600Z'." },
		{ "=AKIDEXAMPLE", "=AKID", 400, "UnrecognizedClientException",
		  "The security token included in the request is invalid." },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct wrong *w = &cases[i];

		expect_refused(check(edit(str_from(vanilla), w->from, w->to), &json_door, SUITE_NOW,
		                     &suite_key),
		               w->status, w->code, w->message);
	}
}

TEST(sigv4_lists_what_a_header_lacks_without_repeating_it)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "Authorization: X\n", NO_CREDENTIAL NO_SIGNATURE NO_HEADERS
		  "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' "
		  "header. " HASHED("S2irOEf+2n1sYsH7y+6/o16rc1HtXnj03a3qXfZLgBU=") },
		{ "Authorization: AWS4- Signature=b,Credential=a\nDate: a\n",
		  NO_HEADERS HASHED("N5van34yNMRKNKzVDBxhg03IHJqY/ssMAMLLufW2e+4=") },
		{ "Authorization: Bearer token\nDate: a\n",
		  "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with "
		  "SHA-256 and encoded with Base64): "
		  "'sirDDmH2JNXZ7PrsYu3JMpduFdLxWZgJKX9UIu07OWs='." },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str text = arena_printf(&arena, "POST / HTTP/1.1\nHost: h\n%s\n", cases[i].text);

		expect_refused(check(text, &json_door, SUITE_NOW, &suite_key), 400,
		               "IncompleteSignatureException", cases[i].message);
	}
}

TEST(sigv4_lists_what_a_query_lacks)
{
	expect_refused(
		check(STR("GET /?X-Amz-Algorithm HTTP/1.1\nHost: h\n\n"), &json_door, SUITE_NOW,
	              &suite_key),
		400, "IncompleteSignatureException",
		"AWS query-string parameters must include 'X-Amz-Algorithm'. AWS "
		"query-string parameters must include 'X-Amz-Credential'. AWS query-string "
		"parameters must include 'X-Amz-Signature'. AWS query-string parameters must "
		"include 'X-Amz-SignedHeaders'. AWS query-string parameters must include "
		"'X-Amz-Date'. Re-examine the query-string parameters.");
	expect_refused(check(STR("GET /?AWSAccessKeyId=a&Signature=b HTTP/1.1\nHost: h\n\n"),
	                     &query_door, SUITE_NOW, &suite_key),
	               400, "IncompleteSignature",
	               "Unsupported AWS 'algorithm': 'Signature Version 2' (only AWS4-HMAC-SHA256 "
	               "for now). ");
}

TEST(sigv4_says_in_each_flavour_that_a_signature_is_missing)
{
	static const struct {
		const struct sigv4_door *door;
		int status;
		const char *code, *message;
	} cases[] = {
		{ &query_door, 403, "MissingAuthenticationToken",
		  "Request is missing Authentication Token" },
		{ &json_door, 400, "MissingAuthenticationTokenException",
		  "Missing Authentication Token" },
		{ &rest_door, 403, "MissingAuthenticationTokenException",
		  "Missing Authentication Token" },
		{ &ec2_door, 400, "MissingParameter",
		  "The request must contain the parameter AWSAccessKeyId" },
		{ &s3_door, 403, "AccessDenied", "Access Denied" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		expect_refused(check(STR("GET / HTTP/1.1\nHost: h\nAuthorization:\n\n"),
		                     cases[i].door, SUITE_NOW, &suite_key),
		               cases[i].status, cases[i].code, cases[i].message);
}

static const char with_token[] =
	SUITE("GET /", "X-Amz-Security-Token:" TOKEN "\n", "host;x-amz-date;x-amz-security-token",
              "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8");

TEST(sigv4_wants_the_token_of_a_temporary_key)
{
	static const char bad[] = "The security token included in the request is invalid";
	struct credential expired = temporary_key;
	str text = str_from(with_token);

	expired.expires = SUITE_NOW;
	expect_accepted(check(text, &json_door, SUITE_NOW, &temporary_key), "with its token");
	expect_refused(check(str_from(vanilla), &json_door, SUITE_NOW, &temporary_key), 400,
	               "UnrecognizedClientException",
	               "The security token included in the request is invalid.");
	expect_refused(check(edit(text, ":6e86", ":7e86"), &json_door, SUITE_NOW, &temporary_key),
	               400, "UnrecognizedClientException", bad);
	expect_refused(check(text, &json_door, SUITE_NOW, &expired), 400, "ExpiredTokenException",
	               "The security token included in the request is expired");
	expect_refused(check(text, &query_door, SUITE_NOW, &expired), 403, "ExpiredToken",
	               "The security token included in the request is expired");
	/* A key for good has none. */
	expect_refused(check(text, &query_door, SUITE_NOW, &suite_key), 403, "InvalidClientTokenId",
	               bad);
}

TEST(sigv4_words_a_bad_token_as_s3_does)
{
	str text = edit(str_from(s3_get), "Range:", "x-amz-security-token: wrong\nRange:");
	struct credential temporary = s3_key;

	text = edit(text, ";x-amz-date", ";x-amz-date;x-amz-security-token");
	temporary.session_token = STR("right");
	temporary.expires = S3_NOW;
	expect_refused(check(text, &s3_door, S3_NOW, &temporary), 400, "InvalidToken",
	               "The provided token is malformed or otherwise invalid.");
	expect_refused(check(str_from(s3_get), &s3_door, S3_NOW, &temporary), 403,
	               "InvalidAccessKeyId",
	               "The AWS Access Key Id you provided does not exist in our records.");
	temporary.session_token = STR("wrong");
	expect_refused(check(text, &s3_door, S3_NOW, &temporary), 400, "ExpiredToken",
	               "The provided token has expired.");
}

TEST(sigv4_refusals_do_not_repeat_a_session_token)
{
	str text = edit(str_from(with_token), "Signature=0", "Signature=1");
	const struct refusal *r = check(text, &json_door, SUITE_NOW, &temporary_key);

	expect_str(str_from(r->code), "InvalidSignatureException");
	expect(str_contains(r->message, STR("x-amz-security-token:...")));
	expect(!str_contains(r->message, str_from(TOKEN)));
}

TEST(sigv4_finds_a_body_that_is_not_the_signed_one)
{
	const struct refusal *r =
		check(edit(str_from(s3_put), "Welcome", "welcome"), &s3_door, S3_NOW, &s3_key);

	expect_refused(r, 400, "XAmzContentSHA256Mismatch",
	               "The provided 'x-amz-content-sha256' header does not match what was "
	               "computed.");
	expect_field(r, "ClientComputedContentSHA256",
	             "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
	expect_field(r, "S3ComputedContentSHA256",
	             "a0147a47ffa48697813bcd3d6011bed41ae359ca52f1f80d7f77c7002e06a154");
}

TEST(sigv4_peek_tells_what_a_signature_is_for)
{
	struct request r = raw_request(&arena, str_from(s3_presigned), NULL);
	struct sigv4_claim claim;

	expect_int(sigv4_where(&r), SIGV4_IN_QUERY);
	expect(sigv4_peek(&arena, &r, &claim));
	expect_str(claim.access_key, "AKIAIOSFODNN7EXAMPLE");
	expect_str(claim.region, "us-east-1");
	expect_str(claim.service, "s3");
	r = raw_request(&arena, str_from(vanilla), NULL);
	expect_int(sigv4_where(&r), SIGV4_IN_HEADER);
	expect(sigv4_peek(&arena, &r, &claim));
	expect_str(claim.service, "service");
	r = raw_request(&arena, STR("GET /?Signature=1 HTTP/1.1\n\n"), NULL);
	expect_int(sigv4_where(&r), SIGV4_UNSIGNED);
	expect(!sigv4_peek(&arena, &r, &claim));
}

TESTS_WITH(NULL, release,
           {
		   RUN(sigv4_accepts_the_examples_of_the_s3_documentation),
		   RUN(sigv4_accepts_the_signature_test_suite),
		   RUN(sigv4_accepts_a_presigned_request_of_the_suite),
		   RUN(sigv4_refuses_a_request_with_any_byte_changed),
		   RUN(sigv4_refuses_what_was_added_or_left_out),
		   RUN(sigv4_refuses_another_secret_after_the_right_one_was_remembered),
		   RUN(sigv4_says_to_s3_clients_what_it_signed),
		   RUN(sigv4_says_to_others_what_it_signed),
		   RUN(sigv4_does_not_repeat_a_very_long_request),
		   RUN(sigv4_words_what_is_wrong_with_a_header_as_s3_does),
		   RUN(sigv4_adds_the_fields_that_s3_adds),
		   RUN(sigv4_lets_clocks_differ_by_fifteen_minutes),
		   RUN(sigv4_words_what_is_wrong_with_a_presigned_url_as_s3_does),
		   RUN(sigv4_ends_a_presigned_url_when_it_said),
		   RUN(sigv4_words_what_is_wrong_with_a_header_as_json_services_do),
		   RUN(sigv4_lists_what_a_header_lacks_without_repeating_it),
		   RUN(sigv4_lists_what_a_query_lacks),
		   RUN(sigv4_says_in_each_flavour_that_a_signature_is_missing),
		   RUN(sigv4_wants_the_token_of_a_temporary_key),
		   RUN(sigv4_words_a_bad_token_as_s3_does),
		   RUN(sigv4_refusals_do_not_repeat_a_session_token),
		   RUN(sigv4_finds_a_body_that_is_not_the_signed_one),
		   RUN(sigv4_peek_tells_what_a_signature_is_for),
	   })
