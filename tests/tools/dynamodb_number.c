/*
 * DynamoDB's numbers behind a pipe, so that another arithmetic can judge them.
 *
 * Each line in is an operation and its operands, each line out the result:
 *
 *     = A      the number, as it is shown
 *     + A B    the sum        - A B    the difference
 *     ? A B    -1, 0 or 1: how they compare
 *     k A B    the same, of their keys
 *
 * or one of: none, long, large, small.
 */
#include "services/dynamodb/number.h"

#include "base/str.h"

static const char *const problems[] = {
	[NUMBER_IS_GOOD] = "good",       [NUMBER_IS_NONE] = "none",
	[NUMBER_IS_TOO_LONG] = "long",   [NUMBER_IS_TOO_LARGE] = "large",
	[NUMBER_IS_TOO_SMALL] = "small",
};

static void print_number(struct arena *a, enum number_problem problem, const struct number *n)
{
	struct buf b;

	buf_init(&b, a, NUMBER_TEXT_MAX);
	if (!problem)
		number_put(&b, n);
	printf("%.*s%s\n", STR_ARG(buf_str(&b)), problem ? problems[problem] : "");
}

static void print_order(int order)
{
	printf("%d\n", (order > 0) - (order < 0));
}

static int compare_keys(struct arena *a, const struct number *x, const struct number *y)
{
	struct buf first, second;

	buf_init(&first, a, NUMBER_KEY_MAX);
	buf_init(&second, a, NUMBER_KEY_MAX);
	number_put_key(&first, x);
	number_put_key(&second, y);
	return str_cmp(buf_str(&first), buf_str(&second));
}

static void run(struct arena *a, str line)
{
	char operation = str_cut(&line, ' ').p[0];
	struct number x = { 0 }, y = { 0 }, result = { 0 };
	enum number_problem problem = number_parse(str_cut(&line, ' '), &x);

	if (!problem && line.p)
		problem = number_parse(line, &y);
	if (problem || operation == '=')
		print_number(a, problem, &x);
	else if (operation == '?')
		print_order(number_compare(&x, &y));
	else if (operation == 'k')
		print_order(compare_keys(a, &x, &y));
	else
		print_number(a,
		             operation == '+' ? number_add(&x, &y, &result)
		                              : number_subtract(&x, &y, &result),
		             &result);
}

int main(void)
{
	char line[1024];

	while (fgets(line, sizeof(line), stdin)) {
		struct arena a = { 0 };

		run(&a, (str){ line, strcspn(line, "\n") });
		arena_release(&a);
	}
	return 0;
}
