/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_RANK_H
#define YOKE_ASSIST_RANK_H

/* What is worth suggesting at the cursor, and in which order. */
#include "assist/names.h"
#include "assist/pick.h"
#include "assist/scope.h"

/** Add the names that fit the cursor's place. */
void rank_names(struct picks *picks, const struct scope *scope, const struct names *names);

/** Add the language's snippets, and what completes a declaration. */
void rank_snippets(struct picks *picks, const struct scope *scope);

#endif
