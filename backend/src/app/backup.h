/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_BACKUP_H
#define YOKE_APP_BACKUP_H

#include "base/config.h"
#include "store/dump.h"

/*
 * `yoke backup` and `yoke restore`. Both return what the process ends with
 * (PLACE_OK ...), and on a failure lines for people in @error. Nothing that was
 * there before is touched unless all went well.
 */

/** Write all rooms into @file, also while a server runs; @force: replace the file. */
MUST_USE int backup_make(const struct config *config, const char *file, bool force, struct buf *error);

/** Replace the rooms of a server that is stopped by those in @file; @force: also when it has some. */
MUST_USE int backup_restore(const struct config *config, const char *file, bool force, struct buf *error);

/** Read a backup to its end: does it hold what its label says? ERR_CORRUPT. Its label and what was read, to the outs.
 */
MUST_USE int backup_verify(const char *file, struct dump_label *label, struct dump_copy *read, struct buf *error);

#endif
