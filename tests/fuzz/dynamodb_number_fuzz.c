/*
 * Two texts, with a NUL between them, as numbers: what is read comes back from its text and its key, the keys
 * compare as the numbers do, and sums can be undone. All bytes are also read as a key.
 */
#include "services/dynamodb/number.h"

#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		__builtin_trap();
}

static str put_key(struct arena *a, const struct number *n)
{
	struct buf b;

	buf_init(&b, a, NUMBER_KEY_MAX);
	number_put_key(&b, n);
	must(!b.overflow);
	return buf_str(&b);
}

static void check_one(struct arena *a, const struct number *n)
{
	struct number back;
	struct buf b;
	str key = put_key(a, n);
	int64_t whole;

	buf_init(&b, a, NUMBER_TEXT_MAX);
	number_put(&b, n);
	must(!b.overflow && !number_parse(buf_str(&b), &back) && !memcmp(n, &back, sizeof(*n)));
	must(number_take_key(&key, &back) && !key.n && !memcmp(n, &back, sizeof(*n)));
	must(number_size(n) >= 1 && number_size(n) <= 22);
	if (number_to_i64(n, &whole)) {
		str text = arena_printf(a, "%lld", (long long)whole);

		must(str_eq(text, buf_str(&b)));
	}
}

static int sign_of(int n)
{
	return (n > 0) - (n < 0);
}

static void check_two(struct arena *a, const struct number *x, const struct number *y)
{
	struct number sum, back;

	must(sign_of(number_compare(x, y)) == sign_of(str_cmp(put_key(a, x), put_key(a, y))));
	must(sign_of(number_compare(x, y)) == -sign_of(number_compare(y, x)));
	if (!number_add(x, y, &sum)) {
		check_one(a, &sum);
		must(number_subtract(&sum, y, &back) || !memcmp(&back, x, sizeof(back)));
	}
	if (!number_subtract(x, y, &sum)) {
		check_one(a, &sum);
		must(sign_of(number_compare(x, y)) == (sum.negative ? -1 : sum.count != 0));
	}
}

static void check_key(struct arena *a, str bytes)
{
	str rest = bytes;
	struct number n;

	if (!number_take_key(&rest, &n))
		return;
	check_one(a, &n);
	must(str_eq(put_key(a, &n), str_from_to(bytes, 0, bytes.n - rest.n)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str second = { (const char *)data, size };
	str first = str_cut(&second, '\0');
	struct arena a = { 0 };
	struct number x, y;

	if (!number_parse(first, &x)) {
		check_one(&a, &x);
		if (second.p && !number_parse(second, &y))
			check_two(&a, &x, &y);
	}
	check_key(&a, (str){ (const char *)data, size });
	arena_release(&a);
	return 0;
}
