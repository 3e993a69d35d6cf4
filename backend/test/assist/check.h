/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_ASSIST_CHECK_H
#define YOKE_TEST_ASSIST_CHECK_H

/* What holds for every answer, whatever was asked. Shared with the fuzzer. */
#include <stddef.h>
#include <stdint.h>

#include "port/assist.h"

/** NULL if the engine keeps its promises for this question, else the broken one. */
const char *check_question(const struct assist_request *request);

#endif
