/* SPDX-License-Identifier: MIT */
#include "net/path.h"

#include <string.h>

#include "base/utf8.h"

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static int decode(struct buf *out, const char *text, size_t len, bool plus_is_space) {
  size_t start = out->len;
  int err = buf_reserve(out, len + 1);
  if (err) return err;
  for (size_t i = 0; i < len; i++) {
    char c = text[i];
    if (c == '+' && plus_is_space) c = ' ';
    if (c == '%') {
      if (len - i < 3) return ERR_MALFORMED;
      int high = hex_digit(text[i + 1]);
      int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0 || (high | low) == 0) return ERR_MALFORMED;
      c = (char)(high << 4 | low);
      i += 2;
    }
    if (c == '\0') return ERR_MALFORMED;
    err = buf_append_byte(out, (uint8_t)c);
    if (err) return err;
  }
  if (!utf8_valid(out->data + start, out->len - start)) return ERR_MALFORMED;
  err = buf_append_byte(out, 0);
  if (!err) out->len--;
  return err;
}

int path_decode(struct buf *out, const char *text, size_t len) {
  return decode(out, text, len, false);
}

int path_query_value(const char *query, const char *name, struct buf *out) {
  size_t name_len = strlen(name);
  while (query && *query) {
    size_t len = strcspn(query, "&");
    if (len >= name_len && memcmp(query, name, name_len) == 0 && (len == name_len || query[name_len] == '=')) {
      size_t skip = len == name_len ? name_len : name_len + 1;
      return decode(out, query + skip, len - skip, true);
    }
    query += len;
    if (*query == '&') query++;
  }
  return ERR_NOT_FOUND;
}

int path_encode(struct buf *out, const char *text) {
  static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  for (; *text; text++) {
    int err = strchr(plain, *text) ? buf_append_byte(out, (uint8_t)*text)
                                   : buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    if (err) return err;
  }
  return 0;
}

bool path_is_safe(const char *decoded) {
  for (const char *p = decoded; *p; p++) {
    if ((unsigned char)*p < 0x20 || *p == 0x7f || *p == '\\') return false;
  }
  while (*decoded) {
    size_t len = strcspn(decoded, "/");
    if (len == 0 || (len == 1 && decoded[0] == '.') || (len == 2 && memcmp(decoded, "..", 2) == 0)) return false;
    decoded += len;
    if (*decoded == '/') decoded++;
  }
  return true;
}
