/* SPDX-License-Identifier: MIT */
#include "pg_server.h"

#include <stdio.h>
#include <stdlib.h>

static const char *tool(void) {
  const char *path = getenv("YOKE_PG_TEMP");
  return path ? path : "tools/pg-temp";
}

int pg_server_command(const char *verb, const char *dir, const char *more) {
  char command[512];
  snprintf(command, sizeof command, "'%s' %s '%s/pg' %s", tool(), verb, dir, more);
  return system(command) == 0 ? 0 : -1;
}

int pg_server_start(const char *dir, struct pg_server *out) {
  char command[512];
  snprintf(command, sizeof command, "'%s' start '%s/pg'", tool(), dir);
  FILE *pipe = popen(command, "r");
  if (!pipe) return -1;
  int fields = fscanf(pipe, "%63s %7s %63s %63s", out->host, out->port, out->user, out->database);
  int rc = pclose(pipe);
  return rc == 0 && fields == 4 ? 0 : -1;
}

struct config_db pg_server_config(struct pg_server *server) {
  static char sslmode[] = "disable";
  return (struct config_db){
      .host = server->host,
      .port = (uint16_t)atoi(server->port),
      .user = server->user,
      .database = server->database,
      .sslmode = sslmode,
  };
}
