/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_ASSIST_FIXTURE_H
#define YOKE_TEST_ASSIST_FIXTURE_H

/* Ask the engine about code in which a bar marks the cursor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assist/engine.h"

/** Suggest at the first '|' of @marked, which is taken out; the caller clears the list. */
struct assist_list fixture_ask(const char *language, const char *marked);

/** The item with that label, or NULL. */
const struct assist_suggestion *fixture_find(const struct assist_list *list, const char *label);

/** Its place in the list; fails the test if it is not there. */
size_t fixture_index(const struct assist_list *list, const char *label);

void fixture_expect(const char *language, const char *marked, const char *label);
void fixture_expect_kind(const char *language, const char *marked, const char *label, enum assist_kind kind);
void fixture_expect_no(const char *language, const char *marked, const char *label);
void fixture_expect_first(const char *language, const char *marked, const char *label);

/** Nothing at all is suggested. */
void fixture_expect_quiet(const char *language, const char *marked);

#endif
