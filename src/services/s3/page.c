#include "services/s3/page.h"

#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"

static err read_most(struct call *c, struct opt_int asked, int64_t *ret)
{
	*ret = MIN(opt_int_or(asked, S3_PAGE_MAX), (int64_t)S3_PAGE_MAX);
	if (!asked.set || (asked.value >= 0 && asked.value <= INT32_MAX))
		return NULL;
	return s3_invalid_argument_error(
		c, "maxKeys", arena_printf(c->arena, "%lld", (long long)asked.value),
		"Argument maxKeys must be an integer between 0 and 2147483647");
}

/* RestoreStatus is known, but no object here is ever restored: nothing is shown of it. */
static err check_attributes(struct call *c, const struct s3_optional_object_attributes_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (!str_eq(list->items[i], STR("RestoreStatus")))
			return s3_invalid_argument_error(c, "x-amz-optional-object-attributes",
			                                 list->items[i],
			                                 "Invalid attribute name specified.");
	return NULL;
}

err s3_page_open(struct call *c, const struct s3_page_want *want, struct s3_page *ret)
{
	err e = s3_bucket_for(c, want->bucket, want->expected_owner, want->action, ACL_READ,
	                      &ret->bucket);

	ret->c = c;
	if (!e)
		e = read_most(c, want->max_keys, &ret->most);
	if (!e)
		e = s3_list_encoding(c, want->encoding_type, &ret->is_encoded);
	if (!e)
		e = check_attributes(c, want->attributes);
	if (e)
		return e;
	call_header(c, STR("x-amz-bucket-region"), ret->bucket.region);
	ret->list.db = c->db;
	ret->list.arena = c->arena;
	ret->list.bucket = ret->bucket.id;
	ret->list.prefix = want->prefix;
	ret->list.delimiter = want->delimiter;
	return NULL;
}

static void add(struct s3_page *p, const struct s3_found *found)
{
	if (p->count == p->capacity)
		p->found = arena_grow(p->c->arena, p->found, &p->capacity, sizeof(*p->found));
	p->found[p->count++] = *found;
	p->last_is_prefix = found->prefix.p != NULL;
	p->last = p->last_is_prefix ? found->prefix : found->object.key;
}

/* Whether there is more is known by looking for one more. */
void s3_page_fill(struct s3_page *p)
{
	struct s3_found found;

	while (p->most > 0 && s3_list_next(&p->list, &found)) {
		if ((int64_t)p->count == p->most) {
			p->is_truncated = true;
			break;
		}
		add(p, &found);
	}
	if (p->list.is_tired) {
		p->is_truncated = true;
		p->last = arena_str(p->c->arena, s3_list_last_key(&p->list));
		p->last_is_prefix = false;
	}
	s3_list_end(&p->list);
}

str s3_page_text(const struct s3_page *p, str text)
{
	return p->is_encoded ? s3_url_encoded(p->c->arena, text) : text;
}

/* Nearly always the same one all over a bucket. */
struct s3_owner *s3_page_owner(struct s3_page *p, str account)
{
	if (!p->owner || !str_eq(account, p->owner_account)) {
		p->owner = s3_owner_shown(p->c->arena, account);
		p->owner_account = account;
	}
	return p->owner;
}

struct s3_common_prefix_list s3_page_prefixes(const struct s3_page *p)
{
	struct s3_common_prefix_list list = { 0 };

	for (size_t i = 0; i < p->count; i++) {
		if (!p->found[i].prefix.p)
			continue;
		if (!list.items)
			list.items =
				arena_array(p->c->arena, struct s3_common_prefix, p->count - i);
		list.items[list.n++].prefix = s3_page_text(p, p->found[i].prefix);
	}
	return list;
}

struct s3_checksum_algorithm_list s3_page_checksum(struct arena *a,
                                                   const struct s3_checksum_value *v)
{
	struct s3_checksum_algorithm_list list = { 0 };

	if (v->algorithm == CHECKSUM_NONE)
		return list;
	list.items = arena_new(a, str);
	list.items[0] = checksum_name(v->algorithm);
	list.n = 1;
	return list;
}
