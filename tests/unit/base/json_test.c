#include "base/json.h"

#include "base/limits.h"
#include "base/str.h"

#include <math.h>

#include "check.h"

static bool skips(str text)
{
	struct arena a = { 0 };
	struct json_reader r;
	bool ok;

	json_reader_init(&r, &a, text);
	json_skip(&r);
	ok = json_at_end(&r);
	arena_release(&a);
	return ok;
}

/* Reads everything with the other calls, as a caller does who knows nothing of what will come. */
static void read_any(struct json_reader *r)
{
	bool flag;
	str text;

	switch (json_peek(r)) {
	case JSON_OBJECT:
		json_enter_object(r);
		while (json_next_member(r, &text))
			read_any(r);
		break;
	case JSON_ARRAY:
		json_enter_array(r);
		while (json_next_element(r))
			read_any(r);
		break;
	case JSON_STRING:
		json_string(r, &text);
		break;
	case JSON_NUMBER:
		json_number(r, &text);
		break;
	case JSON_NULL:
		json_null(r);
		break;
	default:
		json_bool(r, &flag);
	}
}

static bool reads(str text)
{
	struct arena a = { 0 };
	struct json_reader r;
	bool ok;

	json_reader_init(&r, &a, text);
	read_any(&r);
	ok = json_at_end(&r);
	arena_release(&a);
	return ok;
}

TEST(json_accepts_what_rfc_8259_allows)
{
	/* clang-format off */
	static const char *const good[] = {
		"{}", "[]", " [ ] ", "null", "true", "false", "0", "-0", "-1.5e+3", "1E400", "\"\"",
		"[1,2,3]", "[[],[]]", "[{},{}]", "{\"a\":1,\"b\":[{\"c\":null}],\"a\":2}",
		"{\"\":{}}", "\t\r\n [ true , false ] \n", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\"",
		"\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\"\x7f\"",
		"[0.1]", "[1e5]", "{\"a\":[1,{\"b\":[2,{}]},3],\"c\":\"d\"}",
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!skips(str_from(good[i])) || !reads(str_from(good[i])))
			fail_msg("%s", good[i]);
}

TEST(json_refuses_everything_else)
{
	/* clang-format off */
	static const char *const bad[] = {
		"", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[,]", "{\"a\"}",
		"{\"a\":}", "{\"a\":1", "{\"a\":1,}", "{,\"a\":1}", "{a:1}", "{1:1}", "{\"a\" 1}",
		"{\"a\":1 \"b\":2}", "{null:1}", "[}", "{]", "[1}", "{\"a\":1]", "[[]", "[]]", "{}{}",
		"1 2", "nul", "nulll", "True", "tru", "fals", "NaN", "Infinity", "-", "+1", "01",
		"-01", "1.", ".5", "1e", "1e+", "0x1", "1a", "'a'", "\"", "\"a", "\"\\\"", "\"\\x\"",
		"\"\\u12\"", "\"\\u123g\"", "\"\\u 123\"", "\"\\", "\"\\u", "\"\\ud800\"",
		"\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"\\ud83dx\"",
		"\"\n\"", "\"\t\"", "\"\x1f\"", "\"\x80\"", "\"\xc3\"", "\"\xed\xa0\x80\"",
		"\"\xc0\x80\"", "\"12345678\x01\"", "\"12345678\xff\"", "/**/1", "[1]//",
		"\xef\xbb\xbf{}", "\x0b[]", "\xa0[]", "{\"\\x\":1}", "[1,,2]", "{\"a\":1,,\"b\":2}",
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (skips(str_from(bad[i])))
			fail_msg("skipped: %s", bad[i]);
		if (reads(str_from(bad[i])))
			fail_msg("read: %s", bad[i]);
	}
	expect(!skips(STR("[\0]")));
	expect(!skips(STR("\"\0\"")));
}

TEST(json_string_unescapes)
{
	static const struct {
		const char *json;
		str text;
	} cases[] = {
		{ "\"plain\"", STR_INIT("plain") },
		{ "\"a\\n\\t\\\"\\\\\\/\\b\\f\\r\"", STR_INIT("a\n\t\"\\/\b\f\r") },
		{ "\"\\u00e9\\u20AC\"", STR_INIT("\xc3\xa9\xe2\x82\xac") },
		{ "\"\\uD83D\\uDE00!\"", STR_INIT("\xf0\x9f\x98\x80!") },
		{ "\"a\\u0000b\"", STR_INIT("a\0b") },
		{ "\"\"", STR_INIT("") },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json_reader r;
		str text;

		json_reader_init(&r, &a, str_from(cases[i].json));
		expect(json_string(&r, &text));
		expect(text.p != NULL);
		expect(str_eq(text, cases[i].text));
	}
	arena_release(&a);
}

TEST(json_reader_walks_a_document)
{
	struct arena a = { 0 };
	struct json_reader r;
	str name, text;
	bool flag;

	json_reader_init(&r, &a,
	                 STR("{\"n\":-1.50,\"skip\":{\"x\":[1,[2]]},\"l\":[true,null,\"s\"],"
	                     "\"raw\" : [ 1, {} ] }"));
	expect(json_enter_object(&r));
	expect(json_next_member(&r, &name));
	expect_str(name, "n");
	expect(json_number(&r, &text));
	expect_str(text, "-1.50");
	expect(json_next_member(&r, &name));
	expect(json_skip(&r));
	expect(json_next_member(&r, &name));
	expect(json_enter_array(&r));
	expect(json_next_element(&r) && json_bool(&r, &flag) && flag);
	expect(json_next_element(&r) && json_null(&r));
	expect(json_next_element(&r) && json_string(&r, &text));
	expect(!json_next_element(&r));
	expect(json_next_member(&r, &name));
	expect_str(name, "raw");
	expect(json_raw(&r, &text));
	expect_str(text, "[ 1, {} ]");
	expect(!json_next_member(&r, &name));
	expect(json_ok(&r));
	expect(json_at_end(&r));
	arena_release(&a);
}

TEST(json_first_failure_sticks_and_says_why)
{
	struct arena a = { 0 };
	struct json_reader r;
	str text = STR("untouched");

	json_reader_init(&r, &a, STR("[1]"));
	expect(!json_string(&r, &text));
	expect(!json_ok(&r));
	expect_str(str_from(r.problem), "a string is expected");
	expect(!json_enter_array(&r));
	expect(!json_next_element(&r));
	expect(!json_skip(&r));
	expect(!json_at_end(&r));
	expect_int(json_peek(&r), JSON_ERROR);
	expect_str(str_from(r.problem), "a string is expected");
	expect_str(text, "untouched");
	arena_release(&a);
}

/* "[[…]]" of that depth */
static str nested(struct arena *a, size_t depth)
{
	char *text = arena_alloc(a, 2 * depth);

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	return (str){ text, 2 * depth };
}

TEST(json_depth_is_limited_however_it_is_read)
{
	struct arena a = { 0 };

	expect(skips(nested(&a, LIMIT_DEPTH)));
	expect(reads(nested(&a, LIMIT_DEPTH)));
	expect(!skips(nested(&a, LIMIT_DEPTH + 1)));
	expect(!reads(nested(&a, LIMIT_DEPTH + 1)));
	expect(!skips(nested(&a, 1000000)));
	arena_release(&a);
}

TEST(json_every_cut_of_a_document_is_refused)
{
	str text = STR("{\"a\":[1.5e3,true,null,\"x\\u00e9\\ud83d\\ude00\xc3\xa9\",{\"b\":{}}]}");

	for (size_t n = 0; n < text.n; n++) {
		expect(!skips((str){ text.p, n }));
		expect(!reads((str){ text.p, n }));
	}
	expect(skips(text));
}

TEST(json_strings_are_scanned_at_every_offset)
{
	static const char specials[] = { '"', '\\', '\n', '\x1f', '\x00', '\x80', '\xff' };
	char text[64];

	for (size_t at = 1; at < 40; at++) {
		for (size_t i = 0; i < sizeof(specials); i++) {
			memset(text, 'x', sizeof(text));
			text[0] = text[41] = '"';
			text[at] = specials[i];
			expect(!skips((str){ text, 42 }));
		}
		memset(text, 0x7f, sizeof(text));
		text[0] = text[41] = '"';
		text[at] = ' ';
		expect(skips((str){ text, 42 }));
	}
}

static str written(struct arena *a, void (*write)(struct json_writer *w))
{
	struct json_writer w;
	struct buf *b = arena_new(a, struct buf);

	buf_init(b, a, 10000);
	json_writer_init(&w, b);
	write(&w);
	return buf_str(b);
}

static void write_document(struct json_writer *w)
{
	json_put_object(w);
	json_put_member(w, STR("absent"), STR_NULL);
	json_put_name(w, STR("a"));
	json_put_array(w);
	json_put_i64(w, INT64_MIN);
	json_put_i64(w, 0);
	json_put_i64(w, INT64_MAX);
	json_put_object(w);
	json_put_object_end(w);
	json_put_array(w);
	json_put_array_end(w);
	json_put_bool(w, true);
	json_put_bool(w, false);
	json_put_null(w);
	json_put_raw(w, STR("{\"r\":1}"));
	json_put_array_end(w);
	json_put_member(w, STR("k\""), STR("v"));
	json_put_member_i64(w, STR("n"), -7);
	json_put_object_end(w);
}

TEST(json_writer_puts_commas_where_they_belong)
{
	struct arena a = { 0 };

	expect_str(
		written(&a, write_document),
		"{\"absent\":\"\",\"a\":[-9223372036854775808,0,9223372036854775807,{},[],true,false,null,"
		"{\"r\":1}],\"k\\\"\":\"v\",\"n\":-7}");
	arena_release(&a);
}

static void write_escapes(struct json_writer *w)
{
	json_put_string(w, STR("\"\\/\n\r\t\b\x01\x1f\x7f plain \xc3\xa9\0"));
}

TEST(json_writer_escapes_quotes_and_control_characters)
{
	struct arena a = { 0 };

	expect_str(written(&a, write_escapes),
	           "\"\\\"\\\\/\\n\\r\\t\\u0008\\u0001\\u001f\x7f plain \xc3\xa9\\u0000\"");
	arena_release(&a);
}

static double number;

static void write_number(struct json_writer *w)
{
	json_put_double(w, number);
}

TEST(json_put_double_is_the_shortest_that_reads_back)
{
	static const struct {
		double d;
		const char *text;
	} cases[] = {
		{ 0, "0" },
		{ 1, "1" },
		{ -3, "-3" },
		{ 100000, "100000" },
		{ 999999999999999, "999999999999999" },
		{ 1e15, "1e+15" },
		{ 0.1, "0.1" },
		{ 1.5, "1.5" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 1e-7, "1e-07" },
		{ 1.7976931348623157e308, "1.797693134862316e+308" },
		{ 5e-324, "4.94065645841247e-324" },
		{ (double)NAN, "\"NaN\"" },
		{ (double)INFINITY, "\"Infinity\"" },
		{ -(double)INFINITY, "\"-Infinity\"" },
		{ 1795468320.123, "1795468320.123" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str text;

		number = cases[i].d;
		text = written(&a, write_number);
		if (isfinite(number))
			expect(strtod(arena_cstr(&a, text), NULL) == number);
		if (number < 1e308 || isinf(number))
			expect_str(text, cases[i].text);
	}
	arena_release(&a);
}

TEST(json_what_is_written_reads_back)
{
	struct arena a = { 0 };
	char bytes[128];
	struct json_reader r;
	struct json_writer w;
	struct buf b;
	str text;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)i;
	buf_init(&b, &a, 10000);
	json_writer_init(&w, &b);
	json_put_string(&w, (str){ bytes, sizeof(bytes) });
	json_reader_init(&r, &a, buf_str(&b));
	expect(json_string(&r, &text));
	expect(str_eq(text, (str){ bytes, sizeof(bytes) }));
	arena_release(&a);
}

TESTS({
	RUN(json_accepts_what_rfc_8259_allows),
	RUN(json_refuses_everything_else),
	RUN(json_string_unescapes),
	RUN(json_reader_walks_a_document),
	RUN(json_first_failure_sticks_and_says_why),
	RUN(json_depth_is_limited_however_it_is_read),
	RUN(json_every_cut_of_a_document_is_refused),
	RUN(json_strings_are_scanned_at_every_offset),
	RUN(json_writer_puts_commas_where_they_belong),
	RUN(json_writer_escapes_quotes_and_control_characters),
	RUN(json_put_double_is_the_shortest_that_reads_back),
	RUN(json_what_is_written_reads_back),
})
