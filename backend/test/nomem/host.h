/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_NOMEM_HOST_H
#define YOKE_TEST_NOMEM_HOST_H

#include "base/config.h"
#include "base/loop.h"
#include "base/metrics.h"
#include "net/server.h"
#include "place.h"

/* The whole server on a free port of the loopback address, put together as the program does it; its loop is run here.
 */
struct host {
  struct place *place;
  struct config config;
  struct metrics *metrics;
  struct loop *loop;
  struct store *store;
  struct assist assist;
  struct registry *registry;
  struct server *server;
  struct loop_defer *flush;
  struct loop_timer *reflush;
  uint16_t port;
  uint64_t ticked_ms;
  uint64_t skew_ms; /* the registry's clock is so much ahead */
};

/** Open everything and wait for the store; what fails for lack of memory is tried once more, as people do. */
void host_open(struct host *h, struct place *place);
/** As SIGTERM does: save, say good-bye, close everything. */
void host_close(struct host *h);

void host_turn(struct host *h);
/** Turns until @done says so, or for ten seconds: then the check fails. */
bool host_until(struct host *h, bool (*done)(void *ctx), void *ctx, const char *what);
/** Beside those that come by themselves: a tick of the registry's clock, @ms later, and all that is written by it. */
void host_tick(struct host *h, uint64_t ms);

#endif
