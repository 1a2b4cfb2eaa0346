#include "service/table.h"

#include "service/mysfit.h"

#include "base/str.h"

struct problem problem_of(enum outcome outcome)
{
	if (outcome == OUTCOME_UNAVAILABLE)
		return (struct problem){
			503, STR("The database does not answer. Please try again in a moment.")
		};
	return (struct problem){
		500,
		STR("The service and its database do not understand each other; its log says why.")
	};
}

void put_table(struct json_writer *w, const struct database *d)
{
	json_put_member(w, STR("TableName"), database_table(d));
}

void put_key(struct json_writer *w, str id)
{
	json_put_name(w, STR("Key"));
	json_put_object(w);
	json_put_name(w, STR("MysfitId"));
	json_put_object(w);
	json_put_member(w, STR("S"), id);
	json_put_object_end(w);
	json_put_object_end(w);
}

bool mysfit_of_answer(struct arena *a, str answer, str wanted, struct buf *out, bool *ret_found,
                      str *ret_name)
{
	struct json_reader r;
	struct json_writer w;
	struct mysfit m = { 0 };
	bool found = false;
	str name;

	json_reader_init(&r, a, answer);
	json_enter_object(&r);
	while (json_next_member(&r, &name)) {
		if (str_eq(name, wanted)) {
			mysfit_read(&r, &m);
			found = true;
		} else {
			json_skip(&r);
		}
	}
	if (!json_at_end(&r))
		return false;
	*ret_found = found;
	*ret_name = m.name.p ? m.name : STR("");
	if (!found)
		return true;
	json_writer_init(&w, out);
	mysfit_put(&w, &m);
	return !out->overflow;
}
