#include "services/s3/post_form.h"

#include "base/str.h"
#include "net/message.h"

#include <assert.h>

enum state {
	IN_PREAMBLE,
	BEHIND_BOUNDARY, /* the rest of its line */
	IN_PADDING,
	IN_CLOSING,     /* behind the first '-' of the two */
	AT_END_OF_LINE, /* behind its CR */
	IN_HEAD,
	IN_VALUE,
	IN_FILE,
	FINISHED,
};

struct post_form {
	struct arena *arena;
	post_form_begin_file *on_file;
	post_form_sink *on_bytes;
	void *app;

	enum state state;
	char delimiter[4 + POST_FORM_BOUNDARY]; /* CR LF '-' '-' and the boundary */
	size_t delimiter_size;
	size_t matched; /* how much of it the bytes so far end with */
	size_t assumed; /* how much of that never came; see begin_content */

	size_t before; /* bytes so far, until the file */
	char *text;    /* heads and values; they fit, for they are some of those bytes */
	size_t text_size;
	size_t part; /* where in it the head or the value under way starts */

	str name; /* of the field whose value is under way */
	struct post_field *fields;
	size_t count, capacity;
	bool has_file;
	struct post_file file;

	const struct refusal *refusal;
};

static const struct refusal *malformed(struct arena *a)
{
	return refuse(a, 400, "MalformedPOSTRequest",
	              "The body of your POST request is not well-formed multipart/form-data.");
}

/* The code, the words and their spelling are S3's; its documentation has others. */
static const struct refusal *too_large(struct arena *a)
{
	struct refusal *r =
		refuse(a, 400, "MaxPostPreDataLengthExceeded",
	               "Your POST request fields preceeding the upload file was too large.");

	return refusal_with_number(a, r, "MaxPostPreDataLengthBytes", POST_FORM_BEFORE_FILE);
}

static const struct refusal *no_file(struct arena *a)
{
	struct refusal *r = refuse(a, 400, "InvalidArgument",
	                           "POST requires exactly one file upload per request.");

	refusal_with(r, "ArgumentName", STR("file"));
	return refusal_with(r, "ArgumentValue", STR("0"));
}

/*
 * Parameters of a header: `; name=value; name="value"`.
 */

/* A backslash before a quote quotes it, unless no quote follows: browsers send the backslashes of a
 * path as they are, and the last one may be the path's own. */
static size_t end_of_quoted(str s)
{
	bool quotes = false;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"' && (!quotes || str_find(s, '"', i + 1) < 0))
			break;
		quotes = s.p[i] == '\\' && !quotes;
	}
	return i;
}

static bool cut_value(str *rest, str *ret)
{
	ptrdiff_t end;

	if (str_take(rest, STR("\""))) {
		size_t n = end_of_quoted(*rest);

		*ret = str_from_to(*rest, 0, n);
		if (n == rest->n)
			return false;
		*rest = str_trim(str_after(*rest, n + 1));
		return !rest->n || rest->p[0] == ';';
	}
	end = str_find(*rest, ';', 0);
	*ret = str_trim(str_from_to(*rest, 0, end < 0 ? rest->n : (size_t)end));
	*rest = str_after(*rest, end < 0 ? rest->n : (size_t)end);
	return ret->n && str_find(*ret, '"', 0) < 0;
}

/* Of several parameters the value of each, as it was sent, but without the quotes around it. False:
 * not well-formed, or one of them twice. */
static bool read_parameters(str rest, const str *names, str *values, size_t count)
{
	while (rest = str_trim(rest), rest.n) {
		str name, value;

		if (str_take(&rest, STR(";")))
			continue;
		name = str_trim(str_cut(&rest, '='));
		rest = str_trim(rest);
		if (!header_name_valid(name) || !rest.p || !cut_value(&rest, &value))
			return false;
		for (size_t i = 0; i < count; i++) {
			if (!str_eq_nocase(name, names[i]))
				continue;
			if (values[i].p)
				return false;
			values[i] = value;
		}
	}
	return true;
}

/* Browsers write a quote in a name as %22, other clients as a quoted pair. */
static str unescaped(struct arena *a, str s)
{
	char *out;
	size_t n = 0;

	if (!s.n || (!str_contains(s, STR("%22")) && !str_contains(s, STR("\\\""))))
		return s;
	out = arena_alloc(a, s.n);
	while (s.n)
		if (str_take(&s, STR("%22")) || str_take(&s, STR("\\\""))) {
			out[n++] = '"';
		} else {
			out[n++] = s.p[0];
			s = str_after(s, 1);
		}
	return (str){ out, n };
}

/*
 * The head of a part.
 */

static bool read_head(str rest, str *ret_disposition, str *ret_content_type)
{
	while (rest.n) {
		ptrdiff_t end = str_find_str(rest, STR("\r\n"), 0);
		str value = str_from_to(rest, 0, (size_t)end), name = str_cut(&value, ':');
		str *known = NULL;

		rest = str_after(rest, (size_t)end + 2);
		if (!value.p || !header_name_valid(name) || str_find(value, '\r', 0) >= 0 ||
		    str_find(value, '\n', 0) >= 0 || str_find(value, '\0', 0) >= 0)
			return false;
		if (str_eq_nocase(name, STR("Content-Disposition")))
			known = ret_disposition;
		else if (str_eq_nocase(name, STR("Content-Type")))
			known = ret_content_type;
		if (known && known->p)
			return false;
		if (known)
			*known = str_trim(value);
	}
	return ret_disposition->p;
}

/* A boundary may stand right here: at the very start of the body, or as the delimiter of a part
 * without content, whose CR LF was then the one that ended the head. */
static void begin_content(struct post_form *f, enum state state)
{
	f->state = state;
	f->matched = f->assumed = 2;
	f->part = f->text_size;
}

static const struct refusal *take_head(struct post_form *f, str head)
{
	static const str names[] = { STR_INIT("name"), STR_INIT("filename") };
	str disposition = STR_NULL, content_type = STR_NULL;
	str values[ARRAY_LEN(names)] = { STR_NULL, STR_NULL };
	str type;

	if (!read_head(head, &disposition, &content_type))
		return malformed(f->arena);
	type = str_trim(str_cut(&disposition, ';'));
	if (!type.n || !read_parameters(disposition, names, values, ARRAY_LEN(names)) ||
	    !values[0].p)
		return malformed(f->arena);
	f->name = unescaped(f->arena, values[0]);
	/* S3 takes one of another disposition for a field, whatever its name. */
	if (!str_eq_nocase(type, STR("form-data")) || !str_eq_nocase(f->name, STR("file"))) {
		begin_content(f, IN_VALUE);
		return NULL;
	}
	f->file = (struct post_file){ unescaped(f->arena, values[1]), content_type };
	f->has_file = true;
	begin_content(f, IN_FILE);
	return f->on_file(f->app, f);
}

static void keep(struct post_form *f, str bytes)
{
	assert(bytes.n <= POST_FORM_BEFORE_FILE - f->text_size);
	memcpy(f->text + f->text_size, bytes.p, bytes.n);
	f->text_size += bytes.n;
}

/* Up to the empty line. */
static const struct refusal *feed_head(struct post_form *f, str *piece)
{
	ptrdiff_t end = str_find(*piece, '\n', 0);
	str line = str_from_to(*piece, 0, end < 0 ? piece->n : (size_t)end + 1), head;

	*piece = str_after(*piece, line.n);
	keep(f, line);
	head = (str){ f->text + f->part, f->text_size - f->part };
	if (str_eq(head, STR("\r\n")))
		return malformed(f->arena);
	if (!str_ends(head, STR("\r\n\r\n")))
		return NULL;
	return take_head(f, str_from_to(head, 0, head.n - 2));
}

/*
 * What is in a part, or before the first.
 */

static void put_content(struct post_form *f, str bytes)
{
	if (!bytes.n)
		return;
	if (f->state == IN_FILE)
		f->on_bytes(f->app, bytes);
	else if (f->state == IN_VALUE)
		keep(f, bytes);
}

static const struct refusal *end_content(struct post_form *f)
{
	if (f->state == IN_VALUE) {
		if (f->count == POST_FORM_FIELDS)
			return too_large(f->arena);
		if (f->count == f->capacity)
			f->fields =
				arena_grow(f->arena, f->fields, &f->capacity, sizeof(*f->fields));
		f->fields[f->count].name = f->name;
		f->fields[f->count++].value = (str){ f->text + f->part, f->text_size - f->part };
	}
	f->state = BEHIND_BOUNDARY;
	return NULL;
}

/* Up to the delimiter. No byte of it but the first is a CR, so that only a CR begins another one. */
static const struct refusal *feed_content(struct post_form *f, str *piece)
{
	size_t earlier = f->matched; /* of what is matched, not in this piece */
	size_t i = 0;

	while (i < piece->n && f->matched < f->delimiter_size) {
		if (piece->p[i] == f->delimiter[f->matched]) {
			f->matched++;
			i++;
		} else if (f->matched) {
			put_content(f, (str){ f->delimiter + f->assumed, earlier - f->assumed });
			f->matched = f->assumed = earlier = 0;
		} else {
			ptrdiff_t next = str_find(*piece, '\r', i);

			i = next < 0 ? piece->n : (size_t)next;
		}
	}
	put_content(f, str_from_to(*piece, 0, i - (f->matched - earlier)));
	*piece = str_after(*piece, i);
	return f->matched < f->delimiter_size ? NULL : end_content(f);
}

/*
 * The rest of a boundary's line.
 */

static const struct refusal *end_boundary(struct post_form *f, enum state state)
{
	f->state = f->has_file ? FINISHED : state;
	f->part = f->text_size;
	return f->state == FINISHED && !f->has_file ? no_file(f->arena) : NULL;
}

static const struct refusal *feed_boundary(struct post_form *f, str *piece)
{
	char c = piece->p[0];

	*piece = str_after(*piece, 1);
	switch (f->state) {
	case IN_CLOSING:
		return c == '-' ? end_boundary(f, FINISHED) : malformed(f->arena);
	case AT_END_OF_LINE:
		return c == '\n' ? end_boundary(f, IN_HEAD) : malformed(f->arena);
	default:
		if (c == '-' && f->state == BEHIND_BOUNDARY)
			f->state = IN_CLOSING;
		else if (c == ' ' || c == '\t')
			f->state = IN_PADDING;
		else if (c == '\r')
			f->state = AT_END_OF_LINE;
		else
			return malformed(f->arena);
		return NULL;
	}
}

static const struct refusal *feed_some(struct post_form *f, str *piece)
{
	switch (f->state) {
	case IN_HEAD:
		return feed_head(f, piece);
	case IN_PREAMBLE:
	case IN_VALUE:
	case IN_FILE:
		return feed_content(f, piece);
	default:
		return feed_boundary(f, piece);
	}
}

/* No more than may stand before the file, so that the limit is met at the same byte however the
 * body is cut. */
static const struct refusal *feed_before_file(struct post_form *f, str *piece)
{
	str some = str_from_to(*piece, 0, POST_FORM_BEFORE_FILE - f->before);
	size_t n = some.n;
	const struct refusal *r;

	if (!n)
		return f->state == IN_PREAMBLE ? malformed(f->arena) : too_large(f->arena);
	r = feed_some(f, &some);
	f->before += n - some.n;
	*piece = str_after(*piece, n - some.n);
	return r;
}

const struct refusal *post_form_feed(struct post_form *f, str piece)
{
	while (!f->refusal && piece.n && f->state != FINISHED)
		f->refusal = f->has_file ? feed_some(f, &piece) : feed_before_file(f, &piece);
	return f->refusal;
}

/* A connection that breaks off is seen before us; a body that is whole but ends early is malformed. */
const struct refusal *post_form_end(struct post_form *f)
{
	if (!f->refusal && f->state != FINISHED)
		f->refusal = malformed(f->arena);
	return f->refusal;
}

static bool boundary_valid(str boundary)
{
	if (boundary.n < 1 || boundary.n > POST_FORM_BOUNDARY || str_ends(boundary, STR(" ")))
		return false;
	for (size_t i = 0; i < boundary.n; i++)
		if (boundary.p[i] < ' ' || boundary.p[i] > '~' || boundary.p[i] == '"' ||
		    boundary.p[i] == '\\')
			return false;
	return true;
}

const struct refusal *post_form_new(struct arena *a, str content_type,
                                    post_form_begin_file *on_file, post_form_sink *on_bytes,
                                    void *app, struct post_form **ret)
{
	static const str names[] = { STR_INIT("boundary") };
	str parameters = content_type, boundary = STR_NULL;
	str type = str_trim(str_cut(&parameters, ';'));
	struct post_form *f;

	if (!str_eq_nocase(type, STR("multipart/form-data"))) {
		struct refusal *r =
			refuse(a, 412, "PreconditionFailed",
		               "At least one of the pre-conditions you specified did not hold");

		return refusal_with(
			r, "Condition",
			STR("Bucket POST must be of the enclosure-type multipart/form-data"));
	}
	if (!read_parameters(parameters, names, &boundary, 1) || !boundary_valid(boundary))
		return malformed(a);

	f = arena_new(a, struct post_form);
	f->arena = a;
	f->on_file = on_file;
	f->on_bytes = on_bytes;
	f->app = app;
	memcpy(f->delimiter, "\r\n--", 4);
	memcpy(f->delimiter + 4, boundary.p, boundary.n);
	f->delimiter_size = 4 + boundary.n;
	f->text = arena_alloc(a, POST_FORM_BEFORE_FILE);
	begin_content(f, IN_PREAMBLE);
	*ret = f;
	return NULL;
}

const struct post_field *post_form_fields(const struct post_form *f, size_t *ret_count)
{
	*ret_count = f->count;
	return f->fields;
}

str post_form_field(const struct post_form *f, str name)
{
	for (size_t i = 0; i < f->count; i++)
		if (str_eq_nocase(f->fields[i].name, name))
			return f->fields[i].value;
	return STR_NULL;
}

const struct post_file *post_form_file(const struct post_form *f)
{
	return f->has_file ? &f->file : NULL;
}
