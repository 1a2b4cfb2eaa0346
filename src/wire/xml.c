#include "wire/xml.h"

#include "base/limits.h"
#include "base/str.h"

#include <expat.h>

struct builder {
	XML_Parser parser;
	struct arena *arena;
	struct xml_node *root, *current;
	struct buf text; /* since the last tag */
	int depth;
	size_t nodes;
	bool refused;
};

static void refuse(struct builder *b)
{
	b->refused = true;
	XML_StopParser(b->parser, XML_FALSE);
}

static str local_name(str name)
{
	ptrdiff_t colon = str_find(name, ':', 0);

	return colon < 0 ? name : str_after(name, (size_t)colon + 1);
}

static void start_element(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct builder *b = data;
	struct xml_node *node;

	b->text.n = 0;
	if (++b->depth > LIMIT_DEPTH || ++b->nodes > LIMIT_XML_NODES) {
		refuse(b);
		return;
	}
	node = arena_new(b->arena, struct xml_node);
	node->name = arena_str(b->arena, local_name(str_from(name)));
	node->parent = b->current;
	for (; attributes[0]; attributes += 2) {
		struct xml_attribute *attribute;

		if (++b->nodes > LIMIT_XML_NODES) {
			refuse(b);
			return;
		}
		attribute = arena_new(b->arena, struct xml_attribute);
		attribute->name = arena_str(b->arena, str_from(attributes[0]));
		attribute->value = arena_str(b->arena, str_from(attributes[1]));
		attribute->next = node->attributes;
		node->attributes = attribute;
	}
	if (!b->current)
		b->root = node;
	else if (b->current->last_child)
		b->current->last_child->next = node;
	else
		b->current->children = node;
	if (b->current)
		b->current->last_child = node;
	b->current = node;
}

static void end_element(void *data, const XML_Char *name)
{
	struct builder *b = data;

	(void)name;
	b->current->text = b->current->children ? STR("") : arena_str(b->arena, buf_str(&b->text));
	b->text.n = 0;
	b->current = b->current->parent;
	b->depth--;
}

static void character_data(void *data, const XML_Char *text, int n)
{
	struct builder *b = data;

	buf_put(&b->text, (str){ text, (size_t)n });
}

static void start_doctype(void *data, const XML_Char *name, const XML_Char *system_id,
                          const XML_Char *public_id, int has_internal_subset)
{
	(void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
	refuse(data);
}

struct xml_node *xml_parse(struct arena *a, str text)
{
	struct builder b = { .arena = a };
	bool ok;

	if (text.n > INT32_MAX)
		return NULL;
	b.parser = XML_ParserCreate("UTF-8");
	if (!b.parser)
		abort();
	buf_init(&b.text, a, text.n);
	XML_SetUserData(b.parser, &b);
	XML_SetElementHandler(b.parser, start_element, end_element);
	XML_SetCharacterDataHandler(b.parser, character_data);
	XML_SetStartDoctypeDeclHandler(b.parser, start_doctype);
	ok = XML_Parse(b.parser, text.p ? text.p : "", (int)text.n, XML_TRUE) == XML_STATUS_OK &&
	     !b.refused;
	XML_ParserFree(b.parser);
	return ok ? b.root : NULL;
}

struct xml_node *xml_next(const struct xml_node *node, str name)
{
	for (struct xml_node *n = node->next; n; n = n->next)
		if (str_eq(n->name, name))
			return n;
	return NULL;
}

struct xml_node *xml_child(const struct xml_node *parent, str name)
{
	if (!parent->children)
		return NULL;
	if (str_eq(parent->children->name, name))
		return parent->children;
	return xml_next(parent->children, name);
}

void xml_declaration(struct xml_writer *w)
{
	buf_put(w->out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
}

/* Nearly all of a reply is characters that stand for themselves, so that is asked of a table. */
static const bool needs_care[256] = {
	[0x00] = true, [0x01] = true, [0x02] = true, [0x03] = true, [0x04] = true, [0x05] = true,
	[0x06] = true, [0x07] = true, [0x08] = true, [0x0b] = true, [0x0c] = true, [0x0e] = true,
	[0x0f] = true, [0x10] = true, [0x11] = true, [0x12] = true, [0x13] = true, [0x14] = true,
	[0x15] = true, [0x16] = true, [0x17] = true, [0x18] = true, [0x19] = true, [0x1a] = true,
	[0x1b] = true, [0x1c] = true, [0x1d] = true, [0x1e] = true, [0x1f] = true, ['\r'] = true,
	['<'] = true,  ['>'] = true,  ['&'] = true,  ['"'] = true,
};

/* What stands for such a character; carriage returns are escaped because a parser would turn them into
 * line feeds. `space` is for a reference. */
static str escaped(const struct xml_writer *w, char c, char space[8])
{
	static const char digits[] = "0123456789abcdef";

	switch (c) {
	case '<':
		return STR("&lt;");
	case '>':
		return STR("&gt;");
	case '&':
		return STR("&amp;");
	case '"':
		return STR("&quot;");
	case '\r':
		return STR("&#13;");
	default:
		break;
	}
	if (!w->refers)
		return STR("\xef\xbf\xbd");
	memcpy(space, "&#x1_;", 6);
	space[3] = digits[c >> 4 & 1];
	space[4] = digits[c & 15];
	return (str){ space, 6 };
}

void xml_text(struct xml_writer *w, str text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.n; i++) {
		char space[8];
		str instead;

		if (!needs_care[(unsigned char)text.p[i]])
			continue;
		instead = escaped(w, text.p[i], space);
		buf_put(w->out, str_from_to(text, from, i));
		buf_put(w->out, instead);
		from = i + 1;
	}
	buf_put(w->out, str_after(text, from));
}

void xml_open_with(struct xml_writer *w, str name, str attribute, str value)
{
	buf_putc(w->out, '<');
	buf_put(w->out, name);
	if (value.p) {
		buf_putc(w->out, ' ');
		buf_put(w->out, attribute);
		buf_put(w->out, STR("=\""));
		xml_text(w, value);
		buf_putc(w->out, '"');
	}
	buf_putc(w->out, '>');
}

void xml_open(struct xml_writer *w, str name)
{
	xml_open_with(w, name, STR_NULL, STR_NULL);
}

void xml_close(struct xml_writer *w, str name)
{
	buf_put(w->out, STR("</"));
	buf_put(w->out, name);
	buf_putc(w->out, '>');
}

void xml_element(struct xml_writer *w, str name, str text)
{
	xml_open(w, name);
	xml_text(w, text);
	xml_close(w, name);
}
