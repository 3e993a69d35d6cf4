/* SPDX-License-Identifier: MIT */
#ifndef YOKE_STORE_PG_SCHEMA_H
#define YOKE_STORE_PG_SCHEMA_H

#define PG_SCHEMA_NEWEST 2
#define PG_SCHEMA_STEPS (1 + PG_SCHEMA_NEWEST)
#define PG_SCHEMA_LOCK "1500474213" /* "Yoke", key of the advisory lock */
#define PG_USE_LOCK "1500474214"    /* shared by the connections of every server; a restore takes it alone */

/**
 * Statements that bring any older database to the newest schema, in this
 * order, in one transaction that holds the advisory lock. Each does nothing
 * where it was done before. The table schema_version has a row for each version.
 */
extern const char *const pg_schema_steps[PG_SCHEMA_STEPS];

#endif
