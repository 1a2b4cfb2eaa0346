#include "services/s3/list.h"

#include "base/encoding.h"
#include "base/str.h"
#include "services/s3/errors.h"

enum { MOST_STEPS = 16 }; /* over old versions of a key, before a search is cheaper */

str s3_fold(str key, str prefix, str delimiter)
{
	ptrdiff_t at = delimiter.n ? str_find_str(key, delimiter, prefix.n) : -1;

	return at < 0 ? STR_NULL : str_from_to(key, 0, (size_t)at + delimiter.n);
}

str s3_behind_key(struct arena *a, str key)
{
	char *p = arena_alloc(a, key.n + 1); /* zeroed */

	if (key.n)
		memcpy(p, key.p, key.n);
	return (str){ p, key.n + 1 };
}

str s3_behind_prefix(struct arena *a, str prefix)
{
	char *p = arena_alloc(a, prefix.n + 1);

	if (prefix.n)
		memcpy(p, prefix.p, prefix.n);
	for (size_t n = prefix.n; n > 0; n--) {
		if ((unsigned char)p[n - 1] == 0xff)
			continue;
		p[n - 1]++;
		return (str){ p, n };
	}
	return STR_NULL;
}

/* As Java encodes, but for the slash: a space becomes a plus, a tilde %7E, an asterisk stays. */
str s3_url_encoded(struct arena *a, str text)
{
	struct buf b;

	if (!text.p)
		return text;
	buf_init(&b, a, 3 * text.n + 1);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (ascii_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '*' || c == '/')
			buf_putc(&b, c);
		else if (c == ' ')
			buf_putc(&b, '+');
		else if (c == '~')
			buf_put(&b, STR("%7E"));
		else
			uri_put(&b, (str){ &c, 1 }, URI_COMPONENT);
	}
	return buf_str(&b);
}

err s3_list_encoding(struct call *c, str encoding_type, bool *ret)
{
	*ret = str_eq(encoding_type, STR("url"));
	if (!encoding_type.p || *ret)
		return NULL;
	return s3_invalid_argument_error(c, "encoding-type", encoding_type,
	                                 "Invalid Encoding Method specified in Request");
}

/*
 * Where to begin.
 */

static void search_from(struct s3_list *l, str from, int64_t below)
{
	db_rows_end(&l->rows);
	l->is_open = false;
	l->is_done = l->is_done || !from.p;
	l->from = from;
	l->below = below;
}

static void remember(struct s3_list *l, str key)
{
	l->has_last = true;
	l->last_size = MIN(key.n, sizeof(l->last));
	memcpy(l->last, key.p, l->last_size);
	l->skipped = 0;
}

void s3_list_begin(struct s3_list *l)
{
	search_from(l, l->prefix.p ? l->prefix : STR(""), 0);
}

void s3_list_begin_after(struct s3_list *l, str key)
{
	str fold = str_starts(key, l->prefix) ? s3_fold(key, l->prefix, l->delimiter) : STR_NULL;

	if (str_cmp(key, l->prefix) < 0)
		s3_list_begin(l);
	else
		search_from(
			l, fold.p ? s3_behind_prefix(l->arena, fold) : s3_behind_key(l->arena, key),
			0);
}

void s3_list_begin_at(struct s3_list *l, str key, int64_t below)
{
	if (str_cmp(key, l->prefix) < 0) {
		s3_list_begin(l);
		return;
	}
	search_from(l, key, below);
	if (below) /* what comes of this key is not its newest */
		remember(l, key);
}

/*
 * Going on.
 */

#define COLUMNS                                                                              \
	"key, sequence, nonce, is_marker, modified, size, etag, owner, checksum_algorithm, " \
	"checksum_composite, metadata"

static void open_rows(struct s3_list *l)
{
	l->is_open = true;
	if (l->below)
		db_each(l->db, &l->rows,
		        "SELECT " COLUMNS " FROM s3_object WHERE bucket = ? AND key = ? "
		        "AND sequence < ? ORDER BY sequence DESC",
		        db_int(l->bucket), db_text(l->from), db_int(l->below));
	else
		db_each(l->db, &l->rows,
		        "SELECT " COLUMNS " FROM s3_object WHERE bucket = ? AND key >= ? "
		        "ORDER BY key, sequence DESC",
		        db_int(l->bucket), db_text(l->from));
}

/* The next row, wherever it is. */
static bool next_row(struct s3_list *l)
{
	while (!l->is_done) {
		if (l->most_rows && l->rows_seen == l->most_rows && l->has_last) {
			l->is_tired = true;
			return false;
		}
		if (!l->is_open)
			open_rows(l);
		if (db_next(&l->rows)) {
			l->rows_seen++;
			return true;
		}
		if (l->below)
			search_from(l, s3_behind_key(l->arena, l->from), 0);
		else
			l->is_done = true;
	}
	return false;
}

static bool is_last(const struct s3_list *l, str key)
{
	return l->has_last && str_eq(s3_list_last_key(l), key);
}

static void skip_row(struct s3_list *l)
{
	if (++l->skipped >= MOST_STEPS)
		search_from(l, s3_behind_key(l->arena, s3_list_last_key(l)), 0);
}

static void read_row(struct s3_list *l, str key, struct object *ret)
{
	struct db_rows *rows = &l->rows;
	struct arena *a = l->arena;

	*ret = (struct object){
		.bucket = l->bucket,
		.key = arena_str(a, key),
		.sequence = col_int(rows, 1),
		.nonce = col_int(rows, 2),
		.is_marker = col_int(rows, 3) != 0,
		.modified = col_int(rows, 4),
		.content.size = col_int(rows, 5),
		.etag = arena_str(a, col_text(rows, 6)),
		.owner = arena_str(a, col_text(rows, 7)),
		.checksum.algorithm = (enum checksum_algorithm)col_int(rows, 8),
		.checksum.composite = col_int(rows, 9) != 0,
		.metadata = arena_str(a, col_text(rows, 10)),
	};
}

/* False for a row that shows nothing. */
static bool show_row(struct s3_list *l, str key, struct s3_found *ret)
{
	bool is_newest = !is_last(l, key);
	str fold;

	if (!is_newest && !l->all_versions) {
		skip_row(l);
		return false;
	}
	if (is_newest)
		remember(l, key);
	if (!l->all_versions && col_int(&l->rows, 3) != 0)
		return false;
	*ret = (struct s3_found){ 0 };
	fold = s3_fold(key, l->prefix, l->delimiter);
	if (fold.p) {
		ret->prefix = arena_str(l->arena, fold);
		search_from(l, s3_behind_prefix(l->arena, ret->prefix), 0);
		return true;
	}
	read_row(l, key, &ret->object);
	ret->object.is_latest = is_newest;
	return true;
}

bool s3_list_next(struct s3_list *l, struct s3_found *ret)
{
	while (next_row(l)) {
		str key = col_text(&l->rows, 0);

		if (!str_starts(key, l->prefix))
			l->is_done = true;
		else if (show_row(l, key, ret))
			return true;
	}
	s3_list_end(l);
	return false;
}

void s3_list_end(struct s3_list *l)
{
	db_rows_end(&l->rows);
	l->is_open = false;
	l->is_done = true;
}
