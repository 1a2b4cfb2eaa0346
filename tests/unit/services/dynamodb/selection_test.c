#include "services/dynamodb/selection.h"

#include "check.h"

TEST(selection_check_takes_what_goes_together)
{
	static const struct {
		struct selection selection; /* select, projection, attributes to get, index */
		const char *message;        /* NULL: it is good */
	} cases[] = {
		{ { STR_INIT("ALL_ATTRIBUTES") }, NULL },
		{ { STR_INIT("COUNT") }, NULL },
		{ { STR_INIT("SPECIFIC_ATTRIBUTES"), true }, NULL },
		{ { STR_INIT("SPECIFIC_ATTRIBUTES"), false, true }, NULL },
		{ { STR_INIT("ALL_PROJECTED_ATTRIBUTES"), false, false, true }, NULL },
		{ { { NULL, 0 }, true, false, true }, NULL },
		{ { STR_INIT("COUNT"), true },
		  "Cannot specify the ProjectionExpression when choosing to get only the Count" },
		{ { STR_INIT("ALL_ATTRIBUTES"), false, true },
		  "Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES" },
		{ { STR_INIT("ALL_PROJECTED_ATTRIBUTES"), true },
		  "Cannot specify the ProjectionExpression when choosing to get "
		  "ALL_PROJECTED_ATTRIBUTES" },
		{ { STR_INIT("ALL_PROJECTED_ATTRIBUTES") },
		  "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName" },
		{ { STR_INIT("SPECIFIC_ATTRIBUTES") },
		  "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
		  "SPECIFIC_ATTRIBUTES" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &a };

		expect_int(selection_check(&p, &cases[i].selection), !cases[i].message);
		if (cases[i].message)
			expect_str(p.message, cases[i].message);
	}
	arena_release(&a);
}

/* By kind and by status. */
static struct index indexes[] = {
	{ .name = STR_INIT("local"), .projection = PROJECT_KEYS_ONLY },
	{ .name = STR_INIT("global"), .is_global = true, .projection = PROJECT_KEYS_ONLY },
	{ .name = STR_INIT("all"), .is_global = true },
	{ .name = STR_INIT("new"), .is_global = true, .status = INDEX_CREATING },
	{ .name = STR_INIT("old"), .is_global = true, .status = INDEX_DELETING },
};
static const struct table table = { .indexes = indexes, .index_count = ARRAY_LEN(indexes) };

TEST(selection_find_index_finds_those_that_can_answer)
{
	static const struct {
		const char *name;
		bool is_consistent;
		const char *message;
	} cases[] = {
		{ NULL, true, NULL },
		{ "local", true, NULL },
		{ "global", false, NULL },
		{ "global", true,
		  "Consistent reads are not supported on global secondary indexes" },
		{ "none", false, "The table does not have the specified index: none" },
		{ "old", false, "The table does not have the specified index: old" },
		{ "new", false, "Cannot read from backfilling global secondary index: new" },
	};
	struct arena a = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct problem p = { .arena = &a };
		const struct index *found;
		bool is_found = selection_find_index(&p, &table, str_from(cases[i].name),
		                                     cases[i].is_consistent, &found);

		expect_int(is_found, !cases[i].message);
		if (cases[i].message)
			expect_str(p.message, cases[i].message);
		else if (cases[i].name)
			expect_str(found->name, cases[i].name);
		else
			expect(!found);
	}
	arena_release(&a);
}

TEST(selection_bind_fetches_from_the_table_what_a_local_index_lacks)
{
	struct arena a = { 0 };
	struct problem p = { .arena = &a };
	struct page_request r = { .table = &table, .index = &indexes[0] };

	expect(selection_bind(&p, STR_NULL, &r) && !r.is_fetched);
	expect(selection_bind(&p, STR("COUNT"), &r) && r.is_count && !r.is_fetched);
	expect(selection_bind(&p, STR("ALL_ATTRIBUTES"), &r) && r.is_fetched);

	r = (struct page_request){ .table = &table, .index = &indexes[2] };
	expect(selection_bind(&p, STR("ALL_ATTRIBUTES"), &r) && !r.is_fetched);

	r = (struct page_request){ .table = &table, .index = &indexes[1] };
	expect(!selection_bind(&p, STR("ALL_ATTRIBUTES"), &r));
	expect_str(p.message, "One or more parameter values were invalid: Select type "
	                      "ALL_ATTRIBUTES is not supported for global secondary index global "
	                      "because its projection type is not ALL");
	arena_release(&a);
}

TESTS({
	RUN(selection_check_takes_what_goes_together),
	RUN(selection_find_index_finds_those_that_can_answer),
	RUN(selection_bind_fetches_from_the_table_what_a_local_index_lacks),
})
