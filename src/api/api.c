#include "api/api.h"

#include "api/internal.h"
#include "api/repeat.h"
#include "base/clock.h"
#include "base/str.h"

#undef free

struct api *api_new(const struct api_options *options)
{
	struct api *a = xcalloc(1, sizeof(*a));

	a->services = options->services;
	a->credentials = options->credentials;
	a->store = options->store;
	a->pool = options->pool;
	a->landing = options->landing;
	a->settable_clock = options->settable_clock;
	a->throttle = options->throttle;
	a->metrics = metrics_new();
	a->repeats = repeats_new();
	a->started = clock_wall();
	a->ticker = ticker_new(a->store, a->services);
	return a;
}

void api_free(struct api *a)
{
	if (!a)
		return;
	ticker_free(a->ticker);
	repeats_free(a->repeats);
	metrics_free(a->metrics);
	free(a);
}

void api_set_server(struct api *a, const struct server *s)
{
	__atomic_store_n(&a->server, s, __ATOMIC_RELEASE);
}

const struct schema *const *api_schemas(struct arena *a, const struct service *const *services,
                                        size_t *ret_count)
{
	const struct schema **schemas;
	size_t n = 0, services_count = 0;

	while (services[services_count])
		services_count++;
	schemas = arena_array(a, const struct schema *, services_count + 1);
	for (size_t i = 0; i < services_count; i++) {
		struct schema *s;

		if (!services[i]->schema)
			continue;
		s = arena_new(a, struct schema);
		*s = (struct schema){ .module = services[i]->model->name,
			              .sql = services[i]->schema };
		schemas[n++] = s;
	}
	*ret_count = n;
	return schemas;
}

str service_names(struct arena *a, const struct service *const *services)
{
	struct buf b;

	buf_init(&b, a, 4096);
	for (size_t i = 0; services[i]; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", services[i]->model->name);
	return buf_str(&b);
}
