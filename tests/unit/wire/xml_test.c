#include "fixture.h"

#include "base/limits.h"
#include "models/s3.h"
#include "wire/xml.h"

TEST(xml_reads_a_tree)
{
	struct xml_node *root = xml_parse(
		&arena,
		STR("<?xml version=\"1.0\"?><a x=\"1\"><b>one</b><n:b>&lt;2&#62;</n:b><c/></a>"));

	assert_non_null(root);
	expect_str(root->name, "a");
	expect_str(root->attributes->value, "1");
	expect_str(xml_child(root, STR("b"))->text, "one");
	expect_str(xml_next(xml_child(root, STR("b")), STR("b"))->text, "<2>");
	expect(xml_child(root, STR("c"))->text.p != NULL);
	expect(xml_child(root, STR("d")) == NULL);
}

TEST(xml_refuses_what_is_malformed_or_dangerous)
{
	static const char *const bad[] = {
		"",
		"x",
		"<a>",
		"<a></b>",
		"<a/><b/>",
		"<a x=1/>",
		"<a>&nope;</a>",
		"<a>\xff</a>",
		"<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
		"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect(xml_parse(&arena, str_from(bad[i])) == NULL);
}

TEST(xml_depth_and_size_are_limited)
{
	struct buf deep, wide;

	buf_init(&deep, &arena, 1 << 20);
	for (int i = 0; i <= LIMIT_DEPTH; i++)
		buf_put(&deep, STR("<a>"));
	for (int i = 0; i <= LIMIT_DEPTH; i++)
		buf_put(&deep, STR("</a>"));
	expect(xml_parse(&arena, buf_str(&deep)) == NULL);
	buf_init(&wide, &arena, 1 << 20);
	buf_put(&wide, STR("<a>"));
	for (int i = 0; i < LIMIT_XML_NODES; i++)
		buf_put(&wide, STR("<b/>"));
	buf_put(&wide, STR("</a>"));
	expect(xml_parse(&arena, buf_str(&wide)) == NULL);
}

TEST(xml_text_between_many_children_costs_no_more_than_it_weighs)
{
	struct buf b;

	buf_init(&b, &arena, 1 << 22);
	buf_put(&b, STR("<a>"));
	for (int i = 0; i < LIMIT_XML_NODES / 2; i++)
		buf_put(&b, STR("some text<b/>"));
	buf_put(&b, STR("</a>"));
	assert_non_null(xml_parse(&arena, buf_str(&b)));
}

TEST(xml_writer_escapes)
{
	struct buf b;
	struct xml_writer w = { &b };

	buf_init(&b, &arena, 1024);
	xml_element(&w, STR("k"), STR("<a&b>\"\r\n\x01"));
	expect_str(buf_str(&b), "<k>&lt;a&amp;b&gt;&quot;&#13;\n\xef\xbf\xbd</k>");
}

TEST(xml_writer_can_refer_to_what_xml_cannot_hold)
{
	struct buf b;
	struct xml_writer w = { .out = &b, .refers = true };

	buf_init(&b, &arena, 1024);
	xml_text(&w, STR("a\x01\x1f"));
	expect_str(buf_str(&b), "a&#x01;&#x1f;");
}

TEST(xml_bodies_fill_structures)
{
	struct read_result r =
		read_request(&s3_model, "DeleteObjects", STR("/bucket"), STR("delete"),
	                     STR("<Delete><Object><Key>a b</Key></Object><Object><Key>c</Key>"
	                         "<VersionId>v</VersionId></Object><Quiet>true</Quiet></Delete>"));
	struct s3_delete_objects_in *in = r.in;

	expect(r.ok);
	expect_str(in->bucket, "bucket");
	expect_int(in->delete->objects.n, 2);
	expect_str(in->delete->objects.items[0].key, "a b");
	expect_str(in->delete->objects.items[1].version_id, "v");
	expect(opt_true(in->delete->quiet));
}

TEST(xml_bodies_that_are_malformed_get_s3s_words)
{
	static const char *const bad[] = {
		"<Delete>",
		"<Delete><Other/></Delete>",
		"<Delete><Object><Key>a</Key><Other/></Object></Delete>",
		"<Delete><Object><Key>a<b/></Key></Object></Delete>",
		"<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>",
		"<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object><Quiet>true</Quiet></Delete>",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct read_result r = read_request(&s3_model, "DeleteObjects", STR("/b"),
		                                    STR("delete"), str_from(bad[i]));

		expect(!r.ok);
		expect_str(str_from(r.problem.code), "MalformedXML");
		expect_str(
			r.problem.message,
			"The XML you provided was not well-formed or did not validate against our published schema");
	}
}

TESTS({
	RUN(xml_reads_a_tree),
	RUN(xml_refuses_what_is_malformed_or_dangerous),
	RUN(xml_depth_and_size_are_limited),
	RUN(xml_text_between_many_children_costs_no_more_than_it_weighs),
	RUN(xml_writer_escapes),
	RUN(xml_writer_can_refer_to_what_xml_cannot_hold),
	RUN(xml_bodies_fill_structures),
	RUN(xml_bodies_that_are_malformed_get_s3s_words),
})
