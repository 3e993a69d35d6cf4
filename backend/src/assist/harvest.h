/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_HARVEST_H
#define YOKE_ASSIST_HARVEST_H

/* Gather the names of a text and of its language. */
#include "assist/names.h"
#include "assist/scope.h"

/** Add the language's own words to an empty table. Returns 0 or ERR_NOMEM. */
MUST_USE int harvest_lang(struct names *names, const struct scope *scope);

/**
 * Add every identifier of the code, but not the word at the cursor.
 * Returns 0 or ERR_NOMEM.
 */
MUST_USE int harvest_code(struct names *names, const struct scope *scope, const char *code,
                          size_t len);

#endif
