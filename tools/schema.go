package tools

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"docent"
)

// What a model is told of arguments that do not fit.
const (
	maxReasons = 3
	maxFault   = 600 // bytes
)

// Schema is a JSON Schema of arguments that is fit for use.
type Schema struct{ compiled *jsonschema.Schema }

// CompileSchema reads a JSON Schema of an object, of draft 4 to 2020-12. What it
// refers to must stand in it: nothing is fetched.
func CompileSchema(text []byte) (*Schema, error) {
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the schema is no JSON: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // which loads nothing
	if err := compiler.AddResource("docent:parameters", parsed); err != nil {
		return nil, fmt.Errorf("the schema can't be used: %s", fault(err))
	}
	compiled, err := compiler.Compile("docent:parameters")
	if err != nil {
		return nil, fmt.Errorf("the schema can't be used: %s", fault(err))
	}
	if compiled.Types == nil || !slices.Equal(compiled.Types.ToStrings(), []string{"object"}) {
		return nil, errors.New(`the schema must have "type": "object"`)
	}
	return &Schema{compiled}, nil
}

// Check finds what is wrong with arguments, as a *docent.Error for the model.
func (s *Schema) Check(arguments []byte) error {
	if len(arguments) > maxArguments {
		return docent.Errorf(docent.CodeInvalid, "the arguments are longer than %d bytes", maxArguments)
	}
	if !utf8.Valid(arguments) {
		return docent.Errorf(docent.CodeInvalid, "the arguments are not UTF-8")
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(arguments))
	if err != nil {
		return &docent.Error{Code: docent.CodeInvalid, Message: "the arguments are no JSON", Hint: err.Error()}
	}
	if err := s.compiled.Validate(parsed); err != nil {
		return &docent.Error{Code: docent.CodeInvalid, Message: "the arguments do not fit the tool's parameters", Hint: fault(err)}
	}
	return nil
}

// fault is what the library says, in one line: of what does not fit only the
// innermost reasons, the first few of them.
func fault(err error) string {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		var schema *jsonschema.SchemaValidationError
		if !errors.As(err, &schema) || !errors.As(schema.Err, &invalid) {
			return bounded(err.Error())
		}
	}
	var reasons []string
	for _, leaf := range leaves(invalid) {
		if reasons = append(reasons, leaf.Error()); len(reasons) == maxReasons {
			break
		}
	}
	return bounded(strings.Join(reasons, "; "))
}

// leaves are the failures that have no cause among others.
func leaves(e *jsonschema.ValidationError) []*jsonschema.ValidationError {
	if len(e.Causes) == 0 {
		return []*jsonschema.ValidationError{e}
	}
	var all []*jsonschema.ValidationError
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

func bounded(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxFault {
		text = strings.ToValidUTF8(text[:maxFault], "") + " ..."
	}
	return text
}
