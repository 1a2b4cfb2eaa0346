/*
 * The grammar of a policy: which members there are, of which types, each at most once.
 *
 * An error found here may stand in a document that is not even JSON further on. AWS reads all of
 * the JSON first, so policy_parse looks at the rest before it reports anything else.
 */
#include "api/policy_parts.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/str.h"

static const char SYNTAX[] = "Invalid policy syntax.";

/* A message that repeats a long text of the document is cut, between two characters. */
static PRINTF_LIKE(3, 0) void refuse(struct policy_draft *d, enum policy_error_code code,
                                     const char *format, va_list args)
{
	struct buf message;
	str text;

	buf_init(&message, d->arena, SIZE_MAX);
	buf_vprintf(&message, format, args);
	text = buf_str(&message);
	if (text.n > LIMIT_ERROR_VALUE) {
		text.n = LIMIT_ERROR_VALUE;
		while (text.n && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
			text.n--;
	}
	d->error = (struct policy_error){ code, text };
}

bool policy_refuse(struct policy_draft *d, enum policy_error_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	refuse(d, code, format, args);
	va_end(args);
	return false;
}

bool policy_refuse_syntax(struct policy_draft *d, enum policy_error_code code, const char *format,
                          ...)
{
	va_list args;

	if (d->rules->kind == POLICY_OF_IDENTITY)
		return policy_refuse(d, code, "Syntax errors in policy.");
	va_start(args, format);
	refuse(d, code, format, args);
	va_end(args);
	return false;
}

static bool refuse_type(struct policy_draft *d)
{
	return policy_refuse_syntax(d, POLICY_BAD_SYNTAX, "%s", SYNTAX);
}

/* For a member that was there before. */
static bool refuse_duplicate(struct policy_draft *d, str name)
{
	return policy_refuse_syntax(d, POLICY_DUPLICATE_FIELD,
	                            "Statement/policy already has instance of %.*s", STR_ARG(name));
}

static bool count_value(struct policy_draft *d)
{
	return ++d->values <= LIMIT_POLICY_VALUES ||
	       policy_refuse(d, POLICY_TOO_LARGE, "A policy has at most %d values",
	                     LIMIT_POLICY_VALUES);
}

static bool read_text(struct policy_draft *d, struct json_reader *r, str *ret)
{
	if (json_peek(r) != JSON_STRING)
		return refuse_type(d);
	return json_string(r, ret);
}

/* A condition's value may be a number or a boolean; it is kept as the text it is. */
static bool read_scalar(struct policy_draft *d, struct json_reader *r, str *ret)
{
	switch (json_peek(r)) {
	case JSON_STRING:
		return json_string(r, ret);
	case JSON_NUMBER:
	case JSON_TRUE:
	case JSON_FALSE:
		return json_raw(r, ret);
	default:
		return refuse_type(d);
	}
}

/*
 * Lists: one value, or an array of them. `add` reads one and stores it.
 */
typedef bool (*read_item)(struct policy_draft *d, struct json_reader *r, void *list);

static bool read_list(struct policy_draft *d, struct json_reader *r, read_item read, void *list)
{
	if (json_peek(r) != JSON_ARRAY)
		return count_value(d) && read(d, r, list);
	json_enter_array(r);
	while (json_next_element(r))
		if (!count_value(d) || !read(d, r, list))
			return false;
	return json_ok(r);
}

static bool read_pattern(struct policy_draft *d, struct json_reader *r, void *list)
{
	struct policy_patterns *patterns = list;
	str text;

	if (!read_text(d, r, &text))
		return false;
	if (patterns->count == patterns->capacity)
		patterns->items = arena_grow(d->arena, patterns->items, &patterns->capacity,
		                             sizeof(*patterns->items));
	patterns->items[patterns->count++] = (struct policy_pattern){ .text = text };
	return true;
}

static bool read_value(struct policy_draft *d, struct json_reader *r, void *list)
{
	struct policy_condition *condition = list;
	str text;

	if (!read_scalar(d, r, &text))
		return false;
	if (condition->count == condition->capacity)
		condition->values = arena_grow(d->arena, condition->values, &condition->capacity,
		                               sizeof(*condition->values));
	condition->values[condition->count++] = (struct policy_value){ .pattern.text = text };
	return true;
}

static void add_grantee(struct policy_draft *d, struct policy_grantees *list,
                        enum policy_grantee_kind kind, str value)
{
	if (list->count == list->capacity)
		list->items =
			arena_grow(d->arena, list->items, &list->capacity, sizeof(*list->items));
	list->items[list->count++] = (struct policy_grantee){ kind, value };
}

struct grantee_list {
	struct policy_grantees *grantees;
	enum policy_grantee_kind kind;
};

static bool read_grantee(struct policy_draft *d, struct json_reader *r, void *list)
{
	struct grantee_list *to = list;
	str text;

	if (!read_text(d, r, &text))
		return false;
	add_grantee(d, to->grantees, to->kind, text);
	return true;
}

/* {"AWS": ...} may yet be an account, an ARN or an id: policy_check.c tells. */
static bool read_principal_map(struct policy_draft *d, struct json_reader *r,
                               struct policy_grantees *grantees)
{
	static const struct {
		str name;
		enum policy_grantee_kind kind;
	} types[] = {
		{ STR_INIT("AWS"), POLICY_GRANTEE_ARN },
		{ STR_INIT("Service"), POLICY_GRANTEE_SERVICE },
		{ STR_INIT("Federated"), POLICY_GRANTEE_FEDERATED },
		{ STR_INIT("CanonicalUser"), POLICY_GRANTEE_CANONICAL_USER },
	};
	unsigned seen = 0;
	str name;

	json_enter_object(r);
	while (json_next_member(r, &name)) {
		struct grantee_list list = { .grantees = grantees };
		size_t i = 0;

		while (i < ARRAY_LEN(types) && !str_eq(name, types[i].name))
			i++;
		if (i == ARRAY_LEN(types))
			return policy_refuse_syntax(d, POLICY_BAD_PRINCIPAL,
			                            "Invalid principal in policy");
		if (seen & 1u << i)
			return refuse_duplicate(d, name);
		seen |= 1u << i;
		list.kind = types[i].kind;
		if (!read_list(d, r, read_grantee, &list))
			return false;
	}
	return json_ok(r);
}

/* "*" is the only text that may stand for the map. */
static bool read_principal(struct policy_draft *d, struct json_reader *r,
                           struct policy_grantees *grantees)
{
	str text;

	switch (json_peek(r)) {
	case JSON_OBJECT:
		return read_principal_map(d, r, grantees);
	case JSON_STRING:
		if (!json_string(r, &text))
			return false;
		if (!str_eq(text, STR("*")))
			return refuse_type(d);
		add_grantee(d, grantees, POLICY_GRANTEE_EVERYONE, text);
		return true;
	default:
		return refuse_type(d);
	}
}

/* The keys below one operator. IAM takes any operator as long as there are none. */
static bool read_operator(struct policy_draft *d, struct json_reader *r, str name,
                          const struct policy_condition *form, struct policy_statement *s)
{
	size_t first = s->condition_count;
	str key;

	if (json_peek(r) != JSON_OBJECT)
		return refuse_type(d);
	json_enter_object(r);
	while (json_next_member(r, &key)) {
		struct policy_condition *condition;

		if (!form->operation)
			return policy_refuse_syntax(d, POLICY_BAD_CONDITION,
			                            "Invalid Condition type : %.*s", STR_ARG(name));
		for (size_t i = first; i < s->condition_count; i++)
			if (str_eq(s->conditions[i].key, key))
				return refuse_duplicate(d, key);
		if (s->condition_count == s->condition_capacity)
			s->conditions = arena_grow(d->arena, s->conditions, &s->condition_capacity,
			                           sizeof(*s->conditions));
		condition = &s->conditions[s->condition_count++];
		*condition = *form;
		condition->key = key;
		if (!count_value(d) || !read_list(d, r, read_value, condition))
			return false;
	}
	return json_ok(r);
}

static bool read_conditions(struct policy_draft *d, struct json_reader *r,
                            struct policy_statement *s)
{
	bool seen[POLICY_OPERATOR_FORMS] = { false };
	str name;

	if (json_peek(r) != JSON_OBJECT)
		return refuse_type(d);
	json_enter_object(r);
	while (json_next_member(r, &name)) {
		struct policy_condition form = { 0 };

		if (policy_operator_parse(name, &form)) {
			size_t index = policy_operator_index(&form);

			if (seen[index])
				return refuse_duplicate(d, name);
			seen[index] = true;
		} else if (d->rules->kind == POLICY_OF_RESOURCE) {
			return policy_refuse(d, POLICY_BAD_CONDITION,
			                     "Invalid Condition type : %.*s", STR_ARG(name));
		}
		if (!read_operator(d, r, name, &form, s))
			return false;
	}
	return json_ok(r);
}

struct field {
	str name;
	enum policy_field flag;
	bool negated;
};

/* NULL when it was refused. An element and its Not... count as the same. */
static const struct field *find_field(struct policy_draft *d, unsigned *seen, str name)
{
	static const struct field fields[] = {
		{ STR_INIT("Sid"), FIELD_SID, false },
		{ STR_INIT("Effect"), FIELD_EFFECT, false },
		{ STR_INIT("Principal"), FIELD_PRINCIPAL, false },
		{ STR_INIT("NotPrincipal"), FIELD_PRINCIPAL, true },
		{ STR_INIT("Action"), FIELD_ACTION, false },
		{ STR_INIT("NotAction"), FIELD_ACTION, true },
		{ STR_INIT("Resource"), FIELD_RESOURCE, false },
		{ STR_INIT("NotResource"), FIELD_RESOURCE, true },
		{ STR_INIT("Condition"), FIELD_CONDITION, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!str_eq(name, fields[i].name))
			continue;
		if (*seen & fields[i].flag) {
			refuse_duplicate(d, fields[i - fields[i].negated].name);
			return NULL;
		}
		*seen |= fields[i].flag;
		return &fields[i];
	}
	policy_refuse_syntax(d, POLICY_UNKNOWN_FIELD, "Unknown field %.*s", STR_ARG(name));
	return NULL;
}

static bool read_field(struct policy_draft *d, struct json_reader *r, const struct field *field,
                       struct policy_draft_statement *draft)
{
	struct policy_statement *s = &draft->statement;

	switch (field->flag) {
	case FIELD_SID:
		return read_text(d, r, &s->sid);
	case FIELD_EFFECT:
		return read_text(d, r, &draft->effect);
	case FIELD_PRINCIPAL:
		s->principals.present = true;
		s->principals.negated = field->negated;
		return read_principal(d, r, &s->principals);
	case FIELD_ACTION:
		s->actions.present = true;
		s->actions.negated = field->negated;
		return read_list(d, r, read_pattern, &s->actions);
	case FIELD_RESOURCE:
		s->resources.present = true;
		s->resources.negated = field->negated;
		return read_list(d, r, read_pattern, &s->resources);
	case FIELD_CONDITION:
		return read_conditions(d, r, s);
	}
	return false;
}

static bool read_statement(struct policy_draft *d, struct json_reader *r)
{
	struct policy_draft_statement *draft;
	const struct field *field;
	str name;

	if (json_peek(r) != JSON_OBJECT)
		return refuse_type(d);
	if (d->count == LIMIT_POLICY_STATEMENTS)
		return policy_refuse(d, POLICY_TOO_LARGE, "A policy has at most %d statements",
		                     LIMIT_POLICY_STATEMENTS);
	if (d->count == d->capacity)
		d->statements =
			arena_grow(d->arena, d->statements, &d->capacity, sizeof(*d->statements));
	draft = &d->statements[d->count++];
	json_enter_object(r);
	while (json_next_member(r, &name)) {
		field = find_field(d, &draft->fields, name);
		if (!field || !read_field(d, r, field, draft))
			return false;
	}
	return json_ok(r);
}

static bool read_statements(struct policy_draft *d, struct json_reader *r)
{
	if (json_peek(r) != JSON_ARRAY)
		return read_statement(d, r);
	json_enter_array(r);
	while (json_next_element(r))
		if (!read_statement(d, r))
			return false;
	return json_ok(r);
}

static bool read_document(struct policy_draft *d, struct json_reader *r)
{
	static const str members[] = { STR_INIT("Version"), STR_INIT("Id"), STR_INIT("Statement") };
	bool seen[ARRAY_LEN(members)] = { false };
	str name;

	if (json_peek(r) != JSON_OBJECT)
		return refuse_type(d);
	json_enter_object(r);
	while (json_next_member(r, &name)) {
		size_t i = 0;

		while (i < ARRAY_LEN(members) && !str_eq(name, members[i]))
			i++;
		if (i == ARRAY_LEN(members))
			return policy_refuse_syntax(d, POLICY_UNKNOWN_FIELD, "Unknown field %.*s",
			                            STR_ARG(name));
		if (seen[i])
			return refuse_duplicate(d, name);
		seen[i] = true;
		if (!(i == 0   ? read_text(d, r, &d->version)
		      : i == 1 ? read_text(d, r, &d->id)
		               : read_statements(d, r)))
			return false;
	}
	if (!json_ok(r))
		return false;
	if (!seen[2])
		return policy_refuse_syntax(d, POLICY_MISSING_FIELD,
		                            "Missing required field Statement");
	return d->count > 0 ||
	       policy_refuse_syntax(d, POLICY_BAD_SYNTAX,
	                            "Could not parse the policy: Statement is empty!");
}

static bool is_json(struct arena *a, str text)
{
	struct json_reader r;

	json_reader_init(&r, a, text);
	return json_skip(&r) && json_at_end(&r);
}

size_t policy_size(str text)
{
	bool inside = false; /* a string */
	size_t size = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!inside && ascii_is_space(c))
			continue;
		size++;
		if (c == '"')
			inside = !inside;
		else if (inside && c == '\\' && i + 1 < text.n)
			size++, i++;
	}
	return size;
}

/* The text may be longer by its white space, but not without bound. */
static bool check_size(struct policy_draft *d, str text)
{
	size_t max = d->rules->max_size ? d->rules->max_size : LIMIT_POLICY;

	if (text.n <= max || (text.n <= max * 8 && policy_size(text) <= max))
		return true;
	if (d->rules->kind == POLICY_OF_IDENTITY)
		return policy_refuse(d, POLICY_TOO_LARGE, "Cannot exceed quota for PolicySize: %zu",
		                     max);
	return policy_refuse(
		d, POLICY_TOO_LARGE,
		"Normalized policy document exceeds the maximum allowed size of %zu bytes", max);
}

static bool read_json(struct policy_draft *d, str text)
{
	struct json_reader r;

	if (d->rules->brace_first && !str_starts(text, STR("{")))
		return policy_refuse_syntax(
			d, POLICY_NOT_JSON,
			"Policies must be valid JSON and the first byte must be '{'");
	json_reader_init(&r, d->arena, text);
	if (read_document(d, &r) && json_at_end(&r))
		return true;
	if (d->error.code == POLICY_OK || !is_json(d->arena, text))
		return policy_refuse_syntax(d, POLICY_NOT_JSON,
		                            "This policy contains invalid Json");
	return false;
}

bool policy_parse(struct arena *a, str text, const struct policy_rules *rules, struct policy *ret,
                  struct policy_error *ret_error)
{
	struct policy_draft d = { .arena = a, .rules = rules };
	struct policy_statement *statements;

	if (!check_size(&d, text) || !read_json(&d, text) || !policy_check(&d)) {
		*ret_error = d.error;
		return false;
	}
	statements = arena_array(a, struct policy_statement, d.count);
	for (size_t i = 0; i < d.count; i++)
		statements[i] = d.statements[i].statement;
	*ret = (struct policy){
		.id = d.id,
		.variables = str_eq(d.version, STR("2012-10-17")),
		.statements = statements,
		.count = d.count,
	};
	return true;
}
