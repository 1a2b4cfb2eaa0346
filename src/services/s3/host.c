/*
 * Which bucket a host means, and whether its website:
 *
 *     BUCKET.s3-website-REGION.ANY, BUCKET.s3-website.REGION.ANY    the website
 *     BUCKET.s3.ANY, BUCKET.s3-REGION.ANY, BUCKET.localhost         the bucket
 *     s3.ANY and every other host                                   the path says which
 *
 * A bucket's name may have dots, so the part that tells is looked for from the left, and the first wins.
 * For whoever cannot resolve names below localhost, /_menagerie/website/BUCKET/KEY is the website, too.
 */
#include "base/str.h"
#include "services/s3/s3.h"

static const str website_path = STR_INIT("/_menagerie/website");

static str without_port(str host)
{
	ptrdiff_t colon = str_rfind(host, ':');

	return colon < 0 || str_ends(host, STR("]")) ? host : str_from_to(host, 0, (size_t)colon);
}

/* What stands before `part`, which must stand behind a dot; absent: it is not there. */
static str before(str host, str part)
{
	ptrdiff_t at = str_find_str(host, part, 1);

	return at > 0 ? str_from_to(host, 0, (size_t)at) : STR_NULL;
}

static str lower(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		p[i] = ascii_lower(s.p[i]);
	return (str){ p, s.n };
}

static str website_of_host(str host)
{
	str bucket = before(host, STR(".s3-website-"));

	return bucket.p ? bucket : before(host, STR(".s3-website."));
}

static str bucket_of_host(str host)
{
	static const str parts[] = { STR_INIT(".s3."), STR_INIT(".s3-") };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		str bucket = before(host, parts[i]);

		if (bucket.p)
			return bucket;
	}
	if (str_starts(host, STR("s3.")) || str_starts(host, STR("s3-")) ||
	    !str_ends(host, STR(".localhost")))
		return STR_NULL;
	return str_from_to(host, 0, host.n - STR(".localhost").n);
}

static str path_in_bucket(struct arena *a, str bucket, str path)
{
	return arena_printf(a, "/%.*s%.*s", STR_ARG(bucket), STR_ARG(path));
}

/* A slash behind the bucket and nothing else is the root, as a key would not match. */
static const char *website_operation(str path)
{
	ptrdiff_t slash = str_find(path, '/', 1);

	return slash < 0 || (size_t)slash + 1 == path.n ? "GetWebsiteRoot" : "GetWebsitePage";
}

void s3_route(struct arena *a, const struct request *r, struct route *route)
{
	str host = lower(a, without_port(r->host));
	str bucket = website_of_host(host);

	if (bucket.p) {
		route->path = path_in_bucket(a, bucket, r->path);
		route->operation = website_operation(route->path);
		return;
	}
	if (str_starts(route->path, website_path) &&
	    str_eq(str_from_to(route->path, website_path.n, website_path.n + 1), STR("/"))) {
		route->path = str_after(route->path, website_path.n);
		route->operation = website_operation(route->path);
		return;
	}
	bucket = bucket_of_host(host);
	if (bucket.p)
		route->path = path_in_bucket(a, bucket, r->path);
}
