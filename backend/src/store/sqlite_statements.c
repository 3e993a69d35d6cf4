/* SPDX-License-Identifier: MIT */
#include "store/sqlite_statements.h"

#include <stddef.h>
#include <string.h>

static const char *const statement_sql[STMT_COUNT] = {
#define STATEMENT_SQL(name, sql) [STMT_##name] = sql,
    STATEMENTS(STATEMENT_SQL)
#undef STATEMENT_SQL
};

int sqlite_statements_prepare(struct sqlite_statements *s) {
  int rc = SQLITE_OK;
  for (size_t i = 0; i < STMT_COUNT && rc == SQLITE_OK; i++)
    rc = sqlite3_prepare_v3(s->handle, statement_sql[i], -1, SQLITE_PREPARE_PERSISTENT, &s->prepared[i], NULL);
  return rc;
}

void sqlite_statements_finalize(struct sqlite_statements *s) {
  for (size_t i = 0; i < STMT_COUNT; i++) sqlite3_finalize(s->prepared[i]);
  memset(s->prepared, 0, sizeof s->prepared);
}

int sqlite_run(struct sqlite_statements *s, enum sqlite_statement which, int *rows) {
  sqlite3_stmt *stmt = s->prepared[which];
  int returned = 0, rc;
  while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) returned++;
  if (rows) *rows = sqlite3_stmt_readonly(stmt) ? returned : sqlite3_changes(s->handle);
  rc = rc == SQLITE_DONE ? SQLITE_OK : rc;
  int reset = sqlite3_reset(stmt);
  sqlite3_clear_bindings(stmt);
  return rc != SQLITE_OK ? rc : reset;
}
