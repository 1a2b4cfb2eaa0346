/* The JSON reader alone: what it accepts, it must accept as the raw text it was, too. */
#include "base/json.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct json_reader whole, again;
	str raw;

	arena_init(&a);
	json_reader_init(&whole, &a, (str){ (const char *)data, size });
	if (json_raw(&whole, &raw) && json_at_end(&whole)) {
		json_reader_init(&again, &a, raw);
		if (!json_skip(&again) || !json_at_end(&again))
			__builtin_trap();
	}
	arena_release(&a);
	return 0;
}
