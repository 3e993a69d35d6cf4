/* SPDX-License-Identifier: MIT */
#include "backends.h"

#include <string.h>

const struct backend *backend_find(const char *name) {
  if (strcmp(name, backend_sqlite.name) == 0) return &backend_sqlite;
  return NULL;
}
