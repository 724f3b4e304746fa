package built

import (
	"context"

	"docent/ingest"
)

// Verification says how the addresses that an ingest would cite compare with a
// built site.
type Verification struct {
	Pages          int       `json:"pages"`           // compared
	Anchors        int       `json:"anchors"`         // compared, on pages that are there
	MissingPages   []Missing `json:"missing_pages"`   // never nil
	MissingAnchors []Missing `json:"missing_anchors"` // never nil
	// MismatchRate is the share of addresses, pages and sections alike, that lead
	// elsewhere than to what they cite: 0 to 1.
	MismatchRate float64 `json:"mismatch_rate"`
	// OnlyPages is set where the site's list does not have every anchor, so that
	// they were not compared.
	OnlyPages bool `json:"only_pages,omitempty"`
}

// Missing is an address that the built site does not have.
type Missing struct {
	Path    string `json:"path"` // of the source's file
	Heading string `json:"heading,omitempty"`
	URL     string `json:"url"`
}

// Verify looks for every page and every section of a preview in a built site.
// An error is of reading the site; what was compared until then is lost.
func Verify(ctx context.Context, p ingest.Preview, site Site) (Verification, error) {
	v := Verification{MissingPages: []Missing{}, MissingAnchors: []Missing{}, OnlyPages: Incomplete(site)}
	for _, page := range p.Pages {
		known, found, err := site.Anchors(ctx, ingest.AddressBelow(page.Base, page.URL))
		if err != nil {
			return v, unreadable(page.URL, err)
		}
		v.Pages++
		if !found {
			v.MissingPages = append(v.MissingPages, Missing{Path: page.Path, URL: page.URL})
			continue
		}
		if v.OnlyPages {
			continue
		}
		for _, s := range page.Sections {
			if s.Anchor == "" {
				continue
			}
			v.Anchors++
			if !known[s.Anchor] {
				v.MissingAnchors = append(v.MissingAnchors, Missing{Path: page.Path, Heading: s.Heading, URL: s.URL})
			}
		}
	}
	if all := v.Pages + v.Anchors; all > 0 {
		v.MismatchRate = float64(len(v.MissingPages)+len(v.MissingAnchors)) / float64(all)
	}
	return v, nil
}
