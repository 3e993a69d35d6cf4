/* SPDX-License-Identifier: MIT */
#include "app/cli.h"

#include <stddef.h>
#include <string.h>

static const char help[] = "yoke: a pair-programming server\n"
                           "\n"
                           "Usage:\n"
                           "  yoke [serve] [options]     serve the web editor, the API and the rooms\n"
                           "  yoke config check [options]\n"
                           "                             check the configuration and print what is in force\n"
                           "  yoke version               print the version\n"
                           "\n"
                           "Options:\n"
                           "  --host ADDRESS     address to listen on (default 127.0.0.1)\n"
                           "  --port NUMBER      port to listen on (default 8000)\n"
                           "  --open             allow an address that others can reach: there is no sign-in yet,\n"
                           "                     so everyone who reaches it can read and edit\n"
                           "  --public-url URL   where browsers reach this server, when that is another name\n"
                           "  --data-dir DIR     where the SQLite database is kept\n"
                           "                     (default $XDG_DATA_HOME/yoke or ~/.local/share/yoke)\n"
                           "  --config FILE      read this configuration (default ./config.json when present)\n"
                           "  --web-dir DIR      serve the web editor from this folder instead of the built-in one\n"
                           "  --log-level LEVEL  debug, info, warn or error (default info)\n"
                           "  --log-format FORM  text or json (default text)\n"
                           "\n"
                           "Everything can be set in config.json and by environment variables too:\n"
                           "see docs/configuration.md.\n";

const char *cli_help(void) {
  return help;
}

struct option {
  const char *name;
  size_t field; /* offset of a const char * in struct config_flags */
};

static const struct option options[] = {
    {"--host", offsetof(struct config_flags, host)},
    {"--port", offsetof(struct config_flags, port)},
    {"--public-url", offsetof(struct config_flags, public_url)},
    {"--data-dir", offsetof(struct config_flags, data_dir)},
    {"--config", offsetof(struct config_flags, config_file)},
    {"--web-dir", offsetof(struct config_flags, web_dir)},
    {"--log-level", offsetof(struct config_flags, log_level)},
    {"--log-format", offsetof(struct config_flags, log_format)},
};

static const struct option *find_option(const char *arg, size_t len) {
  for (size_t i = 0; i < sizeof options / sizeof *options; i++)
    if (strlen(options[i].name) == len && memcmp(options[i].name, arg, len) == 0) return &options[i];
  return NULL;
}

static int complain(struct buf *error, const char *format, const char *what) {
  (void)!buf_printf(error, format, what);
  (void)!buf_append_str(error, "; see yoke --help\n");
  return ERR_INVALID;
}

/* One argument that begins with "-"; *i moves past its value. */
static int parse_option(int argc, char *const *argv, int *i, struct cli *out, struct buf *error) {
  const char *arg = argv[*i];
  if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
    out->command = CLI_HELP;
    return 0;
  }
  if (strcmp(arg, "--version") == 0) {
    out->command = CLI_VERSION;
    return 0;
  }
  if (strcmp(arg, "--open") == 0) {
    out->flags.open = true;
    return 0;
  }
  const char *equals = strchr(arg, '=');
  const struct option *option = find_option(arg, equals ? (size_t)(equals - arg) : strlen(arg));
  if (!option) return complain(error, "unknown option %s", arg);
  const char *value = equals ? equals + 1 : NULL;
  if (!value && *i + 1 < argc) value = argv[++*i];
  if (!value || value[0] == '\0') return complain(error, "%s needs a value", option->name);
  memcpy((char *)&out->flags + option->field, &value, sizeof value);
  return 0;
}

int cli_parse(int argc, char *const *argv, struct cli *out, struct buf *error) {
  *out = (struct cli){.command = CLI_SERVE};
  const char *words[2] = {NULL, NULL};
  size_t count = 0;
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] == '-') {
      int err = parse_option(argc, argv, &i, out, error);
      if (err) return err;
    } else if (count < 2) {
      words[count++] = argv[i];
    } else {
      return complain(error, "one argument too many: %s", argv[i]);
    }
  }
  if (out->command != CLI_SERVE || count == 0) return 0;
  if (strcmp(words[0], "config") == 0) {
    out->command = CLI_CONFIG_CHECK;
    if (!words[1] || strcmp(words[1], "check") != 0) return complain(error, "did you mean 'yoke config check'%s?", "");
    return 0;
  }
  if (count > 1) return complain(error, "one argument too many: %s", words[1]);
  if (strcmp(words[0], "serve") == 0) return 0;
  out->command = strcmp(words[0], "version") == 0 ? CLI_VERSION : CLI_HELP;
  if (out->command == CLI_HELP && strcmp(words[0], "help") != 0)
    return complain(error, "unknown command '%s'", words[0]);
  return 0;
}
