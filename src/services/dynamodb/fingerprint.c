#include "services/dynamodb/fingerprint.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/str.h"

#include <stdlib.h>

/* Of something that has a name, in a map, or a text, in a set: by which it is put in order. */
struct part {
	str name;
	const void *what;
};

void fingerprint_init(struct fingerprint *f, struct arena *a)
{
	f->arena = a;
	buf_init(&f->text, a, 4 * LIMIT_BODY_IN_MEMORY);
}

static void put_count(struct fingerprint *f, char kind, size_t n)
{
	buf_printf(&f->text, "%c%zu:", kind, n);
}

void fingerprint_text(struct fingerprint *f, str text)
{
	put_count(f, text.p ? 't' : '-', text.n);
	buf_put(&f->text, text);
}

static int compare(const void *a, const void *b)
{
	return str_cmp(((const struct part *)a)->name, ((const struct part *)b)->name);
}

static struct part *new_parts(struct fingerprint *f, size_t n)
{
	return arena_array(f->arena, struct part, n);
}

static void sort(struct part *parts, size_t n)
{
	if (n > 1)
		qsort(parts, n, sizeof(*parts), compare);
}

static str number_text(struct arena *a, const struct number *n)
{
	struct buf b;

	buf_init(&b, a, NUMBER_TEXT_MAX);
	number_put(&b, n);
	return buf_str(&b);
}

static str element_text(struct fingerprint *f, const struct value *element)
{
	return element->type == VALUE_N ? number_text(f->arena, element->as.number)
	                                : element->as.text;
}

static void put_set(struct fingerprint *f, const struct value *set)
{
	size_t n = set->as.list.n;
	struct part *parts = new_parts(f, n);

	for (size_t i = 0; i < n; i++)
		parts[i].name = element_text(f, &set->as.list.items[i]);
	sort(parts, n);
	for (size_t i = 0; i < n; i++)
		fingerprint_text(f, parts[i].name);
}

static void put_attributes(struct fingerprint *f, const struct attribute *attributes, size_t n)
{
	struct part *parts = new_parts(f, n);

	for (size_t i = 0; i < n; i++)
		parts[i] = (struct part){ attributes[i].name, &attributes[i].value };
	sort(parts, n);
	for (size_t i = 0; i < n; i++) {
		fingerprint_text(f, parts[i].name);
		fingerprint_value(f, parts[i].what);
	}
}

void fingerprint_value(struct fingerprint *f, const struct value *value)
{
	buf_put(&f->text, value_type_name(value->type));
	switch (value->type) {
	case VALUE_S:
	case VALUE_B:
		fingerprint_text(f, value->as.text);
		break;
	case VALUE_N:
		fingerprint_text(f, number_text(f->arena, value->as.number));
		break;
	case VALUE_SS:
	case VALUE_NS:
	case VALUE_BS:
		put_count(f, 's', value->as.list.n);
		put_set(f, value);
		break;
	case VALUE_L:
		put_count(f, 'l', value->as.list.n);
		for (size_t i = 0; i < value->as.list.n; i++)
			fingerprint_value(f, &value->as.list.items[i]);
		break;
	case VALUE_M:
		put_count(f, 'm', value->as.map.n);
		put_attributes(f, value->as.map.items, value->as.map.n);
		break;
	case VALUE_BOOL:
		buf_putc(&f->text, value->as.boolean ? '1' : '0');
		break;
	case VALUE_NULL:
	case VALUE_NONE:
	case VALUE_TYPES:
		break;
	}
}

void fingerprint_item(struct fingerprint *f, const struct item *item)
{
	put_count(f, 'i', item->n);
	put_attributes(f, item->items, item->n);
}

void fingerprint_names(struct fingerprint *f,
                       const struct dynamodb_expression_attribute_name_map *names)
{
	struct part *parts = new_parts(f, names->n);

	for (size_t i = 0; i < names->n; i++)
		parts[i] = (struct part){ names->items[i].key, &names->items[i].value };
	sort(parts, names->n);
	put_count(f, 'n', names->n);
	for (size_t i = 0; i < names->n; i++) {
		fingerprint_text(f, parts[i].name);
		fingerprint_text(f, *(const str *)parts[i].what);
	}
}

void fingerprint_values(struct fingerprint *f,
                        const struct dynamodb_expression_attribute_value_map *values)
{
	struct part *parts = new_parts(f, values->n);

	for (size_t i = 0; i < values->n; i++)
		parts[i] = (struct part){ values->items[i].key, &values->items[i].value };
	sort(parts, values->n);
	put_count(f, 'v', values->n);
	for (size_t i = 0; i < values->n; i++) {
		struct problem p = { .arena = f->arena };
		struct value value = { 0 };

		fingerprint_text(f, parts[i].name);
		if (value_read(&p, *(const str *)parts[i].what, &value))
			fingerprint_value(f, &value);
	}
}

str fingerprint_end(struct fingerprint *f)
{
	unsigned char *hash = arena_array(f->arena, unsigned char, SHA256_SIZE);

	digest_of(DIGEST_SHA256, buf_str(&f->text), hash);
	return (str){ (const char *)hash, SHA256_SIZE };
}
