/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_LINK_H
#define YOKE_TEST_SIM_LINK_H

#include "host.h"
#include "room/room.h"
#include "wire/ws_frame.h"

/*
 * A connection between an editor and a server, as TCP with WebSocket frames on it: bytes arrive late, in pieces and in
 * order, or not at all. Each end learns of the other's end in its own time.
 */
struct packet;

struct pipe {
  struct packet *head, **tail;
  uint64_t last_ms; /* when the newest arrives: none overtakes it */
};

struct link {
  struct link *next;
  struct sim *sim;
  struct host *host;
  struct editor *editor; /* NULL once the client is gone */
  size_t room;
  /* the client's end */
  bool open;
  uint64_t asked_ms; /* when it asked for the connection */
  struct buf in;     /* what came and is not a whole frame */
  /* the server's end */
  struct member *member;
  bool refused; /* the server ends it: nothing is taken any more */
  bool cut;     /* the server will not hear of it for a while, but it is broken */
  bool writing; /* a write is planned */
  uint64_t stalled_until_ms;
  struct ws_decoder decoder;
  struct buf out; /* frames written, to see what they say */
  struct pipe up, down;
  /* what the client sent: every sync message, by number */
  struct blob **sent;
  size_t sent_count, sent_cap;
  size_t received;     /* of them, by the server */
  size_t durable;      /* of them, seen to be committed */
  size_t acknowledged; /* of them, to the client */
  /* questions for `saved`, by token: how many sync messages went before */
  size_t *asked;
  size_t asked_count, asked_cap;
};

/** Begin to connect; the editor hears how it went. */
struct link *link_open(struct editor *editor, size_t room);
void link_free(struct link *link);

/** The client sends a message; a sync message (update or step 2) is given as its update too. */
void link_send(struct link *link, const struct buf *message, struct blob *sync_update);
/** The client asks what is saved. */
void link_ask(struct link *link);
/** The connection breaks: the client knows, the server will within @notice_ms. */
void link_drop(struct link *link, uint32_t notice_ms);
/** For a while neither end hears of the other. */
void link_stall(struct link *link, uint64_t ms);
void link_host_died(struct link *link);
/** Report it if one of the first @count sync messages is not committed. */
void link_check_durable(struct link *link, size_t count, const char *when);
/** Nothing is under way. */
bool link_quiet(const struct link *link);

#endif
