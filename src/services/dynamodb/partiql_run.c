#include "services/dynamodb/partiql_run.h"

#include "base/str.h"
#include "services/dynamodb/dynamodb.h"

static str return_values(enum partiql_returning returning)
{
	static const str names[] = {
		[RETURNING_NONE] = STR_INIT("NONE"),
		[RETURNING_ALL_OLD] = STR_INIT("ALL_OLD"),
		[RETURNING_ALL_NEW] = STR_INIT("ALL_NEW"),
		[RETURNING_MODIFIED_OLD] = STR_INIT("UPDATED_OLD"),
		[RETURNING_MODIFIED_NEW] = STR_INIT("UPDATED_NEW"),
	};

	return names[returning];
}

err partiql_run_write(struct call *c, const struct table *t, const struct partiql_request *r,
                      str return_values_on_condition_check_failure, struct capacity *capacity,
                      str *ret_item)
{
	struct problem p = { .arena = c->arena };
	struct write w;
	err e;

	if (!partiql_write(&p, r, t, &w))
		return problem_error(c, &p);
	w.shows_old_on_failure = str_eq(return_values_on_condition_check_failure, STR("ALL_OLD"));
	e = write_run(c, t, &w, capacity);
	if (e && w.kind == WRITE_PUT &&
	    e->definition == &dynamodb_conditional_check_failed_exception)
		return fail(c, &dynamodb_duplicate_item_exception,
		            "Duplicate primary key exists in table");
	if (e)
		return e;
	*ret_item = write_attributes(c->arena, &w, return_values(r->statement->returning));
	return NULL;
}
