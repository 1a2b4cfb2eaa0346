#include "wire/document.h"

#include "base/str.h"
#include "wire/internal.h"

#include <stdio.h>
#include <stdlib.h>

static uint16_t find_shape(const struct model *m, const char *name)
{
	str wanted = str_from(name);

	for (uint16_t i = 0; i < m->shape_count; i++)
		if (m->shapes[i].name.n == wanted.n &&
		    str_eq(model_text(m, m->shapes[i].name), wanted))
			return i;
	fprintf(stderr, "menagerie: the model of %s has no %s\n", m->name, name);
	abort();
}

str document_write(struct arena *a, const struct model *m, const char *shape, const void *value)
{
	struct buf text;
	struct xml_writer w = { .out = &text };

	buf_init(&text, a, WIRE_REPLY_MAX);
	xml_open(&w, str_from(shape));
	xml_write_members(&w, a, m, find_shape(m, shape), value);
	xml_close(&w, str_from(shape));
	return buf_str(&text);
}

void *document_read(struct arena *a, const struct model *m, const char *shape, str text)
{
	struct wire_request w = { .arena = a, .model = m, .body = text };
	uint16_t index = find_shape(m, shape);
	void *value = arena_alloc(a, model_shape_size(m, index));

	return xml_read_body(&w, index, STR_NULL, value) ? value : NULL;
}
