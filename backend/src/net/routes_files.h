/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_ROUTES_FILES_H
#define YOKE_NET_ROUTES_FILES_H

#include "net/request.h"

void routes_files_list(void *ctx, struct request *r);   /* GET /rooms/{room_id}/files */
void routes_files_read(void *ctx, struct request *r);   /* GET /rooms/{room_id}/files/{path} */
void routes_files_write(void *ctx, struct request *r);  /* PUT */
void routes_files_delete(void *ctx, struct request *r); /* DELETE */

#endif
