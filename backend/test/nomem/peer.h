/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NOMEM_PEER_H
#define YOKE_TEST_NOMEM_PEER_H

#include <stddef.h>
#include <yata.h>

#include "host.h"

/* A client on a real socket. Whenever it is turned away, it must be told why. */
struct peer {
  struct host *host;
  const char *room; /* its id */
  bool plain;       /* speaks plain text */
  uint64_t number;
  yata_doc *doc; /* outlives connections */
  int fd;        /* -1: no connection */
  struct buf in; /* not looked at yet */
  bool eof, open;
  uint16_t closed;  /* code, 0: not */
  char reason[128]; /* with it */
  uint64_t asked, saved;
  size_t answers; /* step 2s that came on this connection */
  size_t pongs;
  char text[4096];   /* plain: the newest */
  struct blob *kept; /* the state that was acknowledged last */
};

void peer_init(struct peer *p, struct host *h, const char *room, bool plain, uint64_t number);
void peer_deinit(struct peer *p);

/** Be connected, and in sync: a connection that was closed is made again. Each refusal must be for lack of memory. */
void peer_connect(struct peer *p);
void peer_leave(struct peer *p);
/** Close the socket without a word. */
void peer_cut(struct peer *p);
/** Nothing closed it. */
bool peer_alive(struct peer *p);

/** The frame comes in two pieces. */
void peer_edit(struct peer *p, uint32_t at, const char *insert, uint32_t removed);
void peer_say(struct peer *p, const char *text); /* plain */
void peer_aware(struct peer *p);
void peer_ping(struct peer *p); /* until the pong */
/** Until all it has is acknowledged as saved; then it has all that the room has, too. */
void peer_save(struct peer *p);

/* HTTP, each request on a connection of its own. */

struct reply {
  int status; /* 0: none came */
  char head[2048];
  struct buf body; /* with a NUL behind it */
};
struct ask {
  const char *method, *path, *headers, *body; /* headers: lines with CRLF, or NULL; body NULL: none */
  int again;                                  /* so many times on one connection, 0 for 1 */
};
/** Until it is answered with something else than lack of memory. The reply is the caller's to free. */
void peer_ask(struct host *h, const struct ask *ask, struct reply *out);
void reply_deinit(struct reply *reply);

#endif
