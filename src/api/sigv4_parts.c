#include "api/sigv4_parts.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/timestamp.h"

enum { DATE_SIZE = 8, REGION_MAX = 63 };

/* Separates items: a comma or white space. Nearly all characters are larger than both, and every
 * request is read here twice, so that is asked first. */
static inline bool is_separator(char c)
{
	return (unsigned char)c <= ',' && (c == ',' || ascii_is_space(c));
}

/* The next item of a list that is separated by commas, spaces or both; absent at the end. */
static str next_item(str *rest)
{
	const char *p = rest->p, *end = rest->p + rest->n, *from;

	while (p < end && is_separator(*p))
		p++;
	from = p;
	while (p < end && !is_separator(*p))
		p++;
	if (from == p)
		return STR_NULL;
	*rest = (str){ p, (size_t)(end - p) };
	return (str){ from, (size_t)(p - from) };
}

void sigv4_parts_of_header(const struct request *r, struct sigv4_parts *ret)
{
	str rest = request_header(r, STR("Authorization")), item;

	*ret = (struct sigv4_parts){ .authorization = rest };
	ret->algorithm = next_item(&rest);
	while (item = next_item(&rest), item.p) {
		str value = item, name = str_cut(&value, '=');

		if (!value.p)
			ret->odd = true;
		else if (str_eq(name, STR("Credential")))
			ret->credential = value;
		else if (str_eq(name, STR("SignedHeaders")))
			ret->signed_headers = value;
		else if (str_eq(name, STR("Signature")))
			ret->signature = value;
	}
	ret->date = request_header(r, STR("x-amz-date"));
	if (!ret->date.p)
		ret->date = request_header(r, STR("Date"));
	ret->token = request_header(r, STR("x-amz-security-token"));
}

/* A token may come as a header with a presigned URL, too. */
void sigv4_parts_of_query(struct arena *a, const struct request *r, struct sigv4_parts *ret)
{
	str rest = r->query;

	*ret = (struct sigv4_parts){ .token = request_header(r, STR("x-amz-security-token")) };
	while (rest.p) {
		str value = str_cut(&rest, '&'), name = str_cut(&value, '=');
		struct {
			str name;
			str *part;
		} known[] = {
			{ STR("Algorithm"), &ret->algorithm },
			{ STR("Credential"), &ret->credential },
			{ STR("Date"), &ret->date },
			{ STR("Expires"), &ret->expires },
			{ STR("Security-Token"), &ret->token },
			{ STR("Signature"), &ret->signature },
			{ STR("SignedHeaders"), &ret->signed_headers },
		};

		if (!str_take(&name, STR("X-Amz-")) || !value.p)
			continue;
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			if (str_eq(name, known[i].name) && !known[i].part->p &&
			    !uri_decode(a, value, URI_PLAIN, known[i].part))
				*known[i].part = value;
	}
}

bool sigv4_split_credential(str credential, struct sigv4 *s, str *ret_terminator)
{
	str rest = credential, parts[5];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!rest.p)
			return false;
		parts[i] = str_cut(&rest, '/');
	}
	if (rest.p)
		return false;
	s->access_key = parts[0];
	s->date = parts[1];
	s->region = parts[2];
	s->service = parts[3];
	*ret_terminator = parts[4];
	s->scope = str_after(credential, parts[0].n + 1);
	return true;
}

bool sigv4_region_is_valid(str region)
{
	for (size_t i = 0; i < region.n; i++) {
		char c = region.p[i];

		if (!ascii_is_digit(c) && !(c >= 'a' && c <= 'z') && (c != '-' || i == 0))
			return false;
	}
	return region.n >= 1 && region.n <= REGION_MAX;
}

bool sigv4_door_takes(const struct sigv4_door *door, str service)
{
	for (size_t i = 0; i < door->service_count; i++)
		if (str_eq(door->services[i], service))
			return true;
	return false;
}

bool sigv4_signs(str signed_headers, str name)
{
	while (signed_headers.p)
		if (str_eq_nocase(str_cut(&signed_headers, ';'), name))
			return true;
	return false;
}

/* Anything else could not have come as a header, and must not get into the canonical request. */
bool sigv4_is_list_of_headers(str signed_headers)
{
	size_t names = 1;

	for (size_t i = 0; i < signed_headers.n; i++) {
		if (signed_headers.p[i] <= ' ' || signed_headers.p[i] > '~')
			return false;
		names += signed_headers.p[i] == ';';
	}
	return names <= LIMIT_SIGNED_HEADERS;
}

/* Python's libraries end an HTTP date with the zone in digits. */
static bool http_time(str date, int64_t *ret)
{
	char text[40];
	str zone = STR(" -0000");

	if (timestamp_from_http(date, ret))
		return true;
	if ((!str_ends(date, zone) && !str_ends(date, STR(" +0000"))) || date.n > sizeof(text))
		return false;
	memcpy(text, date.p, date.n - zone.n);
	memcpy(text + date.n - zone.n, " GMT", 4);
	return timestamp_from_http((str){ text, date.n - 2 }, ret);
}

bool sigv4_time(struct arena *a, str date, int64_t *ret_time, str *ret_timestamp)
{
	if (timestamp_from_basic(date, ret_time)) {
		*ret_timestamp = date;
		return true;
	}
	if (!http_time(date, ret_time))
		return false;
	*ret_timestamp = timestamp_to_basic(a, *ret_time);
	return true;
}

bool sigv4_query_has(const struct request *r, str name)
{
	str rest = r->query;

	while (rest.p) {
		str pair = str_cut(&rest, '&');

		if (str_eq(str_cut(&pair, '='), name))
			return true;
	}
	return false;
}

enum sigv4_place sigv4_where(const struct request *r)
{
	if (request_header(r, STR("Authorization")).n)
		return SIGV4_IN_HEADER;
	if (sigv4_query_has(r, STR("X-Amz-Algorithm")) ||
	    (sigv4_query_has(r, STR("AWSAccessKeyId")) && sigv4_query_has(r, STR("Signature"))))
		return SIGV4_IN_QUERY;
	return SIGV4_UNSIGNED;
}

/* The credential alone, wherever it stands in the header: sigv4_parse reads it as it should be. */
static str peek_credential(const struct request *r)
{
	static const str name = STR_INIT("Credential=");
	str rest = request_header(r, STR("Authorization"));
	ptrdiff_t at = str_find_str(rest, name, 0);

	if (at < 0)
		return STR_NULL;
	rest = str_after(rest, (size_t)at + name.n);
	return next_item(&rest);
}

bool sigv4_peek(struct arena *a, const struct request *r, struct sigv4_claim *ret)
{
	struct sigv4_parts parts = { 0 };
	struct sigv4 s;
	str terminator;

	if (sigv4_where(r) == SIGV4_IN_HEADER)
		parts.credential = peek_credential(r);
	else
		sigv4_parts_of_query(a, r, &parts);
	if (!sigv4_split_credential(parts.credential, &s, &terminator))
		return false;
	*ret = (struct sigv4_claim){ s.access_key, s.region, s.service };
	return true;
}
