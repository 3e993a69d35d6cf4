/* SPDX-License-Identifier: MIT */
#ifndef YOKE_NET_REQUEST_H
#define YOKE_NET_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "net/context.h"
#include "port/store.h"
#include "wire/api_error.h"

struct evhttp_request;

enum method {
  METHOD_GET = 1,
  METHOD_HEAD = 2,
  METHOD_POST = 4,
  METHOD_PUT = 8,
  METHOD_PATCH = 16,
  METHOD_DELETE = 32,
  METHOD_OPTIONS = 64
};

/**
 * One HTTP request on its way to an answer. A handler answers it exactly once
 * with one of the request_reply functions, at once or later; the request is
 * gone then. While it waits nothing is read from its connection. When the
 * server goes away first, `net` becomes NULL: replies then only free it.
 */
struct request {
  struct net_ctx *net;
  struct evhttp_request *ev;
  enum method method;
  uint64_t conn_id;
  uint64_t started_us;
  const char *path;   /* as sent, without query; borrowed from ev */
  const char *query;  /* NULL: none */
  const char *origin; /* the Origin header when it is accepted, else NULL */
  bool origin_foreign;
  bool close;                          /* answer with Connection: close */
  char room_id[STORE_ROOM_ID_MAX + 1]; /* "" when the route has none, or when it cannot be one */
  struct buf rest;                     /* the decoded tail of the route, such as a file's path */
  struct buf name, mail;               /* who asks, as far as the handler looked */
  struct registry *registry;           /* for completions after the server is gone */
  void *state;                         /* the handler's own, freed with state_free */
  void (*state_free)(void *state);
  void (*on_end)(struct request *r); /* the connection's: called as the answer leaves or the socket is taken */
  void *conn;
  struct request *prev, *next;
};

/** NULL when absent. The first one when there are several. */
const char *request_header(const struct request *r, const char *name);
/** All values of a list header, joined with ", ", appended to @out; nothing when absent. ERR_NOMEM. */
MUST_USE int request_header_list(const struct request *r, const char *name, struct buf *out);
/** How often a header stands there. */
size_t request_header_count(const struct request *r, const char *name);
/** The whole body, contiguous; borrowed until the answer. */
const uint8_t *request_body(const struct request *r, size_t *len);

/** Set a header of the answer. */
void request_set_header(struct request *r, const char *name, const char *value);

/** Answer with bytes, copied. @type may be NULL for an answer without body. */
void request_reply(struct request *r, int status, const char *type, const void *body, size_t len);
/** Answer with static bytes, not copied. */
void request_reply_static(struct request *r, int status, const char *type, const void *body, size_t len);
/** Answer with JSON in @body, which is emptied; @err of what built it: not 0 becomes a 500. */
void request_reply_json(struct request *r, int status, struct buf *body, int err);
/** Answer `{"detail": text}`. */
void request_reply_detail(struct request *r, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** Answer 422 with the list. */
void request_reply_errors(struct request *r, const struct api_errors *errors);
/** Answer for an error of room or store: 404, 503, 413, 507, 500 ... @what names the thing, such as "room". */
void request_reply_err(struct request *r, int err, const char *what);

/** The socket is taken over: account for it as @status and free the request; ev stays with the connection. */
void request_give_away(struct request *r, int status);

#endif
