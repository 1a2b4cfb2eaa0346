#include "services/dynamodb/time_to_live.h"

#include "base/str.h"

enum { SECONDS_DIGITS = 12 }; /* of the whole part: a later time never comes */

/* The whole seconds, up; DynamoDB takes fractions and exponents. False: before 1970, or too late to matter. */
static bool seconds_of(const struct number *n, int64_t *ret)
{
	int64_t seconds = 0;

	if (n->negative || n->exponent > SECONDS_DIGITS)
		return false;
	for (int i = 0; i < n->exponent; i++)
		seconds = 10 * seconds + (i < n->count ? n->digits[i] : 0);
	*ret = seconds + (n->count > MAX(n->exponent, 0));
	return true;
}

/* When an item expires, in seconds; false: never. */
static bool expiry_of(const struct table *t, const struct item *item, int64_t *ret)
{
	const struct value *v = item ? item_find(item, t->time_to_live) : NULL;

	return v && v->type == VALUE_N && seconds_of(v->as.number, ret);
}

static void add_expiry(struct db *db, int64_t space, int64_t at, str key)
{
	db_run(db, "INSERT OR IGNORE INTO dynamodb_expiry (space, at, key) VALUES (?, ?, ?)",
	       db_int(space), db_int(at), db_blob(key));
}

static void remove_expiry(struct db *db, int64_t space, int64_t at, str key)
{
	db_run(db, "DELETE FROM dynamodb_expiry WHERE space = ? AND at = ? AND key = ?",
	       db_int(space), db_int(at), db_blob(key));
}

void time_to_live_change(struct db *db, const struct change *change)
{
	const struct table *t = change->table;
	int64_t before = 0, after = 0;
	bool had, has;

	if (!t->time_to_live.p)
		return;
	had = expiry_of(t, change->old, &before);
	has = expiry_of(t, change->new, &after);
	if (had && has && before == after)
		return;
	if (had)
		remove_expiry(db, t->space, before, change->key);
	if (has)
		add_expiry(db, t->space, after, change->key);
}

void time_to_live_fill(struct db *db, const struct table *t, str key, const struct item *item)
{
	int64_t at;

	if (t->time_to_live.p && expiry_of(t, item, &at))
		add_expiry(db, t->space, at, key);
}
