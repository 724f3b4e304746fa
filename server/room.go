package server

import (
	"path/filepath"

	"docent"
)

// minFree is how much has to be free of the disk that has the conversations. With less,
// a question might not be stored, without which it is not answered.
const minFree = 1 << 20

// room says nil where questions can be stored, as far as the system tells.
func (s *Server) room() error {
	path, err := s.cfg.databasePath()
	if err != nil {
		return err
	}
	if free, known := s.free(filepath.Dir(path)); !known || free >= minFree {
		return nil
	}
	return &docent.Error{
		Code: docent.CodeNotReady, Message: "the disk that conversations are stored on is full",
		Hint: "make room on it, or move data_dir to another one",
	}
}
