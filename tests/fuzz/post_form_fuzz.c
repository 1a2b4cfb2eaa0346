/*
 * A browser's form of any bytes, behind a line with its content type and behind a byte that chooses
 * the sizes of the pieces it comes in. In one piece or in many, the outcome must be the same, and so
 * must what is kept, which is bounded. The file must stand in the body as it came out. When the
 * input has no such line, it is the file of a proper form, and must come out as it went in, unless
 * the boundary is in it.
 */
#include "base/buf.h"
#include "base/str.h"
#include "services/s3/post_form.h"

#include <stdlib.h>

/* Heads and values, decoded names, the fields and the parser itself, as blocks of an arena. */
enum { KEPT = 8 * POST_FORM_BEFORE_FILE };

struct result {
	struct arena arena;
	const struct refusal *refusal;
	struct post_form *form;
	size_t files;
	struct buf bytes;
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static const struct refusal *begin_file(void *app, const struct post_form *form)
{
	struct result *result = app;

	must(post_form_file(form) && !result->bytes.n && !result->files++);
	return NULL;
}

static void take(void *app, str bytes)
{
	struct result *result = app;

	must(bytes.n && result->files == 1);
	buf_put(&result->bytes, bytes);
}

static void parse(struct result *result, str type, str body, size_t piece)
{
	buf_init(&result->bytes, NULL, 1 << 24);
	result->refusal =
		post_form_new(&result->arena, type, begin_file, take, result, &result->form);
	if (result->refusal)
		return;
	/* Small pieces and larger ones in turn. */
	for (size_t i = 0, n; i < body.n; i += n) {
		n = i % 3 ? piece : piece % 5 + 1;
		post_form_feed(result->form, str_from_to(body, i, i + n));
	}
	result->refusal = post_form_end(result->form);
	must(result->arena.total <= KEPT);
}

static void release(struct result *result)
{
	buf_release(&result->bytes);
	arena_release(&result->arena);
}

static void must_equal(const struct result *a, const struct result *b)
{
	const struct post_field *fields, *others;
	size_t n, m;

	must(!a->refusal == !b->refusal && a->files == b->files);
	must(str_eq(buf_str(&a->bytes), buf_str(&b->bytes)));
	if (a->refusal)
		must(str_eq(a->refusal->message, b->refusal->message) &&
		     strcmp(a->refusal->code, b->refusal->code) == 0);
	must(!a->form == !b->form);
	if (!a->form)
		return;
	fields = post_form_fields(a->form, &n);
	others = post_form_fields(b->form, &m);
	must(n == m && n <= POST_FORM_FIELDS);
	for (size_t i = 0; i < n; i++)
		must(str_eq(fields[i].name, others[i].name) &&
		     str_eq(fields[i].value, others[i].value));
	if (a->files)
		must(str_eq(post_form_file(a->form)->name, post_form_file(b->form)->name) &&
		     str_eq(post_form_file(a->form)->content_type,
		            post_form_file(b->form)->content_type));
}

static void parse_twice(str type, str body, size_t piece)
{
	struct result one = { 0 }, many = { 0 };

	parse(&one, type, body, body.n);
	parse(&many, type, body, piece);
	must_equal(&one, &many);
	must(one.refusal || one.files == 1);
	must(str_contains(body, buf_str(&one.bytes)));
	release(&one);
	release(&many);
}

static void round_trip(str file, size_t piece)
{
	struct result result = { 0 };
	struct buf body;

	if (str_starts(file, STR("--B")) || str_contains(file, STR("\r\n--B")))
		return;
	buf_init(&body, NULL, 1 << 24);
	buf_put(&body, STR("--B\r\nContent-Disposition: form-data; name=file\r\n\r\n"));
	buf_put(&body, file);
	buf_put(&body, STR("\r\n--B--"));
	parse(&result, STR("multipart/form-data; boundary=B"), buf_str(&body), piece);
	must(!result.refusal && str_eq(buf_str(&result.bytes), file));
	release(&result);
	buf_release(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str input, body;

	if (!size)
		return 0;
	input = (str){ (const char *)data + 1, size - 1 };
	body = input;
	if (str_starts_nocase(input, STR("multipart/")))
		parse_twice(str_cut(&body, '\n'), body, 1 + data[0]);
	else
		round_trip(input, 1 + data[0]);
	return 0;
}
