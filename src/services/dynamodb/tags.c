/* TagResource, UntagResource, ListTagsOfResource. */
#include "base/str.h"
#include "services/dynamodb/dynamodb.h"
#include "services/dynamodb/tag.h"

static err invalid_arn(struct call *c, const char *format, str arn)
{
	return validation_error(c, "One or more parameter values were invalid: %s: %.*s", format,
	                        STR_ARG(arn));
}

static err not_found(struct call *c, str arn)
{
	return fail(c, &dynamodb_resource_not_found_exception,
	            "Requested resource not found: ResourceArn: %.*s not found", STR_ARG(arn));
}

/* The table's name in arn:aws:dynamodb:REGION:ACCOUNT:table/NAME. */
static err name_of(struct call *c, str arn, str *ret)
{
	str rest = arn, region, account;

	if (!str_take(&rest, STR("arn:")))
		return invalid_arn(c, "ARNs must start with 'arn:'", arn);
	if (!str_take(&rest, STR("aws:dynamodb:")))
		return table_access_denied(c);
	region = str_cut(&rest, ':');
	account = str_cut(&rest, ':');
	if (!str_take(&rest, STR("table/")))
		return invalid_arn(c, "Provided Arn is not a DynamoDB resource arn", arn);
	if (!str_eq(account, c->identity.account))
		return table_access_denied(c);
	*ret = str_cut(&rest, '/');
	if (str_starts(rest, STR("index/")))
		return invalid_arn(
			c,
			"Invalid resource arn provided, only table or stream is accepted. "
			"Provided resource arn",
			arn);
	if (str_starts(rest, STR("backup/")))
		return invalid_arn(c, "Provided Arn is not a DynamoDB resource arn", arn);
	if (str_starts(rest, STR("stream/"))) /* may be named, and has no tags */
		return not_found(c, arn);
	if (rest.p || !str_eq(region, c->region))
		return validation_error(
			c, "Invalid TableArn: Invalid ResourceArn provided as input %.*s",
			STR_ARG(arn));
	return NULL;
}

static err find(struct call *c, str arn, struct table *ret)
{
	str name;
	err e = name_of(c, arn, &name);

	if (e)
		return e;
	if (!table_load_named(c->db, c->arena, c->identity.account, c->region, name, ret))
		return not_found(c, arn);
	return NULL;
}

static int64_t count(struct call *c, const struct table *t)
{
	return db_integer(c->db, 0, "SELECT count(*) FROM dynamodb_tag WHERE table_space = ?",
	                  db_int(t->space));
}

err dynamodb_tag_resource(struct call *c, const struct dynamodb_tag_resource_in *in,
                          struct dynamodb_tag_resource_out *out)
{
	struct problem p = { .arena = c->arena };
	struct table t;
	err e;

	(void)out; /* the reply has no members */
	if (!in->tags.n)
		return validation_error(c, "Atleast one Tag needs to be provided as Input.");
	if (!tags_check(&p, &in->tags))
		return problem_error(c, &p);
	e = find(c, in->resource_arn, &t);
	if (e)
		return e;
	tags_put(c->db, t.space, &in->tags);
	if (count(c, &t) > TAGS_MAX)
		return validation_error(c,
		                        "Number of Tags exceed the current limit for the provided "
		                        "ResourceArn");
	return NULL;
}

/* A tag that is not there is no error. */
err dynamodb_untag_resource(struct call *c, const struct dynamodb_untag_resource_in *in,
                            struct dynamodb_untag_resource_out *out)
{
	struct problem p = { .arena = c->arena };
	struct table t;
	err e;

	(void)out; /* the reply has no members */
	if (!in->tag_keys.n)
		return validation_error(c, "Atleast one Tag Key needs to be provided as Input.");
	if (!tag_keys_check(&p, &in->tag_keys))
		return problem_error(c, &p);
	e = find(c, in->resource_arn, &t);
	for (size_t i = 0; !e && i < in->tag_keys.n; i++)
		db_run(c->db, "DELETE FROM dynamodb_tag WHERE table_space = ? AND key = ?",
		       db_int(t.space), db_text(in->tag_keys.items[i]));
	return e;
}

/* All of them in one page: there are fifty at most. */
err dynamodb_list_tags_of_resource(struct call *c,
                                   const struct dynamodb_list_tags_of_resource_in *in,
                                   struct dynamodb_list_tags_of_resource_out *out)
{
	struct dynamodb_tag_list *tags = &out->tags;
	struct db_rows rows;
	struct table t;
	err e = find(c, in->resource_arn, &t);

	if (e)
		return e;
	tags->items = arena_array(c->arena, struct dynamodb_tag, TAGS_MAX);
	db_each(c->db, &rows,
	        "SELECT key, value FROM dynamodb_tag WHERE table_space = ? ORDER BY key LIMIT ?",
	        db_int(t.space), db_int(TAGS_MAX));
	while (db_next(&rows))
		tags->items[tags->n++] = (struct dynamodb_tag){
			.key = arena_str(c->arena, col_text(&rows, 0)),
			.value = arena_str(c->arena, col_text(&rows, 1)),
		};
	return NULL;
}
