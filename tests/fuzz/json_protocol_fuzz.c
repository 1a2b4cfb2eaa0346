/* JSON bodies into the structs of DynamoDB, which nest the most, and of one that recurses. */
#include "wire_target.h"

#include "models/dynamodb.h"
#include "recursive_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	read_as(&dynamodb_model, choose(&dynamodb_model, data), (struct request){ 0 }, STR("/"),
	        STR(""), (str){ (const char *)data + 2, size - 2 });
	read_as(&recursive_model, choose(&recursive_model, data), (struct request){ 0 }, STR("/"),
	        STR(""), (str){ (const char *)data + 2, size - 2 });
	return 0;
}
