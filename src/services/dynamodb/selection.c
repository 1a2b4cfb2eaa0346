#include "services/dynamodb/selection.h"

#include "base/str.h"
#include "services/dynamodb/get.h"

enum { NAMES_MAX = 64 * 1024 };

bool selection_check(struct problem *p, const struct selection *s)
{
	bool is_specific = str_eq(s->select, STR("SPECIFIC_ATTRIBUTES"));
	bool is_count = str_eq(s->select, STR("COUNT"));
	bool has_attributes = s->has_projection_expression || s->has_attributes_to_get;

	if (!s->select.p)
		return true;
	if (has_attributes && !is_specific)
		return problem_of_value(p, "Cannot specify the %s when choosing to get %.*s",
		                        s->has_projection_expression ? "ProjectionExpression"
		                                                     : "AttributesToGet",
		                        STR_ARG(is_count ? STR("only the Count") : s->select));
	if (str_eq(s->select, STR("ALL_PROJECTED_ATTRIBUTES")) && !s->has_index)
		return problem_of_value(p, "ALL_PROJECTED_ATTRIBUTES can be used only when "
		                           "Querying using an IndexName");
	if (is_specific && !has_attributes)
		return problem_of_value(p, "Must specify the AttributesToGet or "
		                           "ProjectionExpression when choosing to get "
		                           "SPECIFIC_ATTRIBUTES");
	return true;
}

bool selection_find_index(struct problem *p, const struct table *t, str name, bool is_consistent,
                          const struct index **ret)
{
	*ret = NULL;
	if (!name.p)
		return true;
	*ret = table_index(t, name);
	if (!*ret || (*ret)->status == INDEX_DELETING)
		return problem_of_value(p, "The table does not have the specified index: %.*s",
		                        STR_ARG(name));
	if ((*ret)->status == INDEX_CREATING)
		return problem_of_value(p,
		                        "Cannot read from backfilling global secondary index: %.*s",
		                        STR_ARG(name));
	if ((*ret)->is_global && is_consistent)
		return problem_of_value(
			p, "Consistent reads are not supported on global secondary indexes");
	return true;
}

/* The attributes of the projection that the index does not hold; empty: it holds all. */
static str not_held(struct arena *a, const struct page_request *r)
{
	struct buf b;

	buf_init(&b, a, NAMES_MAX);
	for (size_t i = 0; i < r->projection->n; i++) {
		str name = r->projection->paths[i].steps[0].name;

		if (!index_holds(r->table, r->index, name))
			buf_printf(&b, "%s%.*s", b.n ? ", " : "", STR_ARG(name));
	}
	return buf_str(&b);
}

static bool bind_projection(struct problem *p, struct page_request *r)
{
	str missing;

	if (!projection_spares_keys(p, r->table, r->projection))
		return false;
	if (!r->index)
		return true;
	missing = not_held(p->arena, r);
	r->is_fetched = missing.n != 0;
	if (!missing.n || !r->index->is_global)
		return true;
	return problem_of_value(p,
	                        "One or more parameter values were invalid: Global secondary index "
	                        "%.*s does not project [%.*s]",
	                        STR_ARG(r->index->name), STR_ARG(missing));
}

static bool bind_select(struct problem *p, str select, struct page_request *r)
{
	if (r->projection)
		return bind_projection(p, r);
	if (!r->index || r->index->projection == PROJECT_ALL ||
	    !str_eq(select, STR("ALL_ATTRIBUTES")))
		return true;
	r->is_fetched = true;
	if (!r->index->is_global)
		return true;
	return problem_of_value(p,
	                        "One or more parameter values were invalid: Select type "
	                        "ALL_ATTRIBUTES is not supported for global secondary index %.*s "
	                        "because its projection type is not ALL",
	                        STR_ARG(r->index->name));
}

bool selection_bind(struct problem *p, str select, struct page_request *r)
{
	r->is_count = str_eq(select, STR("COUNT"));
	return bind_select(p, select, r) && condition_spares_keys(p, r->table, r->filter);
}
