#include "base/log.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/str.h"
#include "base/timestamp.h"

#include <stdatomic.h>
#include <unistd.h>

/* A longer text is cut; a whole line cannot become longer than its fields, escaped. */
enum { LONGEST_TEXT = 2048, LONGEST_LINE = 256 * 1024 };

static const str LEVELS[] = {
	[LOG_DEBUG] = STR_INIT("debug"),
	[LOG_INFO] = STR_INIT("info"),
	[LOG_WARN] = STR_INIT("warn"),
	[LOG_ERROR] = STR_INIT("error"),
};

static _Atomic int least_level = LOG_INFO;
static _Atomic int form = LOG_FORM_AUTO;

void log_setup(enum log_level least, enum log_form wanted)
{
	atomic_store(&least_level, (int)least);
	atomic_store(&form, (int)wanted);
}

bool log_level_from(str name, enum log_level *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(LEVELS); i++) {
		if (str_eq(name, LEVELS[i])) {
			*ret = (enum log_level)i;
			return true;
		}
	}
	return false;
}

struct log_field log_errno(int error)
{
	const char *text = strerrordesc_np(error < 0 ? -error : error);

	return log_str("error", str_from(text ? text : "unknown error"));
}

static bool is_json(void)
{
	if (form == LOG_FORM_AUTO)
		form = isatty(STDERR_FILENO) ? LOG_FORM_TEXT : LOG_FORM_JSON;
	return form == LOG_FORM_JSON;
}

/* C0, DEL, and C1 as UTF-8 has it: all that a terminal might obey. */
static bool is_control(str c)
{
	unsigned char first = (unsigned char)c.p[0];

	return first < 32 || first == 127 || (first == 0xc2 && (unsigned char)c.p[1] < 0xa0);
}

/* The text with what is not valid UTF-8, and for a terminal with what is not printable, as \xNN. */
static str make_safe(struct arena *a, str s, bool for_terminal)
{
	struct buf out;

	buf_init(&out, a, 4 * LONGEST_TEXT + 8);
	while (s.n && out.n < LONGEST_TEXT) {
		size_t n = utf8_first(s);
		str c = str_from_to(s, 0, MAX(n, 1));

		if (n && !(for_terminal && is_control(c)))
			buf_put(&out, c);
		else if (for_terminal && str_eq(c, STR("\n")))
			buf_put(&out, STR("\\n"));
		else
			for (size_t i = 0; i < c.n; i++)
				buf_printf(&out, "\\x%02x", (unsigned int)(unsigned char)c.p[i]);
		s = str_after(s, c.n);
	}
	if (s.n)
		buf_put(&out, STR("..."));
	return buf_str(&out);
}

static bool needs_quotes(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ' || s.p[i] == '"' || s.p[i] == '=')
			return true;
	return s.n == 0;
}

static void put_text_field(struct buf *out, struct arena *a, const struct log_field *field)
{
	str text = make_safe(a, field->text, /* for_terminal= */ true);

	if (!needs_quotes(text)) {
		buf_put(out, text);
		return;
	}
	buf_putc(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			buf_putc(out, '\\');
		buf_putc(out, text.p[i]);
	}
	buf_putc(out, '"');
}

static void put_text(struct buf *out, struct arena *a, const struct log_line *line)
{
	str time = timestamp_to_iso8601_millis(a, clock_wall());

	buf_put(out, str_from_to(time, strlen("2026-11-23T"), time.n - strlen("Z")));
	buf_printf(out, " %-5s %s", LEVELS[line->level].p, line->event);
	for (size_t i = 0; i < ARRAY_LEN(line->fields) && line->fields[i].name; i++) {
		const struct log_field *field = &line->fields[i];

		buf_printf(out, " %s=", field->name);
		if (field->is_text)
			put_text_field(out, a, field);
		else
			buf_printf(out, "%lld", (long long)field->number);
	}
}

static void put_json(struct buf *out, struct arena *a, const struct log_line *line)
{
	struct json_writer w;

	json_writer_init(&w, out);
	json_put_object(&w);
	json_put_member(&w, STR("time"), timestamp_to_iso8601_millis(a, clock_wall()));
	json_put_member(&w, STR("level"), LEVELS[line->level]);
	json_put_member(&w, STR("event"), str_from(line->event));
	for (size_t i = 0; i < ARRAY_LEN(line->fields) && line->fields[i].name; i++) {
		const struct log_field *field = &line->fields[i];
		str name = str_from(field->name);

		if (field->is_text)
			json_put_member(&w, name, make_safe(a, field->text, false));
		else
			json_put_member_i64(&w, name, field->number);
	}
	json_put_object_end(&w);
}

void log_write(const struct log_line *line)
{
	struct arena a = { 0 };
	struct buf out;
	ssize_t written;

	if ((int)line->level < least_level)
		return;
	buf_init(&out, &a, LONGEST_LINE);
	if (is_json())
		put_json(&out, &a, line);
	else
		put_text(&out, &a, line);
	buf_putc(&out, '\n');
	written = write(STDERR_FILENO, out.p, out.n);
	(void)written; /* there is nobody to tell */
	arena_release(&a);
}
