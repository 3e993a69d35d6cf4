/* SPDX-License-Identifier: MIT */
#include "assist/lex.h"

static const char *const aliases[] = {"rs", NULL};

static const struct lang_words keywords[] = {
    {ASSIST_KEYWORD, ROLE_NONE,
     "as async await break continue crate dyn else extern for if impl in loop match move mut pub "
     "ref return unsafe where while"},
    {ASSIST_KEYWORD, ROLE_FUNCTION, "fn"},
    {ASSIST_KEYWORD, ROLE_CLASS, "struct trait union"},
    {ASSIST_KEYWORD, ROLE_TYPE, "enum type"},
    {ASSIST_KEYWORD, ROLE_CONSTANT, "const static"},
    {ASSIST_KEYWORD, ROLE_VARIABLE, "let"},
    {ASSIST_KEYWORD, ROLE_MODULE, "mod use"},
    {ASSIST_VARIABLE, ROLE_NONE, "self super"},
    {ASSIST_TYPE, ROLE_NONE, "Self"},
    {ASSIST_CONSTANT, ROLE_NONE, "false true"},
    {0},
};

static const struct lang_words builtins[] = {
    {ASSIST_TYPE, ROLE_NONE, "bool char f32 f64 i128 i16 i32 i64 i8 isize str u128 u16 u32 u64 u8 usize"},
    {ASSIST_CLASS, ROLE_NONE,
     "Arc BTreeMap BTreeSet Box Cell Clone Copy Debug Default Display Drop Eq Err Error From "
     "Hash HashMap HashSet Into IntoIterator Iterator Mutex None Ok Option Ord PartialEq "
     "PartialOrd Path PathBuf Rc RefCell Result RwLock Send Some String Sync ToString Vec "
     "VecDeque"},
    {ASSIST_FUNCTION, ROLE_NONE,
     "assert assert_eq assert_ne dbg drop eprintln format panic print println todo unimplemented "
     "unreachable vec write writeln"},
    {ASSIST_MODULE, ROLE_NONE, "alloc core std"},
    {0},
};

static const struct lang_members members[] = {
    {"", ASSIST_FUNCTION,
     "and_then as_bytes as_mut as_ref as_str borrow borrow_mut bytes chars clear clone cloned "
     "collect contains contains_key copied count drain ends_with entry enumerate expect extend "
     "filter filter_map find first flat_map fold for_each get get_mut insert into into_iter "
     "is_empty is_err is_none is_ok is_some iter iter_mut join keys last len lines lock map "
     "map_err max min new next ok ok_or or_else parse pop position push push_str remove replace "
     "rev sort sort_by split split_whitespace starts_with sum take to_lowercase to_owned "
     "to_string to_uppercase trim truncate unwrap unwrap_or unwrap_or_default unwrap_or_else "
     "values zip"},
    {"std", ASSIST_MODULE,
     "cell cmp collections env error fmt fs io iter mem net ops path process rc str string sync "
     "thread time vec"},
    {"collections", ASSIST_CLASS, "BTreeMap BTreeSet BinaryHeap HashMap HashSet VecDeque"},
    {"fmt", ASSIST_CLASS, "Debug Display Formatter Result Write"},
    {"io", ASSIST_CLASS, "BufRead BufReader Error ErrorKind Read Result Write"},
    {"io", ASSIST_FUNCTION, "stderr stdin stdout"},
    {"fs", ASSIST_CLASS, "File"},
    {"fs", ASSIST_FUNCTION, "create_dir_all read read_to_string remove_file write"},
    {"sync", ASSIST_CLASS, "Arc Mutex OnceLock RwLock"},
    {"sync", ASSIST_MODULE, "atomic mpsc"},
    {"thread", ASSIST_FUNCTION, "current sleep spawn"},
    {"time", ASSIST_CLASS, "Duration Instant SystemTime"},
    {"env", ASSIST_FUNCTION, "args current_dir var vars"},
    {"mem", ASSIST_FUNCTION, "replace size_of swap take"},
    {"process", ASSIST_FUNCTION, "exit"},
    {"process", ASSIST_CLASS, "Command"},
    {"String", ASSIST_FUNCTION, "from new with_capacity"},
    {"Vec", ASSIST_FUNCTION, "from new with_capacity"},
    {"HashMap", ASSIST_FUNCTION, "from new with_capacity"},
    {"Box", ASSIST_FUNCTION, "new"},
    {"Rc", ASSIST_FUNCTION, "new"},
    {"Arc", ASSIST_FUNCTION, "new"},
    {"Mutex", ASSIST_FUNCTION, "new"},
    {"RefCell", ASSIST_FUNCTION, "new"},
    {0},
};

static const struct lang_snippet snippets[] = {
    {"fn", "fn ${1:name}(${2:args}) {\n    $0\n}", "function"},
    {"main", "fn main() {\n    $0\n}", "main function"},
    {"if", "if ${1:condition} {\n    $0\n}", "if block"},
    {"iflet", "if let ${1:Some(value)} = ${2:option} {\n    $0\n}", "if let block"},
    {"for", "for ${1:item} in ${2:items} {\n    $0\n}", "for loop"},
    {"while", "while ${1:condition} {\n    $0\n}", "while loop"},
    {"match", "match ${1:value} {\n    ${2:pattern} => ${3:result},\n    _ => ${0:todo!()},\n}", "match"},
    {"struct", "struct ${1:Name} {\n    $0\n}", "structure"},
    {"enum", "enum ${1:Name} {\n    $0\n}", "enumeration"},
    {"impl", "impl ${1:Name} {\n    $0\n}", "implementation"},
    {"trait", "trait ${1:Name} {\n    $0\n}", "trait"},
    {"test", "#[test]\nfn ${1:name}() {\n    $0\n}", "unit test"},
    {"derive", "#[derive(${0:Debug, Clone})]", "derive traits"},
    {"println", "println!(\"${1:{\\}}\", $0);", "print"},
    {0},
};

static const struct lang_decl decls[] = {
    {"fn", "() {}", "($2) {\n    $0\n}", "new function", false},
    {"struct", " {}", " {\n    $0\n}", "new structure", false},
    {"enum", " {}", " {\n    $0,\n}", "new enumeration", false},
    {"trait", " {}", " {\n    $0\n}", "new trait", false},
    {"mod", " {}", " {\n    $0\n}", "new module", false},
    {0},
};

const struct lang lang_rust = {
    .name = "rust",
    .aliases = aliases,
    .special = lex_rust,
    .flags = LANG_COLONS | LANG_MODULES | LANG_FIELDS,
    .keywords = keywords,
    .builtins = builtins,
    .members = members,
    .snippets = snippets,
    .decls = decls,
};
