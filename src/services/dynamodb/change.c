#include "services/dynamodb/change.h"

#include "base/str.h"
#include "services/dynamodb/stream.h"
#include "services/dynamodb/time_to_live.h"

/* What an index holds of an item. */
struct entry {
	bool is_there;
	str key, text;
	int64_t size;
	struct item item;
};

struct changing {
	struct db *db;
	struct arena *arena;
	const struct change *change;
	struct capacity *capacity; /* NULL: nobody asks */
	str old_text, new_text;
	int64_t new_size; /* 0: not there afterwards */
};

bool change_has_effects(const struct table *t)
{
	return t->index_count || t->stream || t->time_to_live.p;
}

static void charge(struct changing *c, const struct index *index, double units)
{
	if (c->capacity)
		capacity_add_write(c->capacity, index, units);
}

static struct entry entry_of(struct changing *c, const struct index *index, const struct item *item,
                             int64_t size)
{
	struct entry entry = { 0 };

	if (!item ||
	    !key_encode_in_index(c->arena, &index->keys, &c->change->table->keys, item, &entry.key))
		return entry;
	entry.is_there = true;
	entry.item = index->projection == PROJECT_ALL
	                     ? *item
	                     : index_project(c->arena, c->change->table, index, item);
	entry.size = index->projection == PROJECT_ALL ? size : item_size(&entry.item);
	return entry;
}

static void remove_entry(struct changing *c, const struct index *index, const struct entry *entry)
{
	space_delete(c->db, index->space, entry->key, entry->size);
	charge(c, index, write_units(entry->size, /* in_transaction= */ false));
}

static void put_entry(struct changing *c, const struct index *index, const struct entry *entry,
                      int64_t old_size)
{
	str text =
		index->projection == PROJECT_ALL ? c->new_text : item_text(c->arena, &entry->item);

	space_put(c->db, index->space, entry->key, text, entry->size, old_size);
}

static void change_index(struct changing *c, const struct index *index)
{
	const struct change *change = c->change;
	struct entry old = entry_of(c, index, change->old, change->old_size);
	struct entry new = entry_of(c, index, change->new, c->new_size);

	if (old.is_there && new.is_there && str_eq(old.key, new.key)) {
		if (index->projection != PROJECT_ALL && item_equal(&old.item, &new.item))
			return;
		put_entry(c, index, &new, old.size);
		charge(c, index, write_units(MAX(old.size, new.size), /* in_transaction= */ false));
		return;
	}
	if (old.is_there)
		remove_entry(c, index, &old);
	if (!new.is_there)
		return;
	put_entry(c, index, &new, /* old_size= */ -1);
	charge(c, index, write_units(new.size, /* in_transaction= */ false));
}

/* The order of attributes and of sets is not of the item, but it is of the text. */
static bool is_without_change(const struct changing *c)
{
	const struct change *change = c->change;

	if (!c->new_size || !change->old_size)
		return c->new_size == change->old_size;
	if (c->old_text.p && str_eq(c->old_text, c->new_text))
		return true;
	return change->old && item_equal(change->old, change->new);
}

void change_apply(struct db *db, struct arena *a, int64_t now, const struct change *change,
                  struct capacity *capacity, bool in_transaction)
{
	const struct table *t = change->table;
	struct changing c = { db, a, change, capacity, change->old_text, change->new_text, 0 };

	if (change->new) {
		c.new_size = item_size(change->new);
		if (!c.new_text.p)
			c.new_text = item_text(a, change->new);
	}
	charge(&c, NULL, write_units(MAX(change->old_size, c.new_size), in_transaction));
	if (is_without_change(&c))
		return;
	if (change->new)
		space_put(db, t->space, change->key, c.new_text, c.new_size,
		          change->old_size ? change->old_size : -1);
	else
		space_delete(db, t->space, change->key, change->old_size);
	for (size_t i = 0; i < t->index_count; i++)
		if (t->indexes[i].status != INDEX_DELETING)
			change_index(&c, &t->indexes[i]);
	if (t->time_to_live.p)
		time_to_live_change(db, change);
	if (t->stream)
		stream_write(db, a, now, change);
}
