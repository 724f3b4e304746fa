package mcp

import (
	"context"
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"docent"
)

const (
	// resourcesAtOnce is how many pages a part of the list has.
	resourcesAtOnce = 500
	markdownType    = "text/markdown"
)

var pageTemplate = &mcp.ResourceTemplate{
	Name: "page", Title: "A page of the documentation", MIMEType: markdownType,
	URITemplate: scheme + "{source}/{+path}{?version,lang}",
	Description: "A page as Markdown, by its source and the path of its file. A page's address will do, too.",
}

// resources answers for the list of resources and for reading one: pages are looked up
// when they are asked for, and not kept in the SDK's server.
func (f *features) resources(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, r mcp.Request) (mcp.Result, error) {
		switch r := r.(type) {
		case *mcp.ListResourcesRequest:
			return f.listResources(ctx, r)
		case *mcp.ReadResourceRequest:
			return f.readResource(ctx, r)
		}
		return next(ctx, method, r)
	}
}

func (f *features) listResources(ctx context.Context, r *mcp.ListResourcesRequest) (*mcp.ListResourcesResult, error) {
	caller, err := f.caller(r)
	if err != nil {
		return nil, f.told("resources/list", err)
	}
	from := 0
	if r.Params != nil && r.Params.Cursor != "" {
		if from, err = readCursor(r.Params.Cursor); err != nil {
			return nil, err
		}
	}
	shelves, err := f.docs().List(ctx, caller.Principal.Site, docent.Filters{Lang: caller.Lang})
	if err != nil && docent.CodeOf(err) != docent.CodeNoIndex {
		return nil, f.told("resources/list", err)
	}
	result := &mcp.ListResourcesResult{Resources: []*mcp.Resource{}, Cacheable: mcp.Cacheable{CacheScope: "private"}}
	pages, more := part(shelves, from, resourcesAtOnce)
	for _, p := range pages {
		result.Resources = append(result.Resources, &mcp.Resource{
			URI: nameOf(p.unit, p.Path), Name: joined(": ", p.unit.Source, p.Path), Title: oneLine(p.Title),
			Description: joined(" ", oneLine(p.Description), whole(caller.Base, p.URL)), MIMEType: markdownType,
		})
	}
	if more {
		result.NextCursor = cursorAt(from + len(pages))
	}
	return result, nil
}

// onShelf is a page with the unit that it is of.
type onShelf struct {
	unit docent.Unit
	docent.Page
}

// part gives some of the pages of all shelves, and whether more follow.
func part(shelves []Shelf, from, most int) (pages []onShelf, more bool) {
	for _, shelf := range shelves {
		for _, p := range shelf.Pages[min(from, len(shelf.Pages)):] {
			if len(pages) == most {
				return pages, true
			}
			pages = append(pages, onShelf{shelf.Unit, p})
		}
		from = max(0, from-len(shelf.Pages))
	}
	return pages, false
}

// cursorAt is where a list goes on. The list is that of the moment: pages that come or
// go meanwhile move the others.
func cursorAt(n int) string {
	return base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, int64(n), 10))
}

func readCursor(text string) (int, error) {
	number, err := base64.RawURLEncoding.DecodeString(text)
	n, nerr := strconv.Atoi(string(number))
	if err != nil || nerr != nil || n < 0 || n > math.MaxInt32 {
		return 0, &jsonrpc.Error{Code: jsonrpc.CodeInvalidParams, Message: "the cursor is none that this server gave: begin the list again"}
	}
	return n, nil
}

func (f *features) readResource(ctx context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
	caller, err := f.caller(r)
	if err != nil {
		return nil, f.told("resources/read", err)
	}
	at, section, _ := strings.Cut(r.Params.URI, "#")
	page, chunks, err := f.page(ctx, caller, docent.Filters{}, at, section)
	switch docent.CodeOf(err) {
	case "":
	case docent.CodeNotFound, docent.CodeInvalid, docent.CodeNoIndex:
		return nil, mcp.ResourceNotFoundError(r.Params.URI)
	default:
		return nil, f.told("resources/read", err)
	}
	out, err := pageResult(caller.Base, page, chunks, math.MaxInt)
	if err != nil {
		return nil, f.told("resources/read", err)
	}
	return &mcp.ReadResourceResult{
		Contents:  []*mcp.ResourceContents{{URI: r.Params.URI, MIMEType: markdownType, Text: out.Text}},
		Cacheable: mcp.Cacheable{CacheScope: "private"},
	}, nil
}
