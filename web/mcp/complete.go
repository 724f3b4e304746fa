package mcp

import (
	"context"
	"slices"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
)

// maxValues is how many completions there may be, by the protocol.
const maxValues = 100

// complete completes the arguments of the template of pages.
func (f *features) complete(ctx context.Context, r *mcp.CompleteRequest) (*mcp.CompleteResult, error) {
	result := &mcp.CompleteResult{Completion: mcp.CompletionResultDetails{Values: []string{}}}
	if r.Params.Ref.Type != "ref/resource" {
		return result, nil
	}
	caller, err := f.caller(r)
	if err != nil {
		return nil, f.told("completion/complete", err)
	}
	given := map[string]string{}
	if r.Params.Context != nil {
		given = r.Params.Context.Arguments
	}
	all, err := f.values(ctx, caller, r.Params.Argument.Name, given)
	switch docent.CodeOf(err) {
	case "", docent.CodeInvalid, docent.CodeNoIndex: // of a source that is not there
	default:
		return nil, f.told("completion/complete", err)
	}
	fit := fitFirst(all, r.Params.Argument.Value)
	result.Completion.Total, result.Completion.HasMore = len(fit), len(fit) > maxValues
	result.Completion.Values = append(result.Completion.Values, fit[:min(len(fit), maxValues)]...)
	return result, nil
}

// values are all that an argument can be, beside what others are given.
func (f *features) values(ctx context.Context, c Caller, argument string, given map[string]string) ([]string, error) {
	filters := docent.Filters{Source: given["source"], Version: given["version"], Lang: given["lang"]}
	var all []string
	if argument == "path" {
		shelves, err := f.docs().List(ctx, c.Principal.Site, filters)
		for _, shelf := range shelves {
			for _, p := range shelf.Pages {
				all = append(all, p.Path)
			}
		}
		return all, err
	}
	choice, err := f.docs().Choose(ctx, c.Principal.Site, docent.Filters{Source: filters.Source})
	for _, r := range slices.Concat(choice.Releases, choice.Others) {
		value := map[string]string{"source": r.Unit.Source, "version": r.Unit.Version, "lang": r.Unit.Lang}[argument]
		if value != "" && !slices.Contains(all, value) {
			all = append(all, value)
		}
	}
	return all, err
}

// fitFirst gives those that begin as a value does, then those that hold it, in any case.
func fitFirst(all []string, value string) []string {
	value = strings.ToLower(value)
	var begin, hold []string
	for _, one := range all {
		switch at := strings.Index(strings.ToLower(one), value); {
		case at == 0:
			begin = append(begin, one)
		case at > 0:
			hold = append(hold, one)
		}
	}
	return append(begin, hold...)
}
