package site

// entry is one of a navigation: a page, a section with further entries, or
// both.
type entry struct {
	label string // "" is the page's own title
	file  string // "" where it is no page of the source
	inner []entry
}

// place is where a page stands in a navigation.
type place struct {
	entry
	above []entry // from the top down
	order int     // from 1
}

// navigation knows the place of each page that it leads to, by its file. A page
// that it names twice has its first place.
type navigation map[string]place

func newNavigation(entries []entry) navigation {
	n := navigation{}
	n.add(entries, nil)
	return n
}

// behind moves all places behind those of another navigation of the same pages'
// site, which has so many.
func (n navigation) behind(others int) navigation {
	for key, p := range n {
		p.order += others
		n[key] = p
	}
	return n
}

func (n navigation) add(entries, above []entry) {
	for _, e := range entries {
		if _, known := n[e.file]; e.file != "" && !known {
			n[e.file] = place{e, above, len(n) + 1}
		}
		n.add(e.inner, append(above[:len(above):len(above)], e))
	}
}

// placed gives a page its place: order, label and breadcrumbs. title gives a
// page's own title. The page that stands for its section is not below itself.
func (n navigation) placed(page *Page, file string, title func(file string) string) {
	p, known := n[file]
	if !known {
		return
	}
	page.Order, page.Breadcrumbs = p.order, []string{}
	if p.label != page.Title {
		page.Label = p.label
	}
	for i, e := range p.above {
		label := e.label
		if label == "" && e.file != "" {
			label = title(e.file)
		}
		last := i == len(p.above)-1
		if label == "" || last && (label == page.Title || label == page.Label) {
			continue
		}
		page.Breadcrumbs = append(page.Breadcrumbs, label)
	}
}
