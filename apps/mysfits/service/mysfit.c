#include "service/mysfit.h"

#include "base/str.h"

/* Attributes that are texts: as the table has them, as the site has them, and where they are kept. */
static const struct {
	str attribute, field;
	size_t offset;
	bool in_summary;
} TEXTS[] = {
	{ STR_INIT("MysfitId"), STR_INIT("mysfitId"), offsetof(struct mysfit, id), true },
	{ STR_INIT("Name"), STR_INIT("name"), offsetof(struct mysfit, name), true },
	{ STR_INIT("Species"), STR_INIT("species"), offsetof(struct mysfit, species), true },
	{ STR_INIT("GoodEvil"), STR_INIT("goodevil"), offsetof(struct mysfit, good_evil), true },
	{ STR_INIT("LawChaos"), STR_INIT("lawchaos"), offsetof(struct mysfit, law_chaos), true },
	{ STR_INIT("Alignment"), STR_INIT("alignment"), offsetof(struct mysfit, alignment), true },
	{ STR_INIT("ThumbImageUri"), STR_INIT("thumbImageUri"),
	  offsetof(struct mysfit, thumb_image_uri), true },
	{ STR_INIT("Description"), STR_INIT("description"), offsetof(struct mysfit, description),
	  false },
	{ STR_INIT("ProfileImageUri"), STR_INIT("profileImageUri"),
	  offsetof(struct mysfit, profile_image_uri), false },
};

static str *text_at(struct mysfit *m, size_t offset)
{
	return (str *)(void *)((char *)m + offset);
}

/* {"S": "text"}: the text, if the value is of that kind. Everything of it is consumed. */
static str read_typed(struct json_reader *r, str wanted)
{
	str type, value = STR_NULL;

	json_enter_object(r);
	while (json_next_member(r, &type)) {
		if (str_eq(type, wanted) && json_peek(r) == JSON_STRING)
			json_string(r, &value);
		else
			json_skip(r);
	}
	return value;
}

static bool read_bool(struct json_reader *r)
{
	bool value = false;
	str type;

	json_enter_object(r);
	while (json_next_member(r, &type)) {
		if (str_eq(type, STR("BOOL")))
			json_bool(r, &value);
		else
			json_skip(r);
	}
	return value;
}

/* It is written unquoted, so it must be what it says. */
static str read_number(struct json_reader *r, str otherwise)
{
	str value = read_typed(r, STR("N"));

	return value.n && number_prefix(value) == value.n ? value : otherwise;
}

static void read_attribute(struct json_reader *r, struct mysfit *m, str name)
{
	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		if (str_eq(name, TEXTS[i].attribute)) {
			*text_at(m, TEXTS[i].offset) = read_typed(r, STR("S"));
			return;
		}
	}
	if (str_eq(name, STR("Age")))
		m->age = read_number(r, STR_NULL);
	else if (str_eq(name, STR("Likes")))
		m->likes = read_number(r, STR("0"));
	else if (str_eq(name, STR("Adopted")))
		m->adopted = read_bool(r);
	else
		json_skip(r);
}

void mysfit_read(struct json_reader *r, struct mysfit *ret)
{
	str name;

	*ret = (struct mysfit){ .likes = STR("0") };
	json_enter_object(r);
	while (json_next_member(r, &name))
		read_attribute(r, ret, name);
}

static void put_texts(struct json_writer *w, const struct mysfit *m, bool in_summary)
{
	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		const void *at = (const char *)m + TEXTS[i].offset;

		if (TEXTS[i].in_summary == in_summary)
			json_put_member(w, TEXTS[i].field, *(const str *)at);
	}
}

void mysfit_put_summary(struct json_writer *w, const struct mysfit *m)
{
	json_put_object(w);
	put_texts(w, m, /* in_summary= */ true);
	json_put_object_end(w);
}

void mysfit_put(struct json_writer *w, const struct mysfit *m)
{
	json_put_object(w);
	put_texts(w, m, /* in_summary= */ true);
	put_texts(w, m, /* in_summary= */ false);
	if (m->age.p) {
		json_put_name(w, STR("age"));
		json_put_raw(w, m->age);
	}
	json_put_name(w, STR("likes"));
	json_put_raw(w, m->likes);
	json_put_name(w, STR("adopted"));
	json_put_bool(w, m->adopted);
	json_put_object_end(w);
}
