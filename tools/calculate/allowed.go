package calculate

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

var constants = map[string]any{"pi": math.Pi, "e": math.E}

// operators are those of numbers and of truth.
var operators = map[string]bool{
	"+": true, "-": true, "*": true, "/": true, "**": true, "^": true, "<": true, "<=": true, ">": true, ">=": true, "==": true, "!=": true,
	"&&": true, "||": true, "!": true, "and": true, "or": true, "not": true,
}

// allowList refuses every part of an expression that is not named here, and
// makes every number a float64: the library's whole numbers would overflow
// without a word.
type allowList struct{ refused string }

// Visit is called with each part, the innermost first.
func (a *allowList) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.FloatNode, *ast.BoolNode, *ast.ConditionalNode:
	case *ast.IntegerNode:
		ast.Patch(node, &ast.FloatNode{Value: float64(n.Value)})
	case *ast.UnaryNode:
		a.operator(n.Operator)
	case *ast.BinaryNode:
		if n.Operator == "%" {
			ast.Patch(node, &ast.CallNode{Callee: &ast.IdentifierNode{Value: "mod"}, Arguments: []ast.Node{n.Left, n.Right}})
			return
		}
		a.operator(n.Operator)
	case *ast.IdentifierNode:
		if _, is := constants[n.Value]; !is && calls[n.Value] == nil {
			a.refuse("there is no " + n.Value)
		}
	case *ast.CallNode:
		if name, is := n.Callee.(*ast.IdentifierNode); !is || calls[name.Value] == nil {
			a.refuse("only the named functions can be called")
		}
	default:
		a.refuse("only numbers, arithmetic, comparison and the named functions are known")
	}
}

func (a *allowList) operator(name string) {
	if !operators[name] {
		a.refuse("there is no operator " + name)
	}
}

func (a *allowList) refuse(why string) {
	if a.refused == "" {
		a.refused = why
	}
}

// call is a function of numbers that takes from least to most of them.
type call struct {
	least, most int
	of          func(x []float64) float64
}

const many = 100

func one(f func(float64) float64) *call {
	return &call{1, 1, func(x []float64) float64 { return f(x[0]) }}
}

func two(f func(a, b float64) float64) *call {
	return &call{2, 2, func(x []float64) float64 { return f(x[0], x[1]) }}
}

func fold(f func(a, b float64) float64) *call {
	return &call{1, many, func(x []float64) float64 {
		value := x[0]
		for _, next := range x[1:] {
			value = f(value, next)
		}
		return value
	}}
}

var calls = map[string]*call{
	"abs": one(math.Abs), "ceil": one(math.Ceil), "floor": one(math.Floor), "trunc": one(math.Trunc), "round": {1, 2, round},
	"sqrt": one(math.Sqrt), "cbrt": one(math.Cbrt), "pow": two(math.Pow), "mod": two(math.Mod),
	"exp": one(math.Exp), "ln": one(math.Log), "log10": one(math.Log10), "log2": one(math.Log2),
	"min": fold(math.Min), "max": fold(math.Max), "sum": fold(func(a, b float64) float64 { return a + b }),
	"sin": one(math.Sin), "cos": one(math.Cos), "tan": one(math.Tan), "asin": one(math.Asin), "acos": one(math.Acos), "atan": one(math.Atan),
	"radians": one(func(x float64) float64 { return x * math.Pi / 180 }), "degrees": one(func(x float64) float64 { return x * 180 / math.Pi }),
}

// round rounds half away from zero, to whole numbers or to so many digits.
func round(x []float64) float64 {
	if len(x) == 1 {
		return math.Round(x[0])
	}
	scale := math.Pow(10, math.Trunc(x[1]))
	if scaled := x[0] * scale; scale != 0 && !math.IsInf(scaled, 0) {
		return math.Round(scaled) / scale
	}
	return x[0]
}

// functions are calls as the library takes them.
var functions = func() []expr.Option {
	var options []expr.Option
	for name, c := range calls {
		options = append(options, expr.Function(name, c.run(name)))
	}
	return options
}()

func (c *call) run(name string) func(...any) (any, error) {
	return func(params ...any) (any, error) {
		if len(params) < c.least || len(params) > c.most {
			return nil, fmt.Errorf("%s takes another number of values", name)
		}
		x := make([]float64, len(params))
		for i, p := range params {
			number, is := p.(float64)
			if !is {
				return nil, errors.New(name + " takes numbers")
			}
			x[i] = number
		}
		return c.of(x), nil
	}
}

// firstLine is an error without the excerpt that the library adds.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
