#include "service/writes.h"

#include "service/table.h"

#include "base/log.h"
#include "base/str.h"

enum { LARGEST_REQUEST = 64 * 1024, LARGEST_MYSFIT = 4 * 1024 * 1024 };

/* Lives in its exchange's arena, which is the fetcher's while an operation is under way. */
struct write {
	struct visit *visit;
	struct database *database;
	struct route route;
	struct operation operation;
};

static void put_value(struct json_writer *w, str name, str type, bool is_flag, bool flag)
{
	json_put_name(w, name);
	json_put_object(w);
	json_put_name(w, type);
	if (is_flag)
		json_put_bool(w, flag);
	else
		json_put_string(w, STR("1"));
	json_put_object_end(w);
}

static void put_like(struct json_writer *w)
{
	json_put_member(w, STR("UpdateExpression"), STR("ADD Likes :one"));
	json_put_member(w, STR("ConditionExpression"), STR("attribute_exists(MysfitId)"));
	json_put_name(w, STR("ExpressionAttributeValues"));
	json_put_object(w);
	put_value(w, STR(":one"), STR("N"), false, false);
	json_put_object_end(w);
}

static void put_adoption(struct json_writer *w)
{
	json_put_member(w, STR("UpdateExpression"), STR("SET Adopted = :yes"));
	json_put_member(
		w, STR("ConditionExpression"),
		STR("attribute_exists(MysfitId) AND (attribute_not_exists(Adopted) OR Adopted = :no)"));
	json_put_name(w, STR("ExpressionAttributeValues"));
	json_put_object(w);
	put_value(w, STR(":yes"), STR("BOOL"), true, true);
	put_value(w, STR(":no"), STR("BOOL"), true, false);
	json_put_object_end(w);
}

static str update_of(struct write *x)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, &x->visit->exchange->arena, LARGEST_REQUEST);
	json_writer_init(&w, &b);
	json_put_object(&w);
	put_table(&w, x->database);
	put_key(&w, x->route.id);
	if (x->route.action == ACTION_LIKE)
		put_like(&w);
	else
		put_adoption(&w);
	json_put_member(&w, STR("ReturnValues"), STR("ALL_NEW"));
	json_put_object_end(&w);
	return buf_str(&b);
}

static str look_of(struct write *x)
{
	struct json_writer w;
	struct buf b;

	buf_init(&b, &x->visit->exchange->arena, LARGEST_REQUEST);
	json_writer_init(&w, &b);
	json_put_object(&w);
	put_table(&w, x->database);
	put_key(&w, x->route.id);
	json_put_name(&w, STR("ConsistentRead"));
	json_put_bool(&w, true);
	json_put_object_end(&w);
	return buf_str(&b);
}

static struct write *write_of(struct operation *o)
{
	return (struct write *)(void *)((char *)o - offsetof(struct write, operation));
}

static void run(struct write *w, str name, str body, void (*done)(struct operation *o))
{
	w->operation = (struct operation){
		.arena = &w->visit->exchange->arena,
		.name = name,
		.body = body,
		.only_once = str_eq(name, STR("UpdateItem")),
		.done = done,
	};
	database_run(w->database, &w->operation);
}

static void refuse(struct write *w, int status, str message)
{
	answer_problem(w->visit, status, message);
	exchange_reply(w->visit->exchange);
}

/* Neither yes nor no: a client that tries again may count twice, and should know. */
static void refuse_for(struct write *w, enum outcome outcome)
{
	struct problem p = problem_of(outcome);

	if (outcome == OUTCOME_UNAVAILABLE)
		p.message = STR(
			"The database does not answer, so it is not known whether this was done. Please look again in a moment.");
	refuse(w, p.status, p.message);
}

/* The mysfit in an answer, as JSON in *ret; false when the client has been told otherwise. */
static bool read_answer(struct write *w, str member, str *ret, str *ret_name)
{
	struct operation *o = &w->operation;
	struct buf b;
	bool found;

	if (o->outcome != OUTCOME_OK) {
		refuse_for(w, o->outcome);
		return false;
	}
	buf_init(&b, o->arena, LARGEST_MYSFIT);
	if (!mysfit_of_answer(o->arena, o->answer, member, &b, &found, ret_name)) {
		log_error("an answer of the table cannot be used", log_str("operation", o->name));
		refuse_for(w, OUTCOME_REFUSED);
		return false;
	}
	if (!found) {
		refuse(w, 404, NO_SUCH_MYSFIT);
		return false;
	}
	*ret = buf_str(&b);
	return true;
}

/* Why the adoption was not made. */
static void take_look(struct operation *o)
{
	struct write *w = write_of(o);
	str mysfit, name;

	if (read_answer(w, STR("Item"), &mysfit, &name))
		refuse(w, 409,
		       arena_printf(o->arena, "%.*s has been adopted already.",
		                    STR_ARG(name.n ? name : STR("This mysfit"))));
}

static void take_update(struct operation *o)
{
	struct write *w = write_of(o);
	str mysfit, name;

	if (o->outcome == OUTCOME_CONDITION && w->route.action == ACTION_LIKE) {
		refuse(w, 404, NO_SUCH_MYSFIT);
	} else if (o->outcome == OUTCOME_CONDITION) {
		run(w, STR("GetItem"), look_of(w), take_look);
	} else if (read_answer(w, STR("Attributes"), &mysfit, &name)) {
		if (w->route.action == ACTION_ADOPT)
			log_info("adopted", log_str("id", w->route.id));
		answer_own(w->visit, 200, mysfit);
		exchange_reply(w->visit->exchange);
	}
}

void write_take(struct database *d, struct visit *v, const struct route *route)
{
	struct write *w = arena_new(&v->exchange->arena, struct write);

	w->visit = v;
	w->database = d;
	w->route = *route;
	exchange_park(v->exchange);
	run(w, STR("UpdateItem"), update_of(w), take_update);
}
