/*
 * ListObjectVersions. Versions and delete markers stand in one order in the document, which the model's
 * two lists cannot say: so the document is written here.
 */
#include "base/str.h"
#include "base/timestamp.h"
#include "services/s3/errors.h"
#include "services/s3/metadata.h"
#include "services/s3/page.h"
#include "services/s3/s3.h"
#include "services/s3/shown.h"
#include "wire/xml.h"

enum { DOCUMENT_MAX = 64 * 1024 * 1024 };

/*
 * Where to begin.
 */

static err invalid_marker(struct call *c, str marker, const char *message)
{
	return s3_invalid_argument_error(c, "version-id-marker", marker, "%s", message);
}

/* The null version may be gone meanwhile, and then so is its place among the others: those that are still
 * there come again, because whoever empties a bucket page by page must not miss any. */
static int64_t place_of_null_version(const struct s3_page *p, str key)
{
	return db_integer(p->c->db, 0,
	                  "SELECT sequence FROM s3_object WHERE bucket = ? AND key = ? "
	                  "AND nonce = 0",
	                  db_int(p->bucket.id), db_text(key));
}

static err begin_at_version(struct s3_page *p, str key, str version_id)
{
	int64_t sequence = 0, nonce;

	if (!version_id.n)
		return invalid_marker(p->c, version_id, "A version-id marker cannot be empty.");
	if (!key.n)
		return invalid_marker(
			p->c, version_id,
			"A version-id marker cannot be specified without a key marker.");
	if (str_eq(version_id, STR("null")))
		sequence = place_of_null_version(p, key);
	else if (!s3_id_parse(version_id, &sequence, &nonce))
		return invalid_marker(p->c, version_id, "Invalid version id specified");
	if (s3_fold(key, p->list.prefix, p->list.delimiter).p)
		s3_list_begin_after(&p->list, key);
	else
		s3_list_begin_at(&p->list, key, sequence);
	return NULL;
}

static err begin(struct s3_page *p, const struct s3_list_object_versions_in *in)
{
	if (in->version_id_marker.p)
		return begin_at_version(p, in->key_marker, in->version_id_marker);
	if (in->key_marker.n)
		s3_list_begin_after(&p->list, in->key_marker);
	else
		s3_list_begin(&p->list);
	return NULL;
}

/*
 * The reply as a struct.
 */

static void show_version(struct s3_page *p, const struct object *o, struct s3_object_version *ret)
{
	struct arena *a = p->c->arena;

	*ret = (struct s3_object_version){
		.e_tag = s3_etag_shown(a, o->etag),
		.checksum_algorithm = s3_page_checksum(a, &o->checksum),
		.checksum_type = s3_checksum_type_shown(&o->checksum),
		.size = opt_int(o->content.size),
		.storage_class = s3_storage_class_of_text(o->metadata),
		.key = s3_page_text(p, o->key),
		.version_id = s3_id_text(a, o->sequence, o->nonce),
		.is_latest = opt_bool(o->is_latest),
		.last_modified = opt_time(o->modified),
		.owner = s3_page_owner(p, o->owner),
	};
}

static void show_marker(struct s3_page *p, const struct object *o,
                        struct s3_delete_marker_entry *ret)
{
	*ret = (struct s3_delete_marker_entry){
		.owner = s3_page_owner(p, o->owner),
		.key = s3_page_text(p, o->key),
		.version_id = s3_id_text(p->c->arena, o->sequence, o->nonce),
		.is_latest = opt_bool(o->is_latest),
		.last_modified = opt_time(o->modified),
	};
}

static void show_versions(struct s3_page *p, struct s3_list_object_versions_out *out)
{
	struct arena *a = p->c->arena;
	size_t markers = 0, prefixes;

	out->common_prefixes = s3_page_prefixes(p);
	prefixes = out->common_prefixes.n;
	for (size_t i = 0; i < p->count; i++)
		markers += p->found[i].object.is_marker;
	if (markers)
		out->delete_markers.items = arena_array(a, struct s3_delete_marker_entry, markers);
	if (p->count > markers + prefixes)
		out->versions.items =
			arena_array(a, struct s3_object_version, p->count - markers - prefixes);
	for (size_t i = 0; i < p->count; i++) {
		const struct object *o = &p->found[i].object;

		if (p->found[i].prefix.p)
			continue;
		if (o->is_marker)
			show_marker(p, o, &out->delete_markers.items[out->delete_markers.n++]);
		else
			show_version(p, o, &out->versions.items[out->versions.n++]);
	}
}

static void show(struct s3_page *p, const struct s3_list_object_versions_in *in,
                 struct s3_list_object_versions_out *out)
{
	const struct object *last = p->count ? &p->found[p->count - 1].object : NULL;

	out->name = p->bucket.name;
	out->prefix = in->prefix.p ? s3_page_text(p, in->prefix) : STR("");
	out->delimiter = in->delimiter.n ? s3_page_text(p, in->delimiter) : STR_NULL;
	out->key_marker = in->key_marker.p ? s3_page_text(p, in->key_marker) : STR("");
	out->version_id_marker = in->version_id_marker.p ? in->version_id_marker : STR("");
	out->max_keys = opt_int(p->most);
	out->encoding_type = in->encoding_type;
	out->is_truncated = opt_bool(p->is_truncated);
	if (p->is_truncated) {
		out->next_key_marker = s3_page_text(p, p->last);
		if (!p->last_is_prefix)
			out->next_version_id_marker =
				s3_id_text(p->c->arena, last->sequence, last->nonce);
	}
	show_versions(p, out);
}

/*
 * The reply as a document.
 */

static void put_if(struct xml_writer *w, str name, str text)
{
	if (text.p)
		xml_element(w, name, text);
}

static void put_bool(struct xml_writer *w, str name, struct opt_bool value)
{
	xml_element(w, name, value.value ? STR("true") : STR("false"));
}

static void put_owner(struct xml_writer *w, const struct s3_owner *owner)
{
	xml_open(w, STR("Owner"));
	put_if(w, STR("ID"), owner->id);
	put_if(w, STR("DisplayName"), owner->display_name);
	xml_close(w, STR("Owner"));
}

static void put_version(struct xml_writer *w, struct arena *a, const struct s3_object_version *v)
{
	xml_open(w, STR("Version"));
	xml_element(w, STR("Key"), v->key);
	xml_element(w, STR("VersionId"), v->version_id);
	put_bool(w, STR("IsLatest"), v->is_latest);
	xml_element(w, STR("LastModified"), timestamp_to_iso8601_millis(a, v->last_modified.value));
	xml_element(w, STR("ETag"), v->e_tag);
	for (size_t i = 0; i < v->checksum_algorithm.n; i++)
		xml_element(w, STR("ChecksumAlgorithm"), v->checksum_algorithm.items[i]);
	put_if(w, STR("ChecksumType"), v->checksum_type);
	xml_element(w, STR("Size"), arena_printf(a, "%lld", (long long)v->size.value));
	put_owner(w, v->owner);
	xml_element(w, STR("StorageClass"), v->storage_class);
	xml_close(w, STR("Version"));
}

static void put_marker(struct xml_writer *w, struct arena *a,
                       const struct s3_delete_marker_entry *m)
{
	xml_open(w, STR("DeleteMarker"));
	xml_element(w, STR("Key"), m->key);
	xml_element(w, STR("VersionId"), m->version_id);
	put_bool(w, STR("IsLatest"), m->is_latest);
	xml_element(w, STR("LastModified"), timestamp_to_iso8601_millis(a, m->last_modified.value));
	put_owner(w, m->owner);
	xml_close(w, STR("DeleteMarker"));
}

static void put_head(struct xml_writer *w, struct arena *a,
                     const struct s3_list_object_versions_out *out)
{
	xml_element(w, STR("Name"), out->name);
	xml_element(w, STR("Prefix"), out->prefix);
	xml_element(w, STR("KeyMarker"), out->key_marker);
	xml_element(w, STR("VersionIdMarker"), out->version_id_marker);
	put_if(w, STR("NextKeyMarker"), out->next_key_marker);
	put_if(w, STR("NextVersionIdMarker"), out->next_version_id_marker);
	xml_element(w, STR("MaxKeys"), arena_printf(a, "%lld", (long long)out->max_keys.value));
	put_if(w, STR("Delimiter"), out->delimiter);
	put_if(w, STR("EncodingType"), out->encoding_type);
	put_bool(w, STR("IsTruncated"), out->is_truncated);
}

static void put_entries(struct xml_writer *w, const struct s3_page *p,
                        const struct s3_list_object_versions_out *out)
{
	size_t version = 0, marker = 0;

	for (size_t i = 0; i < p->count; i++) {
		if (p->found[i].prefix.p)
			continue;
		if (p->found[i].object.is_marker)
			put_marker(w, p->c->arena, &out->delete_markers.items[marker++]);
		else
			put_version(w, p->c->arena, &out->versions.items[version++]);
	}
	for (size_t i = 0; i < out->common_prefixes.n; i++) {
		xml_open(w, STR("CommonPrefixes"));
		xml_element(w, STR("Prefix"), out->common_prefixes.items[i].prefix);
		xml_close(w, STR("CommonPrefixes"));
	}
}

static void reply(const struct s3_page *p, const struct s3_list_object_versions_out *out)
{
	struct call *c = p->c;
	struct buf text;
	struct xml_writer w = { .out = &text };

	buf_init(&text, c->arena, DOCUMENT_MAX);
	xml_declaration(&w);
	xml_open_with(&w, STR("ListVersionsResult"), STR("xmlns"),
	              str_from(c->service->model->xml_namespace));
	put_head(&w, c->arena, out);
	put_entries(&w, p, out);
	xml_close(&w, STR("ListVersionsResult"));
	reply_header(c->exchange, STR("Content-Type"), STR("application/xml"));
	reply_text(c->exchange, 200, buf_str(&text));
}

err s3_list_object_versions(struct call *c, const struct s3_list_object_versions_in *in,
                            struct s3_list_object_versions_out *out)
{
	struct s3_page_want want = {
		.bucket = in->bucket,
		.expected_owner = in->expected_bucket_owner,
		.action = "s3:ListBucketVersions",
		.prefix = in->prefix,
		.delimiter = in->delimiter,
		.encoding_type = in->encoding_type,
		.max_keys = in->max_keys,
		.attributes = &in->optional_object_attributes,
	};
	struct s3_page p = { .list.all_versions = true };
	err e = s3_page_open(c, &want, &p);

	if (!e)
		e = begin(&p, in);
	if (e)
		return e;
	s3_page_fill(&p);
	show(&p, in, out);
	if (c->exchange)
		reply(&p, out);
	return NULL;
}
