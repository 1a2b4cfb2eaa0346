/*
 * Why a request is refused, in AWS's words. The functions of this folder that know nothing of calls
 * and connections return one; the service makes an error of it, by its code.
 */
#ifndef SERVICES_S3_PROBLEM_H
#define SERVICES_S3_PROBLEM_H

#include "base/base.h"

struct s3_problem {
	str code;    /* absent: there is none */
	str message; /* constant, or in the arena that the function was given */
	/* Further elements of the error document; absent: not in it. */
	str argument_name, argument_value; /* of InvalidArgument */
	str condition;                     /* of PreconditionFailed */
	str header, additional_message;    /* of NotImplemented */
};

#endif
