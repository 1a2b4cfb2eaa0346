/*
 * What both kinds of policy must obey beyond their grammar, and the compiling of their texts.
 */
#include "api/policy_parts.h"
#include "base/str.h"

bool policy_check_version(struct policy_draft *d)
{
	if (d->version.p && !str_eq(d->version, STR("2012-10-17")) &&
	    !str_eq(d->version, STR("2008-10-17")))
		return policy_refuse_syntax(d, POLICY_BAD_VERSION,
		                            "The policy must contain a valid version string");
	if (d->rules->only_2012 && !str_eq(d->version, STR("2012-10-17")))
		return policy_refuse(d, POLICY_BAD_VERSION,
		                     "Policy document must be version 2012-10-17 or greater.");
	return true;
}

bool policy_check_unique_sids(struct policy_draft *d, const char *message)
{
	for (size_t i = 0; i < d->count; i++) {
		str sid = d->statements[i].statement.sid;

		for (size_t j = 0; j < i && sid.n; j++)
			if (str_eq(sid, d->statements[j].statement.sid))
				return policy_refuse(d, POLICY_BAD_SID, "%s", message);
	}
	return true;
}

static void compile(struct policy_draft *d)
{
	bool variables = str_eq(d->version, STR("2012-10-17"));

	for (size_t i = 0; i < d->count; i++) {
		struct policy_statement *s = &d->statements[i].statement;

		s->deny = str_eq(d->statements[i].effect, STR("Deny"));
		for (size_t j = 0; j < s->actions.count; j++)
			policy_pattern_compile(d->arena, &s->actions.items[j],
			                       /* variables= */ false, /* wildcards= */ true);
		for (size_t j = 0; j < s->resources.count; j++)
			policy_pattern_compile(d->arena, &s->resources.items[j], variables,
			                       /* wildcards= */ true);
	}
}

static void compile_conditions(struct policy_draft *d)
{
	bool variables = str_eq(d->version, STR("2012-10-17"));

	for (size_t i = 0; i < d->count; i++) {
		struct policy_statement *s = &d->statements[i].statement;

		for (size_t j = 0; j < s->condition_count; j++)
			policy_condition_compile(d->arena, &s->conditions[j], variables);
	}
}

bool policy_has_invalid_value(const struct policy_statement *s, enum policy_compare compare)
{
	for (size_t i = 0; i < s->condition_count; i++) {
		const struct policy_condition *c = &s->conditions[i];

		for (size_t j = 0; c->operation->compare == compare && j < c->count; j++)
			if (!c->values[j].valid)
				return true;
	}
	return false;
}

bool policy_check(struct policy_draft *d)
{
	compile_conditions(d);
	if (!(d->rules->kind == POLICY_OF_IDENTITY ? policy_check_identity(d)
	                                           : policy_check_resource(d)))
		return false;
	compile(d);
	return true;
}
