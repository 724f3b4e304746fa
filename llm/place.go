package llm

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// openAI is the base URL where the configuration names none.
const openAI = "https://api.openai.com/v1"

// Place is a model and the server that it is asked on: an entry of
// model.fallbacks. What it leaves empty is as in model:, but for another
// base_url only the name: keys and headers are sent nowhere else.
type Place struct {
	Name    string `yaml:"name"`
	BaseURL string `yaml:"base_url"`
	APIKey  string `yaml:"api_key"` // "" sends none
	// KeyHeader is the header that holds the key. "" is "api-key" for Azure's
	// hosts, and otherwise Authorization, where the word Bearer stands before it.
	KeyHeader string `yaml:"key_header"`
	// APIVersion is sent as api-version. With it, requests go to the deployment
	// that is called as the model, unless the base URL ends with /v1.
	APIVersion   string   `yaml:"api_version"`
	Headers      []Header `yaml:"headers"`
	CAFile       string   `yaml:"ca_file"` // PEM certificates to trust besides the system's; "" is none
	Organization string   `yaml:"organization"`
	Project      string   `yaml:"project"`
}

// Header is sent along with each request. Its value is a secret.
type Header struct {
	Name  string `yaml:"name"`
	Value string `yaml:"value"`
}

const (
	authorization = "Authorization"
	azureKey      = "api-key"
)

// trimmed removes blanks around values.
func (p Place) trimmed() Place {
	for _, s := range []*string{&p.Name, &p.BaseURL, &p.APIKey, &p.KeyHeader, &p.APIVersion, &p.CAFile, &p.Organization, &p.Project} {
		*s = strings.TrimSpace(*s)
	}
	return p
}

// orAs fills in what p leaves empty.
func (p Place) orAs(main Place) Place {
	p.Name = cmp.Or(p.Name, main.Name)
	if p.BaseURL != "" && !sameBase(p.BaseURL, main.BaseURL) {
		return p
	}
	p.BaseURL = main.BaseURL
	p.APIKey = cmp.Or(p.APIKey, main.APIKey)
	p.KeyHeader, p.APIVersion = cmp.Or(p.KeyHeader, main.KeyHeader), cmp.Or(p.APIVersion, main.APIVersion)
	p.CAFile = cmp.Or(p.CAFile, main.CAFile)
	p.Organization, p.Project = cmp.Or(p.Organization, main.Organization), cmp.Or(p.Project, main.Project)
	if len(p.Headers) == 0 {
		p.Headers = main.Headers
	}
	return p
}

// sameServer reports whether both are asked on the same server in the same way,
// whatever the model.
func (p Place) sameServer(o Place) bool {
	headers := slices.Equal(p.Headers, o.Headers)
	return headers && p.BaseURL == o.BaseURL && p.APIKey == o.APIKey && p.KeyHeader == o.KeyHeader &&
		p.APIVersion == o.APIVersion && p.CAFile == o.CAFile && p.Organization == o.Organization && p.Project == o.Project
}

func (p Place) check(section string) error {
	if err := checkBaseURL(section, p.BaseURL); err != nil {
		return err
	}
	for _, h := range p.Headers {
		switch {
		case !headerName(h.Name):
			return fmt.Errorf("%s.headers: %q is no name of a header", section, h.Name)
		case !headerSafe(strings.ReplaceAll(h.Value, " ", "")):
			return fmt.Errorf("%s.headers: the value of %s must be printable ASCII", section, h.Name)
		}
	}
	switch {
	case !headerSafe(p.APIKey):
		return fmt.Errorf("%s.api_key: must be printable ASCII without blanks", section)
	case !headerSafe(p.Organization):
		return fmt.Errorf("%s.organization %q: must be printable ASCII without blanks", section, p.Organization)
	case !headerSafe(p.Project):
		return fmt.Errorf("%s.project %q: must be printable ASCII without blanks", section, p.Project)
	case p.Name == "":
		return fmt.Errorf("%s.name: must name a model, such as gpt-4o", section)
	case p.KeyHeader != "" && !headerName(p.KeyHeader):
		return fmt.Errorf("%s.key_header %q: must be the name of a header, such as api-key", section, p.KeyHeader)
	case p.APIVersion == "" && isAzure(p.BaseURL) && !endsWithVersion(p.BaseURL):
		return fmt.Errorf("%s.api_version: must be set for a deployment of Azure, such as 2024-10-21; or let %s.base_url end with /openai/v1", section, section)
	}
	return nil
}

// base is where requests are sent: the base URL, or the deployment below it.
func (p Place) base() string {
	base := strings.TrimRight(p.BaseURL, "/")
	if p.APIVersion == "" || endsWithVersion(base) || strings.Contains(base, "/deployments/") {
		return base
	}
	return strings.TrimSuffix(base, "/openai") + "/openai/deployments/" + url.PathEscape(p.Name)
}

// keyHeader is the header that holds the key, with what it holds.
func (p Place) keyHeader() (name, value string) {
	switch {
	case strings.EqualFold(p.KeyHeader, authorization), p.KeyHeader == "" && !isAzure(p.BaseURL):
		return authorization, "Bearer " + p.APIKey
	}
	return cmp.Or(p.KeyHeader, azureKey), p.APIKey
}

// checkBaseURL refuses what requests can't be built on. What stands in the
// place of a user and password is not repeated.
func checkBaseURL(section, base string) error {
	u, err := url.Parse(base)
	switch {
	case err != nil && strings.Contains(base, "@"):
		return fmt.Errorf("%s.base_url: is not a URL", section)
	case err != nil:
		return fmt.Errorf("%s.base_url %q: is not a URL", section, base)
	case u.User != nil:
		return fmt.Errorf("%s.base_url: must hold no user or password; the key belongs into %s.api_key", section, section)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s.base_url %q: must be http:// or https://", section, base)
	case u.Hostname() == "":
		return fmt.Errorf("%s.base_url %q: must name a host, such as http://localhost:11434/v1", section, base)
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%s.base_url %q: must have no ? or # part", section, base)
	}
	return nil
}

// endsWithVersion reports whether base ends with /v1.
func endsWithVersion(base string) bool { return strings.HasSuffix(strings.TrimRight(base, "/"), "/v1") }

// isOpenAI reports whether base, already checked, is one of OpenAI's own hosts
// (the regional ones included).
func isOpenAI(base string) bool { return hostIn(base, "api.openai.com") }

// isAzure reports whether base is one of Azure's hosts for models.
func isAzure(base string) bool {
	return hostIn(base, "openai.azure.com", "openai.azure.us", "cognitiveservices.azure.com", "services.ai.azure.com")
}

// hostIn reports whether base's host is one of the domains, or below one.
func hostIn(base string, domains ...string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}

// headerSafe reports whether s can stand in a header as it is.
func headerSafe(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// headerName reports whether s can be a header's name.
func headerName(s string) bool {
	return s != "" && headerSafe(s) && !strings.ContainsAny(s, `()<>@,;:\"/[]?={}`)
}
