package docent

import "time"

// PushTerms is what pages that are pushed to a site must be made with, and how
// much is taken.
type PushTerms struct {
	Site            string `json:"site"` // of the unit that is pushed: it is part of what names a chunk
	Analyzer        string `json:"analyzer"`
	Splitter        string `json:"splitter"`
	MaxRequestBytes int64  `json:"max_request_bytes"` // of one request's body, as sent
	MaxPageBytes    int64  `json:"max_page_bytes"`    // of one page, as a line of JSON
	MaxBytes        int64  `json:"max_bytes"`         // of a push's pages, as lines of JSON
	MaxPages        int    `json:"max_pages"`
}

// PushManifest names a unit's pages, each with a hash of all that it says.
type PushManifest struct {
	Unit     Unit       `json:"unit"`              // its Site may be left out
	Preview  string     `json:"preview,omitempty"` // "" is the site itself
	Edition  Edition    `json:"edition"`           // is stored with the release
	Analyzer string     `json:"analyzer"`
	Splitter string     `json:"splitter"`
	Pages    []PushPage `json:"pages"`
	// Keep are files and folders that could not be read: what the last release
	// has of them stays. "." is all of it.
	Keep []string `json:"keep,omitempty"`
	// Units are all that the source has, this one too; Site and Source are left
	// out. When all of them are searched, those that an earlier run of the same part
	// of the source made are retired, see Edition.Covers. None: nothing is.
	Units []Unit `json:"units,omitempty"`
}

// PushPage is a page by name.
type PushPage struct {
	Path string `json:"path"`
	Hash string `json:"hash"`
}

// PushState is how far a push is.
type PushState string

// The states of a push. The last three are ends; a failed one can be committed
// again.
const (
	PushPlanned    PushState = "planned"    // the manifest is there, no page yet
	PushUploading  PushState = "uploading"  // some pages are there, or all, and it is not committed
	PushEmbedding  PushState = "embedding"  // committed: pages are written, with vectors where the index has them
	PushVerifying  PushState = "verifying"  // all is written, and is counted and published
	PushPublished  PushState = "published"  // the release is the one that is served
	PushFailed     PushState = "failed"     // Reason says why; the release before is served
	PushSuperseded PushState = "superseded" // another release came first; this one can't be published any more
)

// Committed reports whether the server works on a push, or has.
func (s PushState) Committed() bool { return s != PushPlanned && s != PushUploading }

// Ended reports whether a push is at its end.
func (s PushState) Ended() bool {
	return s == PushPublished || s == PushFailed || s == PushSuperseded
}

// Push is a unit's next release on its way from another machine.
type Push struct {
	ID      string    `json:"id"`
	Unit    Unit      `json:"unit"`
	State   PushState `json:"state"`
	Reason  string    `json:"reason,omitempty"` // of PushFailed and PushSuperseded: why, and what to do; else what is waited for
	Base    int       `json:"base"`             // the release that it is made upon, 0 is none
	Pages   int       `json:"pages"`
	Lacking int       `json:"lacking"`           // pages that are still to be uploaded
	Missing []string  `json:"missing,omitempty"` // their paths, where they are asked for
	Done    int       `json:"done"`              // pages that are written
	Changes PushPlan  `json:"changes"`           // of PushPublished: what it changed, but for what was embedded
	Release *Release  `json:"release,omitempty"` // of PushPublished
	// Unchanged is set of PushPublished where the release before says the same,
	// and stays.
	Unchanged bool      `json:"unchanged,omitempty"`
	Retired   []Unit    `json:"retired,omitempty"` // of PushPublished: what the source no longer has
	CreatedAt time.Time `json:"created_at"`
}

// PushPlan says what a push changes.
type PushPlan struct {
	Pages struct {
		Added     int `json:"added"`
		Changed   int `json:"changed"`
		Removed   int `json:"removed"`
		Unchanged int `json:"unchanged"`
	} `json:"pages"`
	Chunks struct {
		Added   int `json:"added"`
		Removed int `json:"removed"`
	} `json:"chunks"`
	Embedding struct {
		Texts  int     `json:"texts"`
		Tokens int     `json:"tokens"` // estimated
		USD    float64 `json:"usd"`    // 0 where no price is known
		Priced bool    `json:"priced"` // a price is known, or nothing has to be paid
	} `json:"embedding"`
}
