/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_STORE_BACKENDS_H
#define YOKE_TEST_STORE_BACKENDS_H

#include "fixture.h"

extern const struct backend backend_sqlite;   /* fails by an fsync that fails */
extern const struct backend backend_postgres; /* fails by its server being stopped */

/** By name; NULL when unknown. */
const struct backend *backend_find(const char *name);

#endif
