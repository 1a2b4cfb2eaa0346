#include "services/dynamodb/token.h"

#include "base/str.h"
#include "models/dynamodb.h"

static const int64_t lifetime = 10 * 60 * 1000;

/* DynamoDB's own error says no more than its name. */
static err mismatch(struct call *c)
{
	return fail(c, &dynamodb_idempotent_parameter_mismatch_exception,
	            "An error occurred (IdempotentParameterMismatchException)");
}

bool token_find(struct call *c, str token, str request, str *ret_reply, err *ret_error)
{
	struct db_rows rows;

	if (!db_row(c->db, &rows,
	            "SELECT request, reply FROM dynamodb_token WHERE account = ? AND region = ? "
	            "AND token = ? AND at > ?",
	            db_text(c->identity.account), db_text(c->region), db_text(token),
	            db_int(c->now - lifetime)))
		return false;
	if (str_eq(col_text(&rows, 0), request))
		*ret_reply = arena_str(c->arena, col_text(&rows, 1));
	else
		*ret_error = mismatch(c);
	db_rows_end(&rows);
	return true;
}

/* A few at a time, more than come: so that no call pays for all that came in a busy minute. */
static void forget_old(struct call *c)
{
	db_run(c->db,
	       "DELETE FROM dynamodb_token WHERE (account, region, token) IN (SELECT account, "
	       "region, token FROM dynamodb_token WHERE at <= ? ORDER BY at LIMIT 4)",
	       db_int(c->now - lifetime));
}

void token_keep(struct call *c, str token, str request, str reply)
{
	forget_old(c);
	db_run(c->db,
	       "INSERT OR REPLACE INTO dynamodb_token (account, region, token, at, request, reply) "
	       "VALUES (?, ?, ?, ?, ?, ?)",
	       db_text(c->identity.account), db_text(c->region), db_text(token), db_int(c->now),
	       db_blob(request), db_text(reply));
}
