/* SPDX-License-Identifier: MIT */
#ifndef YOKE_BASE_CONFIG_PARTS_H
#define YOKE_BASE_CONFIG_PARTS_H

/* What the config_*.c files share; not for others. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/config.h"

/** Where a value was found, e.g. {"config.json", "PRODUCTION.port"}; borrowed. */
struct config_where {
  const char *source, *path;
};

enum config_type {
  CONFIG_ADDRESS,
  CONFIG_PORT,
  CONFIG_BOOL,
  CONFIG_TEXT,
  CONFIG_SECRET,
  CONFIG_URL,
  CONFIG_ORIGINS,
  CONFIG_LEVEL,
  CONFIG_FORMAT,
  CONFIG_SSLMODE,
  CONFIG_LIMIT
};

struct config_field {
  const char *name;
  enum config_type type;
  size_t offset;        /* of its place in struct config */
  uint64_t least, most; /* of a limit */
};

/** Fields of one JSON object; their variables are the prefix and the name in capitals. */
struct config_group {
  const char *name;   /* of the object; NULL: the section itself */
  const char *prefix; /* of the environment variables */
  const struct config_field *fields;
  size_t count;
};

extern const struct config_group config_groups[];
enum { CONFIG_GROUP_SECTION, CONFIG_GROUP_DB, CONFIG_GROUP_LIMITS, CONFIG_GROUP_COUNT };

/** A value as a source gives it. */
struct config_value {
  enum { VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL, VALUE_OTHER } kind;
  bool typed;       /* from JSON, where "8000" is not 8000; else text stands for all kinds */
  const char *text; /* VALUE_TEXT */
  int64_t number;   /* VALUE_NUMBER */
  bool flag;        /* VALUE_BOOL */
  const char *what; /* VALUE_OTHER: "an array", "null" ... */
};

struct config_loader {
  struct config *config;
  struct buf *problems;
  int err;                           /* the first; later values are still checked */
  bool db_given;                     /* db_config or a YOKE_DB_ variable was seen */
  char *secret_source, *secret_path; /* where the password in force comes from */
};

/** One line "source: path: found ...; accepted: ...". @found NULL: nothing to show. Sets loader->err to @err. */
void config_problem(struct config_loader *l, int err, struct config_where where, const char *found,
                    const char *accepted, ...) __attribute__((format(printf, 5, 6)));
void config_no_memory(struct config_loader *l);

/** @text in quotes, cut and with control characters escaped, into @out of @size bytes. */
void config_quote(const char *text, char *out, size_t size);

/** The name of @names most like @name, or NULL if none is alike. Borrowed from @names. */
const char *config_nearest(const char *name, const char *const *names, size_t count);
/** The same among a group's fields. */
const char *config_nearest_field(const char *name, const struct config_group *group);

/** Check the value and store it; a wrong one is a problem. CONFIG_ORIGINS: adds one origin, or a list with commas. */
void config_set(struct config_loader *l, const struct config_field *field, struct config_where where,
                const struct config_value *value);
void config_clear_origins(struct config *c);

/** scheme://host[:port] in lower case into a new string. ERR_INVALID, ERR_NOMEM. */
MUST_USE int config_origin_parse(const char *text, bool http_only, char **out);

/** The chosen section of the file at @path. A missing file is a problem if @must_exist. */
void config_read_file(struct config_loader *l, const char *path, bool must_exist, const char *section);
void config_read_environment(struct config_loader *l, char *const *environment);
void config_read_flags(struct config_loader *l, const struct config_flags *flags);

/** The value of a variable that is set and not empty, or NULL. Borrowed from @environment. */
const char *config_variable(char *const *environment, const char *name);

#endif
