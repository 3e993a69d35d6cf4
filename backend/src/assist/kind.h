/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ASSIST_KIND_H
#define YOKE_ASSIST_KIND_H

/* What a name seems to name. */
#include <stdbool.h>
#include <stddef.h>

#include "assist/names.h"
#include "assist/scope.h"

/** Guess from how the name was declared, used and spelt. */
enum assist_kind kind_of(const struct scope *scope, const struct name *name);

/** Whether it begins with an upper-case letter and holds a lower-case one: Room, but not ROOM. */
bool kind_is_capitalised(const char *text, size_t len);

#endif
