/*
 * Any text as an item: what is read is written, loaded and read again as the same text, and copies are equal.
 * What is not read has a message.
 */
#include "services/dynamodb/item.h"

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		__builtin_trap();
}

static void check(struct arena *a, const struct item *item)
{
	struct problem p = { .arena = a };
	struct item loaded, again, copy = item_copy(a, item);
	str text = item_text(a, item);

	item_load(a, text, &loaded);
	must(str_eq(item_text(a, &loaded), text));
	must(item_read(&p, text, &again) && str_eq(item_text(a, &again), text));
	must(item_equal(item, &loaded) && item_equal(&copy, &again));
	must(item_size(item) == item_size(&loaded));
	must(text.n <= ITEM_TEXT_MAX || item_size(item) > ITEM_SIZE_MAX);
	for (size_t i = 0; i < item->n; i++)
		must(item_find(item, item->items[i].name) == &item->items[i].value);
	if (copy.n) {
		must(item_remove(&copy, copy.items[0].name) && !item_equal(item, &copy));
		item_set(a, &copy, item->items[0].name, &item->items[0].value);
		must(item_equal(item, &copy));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct problem p = { .arena = &a };
	struct item item;

	if (item_read(&p, (str){ (const char *)data, size }, &item)) {
		must(!p.message.p);
		check(&a, &item);
	} else {
		must(p.message.n > 0);
	}
	arena_release(&a);
	return 0;
}
