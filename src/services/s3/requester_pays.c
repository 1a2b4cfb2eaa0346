#include "services/s3/requester_pays.h"

#include "base/str.h"
#include "services/s3/access.h"
#include "services/s3/errors.h"
#include "services/s3/s3.h"

static bool requester_pays(struct call *c, const struct bucket *b)
{
	const struct s3_request_payment_configuration *found =
		s3_bucket_has(b, S3_REQUEST_PAYMENT)
			? s3_document(c->db, c->arena, b, S3_REQUEST_PAYMENT)
			: NULL;

	return found && str_eq(found->payer, STR("Requester"));
}

/* In a header, or, of a presigned address, in the query. */
static bool says_it_pays(struct call *c)
{
	str rest, value;

	if (!c->request)
		return false;
	value = request_header(c->request, STR("x-amz-request-payer"));
	if (value.p)
		return str_eq_nocase(value, STR("requester"));
	rest = c->request->query;
	while (rest.p) {
		str pair = str_cut(&rest, '&');

		if (str_eq_nocase(str_cut(&pair, '='), STR("x-amz-request-payer")))
			return str_eq_nocase(pair, STR("requester"));
	}
	return false;
}

/* An operation may ask for more than one action. */
static void tell(struct call *c)
{
	static const str name = STR_INIT("x-amz-request-charged");

	for (size_t i = 0; i < c->header_count; i++)
		if (str_eq_nocase(c->headers[i].name, name))
			return;
	call_header(c, name, STR("requester"));
}

err s3_check_payer(struct call *c, const struct bucket *b)
{
	bool is_owner = !c->identity.anonymous && str_eq(c->identity.account, b->account);

	if (is_owner || !s3_bucket_has(b, S3_REQUEST_PAYMENT) || !requester_pays(c, b))
		return NULL;
	if (c->identity.anonymous || !says_it_pays(c))
		return s3_fail(c, S3_ACCESS_DENIED, NULL, STR_NULL);
	tell(c);
	return NULL;
}

err s3_put_bucket_request_payment(struct call *c, const struct s3_put_bucket_request_payment_in *in,
                                  struct s3_put_bucket_request_payment_out *out)
{
	str payer = in->request_payment_configuration->payer;
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:PutBucketRequestPayment", 0, &b);

	(void)out;
	if (e)
		return e;
	if (str_eq(payer, STR("BucketOwner")))
		s3_document_set_text(c->db, &b, S3_REQUEST_PAYMENT, STR_NULL);
	else if (str_eq(payer, STR("Requester")))
		s3_document_set(c->db, c->arena, &b, S3_REQUEST_PAYMENT,
		                in->request_payment_configuration);
	else
		return s3_fail(c, S3_MALFORMED_XML, NULL, STR_NULL);
	return NULL;
}

err s3_get_bucket_request_payment(struct call *c, const struct s3_get_bucket_request_payment_in *in,
                                  struct s3_get_bucket_request_payment_out *out)
{
	struct bucket b;
	err e = s3_bucket_for(c, in->bucket, in->expected_bucket_owner,
	                      "s3:GetBucketRequestPayment", 0, &b);

	if (!e)
		out->payer = requester_pays(c, &b) ? STR("Requester") : STR("BucketOwner");
	return e;
}
