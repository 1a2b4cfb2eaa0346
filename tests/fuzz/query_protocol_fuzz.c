/* Forms into the structs of IAM. */
#include "wire_target.h"

#include "models/iam.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	read_as(&iam_model, choose(&iam_model, data), (struct request){ 0 }, STR("/"), STR(""),
	        (str){ (const char *)data + 2, size - 2 });
	return 0;
}
