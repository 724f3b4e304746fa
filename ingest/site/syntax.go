package site

// Syntax is what reading a page takes from its framework beyond Markdown: a
// notation of one framework is plain text in another, so ingest applies those
// of Framework alone. The zero value is GitHub's Markdown.
type Syntax struct {
	// Framework is one of Names: it decides which notations there are.
	Framework string
	// Roots are the folders, relative to the source's, in which an include is
	// looked up that isn't relative to its page, in order; "." is the source's.
	Roots []string
	// Vars are what the framework's configuration gives names for use in pages,
	// nested as it has them (site.title is Vars["site"]["title"]); nil where
	// pages are not evaluated.
	Vars map[string]any
	// Off are extensions that the configuration leaves out although the
	// framework's pages mostly have them, such as "attr_list".
	Off map[string]bool
}
