/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_CONFIG_H
#define YOKE_BASE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/log.h"

/** The database of config.json's db_config; host is NULL when SQLite is used. */
struct config_db {
  char *host, *user, *password, *database;
  uint16_t port;
  char *sslmode; /* "disable", "prefer", "require", "verify-full"; default "prefer" */
};

/** Everything the server can be told. Strings are owned by the config, NULL where nothing was given and no default
 * exists. */
struct config {
  char *environment; /* "PRODUCTION" ... */
  char *file;        /* the file that was read, NULL: none */
  char *host;        /* an IP address or "localhost"; default "127.0.0.1" */
  uint16_t port;     /* default 8000 */
  bool open;         /* another address than loopback is meant */
  char
      *data_dir; /* default: $STATE_DIRECTORY (a service), $XDG_DATA_HOME/yoke, ~/.local/share/yoke, or /var/lib/yoke */
  char *web_dir; /* serve the web editor from here instead of the embedded one */
  char *public_url;       /* an origin as in allowed_origins, e.g. "https://code.example.org" */
  char **allowed_origins; /* scheme://host[:port] each, lower case, without the scheme's own port */
  size_t allowed_origin_count;
  enum log_level log_level;
  enum log_format log_format;
  struct config_db db;
  struct limits limits;
};

/** What was given on the command line; NULL / 0: not given. Borrowed. */
struct config_flags {
  const char *host, *port, *data_dir, *config_file, *web_dir, *log_format, *log_level, *public_url;
  bool open;
};

/**
 * Defaults < file < environment < flags. ./config.json is read when present;
 * a file named by --config must exist. The file holds one section for each
 * environment; YOKE_ENV chooses, and stands for PRODUCTION when not set. Every
 * field is checked, also one that a later source replaces; an unknown field or
 * YOKE_ variable is an error with the nearest known name. A variable with an
 * empty value counts as not set, and YOKE_TEST_... is left to tests.
 *
 * @environment "NAME=value" strings ended by NULL (environ of unistd.h; tests
 *              pass their own). Borrowed for the call.
 * @out         filled on success; safe to deinitialise in every case.
 * @error       gets one line for each thing that is wrong: file, field, value
 *              found, what is accepted, remedy. A password is never printed.
 * Returns 0, ERR_INVALID, ERR_NOT_FOUND (named file missing), ERR_IO, ERR_NOMEM.
 */
MUST_USE int config_load(const struct config_flags *flags, char *const *environment, struct config *out,
                         struct buf *error);
void config_deinit(struct config *c);

/** The configuration in force as JSON, passwords masked, for `yoke config check`. */
MUST_USE int config_print(const struct config *c, struct buf *out);

#endif
