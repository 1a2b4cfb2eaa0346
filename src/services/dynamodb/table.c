#include "services/dynamodb/table.h"

#include "base/json.h"
#include "base/str.h"

#include <stdarg.h>

enum { NAME_MIN = 3, NAME_MAX = 255 };

/* The model has no definition of these, for every operation may answer them. */
static const struct error_definition validation_exception = { .code = "ValidationException",
	                                                      .status = 400,
	                                                      .sender = true };
static const struct error_definition serialization_exception = { .code = "SerializationException",
	                                                         .status = 400,
	                                                         .sender = true };

static const struct error_definition access_denied_exception = { .code = "AccessDeniedException",
	                                                         .status = 400,
	                                                         .sender = true };

err table_access_denied(struct call *c)
{
	return fail(c, &access_denied_exception, "Access is denied");
}

err problem_error(struct call *c, const struct problem *p)
{
	return fail(c, p->is_serialization ? &serialization_exception : &validation_exception,
	            "%.*s", STR_ARG(p->message));
}

err validation_error(struct call *c, const char *format, ...)
{
	struct problem p = { .arena = c->arena };
	struct buf b;
	va_list args;

	buf_init(&b, c->arena, 64 * 1024);
	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	p.message = buf_str(&b);
	return problem_error(c, &p);
}

/*
 * Names.
 */

static bool is_name(str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '.' && s.p[i] != '-')
			return false;
	return s.n > 0;
}

bool table_name_is_valid(str name)
{
	return is_name(name) && name.n >= NAME_MIN && name.n <= NAME_MAX;
}

bool table_name_check(struct problem *p, str name)
{
	struct buf b;
	size_t length = utf8_count(name);
	int n = !is_name(name) + (length < NAME_MIN || length > NAME_MAX);
	str shown = utf8_within(name, LIMIT_ERROR_VALUE);

	if (!n)
		return true;
	buf_init(&b, p->arena, 4 * LIMIT_ERROR_VALUE);
	buf_printf(&b, "%d validation error%s detected: ", n, n > 1 ? "s" : "");
	if (length < NAME_MIN)
		buf_printf(&b,
		           "Value '%.*s' at 'tableName' failed to satisfy constraint: Member must "
		           "have length greater than or equal to %d",
		           STR_ARG(shown), NAME_MIN);
	if (length > NAME_MAX)
		buf_printf(&b,
		           "Value '%.*s' at 'tableName' failed to satisfy constraint: Member must "
		           "have length less than or equal to %d",
		           STR_ARG(shown), NAME_MAX);
	if (!is_name(name))
		buf_printf(
			&b,
			"%sValue '%.*s' at 'tableName' failed to satisfy constraint: Member must "
			"satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
			n > 1 ? "; " : "", STR_ARG(shown));
	return problem_of_value(p, "%.*s", STR_ARG(buf_str(&b)));
}

/* arn:aws:dynamodb:REGION:ACCOUNT:table/NAME */
static err name_of_arn(struct call *c, str arn, str *ret)
{
	str rest = arn;
	str region, account;

	if (!str_take(&rest, STR("arn:aws:dynamodb:")))
		return validation_error(
			c, "1 validation error detected: Invalid AWS partition in '%.*s'",
			STR_ARG(arn));
	region = str_cut(&rest, ':');
	account = str_cut(&rest, ':');
	if (!str_eq(region, c->region))
		return validation_error(c,
		                        "1 validation error detected: Invalid AWS region in '%.*s'",
		                        STR_ARG(arn));
	if (!str_take(&rest, STR("table/")) || str_find(rest, '/', 0) >= 0)
		return validation_error(
			c, "1 validation error detected: Invalid resource type in '%.*s'",
			STR_ARG(arn));
	if (!str_eq(account, c->identity.account))
		return table_access_denied(c);
	*ret = rest;
	return NULL;
}

err table_name_of(struct call *c, str name_or_arn, str *ret)
{
	struct problem p = { .arena = c->arena };
	str name = name_or_arn;
	err e = str_starts(name, STR("arn:")) ? name_of_arn(c, name_or_arn, &name) : NULL;

	if (e)
		return e;
	if (!table_name_check(&p, name))
		return problem_error(c, &p);
	*ret = name;
	return NULL;
}

/*
 * Rows. The order of columns is that of table_of_row and index_of_row.
 */

static void read_included(struct arena *a, str text, struct index *index)
{
	size_t capacity = 0;
	struct json_reader r;
	str name;

	json_reader_init(&r, a, text);
	if (!json_enter_array(&r))
		return;
	while (json_next_element(&r) && json_string(&r, &name)) {
		if (index->included_count == capacity)
			index->included =
				arena_grow(a, index->included, &capacity, sizeof(*index->included));
		index->included[index->included_count++] = name;
	}
}

static void index_of_row(struct arena *a, const struct db_rows *rows, struct index *ret)
{
	*ret = (struct index){
		.space = col_int(rows, 0),
		.name = arena_str(a, col_text(rows, 1)),
		.is_global = col_int(rows, 2) != 0,
		.status = (enum index_status)col_int(rows, 3),
		.projection = (enum index_projection)col_int(rows, 5),
		.read_units = col_int(rows, 7),
		.write_units = col_int(rows, 8),
	};
	key_schema_from_text(a, arena_str(a, col_text(rows, 4)), &ret->keys);
	if (ret->projection == PROJECT_INCLUDE)
		read_included(a, arena_str(a, col_text(rows, 6)), ret);
}

static void load_indexes(struct db *db, struct arena *a, struct table *t)
{
	struct db_rows rows;
	size_t n = 0;

	t->indexes = arena_array(a, struct index, t->index_count);
	for (db_each(db, &rows,
	             "SELECT space, name, is_global, status, key_schema, projection, included, "
	             "read_units, write_units "
	             "FROM dynamodb_index WHERE table_space = ? ORDER BY space",
	             db_int(t->space));
	     db_next(&rows) && n < t->index_count;)
		index_of_row(a, &rows, &t->indexes[n++]);
	db_rows_end(&rows);
	t->index_count = n;
}

static void table_of_row(struct arena *a, const struct db_rows *rows, struct table *t)
{
	t->space = col_int(rows, 0);
	t->billing_mode = (enum billing_mode)col_int(rows, 2);
	t->index_count = (size_t)col_int(rows, 3);
	t->time_to_live = arena_str(a, col_text(rows, 4));
	t->stream = col_int(rows, 5);
	t->read_units = col_int(rows, 6);
	t->write_units = col_int(rows, 7);
	key_schema_from_text(a, arena_str(a, col_text(rows, 1)), &t->keys);
}

static bool read_named(struct db *db, struct arena *a, str account, str region, str name,
                       struct table *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT space, key_schema, billing_mode, index_count, time_to_live, stream, "
	            "read_units, write_units FROM dynamodb_table WHERE account = ? AND region = ? AND name = ?",
	            db_text(account), db_text(region), db_text(name)))
		return false;
	*ret = (struct table){ .account = account, .region = region, .name = name, .given = name };
	table_of_row(a, &rows, ret);
	db_rows_end(&rows);
	if (ret->index_count)
		load_indexes(db, a, ret);
	return true;
}

/*
 * Tables that a reader's snapshot has shown are kept with it: nearly every request needs one, few are named at a
 * time, and to read one costs a twentieth of a Query.
 */

enum { KNOWN_TABLES = 16 };

struct known_table {
	struct table table;
	struct known_table *older;
};

struct known_tables {
	struct known_table *newest;
	size_t n;
};

static void copy_keys(struct arena *a, struct key_schema *s)
{
	for (size_t i = 0; i < s->hash_count; i++)
		s->hash[i].name = arena_str(a, s->hash[i].name);
	for (size_t i = 0; i < s->range_count; i++)
		s->range[i].name = arena_str(a, s->range[i].name);
}

static void copy_index(struct arena *a, struct index *index)
{
	const str *included = index->included;

	index->name = arena_str(a, index->name);
	copy_keys(a, &index->keys);
	index->included = arena_array(a, str, index->included_count);
	for (size_t i = 0; i < index->included_count; i++)
		index->included[i] = arena_str(a, included[i]);
}

static void copy_table(struct arena *a, const struct table *from, struct table *ret)
{
	*ret = *from;
	ret->account = arena_str(a, from->account);
	ret->region = arena_str(a, from->region);
	ret->name = ret->given = arena_str(a, from->name);
	copy_keys(a, &ret->keys);
	ret->time_to_live = arena_str(a, from->time_to_live);
	ret->indexes = arena_array(a, struct index, from->index_count);
	for (size_t i = 0; i < from->index_count; i++) {
		ret->indexes[i] = from->indexes[i];
		copy_index(a, &ret->indexes[i]);
	}
}

static const struct table *find_known(const struct known_tables *known, str account, str region,
                                      str name)
{
	for (const struct known_table *k = known->newest; k; k = k->older)
		if (str_eq(k->table.name, name) && str_eq(k->table.region, region) &&
		    str_eq(k->table.account, account))
			return &k->table;
	return NULL;
}

static void remember(struct known_tables *known, struct arena *memory, const struct table *t)
{
	struct known_table *k;

	if (known->n == KNOWN_TABLES)
		return;
	k = arena_new(memory, struct known_table);
	copy_table(memory, t, &k->table);
	k->older = known->newest;
	known->newest = k;
	known->n++;
}

bool table_load_named(struct db *db, struct arena *a, str account, str region, str name,
                      struct table *ret)
{
	static const char kind;
	struct arena *memory;
	struct known_tables *known = db_memory(db, &kind, sizeof(*known), &memory);
	const struct table *found = known ? find_known(known, account, region, name) : NULL;

	if (found) {
		copy_table(a, found, ret);
		return true;
	}
	if (!read_named(db, a, account, region, name, ret))
		return false;
	if (known)
		remember(known, memory, ret);
	return true;
}

err table_find(struct call *c, str name_or_arn, struct table *ret)
{
	str name;
	err e = table_name_of(c, name_or_arn, &name);

	if (e)
		return e;
	if (!table_load_named(c->db, c->arena, c->identity.account, c->region, name, ret))
		return fail(c, &dynamodb_resource_not_found_exception,
		            "Requested resource not found");
	ret->given = name_or_arn;
	return NULL;
}

err table_find_named(struct call *c, str name_or_arn, struct table *ret)
{
	str name;
	err e = table_name_of(c, name_or_arn, &name);

	if (e)
		return e;
	if (!table_load_named(c->db, c->arena, c->identity.account, c->region, name, ret))
		return fail(c, &dynamodb_resource_not_found_exception,
		            "Requested resource not found: Table: %.*s not found", STR_ARG(name));
	ret->given = name_or_arn;
	return NULL;
}

bool table_load(struct db *db, struct arena *a, int64_t space, struct table *ret)
{
	struct db_rows rows;

	if (!db_row(db, &rows,
	            "SELECT space, key_schema, billing_mode, index_count, time_to_live, stream, "
	            "read_units, write_units, account, region, name FROM dynamodb_table WHERE space = ?",
	            db_int(space)))
		return false;
	*ret = (struct table){
		.account = arena_str(a, col_text(&rows, 8)),
		.region = arena_str(a, col_text(&rows, 9)),
		.name = arena_str(a, col_text(&rows, 10)),
	};
	ret->given = ret->name;
	table_of_row(a, &rows, ret);
	db_rows_end(&rows);
	if (ret->index_count)
		load_indexes(db, a, ret);
	return true;
}

/*
 * What is known of one that was found.
 */

const struct index *table_index(const struct table *t, str name)
{
	for (size_t i = 0; i < t->index_count; i++)
		if (str_eq(t->indexes[i].name, name))
			return &t->indexes[i];
	return NULL;
}

str table_arn(struct arena *a, const struct table *t)
{
	return arena_printf(a, "arn:aws:dynamodb:%.*s:%.*s:table/%.*s", STR_ARG(t->region),
	                    STR_ARG(t->account), STR_ARG(t->name));
}

bool index_holds(const struct table *t, const struct index *index, str name)
{
	if (index->projection == PROJECT_ALL)
		return true;
	if (key_schema_has(&index->keys, name) || key_schema_has(&t->keys, name))
		return true;
	for (size_t i = 0; i < index->included_count; i++)
		if (str_eq(index->included[i], name))
			return true;
	return false;
}

struct item index_project(struct arena *a, const struct table *t, const struct index *index,
                          const struct item *item)
{
	struct item projected = { 0 };

	if (index->projection == PROJECT_ALL)
		return *item;
	projected.items = arena_array(a, struct attribute, item->n);
	for (size_t i = 0; i < item->n; i++)
		if (index_holds(t, index, item->items[i].name))
			projected.items[projected.n++] = item->items[i];
	return projected;
}
