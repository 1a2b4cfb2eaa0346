/* A projection of any bytes: what it selects of an item is no larger than the item. */
#include "expression_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = { (const char *)data, size };
	struct projection projection;
	struct item selected;
	struct target t;

	target_init(&t);
	if (projection_parse(&t.e, text, &projection)) {
		selected = projection_apply(&t.arena, &projection, &t.item);
		if (item_size(&selected) > item_size(&t.item))
			abort();
		for (size_t i = 0; i < projection.n; i++)
			if (projection.paths[i].n == 1 &&
			    !item_find(&t.item, projection.paths[i].steps[0].name) !=
			            !item_find(&selected, projection.paths[i].steps[0].name))
				abort();
	} else {
		target_check_problem(&t, text);
	}
	target_release(&t);
	return 0;
}
