/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"

enum { NAME_MAX_CHARS = 64, VARIABLES_MAX = 128 };

static const char prefix[] = "YOKE_";

const char *config_variable(char *const *environment, const char *name) {
  size_t len = strlen(name);
  for (size_t i = 0; environment && environment[i]; i++) {
    const char *entry = environment[i];
    if (strncmp(entry, name, len) == 0 && entry[len] == '=') return entry[len + 1] ? entry + len + 1 : NULL;
  }
  return NULL;
}

static void variable_name(char *out, size_t size, const struct config_group *group, const struct config_field *field) {
  snprintf(out, size, "%s%s", group->prefix, field->name);
  for (char *at = out; *at; at++) *at = (char)toupper((unsigned char)*at);
}

/* Every group's variables, in the order of the tables: a later source would win, but each has one name. */
static void read_known(struct config_loader *l, char *const *environment) {
  for (size_t g = 0; g < CONFIG_GROUP_COUNT; g++) {
    const struct config_group *group = &config_groups[g];
    for (size_t i = 0; i < group->count; i++) {
      char name[NAME_MAX_CHARS];
      variable_name(name, sizeof(name), group, &group->fields[i]);
      const char *text = config_variable(environment, name);
      if (!text) continue;
      if (g == CONFIG_GROUP_DB) l->db_given = true;
      struct config_value value = {.kind = VALUE_TEXT, .text = text};
      config_set(l, &group->fields[i], (struct config_where){"environment variable", name}, &value);
    }
  }
}

/* Names of all variables; returns how many. */
static size_t list_names(char storage[VARIABLES_MAX][NAME_MAX_CHARS], const char *names[VARIABLES_MAX]) {
  size_t count = 0;
  snprintf(storage[count], NAME_MAX_CHARS, "YOKE_ENV");
  names[count] = storage[count];
  count++;
  for (size_t g = 0; g < CONFIG_GROUP_COUNT; g++) {
    for (size_t i = 0; i < config_groups[g].count && count < VARIABLES_MAX; i++, count++) {
      variable_name(storage[count], NAME_MAX_CHARS, &config_groups[g], &config_groups[g].fields[i]);
      names[count] = storage[count];
    }
  }
  return count;
}

static bool is_known(const char *name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(name, names[i]) == 0) return true;
  return false;
}

static void check_unknown(struct config_loader *l, char *const *environment) {
  char storage[VARIABLES_MAX][NAME_MAX_CHARS];
  const char *names[VARIABLES_MAX];
  size_t count = list_names(storage, names);
  for (size_t i = 0; environment && environment[i]; i++) {
    const char *entry = environment[i];
    if (strncmp(entry, prefix, strlen(prefix)) != 0 || strncmp(entry, "YOKE_TEST_", 10) == 0) continue;
    char name[NAME_MAX_CHARS];
    snprintf(name, sizeof(name), "%.*s", (int)strcspn(entry, "="), entry);
    if (is_known(name, names, count)) continue;
    const char *nearest = config_nearest(name, names, count);
    config_problem(l, ERR_INVALID, (struct config_where){"environment variable", name}, NULL,
                   "unknown; did you mean %s? Correct or unset it", nearest ? nearest : "another program's");
  }
}

void config_read_environment(struct config_loader *l, char *const *environment) {
  read_known(l, environment);
  check_unknown(l, environment);
}

void config_read_flags(struct config_loader *l, const struct config_flags *flags) {
  const struct {
    const char *flag, *field, *text;
  } given[] = {
      {"--host", "host", flags->host},
      {"--port", "port", flags->port},
      {"--data-dir", "data_dir", flags->data_dir},
      {"--web-dir", "web_dir", flags->web_dir},
      {"--public-url", "public_url", flags->public_url},
      {"--log-level", "log_level", flags->log_level},
      {"--log-format", "log_format", flags->log_format},
      {"--open", "open", flags->open ? "true" : NULL},
  };
  const struct config_group *group = &config_groups[CONFIG_GROUP_SECTION];
  for (size_t g = 0; g < sizeof(given) / sizeof(given[0]); g++) {
    if (!given[g].text) continue;
    struct config_value value = {.kind = VALUE_TEXT, .text = given[g].text};
    for (size_t i = 0; i < group->count; i++)
      if (strcmp(group->fields[i].name, given[g].field) == 0)
        config_set(l, &group->fields[i], (struct config_where){"command line", given[g].flag}, &value);
  }
}
