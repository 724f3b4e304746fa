package docent

import "time"

// Archive says what an archive that is uploaded holds.
type Archive struct {
	Unit      Unit   // Version and Lang "" are what the archive says; Site is the caller's
	Preview   string // "" is the site itself
	Framework string // "" finds it out
	BaseURL   string // "" is the framework's configuration, or under Docent's own /docs/
	Subdir    string // the folder with the pages; "" is all
}

// Upload is an archive on its way into the index.
type Upload struct {
	ID        string    `json:"id"`
	Source    string    `json:"source"`
	State     PushState `json:"state"` // PushPlanned while others come first, PushEmbedding, PushPublished or PushFailed
	Reason    string    `json:"reason,omitempty"`
	Bytes     int64     `json:"bytes"`
	Done      int       `json:"done"`               // files that were read
	Total     int       `json:"total"`              // files, where that is known
	Releases  []Release `json:"releases,omitempty"` // those that are searched now, of each version and language
	Unchanged bool      `json:"unchanged,omitempty"`
	Retired   []Unit    `json:"retired,omitempty"`
	Warnings  []Warning `json:"warnings,omitempty"` // the first hundred: of skipped files, too
	CreatedAt time.Time `json:"created_at"`
}
