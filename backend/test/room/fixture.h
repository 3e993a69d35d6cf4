/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_ROOM_FIXTURE_H
#define YOKE_TEST_ROOM_FIXTURE_H

#include <yata.h>

#include "fake_store.h"
#include "room/registry.h"
#include "support.h"
#include "wire/ws_frame.h"
#include "wire/yproto.h"

/* A registry over the fake store, one room, and peers in it. Time is a number. */
struct fixture {
  struct fake_store store;
  struct limits limits;
  struct registry *registry;
  bool dirty;
  uint64_t now_ms;
  char id[STORE_ROOM_ID_MAX + 1];
  struct room *room; /* pinned by fixture_open() */
  int open_err;
};

/* Set-up and tear-down of a test whose state is a fixture: a room with "hello", pinned until it is released. */
int fixture_start(void **state);
int fixture_stop(void **state);
/** End the turn, as the loop does. */
void fixture_turn(struct fixture *f);
/** Answer the store's calls and end turns until nothing is left to do. */
void fixture_settle(struct fixture *f);
/** Pin the room (f->room), or set f->open_err. */
void fixture_open(struct fixture *f);
void fixture_release(struct fixture *f);

/* A member with a document of its own, fed by what it is sent. */
struct peer {
  struct fixture *f;
  struct member *member;
  yata_doc *doc;
  size_t messages; /* received, by kind */
  size_t updates;
  uint64_t saved;  /* highest token that came back */
  uint16_t closed; /* code, 0: not closed */
  char text[4096]; /* last text message of a plain-text peer */
  size_t texts;
};

void peer_join(struct peer *p, struct fixture *f, enum member_kind kind, uint64_t client);
void peer_leave(struct peer *p);
/** Take what is in the outbox. */
void peer_read(struct peer *p);
/** Insert text into the main file and send the update. */
void peer_type(struct peer *p, uint32_t at, const char *text);
void peer_send(struct peer *p, const void *data, size_t len);
void peer_ask_saved(struct peer *p, uint64_t token);
void peer_say(struct peer *p, const char *text); /* plain text */
/** The main file as this peer sees it; static storage. */
const char *peer_text(struct peer *p);

/** The main file as the server has it; static storage. */
const char *room_text(struct fixture *f);

#endif
