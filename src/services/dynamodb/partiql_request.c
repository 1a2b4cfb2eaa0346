#include "services/dynamodb/partiql_request.h"

#include "base/str.h"

static const char INCOMPLETE[] =
	"Where clause does not contain a mandatory equality on all key attributes";

/*
 * Without the table.
 */

static bool add_conjunct(struct problem *p, struct partiql_request *r, const struct partiql_node *n)
{
	struct partiql_conjunct *c = &r->where[r->where_count++];

	c->source = n;
	return partiql_condition(p, n, &c->node);
}

static size_t count_conjuncts(const struct partiql_node *n)
{
	size_t count = 0;

	if (n->kind != PARTIQL_BINARY || n->word != WORD_AND)
		return 1;
	for (size_t i = 0; i < n->n; i++)
		count += count_conjuncts(n->items[i]);
	return count;
}

/* Also those in parentheses: a AND (b AND c). */
static bool add_conjuncts(struct problem *p, struct partiql_request *r,
                          const struct partiql_node *n)
{
	if (n->kind != PARTIQL_BINARY || n->word != WORD_AND)
		return add_conjunct(p, r, n);
	for (size_t i = 0; i < n->n; i++)
		if (!add_conjuncts(p, r, n->items[i]))
			return false;
	return true;
}

static bool read_where(struct problem *p, struct partiql_request *r)
{
	const struct partiql_node *where = r->statement->where;

	if (!where)
		return r->statement->operation == PARTIQL_SELECT ||
		       problem_of_value(p, "%s", INCOMPLETE);
	r->where = arena_array(p->arena, struct partiql_conjunct, count_conjuncts(where));
	return add_conjuncts(p, r, where);
}

bool partiql_request_parse(struct problem *p, str text,
                           const struct dynamodb_prepared_statement_parameters *parameters,
                           struct partiql_request *ret)
{
	struct partiql_statement *s;

	*ret = (struct partiql_request){ 0 };
	if (!partiql_parse(p, text, &s))
		return false;
	ret->statement = s;
	if (!partiql_bind(p, s, parameters)) {
		ret->has_bad_parameter = s->parameter_count == parameters->n;
		return false;
	}
	if (s->operation == PARTIQL_INSERT)
		return partiql_item(p, s->value, &ret->item);
	if (s->operation == PARTIQL_UPDATE && !partiql_update(p, s, &ret->update))
		return false;
	return read_where(p, ret);
}

/*
 * With the table: keys.
 */

bool partiql_equality(const struct partiql_node *n, str name, const struct partiql_node **ret)
{
	if (n->kind != PARTIQL_BINARY || n->word != WORD_EQUAL)
		return false;
	for (size_t i = 0; i < 2; i++)
		if (n->items[i]->kind == PARTIQL_NAME && str_eq(n->items[i]->name, name) &&
		    partiql_is_value(n->items[1 - i])) {
			*ret = n->items[1 - i];
			return true;
		}
	return false;
}

static bool other_type(struct problem *p, str name)
{
	return problem_of_value(p,
	                        "Key attribute's data type should match its data type in table's "
	                        "schema: Key %.*s",
	                        STR_ARG(name));
}

bool partiql_key_value(struct problem *p, const struct key_part *part, bool is_hash,
                       const struct partiql_node *node, struct value *ret)
{
	size_t most = is_hash ? KEY_HASH_SIZE_MAX : KEY_RANGE_SIZE_MAX;

	if (!partiql_value(p, node, ret))
		return false;
	if (ret->type != part->type)
		return other_type(p, part->name);
	if (ret->type == VALUE_N)
		return true;
	if (!ret->as.text.n)
		return problem_of_value(
			p,
			"One or more parameter values are not valid. The AttributeValue for a key "
			"attribute cannot contain an empty %s value. Key: %.*s",
			ret->type == VALUE_S ? "string" : "binary", STR_ARG(part->name));
	if (ret->as.text.n <= most)
		return true;
	if (is_hash)
		return problem_of_value(p,
		                        "One or more parameter values were invalid: Size of "
		                        "hashkey has exceeded the maximum size limit of%d bytes",
		                        KEY_HASH_SIZE_MAX);
	return problem_of_value(p,
	                        "One or more parameter values were invalid: Aggregated size of all "
	                        "range keys has exceeded the size limit of %d bytes",
	                        KEY_RANGE_SIZE_MAX);
}

static const struct key_part *part_at(const struct key_schema *s, size_t i, bool *ret_is_hash)
{
	*ret_is_hash = i < s->hash_count;
	return *ret_is_hash ? &s->hash[i] : &s->range[i - s->hash_count];
}

static size_t parts(const struct key_schema *s)
{
	return s->hash_count + s->range_count;
}

/* The attribute of the key that the condition says is equal to a value, if it is the first to say so. */
static bool take_equality(struct problem *p, const struct partiql_node *n,
                          const struct key_schema *s, struct item *key, bool *ret_is_taken)
{
	*ret_is_taken = false;
	for (size_t i = 0; i < parts(s); i++) {
		const struct partiql_node *node;
		bool is_hash;
		const struct key_part *part = part_at(s, i, &is_hash);
		struct value value;

		if (item_find(key, part->name) || !partiql_equality(n, part->name, &node))
			continue;
		if (!partiql_key_value(p, part, is_hash, node, &value))
			return false;
		key->items[key->n++] = (struct attribute){ part->name, value };
		*ret_is_taken = true;
		return true;
	}
	return true;
}

bool partiql_key(struct problem *p, const struct partiql_request *r, const struct key_schema *s,
                 struct item *ret_key, struct node **ret_rest, size_t *ret_rest_count)
{
	struct item key = { arena_array(p->arena, struct attribute, parts(s)), 0 };

	*ret_rest_count = 0;
	for (size_t i = 0; i < r->where_count; i++) {
		bool is_taken;

		if (!take_equality(p, r->where[i].source, s, &key, &is_taken))
			return false;
		if (!is_taken)
			ret_rest[(*ret_rest_count)++] = r->where[i].node;
	}
	*ret_key = key;
	return key.n == parts(s);
}

bool partiql_read_key(struct problem *p, const struct partiql_request *r, const struct table *t,
                      const char *operation, struct item *ret)
{
	struct node **rest = arena_array(p->arena, struct node *, r->where_count);
	size_t n = 0;

	if (!r->statement->index.p && partiql_key(p, r, &t->keys, ret, rest, &n) && !n)
		return true;
	return problem_of_value(
		p, "Select statements within %s must specify the primary key in the where clause.",
		operation);
}

/*
 * Writes.
 */

/* PartiQL has words of its own for what it inserts. */
static bool check_item(struct problem *p, const struct key_schema *s, const struct item *item)
{
	for (size_t i = 0; i < parts(s); i++) {
		bool is_hash;
		const struct key_part *part = part_at(s, i, &is_hash);
		const struct value *value = item_find(item, part->name);

		if (!value)
			return problem_of_value(
				p, "Key attribute should be present in the item: Key %.*s",
				STR_ARG(part->name));
		if (value->type != part->type)
			return other_type(p, part->name);
	}
	return true;
}

static bool write_by_key(struct problem *p, const struct partiql_request *r, const struct table *t,
                         struct write *w)
{
	struct node **rest = arena_array(p->arena, struct node *, r->where_count);
	size_t n;

	if (!partiql_key(p, r, &t->keys, &w->item, rest, &n))
		return problem_of_value(p, "%s", INCOMPLETE);
	switch (r->statement->operation) {
	case PARTIQL_UPDATE:
		w->kind = WRITE_UPDATE;
		w->update = r->update;
		w->must_exist = true;
		w->condition = partiql_all_of(p->arena, rest, n);
		return true;
	case PARTIQL_DELETE:
		/* Of what is not there, no condition is asked. */
		w->kind = WRITE_DELETE;
		w->condition = partiql_all_or_absent(p->arena, rest, n, t->keys.hash[0].name);
		return true;
	default:
		w->kind = WRITE_CHECK;
		w->must_exist = true;
		w->condition = partiql_all_of(p->arena, rest, n);
		return n || problem_of_value(p, "EXISTS() must contain a single item read with "
		                                "additional condition");
	}
}

bool partiql_write(struct problem *p, const struct partiql_request *r, const struct table *t,
                   struct write *ret)
{
	*ret = (struct write){ 0 };
	if (r->statement->operation != PARTIQL_INSERT)
		return write_by_key(p, r, t, ret);
	ret->kind = WRITE_PUT;
	ret->item = r->item;
	ret->must_be_absent = true;
	return check_item(p, &t->keys, &r->item) && write_check_size(p, &r->item);
}

/*
 * Columns.
 */

str partiql_columns(struct arena *a, const struct partiql_statement *s, str item)
{
	struct problem p = { .arena = a };
	struct item whole, ret = { 0 };

	if (s->is_star || !item.p)
		return item;
	item_load(a, item, &whole);
	for (size_t i = 0; i < s->column_count; i++) {
		const struct value *value;
		struct path path;

		if (!partiql_path(&p, s->columns[i], &path))
			continue; /* it has been checked */
		value = path_find(&path, &whole);
		if (value)
			item_set(a, &ret, partiql_column_name(a, s->columns[i]), value);
	}
	return item_text(a, &ret);
}
