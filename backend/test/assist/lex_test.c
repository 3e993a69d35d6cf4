/* SPDX-License-Identifier: MIT */
/* Where code is and where it is not, in each language. */
#include "fixture.h"

#include <stdio.h>

#include "assist/lex.h"

static void nothing_is_suggested_inside_python_strings_and_comments(void **state) {
  (void)state;
  fixture_expect_quiet("python", "name = 'na|'");
  fixture_expect_quiet("python", "name = \"na|");
  fixture_expect_quiet("python", "name = 1 # na|");
  fixture_expect_quiet("python", "name = '''a\nna|\nb'''");
  fixture_expect_quiet("python", "name = rb\"na|\"");
  fixture_expect_quiet("python", "name = 'it\\'s na|'");
  fixture_expect_quiet("python", "name = \"\"\"a \" b\nna|");
}

static void code_goes_on_after_python_strings(void **state) {
  (void)state;
  fixture_expect("python", "name = ''\nna|", "name");
  fixture_expect("python", "name = ''''''\nna|", "name");
  fixture_expect("python", "name = 'not closed\nna|", "name");
  fixture_expect("python", "name = r'\\d' + na|", "name");
  fixture_expect("python", "# comment\r\nname = 1\r\nna|", "name");
}

static void fields_of_python_f_strings_are_code(void **state) {
  (void)state;
  fixture_expect("python", "name = 1\nf'{na|}'", "name");
  fixture_expect("python", "name = 1\nf'text {na|", "name");
  fixture_expect("python", "name = 1\nF'''{a}\n{na|}'''", "name");
  fixture_expect("python", "name = 1\nf'{a:>{na|}}'", "name");
  fixture_expect("python", "name = 1\nf\"{d['k']} {na|}\"", "name");
  fixture_expect("python", "name = f'{1}'\nna|", "name");
  fixture_expect("python", "f'{1:>{2}} text'\nname = 1\nna|", "name");
  fixture_expect("python", "name = f'{never_closed\nna|", "name");
  fixture_expect_quiet("python", "name = 1\nf'na|'");
  fixture_expect_quiet("python", "name = 1\nf'{{na|}}'");
  fixture_expect_quiet("python", "name = 1\nf'{a} na|'");
  fixture_expect_quiet("python", "name = 1\nf'{a:na|}'");
  fixture_expect_quiet("python", "name = 1\nf'{a:>{b}na|}'");
}

static void nothing_is_suggested_inside_javascript_strings_and_comments(void **state) {
  (void)state;
  fixture_expect_quiet("javascript", "let name = 'na|'");
  fixture_expect_quiet("javascript", "let name = \"na|\"");
  fixture_expect_quiet("javascript", "let name; // na|");
  fixture_expect_quiet("javascript", "let name; /* a\nna| */");
  fixture_expect_quiet("javascript", "let name = `a\nna|`");
  fixture_expect_quiet("javascript", "let name = `${a} na|`");
  fixture_expect_quiet("javascript", "let name = `\\${na|`");
  fixture_expect_quiet("javascript", "#!/usr/bin/env na|\nlet name");
}

static void fields_of_javascript_templates_are_code(void **state) {
  (void)state;
  fixture_expect("javascript", "let name; `a ${na|} b`", "name");
  fixture_expect("javascript", "let name; `${ {a: {}}, na| }`", "name");
  fixture_expect("javascript", "let name; `${ `${na|}` }`", "name");
  fixture_expect("javascript", "let name = `${ `${1}` } text`; na|", "name");
  fixture_expect_quiet("javascript", "let name; `${ `na|` }`");
}

static void javascript_tells_a_regular_expression_from_a_division(void **state) {
  (void)state;
  fixture_expect_quiet("javascript", "let name = /na|/");
  fixture_expect_quiet("javascript", "let name = /[/]na|/");
  fixture_expect_quiet("javascript", "return /na|/g");
  fixture_expect_quiet("javascript", "let name; `${ /na|/ }`");
  fixture_expect("javascript", "let name; 1 / na| / 2", "name");
  fixture_expect("javascript", "let name; a / na| / 2", "name");
  fixture_expect("javascript", "let name; f(a) / na| / 2", "name");
  fixture_expect("javascript", "let name = /'/; na|", "name");
  fixture_expect("javascript", "let name = <p>a</p>; na|", "name");
}

static void nothing_is_suggested_inside_c_strings_and_comments(void **state) {
  (void)state;
  fixture_expect_quiet("c", "int name; char *s = \"na|\";");
  fixture_expect_quiet("c", "int name; char *s = u8\"na|\";");
  fixture_expect_quiet("c", "int name; int c = 'na|';");
  fixture_expect_quiet("c", "int name; // a \\\n na|");
  fixture_expect_quiet("c", "int name; /* na|");
  fixture_expect_quiet("c", "#include <na|>\nint name;");
  fixture_expect("c", "int name; /* a */ na|", "name");
  fixture_expect("c", "#error don't\nint name; na|", "name");
  fixture_expect("c", "int name; int c = '\\''; na|", "name");
}

static void preprocessor_directives_are_suggested_after_a_hash(void **state) {
  (void)state;
  fixture_expect("c", "#inc|", "include");
  fixture_expect("cpp", "  # |", "ifdef");
  fixture_expect_no("c", "#d|", "double");
  fixture_expect_kind("c", "#define LIMIT 4\nint a = LI|", "LIMIT", ASSIST_CONSTANT);
  fixture_expect_no("c", "#include <x>\nint a = in|", "include");
}

static void raw_strings_of_cpp_end_at_their_delimiter(void **state) {
  (void)state;
  fixture_expect_quiet("cpp", "int name; auto s = R\"x( \" )\" na| )x\";");
  fixture_expect("cpp", "int name; auto s = R\"x( \" )\" )x\"; na|", "name");
  fixture_expect("cpp", "int name; auto s = LR\"( ' \" )\"; na|", "name");
  fixture_expect("cpp", "int name = 1'000'000; na|", "name");
}

static void strings_of_go_and_java_are_known(void **state) {
  (void)state;
  fixture_expect_quiet("go", "var name = `a\\` + \"na|\"");
  fixture_expect_quiet("go", "var name = `a\nna|`");
  fixture_expect("go", "var name = `\\`; na|", "name");
  fixture_expect_quiet("java", "int name; var s = \"\"\"\n \"a\" na|\n\"\"\";");
  fixture_expect("java", "int name; var s = \"\"\"\n \"\n\"\"\"; na|", "name");
  fixture_expect_quiet("java", "int name; // na|");
}

static void rust_lifetimes_are_no_characters(void **state) {
  (void)state;
  fixture_expect("rust", "fn f<'a>(name: &'a str) { na| }", "name");
  fixture_expect("rust", "let name = 'x'; na|", "name");
  fixture_expect("rust", "let name = '\\''; na|", "name");
  fixture_expect("rust", "let name = '\xC3\xA9'; na|", "name");
  fixture_expect("rust", "let name = b'\"'; na|", "name");
  fixture_expect_quiet("rust", "let name: &'na|");
}

static void rust_comments_nest_and_raw_strings_count_hashes(void **state) {
  (void)state;
  fixture_expect_quiet("rust", "let name; /* a /* b */ na| */");
  fixture_expect("rust", "let name; /* a /* b */ c */ na|", "name");
  fixture_expect_quiet("rust", "let name = r#\"a \" na| \"#;");
  fixture_expect("rust", "let name = br##\" \"# \"##; na|", "name");
  fixture_expect_quiet("rust", "let name = \"a\nna|\"");
  fixture_expect("rust", "let r#type = 1; ty|", "type");
}

static void nothing_is_suggested_inside_a_number(void **state) {
  (void)state;
  fixture_expect_quiet("python", "name = 12|");
  fixture_expect_quiet("python", "e10 = 1e|");
  fixture_expect_quiet("c", "int xf; int a = 0xf|f;");
  fixture_expect_quiet("rust", "let u8x = 1_000u|8;");
  fixture_expect_quiet("javascript", "a.length; 1.|");
  fixture_expect_quiet("plaintext", "words 12|");
  fixture_expect("python", "name1 = 2\nname1|", "name1");
}

static void words_of_strings_and_comments_are_not_gathered(void **state) {
  (void)state;
  fixture_expect_no("python", "a = 'needle' # needle\n'''needle'''\nnee|", "needle");
  fixture_expect_no("javascript", "`needle ${a} needle`; /needle/; nee|", "needle");
  fixture_expect_no("c", "/* needle */ \"needle\"; nee|", "needle");
  fixture_expect_no("rust", "r#\"needle\"#; &'needle; nee|", "needle");
  fixture_expect("javascript", "`${needle}`; nee|", "needle");
}

static struct assist_list ask_nested(size_t depth, const char *tail) {
  static char code[4096];
  size_t len = 0;
  for (size_t i = 0; i < depth; i++) len += (size_t)sprintf(code + len, "`${");
  sprintf(code + len, "%s", tail);
  return fixture_ask("javascript", code);
}

static void nesting_past_the_limit_is_read_as_string(void **state) {
  (void)state;
  struct assist_list list = ask_nested(LEX_DEPTH_MAX, "name; na|");
  assert_non_null(fixture_find(&list, "name"));
  assist_list_clear(&list);
  list = ask_nested(LEX_DEPTH_MAX + 1, "name; na|");
  assert_int_equal(list.count, 0);
  assist_list_clear(&list);
  list = ask_nested(1000, "|");
  assist_list_clear(&list);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_is_suggested_inside_python_strings_and_comments),
      cmocka_unit_test(code_goes_on_after_python_strings),
      cmocka_unit_test(fields_of_python_f_strings_are_code),
      cmocka_unit_test(nothing_is_suggested_inside_javascript_strings_and_comments),
      cmocka_unit_test(fields_of_javascript_templates_are_code),
      cmocka_unit_test(javascript_tells_a_regular_expression_from_a_division),
      cmocka_unit_test(nothing_is_suggested_inside_c_strings_and_comments),
      cmocka_unit_test(preprocessor_directives_are_suggested_after_a_hash),
      cmocka_unit_test(raw_strings_of_cpp_end_at_their_delimiter),
      cmocka_unit_test(strings_of_go_and_java_are_known),
      cmocka_unit_test(rust_lifetimes_are_no_characters),
      cmocka_unit_test(rust_comments_nest_and_raw_strings_count_hashes),
      cmocka_unit_test(nothing_is_suggested_inside_a_number),
      cmocka_unit_test(words_of_strings_and_comments_are_not_gathered),
      cmocka_unit_test(nesting_past_the_limit_is_read_as_string),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
