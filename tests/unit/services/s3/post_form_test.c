#include "check.h"

#include "base/buf.h"
#include "services/s3/post_form.h"

#define TYPE "multipart/form-data; boundary=B"

#define FIELD(name, value) \
	"--B\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_HEAD(rest) "--B\r\nContent-Disposition: form-data; name=\"file\"" rest "\r\n\r\n"
#define END             "\r\n--B--\r\n"

#define MALFORMED "The body of your POST request is not well-formed multipart/form-data."
#define TOO_LARGE "Your POST request fields preceeding the upload file was too large."
#define NO_FILE   "POST requires exactly one file upload per request."

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

/* What a form came to. */
struct outcome {
	struct post_form *form;
	const struct refusal *refusal;
	const struct refusal *answer; /* what on_file is to say */
	size_t files, fields_at_file;
	struct buf bytes;
};

static const struct refusal *begin_file(void *app, const struct post_form *form)
{
	struct outcome *o = app;

	o->files++;
	expect(post_form_file(form) != NULL);
	expect_int(o->bytes.n, 0);
	post_form_fields(form, &o->fields_at_file);
	return o->answer;
}

static void take(void *app, str bytes)
{
	struct outcome *o = app;

	expect(bytes.n > 0);
	expect_int(o->files, 1);
	buf_put(&o->bytes, bytes);
}

static void begin(struct outcome *o, str type)
{
	*o = (struct outcome){ .answer = o->answer };
	buf_init(&o->bytes, &arena, 1 << 24);
	o->refusal = post_form_new(&arena, type, begin_file, take, o, &o->form);
}

/* The pieces are `first` bytes, then as many of `piece` as there are. */
static void parse_in_pieces(struct outcome *o, str type, str body, size_t first, size_t piece)
{
	begin(o, type);
	assert_null(o->refusal);
	post_form_feed(o->form, str_from_to(body, 0, first));
	for (size_t i = MIN(first, body.n); i < body.n; i += piece)
		post_form_feed(o->form, str_from_to(body, i, i + piece));
	o->refusal = post_form_end(o->form);
}

static struct outcome parse(str body)
{
	struct outcome o = { 0 };

	parse_in_pieces(&o, STR(TYPE), body, body.n, 1);
	return o;
}

static void expect_refused(const struct refusal *r, const char *code, const char *message)
{
	assert_non_null(r);
	expect_str(str_from(r->code), code);
	expect_str(r->message, message);
}

static str repeated(char c, size_t n)
{
	char *p = arena_alloc(&arena, n);

	memset(p, c, n);
	return (str){ p, n };
}

static const char whole[] =
	"a preamble\r\n--not\r\n"
	"--B \t\r\ncontent-DISPOSITION:form-data;name=\"key\"\r\n\r\nuser/${filename}\r\n"
	"--B\r\nX-Other: 1\r\nContent-Disposition: FORM-DATA; NAME=acl\r\n\r\n\r\n"
	"--B\r\nContent-Disposition: form-data; name=\"text\"; filename=\"t\"\r\n\r\n"
	"a\r\n--\r\n\r\n-\r\r\n--b\n--B\r\n"
	"--B\r\nContent-Disposition: form-data; name=\"File\"; filename=\"a.txt\"\r\n"
	"Content-Type:  text/plain; charset=utf-8 \r\n\r\n"
	"\r\n--\r\r\n-B\r\n--A\0\r\n--\r"
	"\r\n--B\r\nContent-Disposition: form-data; name=\"after\"\r\n\r\nx\r\n--B--\r\n epilogue";

static void expect_whole(const struct outcome *o)
{
	const str want[][2] = {
		{ STR_INIT("key"), STR_INIT("user/${filename}") },
		{ STR_INIT("acl"), STR_INIT("") },
		{ STR_INIT("text"), STR_INIT("a\r\n--\r\n\r\n-\r\r\n--b\n--B") },
	};
	const struct post_field *fields;
	size_t count;

	assert_null(o->refusal);
	fields = post_form_fields(o->form, &count);
	expect_int(count, ARRAY_LEN(want));
	expect_int(o->fields_at_file, ARRAY_LEN(want));
	for (size_t i = 0; i < count; i++)
		expect(str_eq(fields[i].name, want[i][0]) && str_eq(fields[i].value, want[i][1]));
	expect_str(post_form_file(o->form)->name, "a.txt");
	expect_str(post_form_file(o->form)->content_type, "text/plain; charset=utf-8");
	expect(str_eq(buf_str(&o->bytes), STR("\r\n--\r\r\n-B\r\n--A\0\r\n--\r")));
}

TEST(post_form_comes_out_the_same_whichever_way_it_is_cut)
{
	str body = { whole, sizeof(whole) - 1 };

	for (size_t first = 0; first <= body.n; first++)
		for (size_t piece = 1; piece <= 9; piece += 4) {
			struct outcome o = { 0 };

			parse_in_pieces(&o, STR(TYPE), body, first, piece);
			expect_whole(&o);
			parse_in_pieces(&o, STR(TYPE), body, first, body.n);
			expect_whole(&o);
			arena_release(&arena);
		}
}

TEST(post_form_cut_short_is_malformed)
{
	str body = STR(FIELD("key", "k") FILE_HEAD("") "abc\r\n--B");
	const char *const ends[] = { "--", "\r\n", " \t \r\n" };

	for (size_t n = 0; n <= body.n; n++)
		expect_refused(parse(str_from_to(body, 0, n)).refusal, "MalformedPOSTRequest",
		               MALFORMED);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		str end = str_from(ends[i]);
		str all = arena_join(&arena, body, end);

		assert_null(parse(all).refusal);
		expect_refused(parse(str_from_to(all, 0, all.n - 1)).refusal,
		               "MalformedPOSTRequest", MALFORMED);
	}
}

TEST(post_form_must_be_multipart_form_data)
{
	const char *const types[] = { NULL,
		                      "",
		                      "text/html",
		                      "multipart/mixed; boundary=B",
		                      "multipart/form-data2; boundary=B",
		                      "; boundary=B" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct outcome o = { 0 };

		begin(&o, str_from(types[i]));
		expect_refused(o.refusal, "PreconditionFailed",
		               "At least one of the pre-conditions you specified did not hold");
		expect_int(o.refusal->status, 412);
		expect_str(str_from(o.refusal->fields[0].name), "Condition");
		expect_str(o.refusal->fields[0].value,
		           "Bucket POST must be of the enclosure-type multipart/form-data");
	}
}

#define B70 "0123456789012345678901234567890123456789012345678901234567890123456789"

TEST(post_form_takes_boundaries_of_1_to_70_characters)
{
	static const struct {
		const char *type, *boundary;
	} rows[] = {
		{ "multipart/form-data;boundary=B", "B" },
		{ " Multipart/Form-Data ; charset=utf-8; BOUNDARY=b'()+_,-./:=? ; x=y",
		  "b'()+_,-./:=?" },
		{ "multipart/form-data; boundary=\"a b;c\"", "a b;c" },
		{ "multipart/form-data; boundary=\"--\";", "--" },
		{ "multipart/form-data; boundary=" B70, B70 },
		{ "multipart/form-data", NULL },
		{ "multipart/form-data; boundary", NULL },
		{ "multipart/form-data; boundary=", NULL },
		{ "multipart/form-data; boundary=\"\"", NULL },
		{ "multipart/form-data; boundary=\"a", NULL },
		{ "multipart/form-data; boundary=\"a\"b", NULL },
		{ "multipart/form-data; boundary=a\"b", NULL },
		{ "multipart/form-data; boundary=\"a \"", NULL },
		{ "multipart/form-data; boundary=a\\b", NULL },
		{ "multipart/form-data; boundary=\xC3\xA4", NULL },
		{ "multipart/form-data; boundary=a; boundary=b", NULL },
		{ "multipart/form-data; boundary=" B70 "0", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct outcome o = { 0 };

		begin(&o, str_from(rows[i].type));
		if (!rows[i].boundary) {
			expect_refused(o.refusal, "MalformedPOSTRequest", MALFORMED);
			continue;
		}
		assert_null(o.refusal);
		post_form_feed(o.form, arena_printf(&arena,
		                                    "--%s\r\nContent-Disposition: form-data; "
		                                    "name=file\r\n\r\nabc\r\n--%s--",
		                                    rows[i].boundary, rows[i].boundary));
		assert_null(post_form_end(o.form));
		expect_str(buf_str(&o.bytes), "abc");
	}
}

TEST(post_form_reads_names_as_browsers_and_others_write_them)
{
	static const struct {
		const char *parameters, *name;
	} rows[] = {
		{ "", NULL },
		{ "; filename=\"\"", "" },
		{ "; filename=a.txt", "a.txt" },
		{ " ; FileName = \"a b.txt\" ;", "a b.txt" },
		{ "; filename=\"a;b=c.txt\"; x=y", "a;b=c.txt" },
		{ "; filename=\"a%22b%22\"", "a\"b\"" },
		{ "; filename=\"a\\\"b\"", "a\"b" },
		{ "; filename=\"a%0D%20%2\"", "a%0D%20%2" },
		{ "; filename=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt" },
		{ "; filename=\"\\\\host\\a\"", "\\\\host\\a" },
		{ "; filename=\"C:\\\"", "C:\\" },
		{ "; filename=\"a\\\\\"; x=\"y\"", "a\\\\" },
		{ "; filename=\"\xC3\xA4\xE2\x82\xAC\"", "\xC3\xA4\xE2\x82\xAC" },
		{ "; filename*=UTF-8''x; filename=\"a\"", "a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct outcome o =
			parse(arena_printf(&arena, FILE_HEAD("%s") "abc" END, rows[i].parameters));

		assert_null(o.refusal);
		expect_int(!post_form_file(o.form)->name.p, !rows[i].name);
		expect_str(post_form_file(o.form)->name, rows[i].name);
		assert_null(post_form_file(o.form)->content_type.p);
	}
}

TEST(post_form_that_is_not_well_formed_is_refused)
{
	static const char *const bodies[] = {
		"",
		"key=a&file=b",
		"--C\r\n\r\n",
		"x--B\r\n" FIELD("key", "k"),
		/* a boundary's line */
		"--B\n",
		"--B\rx",
		"--Bx\r\n",
		"--B-\r\n",
		"--B --",
		FILE_HEAD("") "abc\r\n--Bx" END,
		FILE_HEAD("") "abc\r\n--B-x" END,
		FILE_HEAD("") "abc\r\n--B x" END,
		FILE_HEAD("") "abc\r\n--B\rx" END,
		FILE_HEAD("") "abc\n--B--",
		/* a part's head */
		"--B\r\n\r\nx" END,
		"--B\r\nContent-Type: text/plain\r\n\r\nx" END,
		"--B\r\nContent-Disposition\r\n\r\nx" END,
		"--B\r\nContent-Disposition:\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; filename=\"a\"\r\n\r\nx" END,
		"--B\r\nContent-Disposition: ; name=\"file\"\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; name=\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; name=\"file\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; name=\"file\"x\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; name=fi\"le\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; x; name=file\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data;\r\n name=file\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; name=file\n\r\n\r\nx" END,
		"--B\r\nContent-Disposition: form-data; name=a\rb\r\n\r\nx" END,
		"--B\r\nContent-Disposition : form-data; name=file\r\n\r\nx" END,
		FILE_HEAD("; name=\"file\"") "abc" END,
		FILE_HEAD("; filename=a; filename=b") "abc" END,
		FILE_HEAD("\r\nContent-Disposition: form-data; name=file") "abc" END,
		FILE_HEAD("\r\nContent-Type: a\r\nContent-Type: b") "abc" END,
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct outcome o = parse(str_from(bodies[i]));

		expect_refused(o.refusal, "MalformedPOSTRequest", MALFORMED);
		expect_int(o.refusal->status, 400);
	}
	expect_refused(
		parse(STR("--B\r\nContent-Disposition: form-data; name=\"a\0\"\r\n\r\nx" END))
			.refusal,
		"MalformedPOSTRequest", MALFORMED);
}

TEST(post_form_needs_a_file)
{
	static const char *const bodies[] = {
		"--B--",
		"preamble\r\n--B--",
		FIELD("key", "k") "--B--\r\n" FILE_HEAD("") "abc" END,
		"--B\r\nContent-Disposition: file; name=\"file\"\r\n\r\nabc" END,
		"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nabc" END,
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct outcome o = parse(str_from(bodies[i]));

		expect_refused(o.refusal, "InvalidArgument", NO_FILE);
		expect_int(o.refusal->status, 400);
		expect_str(str_from(o.refusal->fields[0].name), "ArgumentName");
		expect_str(o.refusal->fields[0].value, "file");
		expect_str(str_from(o.refusal->fields[1].name), "ArgumentValue");
		expect_str(o.refusal->fields[1].value, "0");
		assert_null(post_form_file(o.form));
	}
}

TEST(post_form_part_may_be_empty)
{
	/* The second ways to say so have no line of their own for the content. */
	static const char *const bodies[] = {
		FIELD("a", "") FILE_HEAD("") END,
		"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n" FILE_HEAD("") "--B--",
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct outcome o = parse(str_from(bodies[i]));

		assert_null(o.refusal);
		expect_int(o.files, 1);
		expect_int(o.bytes.n, 0);
		expect_int(o.fields_at_file, 1);
		expect(post_form_field(o.form, STR("a")).p && !post_form_field(o.form, STR("a")).n);
	}
}

TEST(post_form_ignores_what_follows_the_file)
{
	static const char *const bodies[] = {
		FILE_HEAD("") "abc\r\n--B--",
		FILE_HEAD("") "abc\r\n--B--junk",
		FILE_HEAD("") "abc\r\n--B\r\n",
		FILE_HEAD("") "abc\r\n--B \r\nnonsense\r\n\r\n--Bx",
		FILE_HEAD("") "abc\r\n" FILE_HEAD("") "def" END,
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct outcome o = parse(str_from(bodies[i]));
		size_t count;

		assert_null(o.refusal);
		expect_int(o.files, 1);
		expect_str(buf_str(&o.bytes), "abc");
		post_form_fields(o.form, &count);
		expect_int(count, 0);
	}
}

TEST(post_form_finds_the_first_field_whatever_its_case)
{
	struct outcome o = parse(
		STR(FIELD("Key", "k") FIELD("key", "l") FIELD("%22\\\"", "\0") FILE_HEAD("") END));
	size_t count;

	assert_null(o.refusal);
	expect_str(post_form_field(o.form, STR("kEY")), "k");
	expect(str_eq(post_form_field(o.form, STR("\"\"")), STR("\0")));
	expect(!post_form_field(o.form, STR("file")).p);
	post_form_fields(o.form, &count);
	expect_int(count, 3);
}

TEST(post_form_bounds_what_is_before_the_file_at_20_kib)
{
	str head = STR(FILE_HEAD(""));
	str before = STR(FIELD("key", ""));
	size_t room = POST_FORM_BEFORE_FILE - head.n - before.n;

	for (size_t more = 0; more <= 1; more++)
		for (size_t piece = 1; piece < 30000; piece += 4999) {
			str value = repeated('v', room + more);
			str body = arena_printf(&arena, FIELD("key", "%.*s") FILE_HEAD("") "%s" END,
			                        STR_ARG(value), "abc");
			struct outcome o = { 0 };

			parse_in_pieces(&o, STR(TYPE), body, 0, piece);
			expect_int(o.files, !more);
			if (!more) {
				assert_null(o.refusal);
				expect(str_eq(post_form_field(o.form, STR("key")), value));
				expect_str(buf_str(&o.bytes), "abc");
				continue;
			}
			expect_refused(o.refusal, "MaxPostPreDataLengthExceeded", TOO_LARGE);
			expect_int(o.refusal->status, 400);
			expect_str(str_from(o.refusal->fields[0].name),
			           "MaxPostPreDataLengthBytes");
			expect_str(o.refusal->fields[0].value, "20480");
		}
}

TEST(post_form_that_does_not_begin_is_malformed_soon)
{
	struct outcome o = { 0 };
	str junk = repeated('-', POST_FORM_BEFORE_FILE);

	begin(&o, STR(TYPE));
	assert_null(post_form_feed(o.form, junk));
	expect_refused(post_form_feed(o.form, STR("-")), "MalformedPOSTRequest", MALFORMED);
}

TEST(post_form_bounds_the_number_of_fields)
{
	for (size_t n = POST_FORM_FIELDS; n <= POST_FORM_FIELDS + 1; n++) {
		struct outcome o;
		struct buf body;

		buf_init(&body, &arena, 1 << 20);
		for (size_t i = 0; i < n; i++)
			buf_put(&body, STR(FIELD("a", "")));
		buf_put(&body, STR(FILE_HEAD("") "abc" END));
		o = parse(buf_str(&body));
		if (n == POST_FORM_FIELDS)
			assert_null(o.refusal);
		else
			expect_refused(o.refusal, "MaxPostPreDataLengthExceeded", TOO_LARGE);
	}
}

TEST(post_form_keeps_nothing_of_the_file)
{
	struct outcome o = { 0 };
	str head = STR(FIELD("key", "k") FILE_HEAD(""));
	str piece = repeated('\r', 1000);
	size_t kept;

	begin(&o, STR(TYPE));
	buf_init(&o.bytes, NULL, 1 << 24); /* on the heap */
	assert_null(post_form_feed(o.form, head));
	kept = arena.total;
	for (size_t i = 0; i < 10000; i++)
		assert_null(post_form_feed(o.form, piece));
	expect_int(arena.total, kept);
	/* The last CR may begin a boundary. */
	expect_int(o.bytes.n, 10000 * 1000 - 1);
	assert_null(post_form_feed(o.form, STR(END)));
	assert_null(post_form_end(o.form));
	expect_int(o.bytes.n, 10000 * 1000);
	buf_release(&o.bytes);
}

TEST(post_form_hands_on_all_that_cannot_be_a_boundary)
{
	struct outcome o = { 0 };
	str rest = STR("\r\n-\r\n--\r\r\n--B");
	const size_t want[] = { 3, 3, 3, 3 + 3, 3 + 3, 3 + 3, 3 + 3, 3 + 7, 3 + 8, 11, 11, 11, 11 };

	begin(&o, STR(TYPE));
	post_form_feed(o.form, STR(FILE_HEAD("") "abc"));
	expect_int(o.bytes.n, 3);
	expect_int(rest.n, ARRAY_LEN(want));
	for (size_t i = 0; i < rest.n; i++) {
		post_form_feed(o.form, str_from_to(rest, i, i + 1));
		expect_int(o.bytes.n, want[i]);
	}
	expect_str(buf_str(&o.bytes), "abc\r\n-\r\n--\r");
}

TEST(post_form_repeats_its_first_refusal)
{
	struct refusal own = { .status = 403, .code = "AccessDenied" };
	struct outcome o = { .answer = &own };
	const struct refusal *first;

	begin(&o, STR(TYPE));
	o.answer = &own;
	assert_null(post_form_feed(o.form, STR(FIELD("key", "k"))));
	assert_ptr_equal(post_form_feed(o.form, STR(FILE_HEAD("") "abc" END)), &own);
	assert_ptr_equal(post_form_feed(o.form, STR("abc" END)), &own);
	assert_ptr_equal(post_form_end(o.form), &own);
	expect_int(o.files, 1);
	expect_int(o.bytes.n, 0);

	begin(&o, STR(TYPE));
	first = post_form_feed(o.form, STR("--B--"));
	expect_refused(first, "InvalidArgument", NO_FILE);
	assert_ptr_equal(post_form_feed(o.form, STR(FILE_HEAD("") "abc" END)), first);
	assert_ptr_equal(post_form_end(o.form), first);

	begin(&o, STR(TYPE));
	first = post_form_end(o.form);
	expect_refused(first, "MalformedPOSTRequest", MALFORMED);
	assert_ptr_equal(post_form_feed(o.form, STR(FILE_HEAD("") "abc" END)), first);
}

TESTS_WITH(NULL, release,
           {
		   RUN(post_form_comes_out_the_same_whichever_way_it_is_cut),
		   RUN(post_form_cut_short_is_malformed),
		   RUN(post_form_must_be_multipart_form_data),
		   RUN(post_form_takes_boundaries_of_1_to_70_characters),
		   RUN(post_form_reads_names_as_browsers_and_others_write_them),
		   RUN(post_form_that_is_not_well_formed_is_refused),
		   RUN(post_form_needs_a_file),
		   RUN(post_form_part_may_be_empty),
		   RUN(post_form_ignores_what_follows_the_file),
		   RUN(post_form_finds_the_first_field_whatever_its_case),
		   RUN(post_form_bounds_what_is_before_the_file_at_20_kib),
		   RUN(post_form_that_does_not_begin_is_malformed_soon),
		   RUN(post_form_bounds_the_number_of_fields),
		   RUN(post_form_keeps_nothing_of_the_file),
		   RUN(post_form_hands_on_all_that_cannot_be_a_boundary),
		   RUN(post_form_repeats_its_first_refusal),
	   })
