/* Whole Lambda requests: a line each of path, query and headers, then the body. */
#include "wire_target.h"

#include "models/lambda.h"

enum { MOST_HEADERS = 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct header headers[MOST_HEADERS];
	struct request request = { .headers = headers };
	str rest, path, query;

	if (size < 2)
		return 0;
	rest = (str){ (const char *)data + 2, size - 2 };
	path = str_cut(&rest, '\n');
	query = str_cut(&rest, '\n');
	while (rest.p && request.header_count < MOST_HEADERS) {
		str line = str_cut(&rest, '\n');

		if (!line.n)
			break;
		headers[request.header_count].name = str_cut(&line, ':');
		headers[request.header_count++].value = line.p ? line : STR("");
	}
	read_as(&lambda_model, choose(&lambda_model, data), request, path, query,
	        rest.p ? rest : STR(""));
	return 0;
}
