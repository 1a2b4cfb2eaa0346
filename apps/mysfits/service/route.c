#include "service/route.h"

#include "base/encoding.h"
#include "base/str.h"

static const str FILTERS[] = { STR_INIT("Species"), STR_INIT("Alignment"), STR_INIT("GoodEvil"),
	                       STR_INIT("LawChaos") };

static struct route refuse(struct route r, int status, str problem)
{
	r.action = ACTION_REFUSE;
	r.status = status;
	r.problem = problem;
	return r;
}

static bool is_key(str s)
{
	return s.n > 0 && s.n <= LONGEST_KEY && utf8_valid(s);
}

/* The action of a path, by its pieces; false if there is no such path. */
static bool find_path(str path, struct route *r, str *ret_id)
{
	str rest = path, piece;

	if (str_eq(path, STR("/"))) {
		r->action = ACTION_HEALTH;
		return true;
	}
	if (!str_take(&rest, STR("/")) || !str_eq(str_cut(&rest, '/'), STR("mysfits")))
		return false;
	r->action = ACTION_LIST;
	if (!rest.p)
		return true;
	*ret_id = str_cut(&rest, '/');
	if (!ret_id->n)
		return false;
	r->action = ACTION_ONE;
	if (!rest.p)
		return true;
	piece = rest;
	r->action = str_eq(piece, STR("like")) ? ACTION_LIKE : ACTION_ADOPT;
	return r->action == ACTION_LIKE || str_eq(piece, STR("adopt"));
}

/* The one parameter of that name. False: there are two, or its text is broken. */
static bool find_parameter(struct arena *a, str query, str name, str *ret)
{
	str rest = query;

	*ret = STR_NULL;
	while (rest.p) {
		str value = str_cut(&rest, '&'), key = str_cut(&value, '=');

		if (!uri_decode(a, key, URI_FORM, &key))
			return false;
		if (!str_eq(key, name))
			continue;
		if (ret->p || !uri_decode(a, value.p ? value : STR(""), URI_FORM, ret))
			return false;
	}
	return true;
}

static bool is_filter(str name, str *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(FILTERS); i++) {
		if (str_eq(name, FILTERS[i])) {
			*ret = FILTERS[i];
			return true;
		}
	}
	return false;
}

static struct route find_filter(struct arena *a, str query, struct route r)
{
	str filter, value;

	if (!find_parameter(a, query, STR("filter"), &filter) ||
	    !find_parameter(a, query, STR("value"), &value))
		return refuse(r, 400,
		              STR("filter and value must be given once each, and encoded."));
	if (!filter.p && !value.p)
		return r;
	if (!filter.p || !value.p)
		return refuse(r, 400, STR("filter and value go together."));
	if (!is_filter(filter, &r.filter))
		return refuse(r, 400,
		              STR("filter must be Species, Alignment, GoodEvil or LawChaos."));
	if (!is_key(value))
		return refuse(r, 400, STR("value must be text of 1 to 2048 bytes."));
	r.value = value;
	return r;
}

static str methods_of(enum action action)
{
	return action == ACTION_LIKE || action == ACTION_ADOPT ? STR("POST, OPTIONS")
	                                                       : STR("GET, HEAD, OPTIONS");
}

static bool is_method_of(enum action action, str method)
{
	if (action == ACTION_LIKE || action == ACTION_ADOPT)
		return str_eq(method, STR("POST"));
	return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD"));
}

struct route route_find(struct arena *a, const struct request *request)
{
	struct route r = { 0 };
	str id = STR_NULL;

	if (!find_path(request->path, &r, &id))
		return refuse(r, 404, STR("There is nothing at this address. Try /mysfits."));
	r.allow = methods_of(r.action);
	if (str_eq(request->method, STR("OPTIONS"))) {
		r.action = ACTION_OPTIONS;
		return r;
	}
	if (!is_method_of(r.action, request->method))
		return refuse(r, 405, STR("This address does not take this method."));
	if (id.p && (!uri_decode(a, id, URI_PLAIN, &r.id) || !is_key(r.id)))
		return refuse(r, 400, STR("An id is text of 1 to 2048 bytes, encoded."));
	return r.action == ACTION_LIST ? find_filter(a, request->query, r) : r;
}
