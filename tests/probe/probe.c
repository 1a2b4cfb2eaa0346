#include "probe.h"

#include "base/str.h"
#include "models/sts.h"

/* Slow: asks another service who is calling, then writes a note, through the front both times. */
static err probe_relay(struct call *c, const struct probe_relay_in *in, struct probe_relay_out *out)
{
	struct sts_get_caller_identity_in who = { 0 };
	struct sts_get_caller_identity_out caller;
	struct probe_put_note_in note = { .name = in->name, .fail = in->fail };
	struct probe_put_note_out noted;
	err e = call_service(c, "sts", "GetCallerIdentity", &who, &caller);

	if (e)
		return e;
	note.text = caller.account;
	e = call_service(c, "probe", "PutNote", &note, &noted);
	if (e)
		return e;
	out->account = caller.account;
	return NULL;
}

/* A handler with a mistake: the first statement works, the second does not. */
static err probe_break(struct call *c, const struct probe_break_in *in, struct probe_break_out *out)
{
	(void)in, (void)out;
	db_run(c->db, "INSERT INTO probe_note (name, text) VALUES ('broken', 'half')");
	db_run(c->db, "INSERT INTO probe_note (name, text) VALUES ('broken', 'again')");
	return NULL;
}

/* Calls itself until the front has had enough. */
static err probe_loop(struct call *c, const struct probe_loop_in *in, struct probe_loop_out *out)
{
	return call_service(c, "probe", "Loop", in, out);
}

static err probe_open(struct call *c, const struct probe_open_in *in, struct probe_open_out *out)
{
	(void)in;
	out->account = c->identity.anonymous ? STR("nobody") : c->identity.account;
	return NULL;
}

static const struct probe_api ops = {
	.put_note = { probe_put_note, OP_WRITE },
	.get_note = { probe_get_note, OP_READ },
	.list_notes = { probe_list_notes, OP_READ },
	.put_file = { probe_put_file, OP_WRITE },
	.get_file = { probe_get_file, OP_READ },
	.delete_file = { probe_delete_file, OP_WRITE },
	.relay = { probe_relay, OP_SLOW },
	.break_ = { probe_break, OP_WRITE },
	.loop = { probe_loop, OP_WRITE },
	.open = { probe_open, OP_READ | OP_ANONYMOUS },
};

static const struct door doors[] = { { .host = "*.probe.test" }, { .path = "/relay/" }, { 0 } };

const struct service probe_service = {
	.model = &probe_model,
	.ops = &ops,
	.schema = probe_schema,
	.doors = doors,
	.takes_the_rest = true,
	.tick = probe_expire_notes,
};
