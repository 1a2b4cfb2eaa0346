#include "api/door.h"

#include "base/str.h"

bool door_host_matches(str pattern, str host)
{
	size_t p = 0, h = 0, star = SIZE_MAX, resume = 0;

	while (h < host.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			resume = h;
		} else if (p < pattern.n && ascii_lower(pattern.p[p]) == ascii_lower(host.p[h])) {
			p++, h++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			h = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static str without_port(str host)
{
	ptrdiff_t colon = str_rfind(host, ':');

	if (colon < 0 || str_ends(host, STR("]")))
		return host;
	return str_from_to(host, 0, (size_t)colon);
}

/* sts.us-east-1.amazonaws.com and sts.localhost are STS's; a bucket named `sts` never is: buckets come before
 * `s3`, which the service that takes the rest has doors for. */
static bool is_own_host(const struct service *s, str host)
{
	str prefix = str_from(s->model->endpoint_prefix);

	return host.n > prefix.n && host.p[prefix.n] == '.' && str_starts_nocase(host, prefix);
}

static const struct service *by_host(const struct service *const *services, str host)
{
	for (size_t i = 0; services[i]; i++)
		for (const struct door *d = services[i]->doors; d && (d->host || d->path); d++)
			if (d->host && door_host_matches(str_from(d->host), host))
				return services[i];
	for (size_t i = 0; services[i]; i++)
		if (is_own_host(services[i], host))
			return services[i];
	return NULL;
}

const struct service *door_of_path(const struct service *const *services, str path)
{
	for (size_t i = 0; services[i]; i++)
		for (const struct door *d = services[i]->doors; d && (d->host || d->path); d++)
			if (d->path && str_starts(path, str_from(d->path)))
				return services[i];
	return NULL;
}

static const struct service *by_target(const struct service *const *services, str target)
{
	str prefix = str_cut(&target, '.');

	for (size_t i = 0; prefix.n && services[i]; i++)
		if (services[i]->model->target_prefix &&
		    str_eq(prefix, str_from(services[i]->model->target_prefix)))
			return services[i];
	return NULL;
}

/* Services that sign with one name may come through each other's hosts, for a client that is told one address
 * for both: DynamoDB and its streams. */
static const struct service *by_target_of_kin(const struct service *const *services,
                                              const struct service *found, str target)
{
	const struct service *named = by_target(services, target);

	if (found && named && named != found &&
	    str_eq(str_from(found->model->signing_name), str_from(named->model->signing_name)))
		return named;
	return found;
}

/* Several services may sign with one name (elb and elbv2): the operation then tells them apart. */
static const struct service *by_scope(const struct service *const *services, str name, str version)
{
	const struct service *found = NULL;

	for (size_t i = 0; name.n && services[i]; i++) {
		if (!str_eq(name, str_from(services[i]->model->signing_name)))
			continue;
		if (!found || str_eq(version, str_from(services[i]->model->api_version)))
			found = services[i];
	}
	return found;
}

static const struct service *by_action(const struct service *const *services, str action,
                                       str version)
{
	for (size_t i = 0; action.n && services[i]; i++)
		if (str_eq(version, str_from(services[i]->model->api_version)) &&
		    model_operation(services[i]->model, action))
			return services[i];
	return NULL;
}

static str parameter_value(const struct parameters *p, str name)
{
	const struct parameter *found = p ? parameters_find(p, name) : NULL;

	return found ? found->value : STR("");
}

const struct service *door_find(const struct service *const *services, const struct door_request *d)
{
	str version = parameter_value(d->parameters, STR("Version"));
	str action = parameter_value(d->parameters, STR("Action"));
	str target = request_header(d->request, STR("x-amz-target"));
	const struct service *s = by_host(services, without_port(d->request->host));

	s = by_target_of_kin(services, s, target);
	if (!s)
		s = door_of_path(services, d->request->path);
	if (!s)
		s = by_target(services, target);
	if (!s)
		s = by_scope(services, d->signing_name, version);
	if (!s && !d->signing_name.n && !target.n)
		s = by_action(services, action, version);
	/* Signed for a service that is not ours, or meant for one: not the rest, but a refusal by name. */
	for (size_t i = 0;
	     !s && !d->may_say_more && !d->signing_name.n && !target.n && !action.n && services[i];
	     i++)
		if (services[i]->takes_the_rest)
			s = services[i];
	return s;
}
