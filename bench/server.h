/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BENCH_SERVER_H
#define YOKE_BENCH_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* The server under test: a child process in a folder of its own, on a free port of the loopback address. */
struct server {
  pid_t pid;
  uint16_t port;
  char dir[64]; /* its working folder, removed by server_stop() */
};

/**
 * Start @command (NULL-terminated; `{port}` and `{dir}` in it are replaced; HOST
 * and PORT are in its environment) and wait until it accepts connections.
 * Its output goes to a file in its folder, and to stderr when it does not start.
 * ERR_IO, ERR_TIMEOUT.
 */
MUST_USE int server_start(char *const *command, struct server *out);

/** SIGTERM, after 10 s SIGKILL; its folder is removed. */
void server_stop(struct server *server);

struct server_use {
  double cpu_seconds;             /* user and system time of all threads so far */
  uint64_t rss_bytes, peak_bytes; /* resident memory now and at most */
};

/** Read /proc. ERR_IO when the process is gone. */
MUST_USE int server_use(const struct server *server, struct server_use *out);

/** A blocking connection. ERR_IO. */
MUST_USE int server_connect(const struct server *server, int *fd);

/** Make a room over REST and take its id, at most @size bytes with the NUL. ERR_IO, ERR_PROTOCOL. */
MUST_USE int server_create_room(const struct server *server, char *id, size_t size);

#endif
