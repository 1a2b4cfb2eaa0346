/*
 * Key conditions. They have the grammar of conditions and are checked as such; then only a few of them are
 * taken: comparisons of one attribute with values, with AND between them.
 */
#include "base/str.h"
#include "services/dynamodb/expression_parse.h"

struct key_term {
	str name;
	enum node_kind kind; /* EQUAL to BETWEEN, or BEGINS_WITH */
	struct value values[2];
	size_t value_count;
};

struct key_terms {
	struct key_term *items;
	size_t n, capacity;
};

static const char WRONG_CONDITION[] = "Invalid condition in KeyConditionExpression: ";
static const char ONE_PER_KEY[] = "Invalid KeyConditionExpression: KeyConditionExpressions must "
				  "only contain one condition per key";

static bool add_term(struct problem *p, struct key_terms *terms, const struct key_term *term)
{
	if (terms->n == terms->capacity)
		terms->items =
			arena_grow(p->arena, terms->items, &terms->capacity, sizeof(*terms->items));
	terms->items[terms->n++] = *term;
	return true;
}

/* What a comparison is when its operands change places. */
static enum node_kind turned(enum node_kind kind)
{
	switch (kind) {
	case NODE_LESS:
		return NODE_GREATER;
	case NODE_LESS_OR_EQUAL:
		return NODE_GREATER_OR_EQUAL;
	case NODE_GREATER:
		return NODE_LESS;
	case NODE_GREATER_OR_EQUAL:
		return NODE_LESS_OR_EQUAL;
	default:
		return kind;
	}
}

static bool is_usable(enum node_kind kind)
{
	return (kind >= NODE_EQUAL && kind <= NODE_BETWEEN && kind != NODE_NOT_EQUAL) ||
	       kind == NODE_BEGINS_WITH;
}

static bool check_first_operand(struct problem *p, const struct node *node)
{
	if ((node->kind != NODE_BETWEEN && node->kind != NODE_BEGINS_WITH) ||
	    node->as.operands.items[0]->kind == NODE_PATH)
		return true;
	return problem_of_value(p,
	                        "%s%.*s operator must have the key attribute as its first operand",
	                        WRONG_CONDITION, STR_ARG(node->text));
}

/* One attribute, and values. */
static bool read_operands(struct problem *p, const struct node *node, struct key_term *term)
{
	for (size_t i = 0; i < node->as.operands.n; i++) {
		const struct node *operand = node->as.operands.items[i];

		if (operand->kind == NODE_VALUE) {
			term->values[term->value_count++] = *operand->as.value;
			continue;
		}
		if (operand->kind != NODE_PATH)
			return problem_of_value(
				p, "KeyConditionExpressions cannot contain nested operations");
		if (term->name.p)
			return problem_of_value(p,
			                        "%sMultiple attribute names used in one condition",
			                        WRONG_CONDITION);
		if (operand->as.path.n > 1)
			return problem_of_value(p, "KeyConditionExpressions cannot have "
			                           "conditions on nested attributes");
		term->name = operand->as.path.steps[0].name;
		if (i)
			term->kind = turned(term->kind);
	}
	if (!term->name.p)
		return problem_of_value(p, "%sNo key attribute specified", WRONG_CONDITION);
	return true;
}

static bool read_term(struct problem *p, const struct node *node, struct key_terms *terms)
{
	struct key_term term = { .kind = node->kind };

	if (!is_usable(node->kind))
		return problem_of_value(p, "Invalid operator used in KeyConditionExpression: %.*s",
		                        STR_ARG(node->text));
	if (!check_first_operand(p, node) || !read_operands(p, node, &term))
		return false;
	for (size_t i = 0; i < terms->n; i++)
		if (str_eq(terms->items[i].name, term.name))
			return problem_of_value(p, "%s", ONE_PER_KEY);
	return add_term(p, terms, &term);
}

static bool read_terms(struct problem *p, const struct node *node, struct key_terms *terms)
{
	if (node->kind != NODE_AND)
		return read_term(p, node, terms);
	for (size_t i = 0; i < node->as.operands.n; i++)
		if (!read_terms(p, node->as.operands.items[i], terms))
			return false;
	return true;
}

bool key_terms_parse(struct expressions *e, str text, struct key_terms **ret)
{
	struct key_terms *terms = arena_new(e->problem->arena, struct key_terms);
	struct parser x;
	struct node *node;

	if (!parser_init(&x, e, "KeyConditionExpression", text))
		return false;
	node = parse_condition(&x);
	if (!node || !read_terms(e->problem, node, terms))
		return false;
	*ret = terms;
	return true;
}

bool key_terms_from_conditions(struct problem *p, const struct dynamodb_key_conditions *conditions,
                               struct key_terms **ret)
{
	struct key_terms *terms = arena_new(p->arena, struct key_terms);
	struct legacy_condition condition;

	for (size_t i = 0; i < conditions->n; i++) {
		struct key_term term = { .name = conditions->items[i].key };

		if (!legacy_condition_read(p, conditions->items[i].value, &condition))
			return false;
		term.kind = condition.kind;
		term.value_count = MIN(condition.n, ARRAY_LEN(term.values));
		for (size_t k = 0; k < term.value_count; k++)
			term.values[k] = condition.values[k];
		add_term(p, terms, &term);
	}
	*ret = terms;
	return true;
}

static const struct key_term *find_term(const struct key_terms *terms, str name)
{
	for (size_t i = 0; i < terms->n; i++)
		if (str_eq(terms->items[i].name, name))
			return &terms->items[i];
	return NULL;
}

static bool check_size(struct problem *p, const struct value *v, bool is_hash)
{
	if (v->type == VALUE_N ||
	    v->as.text.n <= (is_hash ? KEY_HASH_SIZE_MAX : KEY_RANGE_SIZE_MAX))
		return true;
	if (is_hash)
		return problem_of_value(
			p,
			"One or more parameter values were invalid: Size of hashkey "
			"has exceeded the maximum size limit of%d bytes",
			KEY_HASH_SIZE_MAX);
	return problem_of_value(p,
	                        "One or more parameter values were invalid: Aggregated size of all "
	                        "range keys has exceeded the size limit of %d bytes",
	                        KEY_RANGE_SIZE_MAX);
}

/* The values are such as the attribute can have. */
static bool check_values(struct problem *p, const struct key_part *part, bool is_hash,
                         const struct key_term *term)
{
	if (!is_usable(term->kind))
		return problem_of_value(
			p, "Attempted conditional constraint is not an indexable operation");
	for (size_t i = 0; i < term->value_count; i++) {
		const struct value *v = &term->values[i];

		if (v->type != part->type)
			return problem_of_value(p, "One or more parameter values were invalid: "
			                           "Condition parameter type does not match "
			                           "schema type");
		if (v->type != VALUE_N && !v->as.text.n)
			return problem_of_value(
				p,
				"One or more parameter values are not valid. The AttributeValue "
				"for a key attribute cannot contain an empty %s value. Key: %.*s",
				v->type == VALUE_S ? "string" : "binary", STR_ARG(part->name));
		if (!check_size(p, v, is_hash))
			return false;
	}
	return true;
}

static bool bind_hash(struct problem *p, const struct key_terms *terms,
                      const struct key_schema *schema, struct key_condition *ret)
{
	for (size_t i = 0; i < schema->hash_count; i++) {
		const struct key_part *part = &schema->hash[i];
		const struct key_term *term = find_term(terms, part->name);

		if (!term)
			return problem_of_value(p,
			                        "Query condition missed key schema element: %.*s",
			                        STR_ARG(part->name));
		if (!check_values(p, part, /* is_hash= */ true, term))
			return false;
		if (term->kind != NODE_EQUAL)
			return problem_of_value(p, "Query key condition not supported");
		ret->hash[i] = term->values[0];
	}
	return true;
}

static enum key_range_kind range_kind(enum node_kind kind)
{
	switch (kind) {
	case NODE_LESS:
		return KEY_RANGE_LESS;
	case NODE_LESS_OR_EQUAL:
		return KEY_RANGE_LESS_OR_EQUAL;
	case NODE_GREATER:
		return KEY_RANGE_GREATER;
	case NODE_GREATER_OR_EQUAL:
		return KEY_RANGE_GREATER_OR_EQUAL;
	case NODE_BETWEEN:
		return KEY_RANGE_BETWEEN;
	default:
		return KEY_RANGE_BEGINS_WITH;
	}
}

/* The last attribute of the sort key that a term speaks of; -1: none. */
static ptrdiff_t last_range_term(const struct key_terms *terms, const struct key_schema *schema)
{
	for (size_t i = schema->range_count; i-- > 0;)
		if (find_term(terms, schema->range[i].name))
			return (ptrdiff_t)i;
	return -1;
}

/* The attribute `at` needs a value, for a later one has a term. */
static bool refuse_gap(struct problem *p, const struct key_terms *terms,
                       const struct key_schema *schema, size_t at)
{
	size_t later = at + 1;

	while (!find_term(terms, schema->range[later].name))
		later++;
	return problem_of_value(p,
	                        "RANGE key attributes %.*s must have equality conditions specified "
	                        "in the query because a condition is present on key attribute %.*s",
	                        STR_ARG(schema->range[at].name),
	                        STR_ARG(schema->range[later].name));
}

static bool bind_range(struct problem *p, const struct key_terms *terms,
                       const struct key_schema *schema, struct key_condition *ret)
{
	ptrdiff_t last = last_range_term(terms, schema);

	for (size_t i = 0; (ptrdiff_t)i <= last; i++) {
		const struct key_part *part = &schema->range[i];
		const struct key_term *term = find_term(terms, part->name);
		bool is_last = (ptrdiff_t)i == last;

		if (!is_last && (!term || term->kind != NODE_EQUAL))
			return refuse_gap(p, terms, schema, i);
		if (!check_values(p, part, /* is_hash= */ false, term))
			return false;
		if (term->kind == NODE_EQUAL) {
			ret->range_equal[ret->range_equal_count++] = term->values[0];
			continue;
		}
		ret->kind = range_kind(term->kind);
		ret->low = term->values[0];
		ret->high = term->values[1];
	}
	return true;
}

/* Terms of attributes that are not the key's. */
static bool check_others(struct problem *p, const struct key_terms *terms,
                         const struct key_schema *schema)
{
	bool has_others = false;

	for (size_t i = 0; i < terms->n; i++)
		has_others |= !key_schema_has(schema, terms->items[i].name);
	if (!has_others)
		return true;
	for (size_t i = 0; i < schema->range_count; i++)
		if (!find_term(terms, schema->range[i].name))
			return problem_of_value(p,
			                        "Query condition missed key schema element: %.*s",
			                        STR_ARG(schema->range[i].name));
	return problem_of_value(p, "Query key condition not supported");
}

bool key_terms_bind(struct problem *p, const struct key_terms *terms,
                    const struct key_schema *schema, struct key_condition *ret)
{
	size_t attributes = schema->hash_count + schema->range_count;
	struct key_condition condition = { .kind = KEY_RANGE_ALL };

	if (terms->n > attributes)
		return problem_of_value(
			p,
			"The number of query conditions (%zu) exceeds the number of "
			"key attributes defined in the schema (%zu)",
			terms->n, attributes);
	if (!bind_hash(p, terms, schema, &condition) || !check_others(p, terms, schema) ||
	    !bind_range(p, terms, schema, &condition))
		return false;
	*ret = condition;
	return true;
}
