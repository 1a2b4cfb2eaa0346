/*
 * Requests to the service of the mysfits, of any method and target, and items of any bytes. What is asked
 * for is a key that can be sent, or nothing; what is written of an item can be read.
 */
#include "base/str.h"
#include "service/mysfit.h"
#include "service/route.h"

#include <stdlib.h>

static bool is_key(str s)
{
	return s.n > 0 && s.n <= LONGEST_KEY && utf8_valid(s);
}

static void check_route(struct arena *a, str text)
{
	struct request r = { 0 };
	struct route route;
	str rest = text;

	r.method = str_cut(&rest, ' ');
	r.target = rest.p ? rest : STR("");
	rest = r.target;
	r.path = str_cut(&rest, '?');
	r.query = rest;
	route = route_find(a, &r);
	if (route.action == ACTION_REFUSE ? route.status < 400 || !route.problem.n : route.status)
		abort();
	if ((route.action == ACTION_ONE || route.action == ACTION_LIKE ||
	     route.action == ACTION_ADOPT) &&
	    !is_key(route.id))
		abort();
	if (route.action == ACTION_LIST && route.filter.p && !is_key(route.value))
		abort();
}

static void check_item(struct arena *a, str text)
{
	struct json_reader r;
	struct json_writer w;
	struct mysfit m;
	struct buf b;

	json_reader_init(&r, a, text);
	mysfit_read(&r, &m);
	if (!json_at_end(&r))
		return;
	buf_init(&b, a, 1 << 24);
	json_writer_init(&w, &b);
	mysfit_put(&w, &m);
	json_reader_init(&r, a, buf_str(&b));
	if (!json_skip(&r) || !json_at_end(&r))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	str text = { (const char *)data, size };

	check_route(&a, text);
	check_item(&a, text);
	arena_release(&a);
	return 0;
}
