/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NOMEM_WORLD_H
#define YOKE_TEST_NOMEM_WORLD_H

#include <yata.h>

#include "base/limits.h"
#include "base/loop.h"
#include "nomem.h"
#include "place.h"
#include "room/state.h"

/* A server without sockets: loop, store, registry, one room, and clients in it. */
struct world {
  struct place *place;
  struct limits limits;
  struct loop *loop;
  struct store *store;
  struct registry *registry;
  struct room *room; /* pinned */
  char id[STORE_ROOM_ID_MAX + 1];
  bool dirty;
  uint64_t now_ms;
};

struct client {
  struct world *world;
  enum member_kind kind;
  uint64_t number;
  struct member *member; /* NULL: not connected */
  yata_doc *doc;         /* outlives connections */
  uint16_t closed;       /* code, 0: open */
  uint64_t saved, asked; /* tokens */
  size_t texts;
};

/* Each starts or ends a part of the server; what fails for lack of memory is tried once more, as people do. */
void world_open(struct world *w, struct place *place); /* and waits until the store is up */
void world_close(struct world *w);
void world_create_room(struct world *w);
void world_open_room(struct world *w);
void world_release_room(struct world *w);

void world_turn(struct world *w);
/** Turns until @done says so, or for five seconds: then the check fails. */
void world_until(struct world *w, bool (*done)(void *ctx), void *ctx, const char *what);
bool world_idle(void *ctx); /* of a struct world: the room has nothing under way */

void client_init(struct client *c, struct world *w, enum member_kind kind, uint64_t number);
void client_deinit(struct client *c);
/** Connect and sync unless connected; a connection that was closed is made again. */
void client_connect(struct client *c);
void client_leave(struct client *c);
void client_send(struct client *c, const void *data, size_t len);
void client_read(struct client *c);
/** An edit of the main file: the server takes it as a whole or not at all, and then says so. */
void client_edit(struct client *c, uint32_t at, const char *insert, uint32_t remove);
void client_save(struct client *c); /* until it is acknowledged */

#endif
