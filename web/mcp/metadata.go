package mcp

import (
	"net/http"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"docent"
	"docent/web"
)

// metadataPath is where clients look for who logs callers in, by RFC 9728: there, and
// below it by the path of what they want to call.
const metadataPath = "/.well-known/oauth-protected-resource"

// metadataEndpoints tell how to log in, to pages of any origin: nothing in it is a
// secret, and clients ask before they may do anything else.
func (s *Service) metadataEndpoints() []web.Endpoint {
	if len(s.cfg.Issuers) == 0 {
		return nil
	}
	var all []web.Endpoint
	for _, path := range []string{metadataPath, metadataPath + "/*"} {
		all = append(all,
			web.Endpoint{Method: http.MethodGet, Path: path, Serve: s.metadata},
			web.Endpoint{Method: http.MethodOptions, Path: path, Serve: s.metadata})
	}
	return all
}

// metadata answers at metadataPath.
func (s *Service) metadata(c *web.Call) error {
	asked := strings.TrimSuffix(strings.TrimPrefix(c.Request.URL.Path, metadataPath), "/")
	resource := c.Site() + Root
	if asked != "" && asked != Root && !(strings.HasSuffix(asked, Root) && strings.HasSuffix(resource, asked)) {
		return docent.Errorf(docent.CodeNotFound, "there is nothing at this address")
	}
	head := c.Writer.Header()
	head.Set("Access-Control-Allow-Origin", "*")
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if c.Request.Method == http.MethodOptions {
		head.Set("Access-Control-Allow-Methods", "GET, OPTIONS")
		head.Set("Access-Control-Allow-Headers", headerVersion+", Content-Type")
		c.Writer.WriteHeader(http.StatusNoContent)
		return nil
	}
	return c.JSON(http.StatusOK, oauthex.ProtectedResourceMetadata{
		Resource: resource, AuthorizationServers: s.cfg.Issuers, ScopesSupported: s.cfg.Scopes,
		BearerMethodsSupported: []string{"header"}, ResourceName: "Documentation (Docent)",
	})
}

// tellLogin says in the answer's headers where a refused caller can log in.
func (s *Service) tellLogin(c *web.Call, status int) {
	if len(s.cfg.Issuers) == 0 || status != http.StatusUnauthorized && status != http.StatusForbidden {
		return
	}
	head := c.Writer.Header()
	where := `resource_metadata="` + c.Site() + metadataPath + Root + `"`
	switch how := head.Get("WWW-Authenticate"); {
	case how != "" && how != "Bearer":
		head.Set("WWW-Authenticate", how+", "+where)
	case status == http.StatusUnauthorized:
		head.Set("WWW-Authenticate", "Bearer "+where)
	}
}
