/*
 * A bucket as a website: which object a request means, where it is redirected, and the pages that
 * are sent when something is missing. To answer a request with a website configuration:
 *
 *     RedirectAllRequestsTo      s3_website_redirect_all
 *     a rule without error code  s3_website_route with status 0
 *     the object                 s3_website_key; its own redirect location, if it has one, is a 301
 *     a folder without slash     s3_website_folder_index: when that object is there,
 *                                s3_website_folder_redirect
 *     a rule for the error       s3_website_route with its status
 *     the error document         with the status of the error
 *     our own page               s3_website_page
 *
 * What is returned lives in the arena, the configuration or the request.
 */
#ifndef SERVICES_S3_WEBSITE_H
#define SERVICES_S3_WEBSITE_H

#include "base/arena.h"
#include "models/s3.h"
#include "services/s3/problem.h"

enum { S3_ROUTING_RULES = 50 }; /* of a bucket */

struct s3_website_request {
	str key;    /* the path, decoded, without its first slash */
	str target; /* path and query as sent, with the slash */
	str host;   /* port included */
	bool https;
};

/* The object: at each level, the index document stands for the folder. The suffix is that of the
 * configuration's index document, which is there unless all requests are redirected. */
str s3_website_key(struct arena *a, const struct s3_website_configuration *site, str key);

/* The index document of the folder that is meant when there is no object of this key; absent when
 * the key cannot mean one. */
str s3_website_folder_index(struct arena *a, const struct s3_website_configuration *site, str key);

struct s3_website_redirect {
	int status;
	str location;
};

struct s3_website_redirect s3_website_folder_redirect(struct arena *a, str key);

/* False: there is no such redirect. */
bool s3_website_redirect_all(struct arena *a, const struct s3_website_configuration *site,
                             const struct s3_website_request *r, struct s3_website_redirect *ret);

/* The first rule that matches: with a status of 0, of those that do not ask for an error; otherwise,
 * of those that ask for this one. */
bool s3_website_route(struct arena *a, const struct s3_website_configuration *site,
                      const struct s3_website_request *r, int status,
                      struct s3_website_redirect *ret);

struct s3_website_error {
	int status;
	str code, message;
	str key, bucket_name, method, resource_type; /* absent: not shown */
};

/* The page for an error, text/html in UTF-8; `document` is what went wrong with the bucket's own
 * error document, or NULL. */
str s3_website_page(struct arena *a, const struct s3_website_error *e,
                    const struct s3_website_error *document, str request_id, str host_id);

/* Whether PutBucketWebsite takes it. */
struct s3_problem s3_website_check(struct arena *a, const struct s3_website_configuration *site);

#endif
