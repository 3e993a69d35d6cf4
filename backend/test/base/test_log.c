/* SPDX-License-Identifier: MIT */
#include <jansson.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/support.h"

static char line[40000];

/* Logs go into a pipe; read back what one call wrote. */
static int begin(enum log_level min, enum log_format format) {
  int fds[2];
  assert_int_equal(pipe(fds), 0);
  log_init(fds[1], min, format);
  return fds[0] << 16 | fds[1];
}

static const char *end(int fds) {
  close(fds & 0xffff);
  ssize_t len = 0, got;
  while ((got = read(fds >> 16, line + len, sizeof(line) - 1 - (size_t)len)) > 0) len += got;
  line[len] = '\0';
  close(fds >> 16);
  log_init(STDERR_FILENO, LOG_INFO, LOG_TEXT);
  return line;
}

static void a_text_line_names_time_level_place_room_and_connection(void **state) {
  (void)state;
  int fds = begin(LOG_INFO, LOG_TEXT);
  log_write(LOG_WARN, "../../home/backend/app/backend/src/net/x.c", 123, LOG_CONN("room1", 7), "went %s", "away");
  const char *text = end(fds);
  assert_int_equal(strlen("2026-11-22T21:00:00.000Z"), 24);
  assert_int_equal(text[10], 'T');
  assert_int_equal(text[23], 'Z');
  assert_string_equal(text + 24, " WARN  backend/src/net/x.c:123 [room=room1 conn=7] went away\n");
}

static void what_is_below_the_level_is_not_written(void **state) {
  (void)state;
  int fds = begin(LOG_WARN, LOG_TEXT);
  log_info(LOG_NONE, "quiet");
  log_error(LOG_NONE, "loud");
  const char *text = end(fds);
  assert_null(strstr(text, "quiet"));
  assert_non_null(strstr(text, " ERROR backend/test/base/test_log.c:"));
  assert_non_null(strstr(text, " loud\n"));
}

static void bytes_of_a_client_cannot_forge_a_line(void **state) {
  (void)state;
  int fds = begin(LOG_INFO, LOG_TEXT);
  log_info(LOG_ROOM("a\nb"), "x\ny\x1b[31m\xff\xc2\x9bz é");
  const char *text = end(fds);
  assert_non_null(strstr(text, "[room=a\\x0ab] x\\x0ay\\x1b[31m\\xff\\x9bz é\n"));
  assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void a_json_line_is_one_object_whatever_the_text(void **state) {
  (void)state;
  int fds = begin(LOG_DEBUG, LOG_JSON);
  log_debug(LOG_CONN("r\"1", 9), "say \"hi\"\\\n\x01\xff\xc2\x85 😀");
  const char *text = end(fds);
  json_error_t error;
  json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, &error);
  if (!o) fail_msg("%s: %s", error.text, text);
  assert_string_equal(json_string_value(json_object_get(o, "level")), "debug");
  assert_string_equal(json_string_value(json_object_get(o, "file")), "backend/test/base/test_log.c");
  assert_string_equal(json_string_value(json_object_get(o, "room")), "r\"1");
  assert_int_equal(json_integer_value(json_object_get(o, "conn")), 9);
  assert_int_equal(strlen(json_string_value(json_object_get(o, "time"))), 24);
  assert_string_equal(json_string_value(json_object_get(o, "message")), "say \"hi\"\\\n\x01\xef\xbf\xbd\xc2\x85 😀");
  assert_true(json_integer_value(json_object_get(o, "line")) > 0);
  json_decref(o);
  assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void a_very_long_text_is_cut_and_stays_json(void **state) {
  (void)state;
  char *long_text = malloc(100001);
  memset(long_text, '\x02', 100000); /* six characters each in JSON */
  long_text[100000] = '\0';
  int fds = begin(LOG_INFO, LOG_JSON);
  log_info(LOG_NONE, "%s", long_text);
  const char *text = end(fds);
  json_t *o = json_loads(text, 0, NULL);
  assert_non_null(o);
  assert_non_null(strstr(json_string_value(json_object_get(o, "message")), "[cut]"));
  json_decref(o);
  free(long_text);
}

static void names_of_levels_and_formats_are_parsed(void **state) {
  (void)state;
  enum log_level level;
  enum log_format format;
  assert_int_equal(log_level_parse("error", &level), 0);
  assert_int_equal(level, LOG_ERROR);
  assert_int_equal(log_level_parse("ERROR", &level), ERR_INVALID);
  assert_int_equal(log_format_parse("json", &format), 0);
  assert_int_equal(format, LOG_JSON);
  assert_int_equal(log_format_parse("", &format), ERR_INVALID);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_text_line_names_time_level_place_room_and_connection),
      cmocka_unit_test(what_is_below_the_level_is_not_written),
      cmocka_unit_test(bytes_of_a_client_cannot_forge_a_line),
      cmocka_unit_test(a_json_line_is_one_object_whatever_the_text),
      cmocka_unit_test(a_very_long_text_is_cut_and_stays_json),
      cmocka_unit_test(names_of_levels_and_formats_are_parsed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
