/* SPDX-License-Identifier: MIT */
/* What is suggested in code, and in which order. */
#include "fixture.h"

#include <string.h>

static void a_prefix_finds_names_before_and_after_the_cursor(void **state) {
  (void)state;
  fixture_expect("python", "total_count = 1\nto|", "total_count");
  fixture_expect("python", "to|\ntotal_count = 1", "total_count");
  fixture_expect_no("python", "other = 1\nto|", "other");
}

static void humps_find_names(void **state) {
  (void)state;
  fixture_expect_first("javascript", "getUserName; gunner; gUN|", "getUserName");
  fixture_expect("javascript", "getUserName; gun|", "getUserName");
  fixture_expect_first("python", "my_func = 1\nmf|", "my_func");
  fixture_expect_first("python", "my_func = 1\nmfu|", "my_func");
  fixture_expect_no("python", "my_func = 1\nmc|", "my_func");
}

static void the_typed_case_comes_first(void **state) {
  (void)state;
  fixture_expect_first("java", "Room room; Ro|", "Room");
  fixture_expect_first("java", "Room room; ro|", "room");
}

static void the_word_at_the_cursor_does_not_suggest_itself(void **state) {
  (void)state;
  fixture_expect_no("python", "unheard|", "unheard");
  fixture_expect_no("python", "unh|eard = 1", "unheard");
  fixture_expect_no("python", "|unheard = 1", "unheard");
  fixture_expect("python", "unheard = 1\nunheard|", "unheard");
}

static void names_used_more_come_first(void **state) {
  (void)state;
  fixture_expect_first("c", "abb; aba; aba; aba; aba; abb; ab|", "aba");
}

static void of_names_used_alike_the_nearest_comes_first(void **state) {
  (void)state;
  fixture_expect_first("c", "aba; int a_good_deal_of_code_in_between; abc; ab|", "abc");
  fixture_expect_first("c", "ab| ; abc; int a_good_deal_of_code_in_between; aba;", "abc");
}

static void own_names_come_before_the_language_s_words(void **state) {
  (void)state;
  struct assist_list list = fixture_ask("python", "result = 1\nre|");
  assert_int_equal(fixture_index(&list, "result"), 0);
  assert_true(fixture_index(&list, "return") < fixture_index(&list, "repr"));
  assist_list_clear(&list);
}

static void every_language_suggests_its_keywords_and_built_ins(void **state) {
  (void)state;
  static const char *const cases[][3] = {
      {"python", "lam|", "lambda"},
      {"python", "prin|", "print"},
      {"javascript", "ty|", "typeof"},
      {"javascript", "cons|", "console"},
      {"typescript", "reado|", "readonly"},
      {"typescript", "wh|", "while"},
      {"c", "vol|", "volatile"},
      {"c", "mall|", "malloc"},
      {"cpp", "const|", "constexpr"},
      {"cpp", "sizeo|", "sizeof"},
      {"go", "fall|", "fallthrough"},
      {"go", "app|", "append"},
      {"rust", "unsa|", "unsafe"},
      {"rust", "println|", "println"},
      {"java", "synch|", "synchronized"},
      {"java", "ArrayL|", "ArrayList"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) fixture_expect(cases[i][0], cases[i][1], cases[i][2]);
}

static void details_say_where_a_suggestion_comes_from(void **state) {
  (void)state;
  struct assist_list list = fixture_ask("python", "prize = 1\nprize\nprize\nprior\nprint()\npr|");
  assert_string_equal(fixture_find(&list, "prize")->detail, "used 3 times");
  assert_string_equal(fixture_find(&list, "prior")->detail, "used once");
  assert_string_equal(fixture_find(&list, "print")->detail, "built-in, used once");
  assert_string_equal(fixture_find(&list, "property")->detail, "built-in");
  assist_list_clear(&list);
  list = fixture_ask("python", "whi|");
  assert_string_equal(fixture_find(&list, "while")->detail, "keyword");
  assist_list_clear(&list);
}

static void kinds_are_guessed_from_declarations_uses_and_spelling(void **state) {
  (void)state;
  fixture_expect_kind("python", "def thing(): pass\nth|", "thing", ASSIST_FUNCTION);
  fixture_expect_kind("python", "class thing: pass\nth|", "thing", ASSIST_CLASS);
  fixture_expect_kind("python", "import thing\nth|", "thing", ASSIST_MODULE);
  fixture_expect_kind("python", "thing = 1\nth|", "thing", ASSIST_VARIABLE);
  fixture_expect_kind("python", "THING = 1\nTH|", "THING", ASSIST_CONSTANT);
  fixture_expect_kind("python", "Thing()\nTh|", "Thing", ASSIST_CLASS);
  fixture_expect_kind("c", "int thing(void); th|", "thing", ASSIST_FUNCTION);
  fixture_expect_kind("go", "func Thing() {}\nTh|", "Thing", ASSIST_FUNCTION);
  fixture_expect_kind("rust", "enum Thing {}\nTh|", "Thing", ASSIST_TYPE);
  fixture_expect_kind("javascript", "const thing = 1; th|", "thing", ASSIST_CONSTANT);
  fixture_expect_kind("plaintext", "thing th|", "thing", ASSIST_TEXT);
  fixture_expect_kind("python", "a.thing = 1\na.th|", "thing", ASSIST_MEMBER);
  fixture_expect_kind("python", "a.thing()\na.th|", "thing", ASSIST_FUNCTION);
  fixture_expect_kind("python", "impor|", "import", ASSIST_KEYWORD);
}

static void after_a_dot_the_members_of_the_same_receiver_come_first(void **state) {
  (void)state;
  const char *code = "b.beta; b.beta; b.beta; a.alpha; free = 1; a.|";
  struct assist_list list = fixture_ask("javascript", code);
  assert_int_equal(fixture_index(&list, "alpha"), 0);
  assert_int_equal(fixture_index(&list, "beta"), 1);
  assert_null(fixture_find(&list, "free"));
  assert_null(fixture_find(&list, "while"));
  assist_list_clear(&list);
  fixture_expect_first("javascript", "b.beta; b.beta; a.| ; b.beta; a.alpha", "alpha");
  fixture_expect_no("javascript", "a.alpha; |", "alpha");
}

static void every_way_to_read_a_member_is_known(void **state) {
  (void)state;
  fixture_expect("c", "p->next; p->|", "next");
  fixture_expect("cpp", "std::|", "vector");
  fixture_expect("cpp", "p.size(); q->|", "size");
  fixture_expect("rust", "Room::open(); Room::|", "open");
  fixture_expect("javascript", "a?.alpha; a?.|", "alpha");
  fixture_expect("javascript", "this.#count = 1; this.#|", "#count");
  fixture_expect_no("javascript", "this.# = 1; this.#|", "#");
  fixture_expect("java", "System.out.|", "println");
  fixture_expect("go", "fmt.|", "Println");
  fixture_expect_no("javascript", "a.alpha; [...a|]", "alphabet");
  fixture_expect("javascript", "let alphabet; f(...al|)", "alphabet");
  fixture_expect("rust", "let top = 1; 0..to|", "top");
  fixture_expect("python", "def f() -> flo|", "float");
}

static void methods_declared_in_the_code_are_members(void **state) {
  (void)state;
  fixture_expect("python", "class A:\n  def run(self): pass\n  def go(self): self.|", "run");
  fixture_expect_kind("go", "func (r *Room) Join() {}\nr.J|", "Join", ASSIST_FUNCTION);
}

static void fields_declared_by_their_bare_names_are_members(void **state) {
  (void)state;
  fixture_expect("c", "struct point { int left; int top; }; p->|", "top");
  fixture_expect("go", "type Point struct { left int }\np.le|", "left");
}

static void built_in_members_belong_to_their_receiver(void **state) {
  (void)state;
  fixture_expect("python", "math.sq|", "sqrt");
  fixture_expect_no("python", "other.sq|", "sqrt");
  fixture_expect("javascript", "Math.fl|", "floor");
  fixture_expect("python", "items.app|", "append");
}

static void modules_are_offered_where_one_is_imported(void **state) {
  (void)state;
  fixture_expect_first("python", "import jso|", "json");
  fixture_expect_no("python", "jso|", "json");
  fixture_expect("go", "strco|", "strconv");
}

static void snippets_use_the_snippet_syntax(void **state) {
  (void)state;
  struct assist_list list = fixture_ask("python", "ifel|");
  const struct assist_suggestion *item = fixture_find(&list, "ifelse");
  assert_non_null(item);
  assert_int_equal(item->kind, ASSIST_SNIPPET);
  assert_non_null(strstr(item->insert_text, "${1:condition}"));
  assist_list_clear(&list);
}

static void an_empty_text_suggests_the_language_s_words(void **state) {
  (void)state;
  struct assist_list list = fixture_ask("rust", "|");
  assert_non_null(fixture_find(&list, "fn"));
  assert_true(list.count <= ASSIST_SUGGESTIONS_MAX);
  assist_list_clear(&list);
  fixture_expect_quiet("plaintext", "|");
}

static void plain_text_suggests_its_words_alone(void **state) {
  (void)state;
  fixture_expect("plaintext", "the quick brown fox, qu|", "quick");
  fixture_expect("plaintext", "\"quoted\" don't quo|", "quoted");
  fixture_expect("plaintext", "End. Next ne|", "Next");
  fixture_expect_no("plaintext", "whi|", "while");
}

static void names_beyond_ascii_are_whole(void **state) {
  (void)state;
  fixture_expect("python",
                 "gr\xC3\xB6\xC3\x9F"
                 "e = 1\ngr|",
                 "gr\xC3\xB6\xC3\x9F"
                 "e");
  fixture_expect("python", "\xE5\x90\x8D\xE5\x89\x8D = 1\n\xE5\x90\x8D|", "\xE5\x90\x8D\xE5\x89\x8D");
  fixture_expect("plaintext", "one\xE2\x80\x94two tw|", "two");
  fixture_expect("plaintext", "\xF0\x9F\x98\x80smile sm|", "smile");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_prefix_finds_names_before_and_after_the_cursor),
      cmocka_unit_test(humps_find_names),
      cmocka_unit_test(the_typed_case_comes_first),
      cmocka_unit_test(the_word_at_the_cursor_does_not_suggest_itself),
      cmocka_unit_test(names_used_more_come_first),
      cmocka_unit_test(of_names_used_alike_the_nearest_comes_first),
      cmocka_unit_test(own_names_come_before_the_language_s_words),
      cmocka_unit_test(every_language_suggests_its_keywords_and_built_ins),
      cmocka_unit_test(details_say_where_a_suggestion_comes_from),
      cmocka_unit_test(kinds_are_guessed_from_declarations_uses_and_spelling),
      cmocka_unit_test(after_a_dot_the_members_of_the_same_receiver_come_first),
      cmocka_unit_test(every_way_to_read_a_member_is_known),
      cmocka_unit_test(methods_declared_in_the_code_are_members),
      cmocka_unit_test(fields_declared_by_their_bare_names_are_members),
      cmocka_unit_test(built_in_members_belong_to_their_receiver),
      cmocka_unit_test(modules_are_offered_where_one_is_imported),
      cmocka_unit_test(snippets_use_the_snippet_syntax),
      cmocka_unit_test(an_empty_text_suggests_the_language_s_words),
      cmocka_unit_test(plain_text_suggests_its_words_alone),
      cmocka_unit_test(names_beyond_ascii_are_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
