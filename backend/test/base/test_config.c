/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/support.h"

/* Each test runs in a folder of its own, so that ./config.json is its own. */
struct fixture {
  char dir[64];
  struct config config;
  struct buf error;
};

static int setup(void **state) {
  struct fixture *f = calloc(1, sizeof(*f));
  snprintf(f->dir, sizeof(f->dir), "/tmp/yoke-config-XXXXXX");
  if (!mkdtemp(f->dir) || chdir(f->dir) < 0) return -1;
  *state = f;
  return 0;
}

static int teardown(void **state) {
  struct fixture *f = *state;
  unlink("config.json");
  unlink("other.json");
  if (chdir("/") < 0 || rmdir(f->dir) < 0) return -1;
  config_deinit(&f->config);
  buf_deinit(&f->error);
  free(f);
  return 0;
}

static void write_file(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

static char *const no_environment[] = {NULL};

static int load_with(struct fixture *f, const struct config_flags *flags, char *const *environment) {
  config_deinit(&f->config);
  buf_clear(&f->error);
  int err = config_load(flags, environment, &f->config, &f->error);
  assert_int_equal(buf_append_byte(&f->error, 0), 0); /* a C string for the checks */
  return err;
}

static int load(struct fixture *f, char *const *environment) {
  return load_with(f, &(struct config_flags){0}, environment);
}

static void assert_error_has(const struct fixture *f, const char *text) {
  if (!strstr((const char *)f->error.data, text)) fail_msg("\"%s\" is not in: %s", text, (const char *)f->error.data);
}

static void assert_error_lacks(const struct fixture *f, const char *text) {
  if (strstr((const char *)f->error.data, text)) fail_msg("\"%s\" is in: %s", text, (const char *)f->error.data);
}

static void assert_refused(struct fixture *f, const char *json, const char *message) {
  write_file("config.json", json);
  assert_int_equal(load(f, no_environment), ERR_INVALID);
  assert_error_has(f, message);
}

static void without_any_configuration_the_defaults_hold(void **state) {
  struct fixture *f = *state;
  char *const environment[] = {"HOME=/home/rahul", NULL};
  assert_int_equal(load(f, environment), 0);
  assert_string_equal(f->config.environment, "PRODUCTION");
  assert_null(f->config.file);
  assert_string_equal(f->config.host, "127.0.0.1");
  assert_int_equal(f->config.port, 8000);
  assert_string_equal(f->config.data_dir, "/home/rahul/.local/share/yoke");
  assert_null(f->config.db.host);
  assert_int_equal(f->config.limits.members_max, 200);
  assert_int_equal(f->config.log_level, LOG_INFO);
}

static void the_data_folder_follows_the_service_and_then_xdg(void **state) {
  struct fixture *f = *state;
  char *const service[] = {"HOME=/root", "STATE_DIRECTORY=/var/lib/yoke:/var/lib/more", NULL};
  assert_int_equal(load(f, service), 0);
  assert_string_equal(f->config.data_dir, "/var/lib/yoke");
  char *const xdg[] = {"HOME=/root", "XDG_DATA_HOME=/data", NULL};
  assert_int_equal(load(f, xdg), 0);
  assert_string_equal(f->config.data_dir, "/data/yoke");
  assert_int_equal(load(f, no_environment), 0);
  assert_string_equal(f->config.data_dir, "/var/lib/yoke");
}

static void the_original_file_names_the_database(void **state) {
  struct fixture *f = *state;
  write_file("config.json",
             "{\"PRODUCTION\": {\"db_config\": {\"host\": \"db\", \"port\": 5433, \"user\": \"postgres\","
             " \"password\": \"secret\", \"database\": \"collab_db\"}}}");
  assert_int_equal(load(f, no_environment), 0);
  assert_string_equal(f->config.file, "config.json");
  assert_string_equal(f->config.db.host, "db");
  assert_int_equal(f->config.db.port, 5433);
  assert_string_equal(f->config.db.user, "postgres");
  assert_string_equal(f->config.db.password, "secret");
  assert_string_equal(f->config.db.database, "collab_db");
  assert_string_equal(f->config.db.sslmode, "prefer");
}

static void every_setting_of_the_file_is_taken(void **state) {
  struct fixture *f = *state;
  write_file("config.json",
             "{\"PRODUCTION\": {\"host\": \"0.0.0.0\", \"port\": 9000, \"open\": true, \"data_dir\": \"/d\","
             "\"web_dir\": \"/w\", \"public_url\": \"HTTPS://Code.Example.org:443/\", \"log_level\": \"warn\","
             "\"allowed_origins\": [\"http://A.example:3000\", \"http://[::1]:80\"], \"log_format\": \"json\","
             "\"limits\": {\"rooms_max\": 5}}}");
  assert_int_equal(load(f, no_environment), 0);
  const struct config *c = &f->config;
  assert_string_equal(c->host, "0.0.0.0");
  assert_int_equal(c->port, 9000);
  assert_true(c->open);
  assert_string_equal(c->data_dir, "/d");
  assert_string_equal(c->web_dir, "/w");
  assert_string_equal(c->public_url, "https://code.example.org");
  assert_int_equal(c->allowed_origin_count, 2);
  assert_string_equal(c->allowed_origins[0], "http://a.example:3000");
  assert_string_equal(c->allowed_origins[1], "http://[::1]");
  assert_int_equal(c->log_level, LOG_WARN);
  assert_int_equal(c->log_format, LOG_JSON);
  assert_int_equal(c->limits.rooms_max, 5);
}

static void flags_win_over_the_environment_and_that_over_the_file(void **state) {
  struct fixture *f = *state;
  write_file("config.json", "{\"PRODUCTION\": {\"port\": 1001, \"log_level\": \"warn\", \"log_format\": \"json\","
                            "\"allowed_origins\": [\"http://a\"]}}");
  char *const environment[] = {"YOKE_PORT=1002",
                               "YOKE_LOG_LEVEL=error",
                               "YOKE_ALLOWED_ORIGINS=http://b, http://c",
                               "YOKE_PUBLIC_URL=",
                               "YOKE_LIMIT_ROOMS_MAX=7",
                               "YOKE_TEST_ANYTHING=1",
                               NULL};
  assert_int_equal(load_with(f, &(struct config_flags){.port = "1003"}, environment), 0);
  assert_int_equal(f->config.port, 1003);
  assert_int_equal(f->config.log_level, LOG_ERROR);
  assert_int_equal(f->config.log_format, LOG_JSON);
  assert_int_equal(f->config.allowed_origin_count, 2);
  assert_string_equal(f->config.allowed_origins[1], "http://c");
  assert_null(f->config.public_url);
  assert_int_equal(f->config.limits.rooms_max, 7);
}

static void the_environment_alone_can_name_the_database(void **state) {
  struct fixture *f = *state;
  char *const environment[] = {"YOKE_DB_HOST=db",    "YOKE_DB_USER=u",          "YOKE_DB_DATABASE=d",
                               "YOKE_DB_PASSWORD=p", "YOKE_DB_SSLMODE=require", NULL};
  assert_int_equal(load(f, environment), 0);
  assert_int_equal(f->config.db.port, 5432);
  assert_string_equal(f->config.db.sslmode, "require");
  char *const half[] = {"YOKE_DB_USER=u", NULL};
  assert_int_equal(load(f, half), ERR_INVALID);
  assert_error_has(f, "database: db_config.host: missing");
  assert_error_has(f, "YOKE_DB_DATABASE");
}

static void what_is_refused_is_not_missing_as_well(void **state) {
  struct fixture *f = *state;
  assert_refused(f, "{\"PRODUCTION\": {\"db_config\": {\"host\": 5, \"user\": \"\"}}}",
                 "config.json: PRODUCTION.db_config.host: found 5; accepted: a text in quotes that is not empty");
  assert_error_has(f, "PRODUCTION.db_config.user: found \"\"");
  assert_error_lacks(f, "db_config.host: missing");
  assert_error_lacks(f, "db_config.user: missing");
  assert_error_has(f, "database: db_config.database: missing");
}

static void yoke_env_chooses_the_section(void **state) {
  struct fixture *f = *state;
  write_file("config.json", "{\"PRODUCTION\": {\"port\": 1}, \"STAGING\": {\"port\": 2}}");
  char *const staging[] = {"YOKE_ENV=STAGING", NULL}, *const unknown[] = {"YOKE_ENV=TEST", NULL};
  assert_int_equal(load(f, staging), 0);
  assert_int_equal(f->config.port, 2);
  assert_string_equal(f->config.environment, "STAGING");
  assert_int_equal(load(f, unknown), ERR_INVALID);
  assert_error_has(f, "config.json: no section \"TEST\", which YOKE_ENV asks for");
  assert_error_has(f, "PRODUCTION, STAGING");
  assert_refused(f, "{\"STAGING\": {}}", "no section \"PRODUCTION\"");
  write_file("config.json", "{}");
  assert_int_equal(load(f, no_environment), 0);
}

static void a_wrong_value_is_named_with_field_value_and_remedy(void **state) {
  struct fixture *f = *state;
  assert_refused(f, "{\"PRODUCTION\": {\"db_config\": {\"port\": \"5432\"}}}",
                 "config.json: PRODUCTION.db_config.port: found \"5432\"; accepted: a port number from 1 to 65535, "
                 "for example 5432, written without quotes");
  assert_refused(f, "{\"PRODUCTION\": {\"port\": 65536}}", "PRODUCTION.port: found 65536; accepted: a port number");
  assert_refused(f, "{\"PRODUCTION\": {\"port\": 0}}", "found 0;");
  assert_refused(f, "{\"PRODUCTION\": {\"port\": -1}}", "found -1;");
  assert_refused(f, "{\"PRODUCTION\": {\"port\": 8000.5}}", "found a number with a fraction;");
  assert_refused(f, "{\"PRODUCTION\": {\"port\": null}}", "found null;");
  assert_refused(f, "{\"PRODUCTION\": {\"host\": \"example.org\"}}", "found \"example.org\"; accepted: an IP address");
  assert_refused(f, "{\"PRODUCTION\": {\"open\": \"yes\"}}", "found \"yes\"; accepted: true or false");
  assert_refused(f, "{\"PRODUCTION\": {\"log_level\": \"loud\"}}", "debug, info, warn or error");
  assert_refused(f, "{\"PRODUCTION\": {\"log_format\": \"xml\"}}", "text or json");
  assert_refused(f, "{\"PRODUCTION\": {\"data_dir\": \"\"}}", "found \"\"; accepted: a text");
  assert_refused(f, "{\"PRODUCTION\": {\"limits\": {\"rooms_max\": 0}}}",
                 "PRODUCTION.limits.rooms_max: found 0; accepted: a whole number from 1 to 1000000000");
  assert_refused(f, "{\"PRODUCTION\": {\"limits\": []}}", "PRODUCTION.limits: accepted: an object");
  assert_refused(f, "{\"PRODUCTION\": {\"db_config\": {\"sslmode\": \"on\"}}}",
                 "disable, prefer, require or verify-full");
  assert_refused(f, "{\"PRODUCTION\": {\"public_url\": \"example.org\"}}", "found \"example.org\"");
  assert_refused(f, "{\"PRODUCTION\": {\"public_url\": \"https://example.org/path\"}}", "no path");
  assert_refused(f, "{\"PRODUCTION\": {\"allowed_origins\": [\"http://a\", \"*\"]}}",
                 "PRODUCTION.allowed_origins[1]: found \"*\"");
  assert_refused(f, "{\"PRODUCTION\": {\"port\": \"a\\nb\"}}", "found \"a\\x0ab\"");
}

static void an_unknown_field_is_refused_with_the_nearest_known_one(void **state) {
  struct fixture *f = *state;
  assert_refused(f, "{\"PRODUCTION\": {\"prot\": 1}}", "PRODUCTION.prot: unknown field; did you mean \"port\"?");
  assert_refused(f, "{\"PRODUCTION\": {\"db_confg\": {}}}", "did you mean \"db_config\"?");
  assert_refused(f, "{\"PRODUCTION\": {\"db_config\": {\"username\": \"x\"}}}", "did you mean \"user\"?");
  assert_refused(f, "{\"PRODUCTION\": {\"zzzzzzzzz\": 1}}", "unknown field; accepted: host, port, open");
  assert_refused(f, "{\"port\": 8000}", "config.json: port: settings stand inside a section");
  char *const environment[] = {"YOKE_PROT=1", NULL};
  unlink("config.json");
  assert_int_equal(load(f, environment), ERR_INVALID);
  assert_error_has(f, "environment variable: YOKE_PROT: unknown; did you mean YOKE_PORT?");
}

static void all_errors_are_reported_at_once(void **state) {
  struct fixture *f = *state;
  write_file("config.json", "{\"PRODUCTION\": {\"port\": 0, \"log_level\": 5, \"nme\": 1}}");
  char *const environment[] = {"YOKE_LIMIT_FILES_MAX=none", NULL};
  assert_int_equal(load_with(f, &(struct config_flags){.port = "http"}, environment), ERR_INVALID);
  assert_error_has(f, "PRODUCTION.port: found 0;");
  assert_error_has(f, "PRODUCTION.log_level: found 5;");
  assert_error_has(f, "PRODUCTION.nme: unknown field");
  assert_error_has(f, "environment variable: YOKE_LIMIT_FILES_MAX: found \"none\"");
  assert_error_has(f, "command line: --port: found \"http\"");
}

static void broken_json_is_named_with_line_and_column(void **state) {
  struct fixture *f = *state;
  assert_refused(f, "{\n  \"PRODUCTION\": {\n    \"port\": 8000,\n  }\n}\n", "config.json: line 4, column 3: ");
  assert_refused(f, "{\"PRODUCTION\": {\"port\": 1, \"port\": 2}}", "config.json: line 1, column ");
  assert_refused(f, "[]", "config.json: accepted: an object");
  assert_refused(f, "", "config.json: line 1, column 0");
}

static void a_named_file_must_exist_and_be_readable(void **state) {
  struct fixture *f = *state;
  assert_int_equal(load_with(f, &(struct config_flags){.config_file = "other.json"}, no_environment), ERR_NOT_FOUND);
  assert_error_has(f, "other.json: no such file");
  write_file("other.json", "{\"PRODUCTION\": {\"port\": 12}}");
  assert_int_equal(load_with(f, &(struct config_flags){.config_file = "other.json"}, no_environment), 0);
  assert_int_equal(f->config.port, 12);
  assert_int_equal(load_with(f, &(struct config_flags){.config_file = f->dir}, no_environment), ERR_IO);
}

static void an_open_address_must_be_meant(void **state) {
  struct fixture *f = *state;
  assert_refused(f, "{\"PRODUCTION\": {\"host\": \"0.0.0.0\"}}", "pass --open");
  assert_error_has(f, "no sign-in yet");
  assert_int_equal(load_with(f, &(struct config_flags){.open = true}, no_environment), 0);
  static const char *const loopback[] = {"localhost", "127.0.0.2", "::1"};
  for (size_t i = 0; i < COUNT_OF(loopback); i++)
    assert_int_equal(load_with(f, &(struct config_flags){.host = loopback[i]}, no_environment), 0);
  assert_int_equal(load_with(f, &(struct config_flags){.host = "::"}, no_environment), ERR_INVALID);
}

static void a_password_is_never_shown(void **state) {
  struct fixture *f = *state;
  assert_refused(f, "{\"PRODUCTION\": {\"db_config\": {\"password\": 834621}}}",
                 "db_config.password: found a value that");
  assert_error_lacks(f, "834621");
  assert_refused(f, "{\"PRODUCTION\": {\"db_config\": {\"password\": \"hunter2\" \"user\": 1}}}", "line 1");
  assert_error_lacks(f, "hunter2");
  assert_refused(f, "{\"PRODUCTION\": {\"public_url\": \"https://me:hunter2@example.org\"}}",
                 "public_url: found a value");
  assert_error_lacks(f, "hunter2");
  assert_refused(f, "{\"PRODUCTION\": {\"db_config\": \"postgres://me:hunter2@db\"}}",
                 "PRODUCTION.db_config: accepted");
  assert_error_lacks(f, "hunter2");
}

static void the_placeholder_of_the_example_gets_a_hint_of_its_own(void **state) {
  struct fixture *f = *state;
  const char *json = "{\"PRODUCTION\": {\"db_config\": {\"host\": \"db\", \"user\": \"u\", \"database\": \"d\","
                     "\"password\": \"*****\"}}}";
  assert_refused(f, json, "config.json: PRODUCTION.db_config.password: the asterisks are a placeholder");
  char *const environment[] = {"YOKE_DB_PASSWORD=real", NULL};
  assert_int_equal(load(f, environment), 0);
  assert_string_equal(f->config.db.password, "real");
}

static void the_printed_configuration_masks_the_password(void **state) {
  struct fixture *f = *state;
  char *const environment[] = {"YOKE_DB_HOST=db", "YOKE_DB_USER=u", "YOKE_DB_DATABASE=d", "YOKE_DB_PASSWORD=hunter2",
                               NULL};
  assert_int_equal(load(f, environment), 0);
  struct buf out = BUF_INIT;
  assert_int_equal(config_print(&f->config, &out), 0);
  assert_int_equal(buf_append_byte(&out, 0), 0);
  assert_null(strstr((char *)out.data, "hunter2"));
  assert_non_null(strstr((char *)out.data, "\"password\": \"(hidden)\""));
  assert_non_null(strstr((char *)out.data, "\"port\": 8000"));
  assert_non_null(strstr((char *)out.data, "\"document_max_bytes\": 67108864"));
  buf_deinit(&out);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(without_any_configuration_the_defaults_hold),
      TEST(the_data_folder_follows_the_service_and_then_xdg),
      TEST(the_original_file_names_the_database),
      TEST(every_setting_of_the_file_is_taken),
      TEST(flags_win_over_the_environment_and_that_over_the_file),
      TEST(the_environment_alone_can_name_the_database),
      TEST(what_is_refused_is_not_missing_as_well),
      TEST(yoke_env_chooses_the_section),
      TEST(a_wrong_value_is_named_with_field_value_and_remedy),
      TEST(an_unknown_field_is_refused_with_the_nearest_known_one),
      TEST(all_errors_are_reported_at_once),
      TEST(broken_json_is_named_with_line_and_column),
      TEST(a_named_file_must_exist_and_be_readable),
      TEST(an_open_address_must_be_meant),
      TEST(a_password_is_never_shown),
      TEST(the_placeholder_of_the_example_gets_a_hint_of_its_own),
      TEST(the_printed_configuration_masks_the_password),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
