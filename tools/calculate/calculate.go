// Package calculate gives a model a calculator. The library expr reads and
// evaluates an expression; what it may be made of is a list kept here: numbers,
// arithmetic, comparison, a choice, and a few functions of numbers. There are no
// texts, lists, loops, variables and other names, so that nothing can grow: an
// expression costs what it is long.
//
// Numbers are float64, of which 15 digits are shown; the model is told of a
// result that is none.
package calculate

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"docent"
)

const (
	maxLength = 1000 // bytes of an expression
	maxNodes  = 500
	digits    = 15 // that a float64 holds for certain
)

var parameters = json.RawMessage(`{"type":"object","properties":{"expression":{"type":"string","maxLength":1000,"description":"For example: (1200 - 15%8) * 1.19, round(sqrt(2), 3), 2 ** 10, max(3, 7). Operators + - * / % ** < <= > >= == != && || !, condition ? a : b. Functions abs, ceil, floor, round(x, digits), trunc, sqrt, cbrt, pow, mod, exp, ln, log10, log2, min, max, sum, sin, cos, tan, asin, acos, atan, radians, degrees. Constants pi, e."}},"required":["expression"],"additionalProperties":false}`)

// Tool is the calculator.
func Tool() docent.Tool {
	return docent.Tool{
		Name: "calculate", Description: "Evaluates an arithmetic expression exactly as it is written. Use it for every calculation that is not trivial.",
		Parameters: parameters, Timeout: time.Second, MaxBytes: 256,
		Call: func(_ context.Context, c docent.ToolCall) (docent.ToolResult, error) {
			var arguments struct{ Expression string }
			if err := json.Unmarshal(c.Arguments, &arguments); err != nil {
				return docent.ToolResult{}, &docent.Error{Code: docent.CodeInvalid, Message: "the arguments are no JSON", Err: err}
			}
			text, err := Evaluate(arguments.Expression)
			return docent.ToolResult{Text: text, Summary: arguments.Expression + " = " + text}, err
		},
	}
}

// Evaluate gives an expression's value: a number, true or false. The error is a
// *docent.Error that says what can't be evaluated.
func Evaluate(expression string) (string, error) {
	if len(expression) > maxLength {
		return "", docent.Errorf(docent.CodeInvalid, "the expression is longer than %d bytes", maxLength)
	}
	only := &allowList{}
	options := append([]expr.Option{
		expr.Env(constants), expr.DisableAllBuiltins(), expr.MaxNodes(maxNodes), expr.Optimize(false), expr.Patch(only),
	}, functions...)
	program, err := expr.Compile(expression, options...)
	if only.refused != "" {
		err = errors.New(only.refused)
	}
	if err != nil {
		return "", &docent.Error{Code: docent.CodeInvalid, Message: "the expression can't be evaluated", Hint: firstLine(err)}
	}
	machine := vm.VM{MemoryBudget: maxNodes}
	value, err := machine.Run(program, constants)
	if err != nil {
		return "", &docent.Error{Code: docent.CodeInvalid, Message: "the expression can't be evaluated", Hint: firstLine(err)}
	}
	return shown(value)
}

// shown writes a result as a person would.
func shown(value any) (string, error) {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		if math.IsNaN(v) {
			return "", docent.Errorf(docent.CodeInvalid, "the result is not a number")
		}
		if math.IsInf(v, 0) {
			return "", docent.Errorf(docent.CodeInvalid, "the result is infinite, or too large: above 1.8e308")
		}
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return strconv.FormatFloat(v+0, 'f', 0, 64), nil
		}
		rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
		return strconv.FormatFloat(rounded, 'g', -1, 64), nil
	}
	return "", docent.Errorf(docent.CodeInvalid, "the result is neither a number nor true or false")
}
