/* SPDX-License-Identifier: MIT */
#include "base/config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/config_parts.h"
#include "base/text_field.h"

enum { DEFAULT_PORT = 8000, DEFAULT_DB_PORT = 5432 };

static void set_default(struct config_loader *l, char **place, const char *text) {
  if (*place) return;
  if (text_field_set(place, text)) config_no_memory(l);
}

static void default_data_dir(struct config_loader *l, char *const *environment) {
  char path[4096];
  const char *state = config_variable(environment, "STATE_DIRECTORY"); /* systemd's; the first of a list with colons */
  const char *data = config_variable(environment, "XDG_DATA_HOME");
  const char *home = config_variable(environment, "HOME");
  if (state && state[0] == '/') {
    snprintf(path, sizeof(path), "%.*s", (int)strcspn(state, ":"), state);
  } else if (data && data[0] == '/') {
    snprintf(path, sizeof(path), "%s/yoke", data);
  } else if (home && home[0] == '/') {
    snprintf(path, sizeof(path), "%s/.local/share/yoke", home);
  } else {
    snprintf(path, sizeof(path), "/var/lib/yoke");
  }
  set_default(l, &l->config->data_dir, path);
}

static bool is_loopback(const char *host) {
  struct in_addr v4;
  struct in6_addr v6;
  if (strcmp(host, "localhost") == 0) return true;
  if (inet_pton(AF_INET, host, &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return inet_pton(AF_INET6, host, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static void check_open(struct config_loader *l) {
  const struct config *c = l->config;
  if (!c->host || c->open || is_loopback(c->host)) return;
  config_problem(l, ERR_INVALID, (struct config_where){"host", c->host}, NULL,
                 "others can reach this address, and there is no sign-in yet: everyone who reaches it can read and "
                 "edit every room whose link they have. Accepted: 127.0.0.1, ::1 or localhost; pass --open (or set "
                 "\"open\": true, or YOKE_OPEN=true) if that is what you want");
}

static void require(struct config_loader *l, const char *value, const char *field, const char *variable) {
  if (value) return;
  config_problem(l, ERR_INVALID, (struct config_where){"database", field}, NULL,
                 "missing; accepted: a text. Add it to db_config or set %s", variable);
}

static void check_db(struct config_loader *l) {
  struct config_db *db = &l->config->db;
  if (!l->db_given) return;
  require(l, db->host, "db_config.host", "YOKE_DB_HOST");
  require(l, db->user, "db_config.user", "YOKE_DB_USER");
  require(l, db->database, "db_config.database", "YOKE_DB_DATABASE");
  if (db->port == 0) db->port = DEFAULT_DB_PORT;
  set_default(l, &db->sslmode, "prefer");
  bool placeholder = db->password && db->password[0] && strspn(db->password, "*") == strlen(db->password);
  if (placeholder && l->secret_source && l->secret_path)
    config_problem(l, ERR_INVALID, (struct config_where){l->secret_source, l->secret_path}, NULL,
                   "the asterisks are a placeholder; accepted: the password of the database user. Put it in their "
                   "place, or set YOKE_DB_PASSWORD");
}

int config_load(const struct config_flags *flags, char *const *environment, struct config *out, struct buf *error) {
  *out = (struct config){.port = DEFAULT_PORT, .log_level = LOG_INFO, .log_format = LOG_TEXT, .limits = LIMITS_DEFAULT};
  struct config_loader l = {.config = out, .problems = error};
  const char *section = config_variable(environment, "YOKE_ENV");
  config_read_file(&l, flags->config_file ? flags->config_file : "config.json", flags->config_file != NULL, section);
  config_read_environment(&l, environment);
  config_read_flags(&l, flags);
  set_default(&l, &out->environment, section ? section : "PRODUCTION");
  set_default(&l, &out->host, "127.0.0.1");
  default_data_dir(&l, environment);
  check_open(&l);
  check_db(&l);
  free(l.secret_source);
  free(l.secret_path);
  if (l.err) config_deinit(out);
  return l.err;
}

void config_deinit(struct config *c) {
  char *owned[] = {c->environment, c->file,    c->host,        c->data_dir,    c->web_dir,   c->public_url,
                   c->db.host,     c->db.user, c->db.password, c->db.database, c->db.sslmode};
  for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) free(owned[i]);
  config_clear_origins(c);
  *c = (struct config){0};
}
