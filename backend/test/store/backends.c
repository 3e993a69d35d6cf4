/* SPDX-License-Identifier: MIT */
#include "backends.h"

#include <string.h>

const struct backend *backend_find(const char *name) {
  if (strcmp(name, backend_sqlite.name) == 0) return &backend_sqlite;
  if (strcmp(name, backend_postgres.name) == 0) return &backend_postgres;
  return NULL;
}
