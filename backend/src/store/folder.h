/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_FOLDER_H
#define YOKE_STORE_FOLDER_H

#include "base/buf.h"
#include "base/err.h"

/** Make the directory (mode 0700) and those above it where they are missing, to last. ERR_IO, ERR_NOMEM. */
MUST_USE int folder_make(const char *path, struct buf *error);

/** Make the name of a file or directory last through a loss of power: fsync the directory it is in. ERR_IO, ERR_NOMEM.
 */
MUST_USE int folder_sync_name(const char *path, struct buf *error);

#endif
