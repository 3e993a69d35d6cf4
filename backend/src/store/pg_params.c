/* SPDX-License-Identifier: MIT */
#include "store/pg_params.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void pg_params_set(struct pg_params *p, const char *name, const char *value) {
  size_t at = 0;
  while (at < p->count && strcmp(p->names[at], name) != 0) at++;
  assert(at < PG_PARAMS_MAX);
  p->names[at] = name;
  p->values[at] = value;
  if (at == p->count) p->count++;
}

void pg_params_init(struct pg_params *p, const struct config_db *db) {
  *p = (struct pg_params){.count = 0};
  snprintf(p->port, sizeof p->port, "%u", db->port ? db->port : PG_PARAMS_PORT);
  pg_params_set(p, "host", db->host);
  pg_params_set(p, "port", p->port);
  pg_params_set(p, "user", db->user);
  pg_params_set(p, "password", db->password);
  pg_params_set(p, "dbname", db->database);
  pg_params_set(p, "sslmode", db->sslmode);
  pg_params_set(p, "gssencmode", "disable"); /* it would block */
  pg_params_set(p, "keepalives", "1");
  pg_params_set(p, "client_encoding", "UTF8");
}
