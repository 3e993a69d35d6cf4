/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_UPGRADE_H
#define YOKE_NET_UPGRADE_H

#include <stdbool.h>

#include "net/request.h"
#include "net/session.h"

/**
 * Turn a GET into a WebSocket connection to r->room_id, or answer why not:
 * 400 or 426 handshake, 403 origin, 404 unknown room, 503 room unreadable or
 * full. The room is loaded before the 101.
 *
 * @always_yjs  y-protocol whatever sub-protocol is offered.
 */
void upgrade_start(struct request *r, struct sessions *sessions, bool always_yjs);

#endif
