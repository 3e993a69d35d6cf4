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
                           "  yoke backup FILE           write every room and its history into a file;\n"
                           "                             the server may go on\n"
                           "  yoke restore FILE          make the rooms of a backup those of this server,\n"
                           "                             which has to be stopped\n"
                           "  yoke room export ROOM      write one room into ROOM.zip: its files, its Yjs\n"
                           "                             document, its history\n"
                           "  yoke room import FILE.zip  bring such a room here\n"
                           "  yoke doctor [ROOM]         read every room and tell what is damaged\n"
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
                           "  --force            backup, restore, export: replace what is there\n"
                           "  --output FILE      export: write this file\n"
                           "  --new-id           import: give the room another id\n"
                           "\n"
                           "Backup, restore, room and doctor use the database that serve would use; they end\n"
                           "with 0, with 3 when something stored is damaged, or with 1 when they failed.\n"
                           "\n"
                           "Everything can be set in config.json and by environment variables too:\n"
                           "see docs/configuration.md.\n";

const char *cli_help(void) {
  return help;
}

/* Sets of commands. */
#define OF(command) (1u << (command))
#define SERVING (OF(CLI_SERVE) | OF(CLI_CONFIG_CHECK))
#define STORED (OF(CLI_BACKUP) | OF(CLI_RESTORE) | OF(CLI_EXPORT) | OF(CLI_IMPORT) | OF(CLI_DOCTOR))
#define CONFIGURED (SERVING | STORED)

static const struct option {
  const char *name;
  size_t field;      /* in struct cli: of a const char *; of a bool where it takes no value */
  bool bare;         /* takes no value */
  unsigned commands; /* that have a use for it */
} options[] = {
#define FLAG(field) offsetof(struct cli, flags) + offsetof(struct config_flags, field)
    {"--host", FLAG(host), false, SERVING},
    {"--port", FLAG(port), false, SERVING},
    {"--open", FLAG(open), true, SERVING},
    {"--public-url", FLAG(public_url), false, SERVING},
    {"--web-dir", FLAG(web_dir), false, SERVING},
    {"--data-dir", FLAG(data_dir), false, CONFIGURED},
    {"--config", FLAG(config_file), false, CONFIGURED},
    {"--log-level", FLAG(log_level), false, CONFIGURED},
    {"--log-format", FLAG(log_format), false, CONFIGURED},
    {"--force", offsetof(struct cli, force), true, OF(CLI_BACKUP) | OF(CLI_RESTORE) | OF(CLI_EXPORT)},
    {"--output", offsetof(struct cli, output), false, OF(CLI_EXPORT)},
    {"--new-id", offsetof(struct cli, new_id), true, OF(CLI_IMPORT)},
#undef FLAG
};

enum { OPTIONS = sizeof options / sizeof *options };

static const struct option *find_option(const char *arg, size_t len) {
  for (size_t i = 0; i < OPTIONS; i++)
    if (strlen(options[i].name) == len && memcmp(options[i].name, arg, len) == 0) return &options[i];
  return NULL;
}

static int complain(struct buf *error, const char *format, const char *what) {
  (void)!buf_printf(error, format, what);
  (void)!buf_append_str(error, "; see yoke --help\n");
  return ERR_INVALID;
}

/* One argument that begins with "-"; *i moves past its value. *given: a bit for each option there was. */
static int parse_option(int argc, char *const *argv, int *i, struct cli *out, unsigned *given, struct buf *error) {
  const char *arg = argv[*i];
  if (strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0) {
    out->command = CLI_HELP;
    return 0;
  }
  if (strcmp(arg, "--version") == 0) {
    out->command = CLI_VERSION;
    return 0;
  }
  const char *equals = strchr(arg, '=');
  const struct option *option = find_option(arg, equals ? (size_t)(equals - arg) : strlen(arg));
  if (!option) return complain(error, "unknown option %s", arg);
  *given |= 1u << (option - options);
  if (option->bare && equals) return complain(error, "%s takes no value", option->name);
  if (option->bare) {
    *(bool *)((char *)out + option->field) = true;
    return 0;
  }
  const char *value = equals ? equals + 1 : NULL;
  if (!value && *i + 1 < argc) value = argv[++*i];
  if (!value || value[0] == '\0') return complain(error, "%s needs a value", option->name);
  memcpy((char *)out + option->field, &value, sizeof value);
  return 0;
}

/* The commands, their words, and what their subject is called; NULL: they have none. */
static const struct command {
  const char *words[2];
  enum cli_command command;
  const char *subject;
  bool optional;
} commands[] = {
    {{"serve", NULL}, CLI_SERVE, NULL, false},       {{"config", "check"}, CLI_CONFIG_CHECK, NULL, false},
    {{"backup", NULL}, CLI_BACKUP, "FILE", false},   {{"restore", NULL}, CLI_RESTORE, "FILE", false},
    {{"room", "export"}, CLI_EXPORT, "ROOM", false}, {{"room", "import"}, CLI_IMPORT, "FILE.zip", false},
    {{"doctor", NULL}, CLI_DOCTOR, "ROOM", true},    {{"version", NULL}, CLI_VERSION, NULL, false},
    {{"help", NULL}, CLI_HELP, NULL, false},
};

#define WORDS_MAX 3

static int find_command(const char *const *words, struct cli *out, struct buf *error) {
  const char *second = NULL; /* of a command that has two words, when only the first fits */
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    const struct command *c = &commands[i];
    if (strcmp(words[0], c->words[0]) != 0) continue;
    size_t used = c->words[1] ? 2 : 1;
    if (c->words[1] && (!words[1] || strcmp(words[1], c->words[1]) != 0)) {
      second = c->words[1];
      continue;
    }
    out->command = c->command;
    if (c->subject) out->subject = words[used++];
    if (c->subject && !out->subject && !c->optional) return complain(error, "%s is missing", c->subject);
    return used <= WORDS_MAX - 1 && words[used] ? complain(error, "one argument too many: %s", words[used]) : 0;
  }
  if (!second) return complain(error, "unknown command '%s'", words[0]);
  (void)!buf_printf(error, "did you mean 'yoke %s ", words[0]);
  return complain(error, "%s'", second);
}

/** Has the command a use for every option that was given? */
static int check_given(enum cli_command command, unsigned given, struct buf *error) {
  const struct command *c = commands;
  while (c->command != command) c++;
  for (size_t i = 0; i < OPTIONS; i++) {
    if (!(given & 1u << i) || options[i].commands & OF(command)) continue;
    (void)!buf_printf(error, "yoke %s%s%s has no use for ", c->words[0], c->words[1] ? " " : "",
                      c->words[1] ? c->words[1] : "");
    return complain(error, "%s: leave it out", options[i].name);
  }
  return 0;
}

int cli_parse(int argc, char *const *argv, struct cli *out, struct buf *error) {
  *out = (struct cli){.command = CLI_SERVE};
  const char *words[WORDS_MAX + 1] = {NULL};
  size_t count = 0;
  unsigned given = 0;
  for (int i = 1; i < argc; i++) {
    if (argv[i][0] == '-') {
      int err = parse_option(argc, argv, &i, out, &given, error);
      if (err) return err;
    } else if (count < WORDS_MAX) {
      words[count++] = argv[i];
    } else {
      return complain(error, "one argument too many: %s", argv[i]);
    }
  }
  if (out->command != CLI_SERVE) return 0; /* --help and --version go with anything */
  int err = count ? find_command(words, out, error) : 0;
  return err ? err : check_given(out->command, given, error);
}
