/* Definitions of tables: those that are good, and that hostile ones cost no more than their length. */
#include "check.h"

#include "services/dynamodb/definition.h"

static struct arena arena;

static int release(void **state UNUSED)
{
	arena_release(&arena);
	return 0;
}

static struct dynamodb_attribute_definitions named(const char *const *names, size_t n)
{
	struct dynamodb_attribute_definitions d = {
		.items = arena_array(&arena, struct dynamodb_attribute_definition, n),
		.n = n,
	};

	for (size_t i = 0; i < n; i++) {
		d.items[i].attribute_name = str_from(names[i]);
		d.items[i].attribute_type = STR("S");
	}
	return d;
}

static struct dynamodb_key_schema keyed(const char *const *names, size_t n)
{
	struct dynamodb_key_schema s = {
		.items = arena_array(&arena, struct dynamodb_key_schema_element, n),
		.n = n,
	};

	for (size_t i = 0; i < n; i++) {
		s.items[i].attribute_name = str_from(names[i]);
		s.items[i].key_type = i ? STR("RANGE") : STR("HASH");
	}
	return s;
}

static struct dynamodb_projection *all(void)
{
	struct dynamodb_projection *p = arena_new(&arena, struct dynamodb_projection);

	p->projection_type = STR("ALL");
	return p;
}

TEST(definition_of_a_table_puts_local_indexes_first)
{
	const char *names[] = { "z", "a", "m" }, *key[] = { "z", "a" }, *other[] = { "z", "m" };
	struct dynamodb_local_secondary_index local = { STR("local"), keyed(other, 2), all() };
	struct dynamodb_global_secondary_index global = { .index_name = STR("global"),
		                                          .key_schema = keyed(other, 2),
		                                          .projection = all() };
	struct dynamodb_create_table_in in = {
		.attribute_definitions = named(names, 3),
		.key_schema = keyed(key, 2),
		.local_secondary_indexes = { &local, 1 },
		.global_secondary_indexes = { &global, 1 },
	};
	struct problem p = { .arena = &arena };
	struct table_definition d;

	expect(definition_of_table(&p, &in, BILLING_PAY_PER_REQUEST, &d));
	expect_int(d.index_count, 2);
	expect_str(d.indexes[0].name, "local");
	expect(d.indexes[1].is_global);
	expect_str(d.attributes.items[0].name, "a");
	expect_str(d.keys.hash[0].name, "z");
	expect_str(d.keys.range[0].name, "a");
}

TEST(definitions_are_found_pruned_and_read_as_they_were_written)
{
	struct key_part parts[] = { { STR("a"), VALUE_S },
		                    { STR("b"), VALUE_N },
		                    { STR("c"), VALUE_B } };
	struct definitions d = { parts, 3 }, back;
	struct table t = { .keys = { .hash = { { STR("c"), VALUE_B } }, .hash_count = 1 } };

	expect_str(definitions_to_text(&arena, &d), "[\"Sa\",\"Nb\",\"Bc\"]");
	definitions_from_text(&arena, definitions_to_text(&arena, &d), &back);
	expect_int(back.n, 3);
	expect_int(definitions_find(&back, STR("b"))->type, VALUE_N);
	expect(!definitions_find(&back, STR("bb")));
	expect(!definitions_find(&back, STR("")));
	definitions_prune(&back, &t);
	expect_int(back.n, 1);
	expect_str(back.items[0].name, "c");
}

/* A hundred thousand of each: what compares each with each would take minutes. */
TEST(definition_of_a_hostile_table_is_refused_quickly)
{
	enum { MANY = 100000 };
	struct dynamodb_create_table_in in = { 0 };
	struct dynamodb_global_secondary_index *indexes =
		arena_array(&arena, struct dynamodb_global_secondary_index, MANY);
	const char **names = arena_array(&arena, const char *, MANY);
	struct problem p = { .arena = &arena };
	struct table_definition d;

	for (int i = 0; i < MANY; i++)
		names[i] = arena_printf(&arena, "attribute%06d%c", i, '\0').p;
	in.attribute_definitions = named(names, MANY);
	in.key_schema = keyed(names, 1);
	for (int i = 0; i < MANY; i++)
		indexes[i] = (struct dynamodb_global_secondary_index){
			.index_name = str_from(names[i]),
			.key_schema = keyed(&names[i], 1),
			.projection = all(),
		};
	in.global_secondary_indexes.items = indexes;
	in.global_secondary_indexes.n = MANY;
	expect(!definition_of_table(&p, &in, BILLING_PAY_PER_REQUEST, &d));
	expect_str(p.message,
	           "One or more parameter values were invalid: GlobalSecondaryIndex count "
	           "exceeds the per-table limit of 20");
	expect_int(d.index_count, 21);

	in.global_secondary_indexes.n = 1;
	indexes[0].key_schema = keyed(names, MANY);
	p.message = STR_NULL;
	expect(!definition_of_table(&p, &in, BILLING_PAY_PER_REQUEST, &d));
	expect_str(p.message,
	           "One or more parameter values were invalid: The KeySchema exceeds the "
	           "maximum allowed number of RANGE key attributes");
}

TESTS_WITH(NULL, release,
           {
		   RUN(definition_of_a_table_puts_local_indexes_first),
		   RUN(definitions_are_found_pruned_and_read_as_they_were_written),
		   RUN(definition_of_a_hostile_table_is_refused_quickly),
	   })
