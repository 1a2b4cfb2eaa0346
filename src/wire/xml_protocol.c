/* XML bodies: requests of rest-xml, replies of rest-xml, query and ec2. */
#include "wire/internal.h"

#include "base/str.h"
#include "base/timestamp.h"

static bool read_value(struct wire_request *w, uint16_t shape_index, const struct member *member,
                       const struct xml_node *node, void *place);

static bool malformed(struct wire_request *w)
{
	return wire_fail(
		w, "MalformedXML",
		STR("The XML you provided was not well-formed or did not validate against our published schema"));
}

static bool is_flat(const struct shape *s, const struct member *member)
{
	return (s->flags & SHAPE_FLATTENED) || (member && (member->flags & MEMBER_FLATTENED));
}

static bool read_attribute(struct wire_request *w, const struct member *member,
                           const struct xml_node *node, void *place)
{
	str name = model_text(w->model, member->wire_name);

	for (struct xml_attribute *a = node->attributes; a; a = a->next)
		if (str_eq(a->name, name))
			return scalar_from_text(w->arena, shape_at(w->model, member->shape),
			                        member->timestamp_form, a->value, place) ||
			       malformed(w);
	return true;
}

static const struct member *find_member(struct wire_request *w, const struct shape *s, str name)
{
	const struct member *members = members_of(w->model, s);

	for (size_t i = 0; i < s->member_count; i++)
		if (members[i].location == IN_BODY && !(members[i].flags & MEMBER_XML_ATTRIBUTE) &&
		    str_eq(model_text(w->model, members[i].wire_name), name))
			return &members[i];
	return NULL;
}

/* Of a request, that is: every element is one that there is, and only those of a list come twice. What
 * was ignored might have been what mattered. A document that was kept may be older than the model. */
static bool check_children(struct wire_request *w, const struct shape *s,
                           const struct xml_node *node)
{
	for (const struct xml_node *n = node->children; w->operation && n; n = n->next) {
		const struct member *member = find_member(w, s, n->name);

		if (!member)
			return malformed(w);
		if (xml_next(n, n->name) && !is_flat(shape_at(w->model, member->shape), member))
			return malformed(w);
	}
	return true;
}

static bool check_elements(struct wire_request *w, str name, const struct xml_node *list)
{
	for (const struct xml_node *n = list->children; w->operation && n; n = n->next)
		if (!str_eq(n->name, name))
			return malformed(w);
	return true;
}

static bool read_structure(struct wire_request *w, const struct shape *s,
                           const struct xml_node *node, void *place)
{
	const struct member *members = members_of(w->model, s);

	if (!check_children(w, s, node))
		return false;
	for (size_t i = 0; i < s->member_count; i++) {
		const struct member *member = &members[i];
		const struct shape *member_shape = shape_at(w->model, member->shape);
		void *at = (char *)place + member->offset;
		struct xml_node *child;

		if (member->location != IN_BODY || (member->flags & MEMBER_STREAM))
			continue;
		if (member->flags & MEMBER_XML_ATTRIBUTE) {
			if (!read_attribute(w, member, node, at))
				return false;
			continue;
		}
		child = xml_child(node, model_text(w->model, member->wire_name));
		if (child && !read_value(w, member->shape, member, child,
		                         value_open(w->arena, member_shape, at)))
			return false;
	}
	return true;
}

/* `node` is the list's own element, or, for a flattened list, its first element. */
static bool read_list(struct wire_request *w, const struct shape *s, const struct member *member,
                      const struct xml_node *node, struct any_list *list)
{
	bool flat = is_flat(s, member);
	str name = flat ? node->name : model_text(w->model, s->element_name);
	size_t capacity = 0;

	if (!flat && !check_elements(w, name, node))
		return false;
	for (const struct xml_node *n = flat ? node : xml_child(node, name); n;
	     n = xml_next(n, name))
		if (!read_value(w, s->element, NULL, n, list_append(w->arena, s, list, &capacity)))
			return false;
	list_present(list);
	return true;
}

static bool read_map(struct wire_request *w, const struct shape *s, const struct member *member,
                     const struct xml_node *node, struct any_list *map)
{
	bool flat = is_flat(s, member);
	str name = flat ? node->name : STR("entry");
	size_t capacity = 0;

	for (const struct xml_node *n = flat ? node : xml_child(node, name); n;
	     n = xml_next(n, name)) {
		const struct xml_node *key = xml_child(n, model_text(w->model, s->key_name));
		const struct xml_node *value = xml_child(n, model_text(w->model, s->element_name));
		char *entry;

		if (!key || !value)
			return malformed(w);
		entry = list_append(w->arena, s, map, &capacity);
		*(str *)(void *)entry = key->text;
		if (!read_value(w, s->element, NULL, value,
		                value_open(w->arena, shape_at(w->model, s->element),
		                           entry + s->value_offset)))
			return false;
	}
	list_present(map);
	return true;
}

/* Depth is bounded by the tree's. */
static bool read_value(struct wire_request *w, uint16_t shape_index, const struct member *member,
                       const struct xml_node *node, void *place)
{
	const struct shape *s = shape_at(w->model, shape_index);

	if (s->kind == SHAPE_STRUCTURE)
		return read_structure(w, s, node, place);
	if (s->kind == SHAPE_LIST)
		return read_list(w, s, member, node, place);
	if (s->kind == SHAPE_MAP)
		return read_map(w, s, member, node, place);
	return (!node->children &&
	        scalar_from_text(w->arena, s, member ? member->timestamp_form : TIMESTAMP_DEFAULT,
	                         node->text, place)) ||
	       malformed(w);
}

/* Some clients send no namespace and S3 does not mind; another root element it does. */
bool xml_read_body(struct wire_request *w, uint16_t shape, str root, void *place)
{
	struct xml_node *found = xml_parse(w->arena, w->body);

	if (!found || (root.n && !str_eq(found->name, root)))
		return malformed(w);
	return read_value(w, shape, NULL, found, place);
}

/* Writing. */

static void write_list(struct xml_writer *w, struct arena *a, const struct model *m,
                       const struct member *member, const struct shape *s, str name,
                       const struct any_list *list)
{
	struct member element = { .shape = s->element };
	const struct shape *element_shape = shape_at(m, s->element);
	bool flat = is_flat(s, member);
	str element_name = flat ? name : model_text(m, s->element_name);

	if (!flat)
		xml_open(w, name);
	for (size_t i = 0; i < list->n; i++) {
		const void *at = (const char *)list->items + i * s->size;
		/* A structure stands in the list itself; elsewhere it is pointed to. */
		const void *place = element_shape->kind == SHAPE_STRUCTURE ? (const void *)&at : at;

		xml_write_value(w, a, m, &element, element_name, place);
	}
	if (!flat)
		xml_close(w, name);
}

static void write_map(struct xml_writer *w, struct arena *a, const struct model *m,
                      const struct member *member, const struct shape *s, str name,
                      const struct any_list *map)
{
	struct member value = { .shape = s->element };
	bool flat = is_flat(s, member);
	str entry_name = flat ? name : STR("entry");

	if (!flat)
		xml_open(w, name);
	for (size_t i = 0; i < map->n; i++) {
		const char *entry = (const char *)map->items + i * s->size;

		xml_open(w, entry_name);
		xml_element(w, model_text(m, s->key_name), *(const str *)(const void *)entry);
		xml_write_value(w, a, m, &value, model_text(m, s->element_name),
		                entry + s->value_offset);
		xml_close(w, entry_name);
	}
	if (!flat)
		xml_close(w, name);
}

static void write_structure(struct xml_writer *w, struct arena *a, const struct model *m,
                            const struct member *member, str name, const void *value)
{
	const struct shape *s = shape_at(m, member->shape);
	const struct member *members = members_of(m, s);

	buf_putc(w->out, '<');
	buf_put(w->out, name);
	if (member->xml_namespace.n && member->xml_prefix.n)
		buf_printf(w->out, " xmlns:%.*s=\"%.*s\"",
		           STR_ARG(model_text(m, member->xml_prefix)),
		           STR_ARG(model_text(m, member->xml_namespace)));
	for (size_t i = 0; i < s->member_count; i++) {
		const void *place = (const char *)value + members[i].offset;

		if (!(members[i].flags & MEMBER_XML_ATTRIBUTE) ||
		    !value_present(shape_at(m, members[i].shape), place))
			continue;
		buf_printf(w->out, " %.*s=\"", STR_ARG(model_text(m, members[i].reply_name)));
		xml_text(w, *(const str *)place);
		buf_putc(w->out, '"');
	}
	buf_putc(w->out, '>');
	xml_write_members(w, a, m, member->shape, value);
	xml_close(w, name);
}

/* S3 and its like show milliseconds although they are none. */
static str scalar_text(struct arena *a, const struct model *m, const struct member *member,
                       const struct shape *s, const void *place)
{
	if (m->protocol == PROTOCOL_REST_XML && s->kind == SHAPE_TIMESTAMP &&
	    (member->timestamp_form == TIMESTAMP_DEFAULT ||
	     member->timestamp_form == TIMESTAMP_ISO8601))
		return timestamp_to_iso8601_millis(a, ((const struct opt_time *)place)->value);
	return scalar_to_text(a, s, member->timestamp_form, TIMESTAMP_ISO8601, place);
}

/* `place` is a member's or a map value's: a structure is pointed to. */
void xml_write_value(struct xml_writer *w, struct arena *a, const struct model *m,
                     const struct member *member, str name, const void *place)
{
	const struct shape *s = shape_at(m, member->shape);

	if (!value_present(s, place))
		return;
	if (s->kind == SHAPE_STRUCTURE)
		write_structure(w, a, m, member, name, value_at(s, place));
	else if (s->kind == SHAPE_LIST)
		write_list(w, a, m, member, s, name, place);
	else if (s->kind == SHAPE_MAP)
		write_map(w, a, m, member, s, name, place);
	else
		xml_element(w, name, scalar_text(a, m, member, s, place));
}

void xml_write_members(struct xml_writer *w, struct arena *a, const struct model *m, uint16_t shape,
                       const void *value)
{
	const struct shape *s = shape_at(m, shape);
	const struct member *members = members_of(m, s);

	for (size_t i = 0; i < s->member_count; i++)
		if (members[i].location == IN_BODY &&
		    !(members[i].flags & (MEMBER_STREAM | MEMBER_XML_ATTRIBUTE | MEMBER_PAYLOAD)))
			xml_write_value(w, a, m, &members[i], model_text(m, members[i].reply_name),
			                (const char *)value + members[i].offset);
}
