/* A condition of any bytes: one that is accepted holds of an item, or its opposite does. */
#include "expression_target.h"

static bool parse(struct target *t, str text, struct condition **ret)
{
	return condition_parse(&t->e, "ConditionExpression", text, ret);
}

/* Parentheses that would be redundant, or the operator too many, refuse the opposite. */
static void check_opposite(const struct target *t, str text, bool holds)
{
	struct target other;
	struct condition *c;

	target_init(&other);
	if (parse(&other, arena_printf(&other.arena, "NOT (%.*s)", STR_ARG(text)), &c) &&
	    condition_holds(c, &t->item) == holds)
		abort();
	target_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct item nothing = { 0 };
	struct condition *c;
	struct target t;

	target_init(&t);
	if (parse(&t, text, &c)) {
		check_opposite(&t, text, condition_holds(c, &t.item));
		condition_holds(c, &nothing);
		condition_mentions(c, STR("id"));
		expressions_end(&t.e);
	} else {
		target_check_problem(&t, text);
	}
	target_release(&t);
	return 0;
}
