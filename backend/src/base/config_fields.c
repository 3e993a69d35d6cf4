/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"
#include "base/text_field.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct config_field section_fields[] = {
    {"host", CONFIG_ADDRESS, offsetof(struct config, host), 0, 0},
    {"port", CONFIG_PORT, offsetof(struct config, port), 0, 0},
    {"open", CONFIG_BOOL, offsetof(struct config, open), 0, 0},
    {"data_dir", CONFIG_TEXT, offsetof(struct config, data_dir), 0, 0},
    {"web_dir", CONFIG_TEXT, offsetof(struct config, web_dir), 0, 0},
    {"public_url", CONFIG_URL, offsetof(struct config, public_url), 0, 0},
    {"allowed_origins", CONFIG_ORIGINS, offsetof(struct config, allowed_origins), 0, 0},
    {"log_level", CONFIG_LEVEL, offsetof(struct config, log_level), 0, 0},
    {"log_format", CONFIG_FORMAT, offsetof(struct config, log_format), 0, 0},
};

static const struct config_field db_fields[] = {
    {"host", CONFIG_TEXT, offsetof(struct config, db.host), 0, 0},
    {"port", CONFIG_PORT, offsetof(struct config, db.port), 0, 0},
    {"user", CONFIG_TEXT, offsetof(struct config, db.user), 0, 0},
    {"password", CONFIG_SECRET, offsetof(struct config, db.password), 0, 0},
    {"database", CONFIG_TEXT, offsetof(struct config, db.database), 0, 0},
    {"sslmode", CONFIG_SSLMODE, offsetof(struct config, db.sslmode), 0, 0},
};

static const struct config_field limit_fields[] = {
#define LIMIT_FIELD(field, value, least, most, text)                                                                   \
  {#field, CONFIG_LIMIT, offsetof(struct config, limits.field), least, most},
    LIMITS_TABLE(LIMIT_FIELD)
#undef LIMIT_FIELD
};

const struct config_group config_groups[CONFIG_GROUP_COUNT] = {
    {NULL, "YOKE_", section_fields, COUNT_OF(section_fields)},
    {"db_config", "YOKE_DB_", db_fields, COUNT_OF(db_fields)},
    {"limits", "YOKE_LIMIT_", limit_fields, COUNT_OF(limit_fields)},
};

static void *place_of(struct config_loader *l, const struct config_field *field) {
  return (char *)l->config + field->offset;
}

static void reject(struct config_loader *l, const struct config_field *field, struct config_where where,
                   const struct config_value *value, const char *accepted) {
  char shown[256];
  /* An address with an @ may hold a password. */
  bool hidden = field->type == CONFIG_SECRET ||
                (field->type != CONFIG_LIMIT && value->kind == VALUE_TEXT && strchr(value->text, '@'));
  if (hidden) {
    snprintf(shown, sizeof(shown), "a value that is not shown");
  } else if (value->kind == VALUE_TEXT) {
    config_quote(value->text, shown, sizeof(shown));
  } else if (value->kind == VALUE_NUMBER) {
    snprintf(shown, sizeof(shown), "%" PRId64, value->number);
  } else {
    snprintf(shown, sizeof(shown), "%s", value->kind == VALUE_OTHER ? value->what : value->flag ? "true" : "false");
  }
  config_problem(l, ERR_INVALID, where, shown, "accepted: %s", accepted);
}

static bool read_number(const struct config_value *value, uint64_t *out) {
  if (value->kind == VALUE_NUMBER) {
    *out = (uint64_t)value->number;
    return value->number >= 0;
  }
  if (value->kind != VALUE_TEXT || value->typed) return false;
  size_t len = strlen(value->text);
  if (len == 0 || len > 18 || strspn(value->text, "0123456789") != len) return false;
  *out = strtoull(value->text, NULL, 10);
  return true;
}

static const char *unquoted(const struct config_value *value) {
  return value->typed && value->kind == VALUE_TEXT ? ", written without quotes" : "";
}

static void set_port(struct config_loader *l, const struct config_field *field, struct config_where where,
                     const struct config_value *value) {
  uint64_t number;
  if (read_number(value, &number) && number >= 1 && number <= UINT16_MAX) {
    *(uint16_t *)place_of(l, field) = (uint16_t)number;
    return;
  }
  char accepted[128];
  snprintf(accepted, sizeof(accepted), "a port number from 1 to 65535, for example %s%s",
           field->offset == offsetof(struct config, port) ? "8000" : "5432", unquoted(value));
  reject(l, field, where, value, accepted);
}

static void set_limit(struct config_loader *l, const struct config_field *field, struct config_where where,
                      const struct config_value *value) {
  uint64_t number;
  if (read_number(value, &number) && number >= field->least && number <= field->most) {
    *(uint64_t *)place_of(l, field) = number;
    return;
  }
  char accepted[192];
  snprintf(accepted, sizeof(accepted), "a whole number from %" PRIu64 " to %" PRIu64 "%s; leave it out for the default",
           field->least, field->most, unquoted(value));
  reject(l, field, where, value, accepted);
}

static void set_bool(struct config_loader *l, const struct config_field *field, struct config_where where,
                     const struct config_value *value) {
  bool *place = place_of(l, field);
  if (value->kind == VALUE_BOOL) {
    *place = value->flag;
    return;
  }
  bool loose = value->kind == VALUE_TEXT && !value->typed;
  if (loose && (strcmp(value->text, "true") == 0 || strcmp(value->text, "1") == 0)) {
    *place = true;
  } else if (loose && (strcmp(value->text, "false") == 0 || strcmp(value->text, "0") == 0)) {
    *place = false;
  } else {
    reject(l, field, where, value, value->typed ? "true or false, without quotes" : "true or false");
  }
}

static void store_text(struct config_loader *l, const struct config_field *field, const char *text) {
  if (text_field_set(place_of(l, field), text)) config_no_memory(l);
}

static void set_secret(struct config_loader *l, const struct config_field *field, struct config_where where,
                       const struct config_value *value) {
  if (value->kind != VALUE_TEXT) {
    reject(l, field, where, value, "the password as a text in quotes");
    return;
  }
  store_text(l, field, value->text);
  if (text_field_set(&l->secret_source, where.source) || text_field_set(&l->secret_path, where.path))
    config_no_memory(l);
}

static bool is_address(const char *text) {
  struct in6_addr address;
  return strcmp(text, "localhost") == 0 || inet_pton(AF_INET, text, &address) == 1 ||
         inet_pton(AF_INET6, text, &address) == 1;
}

static bool is_sslmode(const char *text) {
  static const char *const modes[] = {"disable", "prefer", "require", "verify-full"};
  for (size_t i = 0; i < COUNT_OF(modes); i++)
    if (strcmp(text, modes[i]) == 0) return true;
  return false;
}

static void set_checked_text(struct config_loader *l, const struct config_field *field, struct config_where where,
                             const struct config_value *value, bool (*check)(const char *), const char *accepted) {
  if (value->kind == VALUE_TEXT && value->text[0] && check(value->text)) {
    store_text(l, field, value->text);
  } else {
    reject(l, field, where, value, accepted);
  }
}

static void set_text(struct config_loader *l, const struct config_field *field, struct config_where where,
                     const struct config_value *value) {
  if (value->kind == VALUE_TEXT && value->text[0]) {
    store_text(l, field, value->text);
    return;
  }
  reject(l, field, where, value, "a text in quotes that is not empty");
  store_text(l, field, ""); /* Refused, so that it is not reported as missing as well. */
}

static void set_url(struct config_loader *l, const struct config_field *field, struct config_where where,
                    const struct config_value *value) {
  char *origin = NULL;
  int err = value->kind == VALUE_TEXT ? config_origin_parse(value->text, true, &origin) : ERR_INVALID;
  if (err == ERR_NOMEM) {
    config_no_memory(l);
  } else if (err) {
    reject(l, field, where, value,
           "the address that browsers use, http:// or https:// with a name and perhaps a port, no path; "
           "for example https://code.example.org");
  } else {
    char **place = place_of(l, field);
    free(*place);
    *place = origin;
  }
}

void config_clear_origins(struct config *c) {
  for (size_t i = 0; i < c->allowed_origin_count; i++) free(c->allowed_origins[i]);
  free(c->allowed_origins);
  c->allowed_origins = NULL;
  c->allowed_origin_count = 0;
}

/* Takes @origin. */
static void add_origin(struct config_loader *l, char *origin) {
  struct config *c = l->config;
  char **list = realloc(c->allowed_origins, (c->allowed_origin_count + 1) * sizeof(*list));
  if (!list) {
    free(origin);
    config_no_memory(l);
    return;
  }
  c->allowed_origins = list;
  list[c->allowed_origin_count++] = origin;
}

static void set_origin(struct config_loader *l, const struct config_field *field, struct config_where where,
                       const struct config_value *value) {
  char *origin = NULL;
  int err = value->kind == VALUE_TEXT ? config_origin_parse(value->text, false, &origin) : ERR_INVALID;
  if (err == ERR_NOMEM) {
    config_no_memory(l);
  } else if (err) {
    reject(l, field, where, value,
           "scheme://host or scheme://host:port, no path and no *; for example https://code.example.org");
  } else {
    add_origin(l, origin);
  }
}

/* "a, b" of a variable: replaces what was there before. */
static void set_origin_list(struct config_loader *l, const struct config_field *field, struct config_where where,
                            const struct config_value *value) {
  char *list = strdup(value->text), *rest = list;
  if (!list) {
    config_no_memory(l);
    return;
  }
  config_clear_origins(l->config);
  for (char *one; (one = strsep(&rest, ", ")) != NULL;) {
    struct config_value origin = {.kind = VALUE_TEXT, .text = one};
    if (one[0]) set_origin(l, field, where, &origin);
  }
  free(list);
}

void config_set(struct config_loader *l, const struct config_field *field, struct config_where where,
                const struct config_value *value) {
  bool text = value->kind == VALUE_TEXT;
  switch (field->type) {
  case CONFIG_ADDRESS:
    set_checked_text(l, field, where, value, is_address,
                     "an IP address or \"localhost\"; for example 127.0.0.1, or 0.0.0.0 with --open");
    break;
  case CONFIG_TEXT: set_text(l, field, where, value); break;
  case CONFIG_SSLMODE:
    set_checked_text(l, field, where, value, is_sslmode, "disable, prefer, require or verify-full");
    break;
  case CONFIG_PORT: set_port(l, field, where, value); break;
  case CONFIG_LIMIT: set_limit(l, field, where, value); break;
  case CONFIG_BOOL: set_bool(l, field, where, value); break;
  case CONFIG_SECRET: set_secret(l, field, where, value); break;
  case CONFIG_URL: set_url(l, field, where, value); break;
  case CONFIG_ORIGINS:
    if (text && !value->typed) {
      set_origin_list(l, field, where, value);
    } else {
      set_origin(l, field, where, value);
    }
    break;
  case CONFIG_LEVEL:
    if (!text || log_level_parse(value->text, place_of(l, field)))
      reject(l, field, where, value, "debug, info, warn or error");
    break;
  case CONFIG_FORMAT:
    if (!text || log_format_parse(value->text, place_of(l, field))) reject(l, field, where, value, "text or json");
    break;
  }
}
