/* An update of any bytes: it leaves the old item as it was, and makes one that can be stored. */
#include "expression_target.h"

static void check_new(struct target *t, const struct item *new)
{
	struct problem p = { .arena = &t->arena };
	struct item again;

	if (!item_read(&p, item_text(&t->arena, new), &again) || !item_equal(new, &again))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	const struct key_schema schema = { .hash = { { STR("id"), VALUE_S } }, .hash_count = 1 };
	struct item new, nothing = { 0 };
	struct update *u;
	struct target t;

	target_init(&t);
	if (update_parse(&t.e, text, &u)) {
		struct problem p = { .arena = &t.arena };
		str before = item_text(&t.arena, &t.item);

		if (update_apply(&p, u, &t.item, &new))
			check_new(&t, &new);
		else if (!p.message.n)
			abort();
		if (!str_eq(before, item_text(&t.arena, &t.item)))
			abort();
		update_changed(&t.arena, u, &t.item);
		update_touches_key(u, &schema);
		p.message = STR_NULL;
		if (update_apply(&p, u, &nothing, &new))
			check_new(&t, &new);
	} else {
		target_check_problem(&t, text);
	}
	target_release(&t);
	return 0;
}
