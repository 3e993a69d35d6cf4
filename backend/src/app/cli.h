/* SPDX-License-Identifier: MIT */
#ifndef YOKE_APP_CLI_H
#define YOKE_APP_CLI_H

#include "base/buf.h"
#include "base/config.h"

enum cli_command {
  CLI_SERVE,
  CLI_CONFIG_CHECK,
  CLI_BACKUP,
  CLI_RESTORE,
  CLI_EXPORT,
  CLI_IMPORT,
  CLI_DOCTOR,
  CLI_VERSION,
  CLI_HELP
};

/* All strings borrow argv. */
struct cli {
  enum cli_command command;
  struct config_flags flags;
  const char *subject; /* backup, restore, import: the file; export: the room's id; doctor: the same or NULL */
  const char *output;  /* export: NULL when not given */
  bool force;          /* backup, restore, export: replace what is there */
  bool new_id;         /* import: another id than the room had */
};

/**
 * Parse the command line. ERR_INVALID: one line in @error says which argument
 * is wrong and what is accepted. Without a command it is CLI_SERVE.
 */
MUST_USE int cli_parse(int argc, char *const *argv, struct cli *out, struct buf *error);

/** The text of `yoke --help`; static. */
const char *cli_help(void);

#endif
