/*
 * Running an operation where its row in the table says: here in a snapshot, on the writer in a
 * transaction, or on the pool. Whichever it is, the reply is sent when the outcome is certain: for a
 * write, after the commit.
 */
#include "api/internal.h"

#include "api/repeat.h"

#include "base/str.h"

#include <errno.h>

#define TURN_OF(member, pointer) \
	((struct turn *)(void *)((char *)(pointer)-offsetof(struct turn, member)))

/* All handlers have this type but for the structs' names; the table was type-checked when it was
 * written. */
typedef err handler(struct call *c, const void *in, void *out);

static err run_handler(struct turn *t, struct db *db)
{
	t->call.db = db;
	return ((handler *)t->slot->run)(&t->call, t->in, t->out);
}

static err storage_error(struct turn *t, enum db_status status)
{
	const char *folder = store_folder(t->api->store);

	if (status == DB_FULL)
		return fail(&t->call, &error_storage_full,
		            "The disk that holds %s is full; nothing was changed.", folder);
	if (status == DB_READONLY)
		return fail(&t->call, &error_storage_read_only,
		            "%s cannot be written to; nothing was changed.", folder);
	return fail(
		&t->call, &error_internal_failure,
		"The request processing has failed because of an unknown error, exception or failure.");
}

static void finish(struct turn *t, err e)
{
	if (e)
		reply_with_error(t, e);
	else
		reply_with_result(t);
}

static void run_read(struct turn *t)
{
	int64_t changes = store_changes(t->api->store);
	struct db *db = store_reader(t->api->store);
	err e = run_handler(t, db);
	enum db_status status = db_status(db);

	store_read_end(db);
	finish(t, status == DB_OK ? e : storage_error(t, status));
	if (!e && status == DB_OK)
		repeats_keep(t, changes);
}

/* On the writer thread. */
static bool write_run(struct store_write *w, struct db *db)
{
	struct turn *t = TURN_OF(write, w);

	reply_clear(t->x);
	memset(t->out, 0, model_shape_size(t->service->model, t->operation->output));
	t->failure = run_handler(t, db);
	return !t->failure;
}

static void write_done(struct store_write *w, enum db_status status)
{
	struct turn *t = TURN_OF(write, w);

	finish(t, status == DB_OK ? t->failure : storage_error(t, status));
	exchange_reply(t->x);
}

static void busy(struct turn *t)
{
	finish(t, fail(&t->call, &error_service_unavailable,
	               "Too many requests are waiting. Please try again."));
	exchange_reply(t->x);
}

static void submit_write(struct turn *t)
{
	t->write.run = write_run;
	t->write.done = write_done;
	if (!store_submit(t->api->store, &t->write))
		busy(t);
}

/* On a pool thread: the body goes to the disk before a row may name it. */
static void seal_then_write(struct pool_work *work)
{
	struct turn *t = TURN_OF(work, work);
	int result = blob_seal(t->body.blob);

	if (result < 0) {
		finish(t, storage_error(t, result == -ENOSPC || result == -EDQUOT ? DB_FULL
		                           : result == -EROFS                     ? DB_READONLY
		                                                                  : DB_IO));
		exchange_reply(t->x);
		return;
	}
	submit_write(t);
}

static void run_slow(struct pool_work *work)
{
	struct turn *t = TURN_OF(work, work);

	finish(t, run_handler(t, NULL));
	exchange_reply(t->x);
}

static void submit_to_pool(struct turn *t, void (*run)(struct pool_work *work))
{
	t->work.run = run;
	if (!pool_submit(t->api->pool, &t->work))
		busy(t);
}

void run_operation(struct turn *t)
{
	if (t->operation->flags & OPERATION_STREAMS_IN)
		t->call.body = &t->body;
	if (t->slot->flags & OP_READ) {
		run_read(t);
		return;
	}
	exchange_park(t->x);
	if (t->slot->flags & OP_SLOW)
		submit_to_pool(t, run_slow);
	else if (t->body.blob)
		submit_to_pool(t, seal_then_write);
	else
		submit_write(t);
}
