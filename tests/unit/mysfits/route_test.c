#include "service/route.h"

#include "base/str.h"

#include "check.h"

static struct route routed(struct arena *a, const char *method, const char *target)
{
	struct request r = { .method = str_from(method), .target = str_from(target) };
	str rest = r.target;

	r.path = str_cut(&rest, '?');
	r.query = rest;
	return route_find(a, &r);
}

TEST(each_path_has_its_action)
{
	static const struct {
		const char *method, *target;
		enum action action;
		const char *id;
	} cases[] = {
		{ "GET", "/", ACTION_HEALTH, "" },
		{ "HEAD", "/", ACTION_HEALTH, "" },
		{ "GET", "/mysfits", ACTION_LIST, "" },
		{ "GET", "/mysfits?", ACTION_LIST, "" },
		{ "GET", "/mysfits?unknown=1", ACTION_LIST, "" },
		{ "GET", "/mysfits/a-b", ACTION_ONE, "a-b" },
		{ "HEAD", "/mysfits/like", ACTION_ONE, "like" },
		{ "GET", "/mysfits/a%2Fb%20+", ACTION_ONE, "a/b +" },
		{ "GET", "/mysfits/%C3%BC", ACTION_ONE, "ü" },
		{ "POST", "/mysfits/a/like", ACTION_LIKE, "a" },
		{ "POST", "/mysfits/a/adopt", ACTION_ADOPT, "a" },
		{ "OPTIONS", "/mysfits/a/adopt", ACTION_OPTIONS, "" },
		{ "OPTIONS", "/mysfits", ACTION_OPTIONS, "" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct route r = routed(&a, cases[i].method, cases[i].target);

		expect_int(r.action, cases[i].action);
		expect_str(r.id, cases[i].id);
		expect(!r.filter.p && !r.value.p);
	}
	arena_release(&a);
}

TEST(filter_is_one_of_four_with_a_value)
{
	struct arena a = { 0 };
	struct route r = routed(&a, "GET", "/mysfits?filter=GoodEvil&value=Good");

	expect_int(r.action, ACTION_LIST);
	expect_str(r.filter, "GoodEvil");
	expect_str(r.value, "Good");
	r = routed(&a, "GET", "/mysfits?value=a+b%26c%3D&x=y&f%69lter=Species");
	expect_str(r.filter, "Species");
	expect_str(r.value, "a b&c=");
	arena_release(&a);
}

TEST(what_is_not_of_the_api_is_refused)
{
	static const struct {
		const char *method, *target;
		int status;
		const char *allow;
	} cases[] = {
		{ "GET", "/nothing", 404, "" },
		{ "GET", "//mysfits", 404, "" },
		{ "GET", "/mysfits/", 404, "" },
		{ "GET", "/mysfits//like", 404, "" },
		{ "GET", "/mysfitsx", 404, "" },
		{ "POST", "/mysfits/a/like/", 404, "" },
		{ "POST", "/mysfits/a/b/like", 404, "" },
		{ "OPTIONS", "*", 404, "" },
		{ "POST", "/", 405, "GET, HEAD, OPTIONS" },
		{ "DELETE", "/mysfits/a", 405, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits/a/like", 405, "POST, OPTIONS" },
		{ "get", "/mysfits", 405, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits/%", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits/%zz", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits/%FF", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?filter=Name&value=a", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?filter=species&value=a", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?filter=Species", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?filter=Species&value=", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?filter=&value=", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?value=a", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?filter=Species&value=a&value=b", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?filter=Species&value=%FF", 400, "GET, HEAD, OPTIONS" },
		{ "GET", "/mysfits?%=a", 400, "GET, HEAD, OPTIONS" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct route r = routed(&a, cases[i].method, cases[i].target);

		expect_int(r.action, ACTION_REFUSE);
		expect_int(r.status, cases[i].status);
		expect_str(r.allow, cases[i].allow);
		expect(r.problem.n > 0);
	}
	arena_release(&a);
}

TEST(key_of_2048_bytes_is_the_longest)
{
	struct arena a = { 0 };
	char target[3000] = "/mysfits/";

	memset(target + 9, 'x', LONGEST_KEY);
	expect_int(routed(&a, "GET", target).action, ACTION_ONE);
	target[9 + LONGEST_KEY] = 'x';
	expect_int(routed(&a, "GET", target).status, 400);
	arena_release(&a);
}

TESTS({
	RUN(each_path_has_its_action),
	RUN(filter_is_one_of_four_with_a_value),
	RUN(what_is_not_of_the_api_is_refused),
	RUN(key_of_2048_bytes_is_the_longest),
})
