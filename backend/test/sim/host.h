/* SPDX-License-Identifier: MIT */
#ifndef YOKE_TEST_SIM_HOST_H
#define YOKE_TEST_SIM_HOST_H

#include "room/registry.h"
#include "sim.h"

/* One life of a server: from its start to its end, by a crash or by request. */
struct host {
  struct host *next;
  struct sim *sim;
  struct flaky store;
  struct registry *registry;
  bool up, stopping, flush_planned;
  size_t scripts; /* REST calls under way */
};

/** Start a server over the disk; it becomes the first of sim->hosts. */
void host_start(struct sim *sim);
/** Kill it: connections end, what was not committed is lost. Nothing happens when it is dead. */
void host_crash(struct host *host);
/** As SIGTERM. It is dead when all is saved, or killed by a deadline. */
void host_stop(struct host *host);
void host_free(struct host *host);

/** One of those that are up, or one that is not. */
struct host *host_pick(struct sim *sim);
/** So many are up. */
size_t host_count(const struct sim *sim);

/** A script adds, or takes out, a character over REST. */
void host_script(struct host *host, size_t room);

#endif
