/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ROUTES_ROOMS_H
#define YOKE_NET_ROUTES_ROOMS_H

#include "net/request.h"

void routes_rooms_create(void *ctx, struct request *r); /* POST /rooms */
void routes_rooms_list(void *ctx, struct request *r);   /* GET /rooms */
void routes_rooms_read(void *ctx, struct request *r);   /* GET /rooms/{room_id} */
void routes_rooms_change(void *ctx, struct request *r); /* PATCH /rooms/{room_id} */
void routes_rooms_delete(void *ctx, struct request *r); /* DELETE /rooms/{room_id} */

#endif
