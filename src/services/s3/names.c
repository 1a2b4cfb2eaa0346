#include "services/s3/names.h"

#include "base/str.h"

static const str reserved_prefixes[] = {
	STR_INIT("xn--"),          /* would be an internationalized host name */
	STR_INIT("sthree-"),       /* the service's own */
	STR_INIT("amzn-s3-demo-"), /* the documentation's examples */
};

static const str reserved_suffixes[] = {
	STR_INIT("-s3alias"), /* access points */
	STR_INIT("--ol-s3"),  /* Object Lambda */
	STR_INIT(".mrap"),    /* multi-region access points */
	STR_INIT("--x-s3"),   /* directory buckets */
	STR_INIT("--table-s3"),
};

static bool is_lower_alnum(char c)
{
	return ascii_is_digit(c) || (c >= 'a' && c <= 'z');
}

/* A dot separates labels of a host name, so none of them is empty or starts or ends in a hyphen. */
static bool labels_are_valid(str name)
{
	str rest = name;

	while (rest.p) {
		str label = str_cut(&rest, '.');

		if (label.n == 0 || !is_lower_alnum(label.p[0]) ||
		    !is_lower_alnum(label.p[label.n - 1]))
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!is_lower_alnum(label.p[i]) && label.p[i] != '-')
				return false;
	}
	return true;
}

/* Formatted as one: four numbers, whatever their size. */
static bool looks_like_ipv4(str name)
{
	str rest = name;
	int parts = 0;

	while (rest.p) {
		str part = str_cut(&rest, '.');

		if (part.n == 0 || part.n > 3)
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (!ascii_is_digit(part.p[i]))
				return false;
		parts++;
	}
	return parts == 4;
}

static bool is_reserved(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(reserved_prefixes); i++)
		if (str_starts(name, reserved_prefixes[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(reserved_suffixes); i++)
		if (str_ends(name, reserved_suffixes[i]))
			return true;
	return false;
}

bool s3_bucket_name_valid(str name)
{
	return name.n >= S3_BUCKET_NAME_MIN && name.n <= S3_BUCKET_NAME_MAX &&
	       labels_are_valid(name) && !looks_like_ipv4(name) && !is_reserved(name);
}

bool s3_key_valid(str key)
{
	return key.n > 0 && !s3_check_key(key).code.p;
}

struct s3_problem s3_check_bucket_name(str name)
{
	if (s3_bucket_name_valid(name))
		return (struct s3_problem){ 0 };
	return (struct s3_problem){
		.code = STR("InvalidBucketName"),
		.message = STR("The specified bucket is not valid."),
	};
}

struct s3_problem s3_check_key(str key)
{
	if (key.n > S3_KEY_MAX)
		return (struct s3_problem){
			.code = STR("KeyTooLongError"),
			.message = STR("Your key is too long"),
		};
	if (!utf8_valid(key))
		return (struct s3_problem){
			.code = STR("InvalidURI"),
			.message = STR("Couldn't parse the specified URI."),
		};
	return (struct s3_problem){ 0 };
}
