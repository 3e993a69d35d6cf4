/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {"c++", "cxx", "cc", "hpp", NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "alignas alignof catch co_await co_return co_yield concept const_cast consteval constexpr "
     "constinit decltype delete dynamic_cast explicit export final friend mutable new noexcept "
     "operator override private protected public reinterpret_cast requires static_assert "
     "static_cast template thread_local throw try typeid typename virtual"},
    {ASSIST_KEYWORD, ROLE_CLASS, "class"},
    {ASSIST_KEYWORD, ROLE_MODULE, "namespace using"},
    {ASSIST_VARIABLE, ROLE_NONE, "this"},
    {ASSIST_CONSTANT, ROLE_NONE, "false nullptr true"},
    {ASSIST_TYPE, ROLE_NONE, "bool char16_t char32_t char8_t wchar_t"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_MODULE, ROLE_NONE, "std"},
    {0},
};

static const struct lang_members members[] = {
    {"std", ASSIST_CLASS,
     "array atomic deque exception function invalid_argument list lock_guard map multimap mutex "
     "optional out_of_range pair queue runtime_error set shared_ptr span stack string "
     "string_view stringstream thread tuple unique_ptr unordered_map unordered_set variant "
     "vector weak_ptr"},
    {"std", ASSIST_FUNCTION,
     "accumulate all_of any_of copy count_if fill find find_if for_each forward get make_pair "
     "make_shared make_tuple make_unique max min move none_of remove_if reverse sort stoi swap "
     "to_string transform"},
    {"std", ASSIST_VARIABLE, "cerr cin cout endl"},
    {"std", ASSIST_TYPE, "int32_t nullptr_t size_t uint32_t uint64_t uint8_t"},
    {"std", ASSIST_MODULE, "chrono filesystem ranges"},
    {"", ASSIST_FUNCTION,
     "at back begin c_str clear contains count data emplace emplace_back empty end erase find "
     "front get insert length lock pop pop_back push push_back reserve reset resize size substr"},
    {"", ASSIST_MEMBER, "first second"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"class", "class ${1:Name} {\npublic:\n    ${1:Name}($2);\n\nprivate:\n    $0\n};", "class"},
    {"forrange", "for (const auto &${1:item} : ${2:items}) {\n    $0\n}", "range for loop"},
    {"try", "try {\n    $1\n} catch (const ${2:std::exception} &${3:error}) {\n    $0\n}", "try and catch"},
    {"namespace", "namespace ${1:name} {\n\n$0\n\n} // namespace ${1:name}", "namespace"},
    {"template", "template <typename ${1:T}>\n$0", "template"},
    {"lambda", "[${1:&}](${2:auto value}) { $0 }", "lambda"},
    {"cout", "std::cout << $0 << '\\\\n';", "print"},
    {0},
};

static const struct lang_decl decls[] = {
    {"class", " {}", " {\npublic:\n    $0\n};", "new class", true},
    {"namespace", " {}", " {\n\n$0\n\n}", "new namespace", false},
    {0},
};

const struct lang lang_cpp = {
    .name = "cpp",
    .base = &lang_c,
    .aliases = aliases,
    .special = lex_c,
    .flags = LANG_ARROW | LANG_COLONS | LANG_MODULES | LANG_FIELDS,
    .keywords = keywords,
    .builtins = builtins,
    .members = members,
    .snippets = snippets,
    .decls = decls,
};
