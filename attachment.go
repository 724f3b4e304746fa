package docent

import "time"

// Attachment is a file that a question refers to. Of the file itself nothing is
// kept but what a model is given of it: its text, or the picture.
type Attachment struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`            // as the reader calls it, on one line; never a path
	Type      string    `json:"type"`            // what it is by its content: text/plain, application/pdf, image/png, ...; "" until the file came
	Bytes     int       `json:"bytes"`           // of the file
	Pages     int       `json:"pages,omitempty"` // of a PDF
	Cut       bool      `json:"cut,omitempty"`   // of its text a part is left out
	CreatedAt time.Time `json:"created_at"`

	Text  string `json:"-"` // what was read of it; "" of a picture
	Image []byte `json:"-"` // a picture, as it came; nil of a text
}

// UnusedAttachment is how long an attachment is kept that no question names.
const UnusedAttachment = 24 * time.Hour
