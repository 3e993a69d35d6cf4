/** The languages that can be chosen, by the editor component's own ids, and how files tell theirs. */
import type { LanguageChoice } from './types';

export const PLAIN = 'plaintext';

interface Language extends LanguageChoice {
  /** Without the dot, lower case. */
  readonly extensions: readonly string[];
  /** Whole names, lower case. */
  readonly names: readonly string[];
}

/** One line a language: id | label | extensions | file names. */
const TABLE = `
plaintext|Plain text|txt text log|license copying notice
abap|ABAP|abap|
aes|Sophia|aes|
apex|Apex|cls trigger|
azcli|Azure CLI|azcli|
bat|Batch|bat cmd|
bicep|Bicep|bicep|
c|C|c h|
cameligo|CameLIGO|mligo|
clojure|Clojure|clj cljs cljc edn|
coffeescript|CoffeeScript|coffee|cakefile
cpp|C++|cpp cc cxx c++ hpp hh hxx h++ ipp inl ino tpp cppm|
csharp|C#|cs csx cake|
csp|Content Security Policy|csp|
css|CSS|css|
cypher|Cypher|cypher cyp|
dart|Dart|dart|
dockerfile|Dockerfile|dockerfile|dockerfile containerfile
ecl|ECL|ecl|
elixir|Elixir|ex exs|
flow9|Flow9|flow|
freemarker2|FreeMarker|ftl ftlh ftlx|
fsharp|F#|fs fsi fsx fsscript ml mli|
go|Go|go|
graphql|GraphQL|graphql gql|
handlebars|Handlebars|handlebars hbs|
hcl|Terraform / HCL|tf tfvars hcl|
html|HTML|html htm shtml xhtml vue svelte jsp asp aspx|
ini|INI|ini properties cfg conf toml env desktop service gitconfig|.editorconfig .gitconfig .gitattributes .gitmodules .npmrc .env config pipfile cargo.lock poetry.lock
java|Java|java jav|
javascript|JavaScript|js mjs cjs es6 jsx|jakefile
json|JSON|json jsonc json5 webmanifest geojson ipynb har map|.prettierrc .eslintrc .babelrc composer.lock flake.lock
julia|Julia|jl|
kotlin|Kotlin|kt kts|
less|Less|less|
lexon|Lexon|lex|
liquid|Liquid|liquid|
lua|Lua|lua|
m3|Modula-3|m3 i3 mg ig|
markdown|Markdown|md markdown mdown mkdn mkd mdwn mdtxt|readme changelog contributing authors
mdx|MDX|mdx|
mips|MIPS assembly|s asm mips|
msdax|DAX|dax msdax|
mysql|MySQL||
objective-c|Objective-C|m mm|
pascal|Pascal|pas p dpr lpr|
pascaligo|PascaLIGO|ligo|
perl|Perl|pl pm t|
pgsql|PostgreSQL|pgsql|
php|PHP|php php4 php5 phtml ctp|
pla|PLA|pla|
postiats|ATS|dats sats hats|
powerquery|Power Query|pq pqm|
powershell|PowerShell|ps1 psm1 psd1|
proto|Protocol Buffers|proto|
pug|Pug|pug jade|
python|Python|py pyw pyi rpy gyp gypi bzl|sconstruct sconscript snakefile
qsharp|Q#|qs|
r|R|r rprofile rhistory rmd|.rprofile
razor|Razor|cshtml razor|
redis|Redis|redis|
redshift|Redshift||
restructuredtext|reStructuredText|rst|
ruby|Ruby|rb rbx rjs gemspec rake ru|gemfile rakefile vagrantfile podfile brewfile guardfile
rust|Rust|rs rlib|
sb|Small Basic|sb|
scala|Scala|scala sc sbt|
scheme|Scheme|scm ss sch rkt|
scss|SCSS|scss sass|
shell|Shell|sh bash zsh ksh fish command|.bashrc .bash_profile .bash_aliases .profile .zshrc .zprofile .zshenv pkgbuild apkbuild configure
sol|Solidity|sol|
sparql|SPARQL|rq sparql|
sql|SQL|sql ddl dml|
st|Structured Text|st iecst iecplc lc3lib tcpou tcdut tcgvl tcio|
swift|Swift|swift|
systemverilog|SystemVerilog|sv svh|
tcl|Tcl|tcl tk|
twig|Twig|twig|
typescript|TypeScript|ts tsx mts cts|
typespec|TypeSpec|tsp|
vb|Visual Basic|vb vbs bas|
verilog|Verilog|v vh|
wgsl|WGSL|wgsl|
xml|XML|xml xsd dtd svg xsl xslt xaml csproj vbproj fsproj props targets plist rss atom wsdl kml gpx pom|
yaml|YAML|yaml yml clang-format clang-tidy|.clang-format .clang-tidy .yamllint
`;

const words = (list: string | undefined): string[] => (list ?? '').split(' ').filter((w) => w !== '');

const ALL: readonly Language[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [id = '', label = '', extensions, names] = line.split('|');
    return { id, label, extensions: words(extensions), names: words(names) };
  });

const byExtension = new Map(ALL.flatMap((one) => one.extensions.map((ext) => [ext, one.id])));
const byName = new Map(ALL.flatMap((one) => one.names.map((name) => [name, one.id])));
const byId = new Map(ALL.map((one) => [one.id, one]));

/** Sorted by label, plain text first. */
export const LANGUAGES: readonly LanguageChoice[] = ALL.map(({ id, label }) => ({ id, label })).sort(
  (a, b) =>
    Number(b.id === PLAIN) - Number(a.id === PLAIN) ||
    a.label.localeCompare(b.label, 'en', { sensitivity: 'base' }),
);

export function isLanguage(id: string): boolean {
  return byId.has(id);
}

export function languageLabel(id: string): string {
  return byId.get(id)?.label ?? id;
}

/** By name alone; null where the name says nothing. */
export function languageOfPath(path: string): string | null {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const whole = byName.get(name);
  if (whole !== undefined) return whole;
  const parts = name.split('.');
  const extension = parts.length > 1 ? byExtension.get(parts.at(-1) ?? '') : undefined;
  // `Dockerfile.dev`, `Makefile.am` and the like: what is before the dot.
  return extension ?? byName.get(parts[0] ?? '') ?? null;
}
