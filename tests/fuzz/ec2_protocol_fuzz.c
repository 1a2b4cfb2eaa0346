/* Forms into the structs of EC2, whose lists have no word between name and number. */
#include "wire_target.h"

#include "models/ec2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	read_as(&ec2_model, choose(&ec2_model, data), (struct request){ 0 }, STR("/"), STR(""),
	        (str){ (const char *)data + 2, size - 2 });
	return 0;
}
