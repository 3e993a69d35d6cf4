/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "app/backup.h"
#include "app/cli.h"
#include "app/doctor.h"
#include "app/room_zip.h"
#include "app/serve.h"

extern char **environ;

/** The lines, the last of them ended. */
static int print(const struct buf *text, FILE *to, int status) {
  if (text->len) fwrite(text->data, 1, text->len, to);
  if (text->len && text->data[text->len - 1] != '\n') fputc('\n', to);
  return fflush(to) == 0 ? status : EXIT_FAILURE;
}

/* What it ends with; lines for people are left in @text where it failed. */
static int run_store_command(const struct cli *cli, const struct config *config, struct buf *text) {
  switch (cli->command) {
  case CLI_BACKUP: return backup_make(config, cli->subject, cli->force, text);
  case CLI_RESTORE: return backup_restore(config, cli->subject, cli->force, text);
  case CLI_EXPORT: return room_export(config, cli->subject, cli->output, cli->force, text);
  case CLI_IMPORT: return room_import(config, cli->subject, cli->new_id, text);
  default: return doctor(config, cli->subject, text);
  }
}

static int run_command(const struct cli *cli, const struct config *config, struct buf *text) {
  if (cli->command == CLI_CONFIG_CHECK)
    return config_print(config, text) ? EXIT_FAILURE : print(text, stdout, EXIT_SUCCESS);
  if (cli->command == CLI_SERVE) return serve(config, text) ? print(text, stderr, EXIT_FAILURE) : EXIT_SUCCESS;
  return print(text, stderr, run_store_command(cli, config, text));
}

static int run(const struct cli *cli, struct buf *text) {
  struct config config;
  int err = config_load(&cli->flags, environ, &config, text);
  if (err) return print(text, stderr, 2);
  int status = run_command(cli, &config, text);
  config_deinit(&config);
  return status;
}

int main(int argc, char **argv) {
  struct cli cli;
  struct buf text = BUF_INIT;
  int status = EXIT_SUCCESS;
  if (cli_parse(argc, argv, &cli, &text))
    status = print(&text, stderr, 2);
  else if (cli.command == CLI_HELP)
    fputs(cli_help(), stdout);
  else if (cli.command == CLI_VERSION)
    printf("yoke %s\n", YOKE_VERSION);
  else
    status = run(&cli, &text);
  buf_deinit(&text);
  return status;
}
