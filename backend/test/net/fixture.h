/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NET_FIXTURE_H
#define YOKE_TEST_NET_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "net/server.h"

/* A whole server on a free port of the loopback address, SQLite in a temporary folder, the loop run by the test itself.
 */
struct fixture {
  struct config config;
  struct metrics *metrics;
  struct loop *loop;
  struct store *store;
  struct assist assist;
  struct registry *registry;
  struct server *server;
  struct loop_defer *flush;
  char dir[64];
  uint16_t port;
};

/** Start; @adjust (may be NULL) changes the configuration before. */
void fixture_start(struct fixture *f, void (*adjust)(struct config *config));
void fixture_stop(struct fixture *f);

/* A client: a socket and what came in on it. */
struct client {
  struct fixture *f;
  int fd;
  struct buf in; /* not yet looked at; NUL-terminated */
  bool eof;
};

void client_open(struct fixture *f, struct client *c);
void client_close(struct client *c);
void client_send(struct client *c, const void *data, size_t len);
void client_print(struct client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Run the server for at least @ms, reading what arrives. */
void client_run(struct client *c, uint64_t ms);
/** Run the server until @len bytes are in, or the end of input; false after 5 s. */
bool client_wait_bytes(struct client *c, size_t len);
bool client_wait_text(struct client *c, const char *text);
bool client_wait_eof(struct client *c);

/* One answer. */
struct answer {
  int status;
  char head[4096];
  struct buf body; /* NUL-terminated */
};

/** Read one answer with its Content-Length. */
void client_answer(struct client *c, bool head_only, struct answer *out);
void answer_deinit(struct answer *a);
/** Value of a header into a static buffer, NULL when absent. */
const char *answer_header(const struct answer *a, const char *name);

/** A whole exchange on a connection of its own. @headers: lines with CRLF, or "". */
void exchange(struct fixture *f, const char *method, const char *path, const char *headers, const void *body,
              size_t body_len, struct answer *out);

/** Create a room; its id into @id. */
void make_room(struct fixture *f, const char *code, char id[static 65]);

/** Handshake on an open client; @headers as above. Returns the status. */
int client_upgrade(struct client *c, const char *path, const char *headers);
/** Send one masked frame. */
void client_frame(struct client *c, uint8_t first_byte, const void *data, size_t len);

struct frame {
  uint8_t opcode;
  struct buf data; /* NUL-terminated */
};
/** The next frame; false at the end of input or after 5 s. */
bool client_next_frame(struct client *c, struct frame *out);
/** Skip frames up to a close; its code, 0 when the input ended without. */
uint16_t client_close_code(struct client *c);

#endif
