package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"docent/ingest"
)

func TestAnArgumentOfIngestNamesAPlace(t *testing.T) {
	for place, want := range map[string]ingest.Source{
		"docs":                                 {Dir: "docs"},
		"./api.v2":                             {Dir: "./api.v2"},
		"https://docs.example.com/":            {URL: "https://docs.example.com/"},
		"https://docs.example.com/sitemap.xml": {URL: "https://docs.example.com/sitemap.xml"},
		"https://example.com/openapi.json?v=2": {OpenAPI: "https://example.com/openapi.json?v=2"},
		"api/openapi.yaml":                     {OpenAPI: "api/openapi.yaml"},
		"https://example.com/project.git":      {Git: "https://example.com/project.git"},
		"git+https://example.com/project":      {Git: "https://example.com/project"},
		"git+https://example.com/a/b.git@feature/x#subdirectory=docs/en": {Git: "https://example.com/a/b.git", Ref: "feature/x", Subdir: "docs/en"},
		"git+ssh://git@example.com/b.git@v1.0":                           {Git: "ssh://git@example.com/b.git", Ref: "v1.0"},
		"ssh://git@example.com/b.git":                                    {Git: "ssh://git@example.com/b.git"},
	} {
		if diff := cmp.Diff(want, sourceAt(place)); diff != "" {
			t.Errorf("%s: %s", place, diff)
		}
	}
}
