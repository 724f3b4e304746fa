package ingest

import "testing"

func TestASourceIsNamedAfterItsPlace(t *testing.T) {
	for want, src := range map[string]Source{
		"project":          {Git: "https://example.com/group/project.git"},
		"other":            {Git: "git@example.com:other.git"},
		"local":            {Git: "../repos/local.git"},
		"docs.example.com": {URL: "https://www.docs.example.com/guide/"},
		"petstore":         {OpenAPI: "api/petstore.yaml"},
		"manual":           {Dir: "x/manual/"},
		"given":            {Name: "given", URL: "https://example.com"},
	} {
		got, err := src.Normalised()
		if err != nil || got.Name != want {
			t.Errorf("%+v is called %q, %v; want %q", src, got.Name, err, want)
		}
	}
}

func TestASourceHasOnePlace(t *testing.T) {
	for _, src := range []Source{
		{Dir: "docs", Git: "https://example.com/x.git"}, {URL: "https://example.com", OpenAPI: "x.yaml"}, {Dir: "docs", Ref: "main"},
		{Dir: "docs", Token: "token"}, {URL: "docs.example.com"}, {URL: "file:///etc"}, {Dir: "docs", Anchor: "{operationId}"},
	} {
		if _, err := src.Normalised(); err == nil {
			t.Errorf("%+v is taken", src)
		}
	}
}
