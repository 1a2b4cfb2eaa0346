/* Parts of requests to the table, and of its answers, that reads and writes share. */
#ifndef SERVICE_TABLE_H
#define SERVICE_TABLE_H

#include "service/database.h"

#include "base/json.h"

struct problem {
	int status;
	str message;
};

/* What the client is told of an outcome that is none of its doing. */
struct problem problem_of(enum outcome outcome);

#define NO_SUCH_MYSFIT STR("There is no mysfit with this id.")

/* Members of a request: `TableName` and `Key`. */
void put_table(struct json_writer *w, const struct database *d);
void put_key(struct json_writer *w, str id);

/* Writes the mysfit that is in the member `wanted` of an answer; *ret_found says whether there is
 * one, and *ret_name, in the arena, what it is called. False: the answer is not what it should be. */
bool mysfit_of_answer(struct arena *a, str answer, str wanted, struct buf *out, bool *ret_found,
                      str *ret_name);

#endif
