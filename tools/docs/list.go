package docs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"docent"
)

// maxListed is how many pages one call names.
const maxListed = 200

const listParameters = `{"type":"object","properties":{
"source":{"type":"string","description":"Only of this source."},
"prefix":{"type":"string","maxLength":500,"description":"Only pages whose path begins so, such as guides/."}},
"additionalProperties":false}`

// list makes list_pages.
func list(l Library) docent.Tool {
	type arguments struct{ Source, Prefix string }
	return called("list_pages", "Lists the pages of the documentation with their paths and titles, in the order of its navigation.", listParameters,
		func(ctx context.Context, c docent.ToolCall, a arguments) (docent.ToolResult, error) {
			listed, err := l.Listing(ctx, c.Who.Site, narrowed(c.Filters, a.Source, "", ""))
			if err != nil {
				return docent.ToolResult{}, err
			}
			text, n := listing(Pages(listed, c.Filters.PathPrefix, strings.TrimLeft(a.Prefix, "/")))
			return docent.ToolResult{Text: text, Summary: fmt.Sprintf("%s: %d", cmp.Or(a.Prefix, a.Source, "pages"), n)}, nil
		})
}

// Pages gives the pages whose paths begin with all of the prefixes, in the order of
// their site's navigation. Units without any are left out.
func Pages(listed []Listed, prefixes ...string) []Listed {
	var all []Listed
	for _, l := range listed {
		pages := slices.DeleteFunc(slices.Clone(l.Pages), func(p docent.Page) bool {
			return slices.ContainsFunc(prefixes, func(prefix string) bool { return !strings.HasPrefix(p.Path, prefix) })
		})
		slices.SortStableFunc(pages, inNavigation)
		if len(pages) > 0 {
			all = append(all, Listed{l.Unit, pages})
		}
	}
	return all
}

// listing writes a line for each page, and counts them.
func listing(listed []Listed) (text string, n int) {
	var b strings.Builder
	for _, l := range listed {
		fmt.Fprintf(&b, "%s:\n", strings.Join(strings.Fields(l.Unit.Source+" "+l.Unit.Version+" "+l.Unit.Lang), " "))
		for _, p := range l.Pages {
			if n++; n <= maxListed {
				fmt.Fprintf(&b, "%s: %s\n", p.Path, p.Title)
			}
		}
	}
	switch {
	case n == 0:
		return "There is no such page.", 0
	case n > maxListed:
		fmt.Fprintf(&b, "%d more: choose by prefix.\n", n-maxListed)
	}
	return b.String(), n
}

// inNavigation orders pages as their site does; those outside of it come last.
func inNavigation(a, b docent.Page) int {
	outside := func(p docent.Page) int {
		if p.Order == 0 {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(outside(a), outside(b)), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Path, b.Path))
}
