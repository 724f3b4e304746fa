package site

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// jsShown is a value that was read as tests write it: objects in the order
// of their keys, and what is unknown as text.
func jsShown(v any) any {
	switch v := v.(type) {
	case *jsObject:
		all := []any{}
		for _, key := range v.ordered() {
			all = append(all, key, jsShown(v.get(key)))
		}
		return map[string]any{"object": all}
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = jsShown(v[i])
		}
		return all
	case *jsCall:
		return "call " + v.name + " of " + v.from
	case *jsClosure:
		return "function"
	case jsUnknown:
		return "unknown " + v.text
	}
	return v
}

func object(pairs ...any) any { return map[string]any{"object": append([]any{}, pairs...)} }

// readJS gives what main.ts exports.
func readJS(t testing.TB, files map[string]string) any {
	t.Helper()
	repo := fstest.MapFS{}
	for name, text := range files {
		repo[name] = &fstest.MapFile{Data: []byte(text)}
	}
	v, err := newJSReader(repo, func(string, []byte) {}).read("dir/main.ts")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLiteralsOfJavaScriptAreRead(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         any
	}{
		{"literals", `export default ['a\'\u{41}\x42', "b\
c", 1_000, -1.5, true, !1, null, undefined, ` + "`t${1 + 'x'}`" + `]`,
			[]any{"a'AB", "bc", 1000.0, -1.5, true, false, nil, nil, "t1x"}},
		{"keys in order", `export default {b: 1, 'a-b': 2, [` + "`c`" + `]: 3, 10: 4, 2: 5, short, get x() {}, async m() {}}; const short = 6`,
			object("2", 5.0, "10", 4.0, "b", 1.0, "a-b", 2.0, "c", 3.0, "short", 6.0, "m", "function")},
		{"comments and trailing commas", "#!/bin/x\n// a\n/* b */ export default [1, /* c */ 2, // d\n]", []any{1.0, 2.0}},
		{"module.exports", "const a = {x: 1}\nmodule.exports = {...a, y: [...[2], 3]}", object("x", 1.0, "y", []any{2.0, 3.0})},
		{"named exports", "exports.a = 1; module.exports.b = 2", object("a", 1.0, "b", 2.0)},
		{"types", "import type {X} from 'y'\ntype T = {a: string}\ninterface I { b: () => void }\nconst c: Record<string, Array<[X, 'y']>> = {a: 1} as const\nexport default (c satisfies T as unknown as I)!", object("a", 1.0)},
		{"generics", "export default define<Theme<'x'>>({a: 1})", "call define of "},
		{"functions", "function f(a, {b}, c = 2): string[] { const d = a; if (x) { return 1 }\n return [d, c] }\nexport default [f('x'), (() => 3)(), ((y) => { return y })(4)]", []any{[]any{"x", "unknown c"}, 3.0, 4.0}},
		{"a function as the module", "export default async function config() { const x = 1\n return {x} }", "function"},
		{"what the environment decides", "export default [process.env.X || 'a', process.env.X ?? 'b', process.env.NODE_ENV === 'production' ? 1 : 2, process.env.X ? 1 : 2, process.env.X === 'y' ? 1 : 2]", []any{"a", "b", 1.0, 2.0, "unknown a condition"}},
		{"properties", "const a = {b: {c: [1, {d: 2}]}}\nexport default [a.b.c[1].d, a?.b['c'][0], a.none, b.c]", []any{2.0, 1.0, nil, "unknown b.c"}},
		{"destructuring", "const {a, b: c, ...rest} = {a: 1, b: 2}\nexport default [a, c, rest]", []any{1.0, 2.0, "unknown rest"}},
		{"lists", "const l = [1, 2]\nexport default [l.map(x => ({x})), [l, 3].flat(), l.concat(4), [0 && 1, false, 5].filter(Boolean), l.reduce(f)]",
			[]any{[]any{object("x", 1.0), object("x", 2.0)}, []any{1.0, 2.0, 3.0}, []any{1.0, 2.0, 4.0}, []any{0.0, 5.0}, "call l.reduce of "}},
		{"paths", "import path from 'path'\nexport default [path.join(__dirname, '..', 'x'), require.resolve('./y.js'), fileURLToPath(new URL('./z', import.meta.url))]", []any{"/x", "/dir/y.js", "/dir/z"}},
		{"regular expressions", `export default [/[/"']/g, 4 / 2, 'ok']`, []any{"unknown /[/\"']/g", "unknown an expression", "ok"}},
		{"elements", "export default {a: <b title='x'>it's, {y} </b>,\n c: <><D/>don't</>, e: 1}", object("a", "unknown <b title='x'>it's, {y} </b>", "c", "unknown <><D/>don't</>", "e", 1.0)},
		{"without semicolons", "const a = 1\nconst b = a\nlet c\nexport default b", 1.0},
		{"a name that leads to itself", "const a = b, b = a\nconst f = () => f()\nexport default [a, f()]", []any{"unknown a", "call f of "}},
		{"what is broken", "export default [1, {a: }, 'x' 'y', (((, 2", []any{1.0, object("a", "unknown }"), "x", "unknown ,"}},
		{"spread of what is unknown", "export default {...x, a: 1}.b", "unknown b"},
	} {
		got := jsShown(readJS(t, map[string]string{"dir/main.ts": c.source}))
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s:\n%s", c.name, diff)
		}
	}
}

func TestModulesOfTheRepositoryAreFollowed(t *testing.T) {
	got := jsShown(readJS(t, map[string]string{
		"dir/main.ts": `
import def, { one, two as deux } from './a'
import * as all from '../b.js'
import data from './data.json' with { type: 'json' }
import { x } from 'package'
import lost from './lost'
const { three } = require('./c')
export { again } from './d'
export default [def, one, deux, all.four, data, three, x, starlight({}), lost]
import starlight from '@astrojs/starlight'`,
		"dir/a.ts":       "export const one = 1\nexport function two() { return 2 }\nexport default two()",
		"b.ts":           "export * from './dir/d'\nexport const four = 4",
		"dir/data.json":  `{"k": [1, "v"]}`,
		"dir/c/index.js": "exports.three = 3",
		"dir/d.mjs":      "export const again = 5; export { again as aliased }; import './main'",
	}))
	got = append(got.([]any), jsShown(readJS(t, map[string]string{
		"dir/main.ts": "export default JSON.parse(fs.readFileSync(new URL('../p.json', import.meta.url), 'utf8')).homepage", "p.json": `{"homepage": "h"}`,
	})))
	want := []any{2.0, 1.0, "function", 4.0, object("k", []any{1.0, "v"}), 3.0, "unknown x", "call default of @astrojs/starlight", "unknown ./lost", "h"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadingJavaScriptEnds(t *testing.T) {
	for name, source := range map[string]string{
		"nested":    "export default " + strings.Repeat("[", 40000),
		"doubling":  "const a0 = []\n" + doubling() + "export default a40",
		"templates": "export default " + strings.Repeat("`${", 8000),
		"calls":     "export default " + strings.Repeat("f(", 20000),
		"functions": strings.Repeat("() => ", 20000),
		"types":     "export default x as " + strings.Repeat("A<", 20000),
		"less":      "export default " + strings.Repeat("a<", 20000),
		"strings":   strings.NewReplacer("[...", "", ", ...", "+", ", 1]", "", "[]", "'xy'").Replace("const a0 = []\n"+doubling()) + "export default a40",
		"tags":      "export default " + strings.Repeat("<a>", 10000),
	} {
		t.Run(name, func(t *testing.T) { jsShown(readJS(t, map[string]string{"dir/main.ts": source})) })
	}
}

// doubling are lists that each hold the one before twice.
func doubling() string {
	var b strings.Builder
	for i := range 40 {
		n := string(rune('0'+i/10)) + string(rune('0'+i%10))
		m := string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10))
		b.WriteString("const a" + strings.TrimPrefix(m, "0") + " = [...a" + strings.TrimPrefix(n, "0") + ", ...a" + strings.TrimPrefix(n, "0") + ", 1]\n")
	}
	return b.String()
}

func FuzzJavaScript(f *testing.F) {
	for _, seed := range []string{
		"export default {a: [1, 'b'], ...c}", "const a: T<X> = f<U>(() => ({b: <i>c</i>}), `d${e}`)\nmodule.exports = a", "export * from './x'; import a, {b as c} from 'd'", "/[/]/ / 2 <a", "`${`${1}`}`", "{", "}", "(x): y => z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		v := jsShown(readJS(t, map[string]string{"dir/main.ts": source}))
		if _, err := json.Marshal(v); err != nil {
			t.Errorf("%v: %v", v, err)
		}
	})
}
