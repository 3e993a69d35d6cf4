/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ROUTES_HISTORY_H
#define YOKE_NET_ROUTES_HISTORY_H

#include "net/request.h"

void routes_history_list(void *ctx, struct request *r);    /* GET /rooms/{room_id}/history */
void routes_history_read(void *ctx, struct request *r);    /* GET /rooms/{room_id}/history/{seq} */
void routes_history_restore(void *ctx, struct request *r); /* POST /rooms/{room_id}/history/{seq}/restore */

#endif
