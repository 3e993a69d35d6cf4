/* SPDX-License-Identifier: MIT */
/* Writing JSON. What JSON lacks is an object of one member whose name begins with $. */
#include "driver.h"

#include <math.h>

/* Without memory there is no test. */
static void put(yata_buf *out, const void *data, size_t len) {
  if (driver_put(out, data, len) < 0) exit(3);
}

void driver_json(yata_buf *out, const char *s) {
  put(out, s, strlen(s));
}

void driver_json_string(yata_buf *out, yata_slice s) {
  char hex[8];
  driver_json(out, "\"");
  for (size_t i = 0; i < s.len; i++) {
    if (s.data[i] < 0x20 || s.data[i] == '"' || s.data[i] == '\\') {
      snprintf(hex, sizeof(hex), "\\u%04x", s.data[i]);
      driver_json(out, hex);
    } else {
      put(out, s.data + i, 1);
    }
  }
  driver_json(out, "\"");
}

void driver_json_close(yata_buf *out, const char *end) {
  if (out->data[out->len - 1] == ',') out->len--;
  driver_json(out, end);
}

static void put_binary(yata_buf *out, yata_slice bytes) {
  char s[8];
  driver_json(out, "{\"$binary\":[");
  for (size_t i = 0; i < bytes.len; i++) {
    snprintf(s, sizeof(s), "%d,", bytes.data[i]);
    driver_json(out, s);
  }
  driver_json_close(out, "]}");
}

static void put_array(yata_buf *out, const yata_any *any) {
  driver_json(out, "[");
  for (size_t i = 0; i < any->u.array.len; i++) {
    driver_json_any(out, &any->u.array.items[i]);
    driver_json(out, ",");
  }
  driver_json_close(out, "]");
}

static void put_object(yata_buf *out, const yata_any *any) {
  driver_json(out, "{");
  for (size_t i = 0; i < any->u.object.len; i++) {
    driver_json_string(out, any->u.object.entries[i].key);
    driver_json(out, ":");
    driver_json_any(out, &any->u.object.entries[i].value);
    driver_json(out, ",");
  }
  driver_json_close(out, "}");
}

static void put_named(yata_buf *out, const char *name, const char *text) {
  driver_json(out, name);
  driver_json(out, text);
  driver_json(out, "\"}");
}

static void put_number(yata_buf *out, double v) {
  char s[64];
  snprintf(s, sizeof(s), "%.17g", v);
  if (isfinite(v) && !(v == 0 && signbit(v)))
    driver_json(out, s);
  else
    put_named(out, "{\"$number\":\"", isnan(v) ? "NaN" : v == 0 ? "-0" : v > 0 ? "Infinity" : "-Infinity");
}

void driver_json_any(yata_buf *out, const yata_any *any) {
  char s[64];
  switch (any->kind) {
  case YATA_ANY_NULL: driver_json(out, "null"); break;
  case YATA_ANY_BOOL: driver_json(out, any->u.boolean ? "true" : "false"); break;
  case YATA_ANY_NUMBER: put_number(out, any->u.number); break;
  case YATA_ANY_BIGINT:
    snprintf(s, sizeof(s), "%lld", (long long)any->u.bigint);
    put_named(out, "{\"$bigint\":\"", s);
    break;
  case YATA_ANY_STRING: driver_json_string(out, (yata_slice){any->u.bytes.data, any->u.bytes.len}); break;
  case YATA_ANY_JSON: put(out, any->u.bytes.data, any->u.bytes.len); break;
  case YATA_ANY_BINARY: put_binary(out, (yata_slice){any->u.bytes.data, any->u.bytes.len}); break;
  case YATA_ANY_ARRAY: put_array(out, any); break;
  case YATA_ANY_OBJECT: put_object(out, any); break;
  default: driver_json(out, "{\"$undefined\":1}");
  }
}

void driver_json_value(yata_buf *out, const yata_value *v) {
  if (v->type.slot != 0) {
    driver_json(out, "{\"$type\":1}");
  } else if (v->is_subdoc) {
    driver_json(out, "{\"$doc\":");
    driver_json_any(out, &v->any);
    driver_json(out, "}");
  } else {
    driver_json_any(out, &v->any);
  }
}
