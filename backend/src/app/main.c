/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "app/cli.h"
#include "app/serve.h"

extern char **environ;

static int print(const struct buf *text, FILE *to, int status) {
  fwrite(text->data, 1, text->len, to);
  return fflush(to) == 0 ? status : EXIT_FAILURE;
}

static int run(const struct cli *cli, struct buf *text) {
  struct config config;
  int err = config_load(&cli->flags, environ, &config, text);
  if (err) return print(text, stderr, 2);
  int status;
  if (cli->command == CLI_CONFIG_CHECK) {
    status = config_print(&config, text) ? EXIT_FAILURE : print(text, stdout, EXIT_SUCCESS);
  } else {
    status = serve(&config, text) ? print(text, stderr, EXIT_FAILURE) : EXIT_SUCCESS;
  }
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
