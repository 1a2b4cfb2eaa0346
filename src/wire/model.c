#include "wire/model.h"

#include "base/str.h"

const struct operation *model_operation(const struct model *m, str name)
{
	size_t low = 0, high = m->operation_count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_cmp(name, model_text(m, m->operations[middle].name));

		if (!order)
			return &m->operations[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Whether a request that looks like this may be of that protocol. */
static bool may_be(enum protocol protocol, bool has_target, bool is_form)
{
	if (has_target)
		return protocol == PROTOCOL_JSON;
	if (is_form)
		return protocol == PROTOCOL_QUERY || protocol == PROTOCOL_EC2;
	return protocol == PROTOCOL_REST_JSON || protocol == PROTOCOL_REST_XML;
}

/* Several APIs may share a signing name (ses and sesv2, elb and elbv2): the one whose protocol it could
 * be comes first, then the one that is named like it. */
const struct known_service *known_service_find(str signing_name, str target, bool is_form)
{
	const struct known_service *found = NULL;
	int best = 0;
	str prefix = target;

	prefix = str_cut(&prefix, '.');
	for (size_t i = 0; i < known_service_count; i++) {
		const struct known_service *k = &known_services[i];
		int score = 1;

		if (prefix.n && str_eq(prefix, str_from(k->target_prefix)))
			return k;
		if (!signing_name.n || !str_eq(signing_name, str_from(k->signing_name)))
			continue;
		score += may_be(k->protocol, prefix.n > 0, is_form) ? 2 : 0;
		score += str_eq(signing_name, str_from(k->name)) ? 1 : 0;
		if (score > best) {
			best = score;
			found = k;
		}
	}
	return found;
}
