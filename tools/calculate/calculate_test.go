package calculate

import (
	"context"
	"strings"
	"testing"

	"docent"
)

func TestExpressionsHaveTheirValue(t *testing.T) {
	for expression, want := range map[string]string{
		"1 + 2 * 3": "7", "(1 + 2) * 3": "9", "0.1 + 0.2": "0.3", "10 / 4": "2.5", "7 % 3": "1", "-7 % 3": "-1", "7.5 % 2": "1.5", "2 ** 10": "1024", "2 ** -1": "0.5",
		"2 ** 3 ** 2": "512", "-2 ** 2": "-4", "9223372036854775807 + 1": "9.22337203685478e+18", "1e300 * 1e10 > 1": "true", "1_000 * 3": "3000", "0x10": "16",
		"round(2.5)": "3", "round(3.14159, 2)": "3.14", "round(1234, -2)": "1200", "max(1, 2, 3)": "3", "sum(1, 2, 3) / 3": "2", "sqrt(2)": "1.4142135623731", "abs(-3)": "3", "mod(9, 4)": "1",
		"sin(radians(30))": "0.5", "pi": "3.14159265358979", "1 < 2 ? 10 : 20": "10", "not (1 > 2) && true": "true", "1 / 3": "0.333333333333333", "1e21": "1e+21", "ln(e)": "1", "0 * -1": "0",
		"100 * 1.19 == 119": "true",
	} {
		if got, err := Evaluate(expression); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", expression, got, err, want)
		}
	}
}

// TestWhatIsNoArithmeticIsRefused holds what could allocate, loop, or read.
func TestWhatIsNoArithmeticIsRefused(t *testing.T) {
	for _, expression := range []string{
		"", " ", "1 +", "1; 2", "9**9**9", "1/0", "0/0", "sqrt(-1)", `"a" + "b"`, `"a"`, "'a' * 9", "`a`", "[1, 2]", "1..1000000000", "sum(1..10)", "{a: 1}", "let a = 1; a", "let a = 'xx'; a + a",
		"map([1], # + 1)", "filter(1..9, # > 1)", "all([1], true)", "reduce(1..9, #acc + #)", "repeat('a', 1000000000)", "len('a')", "now()", "toJSON(1)", "fromBase64('a')", "type(1)", "string(1)", "int('1')",
		"env", "$env", "pi.x", "pi[0]", "pi()", "max", "max()", "abs(1, 2)", "abs(true)", "nil", "nil ?? 1", "a", "os", "1 in [1]", "'a' matches 'a'", "'a' contains 'a'", "true + 1",
		strings.Repeat("(", 500) + "1" + strings.Repeat(")", 499), strings.Repeat("1+", 499) + "1+1", strings.Repeat("-", 900) + "1", strings.Repeat("1", 1001), "max(" + strings.Repeat("1,", 200) + "1)", "\x00", "１+１",
	} {
		if got, err := Evaluate(expression); docent.CodeOf(err) != docent.CodeInvalid {
			t.Errorf("%.60s is %s, %v", expression, got, err)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60s: the error has lines: %v", expression, err)
		}
	}
}

func TestTheToolAnswersACall(t *testing.T) {
	got, err := Tool().Call(context.Background(), docent.ToolCall{Arguments: []byte(`{"expression": "6 * 7"}`)})
	if err != nil || got.Text != "42" || got.Summary != "6 * 7 = 42" {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzEvaluate(f *testing.F) {
	for _, seed := range []string{"1+1", "max(1,2)", "9**9**9", "1..9", "let a=1;a", "((((", "1?2:3", "a.b?.c[1:2]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		if text, err := Evaluate(expression); err == nil && text == "" {
			t.Errorf("%q is nothing", expression)
		}
	})
}

func BenchmarkEvaluate(b *testing.B) {
	for b.Loop() {
		if _, err := Evaluate("round((1200 - 15) * 1.19, 2) + max(3, 7)"); err != nil {
			b.Fatal(err)
		}
	}
}
