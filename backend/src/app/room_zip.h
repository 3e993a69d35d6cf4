/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_ROOM_ZIP_H
#define YOKE_APP_ROOM_ZIP_H

#include "base/config.h"

/*
 * `yoke room export` and `yoke room import`. The archive holds
 *
 *   files/...       the room's files, under paths that are safe to unpack
 *   document.yjs    its Yjs document, as one update of version 1
 *   room.json       what is known of it, and what could not be read
 *   room.yoke       the room with its history as a backup of one room: this is what import reads
 *   damaged/...     the bytes of rows that could not be read
 *
 * Both return what the process ends with (PLACE_OK ...).
 */

/** @output NULL: ROOM.zip in the current folder. */
MUST_USE int room_export(const struct config *config, const char *room_id, const char *output, bool force,
                         struct buf *error);

/** @new_id: give the room an id of its own; otherwise it keeps the one that it had, which must be free. */
MUST_USE int room_import(const struct config *config, const char *file, bool new_id, struct buf *error);

#endif
