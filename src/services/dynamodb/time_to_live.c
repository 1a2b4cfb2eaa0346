/*
 * Times to live. dynamodb_expiry says when which item expires, for tables that have a time to live. It is kept
 * with every change, filled by a job when the time to live is turned on and cleared by one when it is turned
 * off. Jobs are done one after the other, so off and on again leaves what the last one filled. In between a row
 * may be of another attribute or of an item that has changed since: it is only believed with the item.
 */
#include "services/dynamodb/time_to_live.h"

#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/job.h"

enum {
	SECONDS_DIGITS = 12, /* of the whole part: a later time never comes */
	EXPIRE_TURN = 100,   /* items, or fewer when they are large */
	EXPIRE_TURN_BYTES = 2 * 1024 * 1024,
};

/* An item whose time was five years ago or more is taken for a mistake, and stays. */
#define TOO_OLD_SECONDS ((int64_t)5 * 365 * 24 * 3600)

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

/*
 * Expired.
 */

struct expiring {
	struct db *db;
	struct arena *arena;
	int64_t now;
	size_t left;        /* of this turn */
	int64_t bytes_left; /* at least one item is taken while any are */
};

static bool has_expired(const struct expiring *x, const struct table *t, const struct item *item)
{
	int64_t at, seconds = x->now / 1000;

	return expiry_of(t, item, &at) && at <= seconds && at > seconds - TOO_OLD_SECONDS;
}

/* The row goes in any case: when the item is there and has another time, that has a row of its own. */
static void expire(struct expiring *x, const struct table *t, int64_t at, str key)
{
	struct change change = { .table = t, .key = key, .by_time_to_live = true };
	struct stored_item stored;
	struct item old;

	x->left--;
	remove_expiry(x->db, t->space, at, key);
	if (!space_get(x->db, x->arena, t->space, key, &stored))
		return;
	x->bytes_left -= stored.size;
	item_load(x->arena, stored.text, &old);
	if (!has_expired(x, t, &old))
		return;
	change.old = &old;
	change.old_size = stored.size;
	change_apply(x->db, x->arena, x->now, &change, NULL, /* in_transaction= */ false);
}

static bool next_expired(const struct expiring *x, int64_t space, int64_t *ret_at, str *ret_key)
{
	struct db_rows rows;
	int64_t seconds = x->now / 1000;

	if (!db_row(x->db, &rows,
	            "SELECT at, key FROM dynamodb_expiry WHERE space = ? AND at > ? AND at <= ? "
	            "ORDER BY at, key LIMIT 1",
	            db_int(space), db_int(seconds - TOO_OLD_SECONDS), db_int(seconds)))
		return false;
	*ret_at = col_int(&rows, 0);
	*ret_key = arena_str(x->arena, col_text(&rows, 1));
	db_rows_end(&rows);
	return true;
}

static bool is_turn_over(const struct expiring *x)
{
	return !x->left || x->bytes_left <= 0;
}

static void expire_in(struct expiring *x, int64_t space)
{
	struct table t;
	int64_t at;
	str key;

	if (!next_expired(x, space, &at, &key) || !table_load(x->db, x->arena, space, &t) ||
	    !t.time_to_live.p)
		return;
	do
		expire(x, &t, at, key);
	while (!is_turn_over(x) && next_expired(x, space, &at, &key));
}

bool time_to_live_expire(struct db *db, int64_t now)
{
	struct arena arena = { 0 };
	struct expiring x = {
		.db = db,
		.arena = &arena,
		.now = now,
		.left = EXPIRE_TURN,
		.bytes_left = EXPIRE_TURN_BYTES,
	};
	int64_t space = 0;

	while (!is_turn_over(&x) &&
	       (space = db_integer(db, 0, "SELECT min(space) FROM dynamodb_expiry WHERE space > ?",
	                           db_int(space))) != 0)
		expire_in(&x, space);
	arena_release(&arena);
	return is_turn_over(&x);
}

/*
 * The operations.
 */

err dynamodb_describe_time_to_live(struct call *c,
                                   const struct dynamodb_describe_time_to_live_in *in,
                                   struct dynamodb_describe_time_to_live_out *out)
{
	struct table t;
	err e = table_find_named(c, in->table_name, &t);

	if (e)
		return e;
	out->time_to_live_description =
		arena_new(c->arena, struct dynamodb_time_to_live_description);
	*out->time_to_live_description = (struct dynamodb_time_to_live_description){
		.time_to_live_status = t.time_to_live.p ? STR("ENABLED") : STR("DISABLED"),
		.attribute_name = t.time_to_live,
	};
	return NULL;
}

static err check_update(struct call *c, const struct table *t, str attribute, bool enabled)
{
	if (!t->time_to_live.p)
		return enabled ? NULL : validation_error(c, "TimeToLive is already disabled");
	if (!str_eq(t->time_to_live, attribute))
		return validation_error(c,
		                        "TimeToLive is active on a different AttributeName: "
		                        "current AttributeName is %.*s",
		                        STR_ARG(t->time_to_live));
	return enabled ? validation_error(c, "TimeToLive is already enabled") : NULL;
}

/* AWS refuses a second update within the hour that the first may take it; here it takes no time. */
err dynamodb_update_time_to_live(struct call *c, const struct dynamodb_update_time_to_live_in *in,
                                 struct dynamodb_update_time_to_live_out *out)
{
	const struct dynamodb_time_to_live_specification *wanted = in->time_to_live_specification;
	bool enabled = wanted->enabled.value;
	struct table t;
	err e = table_find_named(c, in->table_name, &t);

	if (!e)
		e = check_update(c, &t, wanted->attribute_name, enabled);
	if (e)
		return e;
	db_run(c->db,
	       "UPDATE dynamodb_table SET time_to_live = ?, time_to_live_changed = ? "
	       "WHERE space = ?",
	       db_text(enabled ? wanted->attribute_name : STR_NULL), db_int(c->now),
	       db_int(t.space));
	job_add(c->db, enabled ? JOB_FILL_EXPIRY : JOB_CLEAR_EXPIRY, t.space, t.space);
	call_wake(c);
	out->time_to_live_specification = in->time_to_live_specification;
	return NULL;
}
