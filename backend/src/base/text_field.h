/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_TEXT_FIELD_H
#define YOKE_BASE_TEXT_FIELD_H

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/** Put a copy of @text in place of what @field owns. ERR_NOMEM: it stays as it was. */
MUST_USE static inline int text_field_set(char **field, const char *text) {
  char *copy = strdup(text);
  if (!copy) return ERR_NOMEM;
  free(*field);
  *field = copy;
  return 0;
}

#endif
