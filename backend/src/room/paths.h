/* SPDX-License-Identifier: MIT */
#ifndef YOKE_ROOM_PATHS_H
#define YOKE_ROOM_PATHS_H

#include <stddef.h>

#include "base/buf.h"

/*
 * File paths: which may be made over REST, and how those are shown that others
 * made in the document. The web editor follows the same rules
 * (frontend/src/collab/paths.ts), so both show one name for one file.
 */

/** A sentence saying why @path is refused, or NULL when it may be used. Static. */
const char *paths_problem(const char *path, size_t max_bytes);

/** A safe relative path from any bytes; never empty. *out is the caller's. ERR_NOMEM. */
MUST_USE int paths_make_safe(const char *path, size_t len, size_t max_bytes, char **out);

struct paths_entry {
  const char *id; /* borrowed */
  char *shown;    /* in: safe path; out: unique too. Owned by the caller, replaced when a suffix is needed. */
};

/**
 * Make the shown paths unique: entries sorted by id; of two with one path the
 * smaller id keeps it, the others get " (2)", " (3)" ... before the extension;
 * a file named like a folder gets a suffix too. ERR_NOMEM.
 */
MUST_USE int paths_make_unique(struct paths_entry *entries, size_t count);

#endif
