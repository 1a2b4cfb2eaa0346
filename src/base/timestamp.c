#include "base/timestamp.h"

#include "base/str.h"

static const char DAYS[7][10] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
	                          "Thursday", "Friday", "Saturday" };
static const char MONTHS[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* The first millisecond of year 1 and the last of year 9999. */
#define EARLIEST (-62135596800000)
#define LATEST   253402300799999

struct civil {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second, millisecond;
	int weekday; /* 0 is Sunday; not looked at by civil_to */
};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 1970-01-01. Years are counted from March, so that the leap day is the last one. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static bool civil_to(const struct civil *c, int64_t *ret)
{
	if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month) || c->hour > 23 || c->minute > 59 ||
	    c->second > 59)
		return false;
	*ret = days_from_civil(c->year, c->month, c->day) * 86400000 +
	       (c->hour * 3600 + c->minute * 60 + c->second) * (int64_t)1000 + c->millisecond;
	return true;
}

static struct civil civil_from(int64_t t)
{
	struct civil c;
	int64_t days, millis, era, day_of_era, year_of_era, day_of_year, month;

	t = MAX(MIN(t, LATEST), EARLIEST);
	days = (t - (t < 0 ? 86399999 : 0)) / 86400000;
	millis = t - days * 86400000;
	c.weekday = (int)((days % 7 + 11) % 7);

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	c.day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
	c.month = (int)(month < 10 ? month + 3 : month - 9);
	c.year = (int)(year_of_era + era * 400 + (c.month <= 2));

	c.hour = (int)(millis / 3600000);
	c.minute = (int)(millis / 60000 % 60);
	c.second = (int)(millis / 1000 % 60);
	c.millisecond = (int)(millis % 1000);
	return c;
}

/* Takes exactly n digits from the start of s. */
static bool take_digits(str *s, size_t n, int *ret)
{
	uint64_t value;

	if (s->n < n || !str_to_u64(str_from_to(*s, 0, n), &value))
		return false;
	*s = str_after(*s, n);
	*ret = (int)value;
	return true;
}

static bool take_clock(str *s, struct civil *c)
{
	return take_digits(s, 2, &c->hour) && str_take(s, STR(":")) &&
	       take_digits(s, 2, &c->minute) && str_take(s, STR(":")) &&
	       take_digits(s, 2, &c->second);
}

/* ".1" to ".123456789"; what is below a millisecond is dropped. */
static bool take_fraction(str *s, int *ret_millisecond)
{
	int millisecond = 0;
	size_t digits = 0;

	while (digits < s->n && ascii_is_digit(s->p[digits]))
		digits++;
	if (digits < 1 || digits > 9)
		return false;
	for (size_t i = 0; i < 3; i++)
		millisecond = millisecond * 10 + (i < digits ? s->p[i] - '0' : 0);
	*s = str_after(*s, digits);
	*ret_millisecond = millisecond;
	return true;
}

static bool take_zone(str *s, int *ret_minutes)
{
	int sign = str_take(s, STR("+")) ? 1 : -1;
	int hours, minutes;

	if (str_take(s, STR("Z"))) {
		*ret_minutes = 0;
		return sign < 0;
	}
	if (sign < 0 && !str_take(s, STR("-")))
		return false;
	if (!take_digits(s, 2, &hours) || !str_take(s, STR(":")) || !take_digits(s, 2, &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*ret_minutes = sign * (hours * 60 + minutes);
	return true;
}

bool timestamp_from_iso8601(str s, int64_t *ret)
{
	struct civil c = { 0 };
	int zone;
	int64_t t;

	if (!take_digits(&s, 4, &c.year) || !str_take(&s, STR("-")) ||
	    !take_digits(&s, 2, &c.month) || !str_take(&s, STR("-")) ||
	    !take_digits(&s, 2, &c.day) || !str_take(&s, STR("T")) || !take_clock(&s, &c))
		return false;
	if (str_take(&s, STR(".")) && !take_fraction(&s, &c.millisecond))
		return false;
	if (!take_zone(&s, &zone) || s.n || !civil_to(&c, &t))
		return false;
	t -= (int64_t)zone * 60000;
	if (t < EARLIEST || t > LATEST)
		return false;
	*ret = t;
	return true;
}

bool timestamp_from_basic(str s, int64_t *ret)
{
	struct civil c = { 0 };

	return take_digits(&s, 4, &c.year) && take_digits(&s, 2, &c.month) &&
	       take_digits(&s, 2, &c.day) && str_take(&s, STR("T")) &&
	       take_digits(&s, 2, &c.hour) && take_digits(&s, 2, &c.minute) &&
	       take_digits(&s, 2, &c.second) && str_eq(s, STR("Z")) && civil_to(&c, ret);
}

static bool take_month(str *s, int *ret)
{
	for (int i = 0; i < 12; i++) {
		if (str_take(s, (str){ MONTHS[i], 3 })) {
			*ret = i + 1;
			return true;
		}
	}
	return false;
}

/* The day's name, short or long, is not compared with the date. */
static bool take_weekday(str *s, bool *ret_long)
{
	for (int i = 0; i < 7; i++) {
		if (str_take(s, str_from(DAYS[i]))) {
			*ret_long = true;
			return true;
		}
		if (str_take(s, (str){ DAYS[i], 3 })) {
			*ret_long = false;
			return true;
		}
	}
	return false;
}

/* " 23 Nov 2026 21:12:00 GMT" */
static bool take_rfc1123(str *s, struct civil *c)
{
	return str_take(s, STR(" ")) && take_digits(s, 2, &c->day) && str_take(s, STR(" ")) &&
	       take_month(s, &c->month) && str_take(s, STR(" ")) && take_digits(s, 4, &c->year) &&
	       str_take(s, STR(" ")) && take_clock(s, c) && str_take(s, STR(" GMT"));
}

/* " 23-Nov-26 21:12:00 GMT"; the century is POSIX's guess, 1969 to 2068. */
static bool take_rfc850(str *s, struct civil *c)
{
	if (!str_take(s, STR(" ")) || !take_digits(s, 2, &c->day) || !str_take(s, STR("-")) ||
	    !take_month(s, &c->month) || !str_take(s, STR("-")) || !take_digits(s, 2, &c->year) ||
	    !str_take(s, STR(" ")) || !take_clock(s, c))
		return false;
	c->year += c->year < 69 ? 2000 : 1900;
	return str_take(s, STR(" GMT"));
}

/* " Nov 23 21:12:00 2026", " Nov  6 …" */
static bool take_asctime(str *s, struct civil *c)
{
	if (!str_take(s, STR(" ")) || !take_month(s, &c->month) || !str_take(s, STR(" ")))
		return false;
	if (!take_digits(s, str_take(s, STR(" ")) ? 1 : 2, &c->day))
		return false;
	return str_take(s, STR(" ")) && take_clock(s, c) && str_take(s, STR(" ")) &&
	       take_digits(s, 4, &c->year);
}

bool timestamp_from_http(str s, int64_t *ret)
{
	struct civil c = { 0 };
	bool is_long, taken;

	if (!take_weekday(&s, &is_long))
		return false;
	if (str_take(&s, STR(",")))
		taken = is_long ? take_rfc850(&s, &c) : take_rfc1123(&s, &c);
	else
		taken = !is_long && take_asctime(&s, &c);
	return taken && s.n == 0 && civil_to(&c, ret);
}

str timestamp_to_iso8601(struct arena *a, int64_t t)
{
	struct civil c = civil_from(t);

	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour,
	                    c.minute, c.second);
}

str timestamp_to_iso8601_millis(struct arena *a, int64_t t)
{
	struct civil c = civil_from(t);

	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", c.year, c.month, c.day,
	                    c.hour, c.minute, c.second, c.millisecond);
}

str timestamp_to_basic(struct arena *a, int64_t t)
{
	struct civil c = civil_from(t);

	return arena_printf(a, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day, c.hour,
	                    c.minute, c.second);
}

str timestamp_to_http(struct arena *a, int64_t t)
{
	struct civil c = civil_from(t);

	return arena_printf(a, "%.3s, %02d %s %04d %02d:%02d:%02d GMT", DAYS[c.weekday], c.day,
	                    MONTHS[c.month - 1], c.year, c.hour, c.minute, c.second);
}
