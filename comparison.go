package docent

// Comparison is what one release says that another one doesn't.
type Comparison struct {
	From      Release        `json:"from"` // Number 0: there was none
	To        Release        `json:"to"`
	Pages     []PageChange   `json:"pages"`               // that differ, by path; never nil
	Asked     int            `json:"asked,omitempty"`     // questions
	Questions []AnswerChange `json:"questions,omitempty"` // that find another section first
}

// The changes of pages and sections.
const (
	ChangeAdded   = "added"
	ChangeChanged = "changed"
	ChangeRemoved = "removed"
)

// PageChange is a page that differs.
type PageChange struct {
	Path     string          `json:"path"`
	URL      string          `json:"url"`
	Change   string          `json:"change"`
	Sections []SectionChange `json:"sections"` // that differ; never nil
}

// SectionChange is a section that differs.
type SectionChange struct {
	Anchor  string `json:"anchor"`
	Heading string `json:"heading"`
	Change  string `json:"change"`
}

// AnswerChange is a question that finds another section first; "" is none.
type AnswerChange struct {
	Question string `json:"question"`
	From     string `json:"from"`
	To       string `json:"to"`
}

// Wanted says which releases are to be compared, and by which questions.
type Wanted struct {
	// From and To are SOURCE for the active release, SOURCE@7 for a kept one, or
	// SOURCE@NAME for the preview of that name.
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Version string `json:"version,omitempty"`
	Lang    string `json:"lang,omitempty"`
	// Preview, instead, is compared with what is published: all of its sources,
	// versions and languages.
	Preview   string   `json:"preview,omitempty"`
	Questions []string `json:"questions,omitempty"`
}

// Kept says which old releases are to be deleted: those of a unit beyond the newest
// Keep, 0 for as many as an ingest keeps.
type Kept struct {
	Keep int `json:"keep,omitempty"`
}

// Swept is what deleting old releases came to.
type Swept struct {
	Deleted  int      `json:"deleted"`  // releases
	Kept     int      `json:"kept"`     // releases
	Previews []string `json:"previews"` // that had expired and were deleted; never nil
}
