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

const struct known_service *known_service_find(str signing_name, str target)
{
	const struct known_service *found = NULL;
	str prefix = target;

	prefix = str_cut(&prefix, '.');
	for (size_t i = 0; i < known_service_count; i++) {
		const struct known_service *k = &known_services[i];

		if (prefix.n && str_eq(prefix, str_from(k->target_prefix)))
			return k;
		/* Several APIs may share a signing name (elb and elbv2); the one named like it comes first. */
		if (signing_name.n && str_eq(signing_name, str_from(k->signing_name)) &&
		    (!found || str_eq(signing_name, str_from(k->name))))
			found = k;
	}
	return found;
}
