/* SPDX-License-Identifier: MIT */
#include "net/head_guard.h"

#include <string.h>
#include <strings.h>

void head_guard_init(struct head_guard *g, size_t max_head, size_t max_body) {
  *g = (struct head_guard){.max_head = max_head, .max_body = max_body};
}

void head_guard_reset(struct head_guard *g) {
  buf_deinit(&g->line);
  head_guard_init(g, g->max_head, g->max_body);
}

void head_guard_deinit(struct head_guard *g) {
  buf_deinit(&g->line);
}

static void refuse(struct head_guard *g, int status, const char *detail) {
  g->status = status;
  g->detail = detail;
}

static bool is_token_char(uint8_t c) {
  return c > 0x20 && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static void check_method(struct head_guard *g, const char *method, size_t len) {
  static const struct {
    const char *name;
    bool body;
  } known[] = {{"GET", false},  {"HEAD", false},   {"POST", true},    {"PUT", true},
               {"PATCH", true}, {"DELETE", false}, {"OPTIONS", false}};
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
    if (strlen(known[i].name) == len && memcmp(known[i].name, method, len) == 0) {
      g->may_have_body = known[i].body;
      return;
    }
  }
  refuse(g, 501, "This method is not known here.");
}

static const char *last_space(const char *line, size_t len) {
  while (len && line[len - 1] != ' ') len--;
  return len ? line + len - 1 : NULL;
}

static void check_first_line(struct head_guard *g, const char *line, size_t len) {
  const char *space = memchr(line, ' ', len);
  const char *last = last_space(line, len);
  if (!space || last == space) {
    refuse(g, 400, "The request line is malformed.");
    return;
  }
  const char *version = last + 1;
  size_t version_len = len - (size_t)(version - line);
  if (version_len != 8 || memcmp(version, "HTTP/", 5) != 0) {
    refuse(g, 400, "The request line is malformed.");
    return;
  }
  g->http11 = memcmp(version, "HTTP/1.1", 8) == 0;
  if (!g->http11 && memcmp(version, "HTTP/1.0", 8) != 0) {
    refuse(g, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    return;
  }
  for (const char *p = space + 1; p < last; p++) {
    if ((uint8_t)*p <= 0x20 || *p == 0x7f) {
      refuse(g, 400, "The address in the request line is malformed.");
      return;
    }
  }
  bool star = last - space == 2 && space[1] == '*';
  bool absolute = strncmp(space + 1, "http://", 7) == 0 || strncmp(space + 1, "https://", 8) == 0;
  if (space[1] != '/' && !absolute && !star) {
    refuse(g, 400, "The address in the request line is malformed.");
    return;
  }
  check_method(g, line, (size_t)(space - line));
}

static void check_length(struct head_guard *g, const char *value, size_t len) {
  if (g->has_length) {
    refuse(g, 400, "Content-Length stands twice.");
    return;
  }
  g->has_length = true;
  if (len == 0) refuse(g, 400, "Content-Length is not a number.");
  for (size_t i = 0; i < len && !g->status; i++) {
    if (value[i] < '0' || value[i] > '9') {
      refuse(g, 400, "Content-Length is not a number.");
    } else if (g->length <= g->max_body) {
      g->length = g->length * 10 + (uint64_t)(value[i] - '0');
    }
  }
}

static void check_header(struct head_guard *g, const char *line, size_t len) {
  size_t name = 0;
  while (name < len && is_token_char((uint8_t)line[name])) name++;
  if (name == 0 || name == len || line[name] != ':') {
    refuse(g, 400, "A header line is malformed.");
    return;
  }
  const char *value = line + name + 1;
  const char *end = line + len;
  while (value < end && (*value == ' ' || *value == '\t')) value++;
  while (end > value && (end[-1] == ' ' || end[-1] == '\t')) end--;
  for (const char *p = value; p < end; p++) {
    if (((uint8_t)*p < 0x20 && *p != '\t') || *p == 0x7f) {
      refuse(g, 400, "A header value has control characters.");
      return;
    }
  }
  size_t value_len = (size_t)(end - value);
  if (name == 14 && strncasecmp(line, "content-length", 14) == 0) {
    check_length(g, value, value_len);
  } else if (name == 17 && strncasecmp(line, "transfer-encoding", 17) == 0) {
    if (g->has_chunked || value_len != 7 || strncasecmp(value, "chunked", 7) != 0)
      refuse(g, 501, "Only the transfer encoding \"chunked\" is understood.");
    g->has_chunked = true;
  } else if (name == 4 && strncasecmp(line, "host", 4) == 0) {
    if (g->has_host) refuse(g, 400, "The header Host stands twice.");
    g->has_host = true;
  }
}

static void check_whole_head(struct head_guard *g) {
  if (!g->first_line_done) {
    refuse(g, 400, "The request line is missing.");
  } else if (g->has_length && g->has_chunked) {
    refuse(g, 400, "Content-Length and Transfer-Encoding exclude each other.");
  } else if (g->has_chunked && !g->http11) {
    refuse(g, 400, "HTTP/1.0 has no Transfer-Encoding.");
  } else if (g->http11 && !g->has_host) {
    refuse(g, 400, "The header Host is missing.");
  } else if (!g->may_have_body && (g->has_chunked || g->length > 0)) {
    refuse(g, 400, "This method takes no body here.");
  } else if (g->length > g->max_body) {
    refuse(g, 413, "The request body is larger than this server accepts.");
  }
  g->complete = true;
}

static void take_line(struct head_guard *g) {
  size_t len = g->line.len;
  if (len && g->line.data[len - 1] == '\r') len--;
  const char *text = (const char *)g->line.data;
  if (len == 0) {
    check_whole_head(g);
  } else if (!g->first_line_done) {
    check_first_line(g, text, len);
    g->first_line_done = true;
  } else {
    check_header(g, text, len);
  }
  buf_clear(&g->line);
}

int head_guard_feed(struct head_guard *g, const uint8_t *data, size_t len) {
  while (len && !g->complete && !g->status) {
    const uint8_t *newline = memchr(data, '\n', len);
    size_t take = newline ? (size_t)(newline - data) + 1 : len;
    if (g->bytes + take > g->max_head) {
      refuse(g, 431, "The request's headers are larger than this server accepts.");
      break;
    }
    int err = buf_append(&g->line, data, newline ? take - 1 : take);
    if (err) return err;
    g->bytes += take;
    data += take;
    len -= take;
    if (newline) take_line(g);
  }
  if (g->complete) buf_deinit(&g->line);
  return 0;
}
