#include "services/dynamodb/write.h"

#include "base/str.h"
#include "services/dynamodb/collection.h"
#include "services/dynamodb/throttle.h"

const struct item *write_old(struct arena *a, struct write *w)
{
	if (!w->stored.text.p)
		return NULL;
	if (!w->old_is_read)
		item_load(a, w->stored.text, &w->old);
	w->old_is_read = true;
	return &w->old;
}

static bool check_key(struct problem *p, const struct table *t, const struct write *w)
{
	str name;

	if (w->kind == WRITE_PUT)
		return key_check_of_item(p, &t->keys, &w->item);
	if (!key_check(p, &t->keys, &w->item))
		return false;
	name = w->update ? update_touches_key(w->update, &t->keys) : STR_NULL;
	if (!name.p)
		return true;
	return problem_of_value(p,
	                        "One or more parameter values were invalid: Cannot update "
	                        "attribute %.*s. This attribute is part of the key",
	                        STR_ARG(name));
}

/* The index that is named is the first by its name of those that the item does not fit. */
static bool check_indexes(struct problem *p, const struct table *t, const struct item *item)
{
	str first = STR_NULL;

	for (size_t i = 0; i < t->index_count; i++) {
		const struct index *index = &t->indexes[i];
		struct problem of_index = { .arena = p->arena };

		if (index->status == INDEX_DELETING ||
		    key_check_in_index(&of_index, &index->keys, index->name, item))
			continue;
		if (!first.p || str_cmp(index->name, first) < 0) {
			first = index->name;
			*p = of_index;
		}
	}
	return !first.p;
}

bool write_bind(struct problem *p, const struct table *t, struct write *w)
{
	w->table = t;
	if (!check_key(p, t, w) || (w->kind == WRITE_PUT && !check_indexes(p, t, &w->item)))
		return false;
	w->key = key_encode(p->arena, &t->keys, &w->item);
	return true;
}

static bool condition_is_met(struct arena *a, struct write *w)
{
	static const struct item nothing = { 0 };
	const struct item *old;

	if ((w->must_exist && !w->stored.text.p) || (w->must_be_absent && w->stored.text.p))
		return false;
	if (!w->condition)
		return true;
	old = write_old(a, w);
	return condition_holds(w->condition, old ? old : &nothing);
}

static const struct key_part *part_of(const struct key_schema *s, size_t i)
{
	return i < s->hash_count ? &s->hash[i] : &s->range[i - s->hash_count];
}

/*
 * The attributes of indexes' keys that the update changed. What was there before an index was made may not fit
 * it, and stays: the item is not in that index.
 */
static struct item changed_keys(struct arena *a, const struct write *w, const struct item *old)
{
	const struct table *t = w->table;
	struct item changed = { 0 };

	for (size_t i = 0; i < t->index_count; i++) {
		const struct key_schema *s = &t->indexes[i].keys;

		for (size_t j = 0; j < s->hash_count + s->range_count; j++) {
			str name = part_of(s, j)->name;
			const struct value *new = item_find(&w->new, name);
			const struct value *before = old ? item_find(old, name) : NULL;

			if (new && !(before && value_equal(before, new)))
				item_set(a, &changed, name, new);
		}
	}
	return changed;
}

static bool is_empty(const struct value *value)
{
	return (value->type == VALUE_S || value->type == VALUE_B) && !value->as.text.n;
}

/* Of an update AWS words it otherwise than of an item that is put. */
static bool check_empty_keys(struct problem *p, const struct item *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		if (is_empty(&keys->items[i].value))
			return problem_of_value(
				p,
				"One or more parameter values are not valid. The update expression "
				"attempted to update a secondary index key to a value that is not "
				"supported. The AttributeValue for a key attribute cannot contain "
				"an empty %s value.",
				keys->items[i].value.type == VALUE_S ? "string" : "binary");
	return true;
}

static bool check_updated(struct problem *p, const struct write *w, const struct item *old)
{
	struct item keys = changed_keys(p->arena, w, old);

	if (!check_empty_keys(p, &keys) || !check_indexes(p, w->table, &keys))
		return false;
	if (item_size(&w->new) > ITEM_SIZE_MAX ||
	    (w->measures_update && update_size(w->update, &w->new) > ITEM_SIZE_MAX))
		return problem_of_value(
			p, "Item size to update has exceeded the maximum allowed size");
	return true;
}

/* An update of an item that is not there begins with its key; without an update, that is all it will have. */
static bool make_updated(struct problem *p, struct write *w)
{
	const struct item *old = write_old(p->arena, w);
	const struct item *from = old ? old : &w->item;

	if (!w->update) {
		w->new = *from;
		w->new_text = old ? w->stored.text : item_text(p->arena, from);
		return true;
	}
	if (!update_apply(p, w->update, from, &w->new) || !check_updated(p, w, old))
		return false;
	w->new_text = item_text(p->arena, &w->new);
	return true;
}

enum write_outcome write_prepare(struct db *db, struct problem *p, struct write *w)
{
	space_get(db, p->arena, w->table->space, w->key, &w->stored);
	if (!condition_is_met(p->arena, w))
		return WRITE_CONDITION_FAILED;
	switch (w->kind) {
	case WRITE_PUT:
		w->new = w->item;
		w->new_text = item_text(p->arena, &w->item);
		w->will_exist = true;
		break;
	case WRITE_UPDATE:
		if (!make_updated(p, w))
			return WRITE_REFUSED;
		w->will_exist = true;
		break;
	case WRITE_DELETE:
	case WRITE_CHECK:
		break;
	}
	return WRITE_READY;
}

void write_apply(struct call *c, struct write *w, struct capacity *capacity, bool in_transaction)
{
	struct change change = {
		.table = w->table,
		.key = w->key,
		.new = w->will_exist ? &w->new : NULL,
		.old_size = w->stored.text.p ? w->stored.size : 0,
		.old_text = w->stored.text,
		.new_text = w->new_text,
	};

	if (w->kind == WRITE_CHECK) {
		if (capacity)
			capacity_add_write(capacity, NULL,
			                   write_units(change.old_size, in_transaction));
		return;
	}
	if (change_has_effects(w->table))
		change.old = write_old(c->arena, w);
	change_apply(c->db, c->arena, c->now, &change, capacity, in_transaction);
}

static err condition_failed(struct call *c, const struct write *w)
{
	struct dynamodb_conditional_check_failed_exception *details;

	if (!w->shows_old_on_failure || !w->stored.text.p)
		return fail(c, &dynamodb_conditional_check_failed_exception,
		            "The conditional request failed");
	details = arena_new(c->arena, struct dynamodb_conditional_check_failed_exception);
	details->item = w->stored.text;
	return fail_with(c, &dynamodb_conditional_check_failed_exception, details,
	                 "The conditional request failed");
}

err write_run(struct call *c, const struct table *t, struct write *w, struct capacity *capacity)
{
	struct problem p = { .arena = c->arena };
	struct capacity cost = { .table = t };
	err e;

	if (!write_bind(&p, t, w))
		return problem_error(c, &p);
	e = throttle_admit(c, t, NULL, THROTTLE_WRITE);
	if (e)
		return e;
	switch (write_prepare(c->db, &p, w)) {
	case WRITE_CONDITION_FAILED:
		/* It costs what there is. */
		capacity_add_write(&cost, NULL, write_units(w->stored.size, false));
		throttle_spend(c, &cost);
		return condition_failed(c, w);
	case WRITE_REFUSED:
		return problem_error(c, &p);
	case WRITE_READY:
		break;
	}
	write_apply(c, w, &cost, /* in_transaction= */ false);
	throttle_spend(c, &cost);
	if (capacity)
		capacity_add(capacity, &cost);
	return NULL;
}

static err parse(struct call *c, const struct write_parameters *given, struct write *ret)
{
	struct problem p = { .arena = c->arena, .layer = LAYER_ENVELOPED };

	if (write_parse(&p, given, ret))
		return NULL;
	if (p.is_serialization)
		return problem_error(c, &p);
	if (!write_is_for_older_layer(given))
		return validation_error(c, "1 validation error detected: %.*s", STR_ARG(p.message));
	p = (struct problem){ .arena = c->arena };
	*ret = (struct write){ 0 };
	return write_parse(&p, given, ret) ? NULL : problem_error(c, &p);
}

err write_operation(struct call *c, str table_name, const struct write_parameters *given,
                    struct write_result *ret)
{
	struct write w = { 0 };
	struct table t;
	struct capacity capacity = { .table = &t };
	err e = parse(c, given, &w);

	if (e)
		return e;
	w.measures_update = true;
	e = table_find(c, table_name, &t);
	if (!e)
		e = write_run(c, &t, &w, &capacity);
	if (e)
		return e;
	*ret = (struct write_result){
		.attributes = write_attributes(c->arena, &w, given->return_values),
		.consumed_capacity =
			capacity_describe(c->arena, &capacity, given->return_consumed_capacity,
		                          /* in_transaction= */ false),
		.item_collection_metrics = collection_describe(
			c->db, c->arena, &t, &w.item, given->return_item_collection_metrics),
	};
	return NULL;
}

/* Of the item before or after, what the update names; nothing of it: nothing is returned. */
static str changed_text(struct arena *a, const struct write *w, const struct item *item)
{
	struct item changed;

	if (!w->update || !item)
		return STR_NULL;
	changed = update_changed(a, w->update, item);
	return changed.n ? item_text(a, &changed) : STR_NULL;
}

str write_attributes(struct arena *a, struct write *w, str return_values)
{
	if (!return_values.p || str_eq(return_values, STR("NONE")))
		return STR_NULL;
	if (str_eq(return_values, STR("ALL_OLD")))
		return w->stored.text;
	if (str_eq(return_values, STR("ALL_NEW")))
		return w->new_text;
	if (str_eq(return_values, STR("UPDATED_OLD")))
		return changed_text(a, w, write_old(a, w));
	return changed_text(a, w, w->will_exist ? &w->new : NULL);
}

bool write_is_of_same(const struct write *a, const struct write *b)
{
	return a->table->space == b->table->space && str_eq(a->key, b->key);
}
