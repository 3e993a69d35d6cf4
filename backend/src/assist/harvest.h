/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_HARVEST_H
#define YOKE_ASSIST_HARVEST_H

/* Gather the names of a text and of its language. */
#include "assist/names.h"
#include "assist/scope.h"

/** Add the language's keywords and built-ins to an empty table. Returns 0 or ERR_NOMEM. */
MUST_USE int harvest_words(struct names *names, const struct lang *lang);

/**
 * Add every identifier of the code but the word at the cursor, and settle the
 * scope on the way. Stops there if it is SCOPE_QUIET.
 *
 * Returns 0 or ERR_NOMEM.
 */
MUST_USE int harvest_code(struct names *names, struct scope *scope);

/** Add the language's members to what the code knows of. Returns 0 or ERR_NOMEM. */
MUST_USE int harvest_members(struct names *names, const struct scope *scope);

#endif
