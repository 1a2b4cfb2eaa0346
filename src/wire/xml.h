/*
 * XML: a small tree read with Expat, and a writer that escapes.
 *
 * The reader takes no document type, no entities of its own, LIMIT_DEPTH levels and LIMIT_XML_NODES
 * elements. Names lose their prefix (`s3:Tagging` is `Tagging`); attributes keep it (`xsi:type`).
 */
#ifndef WIRE_XML_H
#define WIRE_XML_H

#include "base/buf.h"

struct xml_attribute {
	str name, value;
	struct xml_attribute *next;
};

struct xml_node {
	str name;
	str text; /* of an element without children; others have none that matters here */
	struct xml_attribute *attributes;
	struct xml_node *parent, *children, *last_child, *next;
};

/* The root element, or NULL. */
struct xml_node *xml_parse(struct arena *a, str text);

/* The first child of that name at or after `from`; NULL: none. */
struct xml_node *xml_child(const struct xml_node *parent, str name);
struct xml_node *xml_next(const struct xml_node *node, str name);

struct xml_writer {
	struct buf *out;
	/* Characters that XML 1.0 cannot hold are referred to all the same (&#x1;), as S3 does: whoever
	 * lists keys gets them or fails, but never gets others. Otherwise they become U+FFFD. */
	bool refers;
};

void xml_declaration(struct xml_writer *w);
void xml_open(struct xml_writer *w, str name);
/* An absent value: no attribute. */
void xml_open_with(struct xml_writer *w, str name, str attribute, str value);
void xml_close(struct xml_writer *w, str name);
void xml_text(struct xml_writer *w, str text);
void xml_element(struct xml_writer *w, str name, str text);

#endif
